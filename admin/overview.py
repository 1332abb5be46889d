"""What the service does just now, in figures: who is here, what runs and waits, and the room on the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from storage import usage
from storage.database import Database
from storage.presence import Present, who_is_here


@dataclass(frozen=True, slots=True)
class Overview:
    """Sizes in bytes."""

    running: int
    waiting: int
    present: tuple[Present, ...]  # who was here last comes first
    disk_free: int
    disk_total: int
    database_size: int


async def overview(database: Database, data: Path) -> Overview:
    """The figures of this moment; `data` is the data folder."""
    live, present, size = await database.read(_figures)
    disk = shutil.disk_usage(data)
    return Overview(live["running"], live["waiting"], tuple(present), disk.free, disk.total, size)


def _figures(connection: Connection) -> tuple[dict[str, int], list[Present], int]:
    return usage.live_counts(connection), who_is_here(connection), _size(connection)


def _size(connection: Connection) -> int:
    pages, page = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
    return int(pages * page)
