"""Stops the running turns of people who were suspended or deleted, whoever did it: this server or another process."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from chat.turns import Turns
from storage import users
from storage.database import Database

LOOKED_AT_EVERY = 0.5  # seconds

log = logging.getLogger(__name__)


class Lockouts:
    """Looks twice a second at the few users who have running turns. Signing out is no reason to stop one."""

    def __init__(self, database: Database, turns: Turns) -> None:
        self._database = database
        self._turns = turns
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._looking = asyncio.create_task(self._look_forever())

    async def close(self) -> None:
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOKED_AT_EVERY)
            asking = self._turns.askers()
            if not asking:
                continue
            try:
                locked_out = asking - self._database.read_briefly(users.active_among, asking)
            except SQLAlchemyError as fault:  # whatever it is, the next look may succeed
                log.error("Who has been suspended can't be found out: %s", type(fault).__name__)
                continue
            for user_id in locked_out:
                self._turns.stop_all_of(user_id)
