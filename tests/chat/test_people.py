from __future__ import annotations

from datetime import timedelta

from chat.people import DAY, MINUTE, Allowance, People
from storage.models import now
from storage.spends import Spent


def spent(key: str, *, upstream: str = "fabrix", seconds_ago: float = 0.0, tokens: int = 100) -> Spent:
    return Spent(key, upstream, 1, now() - timedelta(seconds=seconds_ago), 1, tokens)


def restored(*spends: Spent) -> People:
    people = People(lambda _: Allowance())
    people.restore(spends, clock=lambda: 1000.0)
    return people


def test_a_restart_forgets_nothing_of_a_users_minute_and_day() -> None:
    person = restored(spent("a", seconds_ago=DAY + 1), spent("b", seconds_ago=MINUTE + 1), spent("c")).of(1)
    assert (person.requests.total(1000.0), person.tokens.total(1000.0)) == (1, 200)


def test_all_upstreams_count_together() -> None:
    assert restored(spent("a"), spent("b", upstream="other")).of(1).requests.total(1000.0) == 2


def test_a_changed_allowance_is_in_force_at_once() -> None:
    allowed = [Allowance(rpm=1)]
    people = People(lambda _: allowed[0])
    people.of(1).requests.add(1, 0.0)
    assert not people.of(1).requests.fits(1, 0.0)
    allowed[0] = Allowance(rpm=2)
    assert people.of(1).requests.fits(1, 0.0)
