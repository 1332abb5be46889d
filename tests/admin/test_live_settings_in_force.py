"""Changed settings before the whole running application: each is in force at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chat.events import Delta, Finished
from tests.conftest import Administered, administered
from tests.live_server import PASSWORD, Person
from tests.scripted_upstream import AGENTS, Gate

FIRST, SECOND = (agent.id for agent in AGENTS)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Administered]:
    with administered(tmp_path, rpm=1000, tpm=100_000, user_turns=1, wait_seconds=30) as made:
        yield made


@pytest.fixture
def kim(office: Administered) -> Iterator[Person]:
    with office.server.sign_up("kim") as made:
        yield made


def ending(person: Person, turn: dict[str, str]) -> tuple[str, Any]:
    last = person.events(turn["turn_id"])[-1]
    return last.kind, last.data.get("code")


def wait_until_in_line(person: Person, turn: dict[str, str]) -> None:
    with person.watch(turn["turn_id"]) as events:
        assert next(event for event in events if event.kind == "waiting").data["place"]


def limits(person: Person) -> dict[str, Any]:
    return dict(person.http.get("/api/limits").json())


def test_a_raised_limit_lets_a_waiting_turn_go_at_once(office: Administered, kim: Person) -> None:
    gate = Gate()
    office.upstream.enqueue(gate, Delta("slow"), Finished())
    kim.ask(kim.conversation())
    gate.wait_until_reached()
    waiting = kim.ask(kim.conversation(), "Me too")
    wait_until_in_line(kim, waiting)
    office.set(user_turns=2)
    started = time.monotonic()
    assert ending(kim, waiting)[0] == "done"  # while the first one still runs
    assert time.monotonic() - started < 5


def test_a_persons_raised_limit_lets_their_waiting_turn_go_at_once(office: Administered, kim: Person) -> None:
    office.set(user_rpm=1)
    kim.ask_and_wait(kim.conversation())
    waiting = kim.ask(kim.conversation())
    wait_until_in_line(kim, waiting)
    office.set(user_rpm=0)
    assert ending(kim, waiting)[0] == "done"
    assert limits(kim)["you"] == {"minute": None, "day": None}


def test_lowered_limits_hold_for_the_next_question_and_are_shown(office: Administered, kim: Person) -> None:
    conversation = kim.conversation()
    kim.ask_and_wait(conversation)
    office.set(rpm=1, tpm=3000, user_tokens_per_day=50_000)
    told = limits(kim)
    assert (told["minute"]["rpm_limit"], told["minute"]["remaining_rpm"], told["minute"]["tpm_limit"]) == (1, 0, 3000)
    assert told["you"]["day"]["limit"] == 50_000
    assert kim.http.get(f"/api/sessions/{conversation}/").json()["context"]["limit"] == 3000
    office.set(wait_seconds=0)
    assert ending(kim, kim.ask(kim.conversation())) == ("error", "rate_limit_exceeded")


def test_the_figures_follow_where_no_upstream_has_limits(tmp_path: Path) -> None:
    with administered(tmp_path, enforced=False) as office, office.server.sign_up("kim") as kim:
        office.set(rpm=7)
        assert kim.http.get("/rate-limit-status").json()["rpm_limit"] == 7


def test_a_new_sign_up_key_is_asked_for_at_once(office: Administered) -> None:
    key = office.change(lambda live, actor: live.new_signup_key(actor))
    body = {"username": "lee", "password": PASSWORD, "email": "lee@example.com", "auth_key": office.server._signup_key}
    url = f"{office.server.url}/api/auth/signup/"
    assert httpx.post(url, json=body).status_code == 403
    assert httpx.post(url, json={**body, "auth_key": key}).status_code == 201


def test_other_domains_are_asked_for_at_once(office: Administered, kim: Person) -> None:
    office.change(lambda live, actor: live.change(actor, {"auth.allowed_email_domains": ["company.example"]}))
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        office.server.sign_up("lee")
    assert kim.http.get("/api/me").status_code == 200


def test_agents_are_hidden_and_ordered_at_once(office: Administered, kim: Person) -> None:
    conversation = kim.conversation(agent_id=FIRST)

    def listed() -> list[str]:
        return [item["agentId"] for item in kim.http.get("/api/agents/").json()["items"]]

    assert listed() == [FIRST, SECOND]
    office.change(lambda live, actor: live.choose_agents(actor, hidden=[], order=[SECOND]))
    assert listed() == [SECOND, FIRST]
    office.change(lambda live, actor: live.choose_agents(actor, hidden=[FIRST], order=[]))
    assert listed() == [SECOND]
    assert ending(kim, kim.ask(conversation)) == ("error", "unknown_agent")
    assert not office.upstream.questions
    office.change(lambda live, actor: live.undo(actor, "agent_list.hidden"))
    assert ending(kim, kim.ask(conversation))[0] == "done"


@pytest.mark.parametrize("role", ["staff", "admin"])
def test_staff_may_ask_a_hidden_agent_to_try_it(office: Administered, kim: Person, role: str) -> None:
    office.change(lambda live, actor: live.choose_agents(actor, hidden=[FIRST], order=[]))
    office.promote("kim", role)
    turn = kim.ask(kim.conversation(agent_id=FIRST))
    assert ending(kim, turn)[0] == "done"
    again = kim.http.post(f"/api/turns/{turn['turn_id']}/again").json()
    assert ending(kim, again)[0] == "done"


def test_the_banner_is_shown_to_all(office: Administered, kim: Person) -> None:
    def shown() -> Any:
        return httpx.get(f"{office.server.url}/api/notice").json()["notice"]

    assert shown() is None and limits(kim)["notice"] is None
    office.change(lambda live, actor: live.show_banner(actor, "Tonight <b>nothing</b> works", level="warning"))
    assert shown() == limits(kim)["notice"]
    assert {**shown(), "id": ""} == {"id": "", "text": "Tonight <b>nothing</b> works", "level": "warning"}
    office.change(lambda live, actor: live.show_banner(actor, ""))
    assert shown() is None


def test_what_was_changed_is_in_force_after_a_restart(tmp_path: Path) -> None:
    with administered(tmp_path) as office:
        office.set(rpm=77)
        office.change(lambda live, actor: live.show_banner(actor, "Hello"))
    with administered(tmp_path) as office, office.server.sign_up("kim") as kim:
        assert limits(kim)["minute"]["rpm_limit"] == 77
        assert limits(kim)["notice"]["text"] == "Hello"
        assert limits(kim)["minute"]["tpm_limit"] == 10_000
