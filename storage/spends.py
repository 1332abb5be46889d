"""What was sent to the upstreams in the last day: the limits outlive a restart with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.models import spends

_COLUMNS = (spends.c.id, spends.c.upstream, spends.c.user_id, spends.c.at, spends.c.requests, spends.c.tokens)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a turn has taken from an upstream's limits at a time."""

    id: str
    upstream: str
    user_id: int
    at: datetime
    requests: int
    tokens: int


def add(connection: Connection, made: Sequence[Spent]) -> None:
    """Store these, whose ids are new."""
    connection.execute(insert(spends), [dict(zip(spends.c.keys(), _values(spent), strict=True)) for spent in made])


def save(connection: Connection, noted: Sequence[Spent]) -> None:
    """Store these; what is there under the same ids is replaced."""
    connection.execute(delete(spends).where(spends.c.id.in_([spent.id for spent in noted])))
    add(connection, noted)


def since(connection: Connection, start: datetime) -> list[Spent]:
    """All since `start`, oldest first."""
    rows = connection.execute(select(*_COLUMNS).where(spends.c.at >= start).order_by(spends.c.at))
    return [Spent(*row) for row in rows]


def forget(connection: Connection, before: datetime) -> None:
    """Delete what no window counts any more."""
    connection.execute(delete(spends).where(spends.c.at < before))


def _values(spent: Spent) -> tuple[object, ...]:
    return spent.id, spent.upstream, spent.user_id, spent.at, spent.requests, spent.tokens
