"""The clean-up at an administrator's click."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from admin.clean_up import CleanUp
from admin.errors import BadDays, NotAllowed
from admin.retention import Retention
from storage import audit, users
from storage.audit import Actor, Filter, shell
from storage.database import Database
from storage.files import FileStore
from storage.models import conversations, now
from storage.retention import Amount
from tests.admin.rows import Rows


@pytest.fixture
def office(database: Database, tmp_path: Path) -> CleanUp:
    """Of kim's conversations, an old one with a message, an old pinned one, and a new one."""
    rows = Rows(database)
    kim = rows.person("kim")
    rows.conversation(kim, id="old")
    rows.message("old")
    rows.conversation(kim, id="pinned", pinned=True)
    rows.conversation(kim, id="new", updated_at=now() - timedelta(days=1))
    return CleanUp(database, Retention(database, FileStore(tmp_path / "files")))


def left(database: Database) -> set[str]:
    return set(database.read_now(lambda c: c.execute(conversations.select()).scalars().all()))


async def test_the_preview_counts_and_deletes_nothing(office: CleanUp, database: Database) -> None:
    assert await office.preview(shell(), 30) == Amount(conversations=1, messages=1)
    assert left(database) == {"old", "pinned", "new"}


async def test_old_conversations_are_deleted_pinned_ones_kept_and_it_is_audited(
    office: CleanUp, database: Database
) -> None:
    assert await office.clean(shell(), 30) == Amount(conversations=1, messages=1)
    assert left(database) == {"pinned", "new"}
    [entry] = database.read_now(audit.entries, Filter(action="cleanup"))
    assert entry.details == {"days": 30, "conversations": 1, "messages": 1, "files": 0}


@pytest.mark.parametrize("role", ["staff", "user"])
async def test_only_administrators_clean_up(office: CleanUp, database: Database, role: str) -> None:
    user_id = Rows(database).person("somebody")
    database.write_now(users.set_role, user_id, role)
    # The role of the visit doesn't count, but the one that is stored.
    actor = Actor(user_id, "somebody", "admin", "")
    for act in (office.preview, office.clean):
        with pytest.raises(NotAllowed):
            await act(actor, 30)
    assert left(database) == {"old", "pinned", "new"}
    wanted = [entry.details["wanted"] for entry in database.read_now(audit.entries, Filter(action="refused"))]
    assert wanted == ["cleanup", "cleanup.counted"]


@pytest.mark.parametrize("days", [-1, 0, 36_501])
async def test_a_number_of_days_that_is_none_deletes_nothing(office: CleanUp, database: Database, days: int) -> None:
    for act in (office.preview, office.clean):
        with pytest.raises(BadDays):
            await act(shell(), days)
    assert left(database) == {"old", "pinned", "new"}
