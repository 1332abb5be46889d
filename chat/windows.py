"""An exact sliding window: how much was spent in the last seconds, and when an amount fits again."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate


@dataclass(eq=False, slots=True)
class Entry:
    """An amount that was spent at a time; it may be corrected while it is in its window."""

    at: float  # seconds on the caller's clock
    amount: int


class Window:
    """Amounts of the last `seconds`, at most `limit` together (`math.inf`: no limit).

    An entry of time t counts from t until just before t + seconds. Adding, correcting and asking whether something
    fits cost the same however many entries there are: old ones leave once each, and the sum is kept.
    """

    def __init__(self, limit: float, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._entries: deque[Entry] = deque()
        self._total = 0

    def total(self, now: float) -> int:
        """What has been spent in the last seconds."""
        while self._entries and self._entries[0].at + self.seconds <= now:
            self._total -= self._entries.popleft().amount
        return self._total

    def fits(self, amount: int, now: float) -> bool:
        return self.total(now) + amount <= self.limit

    def add(self, amount: int, now: float) -> Entry:
        """Spend `amount`; the times of successive calls never go back."""
        self.total(now)
        entry = Entry(now, amount)
        self._entries.append(entry)
        self._total += amount
        return entry

    def change(self, entry: Entry, amount: int, now: float) -> None:
        """Correct what an entry spent; one that has left the window stays out."""
        self.total(now)
        if entry.at + self.seconds > now:
            self._total += amount - entry.amount
            entry.amount = amount

    def first_fit(self, amount: int, now: float) -> float:
        """The first time from now on at which `amount` fits if nothing else happens; infinity if it never does."""
        missing = self.total(now) + amount - self.limit
        if missing <= 0:
            return now
        for entry in self._entries:
            missing -= entry.amount
            if missing <= 0:
                return entry.at + self.seconds
        return math.inf

    def outlook(self, now: float) -> Callable[[int], float]:
        """`first_fit` for many amounts of one moment; what is more than a whole window takes several of them."""
        if self.limit == math.inf:
            return lambda _: now
        free = self.limit - self.total(now)
        times = [entry.at + self.seconds for entry in self._entries]
        freed = list(accumulate(entry.amount for entry in self._entries))

        def due(amount: int) -> float:
            rounds, rest = divmod(max(0, amount - 1), int(self.limit))
            missing = rest + 1 - free
            at = now if missing <= 0 else times[bisect_left(freed, missing)]
            return at + rounds * self.seconds

        return due
