from __future__ import annotations

import pytest

from chat.breaker import LOST_IN_A_ROW, PROBE_SECONDS, Breaker, State
from chat.errors import UpstreamDown


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock)
    for _ in range(LOST_IN_A_ROW):
        breaker.lost(breaker.enter())
    return breaker


def test_it_opens_after_five_lost_turns_in_a_row() -> None:
    breaker = opened(Clock())
    assert breaker.state is State.OPEN
    with pytest.raises(UpstreamDown) as caught:
        breaker.enter()
    assert caught.value.retry_after == PROBE_SECONDS


def test_an_answer_in_between_begins_the_count_anew() -> None:
    breaker = Breaker(clock=Clock())
    for _ in range(3):
        for _ in range(LOST_IN_A_ROW - 1):
            breaker.lost(breaker.enter())
        breaker.answered(breaker.enter())
    assert breaker.state is State.CLOSED


def test_a_long_answer_that_still_comes_counts_as_one() -> None:
    breaker = Breaker(clock=Clock())
    long_one = breaker.enter()
    for _ in range(LOST_IN_A_ROW):
        breaker.answered(long_one)
        breaker.lost(breaker.enter())
    assert breaker.state is State.OPEN


def test_a_stopped_turn_says_nothing() -> None:
    breaker = Breaker(clock=Clock())
    for _ in range(LOST_IN_A_ROW - 1):
        breaker.lost(breaker.enter())
    breaker.left(breaker.enter())
    breaker.lost(breaker.enter())
    assert breaker.state is State.OPEN


def test_one_probe_at_a_time_is_let_through() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PROBE_SECONDS
    assert breaker.state is State.HALF_OPEN
    breaker.enter()
    with pytest.raises(UpstreamDown):
        breaker.enter()


def test_a_probe_that_is_answered_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PROBE_SECONDS
    breaker.answered(breaker.enter())
    assert breaker.state is State.CLOSED


def test_a_probe_that_is_lost_begins_the_wait_anew() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PROBE_SECONDS
    breaker.lost(breaker.enter())
    assert (breaker.state, breaker.retry_in) == (State.OPEN, PROBE_SECONDS)


def test_a_probe_that_is_stopped_lets_the_next_one_probe() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PROBE_SECONDS
    breaker.left(breaker.enter())
    assert breaker.enter().is_probe


def test_the_late_losses_of_older_turns_do_not_put_off_the_probe() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    old = breaker.enter()
    for _ in range(LOST_IN_A_ROW):
        breaker.lost(breaker.enter())
    clock.now = PROBE_SECONDS - 1
    breaker.lost(old)
    assert breaker.retry_in == 1
