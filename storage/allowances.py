"""What single people may, where it differs from the default."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from storage.models import allowances


@dataclass(frozen=True, slots=True)
class PersonalLimits:
    """None = the default holds; 0 = no limit."""

    requests_per_minute: int | None = None
    tokens_per_day: int | None = None


def all_of_them(connection: Connection) -> dict[int, PersonalLimits]:
    """The limits by user id; who isn't in it has the default."""
    rows = connection.execute(
        select(allowances.c.user_id, allowances.c.requests_per_minute, allowances.c.tokens_per_day)
    )
    return {row[0]: PersonalLimits(row[1], row[2]) for row in rows}


def put(connection: Connection, user_id: int, limits: PersonalLimits) -> None:
    """Set both limits of a user; two times None is the default again."""
    connection.execute(delete(allowances).where(allowances.c.user_id == user_id))
    if limits != PersonalLimits():
        connection.execute(
            insert(allowances).values(
                user_id=user_id,
                requests_per_minute=limits.requests_per_minute,
                tokens_per_day=limits.tokens_per_day,
            )
        )
