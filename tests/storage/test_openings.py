from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import openings, people
from storage.database import Database
from storage.models import conversations
from storage.models import openings as table
from tests.admin.rows import Rows

HALF_HOUR = timedelta(minutes=30)


class Office(Rows):
    """Two conversations of kim's, and an administrator."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.kim, self.boss = self.person("kim"), self.person("boss")
        for name in ("c1", "c2"):
            self.conversation(self.kim, id=name)


@pytest.fixture
def rows(database: Database) -> Office:
    return Office(database)


def opened(
    rows: Office, conversation: str = "c1", *, lasts: timedelta = HALF_HOUR, reason: str = "A good reason"
) -> None:
    rows.database.write_now(openings.add, "c1", administrator_id=rows.boss, name="boss", reason=reason, lasts=lasts)


def is_in_force(rows: Office, conversation: str, administrator_id: int) -> bool:
    found = rows.database.read_now(openings.in_force, conversation, administrator_id=administrator_id)
    return found is not None


def test_an_opening_holds_for_its_conversation_and_its_administrator_alone(rows: Office) -> None:
    opened(rows)
    assert is_in_force(rows, "c1", rows.boss)
    assert not is_in_force(rows, "c2", rows.boss)
    assert not is_in_force(rows, "c1", rows.kim)


def test_an_opening_ends(rows: Office) -> None:
    opened(rows, lasts=timedelta(0))
    assert not is_in_force(rows, "c1", rows.boss)


def test_the_newest_opening_comes_first(rows: Office) -> None:
    opened(rows, reason="First reason")
    opened(rows, reason="Second reason")
    found = rows.database.read_now(openings.of, "c1")
    assert [(item.name, item.reason) for item in found] == [("boss", "Second reason"), ("boss", "First reason")]
    assert found[0].until - found[0].at == HALF_HOUR
    assert rows.database.read_now(openings.of, "c2") == []


def test_openings_go_with_their_conversation(rows: Office) -> None:
    opened(rows)
    rows.database.write_now(lambda c: c.execute(conversations.delete()) and None)
    assert rows.database.read_now(lambda c: c.execute(select(table)).all()) == []


def test_the_owner_is_still_told_of_an_administrator_who_is_gone(rows: Office) -> None:
    opened(rows)
    rows.database.write_now(people.remove, rows.boss)
    assert [item.name for item in rows.database.read_now(openings.of, "c1")] == ["boss"]
    assert not is_in_force(rows, "c1", rows.boss)


def test_a_conversation_is_found_whoever_owns_it(rows: Office) -> None:
    found = rows.database.read_now(openings.target, "c1")
    assert found is not None and (found.owner_id, found.leaf_id) == (rows.kim, None)
    assert rows.database.read_now(openings.target, "nothing") is None
