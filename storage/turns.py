"""Turns at rest: begun with their question and an empty answer, checkpointed, settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from storage import conversations
from storage.identifiers import new_id
from storage.models import messages, now, turns

LIVE = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Turn:
    id: str
    conversation_id: str
    user_id: int
    agent_id: str
    user_message_id: str
    message_id: str
    state: str
    error_code: str | None
    error_notice: str | None
    error_number: str | None
    last_event: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a running turn has so far."""

    message_id: str
    content: str
    thinking: str


@dataclass(frozen=True, slots=True)
class TurnUsage:
    """What a turn took: milliseconds and tokens; None = not reported, or it never came so far."""

    waited_ms: int | None = None
    first_delta_ms: int | None = None
    total_ms: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_estimated: bool | None = None
    tries: int | None = None


_COLUMNS = (
    turns.c.id,
    turns.c.conversation_id,
    turns.c.user_id,
    turns.c.agent_id,
    turns.c.user_message_id,
    turns.c.message_id,
    turns.c.state,
    turns.c.error_code,
    turns.c.error_notice,
    turns.c.error_number,
    turns.c.last_event,
)
# Statements that every turn needs are built once: building one costs as much as running it.
_OWNED = select(*_COLUMNS).where(turns.c.id == bindparam("turn_id"), turns.c.user_id == bindparam("user_id"))
_BY_CLIENT_ID = select(*_COLUMNS).where(
    turns.c.conversation_id == bindparam("conversation_id"), turns.c.client_id == bindparam("client_id")
)
_LIVE = (
    # Two comparisons: an IN is written anew at each execution, for the number of its values.
    select(turns.c.id)
    .where(turns.c.conversation_id == bindparam("conversation_id"), or_(*(turns.c.state == state for state in LIVE)))
    .limit(1)
)
_BEGIN = insert(turns)
_SAY = update(messages).where(messages.c.id == bindparam("key"))
_END = update(turns).where(turns.c.id == bindparam("key"))


def begin(
    connection: Connection,
    *,
    conversation_id: str,
    user_id: int,
    agent_id: str,
    user_message_id: str,
    client_id: str | None,
) -> Turn:
    """Store a turn and its empty answer below the question."""
    message_id = conversations.add_message(
        connection,
        conversation_id=conversation_id,
        parent_id=user_message_id,
        role="assistant",
        content="",
        agent_id=agent_id,
    )
    turn = Turn(
        new_id(), conversation_id, user_id, agent_id, user_message_id, message_id, "running", None, None, None, 0
    )
    connection.execute(
        _BEGIN,
        {
            "id": turn.id,
            "conversation_id": conversation_id,
            "user_id": user_id,
            "agent_id": agent_id,
            "user_message_id": user_message_id,
            "message_id": message_id,
            "client_id": client_id,
            "state": turn.state,
            "created_at": now(),
        },
    )
    return turn


def owned(connection: Connection, turn_id: str, user_id: int) -> Turn | None:
    """The turn if it is this user's; someone else's is None like a missing one."""
    row = connection.execute(_OWNED, {"turn_id": turn_id, "user_id": user_id}).one_or_none()
    return Turn(*row) if row else None


def by_client_id(connection: Connection, conversation_id: str, client_id: str) -> Turn | None:
    row = connection.execute(_BY_CLIENT_ID, {"conversation_id": conversation_id, "client_id": client_id}).one_or_none()
    return Turn(*row) if row else None


def live(connection: Connection, conversation_id: str) -> str | None:
    """The id of the turn of this conversation that hasn't ended, if there is one."""
    return connection.execute(_LIVE, {"conversation_id": conversation_id}).scalar_one_or_none()


def checkpoint(connection: Connection, texts: Sequence[Checkpoint]) -> None:
    """Store the texts so far of many running turns at once."""
    connection.execute(
        _SAY,
        [{"key": item.message_id, "content": item.content, "thinking": item.thinking} for item in texts],
    )


def set_state(connection: Connection, turn_id: str, state: str) -> None:
    """A live turn waits in line, or runs."""
    connection.execute(update(turns).where(turns.c.id == turn_id, turns.c.state.in_(LIVE)).values(state=state))


def settle(
    connection: Connection,
    turn: Turn,
    *,
    state: str,
    text: Checkpoint,
    links: list[dict[str, Any]],
    work: Mapping[str, Any] | None,
    suggestions: list[str],
    truncated: bool,
    last_event: int,
    first_delta_at: datetime | None,
    error: Mapping[str, Any] | None,
    usage: TurnUsage,
) -> None:
    """Store how a turn ended. A row that has been deleted meanwhile stays deleted."""
    connection.execute(
        _SAY,
        {
            "key": turn.message_id,
            "content": text.content,
            "thinking": text.thinking,
            "links": links,
            "work": work,
            "suggestions": suggestions,
            "truncated": truncated,
        },
    )
    connection.execute(
        _END,
        {
            "key": turn.id,
            "state": state,
            "error_code": error["code"] if error else None,
            "error_notice": error["notice"] if error else None,
            "error_number": error["number"] if error else None,
            "last_event": last_event,
            "first_delta_at": first_delta_at,
            "ended_at": now(),
            **asdict(usage),
        },
    )
    conversations.change(connection, turn.conversation_id)


def interrupt_live(connection: Connection) -> int:
    """Mark what a killed server left running as interrupted; how many there were. For the start only."""
    done = connection.execute(update(turns).where(turns.c.state.in_(LIVE)).values(state="interrupted", ended_at=now()))
    return done.rowcount
