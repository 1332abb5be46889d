"""Notices that an upstream is away, spares it and everybody the waiting, and finds out when it is back.

Of our own, because the libraries don't fit: they guard a call or a `with`, whose way out decides. A turn says that the
upstream is there with its first word, long before its end, and a Stop says nothing at all. And where one probe is
wanted, a half-open purgatory, the library that otherwise came nearest, lets everybody in at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from chat.errors import UpstreamDown

LOST_IN_A_ROW = 5
PROBE_SECONDS = 10.0  # from one probe's failure to the next probe


class State(StrEnum):
    CLOSED = "closed"  # all is well
    OPEN = "open"  # turns fail at once
    HALF_OPEN = "half_open"  # the next turn is let through, or is just finding out


class Passage:
    """One turn's way through the breaker; it ends as `answered`, `lost` or `left`."""

    def __init__(self, *, is_probe: bool) -> None:
        self.is_probe = is_probe
        self.is_answered = False


class Breaker:
    """Opens after five turns in a row that were lost to the upstream being away."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lost = 0
        self._opened_at: float | None = None
        self._probe: Passage | None = None

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return State.CLOSED
        return State.HALF_OPEN if self._probe or not self.retry_in else State.OPEN

    @property
    def retry_in(self) -> float:
        """The seconds until the next probe may go; 0 when one may go now."""
        return 0.0 if self._opened_at is None else max(0.0, self._opened_at + PROBE_SECONDS - self._clock())

    def check(self) -> None:
        """Raises `UpstreamDown` where a turn would fail at once."""
        if self._opened_at is not None and (self._probe or self.retry_in):
            raise UpstreamDown(retry_after=max(1.0, self.retry_in))

    def enter(self) -> Passage:
        """Let a turn through. Raises `UpstreamDown`."""
        self.check()
        passage = Passage(is_probe=self._opened_at is not None)
        if passage.is_probe:
            self._probe = passage
        return passage

    def answered(self, passage: Passage) -> None:
        """The upstream is there, whatever it said.

        Only the first word of a turn counts: a long answer that still comes says nothing about new connections.
        """
        if passage.is_answered:
            return
        passage.is_answered = True
        self._lost = 0
        self._opened_at = self._probe = None

    def lost(self, passage: Passage) -> None:
        """A turn was lost to a connect error, a time-out or a 5xx."""
        self._lost += 1
        if passage.is_probe or (self._opened_at is None and self._lost >= LOST_IN_A_ROW):
            self._opened_at = self._clock()
        self.left(passage)

    def left(self, passage: Passage) -> None:
        """A turn ended without saying anything about the upstream: stopped, say."""
        if self._probe is passage:
            self._probe = None
