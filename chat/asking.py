"""One turn's way to its upstream: its place in line, its tries, and what it leaves in the accounts."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from chat import tokens
from chat.breaker import Breaker, Passage
from chat.errors import (
    AnswerInterrupted,
    ExtrasRejected,
    LimitReached,
    UpstreamBusy,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnreachable,
)
from chat.events import Delta, Finished, Status, StreamEvent, Thinking, Usage, Waiting
from chat.line import Limit
from chat.meters import NoMeter
from chat.no_limits import NoLease, NoLimits
from chat.pace import Pace
from chat.records import Caller, Record
from chat.upstreams.base import Question, Upstream

TRIES = 3
FIRST_BACKOFF = 0.5  # seconds; doubled each time, and half of it is chance
LONGEST_PAUSE = 3600.0  # whatever a Retry-After says: an absurd one must not shut the team out until a restart
COUNTED_AT_ONCE = 400  # characters
TICK = 1.0  # seconds between two looks at one's place in line
FIRST_TICK = 0.05  # so short a wait isn't worth showing, and one forecast serves all who came meanwhile
# The failure table of FabriX's protocol; a 429 has a way of its own.
WORTH_A_RETRY = (UpstreamUnreachable, UpstreamTimeout, UpstreamUnavailable, UpstreamBusy, ExtrasRejected)


@dataclass(frozen=True, slots=True)
class Door:
    """What stands before an upstream: its limits, its breaker, and the watch on its pace."""

    limiter: NoLimits
    breaker: Breaker
    pace: Pace


class Asking:
    """Good for one question. `caller.patience` is set."""

    def __init__(
        self,
        upstream: Upstream,
        door: Door,
        question: Question,
        caller: Caller,
        record: Record,
        *,
        started: float,
        meter: NoMeter,
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._upstream = upstream
        self._door = door
        self._question = question
        self._caller = caller
        self._record = record
        self._started = started
        self._meter = meter
        self._clock = clock
        self._jitter = jitter
        self._lease = NoLease()
        self._sent_at = started
        self._heard = False  # the upstream has said anything, progress included
        self._said = False  # … something that can't be taken back
        self._spent_in = 0
        self._spent_out = 0.0
        self._uncounted: list[str] = []
        self._uncounted_length = 0
        self._reported = Usage()

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """From the line to the end of the answer. What `Gateway.ask` promises."""
        self._door.breaker.check()
        estimate = tokens.estimate(self._question) if self._door.limiter.counts else 0
        async with aclosing(self._in_line(estimate)) as waiting:
            async for event in waiting:
                yield event
        try:
            passage = self._enter()
            async with aclosing(self._watched(passage)) as events:
                async for event in events:
                    yield event
        finally:
            self._lease.settle(self._used())
            self._write_record()

    def _enter(self) -> Passage:
        # The line may have been long: the breaker has the last word before anything is sent.
        try:
            return self._door.breaker.enter()
        except UpstreamError:
            self._lease.unsend()
            raise

    async def _watched(self, passage: Passage) -> AsyncGenerator[StreamEvent, None]:
        """The tries, with what their end says about the upstream told to the breaker."""
        breaker = self._door.breaker
        try:
            async with aclosing(self._tries(passage)) as events:
                async for event in events:
                    if self._said:
                        breaker.answered(passage)
                    yield event
            breaker.answered(passage)
        except UpstreamError as error:
            if error.is_outage:
                breaker.lost(passage)
            elif not isinstance(error, AnswerInterrupted):
                breaker.answered(passage)
            raise
        except LimitReached:
            # The upstream's own 429 is an answer, too.
            breaker.answered(passage)
            raise
        finally:
            breaker.left(passage)

    async def _tries(self, passage: Passage) -> AsyncGenerator[StreamEvent, None]:
        for number in range(1, TRIES + 1):
            self._record.tries = number
            try:
                async with aclosing(self._one_try()) as events:
                    async for event in events:
                        yield event
                return
            except UpstreamError as error:
                if isinstance(error, UpstreamBusy):
                    self._pause(error, number, is_last=number == TRIES)
                # A probe asks once: others wait for what it finds out.
                elif number == TRIES or passage.is_probe or not self._is_worth_a_retry(error):
                    raise
                if isinstance(error, ExtrasRejected):
                    self._question = replace(self._question, plain=True)
                failed = error
            async with aclosing(self._before_the_next(failed, number)) as waiting:
                async for event in waiting:
                    yield event

    async def _one_try(self) -> AsyncGenerator[StreamEvent, None]:
        self._sent_at = self._clock()
        self._spent_in += (asked := tokens.tokens_in(self._question) if self._door.limiter.counts else 0)
        try:
            async with aclosing(self._upstream.ask(self._question)) as events:  # type: ignore[type-var]
                async for event in events:
                    self._hear(event)
                    yield event
        except UpstreamError as error:
            self._meter.upstream_failed(self._upstream.name, error.code)
            if error.is_refusal and not self._heard:
                self._spent_in -= asked
            raise

    def _hear(self, event: StreamEvent) -> None:
        self._heard = True
        if isinstance(event, Status) or (isinstance(event, Delta | Thinking) and not event.text):
            return
        self._said = True
        if isinstance(event, Delta) and self._record.first_delta is None:
            now = self._clock()
            self._record.first_delta = now - self._started
            self._record.phases["first_delta"] = now - self._sent_at
            self._door.pace.note(now - self._sent_at)
        if isinstance(event, Delta | Thinking):
            self._count(event.text)
        elif isinstance(event, Finished):
            self._reported = event.usage

    def _count(self, text: str) -> None:
        """Count what was said, in handfuls: weighing and booking each piece would cost more than passing it on."""
        if not self._door.limiter.counts:
            return
        self._uncounted.append(text)
        self._uncounted_length += len(text)
        if self._uncounted_length >= COUNTED_AT_ONCE:
            self._lease.grow_to(self._used())

    def _is_worth_a_retry(self, error: UpstreamError) -> bool:
        if self._said or not isinstance(error, WORTH_A_RETRY):
            return False
        # Only a time-out before the first byte: an agent that has begun would do its work twice.
        return not (isinstance(error, UpstreamTimeout) and self._heard)

    def _pause(self, error: UpstreamBusy, number: int, *, is_last: bool) -> None:
        """Nobody sends while the upstream asks for a rest. Raises `LimitReached` where it exceeds the patience."""
        rest = self._backoff(number) if error.retry_after is None else error.retry_after
        rest = min(rest, LONGEST_PAUSE)
        self._door.limiter.pause(rest)
        if is_last or self._said or rest > self._time_left():
            figures = self._door.limiter.figures() or {}
            raise LimitReached(Limit.UPSTREAM, retry_after=float(max(1, math.ceil(rest))), current_usage=figures)

    async def _before_the_next(self, failed: UpstreamError, number: int) -> AsyncGenerator[StreamEvent, None]:
        """Back off, then take the next try's own place in the request window."""
        # What is asked in another way need not rest.
        rest = 0.0 if isinstance(failed, ExtrasRejected) else None
        if isinstance(failed, UpstreamBusy):
            rest = failed.retry_after
        if rest is None or not self._door.limiter.counts:
            with self._record.phase("backoff", self._clock):
                await asyncio.sleep(self._backoff(number) if rest is None else rest)
        try:
            async with aclosing(self._in_line(0, is_retry=True)) as waiting:
                async for event in waiting:
                    yield event
        except LimitReached:
            if isinstance(failed, UpstreamBusy | ExtrasRejected):
                raise
            # What went wrong is the failure; that there was no place to try again is not what the user must know.
            raise failed from None

    async def _in_line(self, estimate: int, *, is_retry: bool = False) -> AsyncGenerator[StreamEvent, None]:
        """Wait for a place; `self._lease` is what the turn then holds."""
        joined = self._clock()
        place = self._door.limiter.join(
            user_id=self._caller.user_id,
            tokens=estimate,
            interactive=self._caller.interactive,
            patience=self._time_left(),
            is_retry=is_retry,
        )
        is_taken = False
        try:
            is_shown = False
            given = self._caller.leave.seconds
            while not await place.wait(TICK if is_shown else FIRST_TICK):
                is_shown = True
                if more := self._caller.leave.seconds - given:
                    place.extend(more)
                    given += more
                yield Waiting(place.seconds, place.number)
            await place.lease.written()
            if is_shown:
                yield Waiting(0.0, 0)
            is_taken = True
        finally:
            self._record.waited += self._clock() - joined
            self._record.phases["line"] = self._record.waited
            place.leave()
            if place.is_granted and not is_taken:
                place.lease.unsend()
                if not is_retry:
                    place.lease.settle(0)
        if not is_retry:
            self._lease = place.lease

    def _time_left(self) -> float:
        patience = (self._caller.patience or 0.0) + self._caller.leave.seconds
        return max(0.0, patience - self._record.waited)

    def _backoff(self, number: int) -> float:
        return float(FIRST_BACKOFF * 2 ** (number - 1) * (0.5 + self._jitter() / 2))

    def _used(self) -> int:
        """The tokens of this turn so far: as reported, else estimated from what was sent and said."""
        reported = self._reported
        if reported.tokens_in is not None and reported.tokens_out is not None:
            return reported.tokens_in + reported.tokens_out
        self._spent_out += tokens.weight("".join(self._uncounted))
        self._uncounted, self._uncounted_length = [], 0
        return self._spent_in + math.ceil(self._spent_out)

    def _write_record(self) -> None:
        record, reported = self._record, self._reported
        record.tokens_in, record.tokens_out = reported.tokens_in, reported.tokens_out
        if record.first_delta is not None:
            record.phases["answer"] = self._clock() - self._started - record.first_delta
        if (record.tokens_in is None or record.tokens_out is None) and self._spent_in:
            record.estimated = True
            record.tokens_in = self._spent_in if record.tokens_in is None else record.tokens_in
            record.tokens_out = math.ceil(self._spent_out) if record.tokens_out is None else record.tokens_out
