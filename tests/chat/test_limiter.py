"""The waiting in line, in virtual time."""

from __future__ import annotations

import asyncio
import random
import re
from datetime import timedelta
from typing import Any

import pytest

from chat.errors import LimitReached
from chat.limiter import MARGIN, Limiter, TeamLimits
from chat.no_limits import NoPlace
from chat.people import Allowance, People
from storage.models import now
from storage.spends import Spent
from tests.virtual_time import clock, in_virtual_time


class Notes:
    """A journal in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Spent] = {}

    def note(self, spent: Spent) -> None:
        self.kept[spent.id] = spent

    note_grant = note

    async def written(self) -> None:
        pass


def limiter(
    *, rpm: int = 100, tpm: int = 10_000, concurrent: int = 4, allowance: Allowance | None = None, notes: Any = None
) -> Limiter:
    own = allowance or Allowance()
    return Limiter(
        "scripted",
        TeamLimits(rpm, tpm, concurrent),
        people=People(lambda _: own),
        journal=notes or Notes(),
        clock=clock,
    )


def join(made: Limiter, user_id: int = 1, *, tokens: int = 100, patience: float = 10.0, **values: Any) -> NoPlace:
    return made.join(user_id=user_id, tokens=tokens, patience=patience, interactive=True, **values)


async def granted(place: NoPlace) -> float:
    """Wait until it is one's turn; when that was."""
    while not await place.wait(1.0):
        pass
    return clock()


async def refusal(place: NoPlace) -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        await granted(place)
    return caught.value


@in_virtual_time
async def test_who_fits_does_not_wait() -> None:
    assert await granted(join(limiter())) == 0.0


@in_virtual_time
async def test_a_turn_waits_for_the_first_possible_moment() -> None:
    made = limiter(rpm=1)
    await granted(join(made))
    assert await granted(join(made, patience=100)) == pytest.approx(60 + MARGIN, abs=0.01)


@in_virtual_time
async def test_who_waits_sees_place_and_seconds() -> None:
    made = limiter(rpm=1)
    await granted(join(made))
    first, second = join(made, 2, patience=200), join(made, 3, patience=200)
    assert (first.number, second.number) == (1, 2)
    assert first.seconds == pytest.approx(60 + MARGIN)
    assert second.seconds == pytest.approx(2 * (60 + MARGIN))
    assert not await second.wait(20)
    assert second.seconds == pytest.approx(2 * (60 + MARGIN) - 20)


@in_virtual_time
async def test_patience_has_an_end_and_the_refusal_tells_all() -> None:
    made = limiter(rpm=1)
    await granted(join(made))
    error = await refusal(join(made, patience=10.0))
    assert clock() == pytest.approx(10.0, abs=0.01)
    assert (error.limit, error.retry_after) == ("team_requests", 51)
    assert error.current_usage == {
        "current_rpm": 1,
        "current_tpm": 100,
        "remaining_rpm": 0,
        "remaining_tpm": 9900,
        "rpm_limit": 1,
        "tpm_limit": 10_000,
    }
    assert "1 requests a minute" in error.notice("en") and "팀" in error.notice("ko")


@in_virtual_time
async def test_what_a_turn_did_not_use_lets_the_next_one_go() -> None:
    made = limiter(tpm=1000)
    first = join(made, tokens=1000)
    await granted(first)
    second = join(made, 2, tokens=600)
    assert not await second.wait(1.0)
    first.lease.settle(400)
    assert await granted(second) == pytest.approx(1.0)


@in_virtual_time
async def test_what_a_turn_took_on_top_counts() -> None:
    made = limiter(tpm=1000)
    first = join(made, tokens=100)
    await granted(first)
    first.lease.grow_to(900)
    assert made.figures()["current_tpm"] == 900
    first.lease.settle(950)
    assert made.figures()["current_tpm"] == 950


@in_virtual_time
async def test_more_turns_at_once_than_the_cap_wait_and_are_not_refused() -> None:
    made = limiter(concurrent=2)
    running = [join(made), join(made)]
    third = join(made)
    assert not await third.wait(5.0)
    assert await granted(join(made, 2)) == pytest.approx(5.0)  # others are not held up
    running[0].lease.settle(100)
    assert await granted(third) == pytest.approx(5.0)


@in_virtual_time
async def test_nobody_knows_when_a_turn_at_the_cap_may_go_and_it_holds_up_no_forecast() -> None:
    made = limiter(rpm=3, concurrent=2)
    await granted(join(made))
    await granted(join(made, 2))
    await granted(join(made, 2))  # the last request of the minute
    own, others, behind = join(made), join(made, 2), join(made, 3)
    assert (own.number, own.seconds) == (1, pytest.approx(60 + MARGIN))  # the second turn of two
    assert (others.number, others.seconds) == (2, None)
    assert (behind.number, behind.seconds) == (2, pytest.approx(60 + MARGIN))
    second = join(made)
    await asyncio.sleep(1)
    assert second.seconds is None  # only one of the two that wait may run beside the first


@in_virtual_time
async def test_one_person_with_twenty_requests_delays_another_by_one_at_most() -> None:
    made, order = limiter(rpm=1, concurrent=100), []

    async def call(user_id: int) -> None:
        await granted(join(made, user_id, patience=10_000))
        order.append(user_id)

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(call(1))
        await asyncio.sleep(1.0)
        group.create_task(call(2))
    # The first had gone before the other came.
    assert order.index(2) <= 2


@in_virtual_time
async def test_leaving_the_line_gives_the_place_to_the_next() -> None:
    made = limiter(tpm=1000)
    await granted(join(made, tokens=500))
    large, small = join(made, 2, tokens=600, patience=100), join(made, 3, tokens=100, patience=100)
    assert not small.is_granted
    large.leave()
    assert await granted(small) == 0.0


@in_virtual_time
async def test_a_question_larger_than_the_limit_is_refused_at_once() -> None:
    with pytest.raises(LimitReached) as caught:
        join(limiter(tpm=1000), tokens=1001)
    assert (caught.value.limit, caught.value.retry_after) == ("team_size", None)


@in_virtual_time
async def test_a_users_own_requests_per_minute_hold_up_only_them() -> None:
    made = limiter(allowance=Allowance(rpm=1))
    await granted(join(made))
    second = join(made)
    assert await granted(join(made, 2)) == 0.0
    error = await refusal(second)
    assert error.limit == "your_requests" and "Your own limit of 1 requests" in error.notice("en")


@in_virtual_time
async def test_a_users_own_tokens_of_the_day_are_refused_without_waiting() -> None:
    made = limiter(allowance=Allowance(tokens_per_day=150))
    await granted(join(made))
    with pytest.raises(LimitReached) as caught:
        join(made)
    assert (caught.value.limit, clock()) == ("your_tokens", 0.0)
    assert caught.value.retry_after == 86_400


@in_virtual_time
async def test_a_users_own_limits_hold_over_all_upstreams_together() -> None:
    people = People(lambda _: Allowance(rpm=1))
    first, second = (
        Limiter(name, TeamLimits(100, 10_000, 4), people=people, journal=Notes(), clock=clock) for name in ("a", "b")
    )
    assert join(first).is_granted and not join(second).is_granted


@in_virtual_time
async def test_who_waits_while_their_own_limit_is_lowered_is_refused_in_the_end() -> None:
    allowed = [Allowance()]
    made = Limiter("a", TeamLimits(1, 10_000, 4), people=People(lambda _: allowed[0]), journal=Notes(), clock=clock)
    await granted(join(made, 2))
    waiting = join(made, tokens=100)
    allowed[0] = Allowance(tokens_per_day=50)
    assert waiting.seconds == 86_400
    error = await refusal(waiting)
    assert (error.limit, error.retry_after) == ("your_tokens", None)


@in_virtual_time
async def test_a_pause_holds_up_everybody() -> None:
    made = limiter()
    made.pause(7.0)
    assert await granted(join(made)) == pytest.approx(7.0, abs=0.01)


@in_virtual_time
async def test_who_can_not_wait_as_long_as_a_pause_is_told_at_once() -> None:
    made = limiter(rpm=1)
    await granted(join(made))
    waiting = join(made, 2, patience=10.0)
    made.pause(30.0)
    error = await refusal(waiting)
    assert (error.limit, clock()) == ("upstream", 0.0)
    with pytest.raises(LimitReached):
        join(made, 3, patience=10.0)


@in_virtual_time
async def test_fifty_callers_at_once_never_exceed_the_limits_and_lose_no_time() -> None:
    made, sent = limiter(rpm=10, tpm=2000, concurrent=2), []

    async def call(user_id: int) -> None:
        place = join(made, user_id, tokens=100 + 20 * (user_id % 5), patience=10_000)
        sent.append((await granted(place), 100 + 20 * (user_id % 5)))
        await asyncio.sleep(1 + user_id % 3)
        place.lease.settle(80)

    await asyncio.gather(*(call(number % 10) for number in range(50)))
    assert len(sent) == 50
    for at, _ in sent:
        assert sum(at - 60 < other <= at for other, _ in sent) <= 10
    # Ten a minute: the last ten begin with the fifth window.
    assert max(at for at, _ in sent) <= 4 * 60 + 4 * MARGIN + 1


@in_virtual_time
async def test_a_restart_forgets_nothing_of_the_last_minute() -> None:
    notes = Notes()
    made = limiter(rpm=2, notes=notes)
    place = join(made, tokens=300)
    await granted(place)
    place.lease.settle(250)
    await granted(join(made, tokens=100))
    again = limiter(rpm=2)
    again.restore(notes.kept.values())
    assert again.figures() == made.figures()
    assert not join(again).is_granted


@in_virtual_time
async def test_a_restart_counts_what_came_on_top_and_forgets_what_is_old() -> None:
    made = limiter()
    long_ago = Spent("a", "scripted", 1, now() - timedelta(seconds=61), 1, 500)
    elsewhere = Spent("b", "other", 1, now(), 1, 500)
    notes = Notes()
    before = limiter(notes=notes)
    place = join(before, tokens=100)
    place.lease.settle(700)
    made.restore([long_ago, elsewhere, *notes.kept.values()])
    assert (made.figures()["current_rpm"], made.figures()["current_tpm"]) == (1, 700)


@in_virtual_time
async def test_a_clock_that_was_put_back_does_not_count_spends_for_longer() -> None:
    made = limiter(rpm=1)
    made.restore([Spent("a", "scripted", 1, now() + timedelta(hours=1), 1, 100)])
    assert await granted(join(made, patience=100)) == pytest.approx(60 + MARGIN, abs=0.5)


async def test_whoever_has_no_patience_is_told_the_limit_that_holds() -> None:
    """On a real clock, which goes on between two looks at it."""
    made = Limiter("real", TeamLimits(1, 10_000, 4), people=People(lambda _: Allowance()), journal=Notes())
    join(made)
    assert (await refusal(join(made, 2, patience=0.0))).limit == "team_requests"


@in_virtual_time
async def test_without_a_limit_on_requests_or_tokens_the_other_holds() -> None:
    made = Limiter(
        "one", TeamLimits(1, float("inf"), 4), people=People(lambda _: Allowance()), journal=Notes(), clock=clock
    )
    await granted(join(made, tokens=10**9))
    error = await refusal(join(made, 2, patience=1.0))
    assert error.limit == "team_requests" and error.current_usage == {} and made.figures() is None
    assert error.retry_after == 60.0


@in_virtual_time
async def test_raised_limits_let_those_who_wait_go_at_once() -> None:
    made = limiter(rpm=1, tpm=1000)
    await granted(join(made))
    second, third = join(made, 2, patience=100), join(made, 3, patience=100)
    await asyncio.sleep(5.0)
    made.change(TeamLimits(rpm=2, tpm=1000, concurrent=4))
    assert second.is_granted and not third.is_granted
    assert third.seconds == pytest.approx(55 + MARGIN)  # when the first request leaves the minute
    made.change(TeamLimits(rpm=100, tpm=1000, concurrent=4))
    assert await granted(third) == 5.0
    assert made.figures()["rpm_limit"] == 100


@in_virtual_time
async def test_a_raised_number_of_turns_at_once_lets_the_next_one_go() -> None:
    made = limiter(concurrent=1)
    await granted(join(made))
    second = join(made)
    made.change(TeamLimits(100, 10_000, concurrent=2))
    assert second.is_granted


@in_virtual_time
async def test_a_raised_limit_of_the_users_own_lets_them_go() -> None:
    allowed = [Allowance(rpm=1)]
    made = Limiter("a", TeamLimits(100, 10_000, 4), people=People(lambda _: allowed[0]), journal=Notes(), clock=clock)
    await granted(join(made))
    second = join(made, patience=100)
    allowed[0] = Allowance(rpm=2)
    made.change(TeamLimits(100, 10_000, 4))
    assert second.is_granted


@in_virtual_time
async def test_what_was_sent_before_counts_against_lowered_limits() -> None:
    made = limiter(rpm=3)
    for user_id in range(3):
        await granted(join(made, user_id))
        await asyncio.sleep(1.0)
    made.change(TeamLimits(rpm=1, tpm=10_000, concurrent=4))
    assert made.figures()["remaining_rpm"] == 0
    # Only when the last of the three has left the minute is there room for one.
    assert await granted(join(made, patience=100)) == pytest.approx(62 + MARGIN, abs=0.01)


@in_virtual_time
async def test_fewer_turns_at_once_let_nobody_go_until_enough_have_ended() -> None:
    made = limiter(concurrent=2)
    running = [join(made), join(made)]
    made.change(TeamLimits(100, 10_000, concurrent=1))
    third = join(made)
    running[0].lease.settle(10)
    assert not third.is_granted
    running[1].lease.settle(10)
    assert third.is_granted


@in_virtual_time
async def test_who_waits_with_more_than_a_lowered_limit_is_told_so_at_once() -> None:
    made = limiter(tpm=1000)
    await granted(join(made, tokens=1000))
    large, small = join(made, 2, tokens=600, patience=100), join(made, 3, tokens=100, patience=100)
    made.change(TeamLimits(rpm=100, tpm=500, concurrent=4))
    error = await refusal(large)
    assert (error.limit, error.retry_after, clock()) == ("team_size", None, 0.0)
    assert "500" in error.notice("en")
    assert await granted(small) == pytest.approx(60 + MARGIN, abs=0.01)


@in_virtual_time
async def test_large_numbers_of_tokens_are_told_in_groups_of_three_digits() -> None:
    made = limiter(tpm=12_000)
    with pytest.raises(LimitReached) as caught:
        join(made, tokens=34_567)
    for language in ("en", "ko"):
        assert {"34,567", "12,000"} <= set(re.findall(r"[\d,]*\d", caught.value.notice(language)))


@in_virtual_time
async def test_a_further_try_survives_a_lowered_limit_of_tokens() -> None:
    made = limiter(rpm=1, tpm=1000)
    await granted(join(made, tokens=900))
    again = join(made, tokens=0, patience=100, is_retry=True)
    made.change(TeamLimits(rpm=1, tpm=10, concurrent=4))
    assert await granted(again) == pytest.approx(60 + MARGIN, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_changed_nothing_goes_beyond_the_limits_of_its_moment(seed: int) -> None:
    chance = random.Random(seed)
    limits = [TeamLimits(rpm=8, tpm=1500, concurrent=3)]
    sent: list[tuple[float, int, TeamLimits]] = []

    async def call(made: Limiter, user_id: int, tokens: int) -> None:
        await asyncio.sleep(chance.uniform(0, 300))
        try:
            place = join(made, user_id, tokens=tokens, patience=400)
            await granted(place)
        except LimitReached:
            return
        await asyncio.sleep(chance.uniform(0, 20))
        place.lease.settle(tokens)

    async def change(made: Limiter) -> None:
        while clock() < 600:
            await asyncio.sleep(chance.uniform(1, 40))
            limits[0] = TeamLimits(chance.randint(1, 12), chance.randint(200, 2000), chance.randint(1, 4))
            made.change(limits[0])

    @in_virtual_time
    async def test() -> None:
        class Sent(Notes):
            """Each grant is noted at the moment in which it is given."""

            def note_grant(self, spent: Spent) -> None:
                sent.append((clock(), spent.tokens, limits[0]))
                super().note_grant(spent)

        made = limiter(rpm=8, tpm=1500, concurrent=3, notes=Sent())
        await asyncio.gather(change(made), *(call(made, number % 7, chance.randint(50, 400)) for number in range(120)))

    test()
    assert len(sent) > 30
    for place, (at, _, limit) in enumerate(sent):
        minute = [tokens for other, tokens, _ in sent[: place + 1] if other > at - 60]
        assert len(minute) <= limit.rpm and sum(minute) <= limit.tpm
