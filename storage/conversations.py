"""Conversations and their trees of messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from storage.identifiers import new_id
from storage.models import conversations, files, messages, now, turns


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    user_id: int
    agent_id: str
    title: str
    leaf_id: str | None
    created_at: datetime
    updated_at: datetime
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a file besides its bytes; `size` in bytes.

    `svg_id` is the file that has a chart as SVG, `rows` how many a table has.
    """

    id: str
    name: str
    size: int
    media_type: str
    kind: str
    svg_id: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance on the path, with what the page needs to show beside it.

    `state`, `turn_id` and the error are those of the turn that made an answer; None for any other message.
    `totals` are the control totals of the table that an answer is about, once they are computed.
    `siblings` are all the versions at this place, in order, this one included.
    """

    id: str
    parent_id: str | None
    role: str
    content: str
    thinking: str
    links: list[dict[str, Any]]
    agent_id: str | None
    truncated: bool
    created_at: datetime
    turn_id: str | None = None
    state: str | None = None
    error: dict[str, str] | None = None
    file: StoredFile | None = None
    artifacts: list[StoredFile] = field(default_factory=list)
    siblings: list[str] = field(default_factory=list)
    work: dict[str, Any] | None = None
    suggestions: list[str] = field(default_factory=list)
    totals: dict[str, Any] | None = None


_COLUMNS = (
    conversations.c.id,
    conversations.c.user_id,
    conversations.c.agent_id,
    conversations.c.title,
    conversations.c.leaf_id,
    conversations.c.created_at,
    conversations.c.updated_at,
    conversations.c.pinned,
)
# Statements that every turn needs are built once: building one costs as much as running it.
_OWNED = select(*_COLUMNS).where(
    conversations.c.id == bindparam("conversation_id"), conversations.c.user_id == bindparam("user_id")
)
_CHANGE = update(conversations).where(conversations.c.id == bindparam("conversation_id"))
_ADD_MESSAGE = insert(messages)
_HAS_MESSAGE = select(messages.c.id).where(
    messages.c.conversation_id == bindparam("conversation_id"), messages.c.id == bindparam("message_id")
)
# What a StoredFile is made of.
FILE_COLUMNS = (
    files.c.id,
    files.c.name,
    files.c.size,
    files.c.media_type,
    files.c.kind,
    files.c.svg_id,
    files.c.rows,
)
# What the list may be sorted by, as the API names it.
ORDERINGS = {"updated_at", "created_at", "title"}


def owned(connection: Connection, conversation_id: str, user_id: int) -> Conversation | None:
    """The conversation if it is this user's. The only way to one: someone else's is None like a missing one."""
    row = connection.execute(_OWNED, {"conversation_id": conversation_id, "user_id": user_id}).one_or_none()
    return Conversation(*row) if row else None


def add(connection: Connection, *, user_id: int, agent_id: str, title: str) -> Conversation:
    made = Conversation(new_id(), user_id, agent_id, title, None, now(), now())
    connection.execute(
        insert(conversations).values(
            id=made.id,
            user_id=user_id,
            agent_id=agent_id,
            title=title,
            created_at=made.created_at,
            updated_at=made.updated_at,
        )
    )
    return made


def listing(connection: Connection, user_id: int, *, ordering: str = "-updated_at") -> list[tuple[Conversation, int]]:
    """A user's conversations, each with its number of messages; `ordering` names a column of ORDERINGS, - = down."""
    column = conversations.c[ordering.removeprefix("-")]
    order = column.desc() if ordering.startswith("-") else column.asc()
    count = (
        select(func.count()).where(messages.c.conversation_id == conversations.c.id).correlate(conversations)
    ).scalar_subquery()
    rows = connection.execute(
        select(*_COLUMNS, count).where(conversations.c.user_id == user_id).order_by(order, conversations.c.id.desc())
    )
    return [(Conversation(*row[:8]), row[8]) for row in rows]


def change(connection: Connection, conversation_id: str, **values: Any) -> None:
    """Set columns of a conversation, and when it was changed."""
    connection.execute(_CHANGE, {"conversation_id": conversation_id, "updated_at": now(), **values})


def choose_leaf(connection: Connection, conversation_id: str, leaf_id: str) -> None:
    """Go on from another message. Looking at another version is no change: the list keeps its order."""
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(leaf_id=leaf_id))


def set_pinned(connection: Connection, conversation_id: str, *, pinned: bool) -> None:
    """A pinned conversation is kept by every clean-up. Pinning is no change: the list keeps its order."""
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(pinned=pinned))


def remove(connection: Connection, conversation_id: str) -> list[str]:
    """Delete a conversation with all that belongs to it; the ids of the files whose bytes go too."""
    gone = list(connection.execute(select(files.c.id).where(files.c.conversation_id == conversation_id)).scalars())
    connection.execute(delete(conversations).where(conversations.c.id == conversation_id))
    return gone


def add_message(
    connection: Connection,
    *,
    conversation_id: str,
    parent_id: str | None,
    role: str,
    content: str,
    agent_id: str | None = None,
    file_id: str | None = None,
    is_leaf: bool = True,
) -> str:
    """Store a message below `parent_id` and make it the leaf, unless another one follows at once; its id."""
    message_id = new_id()
    connection.execute(
        _ADD_MESSAGE,
        {
            "id": message_id,
            "conversation_id": conversation_id,
            "parent_id": parent_id,
            "role": role,
            "content": content,
            "agent_id": agent_id,
            "file_id": file_id,
            "created_at": now(),
        },
    )
    if is_leaf:
        change(connection, conversation_id, leaf_id=message_id)
    return message_id


def has_message(connection: Connection, conversation_id: str, message_id: str) -> bool:
    found = connection.execute(_HAS_MESSAGE, {"conversation_id": conversation_id, "message_id": message_id})
    return found.first() is not None


def newest_leaf(connection: Connection, conversation_id: str, message_id: str) -> str:
    """The end of the newest branch through a message: where choosing that version leads."""
    rows = connection.execute(
        select(messages.c.parent_id, messages.c.id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id)
    )
    newest_child = {row[0]: row[1] for row in rows}
    while message_id in newest_child:
        message_id = newest_child[message_id]
    return message_id


_MESSAGE = (
    messages.c.id,
    messages.c.parent_id,
    messages.c.role,
    messages.c.content,
    messages.c.thinking,
    messages.c.links,
    messages.c.agent_id,
    messages.c.truncated,
    messages.c.created_at,
    turns.c.id,
    turns.c.state,
    turns.c.error_code,
    turns.c.error_notice,
    turns.c.error_number,
    files.c.id,
    files.c.name,
    files.c.size,
    files.c.media_type,
    files.c.kind,
    messages.c.work,
    messages.c.suggestions,
    messages.c.totals,
)


def path(connection: Connection, conversation_id: str, leaf_id: str | None) -> list[Message]:
    """The messages from the beginning to `leaf_id`, oldest first."""
    if leaf_id is None:
        return []
    line = _line(conversation_id, leaf_id)
    rows = connection.execute(
        select(*_MESSAGE)
        .select_from(line)
        .join(messages, messages.c.id == line.c.id)
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .outerjoin(files, files.c.id == messages.c.file_id)
        .order_by(line.c.depth.desc())
    ).all()
    made = _artifacts(connection, files.c.conversation_id == conversation_id)
    versions = _versions(connection, conversation_id, keep={row[0] for row in rows})
    return [_message(row, artifacts=made.get(row[0], []), siblings=versions.get(row[1], [])) for row in rows]


def message(connection: Connection, message_id: str) -> Message | None:
    """One message, for those who know already that it may be read."""
    row = connection.execute(
        select(*_MESSAGE)
        .select_from(messages)
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .outerjoin(files, files.c.id == messages.c.file_id)
        .where(messages.c.id == message_id)
    ).one_or_none()
    if row is None:
        return None
    return _message(row, artifacts=_artifacts(connection, files.c.message_id == message_id).get(message_id, []))


def messages_of(
    connection: Connection,
    user_id: int,
    *,
    conversation_id: str | None = None,
    message_id: str | None = None,
    newest_first: bool = False,
    limit: int = 1,
    offset: int = 0,
) -> list[tuple[str, Message]]:
    """A user's messages, on the current paths or not, each after its conversation's id."""
    wanted = [conversations.c.user_id == user_id]
    if conversation_id is not None:
        wanted.append(messages.c.conversation_id == conversation_id)
    if message_id is not None:
        wanted.append(messages.c.id == message_id)
    rows = connection.execute(
        select(messages.c.conversation_id, *_MESSAGE)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .outerjoin(files, files.c.id == messages.c.file_id)
        .where(*wanted)
        .order_by(messages.c.id.desc() if newest_first else messages.c.id)
        .limit(limit)
        .offset(offset)
    ).all()
    ids = {row[0] for row in rows}
    made = _artifacts(connection, files.c.conversation_id.in_(ids))
    listed = {row[1] for row in rows}
    versions = {each: _versions(connection, each, keep=listed) for each in ids}
    return [
        (row[0], _message(row[1:], artifacts=made.get(row[1], []), siblings=versions[row[0]].get(row[2], [])))
        for row in rows
    ]


def _message(row: Any, *, artifacts: list[StoredFile], siblings: list[str] | None = None) -> Message:
    known = dict(zip(("id", "parent_id", "role", "content", "thinking", "links", "agent_id"), row[:7], strict=True))
    return Message(
        **known,
        truncated=row[7],
        created_at=row[8],
        turn_id=row[9],
        state=row[10],
        error={"code": row[11], "notice": row[12], "number": row[13]} if row[11] else None,
        file=StoredFile(*row[14:19]) if row[14] else None,
        artifacts=artifacts,
        siblings=siblings or [row[0]],
        work=row[19],
        suggestions=row[20],
        totals=row[21],
    )


def _line(conversation_id: str, leaf_id: str) -> Any:
    """The ids from `leaf_id` up to the beginning, with their depth below the leaf."""
    line = (
        select(messages.c.id, messages.c.parent_id, literal(0).label("depth"))
        .where(messages.c.id == leaf_id, messages.c.conversation_id == conversation_id)
        .cte("line", recursive=True)
    )
    return line.union_all(
        select(messages.c.id, messages.c.parent_id, line.c.depth + 1).where(messages.c.id == line.c.parent_id)
    )


def _artifacts(connection: Connection, which: Any) -> dict[str, list[StoredFile]]:
    rows = connection.execute(
        select(files.c.message_id, *FILE_COLUMNS)
        .where(which, files.c.message_id.is_not(None), files.c.kind != "svg")
        .order_by(files.c.id)
    )
    found: dict[str, list[StoredFile]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(StoredFile(*row[1:]))
    return found


def _versions(connection: Connection, conversation_id: str, *, keep: set[str]) -> dict[str | None, list[str]]:
    """The messages below each one. An answer that failed before its first word is no version, unless it is kept."""
    rows = connection.execute(
        select(messages.c.parent_id, messages.c.id, (turns.c.state == "failed") & (messages.c.content == ""))
        .select_from(messages)
        .outerjoin(turns, turns.c.message_id == messages.c.id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id)
    )
    found: dict[str | None, list[str]] = {}
    for parent, child, is_blank in rows:
        if child in keep or not is_blank:
            found.setdefault(parent, []).append(child)
    return found


def last_turns(
    connection: Connection, conversation_id: str, leaf_id: str | None, *, count: int
) -> list[tuple[str, str]]:
    """Role and text of the last `count` questions with their answers up to `leaf_id`, oldest first."""
    if leaf_id is None or count == 0:
        return []
    line = _line(conversation_id, leaf_id)
    # A question and its answer are two messages; a few more, because stored system messages stand between them.
    rows = connection.execute(
        select(messages.c.role, messages.c.content)
        .select_from(line)
        .join(messages, messages.c.id == line.c.id)
        .order_by(line.c.depth)
        .limit(2 * count + 10)
    ).all()
    return [(row[0], row[1]) for row in reversed(rows)]


def has_attachment(connection: Connection, conversation_id: str, leaf_id: str | None, file_id: str) -> bool:
    """Whether a file went with a question on the path to `leaf_id`."""
    if leaf_id is None:
        return False
    line = _line(conversation_id, leaf_id)
    on_path = select(messages.c.id).select_from(line).join(messages, messages.c.id == line.c.id)
    return connection.execute(on_path.where(messages.c.file_id == file_id).limit(1)).first() is not None


def last_attachment(connection: Connection, conversation_id: str, leaf_id: str | None) -> StoredFile | None:
    """The newest file that went with a question on the path to `leaf_id`."""
    if leaf_id is None:
        return None
    line = _line(conversation_id, leaf_id)
    row = connection.execute(
        select(*FILE_COLUMNS)
        .select_from(line)
        .join(messages, messages.c.id == line.c.id)
        .join(files, files.c.id == messages.c.file_id)
        .order_by(line.c.depth)
        .limit(1)
    ).one_or_none()
    return StoredFile(*row) if row else None
