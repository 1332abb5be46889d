"""Requests and tokens per minute of one upstream, and whose turn is next: the waiting on top of the line's rules."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chat.errors import LimitReached
from chat.lanes import Waiter
from chat.line import Limit, Line, Spend
from chat.no_limits import NoLimits
from chat.people import DAY, MINUTE, People, on_the_clock
from chat.places import TOO_SHORT, Lease, Place
from storage.spends import Spent

# The way out takes one request longer than the next, so by the upstream's clock two that are 60 s apart here may be
# closer.
MARGIN = 0.25
_FORECAST_SECONDS = 0.25


class Journal(Protocol):
    """Where spends go to survive a restart."""

    def note(self, spent: Spent) -> None:
        """Remember this one; the same id again replaces it."""

    def note_grant(self, spent: Spent) -> None:
        """Remember this one, whose id is new, at once."""

    async def written(self) -> None:
        """Wait until even a killed process would not forget the grants, but not for long."""


@dataclass(frozen=True, slots=True)
class TeamLimits:
    """What an upstream allows the whole team: requests and tokens per minute, and turns of one user at once.

    Infinite stands for no limit.
    """

    rpm: float
    tpm: float
    concurrent: int


class Limiter(NoLimits):
    """For one event loop. What it holds for sure: in any 60 s no more requests and tokens than allowed are granted."""

    counts = True

    def __init__(
        self,
        upstream: str,
        limits: TeamLimits,
        *,
        people: People,
        journal: Journal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstream = upstream
        self._limits = limits
        self._journal = journal
        self.clock = clock
        self._line = Line(
            rpm=limits.rpm,
            tpm=limits.tpm,
            concurrent=limits.concurrent,
            people=people,
            seconds=MINUTE + MARGIN,
        )
        self._places: dict[Waiter, Place] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._forecast: dict[Waiter, tuple[int, float | None]] = {}
        self._forecast_until = -math.inf

    @property
    def most_tokens(self) -> float:  # type: ignore[override]
        return self._limits.tpm

    def restore(self, spends: Iterable[Spent]) -> None:
        """Count what this upstream was sent before a restart, oldest first; call before anything else."""
        for spent, at in on_the_clock(spends, self.clock):
            if spent.upstream == self._upstream:
                self._line.restore(requests=spent.requests, tokens=spent.tokens, at=at)

    def change(self, limits: TeamLimits) -> None:
        """Keep other limits from now on: what was sent counts against them, and who fits now goes at once."""
        self._limits = limits
        self._line.change(rpm=limits.rpm, tpm=limits.tpm, concurrent=limits.concurrent)
        self._forecast_until = -math.inf
        now = self.clock()
        for waiter, place in list(self._places.items()):
            if not waiter.is_retry and (limit := self._line.too_large(waiter)):
                self._forget(waiter)
                place.refuse(self._refusal(limit, waiter, now))
        self._serve()

    def join(self, *, user_id: int, tokens: int, interactive: bool, patience: float, is_retry: bool = False) -> Place:
        """Take a place in line; `patience` is how many seconds it may take until it is one's turn.

        Raises:
            LimitReached: the question is larger than the limit, or the wait is sure to be longer than `patience`.
        """
        now = self.clock()
        waiter = Waiter(user_id, tokens, interactive, now + patience, is_retry)
        if not is_retry and (limit := self._line.too_large(waiter)):
            raise self._refusal(limit, waiter, now)
        self._line.lanes.join(waiter)
        place = self._places[waiter] = Place(self, waiter)
        self._serve()
        if not place.is_granted and (limit := self._hopeless(waiter, now)):
            self._forget(waiter)
            raise self._refusal(limit, waiter, now)
        return place

    def pause(self, seconds: float) -> None:
        """Send nothing for so long; who can't wait that long is told at once."""
        now = self.clock()
        self._line.paused_until = max(self._line.paused_until, now + seconds)
        self._forecast_until = -math.inf
        for waiter, place in list(self._places.items()):
            if waiter.deadline < self._line.paused_until:
                self._forget(waiter)
                place.refuse(self._refusal(Limit.UPSTREAM, waiter, now))
        self._serve()

    def figures(self) -> Mapping[str, int] | None:
        """What the whole team has spent in the last minute and has left, with the limits.

        None unless both are limited: there would be nothing left to tell.
        """
        if math.isinf(max(self._limits.rpm, self._limits.tpm)):
            return None
        now = self.clock()
        requests, tokens = self._line.requests.total(now), self._line.tokens.total(now)
        return figures_of(self._limits, requests=requests, tokens=tokens)

    def forecast(self, waiter: Waiter) -> tuple[int, float | None]:
        """The place in line of somebody who waits (1 is next), and the seconds until their turn.

        None where one of their own turns must end first.
        """
        now = self.clock()
        if now >= self._forecast_until or waiter not in self._forecast:
            # One pass serves all who wait: 200 of them ask once a second each.
            self._forecast = {each: (place, due) for each, place, due in self._line.forecast(now)}
            self._forecast_until = now + _FORECAST_SECONDS + len(self._forecast) / 10_000
        place, due = self._forecast.get(waiter, (0, now))
        if due is None:
            return place, None
        # Never, for somebody whose own limit was lowered below what they wait for, is a day, too.
        return place, min(max(0.0, due - now), DAY)

    def give_up(self, waiter: Waiter) -> LimitReached | None:
        """The refusal for somebody whose patience is at its end; None if it is their turn at the last moment."""
        now = self.clock()
        if now < waiter.deadline - TOO_SHORT:
            return None
        self._serve()
        if waiter not in self._places:
            return None
        refusal = self._refusal(self._line.holding(waiter, now), waiter, now)
        self._forget(waiter)
        self._serve()
        return refusal

    def extend(self, waiter: Waiter, seconds: float) -> None:
        """Let somebody who waits have so much more patience."""
        waiter.deadline += seconds
        self._serve()

    def leave(self, waiter: Waiter) -> None:
        if waiter in self._places:
            self._forget(waiter)
            self._serve()

    def grow(self, spend: Spend, tokens: int) -> None:
        self._line.grow(spend, tokens, self.clock())

    def settle(self, spend: Spend, user_id: int, tokens: int) -> None:
        """End a turn that used `tokens` of what it holds, and let the next ones go."""
        self._line.shrink(spend, tokens, self.clock())
        self._line.end(user_id)
        self._serve()

    def unsend(self, spend: Spend) -> None:
        self._line.unsend(spend, self.clock())
        self._serve()

    def note(self, spent_id: str, user_id: int, *, at: datetime, requests: int, tokens: int) -> None:
        self._journal.note(Spent(spent_id, self._upstream, user_id, at, requests, tokens))

    def note_grant(self, spent_id: str, user_id: int, *, at: datetime, tokens: int) -> None:
        self._journal.note_grant(Spent(spent_id, self._upstream, user_id, at, 1, tokens))

    async def written(self) -> None:
        await self._journal.written()

    def _serve(self) -> None:
        """Let all go whose turn it is, and set the timer for the next look."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        now = self.clock()
        waiter, wake = self._line.next(now)
        while waiter is not None:
            spend = self._line.grant(waiter, now)
            self._places.pop(waiter).grant(Lease(self, waiter, spend))
            waiter, wake = self._line.next(now)
        if self._places and wake < math.inf:
            self._timer = asyncio.get_running_loop().call_later(max(TOO_SHORT / 2, wake - now), self._serve)

    def _forget(self, waiter: Waiter) -> None:
        del self._places[waiter]
        self._line.lanes.leave(waiter)

    def _hopeless(self, waiter: Waiter, now: float) -> Limit | None:
        """The limit that nobody's settling can lift before this one's patience ends."""
        if self._line.paused_until > waiter.deadline:
            return Limit.UPSTREAM
        day = self._line.person(waiter.user_id).tokens
        if not waiter.is_retry and day.first_fit(waiter.tokens, now) > waiter.deadline:
            return Limit.YOUR_TOKENS
        return None

    def _refusal(self, limit: Limit, waiter: Waiter, now: float) -> LimitReached:
        return LimitReached(
            limit,
            retry_after=self._retry_after(limit, waiter, now),
            current_usage=self.figures() or {},
            tokens=waiter.tokens,
            rpm=self._limits.rpm,
            tpm=self._limits.tpm,
            turns=self._limits.concurrent,
            own_rpm=_shown(self._line.person(waiter.user_id).requests.limit),
            own_tokens=_shown(self._line.person(waiter.user_id).tokens.limit),
        )

    def _retry_after(self, limit: Limit, waiter: Waiter, now: float) -> float | None:
        """The seconds after which asking again makes sense, at least 1; None where it never does."""
        if limit in (Limit.TEAM_SIZE, Limit.YOUR_SIZE):
            return None
        person = self._line.person(waiter.user_id)
        due = max(self._line.paused_until, person.requests.first_fit(1, now))
        if not waiter.is_retry:
            due = max(due, person.tokens.first_fit(waiter.tokens, now), self._line.tokens.first_fit(waiter.tokens, now))
        due = max(due, self._line.requests.first_fit(1, now))
        return float(max(1, math.ceil(due - now))) if due < math.inf else None


def figures_of(limits: TeamLimits, *, requests: int = 0, tokens: int = 0) -> Mapping[str, int]:
    """The six figures as the API names them; both limits are finite."""
    rpm, tpm = int(limits.rpm), int(limits.tpm)
    return {
        "current_rpm": requests,
        "current_tpm": tokens,
        "remaining_rpm": max(0, rpm - requests),
        "remaining_tpm": max(0, tpm - tokens),
        "rpm_limit": rpm,
        "tpm_limit": tpm,
    }


def _shown(limit: float) -> int:
    return 0 if limit == math.inf else int(limit)
