"""The clean-up of old conversations: what it would take, and doing it."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import audit, retention
from storage.audit import Actor
from storage.database import Database
from storage.files import FileStore
from storage.models import now
from storage.retention import Amount


class Retention:
    """Deletes what nobody has changed for some days, pinned conversations and running ones excepted."""

    def __init__(self, database: Database, store: FileStore) -> None:
        self._database = database
        self._store = store

    async def preview(self, days: int) -> Amount:
        return await self._database.read(retention.count, _before(days))

    async def clean(self, actor: Actor, days: int) -> Amount:
        """Delete it, some at a time, so that a server can go on; what it was in all."""
        before, taken = _before(days), Amount()
        while True:
            amount, gone = await self._database.write(retention.take_some, before)
            self._store.discard(gone)
            if not amount.conversations:
                break
            taken += amount
        await self._database.write(
            audit.add, actor, "cleanup", None,
            days=days, conversations=taken.conversations, messages=taken.messages, files=taken.files,
        )  # fmt: skip
        return taken


def _before(days: int) -> datetime:
    return now() - timedelta(days=days)
