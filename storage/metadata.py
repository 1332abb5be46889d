"""What may be known of people's conversations without opening them: whose, when, how many. No titles, no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage.models import conversations, files, messages, turns, users

_PLAIN = (
    conversations.c.id,
    users.c.username.label("owner"),
    conversations.c.agent_id,
    conversations.c.created_at,
    conversations.c.updated_at,
)
# What a page may be sorted by.
ORDERINGS = ("owner", "agent_id", "created_at", "updated_at", "messages", "turns", "files")


@dataclass(frozen=True, slots=True)
class Metadata:
    id: str
    owner: str
    agent_id: str
    created_at: datetime
    updated_at: datetime
    messages: int
    turns: int
    files: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which ones; "" and None take all. `owner` and `agent` are parts of names; times are those of the last change."""

    owner: str = ""
    agent: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page(
    connection: Connection,
    chosen: Chosen = Chosen(),
    *,
    ordering: str = "-updated_at",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Metadata], int]:
    """Some of the conversations, and how many there are; `ordering` names one of ORDERINGS, - = down."""
    name = ordering.removeprefix("-")
    if name not in ORDERINGS:
        raise ValueError(ordering)
    counts = _counts()
    keys: dict[str, Any] = {column.name: column for column in _PLAIN} | counts
    key = users.c.username_key if name == "owner" else keys[name]
    order = (key.desc() if ordering.startswith("-") else key.asc(), conversations.c.id.desc())
    # The page is cut first, so that only its rows are counted, unless the counts decide who is on it.
    ids = _only(select(conversations.c.id), chosen).order_by(*order).offset(max(0, offset)).limit(limit)
    rows = connection.execute(_facts(counts).where(conversations.c.id.in_(ids)).order_by(*order))
    total = connection.execute(_only(select(func.count(conversations.c.id)), chosen)).scalar_one()
    return [Metadata(*row) for row in rows], total


def one(connection: Connection, conversation_id: str) -> Metadata:
    """That of a conversation that is there."""
    return Metadata(*connection.execute(_facts(_counts()).where(conversations.c.id == conversation_id)).one())


def _facts(counts: dict[str, Any]) -> Select[Any]:
    return select(*_PLAIN, *counts.values()).join(users, users.c.id == conversations.c.user_id)


def _counts() -> dict[str, Any]:
    return {table.name: _count(table) for table in (messages, turns, files)}


def _count(table: Any) -> Any:
    counted = select(func.count()).where(table.c.conversation_id == conversations.c.id).correlate(conversations)
    return counted.scalar_subquery().label(table.name)


def _only(statement: Select[Any], chosen: Chosen) -> Select[Any]:
    statement = statement.join(users, users.c.id == conversations.c.user_id)
    if chosen.owner:
        statement = statement.where(users.c.username.icontains(chosen.owner.strip(), autoescape=True))
    if chosen.agent:
        statement = statement.where(conversations.c.agent_id.icontains(chosen.agent.strip(), autoescape=True))
    if chosen.since:
        statement = statement.where(conversations.c.updated_at >= chosen.since)
    if chosen.until:
        statement = statement.where(conversations.c.updated_at < chosen.until)
    return statement
