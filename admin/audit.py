"""The audit log for those who read it: some entries at a time, or all that are chosen as a CSV file."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

from admin.audit_csv import as_csv
from admin.days import day_of
from storage import audit
from storage.audit import Entry, Filter
from storage.database import Database

PAGE = 100
COLUMNS = ("at", "actor", "action", "subject", "address", "details")


class AuditLog:
    """Reads the log. Nothing here, nor anywhere else, changes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, chosen: Filter, *, page: int = 1) -> list[Entry]:
        """A page of the newest entries, counted from 1."""
        offset = (max(1, page) - 1) * PAGE
        return await self._database.read(audit.entries, chosen, offset=offset, limit=PAGE)

    async def actions(self) -> list[str]:
        """The kinds of entries that there are."""
        return await self._database.read(audit.actions)

    async def csv(self, chosen: Filter) -> bytes:
        """All chosen entries, oldest first."""
        return await self._database.read(
            lambda connection: "".join(as_csv(audit.all_entries(connection, chosen))).encode()
        )


def chosen_entries(action: str, person: str, since: str, until: str) -> Filter:
    """A filter as it was typed; dates are days of this machine's time zone, both included. Raises: BadDate."""
    last = day_of(until)
    end = last + timedelta(days=1) if last else None
    return Filter(action=action, person=person, since=_begin(day_of(since)), until=_begin(end))


def cells(entry: Entry) -> list[str]:
    """An entry as a row of text, in the order of COLUMNS."""
    details = ", ".join(f"{key}: {_said(value)}" for key, value in entry.details.items())
    at = entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return [at, entry.actor, entry.action, entry.subject, entry.address, details]


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time()).astimezone() if day else None
