"""Running turns: a turn belongs to the server; browsers only watch it."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import asdict, replace
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from chat.artifacts import Artifacts, artifact_of_file
from chat.errors import AnswerEmpty, AnswerInterrupted, ChatError
from chat.event_log import EventLog, LoggedEvent
from chat.events import (
    Chart,
    Delta,
    Finished,
    Reference,
    ResultTable,
    Status,
    StreamEvent,
    Suggestions,
    Thinking,
    Waiting,
    Work,
)
from chat.gateway import Gateway
from chat.line import Limit
from chat.meters import NoMeter
from chat.records import Caller, Leave, Record
from chat.turn_ends import last_event, stored_error, told_error, usage_of
from chat.upstreams.base import Question
from logs import work
from logs.lines import fields
from storage import conversations, turns
from storage.database import Database
from storage.files import FileStore
from storage.models import now
from storage.turns import Checkpoint, Turn, TurnUsage

CHECKPOINT_SECONDS = 0.7
LOG_KEPT_SECONDS = 60.0  # after the end, for those who reconnect

log = logging.getLogger(__name__)


class RunningTurn:
    """What one turn has said so far, and the task in which it says it."""

    def __init__(self, turn: Turn, language: str) -> None:
        self.turn = turn
        self.language = language
        self.log = EventLog()
        self.answer: list[str] = []
        self.thinking: list[str] = []
        self.links: list[dict[str, Any]] = []
        self.artifacts = 0
        self.computed: dict[str, Any] | None = None
        self.suggestions: list[str] = []
        self.truncated = False
        self.first_delta_at: datetime | None = None
        self.changed = False
        self.stopped = False
        self.state = "running"
        self.record = Record()
        self.leave = Leave()
        self.work: asyncio.Task[None] | None = None

    def take(self, event: StreamEvent) -> None:
        match event:
            case Waiting(seconds, place):
                if seconds is None:
                    self.log.append("waiting", {"seconds": None, "place": place, "reason": Limit.YOUR_TURNS})
                else:
                    self.log.append("waiting", {"seconds": math.ceil(seconds), "place": place})
            case Delta(text):
                self.first_delta_at = self.first_delta_at or now()
                self._say(self.answer, "delta", text)
            case Thinking(text):
                self._say(self.thinking, "thinking", text)
            case Status(text):
                self.log.append("status", {"text": text})
            case Reference(title, url):
                link = {"kind": "link", "title": title, "url": url}
                self.links.append(link)
                self.log.append("artifact", link)
            case Work():
                self.computed = asdict(event)
                self.log.append("work", self.computed)
            case Suggestions(questions):
                self.suggestions = list(questions)
                self.log.append("suggestions", {"questions": self.suggestions})
            case Finished(truncated):
                self.truncated = truncated

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.turn.message_id, "".join(self.answer), "".join(self.thinking))

    def _say(self, parts: list[str], kind: str, text: str) -> None:
        if text:
            parts.append(text)
            self.changed = True
            self.log.append(kind, {"text": text})


class Turns:
    """Starts, watches, stops and recovers turns."""

    def __init__(
        self,
        database: Database,
        *,
        store: FileStore,
        gateway: Gateway,
        meter: NoMeter | None = None,
        answered: Callable[[Turn], None] = lambda turn: None,
    ) -> None:
        """`answered` is told of each turn that has ended with an answer, when that is stored."""
        self._meter = meter or NoMeter()
        self._answered = answered
        self._database = database
        self._artifacts = Artifacts(database, store=store)
        self._gateway = gateway
        self._running: dict[str, RunningTurn] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Mark what a killed server left running as interrupted, and begin to checkpoint."""
        count = await self._database.write(turns.interrupt_live)
        if count:
            log.warning("%d turns were running when the server ended; their texts are kept.", count)
        self._spawn(self._checkpoint_forever())

    async def close(self) -> None:
        """End all running turns as interrupted, with their texts saved."""
        for running in self._running.values():
            if running.work:
                running.work.cancel()
        living = {task for task in self._tasks if task.get_name().startswith("turn-")}
        if living:
            await asyncio.wait(living, timeout=10)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, turn: Turn, question: Question, caller: Caller) -> None:
        """Begin to answer a turn that has been stored."""
        running = RunningTurn(turn, question.language)
        self._running[turn.id] = running
        caller = replace(caller, leave=running.leave)
        self._spawn(self._live(running, question, caller), name=f"turn-{turn.id}")

    def most_tokens(self, agent_id: str) -> float:
        """The tokens that one question to this agent may take."""
        return self._gateway.most_tokens(agent_id)

    def live(self) -> dict[str, int]:
        """How many turns run, and how many wait in line."""
        states = [each.state for each in self._running.values() if not (each.work and each.work.done())]
        return {state: states.count(state) for state in turns.LIVE}

    def stop(self, turn_id: str) -> None:
        """End a running turn and close its upstream connection; one that has ended stays as it is."""
        running = self._running.get(turn_id)
        if running and running.work and not running.work.done():
            running.stopped = True
            running.work.cancel()

    def wait_longer(self, turn_id: str, seconds: float) -> None:
        """Let a turn that waits in line wait so much longer; without effect once it is its turn."""
        if running := self._running.get(turn_id):
            running.leave.seconds += seconds

    def askers(self) -> set[int]:
        """The users whose turns are running."""
        going = (running for running in self._running.values() if running.work is None or not running.work.done())
        return {running.turn.user_id for running in going}

    def stop_all_of(self, user_id: int) -> None:
        """Stop the running turns of a user."""
        for turn_id in [key for key, running in self._running.items() if running.turn.user_id == user_id]:
            self.stop(turn_id)

    async def settled(self, turn_id: str) -> None:
        """Wait until a turn has ended and is stored."""
        running = self._running.get(turn_id)
        if running:
            async for _ in running.log.watch(running.log.last):
                pass

    async def watch(self, turn: Turn, *, after: int | None) -> AsyncIterator[list[LoggedEvent]]:
        """Batches of the turn's events after number `after` (None: a first watch), to its last one."""
        running = self._running.get(turn.id)
        if running is not None:
            async for batch in running.log.watch(after or 0):
                yield batch
        else:
            yield await self._ended(turn, after)

    async def _ended(self, turn: Turn, after: int | None) -> list[LoggedEvent]:
        """The events of a turn whose log is gone, from storage."""
        fresh = await self._database.read(turns.owned, turn.id, turn.user_id) or turn
        told: list[tuple[str, dict[str, Any]]] = []
        message = await self._database.read(conversations.message, turn.message_id)
        if message:
            thinking = [("thinking", {"text": message.thinking})] if message.thinking else []
            if after is None:
                told += thinking + ([("delta", {"text": message.content})] if message.content else [])
            else:
                # Whoever has seen a part gets the whole in its place.
                told += [("text", {"text": message.content}), *thinking]
            told += [("artifact", artifact_of_file(item)) for item in message.artifacts]
            told += [("artifact", link) for link in message.links]
            told += [("work", message.work)] if message.work else []
            told += [("suggestions", {"questions": message.suggestions})] if message.suggestions else []
        # A turn that nobody runs has ended, whatever its row says.
        state = "interrupted" if fresh.state in turns.LIVE else fresh.state
        told.append(last_event(state, turn.message_id, stored_error(fresh)))
        # Numbers stay below the stored last one, so that a reconnect after it still finds "nothing more".
        first = max(fresh.last_event, len(told)) - len(told) + 1
        return [LoggedEvent(first + index, kind, data) for index, (kind, data) in enumerate(told)]

    async def _live(self, running: RunningTurn, question: Question, caller: Caller) -> None:
        """One turn from its start to its settled end, whatever happens to the work in between."""
        work.note_turn(running.turn.id)
        running.work = asyncio.create_task(self._answer(running, question, caller))
        error: ChatError | None = None
        try:
            await running.work
            state = "done"
            if not (running.answer or running.artifacts or running.truncated):
                raise AnswerEmpty
        except asyncio.CancelledError:
            state = "stopped" if running.stopped else "interrupted"
        except AnswerInterrupted as broken:
            state, error = ("interrupted", None) if running.answer else ("failed", broken)
        except ChatError as failure:
            state, error = "failed", failure
        except Exception as fault:  # anything else is a fault of ours: the user gets a sentence, the log the traceback
            log.error("A turn failed by a fault of ours", exc_info=fault)
            state, error = "failed", ChatError()
        await self._settle(running, state, error)

    async def _answer(self, running: RunningTurn, question: Question, caller: Caller) -> None:
        async with aclosing(self._gateway.ask(question, caller, running.record)) as events:
            async for event in events:
                await self._take(running, event)

    async def _take(self, running: RunningTurn, event: StreamEvent) -> None:
        if isinstance(event, Waiting):
            await self._show_state(running, "waiting" if event.place else "running")
        if isinstance(event, Chart | ResultTable):
            artifact = await self._artifacts.keep(running.turn, event)
            running.artifacts += 1
            running.log.append("artifact", artifact)
        else:
            running.take(event)

    async def _show_state(self, running: RunningTurn, state: str) -> None:
        """Whoever opens the conversation meanwhile sees whether its turn waits in line."""
        if running.state != state:
            running.state = state
            with suppress(SQLAlchemyError):  # a full disk, say: no reason to lose an answer
                await self._database.write(turns.set_state, running.turn.id, state)

    async def _settle(self, running: RunningTurn, state: str, error: ChatError | None) -> None:
        told = None
        if error is not None:
            told = told_error(error, running.language)
        usage = usage_of(running.record)
        code, number = (told["code"], told["number"]) if told else (None, None)
        self._meter.ended("turn", state, running.record)
        log.info("Turn %s", state, extra=fields(error=code, number=number, **asdict(usage)))
        await self._store_end(running, state, told, usage)
        # Watchers are told after the storage: whoever reloads at once reads the settled text.
        running.changed = False
        running.log.append(*last_event(state, running.turn.message_id, told))
        running.log.close()
        if state == "done" and running.answer:
            self._answered(running.turn)
        asyncio.get_running_loop().call_later(LOG_KEPT_SECONDS, self._running.pop, running.turn.id, None)

    async def _store_end(self, running: RunningTurn, state: str, told: dict[str, Any] | None, usage: TurnUsage) -> None:
        """Store how a turn ended, as often as it takes: until then its text is in memory alone."""
        for wait in chain((0.5, 1.0, 2.0, 4.0), repeat(8.0)):
            try:
                await self._database.write(
                    turns.settle,
                    running.turn,
                    state=state,
                    text=running.checkpoint(),
                    links=running.links,
                    work=running.computed,
                    suggestions=running.suggestions,
                    truncated=running.truncated,
                    last_event=running.log.last + 1,
                    first_delta_at=running.first_delta_at,
                    error=told,
                    usage=usage,
                )
                return
            except SQLAlchemyError as fault:  # a full disk, say
                log.error("The end of turn %s could not be stored: %s", running.turn.id, type(fault).__name__)
                await asyncio.sleep(wait)

    async def _checkpoint_forever(self) -> None:
        """About once a second, one transaction with the texts of all turns that have said something new."""
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            talking = [running for running in self._running.values() if running.changed]
            for running in talking:
                running.changed = False
            if not talking:
                continue
            try:
                await self._database.write(turns.checkpoint, [running.checkpoint() for running in talking])
            except Exception as fault:  # whatever it is: the texts are still in memory, and the next round tries again
                log.error("The texts of %d running turns could not be saved: %s", len(talking), type(fault).__name__)
                for running in talking:
                    running.changed = True

    def _spawn(self, work: Coroutine[Any, Any, None], name: str | None = None) -> None:
        # The loop keeps weak references only; this set keeps the task alive until it is done.
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
