"""The intake cards of uploads: made in the background, kept beside them, and made anew by their users' choice."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError

from chat.analyst.pool import Analyst, file_as_json
from chat.errors import AnalysisFailed, FileNotRead, FileUnreadable, FileUnusable, NotFound
from chat.upstreams.base import Attachment
from locales import LANGUAGES
from storage import cards, files
from storage.cards import StoredCard
from storage.conversations import StoredFile
from storage.database import Database
from storage.files import FileStore

HELD_SECONDS = 2.0  # a look at a card that is being made waits so long for it
ASKED_SECONDS = 20.0  # … and a question about its file
_REFUSALS: dict[str, type[FileUnreadable]] = {
    **dict.fromkeys(("empty", "encrypted", "corrupt"), FileUnusable),
    **dict.fromkeys(("memory", "time", "crash"), FileNotRead),
}

log = logging.getLogger(__name__)


class Cards:
    """Reads each upload once, in the analyst's processes; the page and the agents share what was found."""

    def __init__(self, database: Database, *, store: FileStore, analyst: Analyst) -> None:
        """Does not close the analyst."""
        self._database = database
        self._store = store
        self._analyst = analyst
        self._reading: dict[str, asyncio.Task[AnalysisFailed | None]] = {}

    async def close(self) -> None:
        """Stop reading; whoever looks at a card after the next start has it made."""
        for task in tuple(self._reading.values()):
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    def begin(self, file: StoredFile) -> None:
        """Read an upload that has just come, in the background."""
        self._start(file, None, is_first=True)

    def forget(self, file_id: str) -> None:
        """Stop reading a file that is being deleted."""
        if task := self._reading.get(file_id):
            task.cancel()

    async def of(self, user_id: int, file_id: str) -> StoredCard | None:
        """The card of a user's upload; None while it is still being made.

        Raises:
            NotFound; FileNotRead, FileUnusable, FileUnreadable: with the reason
        """
        file = await self._owned(user_id, file_id)
        await self.settled(file_id, HELD_SECONDS)
        known = await self._database.read(cards.of_file, file_id)
        if known is None and file_id not in self._reading:  # uploaded before there were cards, or before a restart
            self._start(file, None, is_first=True)
            await self.settled(file_id, HELD_SECONDS)
            known = await self._database.read(cards.of_file, file_id)
        if known is None or file_id in self._reading:
            return None
        if known.failure:
            refusal = _REFUSALS.get(known.failure, FileUnreadable)
            raise refusal(notices=_notices(self._analyst.failure(known.failure, file.name)))
        return known

    async def choose(self, user_id: int, file_id: str, choice: Mapping[str, Any]) -> StoredCard:
        """Read a user's upload by their choice; what can't be read leaves the card as it was.

        Raises:
            NotFound, FileUnreadable
        """
        file = await self._owned(user_id, file_id)
        chosen = {key: value for key, value in choice.items() if value is not None} or None
        if before := self._reading.get(file_id):
            before.cancel()
        task = self._start(file, chosen, after=before, is_first=False)
        await asyncio.wait((task,))
        if task.cancelled():  # a newer choice has taken its place
            await self.settled(file_id)
        elif failure := task.result():
            may_work = _REFUSALS.get(failure.reason) is FileNotRead
            raise (FileNotRead if may_work else FileUnreadable)(notices=_notices(failure))
        known = await self._database.read(cards.of_file, file_id)
        if known is None:  # deleted meanwhile
            raise NotFound
        return known

    async def settled(self, file_id: str, seconds: float = ASKED_SECONDS) -> None:
        """Wait until a file is no longer being read, but no longer than this."""
        if task := self._reading.get(file_id):
            await asyncio.wait((task,), timeout=seconds)

    async def _owned(self, user_id: int, file_id: str) -> StoredFile:
        file = await self._database.read(files.owned, file_id, user_id)
        if file is None or file.kind != "attachment":
            raise NotFound
        return file

    def _start(
        self,
        file: StoredFile,
        choice: Mapping[str, Any] | None,
        *,
        after: asyncio.Task[AnalysisFailed | None] | None = None,
        is_first: bool,
    ) -> asyncio.Task[AnalysisFailed | None]:
        task = asyncio.create_task(self._read(file, choice, after, is_first=is_first))
        self._reading[file.id] = task

        def over(done: asyncio.Task[AnalysisFailed | None]) -> None:
            if self._reading.get(file.id) is done:
                del self._reading[file.id]

        task.add_done_callback(over)
        return task

    async def _read(
        self,
        file: StoredFile,
        choice: Mapping[str, Any] | None,
        after: asyncio.Task[AnalysisFailed | None] | None,
        *,
        is_first: bool,
    ) -> AnalysisFailed | None:
        """Read a file, `after` its last reading has ended, and keep what was found; else return why it could not be."""
        if after:
            await asyncio.wait((after,))
        table = table_path(self._store, file.id, choice)
        request = file_as_json(self._store.path(file.id), file.name, choice=choice, table=table)
        failure = None
        try:
            known = StoredCard(choice, (await self._analyst.run("card", request, file.name))["card"])
        except AnalysisFailed as failed:
            failure, known = failed, StoredCard(choice, None, failed.reason)
        if failure is None or is_first:
            try:
                await self._database.write(cards.keep, file.id, known)
            except IntegrityError:  # deleted meanwhile
                self._store.discard([file.id])
        if failure is None:
            self._store.discard_beside(file.id, but=table)
        else:
            log.info("A file could not be read: %s", failure.reason)
        return failure


def table_path(store: FileStore, file_id: str, choice: Mapping[str, Any] | None) -> Path:
    """Where the table of an upload lies that was read by this choice; another choice makes another one."""
    digest = hashlib.sha256(json.dumps(choice or {}, sort_keys=True).encode()).hexdigest()[:16]
    return store.beside(file_id, f"{digest}.parquet")


def attachment_of(store: FileStore, file: StoredFile, known: StoredCard | None) -> Attachment:
    """A stored file as questions take it along."""
    choice = known.choice if known else None
    table = table_path(store, file.id, choice)
    return Attachment(
        store.path(file.id),
        file.name,
        file.size,
        file.media_type,
        choice=choice,
        table=table,
        text=table.with_suffix(".txt"),
    )


def _notices(failure: AnalysisFailed) -> dict[str, str]:
    return {language: failure.notice(language) for language in LANGUAGES}
