"""People as administrators see them: found, sorted and paged in SQL, and what goes with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, delete, func, or_, select

from storage.models import allowances, conversations, files, messages, users
from storage.users import USER_COLUMNS, User

# The role of an account that the doctor makes for the time of an examination; nobody can sign in to it.
EXAMINER = "doctor"
# What the table may be sorted by.
SORTS: dict[str, ColumnElement[object]] = {
    "username": users.c.username_key,
    "email": users.c.email,
    "name": users.c.last_name,
    "role": users.c.role,
    "active": users.c.active,
    "created_at": users.c.created_at,
    "seen_at": users.c.seen_at,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the table; `requests_per_minute` and `tokens_per_day` are the person's own limits, if set."""

    user: User
    created_at: datetime
    seen_at: datetime | None
    conversations: int
    requests_per_minute: int | None
    tokens_per_day: int | None


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a deletion takes along; `size` is that of the files in bytes."""

    conversations: int
    messages: int
    files: int
    size: int


def listing(
    connection: Connection, *, search: str = "", sort: str = "username", offset: int = 0, limit: int = 50
) -> tuple[list[Listed], int]:
    """A page of the people whose names or e-mail contain `search`, and how many they are in all.

    `sort` names a key of SORTS, with - in front: downwards.
    """
    which = _matching(search)
    column = SORTS[sort.removeprefix("-")]
    order = column.desc() if sort.startswith("-") else column.asc()
    statement = _listed().where(*which).order_by(order.nulls_last(), users.c.id).offset(offset).limit(limit)
    total = connection.execute(select(func.count()).select_from(users).where(*which)).scalar_one()
    return [_row(row) for row in connection.execute(statement)], total


def by_name(connection: Connection, username: str) -> Listed | None:
    """The row of one person, whatever the case of the name."""
    row = connection.execute(_listed().where(users.c.username_key == username.casefold())).one_or_none()
    return _row(row) if row else None


def belongings(connection: Connection, user_id: int) -> Belongings:
    own = select(conversations.c.id).where(conversations.c.user_id == user_id)
    counts = (
        select(func.count()).select_from(own.subquery()),
        select(func.count()).where(messages.c.conversation_id.in_(own)),
        select(func.count()).where(files.c.user_id == user_id),
        select(func.coalesce(func.sum(files.c.size), 0)).where(files.c.user_id == user_id),
    )
    return Belongings(*(int(connection.execute(count).scalar_one()) for count in counts))


def remove(connection: Connection, user_id: int) -> list[str]:
    """Delete a user with all that is theirs; the ids of the files whose bytes go too."""
    gone = list(connection.execute(select(files.c.id).where(files.c.user_id == user_id)).scalars())
    connection.execute(delete(users).where(users.c.id == user_id))
    return gone


def remove_examiners(connection: Connection, before: datetime) -> list[str]:
    """Delete what examinations that never came to their end have left behind; the ids of the files."""
    which = (users.c.role == EXAMINER, users.c.created_at < before)
    ids = list(connection.execute(select(users.c.id).where(*which)).scalars())
    return [file_id for user_id in ids for file_id in remove(connection, user_id)]


def _listed() -> Select[Any]:
    return select(
        users.c.created_at,
        users.c.seen_at,
        _count_of_conversations(),
        allowances.c.requests_per_minute,
        allowances.c.tokens_per_day,
        *USER_COLUMNS,
    ).outerjoin(allowances, allowances.c.user_id == users.c.id)


def _row(row: Any) -> Listed:
    return Listed(User(*tuple(row)[5:]), *tuple(row)[:5])


def _matching(search: str) -> list[ColumnElement[bool]]:
    people = users.c.role != EXAMINER
    term = search.strip()
    if not term:
        return [people]
    columns = (users.c.username, users.c.email, users.c.first_name, users.c.last_name)
    # Korean names are written with the family name first and no space; others the other way round.
    whole = (users.c.last_name + users.c.first_name, users.c.first_name + " " + users.c.last_name)
    return [people, or_(*(column.icontains(term, autoescape=True) for column in (*columns, *whole)))]


def _count_of_conversations() -> ScalarSelect[int]:
    return select(func.count()).where(conversations.c.user_id == users.c.id).correlate(users).scalar_subquery()
