"""Taking in and giving out people's files."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from chat.errors import FieldError, FileRejected, FileTooLarge, NotFound, QuotaExceeded
from chat.upstreams.base import Attachment
from locales import text
from storage import files
from storage.conversations import StoredFile
from storage.database import Database
from storage.files import FileStore, TooLarge

MB = 1 << 20
MOST_FIELDS = 1000


class Files:
    """Uploads go to a store of our own, never through Gradio, whose cache anyone may read."""

    def __init__(self, database: Database, *, store: FileStore, limit_mb: int, quota_mb: int) -> None:
        self._database = database
        self._store = store
        self._limit_mb = limit_mb
        self._quota_mb = quota_mb
        self._sweeper: asyncio.Task[None] | None = None
        self._borrowed: Counter[int] = Counter()  # bytes by user

    async def open(self) -> None:
        """Sweep what aborted or never sent uploads left behind, now and every hour."""
        self._store.sweep(await self._database.write(files.forget_unsent))
        self._sweeper = asyncio.create_task(self._sweep_hourly())

    async def close(self) -> None:
        if self._sweeper:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)

    async def _sweep_hourly(self) -> None:
        while True:
            await asyncio.sleep(3600)
            self._store.discard(await self._database.write(files.take_unsent))

    async def take(self, request: Request, user_id: int, *, language: str) -> StoredFile:
        """Store the part `file` of a multipart request as the user's.

        Raises:
            FieldError, FileRejected, FileTooLarge, QuotaExceeded
        """
        async with self.form(request, language=language) as form:
            upload, name = self._checked(form, language)
            if not self._has_room(await self._database.read(files.used_bytes, user_id), upload.size or 0, user_id):
                raise QuotaExceeded(name=name, limit=self._quota_mb)
            return await self._store_upload(upload.file, name, user_id)

    async def borrow(self, form: FormData, user_id: int, *, language: str) -> Attachment:
        """The part `file` of a form, for the time of one question; until it is given back it takes the user's room.

        Raises:
            FieldError, FileRejected, FileTooLarge, QuotaExceeded
        """
        upload, name = self._checked(form, language)
        size = upload.size or 0
        # From here to the booking nothing may come in between: uploads at the same time must not share the last place.
        if not self._has_room(self._database.read_briefly(files.used_bytes, user_id), size, user_id):
            full = QuotaExceeded(name=name, limit=self._quota_mb)
            full.is_stored = False
            raise full
        self._borrowed[user_id] += size
        try:
            # A server that is killed leaves the bytes without a row, and the sweep at the next start takes them.
            file_id, _, _ = await asyncio.to_thread(self._store.save, upload.file, limit=self._limit_mb * MB)
        except BaseException:
            self._release(size, user_id)
            raise
        return Attachment(self._store.path(file_id), name, size, _media_type(name))

    def give_back(self, attachment: Attachment, user_id: int) -> None:
        """Delete what was borrowed."""
        # On Windows a file that is being read can't go; the sweep at the next start takes it.
        with suppress(OSError):
            attachment.path.unlink(missing_ok=True)
        self._release(attachment.size, user_id)

    def _release(self, size: int, user_id: int) -> None:
        self._borrowed[user_id] -= size
        if not self._borrowed[user_id]:
            del self._borrowed[user_id]

    def _has_room(self, used: int, size: int, user_id: int) -> bool:
        return used + self._borrowed[user_id] + size <= self._quota_mb * MB

    @asynccontextmanager
    async def form(self, request: Request, *, language: str, fields_bytes: int = 64 << 10) -> AsyncIterator[FormData]:
        """A multipart body, read no further than a file of the largest size and `fields_bytes` around it may take.

        Raises:
            FieldError, FileTooLarge
        """
        limit = self._limit_mb * MB + fields_bytes
        parser = MultiPartParser(
            request.headers,
            _at_most(request.stream(), limit),
            max_files=1,
            max_fields=MOST_FIELDS,
            max_part_size=fields_bytes,
        )
        try:
            form = await parser.parse()
        except TooLarge:
            raise FileTooLarge(name=text("file.this", language), limit=self._limit_mb) from None
        except (MultiPartException, KeyError):
            raise FieldError("file", text("file.missing", language)) from None
        try:
            yield form
        finally:
            await form.close()

    def _checked(self, form: FormData, language: str) -> tuple[UploadFile, str]:
        """The file of a form and its safe name."""
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise FieldError("file", text("file.missing", language))
        name = safe_name(upload.filename or "")
        size = upload.size or 0
        if size > self._limit_mb * MB:
            raise FileTooLarge(name=name, limit=self._limit_mb)
        if size == 0:
            raise FileRejected(name=name, reason=text("file.empty", language))
        return upload, name

    async def _store_upload(self, source: BinaryIO, name: str, user_id: int) -> StoredFile:
        file_id, size, sha256 = await asyncio.to_thread(self._store.save, source, limit=self._limit_mb * MB)

        def work(connection: Connection) -> StoredFile:
            # Asked again where nothing comes in between: uploads at the same time must not share the last place.
            if not self._has_room(files.used_bytes(connection, user_id), size, user_id):
                raise QuotaExceeded(name=name, limit=self._quota_mb)
            return files.add(
                connection,
                file_id=file_id,
                user_id=user_id,
                name=name,
                media_type=_media_type(name),
                size=size,
                sha256=sha256,
            )

        try:
            return await self._database.write(work)
        except QuotaExceeded:
            self._store.discard([file_id])
            raise

    async def drop(self, user_id: int, file_id: str) -> None:
        """Delete an upload that has not been sent yet. Raises: NotFound."""
        if not await self._database.write(files.drop_unsent, file_id, user_id=user_id):
            raise NotFound
        self._store.discard([file_id])

    async def find(self, user_id: int, file_id: str) -> tuple[StoredFile, Path]:
        """A file of this user's, and where it lies. Raises: NotFound."""
        file = await self._database.read(files.owned, file_id, user_id)
        path = self._store.path(file.id) if file else None
        if file is None or path is None or not path.is_file():
            raise NotFound
        return file, path


def _media_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def safe_name(name: str) -> str:
    """A file's name without folders and control characters; at most 200 characters, the ending kept."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(letter for letter in name if letter.isprintable()).strip(" .")
    suffix = Path(name).suffix[:20]
    return (name if len(name) <= 200 else name[: 200 - len(suffix)] + suffix) or "file"


async def _at_most(stream: AsyncIterator[bytes], limit: int) -> AsyncGenerator[bytes, None]:
    """The same stream, ended by TooLarge as soon as it is longer: a stated length is only a statement."""
    count = 0
    async for block in stream:
        count += len(block)
        if count > limit:
            raise TooLarge
        yield block
