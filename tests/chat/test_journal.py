from __future__ import annotations

import asyncio
import logging
import multiprocessing
import threading
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app import build
from chat.journal import SpendJournal
from storage import spends
from storage.database import Database
from storage.models import now
from storage.settings import RateLimitSettings
from storage.spends import Spent
from tests.chat.direct_calls import AGENT
from tests.conftest import SIGNUP_KEY, settings_for
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import ScriptedUpstream


def spent(key: str, *, minutes_ago: float = 0.0, tokens: int = 100) -> Spent:
    return Spent(key, "fabrix", 1, now() - timedelta(minutes=minutes_ago), 1, tokens)


async def test_what_is_noted_is_there_after_a_restart_oldest_first(database: Database) -> None:
    journal = SpendJournal(database)
    assert await journal.open() == []
    noted = [spent("b"), spent("a", minutes_ago=5)]
    for each in noted:
        journal.note(each)
    await journal.close()
    again = SpendJournal(database)
    assert await again.open() == noted[::-1]
    await again.close()


async def test_notes_are_saved_without_closing(database: Database) -> None:
    journal = SpendJournal(database)
    await journal.open()
    journal.note(spent("a"))
    while not await database.read(spends.since, now() - timedelta(days=1)):
        pass  # each look is a query: the loop goes on to the next save
    await journal.close()


async def test_a_later_note_replaces_the_earlier_one(database: Database) -> None:
    journal = SpendJournal(database)
    await journal.open()
    first = spent("a")
    journal.note(first)
    await journal.close()
    journal.note(replace(first, tokens=7))
    await journal.close()
    [stored] = await database.read(spends.since, first.at)
    assert stored.tokens == 7


async def test_what_no_window_counts_any_more_is_forgotten(database: Database) -> None:
    await database.write(spends.save, [spent("old", minutes_ago=24 * 60 + 1)])
    journal = SpendJournal(database)
    assert await journal.open() == []
    await journal.close()
    assert await database.read(spends.since, now() - timedelta(days=9)) == []


async def test_more_notes_than_one_statement_takes_are_all_saved(database: Database) -> None:
    journal = SpendJournal(database)
    for number in range(1100):
        journal.note(spent(str(number)))
    await journal.close()
    assert len(await database.read(spends.since, now() - timedelta(days=1))) == 1100


async def test_a_full_disk_loses_no_notes(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = SpendJournal(database)
    journal.note(spent("a"))

    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("full"))

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(spends, "save", fail)
        await journal.close()
    assert "1 spends could not be saved" in caplog.text
    await journal.close()
    assert len(await database.read(spends.since, now() - timedelta(days=1))) == 1


def stored(database: Database) -> list[Spent]:
    return database.read_now(spends.since, now() - timedelta(days=1))


async def test_grants_are_written_before_anything_is_sent_and_without_closing(database: Database) -> None:
    journal = SpendJournal(database)
    grants = [spent(str(number), minutes_ago=5 - number) for number in range(5)]
    for each in grants:
        journal.note_grant(each)
    await journal.written()
    assert stored(database) == grants


async def test_what_is_settled_before_its_grant_is_written_is_written_once(database: Database) -> None:
    journal = SpendJournal(database)
    journal.note_grant(spent("a"))
    journal.note(spent("a", tokens=7))
    await journal.close()
    assert [each.tokens for each in stored(database)] == [7]


async def test_a_grant_does_not_wait_long_for_a_locked_database_and_is_written_afterwards(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.LONGEST_WRITE", 0.02)
    journal, locked, free = SpendJournal(database), threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        locked.set()
        assert free.wait(10)

    holding = asyncio.create_task(database.write(hold))
    await asyncio.to_thread(locked.wait, 10)
    journal.note_grant(spent("a"))
    await journal.written()
    journal.note_grant(spent("b"))
    assert stored(database) == []
    free.set()
    await holding
    await journal.close()
    assert {each.id for each in stored(database)} == {"a", "b"}


async def test_grants_that_a_full_disk_refuses_are_saved_later(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = SpendJournal(database)

    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("full"))

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(spends, "add", fail)
        journal.note_grant(spent("a"))
        await journal.written()
    assert "1 grants could not be saved" in caplog.text and stored(database) == []
    await journal.close()
    assert [each.id for each in stored(database)] == ["a"]


def server_with_limits(data: Path) -> LiveServer:
    settings = replace(settings_for(data), rate_limit=RateLimitSettings(enforced=True))
    return LiveServer(lambda: build(settings, upstreams=[ScriptedUpstream()]), signup_key=SIGNUP_KEY)


def serve(data: Path, pipe: Pipe) -> None:
    """A server in a process of its own, until it is killed."""
    with server_with_limits(data) as server, server.sign_up("kim") as kim:
        pipe.send((server.url, kim.token))
        threading.Event().wait()


def test_a_killed_server_forgets_no_request(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    receiver, sender = spawn.Pipe(duplex=False)
    process = spawn.Process(target=serve, args=(tmp_path, sender), daemon=True)
    process.start()
    try:
        assert receiver.poll(60)
        url, token = receiver.recv()
        with Person(url, "kim", token, "en") as kim:
            for _ in range(5):
                body = {"agentId": AGENT, "contents": ["Hello?"], "isStream": False}
                assert kim.http.post("/agent-messages", json=body).status_code == 200
    finally:
        process.kill()
        process.join(10)
    with server_with_limits(tmp_path) as server, Person(server.url, "kim", token, "en") as kim:
        assert kim.http.get("/rate-limit-status").json()["current_rpm"] == 5
