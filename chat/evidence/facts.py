"""What is known of a conversation that is taken away, from storage, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import cards, conversations, files
from storage.cards import StoredCard
from storage.conversations import Conversation, Message
from storage.files import FileFacts


@dataclass(frozen=True, slots=True)
class Facts:
    """A conversation with the messages on its path; `files` by id: inputs, charts with their SVG, and tables.

    `readings` are the intake cards of the inputs by their ids: how each was read, and what its user chose.
    `agents` are the names of those who were asked, by id, as far as they are known.
    """

    conversation: Conversation
    messages: tuple[Message, ...]
    files: Mapping[str, FileFacts]
    readings: Mapping[str, StoredCard]
    agents: Mapping[str, str]
    version: str
    made_at: datetime

    def agent(self, agent_id: str | None) -> str:
        """What an agent is called; its id where nobody knows it any more, and "" for nobody."""
        return self.agents.get(agent_id, agent_id) if agent_id else ""


def read_facts(
    connection: Connection, user_id: int, conversation_id: str
) -> tuple[Conversation, tuple[Message, ...], dict[str, FileFacts], dict[str, StoredCard]] | None:
    """A user's conversation, the path that is shown, its files and their cards; None when it isn't theirs."""
    conversation = conversations.owned(connection, conversation_id, user_id)
    if conversation is None:
        return None
    path = tuple(conversations.path(connection, conversation_id, conversation.leaf_id))
    readings = {file.id: known for file, known in cards.of_conversation(connection, conversation_id) if known}
    return conversation, path, files.facts_of(connection, conversation_id), readings


def moment(at: datetime) -> str:
    """A time with its zone: 2026-11-21 15:04:05 +09:00."""
    local = at.astimezone()
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:5]}"


def versions_of(message: Message) -> tuple[int, int]:
    """Which version a message is, of how many."""
    return message.siblings.index(message.id) + 1 if message.id in message.siblings else 1, len(message.siblings) or 1


def difference_values(one: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the sentence about a differing total."""
    return {"column": one["column"] or "", "told": one["told"], "computed": figure(one["computed"])}


def figure(value: float | None) -> str:
    """A number as people read it; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6f}".rstrip("0").rstrip(".")
