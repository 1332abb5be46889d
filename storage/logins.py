"""A person's own sign-ins and API tokens: listed and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from storage.models import logins, now


@dataclass(frozen=True, slots=True)
class OwnLogin:
    """A sign-in (`name` is None) or an API token, as its owner sees it; `used_at` None = never yet."""

    id: int
    name: str | None
    address: str
    browser: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


def sign_ins(connection: Connection, user_id: int, *, used_since: datetime) -> list[OwnLogin]:
    """The sign-ins of a user that are still good, the last used first."""
    good = and_(logins.c.expires_at > now(), logins.c.used_at > used_since, logins.c.name.is_(None))
    return _listed(connection, user_id, good, logins.c.used_at.desc())


def api_tokens(connection: Connection, user_id: int) -> list[OwnLogin]:
    """The API tokens of a user, the newest first."""
    return _listed(connection, user_id, logins.c.name.is_not(None), logins.c.id.desc())


def count_api_tokens(connection: Connection, user_id: int) -> int:
    counted = select(func.count()).where(logins.c.user_id == user_id, logins.c.name.is_not(None))
    return connection.execute(counted).scalar_one()


def end_one(connection: Connection, login_id: int, *, user_id: int, is_token: bool) -> OwnLogin | None:
    """End a sign-in or an API token of this user; what it was, or None if they have no such one."""
    kind = logins.c.name.is_not(None) if is_token else logins.c.name.is_(None)
    found = _listed(connection, user_id, and_(kind, logins.c.id == login_id), logins.c.id)
    if not found:
        return None
    connection.execute(delete(logins).where(logins.c.id == login_id))
    return found[0]


def end_all(connection: Connection, user_id: int, *, but: int | None = None, tokens: bool = True) -> int:
    """End a user's sign-ins but one, API tokens too unless those are to stay; how many ended."""
    which = [logins.c.user_id == user_id]
    if but is not None:
        which.append(logins.c.id != but)
    if not tokens:
        which.append(logins.c.name.is_(None))
    return connection.execute(delete(logins).where(*which)).rowcount


def _listed(
    connection: Connection, user_id: int, which: ColumnElement[bool], order: ColumnElement[object]
) -> list[OwnLogin]:
    columns = (
        logins.c.id,
        logins.c.name,
        logins.c.address,
        logins.c.browser,
        logins.c.created_at,
        logins.c.used_at,
        logins.c.expires_at,
    )
    rows = connection.execute(select(*columns).where(logins.c.user_id == user_id, which).order_by(order))
    return [OwnLogin(*row) for row in rows]
