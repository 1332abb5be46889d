"""Conversations that have not been used for long: counted, and deleted some at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, select

from storage.models import conversations, files, messages, turns
from storage.turns import LIVE

AT_ONCE = 100  # conversations in one transaction, so that nobody waits for long


@dataclass(frozen=True, slots=True)
class Amount:
    """How much it is; `size` is that of the files in bytes."""

    conversations: int = 0
    messages: int = 0
    files: int = 0
    size: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.conversations + other.conversations,
            self.messages + other.messages,
            self.files + other.files,
            self.size + other.size,
        )


def count(connection: Connection, before: datetime) -> Amount:
    """What a clean-up of everything last changed before then would take."""
    return _amount(connection, _old(before))


def take_some(connection: Connection, before: datetime) -> tuple[Amount, list[str]]:
    """Delete the oldest of it; what it was, and the ids of the files whose bytes go too."""
    some = _old(before).order_by(conversations.c.updated_at).limit(AT_ONCE)
    ids = list(connection.execute(some).scalars())
    chosen = select(conversations.c.id).where(conversations.c.id.in_(ids))
    amount = _amount(connection, chosen)
    gone = list(connection.execute(select(files.c.id).where(files.c.conversation_id.in_(ids))).scalars())
    connection.execute(delete(conversations).where(conversations.c.id.in_(ids)))
    return amount, gone


def _old(before: datetime) -> Select[tuple[str]]:
    """Pinned ones are kept, and so is what is being answered just now."""
    live = select(turns.c.conversation_id).where(turns.c.state.in_(LIVE))
    return select(conversations.c.id).where(
        conversations.c.updated_at < before, conversations.c.pinned.is_(False), conversations.c.id.not_in(live)
    )


def _amount(connection: Connection, ids: Select[tuple[str]]) -> Amount:
    counts = (
        select(func.count()).select_from(ids.subquery()),
        select(func.count()).where(messages.c.conversation_id.in_(ids)),
        select(func.count()).where(files.c.conversation_id.in_(ids)),
        select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.conversation_id.in_(ids)),
    )
    return Amount(*(int(connection.execute(statement).scalar_one()) for statement in counts))
