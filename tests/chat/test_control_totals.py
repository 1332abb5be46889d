"""Control totals over HTTP: computed after an answer about a table, whoever gave it."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest

from chat.control_totals import ControlTotals
from chat.events import Delta, Finished
from chat.upstreams.local import GUIDE_ID
from storage import conversations, files, messages, turns, users
from storage.files import FileStore
from tests.chat.test_turns_api import wait_for
from tests.live_server import Person
from tests.scripted_upstream import ScriptedUpstream

CSV = "지역,매출\n서울,1000\n부산,2345\n대구,9000\n".encode()


def answered(person: Person, upstream: ScriptedUpstream, answer: str, *, name: str = "a.csv", content: bytes = CSV):
    """A conversation in which somebody has asked about a file; its id and the answer's."""
    upstream.enqueue(Delta(answer), Finished())
    conversation = person.conversation()
    file = person.upload(name, content)
    turn = person.ask_and_wait(conversation, "매출 합계는?", file_id=file["file_id"])
    return conversation, turn["message_id"]


def totals(person: Person, message_id: str) -> dict | None:
    return person.http.get(f"/api/messages/{message_id}/").json()["totals"]


def test_an_answer_about_a_table_gets_totals(person: Person, upstream: ScriptedUpstream) -> None:
    conversation, message_id = answered(person, upstream, "매출 합계는 12,346입니다. 총 3행입니다.")
    wait_for(lambda: totals(person, message_id), 30)
    found = person.messages(conversation)[1]["totals"]
    assert (found["file"], found["rows"], found["agreeing"]) == ("a.csv", 3, 1)
    assert found["columns"][0]["sum"] == 12345
    assert found["distinct"][0] == {"name": "지역", "count": 3}
    assert found["differing"] == [
        {"statistic": "sum", "column": "매출", "told": "12,346", "computed": 12345, "place": [7, 13]}
    ]
    assert person.messages(conversation)[0]["totals"] is None


def test_a_later_answer_is_about_the_newest_file_and_its_first_question_counts(
    person: Person, upstream: ScriptedUpstream
) -> None:
    conversation, first = answered(person, upstream, "Done")
    upstream.enqueue(Delta("매출 합계는 1입니다."), Finished())
    second = person.ask_and_wait(conversation, "서울만 보면?")["message_id"]
    upstream.enqueue(Delta("매출 합계는 1입니다."), Finished())
    third = person.ask_and_wait(conversation, "그 합계는?")["message_id"]
    for message_id in (first, second, third):
        wait_for(lambda one=message_id: totals(person, one), 30)
        assert totals(person, message_id)["differing"] == []


def test_the_answer_is_there_before_its_totals(person: Person, upstream: ScriptedUpstream) -> None:
    conversation, message_id = answered(person, upstream, "매출 합계는 12,345입니다.")
    assert person.messages(conversation)[1]["state"] == "done"
    wait_for(lambda: totals(person, message_id), 30)
    assert person.messages(conversation)[1]["content"] == "매출 합계는 12,345입니다."


def test_a_document_gets_no_totals(
    person: Person, upstream: ScriptedUpstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chat.control_totals")
    text = "This is a text of some sentences. It holds no table.\n" * 3
    _, message_id = answered(person, upstream, "secret words", name="notes.md", content=text.encode())
    wait_for(lambda: "No control totals" in caplog.text, 30)
    assert totals(person, message_id) is None
    assert "secret words" not in caplog.text and "notes.md" not in caplog.text


def test_without_a_file_nothing_is_computed(person: Person, upstream: ScriptedUpstream) -> None:
    conversation = person.conversation()
    person.ask_and_wait(conversation)
    assert person.messages(conversation)[1]["totals"] is None


def test_nobody_else_sees_totals(person: Person, other: Person, upstream: ScriptedUpstream) -> None:
    _, message_id = answered(person, upstream, "매출 합계는 12,345입니다.")
    wait_for(lambda: totals(person, message_id), 30)
    assert other.http.get(f"/api/messages/{message_id}/").status_code == 404
    assert httpx.get(f"{person.http.base_url}/api/messages/{message_id}/").status_code == 401


class Analyst:
    """Stands in for the worker processes: counts what it is asked, and fails as a test has said."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.asked: list[dict] = []
        self.closed = False
        self._fault = fault

    async def run(self, job: str, request: dict, name: str) -> dict:
        self.asked.append(request)
        if self._fault:
            raise self._fault
        return {"totals": {"rows": 1}}

    async def aclose(self) -> None:
        self.closed = True


def stored_turn(database, *, agent_id: str = "an-agent", with_file: bool = True) -> turns.Turn:
    """A turn of somebody's, with a file beside its question."""

    def work(connection):
        user = users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x")
        made = conversations.add(connection, user_id=user.id, agent_id=agent_id, title="")
        file_id = "f" * 26
        if with_file:
            files.add(
                connection,
                file_id=file_id,
                user_id=user.id,
                name="a.csv",
                media_type="text/csv",
                size=1,
                sha256="",
                conversation_id=made.id,
            )
        question = conversations.add_message(
            connection,
            conversation_id=made.id,
            parent_id=None,
            role="user",
            content="q",
            file_id=file_id if with_file else None,
        )
        return turns.begin(
            connection,
            conversation_id=made.id,
            user_id=user.id,
            agent_id=agent_id,
            user_message_id=question,
            client_id=None,
        )

    return database.write_now(work)


async def computed(database, tmp_path, analyst: Analyst, turn: turns.Turn) -> dict | None:
    """What is stored with the turn's answer when all has been computed."""
    control = ControlTotals(database, store=FileStore(tmp_path / "files"), analyst=analyst)
    control.begin(turn)
    while control.pending:
        await asyncio.sleep(0.001)
    await control.close()
    message = database.read_now(conversations.message, turn.message_id)
    return message.totals if message else None


async def test_totals_are_stored_with_the_answer(database, tmp_path) -> None:
    analyst = Analyst()
    assert await computed(database, tmp_path, analyst, stored_turn(database)) == {"rows": 1}
    assert analyst.closed
    [request] = analyst.asked
    assert request["questions"] == ("q",) and request["files"][0]["name"] == "a.csv"


@pytest.mark.parametrize("fault", [OSError("a.csv"), RuntimeError("a.csv")])
async def test_a_failure_is_logged_without_what_it_says(database, tmp_path, fault, caplog) -> None:
    assert await computed(database, tmp_path, Analyst(fault), stored_turn(database)) is None
    assert type(fault).__name__ in caplog.text and "a.csv" not in caplog.text


async def test_the_guide_has_seen_no_file(database, tmp_path) -> None:
    analyst = Analyst()
    assert await computed(database, tmp_path, analyst, stored_turn(database, agent_id=GUIDE_ID)) is None
    assert analyst.asked == []


async def test_an_answer_that_is_deleted_meanwhile_stays_deleted(database, tmp_path) -> None:
    turn = stored_turn(database)

    class Deleting(Analyst):
        async def run(self, job: str, request: dict, name: str) -> dict:
            database.write_now(messages.remove, turn.conversation_id, turn.message_id)
            return await super().run(job, request, name)

    assert await computed(database, tmp_path, Deleting(), turn) is None


async def test_a_flood_of_answers_goes_without(database, tmp_path, monkeypatch, caplog) -> None:
    monkeypatch.setattr("chat.control_totals.MOST_WAITING", 0)
    analyst = Analyst()
    assert await computed(database, tmp_path, analyst, stored_turn(database)) is None
    assert analyst.asked == [] and "goes without" in caplog.text
