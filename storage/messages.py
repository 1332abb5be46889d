"""Single messages of a conversation's tree: taken out, and added to when more is known of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from storage import conversations
from storage.models import conversations as conversations_table
from storage.models import files, messages, turns


def remove(connection: Connection, conversation_id: str, message_id: str) -> list[str]:
    """Delete a message with all that follows it, their turns and files; the ids of the files whose bytes go too.

    A conversation that ended there goes on from the newest other version of the message, or from the one before it.
    """
    rows = connection.execute(
        select(messages.c.id, messages.c.parent_id, messages.c.file_id)
        .where(messages.c.conversation_id == conversation_id)
        .order_by(messages.c.id)
    ).all()
    parents = {row.id: row.parent_id for row in rows}
    gone = {message_id}
    # Ids sort by time, so whatever follows a message comes later.
    for row in rows:
        if row.parent_id in gone:
            gone.add(row.id)
    kept_files = {row.file_id for row in rows if row.id not in gone}
    attached = {row.file_id for row in rows if row.id in gone and row.file_id} - kept_files
    made = connection.execute(select(files.c.id).where(files.c.message_id.in_(gone))).scalars()
    gone_files = [*attached, *made]
    connection.execute(delete(turns).where(or_(turns.c.message_id.in_(gone), turns.c.user_message_id.in_(gone))))
    connection.execute(delete(messages).where(messages.c.id.in_(gone)))
    connection.execute(delete(files).where(files.c.id.in_(gone_files)))
    leaf_id = connection.execute(
        select(conversations_table.c.leaf_id).where(conversations_table.c.id == conversation_id)
    ).scalar_one()
    if leaf_id in gone:
        parent_id = parents[message_id]
        versions = [id for id, parent in parents.items() if parent == parent_id and id not in gone]
        leaf_id = conversations.newest_leaf(connection, conversation_id, versions[-1]) if versions else parent_id
    conversations.change(connection, conversation_id, leaf_id=leaf_id)
    return gone_files


def keep_totals(connection: Connection, message_id: str, totals: dict[str, Any]) -> None:
    """Store the control totals of an answer. One that has been deleted meanwhile stays deleted."""
    connection.execute(update(messages).where(messages.c.id == message_id).values(totals=totals))
