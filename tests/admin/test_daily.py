"""The daily clean-up, in virtual time, and what it deletes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import OperationalError

from admin.daily import EVERY, FIRST_AFTER, SERVER, DailyCleanup
from admin.retention import Retention
from storage import audit, conversations, users
from storage.audit import Actor, Filter
from storage.database import Database
from storage.files import FileStore
from storage.models import conversations as table
from storage.models import now
from storage.retention import Amount
from tests.virtual_time import clock, in_virtual_time


class Cleanings:
    """A clean-up that notes when it was done, and fails as often as a test wants."""

    def __init__(self, *faults: Exception) -> None:
        self.done: list[tuple[float, int]] = []
        self.faults = list(faults)

    async def clean(self, actor: Actor, days: int) -> Amount:
        assert actor == SERVER
        self.done.append((clock(), days))
        if self.faults:
            raise self.faults.pop()
        return Amount(1)


async def run_for(seconds: float, cleanings: Cleanings, days: Callable[[], int]) -> None:
    job = DailyCleanup(cleanings, days=days)  # type: ignore[arg-type]
    await job.open()
    await asyncio.sleep(seconds)
    await job.close()
    await asyncio.sleep(EVERY)


@in_virtual_time
async def test_it_cleans_an_hour_after_the_start_and_then_once_a_day_until_the_end() -> None:
    cleanings = Cleanings()
    await run_for(2 * EVERY, cleanings, lambda: 90)
    assert cleanings.done == [(FIRST_AFTER, 90), (FIRST_AFTER + EVERY, 90)]


@in_virtual_time
async def test_the_days_of_that_moment_count_and_0_keeps_everything() -> None:
    cleanings = Cleanings()
    await run_for(3 * EVERY, cleanings, lambda: 0 if clock() < EVERY else 30)
    assert cleanings.done == [(FIRST_AFTER + EVERY, 30), (FIRST_AFTER + 2 * EVERY, 30)]


@pytest.mark.parametrize("fault", [OperationalError("x", {}, Exception()), OSError("disk")])
def test_a_failed_clean_up_is_logged_and_done_the_next_day(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    @in_virtual_time
    async def test() -> None:
        cleanings = Cleanings(fault)
        await run_for(2 * EVERY, cleanings, lambda: 90)
        assert len(cleanings.done) == 2

    test()
    assert f"Old conversations can't be deleted: {type(fault).__name__}" in caplog.text


async def test_it_deletes_what_is_old_and_keeps_what_is_pinned(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(connection: Connection) -> tuple[int, dict[str, str]]:
        user = users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x")
        ids = {
            name: conversations.add(connection, user_id=user.id, agent_id="a", title=name).id
            for name in ("old", "pinned", "new")
        }
        for name in ("old", "pinned"):
            values = {"updated_at": now() - timedelta(days=31), "pinned": name == "pinned"}
            connection.execute(update(table).where(table.c.id == ids[name]).values(**values))
        return user.id, ids

    user_id, ids = database.write_now(work)
    monkeypatch.setattr("admin.daily.FIRST_AFTER", 0)
    job = DailyCleanup(Retention(database, FileStore(tmp_path / "files")), days=lambda: 30)
    await job.open()
    async with asyncio.timeout(10):
        while not (acts := database.read_now(audit.entries, Filter(action="cleanup"))):
            await asyncio.sleep(0.01)
    await job.close()
    left = {name for name, key in ids.items() if database.read_now(conversations.owned, key, user_id)}
    assert left == {"pinned", "new"}
    assert (acts[0].actor, acts[0].details["conversations"], acts[0].details["days"]) == ("(server)", 1, 30)
