"""Direct questions of programs: asked like turns and under the same limits, but nothing of their text is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict

from sqlalchemy.exc import SQLAlchemyError

from auth.logins import Logins
from chat import tokens
from chat.errors import AnswerEmpty, AnswerInterrupted, ChatError, SignedOut
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
from chat.files import Files
from chat.gateway import Gateway
from chat.meters import NoMeter
from chat.records import Caller, Record
from chat.turn_ends import new_number, usage_of
from chat.upstreams.base import Question
from logs import work
from logs.lines import fields
from storage import calls
from storage.database import Database
from storage.identifiers import new_id
from storage.models import now
from storage.users import Login

log = logging.getLogger(__name__)
Said = Delta | Thinking | Reference


class Call:
    """One question on its way: what is said comes through `said`; `close` ends it, however far it has come."""

    def __init__(self, question: Question) -> None:
        self.id = new_id()
        self.question = question
        self.record = Record()
        self.created_at = now()
        self.truncated = False
        self.references: list[Reference] = []
        self.failure: ChatError | None = None  # what it is ended for, by us
        self.work: asyncio.Task[None] | None = None
        self.settled: asyncio.Task[None] | None = None
        self._has_answer = False
        self._answer: list[str] = []
        self._thinking: list[str] = []
        # Not bounded: an upstream's answer is, and a slow reader must not hold the upstream's connection.
        self._news: asyncio.Queue[Said | ChatError | None] = asyncio.Queue()
        self._first: Said | ChatError | None = None

    async def begun(self) -> None:
        """Wait until the agent has said something, or was done. Raises what it failed with before: `ChatError`."""
        self._first = await self._news.get()
        if isinstance(self._first, ChatError):
            raise self._first

    async def said(self) -> AsyncIterator[Said]:
        """What the agent says, from the beginning; after `begun`. Raises `ChatError`."""
        event = self._first
        while event is not None:
            if isinstance(event, ChatError):
                raise event
            yield event
            event = await self._news.get()

    async def whole(self) -> None:
        """Wait for the end of the answer. Raises `ChatError`."""
        await self.begun()
        async for _ in self.said():
            pass

    @property
    def answer(self) -> str:
        return "".join(self._answer)

    @property
    def thinking(self) -> str:
        return "".join(self._thinking)

    @property
    def usage(self) -> tuple[int, int, bool]:
        """Tokens in and out of a call that has ended, and whether they are estimated."""
        record = self.record
        if record.tokens_in is not None and record.tokens_out is not None:
            return record.tokens_in, record.tokens_out, record.estimated
        return tokens.tokens_in(self.question), tokens.count(self.answer + self.thinking), True

    async def close(self) -> None:
        """Close the upstream if it still speaks, and wait until the figures are stored."""
        self.end()
        if self.settled:
            await asyncio.wait((self.settled,))

    def end(self, failure: ChatError | None = None) -> None:
        """End a call that runs; `failure` is what its caller is told."""
        if self.work and not self.work.done():
            self.failure = self.failure or failure
            self.work.cancel()

    def take(self, event: StreamEvent) -> None:
        match event:
            case Waiting() | Status() | Work() | Suggestions():
                return
            case Chart() | ResultTable():
                # There is nothing in these protocols to show it with; the words beside it are passed on.
                self._has_answer = True
                return
            case Finished(truncated):
                self.truncated = truncated
                return
            case Delta(text):
                if not text:
                    return
                self._has_answer = True
                self._answer.append(text)
            case Thinking(text):
                if not text:
                    return
                self._thinking.append(text)
            case Reference():
                self.references.append(event)
        self._news.put_nowait(event)

    def check_answer(self) -> None:
        if not (self._has_answer or self.truncated):
            raise AnswerEmpty

    def tell_end(self, failure: ChatError | None) -> None:
        self._news.put_nowait(failure)


class Direct:
    """Starts calls and writes down what they took."""

    def __init__(
        self, database: Database, *, gateway: Gateway, logins: Logins, files: Files, meter: NoMeter | None = None
    ) -> None:
        self._meter = meter or NoMeter()
        self._database = database
        self._gateway = gateway
        self._logins = logins
        self._files = files
        self._running: dict[Call, asyncio.Task[None]] = {}

    def ask(self, question: Question, login: Login, *, patience: float | None) -> Call:
        """Begin to ask. A borrowed attachment is given back in the end; `patience` is as in `Caller`."""
        call = Call(question)
        work.note_turn(call.id)
        caller = Caller(login.user.id, interactive=False, patience=patience)
        call.work = asyncio.create_task(self._answer(call, caller))
        # The loop keeps weak references only; this keeps the task alive until it is done.
        call.settled = self._running[call] = asyncio.create_task(self._live(call, call.work, login))
        call.settled.add_done_callback(lambda _: self._running.pop(call, None))
        return call

    @property
    def live(self) -> int:
        """How many calls run or wait in line."""
        return len(self._running)

    async def close(self) -> None:
        """End all running calls as interrupted."""
        for call in tuple(self._running):
            call.end(AnswerInterrupted())
        if self._running:
            await asyncio.wait(set(self._running.values()), timeout=10)

    async def _live(self, call: Call, work: asyncio.Task[None], login: Login) -> None:
        """One call from its start to its settled end, whatever happens to the work in between."""
        state, error = "done", None
        try:
            with self._logins.watch(login, lambda: call.end(SignedOut())):
                await work
            call.check_answer()
        except asyncio.CancelledError:
            error = call.failure
            state = "interrupted" if isinstance(error, AnswerInterrupted) else "stopped"
        except AnswerInterrupted as broken:
            state, error = "interrupted", broken
        except ChatError as failure:
            state, error = "failed", failure
        except Exception as fault:  # a fault of ours: the caller gets a sentence, the log the traceback
            log.error("A call failed by a fault of ours", exc_info=fault)
            state, error = "failed", ChatError()
        if call.question.attachment:
            self._files.give_back(call.question.attachment, login.user.id)
        try:
            await self._settle(call, login.user.id, state, error)
        finally:
            call.tell_end(error)

    async def _answer(self, call: Call, caller: Caller) -> None:
        async with aclosing(self._gateway.ask(call.question, caller, call.record)) as events:
            async for event in events:
                call.take(event)

    async def _settle(self, call: Call, user_id: int, state: str, error: ChatError | None) -> None:
        if error is not None:
            error.number = new_number()
            error.is_stored = False
        code, number = (error.code, error.number) if error else (None, None)
        usage = usage_of(call.record)
        self._meter.ended("call", state, call.record)
        log.info("Call %s", state, extra=fields(error=code, number=number, **asdict(usage)))
        try:
            await self._database.write_briefly(
                calls.add,
                call.id,
                user_id=user_id,
                agent_id=call.question.agent_id,
                state=state,
                error_code=code,
                error_number=number,
                created_at=call.created_at,
                usage=usage,
            )
        except SQLAlchemyError as fault:  # a full disk, say: no reason to lose an answer
            log.error("The figures of call %s could not be stored: %s", call.id, type(fault).__name__)
