"""Running turns without HTTP: what happens when the server ends, and when it begins again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from chat.agents import AgentDirectory
from chat.analyst.pool import Analyst
from chat.cards import Cards
from chat.contents import Room
from chat.conversations import Ask, Conversations
from chat.events import Delta, Finished
from chat.gateway import Gateway
from chat.turns import Turns
from storage import turns, users
from storage.database import Database
from storage.files import FileStore
from tests.scripted_upstream import Gate, ScriptedUpstream


class Service:
    """The services of one server, on a database that may outlive it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.upstream = ScriptedUpstream()
        store = FileStore(folder)
        gateway = Gateway(AgentDirectory([self.upstream]), limiters={})
        self.turns = Turns(database, store=store, gateway=gateway)
        cards = Cards(database, store=store, analyst=Analyst())
        room = Room(20, 6000)
        self.conversations = Conversations(database, store=store, cards=cards, turns=self.turns, room=room)


@pytest.fixture
async def user_id(database: Database) -> int:
    def work(connection: Connection) -> int:
        return users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x").id

    return await database.write(work)


@pytest.fixture
async def service(database: Database, tmp_path: Path) -> AsyncIterator[Service]:
    made = Service(database, tmp_path / "files")
    await made.turns.open()
    yield made
    made.upstream.release_all()
    await made.turns.close()


async def begin(service: Service, user_id: int) -> tuple[str, str]:
    made = await service.conversations.create(user_id, agent_id="scripted-agent-0001", title="")
    turn = await service.conversations.ask(user_id, made.id, Ask("q"), language="en")
    return made.id, turn.id


async def first_batch(service: Service, user_id: int, turn_id: str) -> None:
    turn = await service.conversations.turn(user_id, turn_id)
    async for batch in service.turns.watch(turn, after=None):
        if batch:
            return


async def answer_of(service: Service, user_id: int, conversation_id: str):
    _, messages = await service.conversations.open(user_id, conversation_id)
    return messages[-1]


async def test_closing_the_server_keeps_the_texts_as_interrupted(service: Service, user_id: int) -> None:
    service.upstream.enqueue(Delta("so far"), Gate(), Finished())
    conversation, turn = await begin(service, user_id)
    await first_batch(service, user_id, turn)
    await service.turns.close()
    answer = await answer_of(service, user_id, conversation)
    assert (answer.content, answer.state) == ("so far", "interrupted")
    assert service.upstream.closed.is_set()


async def test_what_a_killed_server_left_running_is_interrupted_at_the_next_start(
    service: Service, user_id: int, database: Database, tmp_path: Path
) -> None:
    service.upstream.enqueue(Delta("so far"), Gate(), Finished())
    conversation, turn = await begin(service, user_id)
    await first_batch(service, user_id, turn)
    while (await answer_of(service, user_id, conversation)).content != "so far":
        pass  # each look is a query: the loop goes on to the next checkpoint
    # The first server is never told: as after a kill, its rows are all there is.
    second = Service(database, tmp_path / "files")
    await second.turns.open()
    answer = await answer_of(second, user_id, conversation)
    assert (answer.content, answer.state) == ("so far", "interrupted")
    stored = await second.conversations.turn(user_id, turn)
    events = [event async for batch in second.turns.watch(stored, after=37) for event in batch]
    assert [event.kind for event in events] == ["text", "done"]
    assert events[-1].data["state"] == "interrupted"
    await second.turns.close()


async def test_a_conversation_goes_on_after_an_interruption(service: Service, user_id: int) -> None:
    service.upstream.enqueue(Delta("so far"), Gate(), Finished())
    conversation, turn = await begin(service, user_id)
    await first_batch(service, user_id, turn)
    service.turns.stop(turn)
    await service.turns.settled(turn)
    again = await service.conversations.again(user_id, turn, language="en")
    await service.turns.settled(again.id)
    assert (await answer_of(service, user_id, conversation)).state == "done"


def failing_once(work):
    """A storage function whose first call meets a full disk."""
    calls = []

    def wrapped(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("UPDATE", {}, Exception("disk is full"))
        return work(*args, **kwargs)

    return wrapped


async def test_an_end_that_could_not_be_stored_is_stored_later(
    service: Service, user_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.turns.settle", failing_once(turns.settle))
    service.upstream.enqueue(Delta("precious"), Finished())
    conversation, turn = await begin(service, user_id)
    await service.turns.settled(turn)
    answer = await answer_of(service, user_id, conversation)
    assert (answer.content, answer.state) == ("precious", "done")


async def test_a_checkpoint_that_failed_is_made_up_for(
    service: Service, user_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.turns.checkpoint", failing_once(turns.checkpoint))
    service.upstream.enqueue(Delta("precious"), Gate(), Finished())
    conversation, _ = await begin(service, user_id)
    async with asyncio.timeout(10):
        while (await answer_of(service, user_id, conversation)).content != "precious":
            pass


async def test_a_turn_that_nobody_runs_has_ended_whatever_its_row_says(
    service: Service, user_id: int, database: Database, tmp_path: Path
) -> None:
    service.upstream.enqueue(Delta("so far"), Gate(), Finished())
    _, turn = await begin(service, user_id)
    await first_batch(service, user_id, turn)
    elsewhere = Service(database, tmp_path / "files")
    stored = await elsewhere.conversations.turn(user_id, turn)
    events = [event async for batch in elsewhere.turns.watch(stored, after=None) for event in batch]
    assert events[-1].data["state"] == "interrupted"
