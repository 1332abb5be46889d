"""An OpenAI-compatible server beside or instead of FabriX, through the whole application."""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import build
from storage.database import Database, sqlite_url
from storage.models import turns
from storage.secret import Secret
from storage.settings import RateLimitSettings, Settings, UpstreamSettings
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import LiveServer, Person
from tests.openai_standin import HEALTHY, KEY, THOUGHT, USAGE, OpenAiStandin, running_openai

_numbers = itertools.count(1)


def entry(standin: OpenAiStandin, name: str = "gpu", key: str = KEY, **changes: Any) -> UpstreamSettings:
    return UpstreamSettings(name=name, base_url=standin.base_url, key=Secret(key), max_connections=4, **changes)


@contextmanager
def serving(settings: Settings) -> Iterator[LiveServer]:
    with LiveServer(lambda: build(settings), signup_key=SIGNUP_KEY) as server:
        yield server


@pytest.fixture(scope="module")
def standin() -> Iterator[OpenAiStandin]:
    with running_openai() as made:
        yield made


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("others")


@pytest.fixture(scope="module")
def others(standin: OpenAiStandin, data: Path) -> Iterator[LiveServer]:
    """Two names for one server, of which the second lists no models of its own and has narrow limits."""
    limited = entry(standin, "narrow", models=(HEALTHY,), rpm=1, tpm=100_000)
    with serving(dataclasses.replace(settings_for(data), upstream=(entry(standin), limited))) as server:
        yield server


@pytest.fixture
def someone(others: LiveServer, standin: OpenAiStandin) -> Iterator[Person]:
    standin.requests.clear()
    with others.sign_up(f"other-server-{next(_numbers)}") as made:
        yield made


def questions(standin: OpenAiStandin) -> list[list[dict[str, str]]]:
    """The messages of each question that the stand-in was sent."""
    return [request.body["messages"] for request in standin.requests if request.method == "POST"]


def test_the_models_of_all_servers_are_offered_before_the_local_agents(someone: Person) -> None:
    listing = someone.http.get("/api/agents/").json()
    ids = [item["agentId"] for item in listing["items"]]
    assert ids[0] == f"gpu/{HEALTHY}" == listing["preferred"]
    assert ids[-3:] == [f"narrow/{HEALTHY}", "local-analyst", "local-guide"]
    assert len(ids) == len(set(ids)) and listing["away"] == []
    assert someone.http.get("/api/me").json()["server"]["local_only"] is False


def test_a_turn_is_answered_and_stored_with_what_it_cost(someone: Person, data: Path) -> None:
    conversation = someone.conversation(agent_id="gpu/think-tags")
    turn = someone.ask(conversation, "매출은?")
    someone.events(turn["turn_id"])
    answer = someone.messages(conversation)[-1]
    assert "매출은?" in answer["content"] and answer["thinking"].strip() == THOUGHT and answer["state"] == "done"
    database = Database(sqlite_url(data))
    columns = (turns.c.tokens_in, turns.c.tokens_out, turns.c.tokens_estimated)
    query = select(*columns).where(turns.c.id == turn["turn_id"])
    stored = database.read_briefly(lambda connection: connection.execute(query).one())
    database.close()
    assert tuple(stored) == (USAGE["prompt_tokens"], USAGE["completion_tokens"], False)


def test_the_conversation_goes_along(someone: Person, standin: OpenAiStandin) -> None:
    conversation = someone.conversation(agent_id=f"gpu/{HEALTHY}")
    someone.ask_and_wait(conversation, "One?")
    someone.ask_and_wait(conversation, "Two?")
    assert [message["role"] for message in questions(standin)[-1]] == ["user", "assistant", "user"]
    assert questions(standin)[-1][-1]["content"] == "Two?"


def test_a_file_goes_along_as_text_with_its_question_and_the_next(someone: Person, standin: OpenAiStandin) -> None:
    file = someone.upload("매출.csv", "지역,매출\n서울,120\n부산,135\n".encode("cp949"))
    conversation = someone.conversation(agent_id=f"gpu/{HEALTHY}")
    someone.ask_and_wait(conversation, "합계는?", file_id=file["file_id"])
    someone.ask_and_wait(conversation, "평균은?")
    for messages, question in zip(questions(standin), ("합계는?", "평균은?"), strict=True):
        assert "부산,135" in messages[-3]["content"] and "매출.csv" in messages[-3]["content"]
        assert messages[-1]["content"].startswith("[") and messages[-1]["content"].endswith(f"\n\n{question}")
        assert "cp949" in messages[-1]["content"]  # what is known of the file


@pytest.mark.parametrize(
    ("content", "code"), [(b"\x89PNG\r\n\x1a\n\0\0", "file_not_text"), (b"a,b\n" * 20_000, "file_too_long")]
)
def test_a_file_that_can_not_go_along_ends_the_turn_and_is_kept(
    someone: Person, standin: OpenAiStandin, content: bytes, code: str
) -> None:
    file = someone.upload("sales.csv", content)
    conversation = someone.conversation(agent_id=f"gpu/{HEALTHY}")
    last = someone.events(someone.ask(conversation, "Sum?", file_id=file["file_id"])["turn_id"])[-1]
    assert (last.kind, last.data["code"]) == ("error", code)
    assert "gpu" in last.data["notice"] and "sales.csv" in last.data["notice"]
    question = someone.messages(conversation)[0]
    assert question["content"] == "Sum?" and question["file"]["name"] == "sales.csv"
    assert someone.http.get(f"/files/{file['file_id']}").content == content
    someone.ask_and_wait(conversation, "And without it?")
    assert "can't be shown to you" in questions(standin)[-1][-3]["content"]
    assert len(questions(standin)) == 1


def test_a_servers_own_limits_are_kept_and_hold_nobody_else_up(others: LiveServer, standin: OpenAiStandin) -> None:
    with others.sign_up(f"other-server-{next(_numbers)}") as someone:
        first = someone.conversation(agent_id=f"narrow/{HEALTHY}")
        someone.ask_and_wait(first)
        turn = someone.ask(someone.conversation(agent_id=f"narrow/{HEALTHY}"), wait_seconds=0)
        last = someone.events(turn["turn_id"])[-1]
        assert (last.kind, last.data["code"]) == ("error", "rate_limit_exceeded")
        assert last.data["current_usage"]["rpm_limit"] == 1 and "1 requests a minute" in last.data["notice"]
        for _ in range(3):
            someone.ask_and_wait(elsewhere := someone.conversation(agent_id=f"gpu/{HEALTHY}"))
            assert someone.messages(elsewhere)[-1]["state"] == "done"


@pytest.mark.parametrize(
    ("enforced", "everywhere", "state"),
    [(True, False, "failed"), (False, False, "done"), (False, True, "done"), (True, True, "failed")],
)
def test_a_servers_limits_can_be_switched_off(
    standin: OpenAiStandin, tmp_path: Path, enforced: bool, everywhere: bool, state: str
) -> None:
    limits = RateLimitSettings(enforced=everywhere, wait_seconds=0.1)
    own = entry(standin, rpm=1, enforced=enforced)
    settings = dataclasses.replace(settings_for(tmp_path), upstream=(own,), rate_limit=limits)
    with serving(settings) as server, server.sign_up("someone") as someone:
        for _ in range(2):
            conversation = someone.conversation(agent_id=f"gpu/{HEALTHY}")
            someone.ask_and_wait(conversation)
        assert someone.messages(conversation)[-1]["state"] == state


def test_a_persons_own_limits_hold_for_a_server_without_any(standin: OpenAiStandin, tmp_path: Path) -> None:
    limits = RateLimitSettings(enforced=True, rpm=1, user_rpm=2, wait_seconds=0.1)
    settings = dataclasses.replace(settings_for(tmp_path), upstream=(entry(standin),), rate_limit=limits)
    with serving(settings) as server, server.sign_up("someone") as someone:
        lasts = []
        for _ in range(3):
            turn = someone.ask(someone.conversation(agent_id=f"gpu/{HEALTHY}"))
            lasts.append(someone.events(turn["turn_id"])[-1])
        assert [last.kind for last in lasts] == ["done", "done", "error"]
        assert lasts[-1].data["notice"].startswith("Your own limit of 2") and lasts[-1].data["current_usage"] == {}
        assert someone.http.get("/rate-limit-status").json()["rpm_limit"] == 1


def test_one_that_is_away_says_so_and_hides_nobody(standin: OpenAiStandin, tmp_path: Path) -> None:
    away = UpstreamSettings(name="away", base_url="http://127.0.0.1:9", max_connections=4)
    settings = dataclasses.replace(settings_for(tmp_path), upstream=(away, entry(standin)))
    with serving(settings) as server, server.sign_up("someone") as someone:
        listing = someone.http.get("/api/agents/").json()
        assert listing["away"] == ["away"] and f"gpu/{HEALTHY}" in [item["agentId"] for item in listing["items"]]
        turn = someone.ask(someone.conversation(agent_id="away/some-model"))
        last = someone.events(turn["turn_id"])[-1]
        assert last.data["notice"].startswith("away can't be reached right now.")
        assert someone.http.get("/healthz").json()["upstream"] == "down"


def test_no_key_and_no_text_is_logged(someone: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        for model in (HEALTHY, "refuse-401", "error-in-stream", "rejected"):
            someone.ask_and_wait(someone.conversation(agent_id=f"gpu/{model}"), "streng geheim")
    assert "gpu answered 401" in caplog.text
    assert KEY not in caplog.text and "streng geheim" not in caplog.text
