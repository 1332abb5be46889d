"""Addresses that are good for one use: stored as hashes, deleted when they are used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select

from storage.models import now, one_time_links, users
from storage.users import USER_COLUMNS, User


def put(connection: Connection, *, user_id: int | None, token_hash: bytes, expires_at: datetime) -> None:
    """Store a link. An older one for the same user (None: for the first administrator) is good no longer."""
    same = one_time_links.c.user_id.is_(None) if user_id is None else one_time_links.c.user_id == user_id
    connection.execute(delete(one_time_links).where(or_(same, one_time_links.c.expires_at < now())))
    connection.execute(insert(one_time_links).values(user_id=user_id, token_hash=token_hash, expires_at=expires_at))


def owner(connection: Connection, token_hash: bytes) -> User | None:
    """Whose password this link sets; None if it isn't good (any more), or they are suspended."""
    row = connection.execute(
        select(*USER_COLUMNS)
        .join(one_time_links, one_time_links.c.user_id == users.c.id)
        .where(one_time_links.c.token_hash == token_hash, one_time_links.c.expires_at > now(), users.c.active)
    ).one_or_none()
    return User(*row) if row else None


def makes_first_admin(connection: Connection, token_hash: bytes) -> bool:
    """Whether this link is good for making the first administrator, as far as the link is asked."""
    found = connection.execute(
        select(one_time_links.c.id).where(
            one_time_links.c.token_hash == token_hash,
            one_time_links.c.expires_at > now(),
            one_time_links.c.user_id.is_(None),
        )
    )
    return found.first() is not None


def drop(connection: Connection, *, user_id: int | None) -> None:
    """Take the links of a user (None: those for the first administrator) back."""
    same = one_time_links.c.user_id.is_(None) if user_id is None else one_time_links.c.user_id == user_id
    connection.execute(delete(one_time_links).where(same))
