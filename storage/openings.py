"""Who opened somebody's conversation, when, for how long and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from storage.models import conversations, now, openings


@dataclass(frozen=True, slots=True)
class Opening:
    """`name` is the administrator's user name; they may read until just before `until`."""

    name: str
    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """What an opening needs to know of a conversation: whose it is, and where its current path ends."""

    owner_id: int
    leaf_id: str | None


_OPENING = (openings.c.administrator, openings.c.at, openings.c.until, openings.c.reason)


def target(connection: Connection, conversation_id: str) -> Target | None:
    """A conversation, whoever owns it."""
    row = connection.execute(
        select(conversations.c.user_id, conversations.c.leaf_id).where(conversations.c.id == conversation_id)
    ).one_or_none()
    return Target(*row) if row else None


def add(
    connection: Connection, conversation_id: str, *, administrator_id: int, name: str, reason: str, lasts: timedelta
) -> Opening:
    at = now()
    made = Opening(name, at, at + lasts, reason)
    connection.execute(
        insert(openings).values(
            conversation_id=conversation_id,
            administrator_id=administrator_id,
            administrator=name,
            reason=reason,
            at=made.at,
            until=made.until,
        )
    )
    return made


def in_force(connection: Connection, conversation_id: str, *, administrator_id: int) -> Opening | None:
    """The opening with which this administrator may read the conversation now."""
    row = connection.execute(
        select(*_OPENING)
        .where(
            openings.c.conversation_id == conversation_id,
            openings.c.administrator_id == administrator_id,
            openings.c.until > now(),
        )
        .order_by(openings.c.id.desc())
        .limit(1)
    ).one_or_none()
    return Opening(*row) if row else None


def of(connection: Connection, conversation_id: str) -> list[Opening]:
    """All openings of a conversation, the newest first."""
    rows = connection.execute(
        select(*_OPENING).where(openings.c.conversation_id == conversation_id).order_by(openings.c.id.desc())
    )
    return [Opening(*row) for row in rows]
