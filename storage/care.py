"""The care of the data folder: what is wrong in it, how big it is, and making it small and quick again."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from storage.backup import problems_of

YOUNG = 3600  # seconds: the bytes of an upload are there before its row


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found. Sizes are in bytes; the lists hold ids of files."""

    database_problems: list[str]
    without_bytes: list[str]
    without_row: list[str]
    wrong_size: list[str]
    database_size: int
    files: int
    files_size: int
    free: int

    @property
    def is_good(self) -> bool:
        return not (self.database_problems or self.without_bytes or self.without_row or self.wrong_size)


def check(database: Path, files: Path) -> Condition:
    """Look through the database and the files. Raises sqlite3.DatabaseError where there is no database to look at."""
    problems = problems_of(database)
    on_disk = {path.name: path.stat() for path in files.glob("??/*")}
    # Read after the folder: what is deleted in between is in neither.
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows: dict[str, int] = dict(connection.execute("SELECT id, size FROM files").fetchall())
    appeared = {file_id for file_id in rows.keys() - on_disk.keys() if (files / file_id[-2:] / file_id).exists()}
    youngest = time.time() - YOUNG
    return Condition(
        database_problems=problems,
        without_bytes=sorted(rows.keys() - on_disk.keys() - appeared),
        without_row=sorted(
            name
            for name, stat in on_disk.items()
            # What was made of a file lies beside it, under its name and an ending.
            if name.split(".")[0] not in rows and stat.st_mtime < youngest
        ),
        wrong_size=sorted(key for key in rows.keys() & on_disk.keys() if rows[key] != on_disk[key].st_size),
        database_size=size_of(database),
        files=sum("." not in name for name in on_disk),
        files_size=sum(stat.st_size for stat in on_disk.values()),
        free=shutil.disk_usage(files).free,
    )


def size_of(database: Path) -> int:
    """A database with what waits in its log, in bytes."""
    paths = [database, database.with_name(f"{database.name}-wal")]
    return sum(path.stat().st_size for path in paths if path.exists())


def optimize(database: Path) -> tuple[int, int]:
    """Move the log into the file, give unused room back, renew what the query planner knows; sizes before and after.

    May be done while a server runs: writers wait meanwhile. Raises sqlite3.OperationalError when one writes for 30 s.
    """
    before = size_of(database)
    with contextlib.closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, size_of(database)
