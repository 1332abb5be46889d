"""What a running server does once a day: it deletes the conversations that are older than the settings keep."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from admin.retention import Retention
from storage.audit import Actor

# Not at once: whoever has entered a wrong number can still take it back, and a start has better things to do. Not at a
# time of day either, for a machine that is switched off at night must clean up, too.
FIRST_AFTER = 60 * 60.0  # seconds
EVERY = 24 * 60 * 60.0
SERVER = Actor(None, "(server)", "admin", "local")

log = logging.getLogger(__name__)


class DailyCleanup:
    """Looks at the number of days anew each time; 0 keeps everything."""

    def __init__(self, retention: Retention, *, days: Callable[[], int]) -> None:
        self._retention = retention
        self._days = days
        self._working: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._working = asyncio.create_task(self._work_forever())

    async def close(self) -> None:
        if self._working:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _work_forever(self) -> None:
        await asyncio.sleep(FIRST_AFTER)
        while True:
            if days := self._days():
                try:
                    taken = await self._retention.clean(SERVER, days)
                    log.info("Deleted %d conversations older than %d days.", taken.conversations, days)
                except (SQLAlchemyError, OSError) as fault:  # whatever it is, tomorrow may be better
                    log.error("Old conversations can't be deleted: %s", type(fault).__name__)
            await asyncio.sleep(EVERY)
