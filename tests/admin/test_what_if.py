from __future__ import annotations

import asyncio
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin import what_if
from admin.what_if import Asked, Limits, Outcome, _waits, read, replay
from chat.errors import LimitReached
from chat.limiter import Limiter, TeamLimits
from chat.people import Allowance, People
from storage.database import Database
from tests import virtual_time
from tests.admin.rows import NOON, Rows


def asked(*turns: tuple[float, int, int, float]) -> Asked:
    """Turns of (at, user, tokens, seconds)."""
    columns = list(zip(*sorted(turns), strict=True))
    return Asked(*(np.array(column, kind) for column, kind in zip(columns, (float, int, int, float), strict=True)))


def test_within_the_limits_nobody_waits() -> None:
    outcome = replay(asked(*((second * 10.0, 1, 10, 2.0) for second in range(50))), Limits(rpm=10, tpm=1000))
    assert outcome == Outcome(50, 50, 0, 0, None, None, None)


def test_beyond_the_requests_of_a_minute_one_waits_for_the_window() -> None:
    turns = asked((0, 1, 1, 1), (1, 2, 1, 1), (55, 3, 1, 1))
    outcome = replay(turns, Limits(rpm=2, tpm=100))
    assert (outcome.waited, outcome.refused) == (1, 0)
    assert outcome.wait_longest == pytest.approx(5.25)


def test_beyond_the_tokens_of_a_minute_one_waits_for_the_window() -> None:
    outcome = replay(asked((0, 1, 80, 1), (58, 2, 30, 1)), Limits(rpm=10, tpm=100))
    assert outcome.wait_median == outcome.wait_p95 == pytest.approx(2.25)


def test_whoever_would_wait_too_long_is_refused() -> None:
    outcome = replay(asked((0, 1, 80, 1), (10, 2, 30, 1)), Limits(rpm=10, tpm=100, wait_seconds=10))
    assert (outcome.waited, outcome.refused, outcome.wait_longest) == (1, 1, 10.0)


def test_what_is_larger_than_a_minute_is_refused_at_once() -> None:
    outcome = replay(asked((0, 1, 101, 1)), Limits(rpm=10, tpm=100))
    assert (outcome.waited, outcome.refused, outcome.wait_longest) == (1, 1, 0.0)


def test_a_person_with_too_many_at_once_waits_for_an_end() -> None:
    outcome = replay(asked((0, 1, 1, 5), (1, 1, 1, 5), (2, 2, 1, 5)), Limits(rpm=9, tpm=100, user_turns=1))
    assert (outcome.waited, outcome.wait_longest) == (1, pytest.approx(4.0))


def test_a_persons_own_minute_counts() -> None:
    outcome = replay(asked((0, 1, 1, 1), (57, 1, 1, 1), (58, 2, 1, 1)), Limits(rpm=9, tpm=100, user_rpm=1))
    assert (outcome.waited, outcome.wait_longest) == (1, pytest.approx(3.0))


def test_nothing_asked_is_nothing_waited(database: Database) -> None:
    found = database.read_now(read, since=NOON, until=NOON + timedelta(days=1))
    assert replay(found, Limits(rpm=1, tpm=1)) == Outcome(0, 0, 0, 0, None, None, None)


def test_where_limits_are_reached_too_often_a_sample_is_projected(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = asked(*((second * 5.0, second % 7, 1, 1.0) for second in range(10_000)))
    whole = replay(turns, Limits(rpm=6, tpm=10**6))
    monkeypatch.setattr(what_if, "MOST_TIGHT", 3000)
    sample = replay(turns, Limits(rpm=6, tpm=10**6))
    assert whole.played == sample.turns == 10_000 and 3000 <= sample.played < 4000
    assert sample.waited == pytest.approx(whole.waited, rel=0.1)
    assert sample.refused == pytest.approx(whole.refused, rel=0.1)


def test_what_was_asked_is_read_with_its_figures(database: Database) -> None:
    rows = Rows(database)
    kim = rows.person("kim")
    rows.turn(kim, created_at=NOON + timedelta(seconds=1), tokens_in=5, tokens_out=6, waited_ms=1000, total_ms=4000)
    rows.turn(kim, agent_id="b")
    rows.turn(kim, agent_id="local")
    found = database.read_now(
        read, since=NOON, until=NOON + timedelta(days=1), is_limited=lambda agent: agent != "local"
    )
    assert (found.at - NOON.timestamp()).tolist() == [0, 1]
    assert found.tokens.tolist() == [0, 11] and found.seconds.tolist() == [0, 3]


async def limited(turns: Asked, limits: Limits) -> list[tuple[float, bool]]:
    """The same by the limiter itself, in virtual time."""
    limiter = Limiter(
        "u",
        TeamLimits(limits.rpm, limits.tpm, limits.user_turns),
        people=People(lambda _: Allowance()),
        journal=Nowhere(),
        clock=virtual_time.clock,
    )

    async def turn(place: int) -> tuple[float, bool]:
        await asyncio.sleep(float(turns.at[place]))
        came = virtual_time.clock()
        tokens = int(turns.tokens[place])
        try:
            taken = limiter.join(
                user_id=int(turns.user_id[place]), tokens=tokens, interactive=True, patience=limits.wait_seconds
            )
            while not await taken.wait(1.0):
                pass
        except LimitReached:
            return virtual_time.clock() - came, True
        waited = virtual_time.clock() - came
        await asyncio.sleep(float(turns.seconds[place]))
        taken.lease.settle(tokens)
        return waited, False

    return await asyncio.gather(*map(turn, range(len(turns.at))))


class Nowhere:
    def note(self, spent: object) -> None: ...
    def note_grant(self, spent: object) -> None: ...
    async def written(self) -> None: ...


TURNS = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 4), st.integers(1, 60), st.integers(1, 40)),
    min_size=1,
    max_size=40,
    unique_by=lambda turn: turn[0],
)


@settings(deadline=None, max_examples=60)
@given(TURNS)
def test_the_replay_is_what_the_limiter_does(turns: list[tuple[int, int, int, int]]) -> None:
    """Times are odd, so that no two things happen at one moment, whose order would be chance."""
    odd = [(at + n * 0.0137, user, size, length + 0.0053) for n, (at, user, size, length) in enumerate(turns)]
    given_turns = asked(*odd)
    limits = Limits(rpm=4, tpm=100, user_turns=2, wait_seconds=15.0071)
    expected = virtual_time.run(limited(given_turns, limits))
    waits, refused = _waits(given_turns, limits)
    # One whose wait is sure to be in vain is refused at once there, and at the end of its patience here.
    assert [bool(item) for item in refused] == [item[1] for item in expected]
    for wait, (real, is_refused) in zip(waits, expected, strict=True):
        assert is_refused or wait == pytest.approx(real, abs=0.01)
