"""The limits as people and programs meet them, on servers with limits of their own."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.requests import Request

from app import build
from chat.api import _manner
from chat.breaker import LOST_IN_A_ROW
from chat.conversations import Manner
from chat.errors import QuestionRejected, UpstreamBroken
from chat.events import Delta, Finished, Usage
from storage.database import Database, sqlite_url
from storage.models import turns
from storage.settings import RateLimitSettings
from tests.conftest import SIGNUP_KEY, limited, settings_for
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import Gate, ScriptedUpstream


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, ScriptedUpstream]]:
    """One request of each person a minute; the third of a second is all the patience there is."""
    with limited(tmp_path_factory.mktemp("narrow"), rpm=1000, tpm=5000, user_rpm=1, wait_seconds=0.3) as made:
        yield made


@pytest.fixture
def someone(narrow: tuple[LiveServer, ScriptedUpstream], request: pytest.FixtureRequest) -> Iterator[Person]:
    with narrow[0].sign_up(f"p{abs(hash(request.node.name)) % 10**9}") as made:
        yield made


def test_a_refused_turn_says_whose_limit_it_was_and_when_to_come_back(someone: Person) -> None:
    someone.ask_and_wait(someone.conversation())
    turn = someone.ask(someone.conversation())
    *waits, last = someone.events(turn["turn_id"])
    assert {event.kind for event in waits} == {"waiting"}
    assert waits[0].data["place"] == 1 and 50 <= waits[0].data["seconds"] <= 61
    assert (last.kind, last.data["code"]) == ("error", "rate_limit_exceeded")
    assert "Your own limit of 1 requests a minute" in last.data["notice"]
    assert last.data["number"].startswith("E-") and 50 <= last.data["retry_after"] <= 61
    assert set(last.data["current_usage"]) == {
        "current_rpm",
        "current_tpm",
        "remaining_rpm",
        "remaining_tpm",
        "rpm_limit",
        "tpm_limit",
    }


def test_a_turn_that_waits_for_ones_own_answers_says_so(tmp_path: Path) -> None:
    with limited(tmp_path, user_turns=1) as (server, upstream), server.sign_up("kim") as kim:
        gate = Gate()
        upstream.enqueue(gate, Delta("first"), Finished())
        kim.ask(kim.conversation())
        gate.wait_until_reached()
        with kim.watch(kim.ask(kim.conversation())["turn_id"]) as events:
            assert next(events).data == {"seconds": None, "place": 1, "reason": "your_turns"}
            gate.release()
            *_, came, answer, done = events
        assert came.data == {"seconds": 0, "place": 0}
        assert (answer.kind, done.kind) == ("delta", "done")


def test_the_state_is_waiting_while_it_waits_and_stop_leaves_the_line_at_once(someone: Person) -> None:
    someone.ask_and_wait(someone.conversation())
    conversation = someone.conversation()
    turn = someone.ask(conversation, wait_seconds=60)
    wait_for(lambda: someone.messages(conversation)[1]["state"] == "waiting")
    someone.http.post(f"/api/turns/{turn['turn_id']}/stop")
    started = time.monotonic()
    assert someone.events(turn["turn_id"])[-1].data["state"] == "stopped"
    assert time.monotonic() - started < 1
    assert someone.messages(conversation)[1]["state"] == "stopped"


def test_a_refused_question_is_kept_and_can_be_asked_again(someone: Person) -> None:
    someone.ask_and_wait(someone.conversation())
    conversation = someone.conversation()
    turn = someone.ask_and_wait(conversation, "what I asked", wait_seconds=0)
    assert someone.messages(conversation)[0]["content"] == "what I asked"
    again = someone.http.post(f"/api/turns/{turn['turn_id']}/again", json={"wait_seconds": 0.1})
    assert again.status_code == 201
    assert someone.events(again.json()["turn_id"])[-1].kind == "error"


@pytest.mark.parametrize("seconds", [-1, 601, "soon"])
def test_nobody_waits_for_ever(someone: Person, seconds: object) -> None:
    answer = someone.http.post(
        f"/api/sessions/{someone.conversation()}/turns/", json={"content": "x", "wait_seconds": seconds}
    )
    assert answer.status_code == 400 and "wait_seconds" in answer.json()


def test_no_more_of_a_conversation_is_sent_than_a_minute_allows(tmp_path: Path) -> None:
    with limited(tmp_path, tpm=3000) as (server, upstream), server.sign_up("kim") as kim:
        conversation = kim.conversation()
        upstream.enqueue(Delta("가" * 3400), Finished())
        kim.ask_and_wait(conversation)
        context = kim.http.get(f"/api/sessions/{conversation}/").json()["context"]
        assert context["limit"] == 3000 and context["tokens"] <= 3000


def test_a_token_in_a_header_means_a_program_which_lets_people_go_first() -> None:
    def request(*headers: tuple[bytes, bytes]) -> Request:
        return Request({"type": "http", "headers": headers})

    assert _manner(request((b"cookie", b"fabrix_chat=x")), None, role="user") == Manner(interactive=True)
    program = request((b"authorization", b"Token x"))
    assert _manner(program, 5.0, role="user") == Manner(interactive=False, patience=5.0)


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_who_administers_may_ask_what_is_hidden(role: str) -> None:
    assert _manner(Request({"type": "http", "headers": ()}), None, role=role) == Manner(asks_hidden=True)


def test_whoever_waits_may_choose_to_wait_longer(tmp_path: Path) -> None:
    with limited(tmp_path, user_turns=1, wait_seconds=1.5) as (server, upstream), server.sign_up("kim") as kim:
        gate = Gate()
        upstream.enqueue(gate, Delta("first"), Finished())
        kim.ask(kim.conversation())
        gate.wait_until_reached()
        conversation = kim.conversation()
        waiting = kim.ask(conversation)
        wait_for(lambda: kim.messages(conversation)[1]["state"] == "waiting")
        longer = f"/api/turns/{waiting['turn_id']}/wait"
        assert kim.http.post(longer, json={"seconds": 60}).status_code == 200
        impatient = kim.ask_and_wait(kim.conversation())
        assert kim.events(impatient["turn_id"])[-1].data["code"] == "rate_limit_exceeded"
        assert kim.messages(conversation)[1]["state"] == "waiting"
        gate.release()
        assert kim.events(waiting["turn_id"])[-1].data["state"] == "done"
        with server.sign_up("lee") as lee:
            assert lee.http.post(longer, json={"seconds": 60}).status_code == 404
        assert kim.http.post(longer, json={"seconds": 0}).status_code == 400
        assert httpx.post(f"{server.url}{longer}", json={"seconds": 60}).status_code == 401


def test_a_question_larger_than_a_minute_is_refused_at_once(someone: Person) -> None:
    turn = someone.ask(someone.conversation(), "가" * 6000)
    [error] = someone.events(turn["turn_id"])
    assert "5,100 tokens" in error.data["notice"] and error.data["retry_after"] is None


def test_the_six_figures_are_for_those_who_are_signed_in(someone: Person, narrow: Any) -> None:
    for path in ("/rate-limit-status", "/api/limits"):
        assert httpx.get(f"{narrow[0].url}{path}").status_code == 401
    before = someone.http.get("/rate-limit-status").json()
    someone.ask_and_wait(someone.conversation())
    after = someone.http.get("/rate-limit-status").json()
    assert after["current_rpm"] == before["current_rpm"] + 1
    assert after["remaining_rpm"] == 1000 - after["current_rpm"] and after["rpm_limit"] == 1000
    assert after["remaining_tpm"] == 5000 - after["current_tpm"] and after["tpm_limit"] == 5000


def test_the_page_learns_the_share_that_is_left_and_how_the_upstreams_do(someone: Person) -> None:
    told = someone.http.get("/api/limits").json()
    assert told["remaining"] == pytest.approx(
        min(told["minute"]["remaining_rpm"] / 1000, told["minute"]["remaining_tpm"] / 5000), abs=0.001
    )
    assert told["you"] == {"minute": {"remaining": 1, "limit": 1}, "day": None}
    [upstream] = told["upstreams"]
    assert upstream["minute"] == told["minute"]
    assert someone.http.get("/api/agents/").json()["items"][0]["upstream"] == upstream["name"]
    assert (upstream["name"], upstream["state"], upstream["is_slow"]) == ("scripted", "closed", False)
    assert told["estimate"]["chat_minimum"] == 100 and told["estimate"]["weights"]["three_bytes"] == 0.85


def test_without_any_limited_upstream_nothing_is_used(tmp_path: Path) -> None:
    settings = dataclasses.replace(settings_for(tmp_path), rate_limit=RateLimitSettings(enforced=True))
    with (
        LiveServer(lambda: build(settings, upstreams=[]), signup_key=SIGNUP_KEY) as server,
        server.sign_up("kim") as kim,
    ):
        assert kim.http.get("/rate-limit-status").json() == {
            "current_rpm": 0,
            "current_tpm": 0,
            "remaining_rpm": 100,
            "remaining_tpm": 10_000,
            "rpm_limit": 100,
            "tpm_limit": 10_000,
        }


def test_the_cap_on_turns_at_once_makes_a_turn_wait_and_then_run(tmp_path: Path) -> None:
    with limited(tmp_path, user_turns=1) as (server, upstream), server.sign_up("kim") as kim:
        gate = Gate()
        upstream.enqueue(gate, Delta("first"), Finished())
        first = kim.ask(kim.conversation())
        gate.wait_until_reached()
        conversation = kim.conversation()
        second = kim.ask(conversation)
        wait_for(lambda: kim.messages(conversation)[1]["state"] == "waiting")
        gate.release()
        kim.events(first["turn_id"])
        events = kim.events(second["turn_id"])
        assert [event.kind for event in events] == ["waiting", "delta", "done"]
        assert events[0].data == {"seconds": 0, "place": 0}


def test_the_limits_outlive_a_restart(tmp_path: Path) -> None:
    with limited(tmp_path) as (server, _), server.sign_up("kim") as kim:
        kim.ask_and_wait(kim.conversation())
        before = kim.http.get("/rate-limit-status").json()
        token = kim.token
    with limited(tmp_path) as (server, _):
        after = httpx.get(f"{server.url}/rate-limit-status", headers={"Authorization": f"Token {token}"}).json()
    assert before == after and after["current_rpm"] == 1


def test_after_five_lost_turns_new_ones_fail_at_once_and_the_page_is_told(tmp_path: Path) -> None:
    with limited(tmp_path) as (server, upstream), server.sign_up("kim") as kim:
        for _ in range(LOST_IN_A_ROW):
            upstream.enqueue(UpstreamBroken(is_outage=True))
            kim.ask_and_wait(kim.conversation())
        [error] = kim.events(kim.ask(kim.conversation())["turn_id"])
        assert (error.data["code"], error.data["retry_after"]) == ("upstream_down", pytest.approx(10, abs=1))
        assert kim.http.get("/api/limits").json()["upstreams"][0]["state"] == "open"


# ------------------------------------------------------------------- the figures of each turn


def figures(data: Path, turn_id: str) -> Any:
    database = Database(sqlite_url(data))
    try:
        return database.read_now(lambda c: c.execute(select(turns).where(turns.c.id == turn_id)).one())
    finally:
        database.close()


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Person, ScriptedUpstream, Path]]:
    data = tmp_path_factory.mktemp("wide")
    with limited(data) as (server, upstream), server.sign_up("kim") as kim:
        yield kim, upstream, data


def test_every_turn_leaves_its_figures(wide: tuple[Person, ScriptedUpstream, Path]) -> None:
    kim, upstream, data = wide
    upstream.enqueue(Delta("가" * 100), Finished())
    row = figures(data, kim.ask_and_wait(kim.conversation(), "가" * 10)["turn_id"])
    assert (row.tokens_in, row.tokens_out, row.tokens_estimated, row.tries) == (9, 85, True, 1)
    assert 0 <= row.waited_ms < 1000 and 0 <= row.first_delta_ms <= row.total_ms


def test_reported_tokens_are_not_marked_as_estimated(wide: tuple[Person, ScriptedUpstream, Path]) -> None:
    kim, upstream, data = wide
    upstream.enqueue(Delta("x"), Finished(usage=Usage(tokens_in=7, tokens_out=3)))
    row = figures(data, kim.ask_and_wait(kim.conversation())["turn_id"])
    assert (row.tokens_in, row.tokens_out, row.tokens_estimated) == (7, 3, False)


def test_what_is_not_known_is_null(wide: tuple[Person, ScriptedUpstream, Path]) -> None:
    kim, upstream, data = wide
    upstream.enqueue(QuestionRejected(status=400, reason="x"))
    row = figures(data, kim.ask_and_wait(kim.conversation())["turn_id"])
    assert (row.tokens_in, row.tokens_out, row.tokens_estimated, row.first_delta_ms) == (None,) * 4
    assert row.tries == 1 and row.error_number.startswith("E-")


def test_limits_that_are_not_enforced_hold_nobody_up(tmp_path: Path) -> None:
    settings = dataclasses.replace(settings_for(tmp_path), rate_limit=RateLimitSettings(enforced=False, rpm=1, tpm=1))
    with (
        LiveServer(lambda: build(settings, upstreams=[ScriptedUpstream()]), signup_key=SIGNUP_KEY) as server,
        server.sign_up("unhindered") as person,
    ):
        for _ in range(3):
            turn = person.ask(person.conversation())
            assert person.events(turn["turn_id"])[-1].data["state"] == "done"
