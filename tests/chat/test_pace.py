from __future__ import annotations

from chat.pace import ENOUGH, RECENT, RECENT_SECONDS, Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def pace_of(*seconds: float, clock: Clock | None = None) -> Pace:
    pace = Pace(clock=clock or Clock())
    for each in seconds:
        pace.note(each)
    return pace


USUAL = (1.0,) * ENOUGH


def test_far_slower_answers_than_usual_are_noticed() -> None:
    pace = pace_of(*USUAL, *(5.0,) * RECENT)
    assert (pace.usual, pace.recent, pace.is_slow) == (1.0, 5.0, True)


def test_one_slow_answer_says_nothing() -> None:
    assert not pace_of(*USUAL, *(1.0,) * RECENT, 60.0).is_slow


def test_a_quick_upstream_may_become_three_times_slower_unnoticed_while_it_is_quick() -> None:
    assert not pace_of(*(0.1,) * ENOUGH, *(1.0,) * RECENT).is_slow


def test_nothing_is_slow_before_there_is_a_usual() -> None:
    assert not pace_of(*(1.0,) * (ENOUGH - 1), *(60.0,) * RECENT).is_slow


def test_it_goes_by_itself_when_answers_are_quick_again() -> None:
    assert not pace_of(*USUAL, *(5.0,) * RECENT, *(1.0,) * RECENT).is_slow


def test_it_goes_by_itself_when_nobody_asks() -> None:
    clock = Clock()
    pace = pace_of(*USUAL, *(5.0,) * RECENT, clock=clock)
    clock.now = RECENT_SECONDS + 1
    assert not pace.is_slow
