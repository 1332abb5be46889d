"""The one way to the agents: in line for a place within the limits, with tries again, past no upstream that is down."""

from __future__ import annotations

import math
import random
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from uuid import uuid4

from chat.agents import AgentDirectory
from chat.asking import Asking, Door
from chat.breaker import Breaker
from chat.errors import LimitReached, UpstreamError
from chat.events import StreamEvent
from chat.meters import NoMeter
from chat.no_limits import NoLimits
from chat.pace import Pace
from chat.records import Caller, Record
from chat.upstreams.base import Question, Upstream


@dataclass(frozen=True, slots=True)
class UpstreamStatus:
    """How an upstream does. First-delta times in seconds; None = too few answers to say."""

    name: str
    state: str  # a chat.breaker.State
    retry_in: float  # seconds until an open one is tried again
    is_slow: bool
    first_delta_recent: float | None
    first_delta_usual: float | None
    minute: Mapping[str, int] | None  # the six figures; None = no limits


class Gateway:
    """Asks the agents for everybody, and knows how the upstreams do."""

    def __init__(
        self,
        agents: AgentDirectory,
        *,
        limiters: Mapping[str, NoLimits],
        wait_seconds: float = 10.0,
        file_wait_seconds: float = 15.0,
        meter: NoMeter | None = None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`limiters` by upstream name; what isn't in it has no limits. `jitter` gives numbers from 0 to 1."""
        self._agents = agents
        self._limiters = limiters
        self._wait_seconds = wait_seconds
        self._file_wait_seconds = file_wait_seconds
        self._meter = meter or NoMeter()
        self._clock = clock
        self._jitter = jitter
        self._doors = {name: self._new_door(name) for name in limiters}

    def change_waits(self, *, wait_seconds: float, file_wait_seconds: float) -> None:
        """How long turns that state nothing wait in line from now on; who waits already keeps what they were given."""
        self._wait_seconds = wait_seconds
        self._file_wait_seconds = file_wait_seconds

    async def ask(self, question: Question, caller: Caller, record: Record) -> AsyncGenerator[StreamEvent, None]:
        """Answer `question`; `Waiting` events come first where it has to wait. Closing it leaves the line at once.

        Raises:
            UnknownAgent, LimitReached, UpstreamError
        """
        started = self._clock()
        try:
            with record.phase("agents", self._clock):
                upstream = await self._agents.upstream_of(question.agent_id, or_hidden=caller.asks_hidden)
            asked = replace(question, idempotency_key=question.idempotency_key or uuid4().hex)
            patient = self._patient(caller, question)
            async with aclosing(self._asked(upstream, asked, patient, record, started)) as events:
                async for event in events:
                    yield event
        finally:
            record.total = self._clock() - started

    async def _asked(
        self, upstream: Upstream, question: Question, caller: Caller, record: Record, started: float
    ) -> AsyncGenerator[StreamEvent, None]:
        """The turn before its upstream, whose name its errors then tell."""
        try:
            asking = Asking(
                upstream,
                self._door(upstream.name),
                await upstream.prepared(question),
                caller,
                record,
                started=started,
                meter=self._meter,
                clock=self._clock,
                jitter=self._jitter,
            )
            async with aclosing(asking.events()) as events:
                async for event in events:
                    yield event
        except (UpstreamError, LimitReached) as error:
            error.upstream = upstream.title
            raise

    def status(self) -> list[UpstreamStatus]:
        """How the upstreams do that have limits, or have been asked."""
        return [
            UpstreamStatus(
                name=name,
                state=door.breaker.state,
                retry_in=door.breaker.retry_in,
                is_slow=door.pace.is_slow,
                first_delta_recent=door.pace.recent,
                first_delta_usual=door.pace.usual,
                minute=door.limiter.figures(),
            )
            for name, door in self._doors.items()
        ]

    def most_tokens(self, agent_id: str) -> float:
        """The tokens that one question to this agent may take; what is larger would never be let go."""
        limiter = self._limiters.get(self._agents.name_of_upstream(agent_id) or "")
        return limiter.most_tokens if limiter else math.inf

    def figures(self) -> Mapping[str, int] | None:
        """The six figures of the first upstream that has both limits; None without any."""
        found = (limiter.figures() for limiter in self._limiters.values())
        return next((figures for figures in found if figures is not None), None)

    def _patient(self, caller: Caller, question: Question) -> Caller:
        """The caller with the patience that the settings give those who state none."""
        if caller.patience is not None:
            return caller
        return replace(caller, patience=self._file_wait_seconds if question.attachment else self._wait_seconds)

    def _door(self, name: str) -> Door:
        if name not in self._doors:
            self._doors[name] = self._new_door(name)
        return self._doors[name]

    def _new_door(self, name: str) -> Door:
        limiter = self._limiters.get(name) or NoLimits()
        return Door(limiter, Breaker(clock=self._clock), Pace(clock=self._clock))
