"""Backups made, listed, pruned and restored, with their entries in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auth.services import database_url
from storage import audit, backup
from storage.audit import Actor
from storage.backup import BackupError, Manifest
from storage.database import Database, file_of
from storage.lock import DataLock
from storage.settings import Settings


@dataclass(frozen=True, slots=True)
class Made:
    """A new backup, and the old ones that went."""

    path: Path
    size: int  # bytes
    manifest: Manifest
    pruned: list[Path]


class Backups:
    """All of it blocks: in a server, call it in a thread."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self.folder = Path(settings.backup.folder) if settings.backup.folder else settings.data / "backups"

    def make(self, actor: Actor, target: Path | None = None) -> Made:
        """Write a backup to `target`, or into the folder of backups, where the oldest then go.

        Raises:
            BackupError, OSError
        """
        path = target or self.folder / backup.file_name()
        database = file_of(database_url(self._settings))
        manifest = backup.make(database, self._settings.data / "files", path)
        pruned = [] if target else backup.prune(self.folder, keep=self._settings.backup.keep)
        size = path.stat().st_size
        self._database.write_now(audit.add, actor, "backup.made", None, file=path.name, size=size, pruned=len(pruned))
        return Made(path, size, manifest, pruned)

    def listing(self) -> list[tuple[Path, int, datetime]]:
        """The backups of the folder with their sizes in bytes and when they were made, the newest first."""
        found = sorted((path for path in self.folder.glob("*.zip") if backup.NAME.fullmatch(path.name)), reverse=True)
        stats = [(path, path.stat()) for path in found]
        return [(path, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)) for path, stat in stats]


def restore(settings: Settings, path: Path, actor: Actor) -> Path:
    """Put a backup in the place of the data; the folder in which what was there is kept.

    Raises:
        BackupError: a server runs on this data folder, or the backup isn't good.
        OSError
    """
    lock = DataLock(settings.data)
    if not lock.take():
        raise BackupError("backup.server_runs")
    try:
        url = database_url(settings)
        kept = backup.restore(path, data=settings.data, database=file_of(url))
        database = Database(url)
        try:
            database.migrate()
            database.write_now(audit.add, actor, "backup.restored", None, file=path.name, kept=kept.name)
        finally:
            database.close()
    finally:
        lock.release()
    return kept
