"""Backups: the database and people's files in one ZIP file, checked after writing and before restoring.

The database is copied by SQLite's own backup interface, so a server may go on meanwhile. A file that is deleted between
the copy of the database and its own turn is noted as missing. A manifest holds the size and the hash of everything.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from locales import text
from storage.models import now

FORMAT = 1
DATABASE = "chat.db"
MANIFEST = "manifest.json"
MEMBER = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{32}")
NAME = re.compile(r"fabrix-chat-\d{8}-\d{6}\.zip")
BLOCK = 1 << 20
LONGEST_MANIFEST = 256 << 20  # bytes
_BINARY = getattr(os, "O_BINARY", 0)
VERSIONS = Path(__file__).with_name("migrations") / "versions"


class Readable(Protocol):
    def read(self, count: int, /) -> bytes: ...


class BackupError(Exception):
    """A backup can't be made, trusted or restored. `key` names the sentence in the locales."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(text(key, "en", **values))
        self.key = key
        self.values = values

    def sentence(self, language: str) -> str:
        return text(self.key, language, **self.values)


@dataclass(frozen=True, slots=True)
class Member:
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says that it holds: files by their names in it, and the ids of files that were gone."""

    made_at: datetime
    schema: str  # the newest migration of its database
    members: dict[str, Member]
    missing: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(member.size for member in self.members.values())


def file_name() -> str:
    return f"fabrix-chat-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip"


def make(database: Path, files: Path, target: Path) -> Manifest:
    """Write a backup to `target` and check it; until it is whole it has another name.

    Raises:
        BackupError, OSError
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        copy_database(database, copy)
        try:
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600), "w+b") as file:
                _write(file, copy, files)
            manifest = verify(part)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return manifest


def copy_database(source: Path, target: Path) -> None:
    """Raises: BackupError when there is none to copy."""
    if not source.is_file():
        raise BackupError("backup.no_database", file=source)
    # All pages in one step: a snapshot, for which no writer has to wait in WAL mode.
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _write(file: IO[bytes], database: Path, files: Path) -> None:
    members: dict[str, Member] = {}
    missing = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with database.open("rb") as source:
            members[DATABASE] = _add(archive, DATABASE, source)
        for file_id in _file_ids(database):
            name = f"files/{file_id[-2:]}/{file_id}"
            try:
                with (files / file_id[-2:] / file_id).open("rb") as source:
                    members[name] = _add(archive, name, source)
            except FileNotFoundError:
                missing.append(file_id)
        manifest = {
            "format": FORMAT,
            "made_at": now().isoformat(),
            "schema": schema_of(database),
            "members": {name: asdict(member) for name, member in members.items()},
            "missing": missing,
        }
        archive.writestr(MANIFEST, json.dumps(manifest))


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> Member:
    with archive.open(name, "w", force_zip64=True) as target:
        return _copy(source, target)


def _copy(source: Readable, target: IO[bytes] | None) -> Member:
    """Copy to the end (None: only read); what it was."""
    size, digest = 0, hashlib.sha256()
    while block := source.read(BLOCK):
        size += len(block)
        digest.update(block)
        if target is not None:
            target.write(block)
    return Member(size, digest.hexdigest())


def _file_ids(database: Path) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        yield from (row[0] for row in connection.execute("SELECT id FROM files ORDER BY id"))


def schema_of(database: Path) -> str:
    """The newest migration that a database has seen."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def verify(path: Path) -> Manifest:
    """Read all of a backup: every hash, and the database's own check. Raises: BackupError."""
    try:
        with (
            zipfile.ZipFile(path) as archive,
            tempfile.TemporaryDirectory(dir=path.parent, prefix=".verify-") as folder,
        ):
            manifest = _manifest(archive)
            for name, stated in manifest.members.items():
                target = Path(folder) / DATABASE if name == DATABASE else None
                _check_member(archive, name, stated, target)
            if problems := problems_of(Path(folder) / DATABASE):
                raise BackupError("backup.bad_database", problem=problems[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, sqlite3.DatabaseError, NotImplementedError) as error:
        raise BackupError("backup.broken", file=path.name) from error
    except FileNotFoundError:
        raise BackupError("backup.no_file", file=path) from None
    return manifest


def _check_member(archive: zipfile.ZipFile, name: str, stated: Member, target: Path | None) -> None:
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(archive.open(name))
        sink = stack.enter_context(target.open("wb")) if target else None
        # A sink no longer than stated: a ZIP file may unfold to far more than it says.
        if _copy(_Bounded(source, stated.size), sink) != stated:
            raise BackupError("backup.bad_member", name=name)


class _Bounded:
    """At most so many bytes of a stream, and one more, which shows that it is too long."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self._source = source
        self._left = size + 1

    def read(self, count: int, /) -> bytes:
        block = self._source.read(min(count, self._left))
        self._left -= len(block)
        return block


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, if the archive holds exactly what it names and nothing else."""
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > LONGEST_MANIFEST:
            raise BackupError("backup.no_backup")
        stated: dict[str, Any] = json.loads(archive.read(info))
        if stated["format"] != FORMAT:
            raise BackupError("backup.newer")
        members = {str(name): Member(**member) for name, member in stated["members"].items()}
        manifest = Manifest(datetime.fromisoformat(stated["made_at"]), stated["schema"], members, stated["missing"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise BackupError("backup.no_backup") from None
    names = sorted(set(archive.namelist()) - {MANIFEST})
    if names != sorted(members) or DATABASE not in members:
        raise BackupError("backup.no_backup")
    if not all(name == DATABASE or MEMBER.fullmatch(name) for name in names):
        raise BackupError("backup.no_backup")
    return manifest


def problems_of(database: Path) -> list[str]:
    """What SQLite itself finds wrong with a database file."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        broken = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    return found + [f"{row[0]} row {row[1]} refers to a missing row of {row[2]}" for row in broken]


def restore(path: Path, *, data: Path, database: Path) -> Path:
    """Put a backup in the place of what is there; the folder in which that is kept.

    Only while no server runs on it: the caller holds the lock. Everything is checked and unpacked beside the old
    before the first of it is moved, and moved back when that fails.

    Raises:
        BackupError, OSError
    """
    manifest = verify(path)
    known = {item.name.split("_")[0] for item in VERSIONS.glob("[0-9]*_*.py")}
    if manifest.schema not in known:
        raise BackupError("backup.newer")
    if shutil.disk_usage(data).free < manifest.size:
        raise BackupError("backup.no_room", mb=manifest.size >> 20)
    stamp = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    fresh, kept = data / f"restoring-{stamp}", data / f"before-restore-{stamp}"
    try:
        _unpack(path, manifest, fresh)
        kept.mkdir()
        _swap(fresh, kept, data=data, database=database)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return kept


def _unpack(path: Path, manifest: Manifest, folder: Path) -> None:
    (folder / "files").mkdir(parents=True)
    with zipfile.ZipFile(path) as archive:
        for name, stated in manifest.members.items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            _check_member(archive, name, stated, target)


def _swap(fresh: Path, kept: Path, *, data: Path, database: Path) -> None:
    old = [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm")), data / "files"]
    moves = [(place, kept / place.name) for place in old if place.exists()]
    moves += [(fresh / DATABASE, database), (fresh / "files", data / "files")]
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            shutil.move(source, target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            shutil.move(target, source)
        raise


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups of this folder; which. Files with other names are left alone."""
    found = sorted(path for path in folder.glob("*.zip") if NAME.fullmatch(path.name))
    old = found[:-keep]
    for path in old:
        path.unlink()
    return old
