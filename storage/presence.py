"""Who is here: people whose sign-ins were used lately, and how many are good. API tokens are programs, not people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from storage.models import logins, now, users

HERE = timedelta(minutes=5)  # a login that was used since then is somebody who is here


@dataclass(frozen=True, slots=True)
class Present:
    username: str
    seen_at: datetime


def who_is_here(connection: Connection) -> list[Present]:
    """People with a login that was used lately, who was seen last first."""
    seen = func.max(logins.c.used_at)
    rows = connection.execute(
        select(users.c.username, seen)
        .join(logins, logins.c.user_id == users.c.id)
        .where(logins.c.used_at > now() - HERE, logins.c.name.is_(None), users.c.active)
        .group_by(users.c.id)
        .order_by(seen.desc(), users.c.username)
    )
    return [Present(*row) for row in rows]


def count_good_logins(connection: Connection, *, used_since: datetime) -> int:
    """Logins that would be let in: in time, used since then, and of people who aren't suspended."""
    good = select(func.count()).join(users, users.c.id == logins.c.user_id)
    return connection.execute(
        good.where(logins.c.expires_at > now(), logins.c.used_at > used_since, logins.c.name.is_(None), users.c.active)
    ).scalar_one()
