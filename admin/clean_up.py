"""The clean-up of old conversations at an administrator's click: what it would take, then doing it."""

from __future__ import annotations

from admin.errors import BadDays, NotAllowed
from admin.people import PeopleDesk
from admin.retention import Retention
from storage import audit
from storage.audit import Actor
from storage.database import Database
from storage.retention import Amount

MOST_DAYS = 36_500


class CleanUp:
    """For administrators alone; what is deleted is written into the audit log."""

    def __init__(self, database: Database, retention: Retention) -> None:
        self._database = database
        self._retention = retention

    async def preview(self, actor: Actor, days: int) -> Amount:
        """What `clean` would delete. Raises: NotAllowed, BadDays."""
        await self._require(actor, "cleanup.counted")
        return await self._retention.preview(_checked(days))

    async def clean(self, actor: Actor, days: int) -> Amount:
        """Delete the conversations that nobody has changed for so many days, except pinned ones; what it was.

        Raises: NotAllowed, BadDays.
        """
        await self._require(actor, "cleanup")
        return await self._retention.clean(actor, _checked(days))

    async def _require(self, actor: Actor, action: str) -> None:
        try:
            await self._database.read(PeopleDesk.check, actor, roles=True)
        except NotAllowed:
            await self._database.write(audit.add, actor, "refused", wanted=action)
            raise


def _checked(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise BadDays
    return days
