"""The rules of one upstream's line: what may be sent now, to whom, and when to look again. No waiting, no clock."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chat.lanes import Lanes, Waiter
from chat.people import People, Person
from chat.windows import Entry, Window


class Limit(StrEnum):
    """Whose limit holds a turn back: the upstream's own word, the team's share of it, or the user's."""

    UPSTREAM = "upstream"
    TEAM_REQUESTS = "team_requests"
    TEAM_TOKENS = "team_tokens"
    YOUR_REQUESTS = "your_requests"
    YOUR_TOKENS = "your_tokens"
    YOUR_TURNS = "your_turns"
    TEAM_SIZE = "team_size"  # this one question is larger than a whole minute
    YOUR_SIZE = "your_size"  # … than a whole day of this user


@dataclass(eq=False, slots=True)
class Spend:
    """What one grant took, in the windows that it counts in."""

    person: Person
    requests: tuple[Entry, Entry] | None
    tokens: list[tuple[Entry, Entry]]  # the estimate, and what was found to come on top


class Line:
    """All times are seconds on one clock that the caller reads; they never go back."""

    def __init__(self, *, rpm: float, tpm: float, concurrent: float, people: People, seconds: float) -> None:
        self.requests = Window(rpm, seconds)
        self.tokens = Window(tpm, seconds)
        self.lanes = Lanes()
        self.paused_until = -math.inf
        self._concurrent = concurrent
        self._people = people
        self._running: Counter[int] = Counter()

    def change(self, *, rpm: float, tpm: float, concurrent: float) -> None:
        """Other limits from now on; what was spent before counts against them."""
        self.requests.limit, self.tokens.limit = rpm, tpm
        self._concurrent = concurrent

    def person(self, user_id: int) -> Person:
        return self._people.of(user_id)

    def next(self, now: float) -> tuple[Waiter | None, float]:
        """Who may go now, or None and the time at which to look again if nobody comes or goes until then.

        Whoever's turn it is holds up all others, so that a large question isn't overtaken for ever. Two kinds are
        passed over: those whom only their own limits hold back, and those whose patience ends before they could go.
        """
        if now < self.paused_until:
            return None, self.paused_until
        if not self.requests.fits(1, now):
            return None, self.requests.first_fit(1, now)
        wake = math.inf
        for waiter in self.lanes.heads():
            own = self._own_first_fit(waiter, now)
            if own > now:
                wake = min(wake, own)
                continue
            due = now if waiter.is_retry else self.tokens.first_fit(waiter.tokens, now)
            if due <= now:
                return waiter, now
            if due <= waiter.deadline:
                return None, min(wake, due)
        return None, wake

    def grant(self, waiter: Waiter, now: float) -> Spend:
        """Let the head of a lane go: its request and its estimate are spent from now on."""
        self.lanes.serve(waiter)
        person = self.person(waiter.user_id)
        spend = Spend(person, (self.requests.add(1, now), person.requests.add(1, now)), [])
        if not waiter.is_retry:
            self._running[waiter.user_id] += 1
            self.grow(spend, waiter.tokens, now)
        return spend

    def grow(self, spend: Spend, tokens: int, now: float) -> None:
        """A turn takes more tokens than it had reserved; they count from now on."""
        spend.tokens.append((self.tokens.add(tokens, now), spend.person.tokens.add(tokens, now)))

    def shrink(self, spend: Spend, tokens: int, now: float) -> None:
        """A turn has used `tokens` only: give the rest back, the newest first."""
        over = sum(entry.amount for entry, _ in spend.tokens) - tokens
        for entry, own in reversed(spend.tokens):
            kept = max(0, entry.amount - max(0, over))
            over -= entry.amount - kept
            self.tokens.change(entry, kept, now)
            # Both hold the same amount; the day's window may still count what the minute's has forgotten.
            spend.person.tokens.change(own, kept, now)
            entry.amount = kept

    def unsend(self, spend: Spend, now: float) -> None:
        """The request was not sent after all."""
        if spend.requests:
            self.requests.change(spend.requests[0], 0, now)
            spend.person.requests.change(spend.requests[1], 0, now)
            spend.requests = None

    def restore(self, *, requests: int, tokens: int, at: float) -> None:
        """Count what was spent before a restart; call in the order of `at`, before anything else."""
        self.requests.add(requests, at)
        self.tokens.add(tokens, at)

    def too_large(self, waiter: Waiter) -> Limit | None:
        """The limit that is smaller than this one question, for which waiting would be in vain."""
        if waiter.tokens > self.tokens.limit:
            return Limit.TEAM_SIZE
        return Limit.YOUR_SIZE if waiter.tokens > self.person(waiter.user_id).tokens.limit else None

    def holding(self, waiter: Waiter, now: float) -> Limit:
        """Which limit it is that this one waits for."""
        if now < self.paused_until:
            return Limit.UPSTREAM
        person = self.person(waiter.user_id)
        if not waiter.is_retry and not person.tokens.fits(waiter.tokens, now):
            return Limit.YOUR_TOKENS
        if not person.requests.fits(1, now):
            return Limit.YOUR_REQUESTS
        if self._is_at_the_cap(waiter):
            return Limit.YOUR_TURNS
        return Limit.TEAM_TOKENS if self.requests.fits(1, now) else Limit.TEAM_REQUESTS

    def forecast(self, now: float) -> Iterator[tuple[Waiter, int, float | None]]:
        """All who wait, with their place (1 is next) and when they can go if nobody comes, goes or settles.

        None where a turn of the same user must end first: they hold up nobody until then.
        """
        requests_due, tokens_due = self.requests.outlook(now), self.tokens.outlook(now)
        start = max(now, self.paused_until)
        running = self._running.copy()
        places, tokens = 0, 0
        for waiter in self.lanes.in_order():
            if not waiter.is_retry and running[waiter.user_id] >= self._concurrent:
                yield waiter, places + 1, None
                continue
            running[waiter.user_id] += not waiter.is_retry
            places += 1
            tokens += waiter.tokens
            yield waiter, places, max(start, requests_due(places), tokens_due(tokens), self._windows_due(waiter, now))

    def end(self, user_id: int) -> None:
        """A turn is over: its user may have another one running."""
        self._running[user_id] -= 1
        if not self._running[user_id]:
            del self._running[user_id]

    def _own_first_fit(self, waiter: Waiter, now: float) -> float:
        """When the user's own limits let this one go; infinity while a turn of theirs must end first."""
        if self._is_at_the_cap(waiter):
            return math.inf
        return self._windows_due(waiter, now)

    def _is_at_the_cap(self, waiter: Waiter) -> bool:
        return not waiter.is_retry and self._running[waiter.user_id] >= self._concurrent

    def _windows_due(self, waiter: Waiter, now: float) -> float:
        person = self.person(waiter.user_id)
        requests = person.requests.first_fit(1, now)
        return requests if waiter.is_retry else max(requests, person.tokens.first_fit(waiter.tokens, now))
