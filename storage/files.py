"""People's files: rows in the database, bytes under names of ours in the data folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.conversations import FILE_COLUMNS, StoredFile
from storage.identifiers import new_id
from storage.models import files, now

UNSENT_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file with what proves it: its SHA-256, when it came, and a chart's specification."""

    file: StoredFile
    sha256: str
    created_at: datetime
    spec: dict[str, Any] | None


class TooLarge(Exception):
    """More bytes came than are allowed."""


class FileStore:
    """The bytes. Paths come from ids alone, never from what a user called a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, file_id: str) -> Path:
        return self._folder / file_id[-2:] / file_id

    def beside(self, file_id: str, ending: str) -> Path:
        """Where something made of a file lies, which goes with it and can be made again; `ending` holds no folder."""
        return self._folder / file_id[-2:] / f"{file_id}.{ending}"

    def save(self, source: IO[bytes], *, limit: int) -> tuple[str, int, str]:
        """Copy `source` to the store; its new id, size in bytes and SHA-256.

        Raises:
            TooLarge: it has more than `limit` bytes; nothing is kept.
        """
        file_id, size, digest = new_id(), 0, hashlib.sha256()
        path = self.path(file_id)
        path.parent.mkdir(exist_ok=True)
        try:
            with path.open("xb") as target:
                while block := source.read(1 << 20):
                    size += len(block)
                    if size > limit:
                        raise TooLarge
                    digest.update(block)
                    target.write(block)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return file_id, size, digest.hexdigest()

    def discard(self, file_ids: Iterable[str]) -> None:
        """Delete files with what lies beside them."""
        for file_id in file_ids:
            path = self.path(file_id)
            _unlink([path, *path.parent.glob(f"{file_id}.*")])

    def discard_beside(self, file_id: str, *, but: Path) -> None:
        """Delete what lies beside a file, except what begins like `but`."""
        beside = self.path(file_id).parent.glob(f"{file_id}.*")
        _unlink(path for path in beside if path.stem != but.stem)

    def sweep(self, known: set[str]) -> int:
        """Delete the bytes that no row knows (of aborted uploads), and what was half made; how many there were."""
        found = self._folder.glob("??/*")
        strays = [path for path in found if path.name.split(".")[0] not in known or path.suffix == ".part"]
        _unlink(strays)
        return len(strays)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        # On Windows a file that is being read can't go; the sweep at the next start takes it.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def add(
    connection: Connection,
    *,
    file_id: str,
    user_id: int,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    kind: str = "attachment",
    conversation_id: str | None = None,
    message_id: str | None = None,
    spec: Mapping[str, Any] | None = None,
    svg_id: str | None = None,
    rows: int | None = None,
) -> StoredFile:
    connection.execute(
        insert(files).values(
            id=file_id,
            user_id=user_id,
            conversation_id=conversation_id,
            message_id=message_id,
            kind=kind,
            name=name,
            media_type=media_type,
            size=size,
            sha256=sha256,
            spec=json.loads(json.dumps(spec)) if spec is not None else None,
            svg_id=svg_id,
            rows=rows,
            created_at=now(),
        )
    )
    return StoredFile(file_id, name, size, media_type, kind, svg_id, rows)


def owned(connection: Connection, file_id: str, user_id: int) -> StoredFile | None:
    """The file if it is this user's; someone else's is None like a missing one."""
    mine = (files.c.id == file_id, files.c.user_id == user_id)
    row = connection.execute(select(*FILE_COLUMNS).where(*mine)).one_or_none()
    return StoredFile(*row) if row else None


def facts_of(connection: Connection, conversation_id: str) -> dict[str, FileFacts]:
    """All files of a conversation by their ids, for those who know already that they may be read."""
    rows = connection.execute(
        select(*FILE_COLUMNS, files.c.sha256, files.c.created_at, files.c.spec)
        .where(files.c.conversation_id == conversation_id)
        .order_by(files.c.id)
    )
    return {row.id: FileFacts(StoredFile(*row[:-3]), *row[-3:]) for row in rows}


def attach(connection: Connection, file_id: str, *, user_id: int, conversation_id: str) -> StoredFile | None:
    """Make a user's upload part of a conversation; None if it isn't theirs or belongs to another conversation."""
    row = connection.execute(
        select(*FILE_COLUMNS, files.c.conversation_id).where(
            files.c.id == file_id, files.c.user_id == user_id, files.c.kind == "attachment"
        )
    ).one_or_none()
    if row is None or row.conversation_id not in (None, conversation_id):
        return None
    connection.execute(update(files).where(files.c.id == file_id).values(conversation_id=conversation_id))
    return StoredFile(*row[:-1])


def used_bytes(connection: Connection, user_id: int) -> int:
    """How much all files of a user take."""
    total = select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.user_id == user_id)
    return int(connection.execute(total).scalar_one())


def take_unsent(connection: Connection) -> list[str]:
    """Delete the rows of uploads that were not sent within a day; their ids, whose bytes go too."""
    old = (files.c.conversation_id.is_(None), files.c.created_at < now() - UNSENT_KEPT)
    gone = list(connection.execute(select(files.c.id).where(*old)).scalars())
    connection.execute(delete(files).where(*old))
    return gone


def forget_unsent(connection: Connection) -> set[str]:
    """The same; the ids of all files that remain."""
    take_unsent(connection)
    return set(connection.execute(select(files.c.id)).scalars())


def drop_unsent(connection: Connection, file_id: str, *, user_id: int) -> bool:
    """Delete the row of a user's upload that was not sent; whether there was one."""
    mine = (files.c.id == file_id, files.c.user_id == user_id, files.c.conversation_id.is_(None))
    return connection.execute(delete(files).where(*mine)).rowcount > 0
