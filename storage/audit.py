"""The audit log: who did what to whom, when and from where. It is added to and read, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select

from storage.models import audit, now
from storage.users import User

NAME_LENGTH = 50  # characters
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user_id` is None for a command at the shell, and for whoever isn't signed in."""

    user_id: int | None
    name: str
    role: str  # "user", "staff", "admin", or "" for whoever isn't signed in
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    id: int
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    subject_id: int | None
    subject: str
    address: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; "" and None take all. `person` is part of an actor's or a subject's name."""

    action: str = ""
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None


_ADD = insert(audit)


def shell() -> Actor:
    """Whoever runs commands on this machine may do everything: the database file is theirs anyway."""
    return Actor(None, "(command line)", "admin", "local")


def stranger(address: str) -> Actor:
    """Somebody who isn't signed in."""
    return Actor(None, "", "", address)


def actor_of(user: User, address: str) -> Actor:
    return Actor(user.id, user.username, user.role, address)


def add(connection: Connection, /, actor: Actor, action: str, subject: User | None = None, **details: Any) -> None:
    """Write an entry in the transaction of the act itself: there is no act without its entry."""
    connection.execute(
        _ADD,
        {
            "at": now(),
            "actor_id": actor.user_id,
            "actor": plain(actor.name),
            "action": action,
            "subject_id": subject.id if subject else None,
            "subject": plain(subject.username) if subject else "",
            "address": plain(actor.address, 64),
            "details": {key: plain(value, 500) if isinstance(value, str) else value for key, value in details.items()},
        },
    )


def plain(text: str, length: int = NAME_LENGTH) -> str:
    """The text as one printable line: no line break and no escape code can forge another entry."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:length]


def entries(connection: Connection, chosen: Filter, *, offset: int = 0, limit: int = 100) -> list[Entry]:
    """The newest first."""
    statement = _chosen(chosen).order_by(audit.c.id.desc()).offset(offset).limit(limit)
    return [Entry(*row) for row in connection.execute(statement)]


def all_entries(connection: Connection, chosen: Filter) -> Iterator[Entry]:
    """All that are chosen, oldest first, some at a time."""
    last = 0
    while True:
        statement = _chosen(chosen).where(audit.c.id > last).order_by(audit.c.id).limit(BATCH)
        found = [Entry(*row) for row in connection.execute(statement)]
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1].id


def actions(connection: Connection) -> list[str]:
    """The kinds of entries that there are, for a choice."""
    return list(connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars())


def _chosen(chosen: Filter) -> Select[Any]:
    statement = select(*audit.c)
    if chosen.action:
        statement = statement.where(audit.c.action == chosen.action)
    if chosen.person:
        name = chosen.person.strip()
        statement = statement.where(
            or_(audit.c.actor.icontains(name, autoescape=True), audit.c.subject.icontains(name, autoescape=True))
        )
    if chosen.since:
        statement = statement.where(audit.c.at >= chosen.since)
    if chosen.until:
        statement = statement.where(audit.c.at < chosen.until)
    return statement
