from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from chat.journal import SpendJournal
from storage import spends
from storage.database import Database
from storage.models import now
from storage.spends import Spent


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
