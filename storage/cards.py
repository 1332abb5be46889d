"""Intake cards: what was found out about uploads when they were read, and what their users chose instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from storage.conversations import StoredFile
from storage.models import cards, files, now

_CARD = (cards.c.choice, cards.c.card, cards.c.failure)
_FILE = (files.c.id, files.c.name, files.c.size, files.c.media_type, files.c.kind)


@dataclass(frozen=True, slots=True)
class StoredCard:
    """Either a `card`, as JSON, or the reason of a `failure`; `choice` is None where nothing was chosen."""

    choice: Mapping[str, Any] | None
    card: Mapping[str, Any] | None
    failure: str | None = None


def keep(connection: Connection, file_id: str, known: StoredCard) -> None:
    """Store what is known of a file now. The file may be gone meanwhile: then IntegrityError is raised."""
    connection.execute(delete(cards).where(cards.c.file_id == file_id))
    connection.execute(
        insert(cards).values(
            file_id=file_id,
            choice=dict(known.choice) if known.choice else None,
            card=dict(known.card) if known.card else None,
            failure=known.failure,
            read_at=now(),
        )
    )


def of_file(connection: Connection, file_id: str) -> StoredCard | None:
    row = connection.execute(select(*_CARD).where(cards.c.file_id == file_id)).one_or_none()
    return StoredCard(*row) if row else None


def of_conversation(connection: Connection, conversation_id: str) -> list[tuple[StoredFile, StoredCard | None]]:
    """The uploads of a conversation, the oldest first, each with what is known of it."""
    rows = connection.execute(
        select(*_FILE, cards.c.file_id, *_CARD)
        .outerjoin(cards, cards.c.file_id == files.c.id)
        .where(files.c.conversation_id == conversation_id, files.c.kind == "attachment")
        .order_by(files.c.id)
    )
    return [(StoredFile(*row[:5]), StoredCard(*row[6:]) if row[5] else None) for row in rows]
