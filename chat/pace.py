"""How long an upstream takes to begin its answers, and whether that is far longer than usual."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from statistics import median

RECENT = 5  # answers: fewer say nothing
RECENT_SECONDS = 300.0  # what is older says nothing about now, so the banner goes by itself
USUAL = 100
ENOUGH = 20  # answers before there is a "usual"
TIMES_SLOWER = 3.0
SECONDS_SLOWER = 3.0  # below this nobody would call it slow


class Pace:
    """First-delta times in seconds, from sending a question to the first piece of its answer."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._recent: deque[tuple[float, float]] = deque()
        self._usual: deque[float] = deque(maxlen=USUAL)

    def note(self, seconds: float) -> None:
        self._recent.append((self._clock(), seconds))
        if len(self._recent) > RECENT:
            self._usual.append(self._recent.popleft()[1])

    @property
    def recent(self) -> float | None:
        """The median of the last answers; None when they are too few or too long ago."""
        since = self._clock() - RECENT_SECONDS
        times = [seconds for at, seconds in self._recent if at >= since]
        return median(times) if len(times) == RECENT else None

    @property
    def usual(self) -> float | None:
        """The median of the hundred answers before those; None while they are too few."""
        return median(self._usual) if len(self._usual) >= ENOUGH else None

    @property
    def is_slow(self) -> bool:
        recent, usual = self.recent, self.usual
        if recent is None or usual is None:
            return False
        return recent > usual * TIMES_SLOWER and recent > usual + SECONDS_SLOWER
