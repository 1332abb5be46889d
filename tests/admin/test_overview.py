from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from admin.overview import overview
from storage import users
from storage.database import Database
from storage.models import now
from tests.admin.rows import Rows


async def test_what_runs_and_waits_is_counted(database: Database, tmp_path: Path) -> None:
    rows = Rows(database)
    kim = rows.person("kim")
    for state in ("running", "running", "waiting", "done", "failed"):
        rows.turn(kim, state=state)
    found = await overview(database, tmp_path)
    assert (found.running, found.waiting) == (2, 1)


async def test_who_used_a_login_lately_is_here_once(database: Database, tmp_path: Path) -> None:
    rows = Rows(database)
    kim, lee, park, choi = (rows.person(name) for name in ("kim", "lee", "park", "choi"))
    rows.login(kim, used_at=now() - timedelta(minutes=4))
    rows.login(kim, used_at=now() - timedelta(minutes=2))
    rows.login(lee, used_at=now() - timedelta(minutes=1))
    rows.login(park, used_at=now() - timedelta(minutes=6))
    rows.login(choi, used_at=now())
    database.write_now(users.set_active, choi, active=False)
    found = await overview(database, tmp_path)
    assert [person.username for person in found.present] == ["lee", "kim"]


async def test_room_and_size_are_those_of_the_disk(database: Database, tmp_path: Path) -> None:
    found = await overview(database, tmp_path)
    assert 0 < found.disk_free <= found.disk_total
    # What isn't moved from the log into the file yet counts, too.
    assert found.database_size == pytest.approx(20 * 4096, rel=5) and found.database_size % 4096 == 0
