"""Rows for tests of what administrators see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from storage import users
from storage.database import Database
from storage.identifiers import new_id
from storage.models import conversations, logins, messages, turns

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Rows:
    def __init__(self, database: Database) -> None:
        self.database = database

    def person(self, name: str) -> int:
        values = {"username": name, "email": f"{name}@example.com", "password_hash": b"x"}
        return self.database.write_now(users.add_user, **values).id

    def conversation(self, user_id: int, **values: Any) -> str:
        made = {"id": new_id(), "user_id": user_id, "agent_id": "a", "title": "secret title"}
        made |= {"created_at": NOON, "updated_at": NOON, **values}
        self.database.write_now(lambda c: c.execute(insert(conversations), [made]))
        return str(made["id"])

    def message(self, conversation_id: str, content: str = "secret words") -> None:
        made = {"id": new_id(), "conversation_id": conversation_id, "role": "user", "content": content}
        self.database.write_now(lambda c: c.execute(insert(messages), [{**made, "created_at": NOON}]))

    def turn(self, user_id: int, *, conversation_id: str = "", **values: Any) -> str:
        made = {
            "id": new_id(),
            "conversation_id": conversation_id or self.conversation(user_id),
            "user_id": user_id,
            "agent_id": "a",
            "user_message_id": new_id(),
            "message_id": new_id(),
            "state": "done",
            "last_event": 3,
            "created_at": NOON,
            **values,
        }
        self.database.write_now(lambda c: c.execute(insert(turns), [made]))
        return str(made["id"])

    def login(self, user_id: int, *, used_at: datetime) -> None:
        made = {"token_hash": new_id().encode(), "user_id": user_id, "address": "192.0.2.1", "created_at": used_at}
        made |= {"used_at": used_at, "expires_at": used_at + timedelta(hours=12)}
        self.database.write_now(lambda c: c.execute(insert(logins), [made]))
