"""Packs a conversation for its owner: a few at a time, in threads, each into a temporary file."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from contextlib import suppress
from pathlib import Path

from chat.agents import AgentDirectory
from chat.errors import NotFound
from chat.evidence.archive import write_archive
from chat.evidence.facts import Facts, read_facts
from chat.evidence.names import safe
from logs.lines import fields
from storage.database import Database
from storage.files import FileStore
from storage.models import now

AT_ONCE = 2

log = logging.getLogger(__name__)


class Evidence:
    """Takes the user's id and finds nothing that isn't theirs (NotFound)."""

    def __init__(self, database: Database, *, store: FileStore, agents: AgentDirectory, version: str) -> None:
        self._database = database
        self._store = store
        self._agents = agents
        self._version = version
        self._places = asyncio.Semaphore(AT_ONCE)

    async def pack(self, user_id: int, conversation_id: str, *, language: str) -> tuple[str, Path]:
        """What the archive is called, and the temporary file that it is in: whoever gives it out deletes it."""
        async with self._places:
            found = await self._database.read(read_facts, user_id, conversation_id)
            if found is None:
                raise NotFound
            conversation, messages, files, readings = found
            facts = Facts(conversation, messages, files, readings, await self._names(language), self._version, now())
            with tempfile.NamedTemporaryFile(prefix="fabrix-chat-", suffix=".zip", delete=False) as made:
                target = Path(made.name)
            try:
                await asyncio.to_thread(write_archive, facts, target, language=language, path_of=self._store.path)
            except BaseException as fault:
                with suppress(OSError):  # on Windows while it is still being written
                    target.unlink(missing_ok=True)
                if isinstance(fault, FileNotFoundError):  # the conversation has been deleted meanwhile
                    raise NotFound from fault
                raise
        size = target.stat().st_size
        log.info("A conversation was taken away", extra=fields(conversation=conversation_id, bytes=size))
        return f"{safe(conversation.title, otherwise='conversation')}.zip", target

    async def _names(self, language: str) -> dict[str, str]:
        listing = await self._agents.listing(with_hidden=True)
        return {agent.id: agent.names.get(language, (agent.label, ""))[0] for agent in listing.agents}
