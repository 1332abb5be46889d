"""What turns and direct calls took, for reports: figures alone, never a word of what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, case, func, literal, select

from storage.models import calls, turns, users

# Tables with a row for each time that an agent was asked; all have the columns of a turn's figures.
SOURCES: tuple[Table, ...] = (turns, calls)
STATES = ("done", "failed", "stopped", "interrupted", "running", "waiting")
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn or direct call as it ended. All milliseconds but `waited_ms`, which is a sum, count from its begin."""

    id: str
    kind: str  # its table: turns, calls
    user_id: int
    username: str
    agent_id: str
    state: str
    error_code: str | None
    error_number: str | None
    created_at: datetime
    ended_at: datetime | None
    waited_ms: int | None
    first_delta_ms: int | None
    total_ms: int | None
    tokens_in: int | None
    tokens_out: int | None
    tries: int | None


@dataclass(frozen=True, slots=True)
class OfPerson:
    """How often somebody asked, how often that failed, and the tokens of it all."""

    turns: int
    failed: int
    tokens_in: int
    tokens_out: int


def columns(
    connection: Connection, names: tuple[str, ...], *, since: datetime, until: datetime
) -> Iterator[tuple[str, ...]]:
    """The figures of all turns with one agent after another, begun from `since` until before `until`.

    First the agent's id, then for each name a text with a number per turn, separated by commas, in the same order in
    all of them (UNKNOWN for what isn't known, a state's place in STATES, times as ISO 8601): as rows, 200,000 turns
    would cost the interpreter seconds.
    """
    for source in SOURCES:
        statement = _columns(source, names)
        for row in connection.execute(statement, {"since": since, "until": until}):
            yield tuple(row)


@lru_cache
def _columns(source: Table, names: tuple[str, ...]) -> Select[Any]:
    texts = [func.aggregate_strings(_number(source, name), ",") for name in names]
    return (
        select(source.c.agent_id, *texts)
        .where(source.c.created_at >= bindparam("since"), source.c.created_at < bindparam("until"))
        .group_by(source.c.agent_id)
    )


def _number(source: Table, name: str) -> Any:
    column = source.c[name]
    if name == "state":
        return case({state: place for place, state in enumerate(STATES)}, value=column, else_=UNKNOWN)
    return func.coalesce(column, UNKNOWN) if column.nullable else column


def usernames(connection: Connection) -> dict[int, str]:
    return {row[0]: row[1] for row in connection.execute(select(users.c.id, users.c.username))}


def with_error_number(connection: Connection, number: str) -> list[Asked]:
    """The turns and calls whose failure was told with this number, the newest first."""
    names = (
        "agent_id",
        "state",
        "error_code",
        "error_number",
        "created_at",
        "ended_at",
        "waited_ms",
        "first_delta_ms",
        "total_ms",
        "tokens_in",
        "tokens_out",
        "tries",
    )
    found = []
    for source in SOURCES:
        rows = connection.execute(
            select(source.c.id, literal(source.name), source.c.user_id, users.c.username, *(source.c[n] for n in names))
            .join(users, users.c.id == source.c.user_id)
            .where(source.c.error_number == number)
        )
        found += [Asked(*row) for row in rows]
    return sorted(found, key=lambda asked: asked.created_at, reverse=True)


def of_person(connection: Connection, user_id: int, *, since: datetime) -> OfPerson:
    """What one person asked from `since` on, turns and direct calls together."""
    sums = [0, 0, 0, 0]
    for source in SOURCES:
        failed = func.coalesce(func.sum(case((source.c.state == "failed", 1), else_=0)), 0)
        tokens = (func.coalesce(func.sum(source.c[name]), 0) for name in ("tokens_in", "tokens_out"))
        statement = select(func.count(), failed, *tokens).where(
            source.c.user_id == user_id, source.c.created_at >= since
        )
        sums = [one + more for one, more in zip(sums, connection.execute(statement).one(), strict=True)]
    return OfPerson(*sums)


def live_counts(connection: Connection) -> dict[str, int]:
    """How many turns run and how many wait in line."""
    rows = connection.execute(
        select(turns.c.state, func.count()).where(turns.c.state.in_(("running", "waiting"))).group_by(turns.c.state)
    )
    return {"running": 0, "waiting": 0} | {row[0]: row[1] for row in rows}
