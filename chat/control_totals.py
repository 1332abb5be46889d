"""Control totals beside answers about a table: computed in the background, after the answer is stored."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from chat.analyst.pool import Analyst, file_as_json
from chat.cards import attachment_of
from chat.errors import AnalysisFailed
from chat.upstreams.local import GUIDE_ID
from logs import work
from storage import cards, conversations, messages
from storage.cards import StoredCard
from storage.conversations import StoredFile
from storage.database import Database
from storage.files import FileStore
from storage.turns import Turn

MOST_WAITING = 100  # answers; a flood of them goes without

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, the questions up to it and the file that they are about."""

    file: StoredFile
    known: StoredCard | None
    questions: tuple[str, ...]
    answer: str


class ControlTotals:
    """Computes rows, sums and distinct values of a conversation's newest file, whoever has answered about it.

    Closes the analyst that it was given: one of its own, so that no question waits for totals.
    """

    def __init__(self, database: Database, *, store: FileStore, analyst: Analyst) -> None:
        self._database = database
        self._store = store
        self._analyst = analyst
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, turn: Turn) -> None:
        """Compute the totals for a turn that has ended with an answer; returns at once."""
        if turn.agent_id == GUIDE_ID:  # it has not seen the file
            return
        if self.pending >= MOST_WAITING:
            log.warning("Too many answers wait for their control totals; turn %s goes without", turn.id)
            return
        task = asyncio.create_task(self._compute(turn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def pending(self) -> int:
        """How many answers wait for their totals."""
        return len(self._tasks)

    async def close(self) -> None:
        """Give up what is being computed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._analyst.aclose()

    async def _compute(self, turn: Turn) -> None:
        work.note_turn(turn.id)
        try:
            answered = await self._database.read(_answered, turn)
            if answered is None:
                return
            file = answered.file
            table = attachment_of(self._store, file, answered.known)
            request: dict[str, Any] = {
                "files": [file_as_json(table.path, table.name, choice=table.choice, table=table.table)],
                "questions": answered.questions,
                "answer": answered.answer,
            }
            result = await self._analyst.run("totals", request, file.name)
            await self._database.write(messages.keep_totals, turn.message_id, result["totals"])
        except AnalysisFailed:  # a document, say: no table, no totals
            log.info("No control totals for turn %s", turn.id)
        except Exception as fault:  # whatever it is, nobody waits for it; its message may quote the file
            log.error("The control totals of turn %s failed: %s", turn.id, type(fault).__name__)


def _answered(connection: Connection, turn: Turn) -> _Answered | None:
    """What the totals are computed for; None without a file."""
    file = conversations.last_attachment(connection, turn.conversation_id, turn.user_message_id)
    if file is None:
        return None
    path = conversations.path(connection, turn.conversation_id, turn.message_id)
    questions = tuple(message.content for message in path if message.role == "user")
    return _Answered(file, cards.of_file(connection, file.id), questions, path[-1].content if path else "")
