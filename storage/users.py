"""People and their logins: rows in, frozen dataclasses out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from storage.models import logins, now, users


class UsernameTaken(Exception):
    """Somebody has this user name, in this or another case."""


@dataclass(frozen=True, slots=True)
class User:
    id: int
    username: str
    email: str
    role: str  # "user", "staff" or "admin"
    active: bool
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """A signed-in browser or program, and whose it is. `token_name` is an API token's; None for a sign-in."""

    id: int
    user: User
    used_at: datetime | None
    token_name: str | None = None


USER_COLUMNS = (
    users.c.id,
    users.c.username,
    users.c.email,
    users.c.role,
    users.c.active,
    users.c.first_name,
    users.c.last_name,
)
# An API token lives until it is revoked; a sign-in ends without use, and in time.
_GOOD = (
    or_(logins.c.expires_at.is_(None), logins.c.expires_at > bindparam("now")),
    or_(logins.c.name.is_not(None), logins.c.used_at > bindparam("used_since")),
    users.c.active,
)
# Built once, because every request needs it, and building it costs as much as running it.
_FIND_LOGIN = (
    select(logins.c.id, logins.c.used_at, logins.c.name, *USER_COLUMNS)
    .join(users, users.c.id == logins.c.user_id)
    .where(logins.c.token_hash == bindparam("token_hash"), *_GOOD)
)


def add_user(
    connection: Connection,
    *,
    username: str,
    email: str,
    password_hash: bytes,
    role: str = "user",
    first_name: str = "",
    last_name: str = "",
) -> User:
    """Raises: UsernameTaken."""
    statement = insert(users).values(
        username=username,
        username_key=username.casefold(),
        email=email,
        password_hash=password_hash,
        role=role,
        active=True,
        first_name=first_name,
        last_name=last_name,
        created_at=now(),
    )
    try:
        key = connection.execute(statement).inserted_primary_key
    except IntegrityError:
        raise UsernameTaken(username) from None
    assert key is not None  # noqa: S101 -- an INSERT of one row has a key
    return User(key[0], username, email, role, active=True, first_name=first_name, last_name=last_name)


def credentials(connection: Connection, username: str) -> tuple[User, bytes] | None:
    """The user of that name, whatever its case, with the password hash; None if there is none."""
    row = connection.execute(
        select(*USER_COLUMNS, users.c.password_hash).where(users.c.username_key == username.casefold())
    ).one_or_none()
    return (User(*row[:-1]), row[-1]) if row else None


def by_id(connection: Connection, user_id: int) -> User | None:
    row = connection.execute(select(*USER_COLUMNS).where(users.c.id == user_id)).one_or_none()
    return User(*row) if row else None


def by_name(connection: Connection, username: str) -> User | None:
    """The user of that name, whatever its case."""
    found = credentials(connection, username)
    return found[0] if found else None


def count_administrators(connection: Connection, *, but: int | None = None) -> int:
    """The administrators who aren't suspended, besides one."""
    counted = select(func.count()).where(users.c.role == "admin", users.c.active)
    if but is not None:
        counted = counted.where(users.c.id != but)
    return connection.execute(counted).scalar_one()


def taken_among(connection: Connection, username_keys: set[str]) -> set[str]:
    """Which of these case-folded names somebody has."""
    return set(connection.execute(select(users.c.username_key)).scalars()) & username_keys


def active_among(connection: Connection, user_ids: set[int]) -> set[int]:
    """Which of these users are there and not suspended."""
    return set(connection.execute(select(users.c.id).where(users.c.id.in_(user_ids), users.c.active)).scalars())


def add_login(
    connection: Connection,
    *,
    user_id: int,
    token_hash: bytes,
    address: str,
    expires_at: datetime | None,
    name: str | None = None,
    browser: str = "",
) -> int:
    """Record a sign-in, or an API token when it has a `name`, and forget those that have run out; its id."""
    moment = now()
    connection.execute(delete(logins).where(logins.c.expires_at < moment))
    key = connection.execute(
        insert(logins).values(
            user_id=user_id,
            token_hash=token_hash,
            name=name,
            address=address,
            browser=browser,
            created_at=moment,
            used_at=None if name is not None else moment,
            expires_at=expires_at,
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 -- an INSERT of one row has a key
    connection.execute(update(users).where(users.c.id == user_id).values(seen_at=moment))
    return int(key[0])


def find_login(connection: Connection, token_hash: bytes, *, used_since: datetime) -> Login | None:
    """The login with this token if it is still good: in time, used since then, and its user not suspended."""
    values = {"token_hash": token_hash, "now": now(), "used_since": used_since}
    row = connection.execute(_FIND_LOGIN, values).one_or_none()
    return Login(id=row[0], used_at=row[1], token_name=row[2], user=User(*tuple(row)[3:])) if row else None


def good_logins(connection: Connection, ids: set[int], *, used_since: datetime) -> set[int]:
    """Which of these logins are still good."""
    rows = connection.execute(
        select(logins.c.id).join(users, users.c.id == logins.c.user_id).where(logins.c.id.in_(ids), *_GOOD),
        {"now": now(), "used_since": used_since},
    )
    return set(rows.scalars())


def touch_login(connection: Connection, login: Login) -> None:
    """The login was used, and its user seen."""
    moment = now()
    connection.execute(update(logins).where(logins.c.id == login.id).values(used_at=moment))
    connection.execute(update(users).where(users.c.id == login.user.id).values(seen_at=moment))


def delete_login(connection: Connection, login_id: int) -> None:
    connection.execute(delete(logins).where(logins.c.id == login_id))


def set_active(connection: Connection, user_id: int, *, active: bool) -> None:
    connection.execute(update(users).where(users.c.id == user_id).values(active=active))


def set_password(connection: Connection, user_id: int, password_hash: bytes) -> None:
    connection.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


def set_role(connection: Connection, user_id: int, role: str) -> None:
    connection.execute(update(users).where(users.c.id == user_id).values(role=role))


def set_details(connection: Connection, user_id: int, *, email: str, first_name: str, last_name: str) -> None:
    values = {"email": email, "first_name": first_name, "last_name": last_name}
    connection.execute(update(users).where(users.c.id == user_id).values(**values))
