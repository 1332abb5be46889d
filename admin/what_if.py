"""How many turns would have waited, and how long, with other limits: replayed through the line's own rules."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from chat.lanes import Waiter
from chat.limiter import MARGIN
from chat.line import Line
from chat.people import MINUTE, Allowance, People
from storage import usage

WINDOW = MINUTE + MARGIN
MOST_TIGHT = 40_000  # turns at a limit that are played through, at some 50 µs each
_NAMES = ("created_at", "user_id", "waited_ms", "total_ms", "tokens_in", "tokens_out")
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is tried. `wait_seconds`: how long a turn waits before it is refused."""

    rpm: int
    tpm: int
    user_turns: int = 4
    user_rpm: int = 0  # 0 = no limit
    wait_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Turns in the order in which they came: seconds since 1970, who, tokens in all, seconds at the upstream."""

    at: Floats
    user_id: Numbers
    tokens: Numbers
    seconds: Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """`waited` turns had to wait; of them, `refused` ran out of patience (or were larger than a whole minute).

    `played` is less than `turns` where limits are reached so often that a sample of hours was played; counts are then
    projected from it.

    Waits in seconds, of those who waited, patience included of those who were refused; None = nobody waited.
    """

    turns: int
    played: int
    waited: int
    refused: int
    wait_median: float | None
    wait_p95: float | None
    wait_longest: float | None


def read(
    connection: Connection, *, since: datetime, until: datetime, is_limited: Callable[[str], bool] = lambda _: True
) -> Asked:
    """What was asked of the agents that have limits (`is_limited`, by agent id)."""
    rows = [row[1:] for row in usage.columns(connection, _NAMES, since=since, until=until) if is_limited(row[0])]
    at = _joined([np.array(row[0].split(","), "datetime64[us]").astype(np.int64) for row in rows]) / 1e6
    user_id, waited, total, tokens_in, tokens_out = (
        _joined([np.fromstring(row[number], np.int64, sep=",") for row in rows]) for number in range(1, 6)
    )
    order = np.argsort(at, kind="stable")
    seconds = np.maximum(0, total - np.maximum(0, waited)) / 1000
    tokens = np.maximum(0, tokens_in) + np.maximum(0, tokens_out)
    return Asked(at[order], user_id[order], tokens[order], seconds[order])


def _joined(arrays: list[Numbers]) -> Numbers:
    return np.concatenate(arrays) if arrays else np.empty(0, np.int64)


def replay(asked: Asked, limits: Limits) -> Outcome:
    """Let all turns come again at their times, with the rules that the limiter itself keeps.

    Exact are the order, the windows, the cap per person and the patience. Approximated: a turn reserves what it took
    in the end (a real one reserves an estimate and gives back); it takes as long at the upstream as it did; tries
    count once; nobody asks again who was refused; and all come from people, none from programs.

    Only what lies near a moment at which a limit is reached is played through the rules: elsewhere nobody waits.
    It takes seconds: call it in a thread.
    """
    played = asked if _tight(asked, limits).sum() <= MOST_TIGHT else _sample(asked)
    waits, refused = _waits(played, limits)
    waited = waits[(waits > 0) | refused]
    scale = len(asked.at) / max(1, len(played.at))
    return Outcome(
        turns=len(asked.at),
        played=len(played.at),
        waited=round(len(waited) * scale),
        refused=round(int(refused.sum()) * scale),
        wait_median=float(np.median(waited)) if len(waited) else None,
        wait_p95=float(np.quantile(waited, 0.95)) if len(waited) else None,
        wait_longest=float(waited.max()) if len(waited) else None,
    )


def _sample(asked: Asked) -> Asked:
    """The turns of some whole hours, by chance but each time the same, MOST_TIGHT or a little more of them."""
    hours = (asked.at // 3600).astype(np.int64)
    every = np.random.default_rng(0).permutation(np.unique(hours))
    counts = np.searchsorted(hours, every, side="right") - np.searchsorted(hours, every)
    enough = int(np.searchsorted(np.cumsum(counts), MOST_TIGHT)) + 1
    chosen = np.isin(hours, every[:enough])
    return Asked(asked.at[chosen], asked.user_id[chosen], asked.tokens[chosen], asked.seconds[chosen])


def _waits(asked: Asked, limits: Limits) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The seconds that each turn waited, and whether it was refused in the end."""
    waits = np.zeros(len(asked.at))
    refused = np.zeros(len(asked.at), bool)
    tight = np.flatnonzero(_tight(asked, limits))
    done = 0
    while (place := int(np.searchsorted(tight, done))) < len(tight):
        done = _play(asked, limits, int(tight[place]), waits, refused)
    return waits, refused


def _tight(asked: Asked, limits: Limits) -> npt.NDArray[np.bool_]:
    """The turns that would not go at once if all before them had."""
    spent = np.concatenate([[0], np.cumsum(asked.tokens)])
    places = np.arange(len(asked.at))
    first = np.searchsorted(asked.at, asked.at - WINDOW, side="right")
    tight: npt.NDArray[np.bool_] = places + 1 - first > limits.rpm
    tight |= spent[places + 1] - spent[first] > limits.tpm
    for user in np.unique(asked.user_id):
        own = np.flatnonzero(asked.user_id == user)
        at, ends = asked.at[own], np.sort(asked.at[own] + asked.seconds[own])
        tight[own] |= np.arange(1, len(own) + 1) - np.searchsorted(ends, at, side="right") > limits.user_turns
        if limits.user_rpm:
            earlier = np.searchsorted(at, at - MINUTE, side="right")
            tight[own] |= np.arange(1, len(own) + 1) - earlier > limits.user_rpm
    return tight


def _play(asked: Asked, limits: Limits, tight: int, waits: Floats, refused: npt.NDArray[np.bool_]) -> int:
    """Play from a window before a tight turn until all is as if nobody had waited; the first turn after that."""
    # What ran or counted when the tight turn came must be known: the longest turn began that long before.
    lookback = max(WINDOW, float(asked.seconds.max()))
    place = int(np.searchsorted(asked.at, asked.at[tight] - lookback))
    line = _Replay(limits)
    last_wait = asked.at[tight]
    while place < len(asked.at):
        now = float(asked.at[place])
        line.until(now)
        if line.is_calm and place > tight and now > last_wait + limits.wait_seconds + lookback:
            break
        line.join(place, now, int(asked.user_id[place]), int(asked.tokens[place]), float(asked.seconds[place]))
        if not line.is_calm:
            last_wait = now
        place += 1
    line.until(math.inf)
    for number, (wait, is_refused) in line.waits.items():
        waits[number], refused[number] = wait, is_refused
    return place


class _Replay:
    """The line with a clock of its own: who comes, goes, ends and loses patience, in order."""

    def __init__(self, limits: Limits) -> None:
        own = Allowance(rpm=limits.user_rpm or math.inf)
        self._limits = limits
        self._line = Line(
            rpm=limits.rpm, tpm=limits.tpm, concurrent=limits.user_turns, people=People(lambda _: own), seconds=WINDOW
        )
        self._waiting: dict[Waiter, tuple[int, float, float]] = {}  # its place, when it came, how long it takes
        self._ends: list[tuple[float, int]] = []
        self._deadlines: list[tuple[float, int, Waiter]] = []
        self._wake = math.inf
        self.waits: dict[int, tuple[float, bool]] = {}  # seconds, and whether it was refused

    @property
    def is_calm(self) -> bool:
        return not self._waiting

    def join(self, place: int, now: float, user_id: int, tokens: int, seconds: float) -> None:
        waiter = Waiter(user_id, tokens, True, now + self._limits.wait_seconds)
        if self._line.too_large(waiter):
            self.waits[place] = (0.0, True)
            return
        self._line.lanes.join(waiter)
        self._waiting[waiter] = (place, now, seconds)
        heapq.heappush(self._deadlines, (waiter.deadline, place, waiter))
        self._serve(now)

    def until(self, now: float) -> None:
        """Let happen what happens before `now`."""
        while True:
            end = self._ends[0][0] if self._ends else math.inf
            while self._deadlines and self._deadlines[0][2] not in self._waiting:
                heapq.heappop(self._deadlines)
            deadline = self._deadlines[0][0] if self._deadlines else math.inf
            moment = min(end, deadline, self._wake if self._waiting else math.inf)
            if moment > now or moment == math.inf:
                return
            if end == moment:
                self._line.end(heapq.heappop(self._ends)[1])
            # At the last moment it may still be one's turn, as in the limiter.
            self._serve(moment)
            if deadline == moment and (waiter := self._deadlines[0][2]) in self._waiting:
                place, _, _ = self._waiting.pop(waiter)
                self._line.lanes.leave(waiter)
                self.waits[place] = (self._limits.wait_seconds, True)
                self._serve(moment)

    def _serve(self, now: float) -> None:
        waiter, self._wake = self._line.next(now)
        while waiter is not None:
            self._line.grant(waiter, now)
            place, came, seconds = self._waiting.pop(waiter)
            heapq.heappush(self._ends, (now + seconds, waiter.user_id))
            if now > came:
                self.waits[place] = (now - came, False)
            waiter, self._wake = self._line.next(now)
