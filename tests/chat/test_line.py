"""The line's rules, held against a model that sums over everything that ever happened."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chat.lanes import Waiter
from chat.line import Line, Spend
from chat.people import Allowance, People

RPM, TPM, AT_ONCE, OWN_RPM, OWN_DAY = 6, 1000, 2, 4, 2500
NEVER = 10**9


@dataclass(eq=False)
class Turn:
    """A turn in the model: who, what it needs, and what became of it."""

    user: int
    tokens: int
    interactive: bool
    deadline: int
    requested_at: int = NEVER
    ended: bool = False
    parts: list[list[int]] = field(default_factory=list)  # [at, tokens]


class Model:
    """Second by second, without memory of sums, without cleverness."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.waiting: list[Turn] = []
        self.round: list[tuple[bool, int]] = []
        self.paused_until = 0

    def requests(self, now: int, user: int | None = None) -> int:
        return sum(t.requested_at <= now < t.requested_at + 60 for t in self.turns if user in (None, t.user))

    def tokens(self, now: int, seconds: int, user: int | None = None) -> int:
        parts = (part for t in self.turns if user in (None, t.user) for part in t.parts)
        return sum(amount for at, amount in parts if at <= now < at + seconds)

    def join(self, turn: Turn) -> None:
        self.waiting.append(turn)
        key = (turn.interactive, turn.user)
        if key not in self.round:
            self.round.append(key)

    def drop(self, turn: Turn) -> None:
        self.waiting.remove(turn)
        key = (turn.interactive, turn.user)
        if not any((t.interactive, t.user) == key for t in self.waiting):
            self.round.remove(key)

    def heads(self) -> Iterator[Turn]:
        for key in [k for k in self.round if k[0]] + [k for k in self.round if not k[0]]:
            yield next(t for t in self.waiting if (t.interactive, t.user) == key)

    def may(self, turn: Turn, now: int) -> bool:
        running = sum(t.user == turn.user and t.requested_at < NEVER and not t.ended for t in self.turns)
        return (
            running < AT_ONCE
            and self.requests(now, turn.user) < OWN_RPM
            and self.tokens(now, 86400, turn.user) + turn.tokens <= OWN_DAY
        )

    def next(self, now: int) -> Turn | None:
        if now < self.paused_until or self.requests(now) >= RPM:
            return None
        for turn in self.heads():
            if not self.may(turn, now):
                continue
            if self.tokens(now, 60) + turn.tokens <= TPM:
                return turn
            later = range(now, min(turn.deadline, now + 61) + 1)
            if any(self.tokens(at, 60) + turn.tokens <= TPM for at in later):
                return None
        return None

    def serve(self, now: int) -> list[Turn]:
        served = []
        while (turn := self.next(now)) is not None:
            self.drop(turn)
            key = (turn.interactive, turn.user)
            if key in self.round:
                self.round.remove(key)
                self.round.append(key)
            turn.requested_at = now
            turn.parts.append([now, turn.tokens])
            self.turns.append(turn)
            served.append(turn)
        return served


class Driver:
    """Does the same to the line and to the model; the line is only looked at when it has asked to be."""

    def __init__(self) -> None:
        self.model = Model()
        self.line = Line(
            rpm=RPM, tpm=TPM, concurrent=AT_ONCE, people=People(lambda _: Allowance(OWN_RPM, OWN_DAY)), seconds=60.0
        )
        self.waiters: dict[Turn, Waiter] = {}
        self.spends: dict[Turn, Spend] = {}
        self.now = 0
        self.wake = math.inf

    def look(self) -> None:
        served = []
        waiter, self.wake = self.line.next(self.now)
        while waiter is not None:
            turn = next(t for t, w in self.waiters.items() if w is waiter)
            self.spends[turn] = self.line.grant(waiter, self.now)
            served.append(turn)
            waiter, self.wake = self.line.next(self.now)
        assert served == self.model.serve(self.now)
        assert self.line.requests.total(self.now) == self.model.requests(self.now) <= RPM
        assert self.line.tokens.total(self.now) == self.model.tokens(self.now, 60)
        for turn in served:
            del self.waiters[turn]

    def second(self) -> None:
        """Patience ends in the order in which it began; then whoever can goes."""
        self.now += 1
        if self.wake <= self.now:
            self.look()
        else:
            assert self.model.next(self.now) is None, "the line should have asked to be looked at"
        # One by one: whoever leaves may let the next one go at the last moment.
        while (turn := next((t for t in self.waiters if t.deadline <= self.now), None)) is not None:
            self.line.lanes.leave(self.waiters.pop(turn))
            self.model.drop(turn)
            self.look()

    def join(self, user: int, tokens: int, interactive: bool, patience: int) -> None:
        turn = Turn(user, tokens, interactive, self.now + patience)
        self.waiters[turn] = Waiter(user, tokens, interactive, turn.deadline)
        self.line.lanes.join(self.waiters[turn])
        self.model.join(turn)
        self.look()

    def settle(self, which: int, actual: int) -> None:
        running = [turn for turn in self.model.turns if not turn.ended]
        if not running:
            return
        turn = running[which % len(running)]
        turn.ended = True
        if actual > turn.tokens:
            self.line.grow(self.spends[turn], actual - turn.tokens, self.now)
            turn.parts.append([self.now, actual - turn.tokens])
        else:
            turn.parts[0][1] = actual
        self.line.shrink(self.spends[turn], actual, self.now)
        self.line.end(turn.user)
        self.look()

    def pause(self, seconds: int) -> None:
        self.model.paused_until = max(self.model.paused_until, self.now + seconds)
        self.line.paused_until = self.model.paused_until
        self.look()


joins = st.tuples(
    st.just("join"), st.integers(1, 4), st.integers(1, 10).map(lambda n: n * 100), st.booleans(), st.integers(0, 90)
)
settles = st.tuples(st.just("settle"), st.integers(0, 20), st.integers(0, 12).map(lambda n: n * 100))
pauses = st.tuples(st.just("pause"), st.integers(1, 20))
seconds = st.tuples(st.just("pass"), st.integers(1, 30))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(joins, joins, settles, seconds, pauses), max_size=40))
def test_it_sends_never_too_much_and_at_the_first_possible_second(steps: list[tuple[Any, ...]]) -> None:
    driver = Driver()
    for what, *values in steps:
        if what == "pass":
            for _ in range(values[0]):
                driver.second()
        else:
            getattr(driver, what)(*values)
    for _ in range(100):
        driver.second()


def line(**values: Any) -> Line:
    settings = {"rpm": 100, "tpm": 10_000, "concurrent": 4, "people": People(lambda _: Allowance()), "seconds": 60.0}
    return Line(**{**settings, **values})


def test_a_large_question_is_not_overtaken_for_ever() -> None:
    made = line(tpm=1000)
    for user_id, tokens in ((1, 900), (2, 900), (3, 50)):
        made.lanes.join(Waiter(user_id, tokens, interactive=True, deadline=100.0))
    first, _ = made.next(0.0)
    assert first
    made.grant(first, 0.0)
    assert made.next(0.0) == (None, 60.0)


def test_who_can_not_be_served_in_time_holds_up_nobody() -> None:
    made = line(tpm=1000)
    for user_id, tokens, patience in ((1, 900, 10.0), (2, 900, 10.0), (3, 50, 10.0)):
        made.lanes.join(Waiter(user_id, tokens, interactive=True, deadline=patience))
    first, _ = made.next(0.0)
    assert first
    made.grant(first, 0.0)
    small, _ = made.next(0.0)
    assert small and small.user_id == 3


def test_a_further_try_needs_a_request_and_no_tokens() -> None:
    made = line(rpm=2, tpm=100, concurrent=1)
    made.lanes.join(Waiter(1, 100, interactive=True, deadline=10.0))
    first, _ = made.next(0.0)
    assert first
    made.grant(first, 0.0)
    again = Waiter(1, 0, interactive=True, deadline=10.0, is_retry=True)
    made.lanes.join(again)
    assert made.next(0.0)[0] is again
    made.grant(again, 0.0)
    assert (made.requests.total(0.0), made.tokens.total(0.0)) == (2, 100)


def test_a_request_that_was_not_sent_is_given_back() -> None:
    made = line(rpm=1)
    waiter = Waiter(1, 100, interactive=True, deadline=10.0)
    made.lanes.join(waiter)
    spend = made.grant(waiter, 0.0)
    made.unsend(spend, 1.0)
    made.shrink(spend, 0, 1.0)
    assert (made.requests.total(1.0), made.tokens.total(1.0)) == (0, 0)
