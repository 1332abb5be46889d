"""Reading somebody's conversation: for administrators, with a reason that its owner is shown, for half an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection

from admin.errors import BadReason, NoSuchConversation, NotAllowed, NotOpened
from admin.people import PeopleDesk
from storage import audit, conversations, metadata, openings, users
from storage.audit import Actor, plain
from storage.conversations import Message
from storage.database import Database
from storage.metadata import Metadata
from storage.openings import Opening, Target
from storage.users import User

T = TypeVar("T")

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10  # characters
LONGEST_REASON = 500


class Openings:
    """Each method begins with whether its actor is an administrator in this very moment, signed in as a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, actor: Actor, conversation_id: str, reason: str) -> Opening:
        """Let this administrator read a conversation for LASTS from now on.

        Raises: NotAllowed, BadReason (too short or too long), NoSuchConversation.
        """
        said = _one_line(reason)

        def work(connection: Connection) -> Opening:
            administrator = _administrator(connection, actor)
            if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
                raise BadReason
            owner = _owner(connection, conversation_id)
            made = openings.add(
                connection,
                conversation_id,
                administrator_id=administrator.id,
                name=administrator.username,
                reason=said,
                lasts=LASTS,
            )
            audit.add(
                connection, actor, "conversation.opened", owner,
                conversation=conversation_id, reason=said, until=made.until.isoformat(timespec="seconds"),
            )  # fmt: skip
            return made

        return await self._audited(actor, "conversation.opened", self._database.write, work)

    async def read(self, actor: Actor, conversation_id: str) -> tuple[Metadata, list[Message]]:
        """A conversation that this administrator has opened, with the messages along its current path.

        Raises: NotAllowed, NotOpened (never, or it is over), NoSuchConversation.
        """

        def query(connection: Connection) -> tuple[Metadata, list[Message]]:
            administrator = _administrator(connection, actor)
            target = _target(connection, conversation_id)
            if openings.in_force(connection, conversation_id, administrator_id=administrator.id) is None:
                raise NotOpened
            known = metadata.one(connection, conversation_id)
            return known, conversations.path(connection, conversation_id, target.leaf_id)

        return await self._audited(actor, "conversation.read", self._database.read, query)

    async def _audited(
        self, actor: Actor, action: str, run: Callable[..., object], work: Callable[[Connection], T]
    ) -> T:
        """Do it, and write down who was not allowed to."""
        try:
            return await run(work)  # type: ignore[misc, no-any-return]
        except NotAllowed:
            await self._database.write(audit.add, actor, "refused", wanted=action)
            raise


def _administrator(connection: Connection, actor: Actor) -> User:
    """Raise NotAllowed for all others, the command line too: an owner is to be told a person's name."""
    PeopleDesk.check(connection, actor, roles=True)
    found = None if actor.user_id is None else users.by_id(connection, actor.user_id)
    if found is None:
        raise NotAllowed
    return found


def _target(connection: Connection, conversation_id: str) -> Target:
    found = openings.target(connection, conversation_id)
    if found is None:
        raise NoSuchConversation
    return found


def _owner(connection: Connection, conversation_id: str) -> User:
    found = users.by_id(connection, _target(connection, conversation_id).owner_id)
    if found is None:
        raise NoSuchConversation
    return found


def _one_line(reason: str) -> str:
    """As it is shown and kept: no line breaks, no padding, nothing that can't be seen."""
    return " ".join(
        plain(" ".join(reason.split()), LONGEST_REASON + 1).replace("\N{REPLACEMENT CHARACTER}", "").split()
    )
