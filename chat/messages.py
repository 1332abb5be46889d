"""The use cases of single messages, for programs that think in messages rather than in conversations."""

from __future__ import annotations

from sqlalchemy import Connection

from chat.errors import NotFound, TurnRunning
from storage import conversations as stored
from storage import messages, turns
from storage.conversations import Message
from storage.database import Database
from storage.files import FileStore


class Messages:
    """Each method takes the user's id and finds nothing that isn't theirs (NotFound)."""

    def __init__(self, database: Database, *, store: FileStore) -> None:
        self._database = database
        self._store = store

    async def listing(
        self, user_id: int, conversation_id: str | None, *, newest_first: bool, limit: int, offset: int
    ) -> list[tuple[str, Message]]:
        """All versions of all messages (of one conversation), each after its conversation's id."""

        def query(connection: Connection) -> list[tuple[str, Message]]:
            if conversation_id is not None and stored.owned(connection, conversation_id, user_id) is None:
                raise NotFound
            return stored.messages_of(
                connection,
                user_id,
                conversation_id=conversation_id,
                newest_first=newest_first,
                limit=limit,
                offset=offset,
            )

        return await self._database.read(query)

    async def find(self, user_id: int, message_id: str) -> tuple[str, Message]:
        """A message after its conversation's id."""
        found = await self._database.read(stored.messages_of, user_id, message_id=message_id)
        if not found:
            raise NotFound
        return found[0]

    async def delete(self, user_id: int, message_id: str) -> None:
        """Delete a message with all that follows it. Raises: NotFound, TurnRunning."""

        def work(connection: Connection) -> list[str]:
            found = stored.messages_of(connection, user_id, message_id=message_id)
            if not found:
                raise NotFound
            conversation_id = found[0][0]
            if running := turns.live(connection, conversation_id):
                raise TurnRunning(running)
            return messages.remove(connection, conversation_id, message_id)

        self._store.discard(await self._database.write(work))
