"""Writes down what is spent, so that the limits outlive a restart, even of a server that was killed."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from storage import spends
from storage.database import Database
from storage.models import now
from storage.spends import Spent

KEPT = timedelta(days=1)  # the longest window is a day of one user
SAVE_SECONDS = 0.5  # a killed server may forget so much of what was given back or came on top, never a request
LONGEST_WRITE = 0.1  # seconds that a request is held up for its own row: well below the limiter's margin
_SAVES_BETWEEN_CLEANINGS = 1200
_AT_ONCE = 500  # below the number of variables that SQLite takes

log = logging.getLogger(__name__)


class SpendJournal:
    """A `chat.limiter.Journal` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: dict[str, Spent] = {}
        self._news = asyncio.Event()
        self._saving: asyncio.Task[None] | None = None
        self._granted: dict[str, Spent] = {}
        self._writing: asyncio.Task[None] | None = None

    async def open(self) -> list[Spent]:
        """What was spent within the last day, oldest first; from now on notes are saved."""
        await self._database.write(spends.forget, now() - KEPT)
        self._saving = asyncio.create_task(self._save_forever())
        return await self._database.read(spends.since, now() - KEPT)

    def note(self, spent: Spent) -> None:
        if spent.id in self._granted:  # not written yet: the newer word is
            self._granted[spent.id] = spent
            return
        self._noted[spent.id] = spent
        self._news.set()

    def note_grant(self, spent: Spent) -> None:
        # All that come in one round of the event loop share a transaction.
        self._granted[spent.id] = spent
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_granted())

    async def written(self) -> None:
        if self._writing and not self._writing.done():
            # Not `wait_for`: a caller who goes away must not take the others' rows along.
            await asyncio.wait((self._writing,), timeout=LONGEST_WRITE)

    async def close(self) -> None:
        """Save what is noted."""
        if self._writing:
            await self._writing
        if self._saving:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        while self._noted:
            if not await self._save():
                return

    async def _write_granted(self) -> None:
        while self._granted:
            granted, self._granted = self._granted, {}
            try:
                await self._database.write_briefly(spends.add, list(granted.values()))
            except SQLAlchemyError as fault:  # a full disk, say: no reason not to ask; the lazy way tries again
                log.error("%d grants could not be saved: %s", len(granted), type(fault).__name__)
                self._noted = granted | self._noted
                self._news.set()

    async def _save_forever(self) -> None:
        saves = 0
        while True:
            await self._news.wait()
            self._news.clear()
            await self._save()
            saves += 1
            if saves % _SAVES_BETWEEN_CLEANINGS == 0:
                with suppress(SQLAlchemyError):  # the next cleaning does it
                    await self._database.write(spends.forget, now() - KEPT)
            await asyncio.sleep(SAVE_SECONDS)

    async def _save(self) -> bool:
        """Save the oldest notes; False, and they stay noted, where the database can't."""
        noted = dict(list(self._noted.items())[:_AT_ONCE])
        for key in noted:
            del self._noted[key]
        try:
            await self._database.write(spends.save, list(noted.values()))
        except SQLAlchemyError as fault:  # a full disk, say: the next round tries again
            log.error("%d spends could not be saved: %s", len(noted), type(fault).__name__)
            self._noted = noted | self._noted
            return False
        if self._noted:
            self._news.set()
        return True
