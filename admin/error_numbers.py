"""What an error number leads to: the way of that turn or call, moment by moment, and nothing of what was said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chat.turn_ends import NUMBER_LETTERS
from storage import usage
from storage.database import Database
from storage.usage import Asked

_NUMBER = re.compile(rf"E?([{NUMBER_LETTERS}]{{4}})")


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a turn. `what`: asked, waited, sent, first_delta, ended. `value`: milliseconds, tries, or a state."""

    what: str
    at: datetime | None
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    asked: Asked
    upstream: str  # "" = no upstream has this agent any more
    steps: tuple[Step, ...]


def number_of(written: str) -> str | None:
    """The number as it is stored, however it was written: " e 7f3k", "7F3K"; None if it is none."""
    text = unicodedata.normalize("NFKC", written).upper()
    match = _NUMBER.fullmatch(re.sub(r"[\s\-‐-―−_.]", "", text))
    return f"E-{match[1]}" if match else None


class ErrorNumbers:
    """Finds turns and calls by the number that a person read from the screen."""

    def __init__(self, database: Database, *, upstream_of: Callable[[str], str | None]) -> None:
        """`upstream_of` gives the name of an agent's upstream, as far as it is known."""
        self._database = database
        self._upstream_of = upstream_of

    async def find(self, written: str) -> list[Found]:
        """All with this number, the newest first: four letters come again now and then."""
        number = number_of(written)
        if number is None:
            return []
        rows = await self._database.read(usage.with_error_number, number)
        return [Found(row, self._upstream_of(row.agent_id) or "", timeline(row)) for row in rows]


def timeline(asked: Asked) -> tuple[Step, ...]:
    """The moments that are known. Waits between tries count as waited before the first one."""
    steps = [Step("asked", asked.created_at)]
    if asked.waited_ms:
        steps.append(Step("waited", None, asked.waited_ms))
    if asked.tries:
        steps.append(Step("sent", _after(asked, asked.waited_ms or 0), asked.tries))
    if asked.first_delta_ms is not None:
        steps.append(Step("first_delta", _after(asked, asked.first_delta_ms), asked.first_delta_ms))
    if asked.ended_at is not None:
        steps.append(Step("ended", asked.ended_at, asked.state))
    return tuple(steps)


def _after(asked: Asked, milliseconds: int) -> datetime:
    return asked.created_at + timedelta(milliseconds=milliseconds)
