from __future__ import annotations

import pytest

from auth.errors import TooManyAttempts
from auth.throttle import ACCOUNT, ACCOUNT_AT_ADDRESS, ADDRESS, KEY, KEY_AT_ADDRESS, Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def fail(throttle: Throttle, times: int, account: str = "kim", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        throttle.attempt_sign_in(account, address)


def test_a_few_mistakes_are_forgiven(throttle: Throttle) -> None:
    fail(throttle, ACCOUNT_AT_ADDRESS.attempts)


def test_guessing_one_account_from_one_address_is_slowed(throttle: Throttle) -> None:
    fail(throttle, ACCOUNT_AT_ADDRESS.attempts)
    with pytest.raises(TooManyAttempts) as caught:
        fail(throttle, 1)
    assert caught.value.retry_after == ACCOUNT_AT_ADDRESS.seconds


def test_the_next_attempt_is_allowed_when_the_oldest_has_left_the_window(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, ACCOUNT_AT_ADDRESS.attempts)
    clock.now += ACCOUNT_AT_ADDRESS.seconds
    fail(throttle, 1)


def test_success_clears_the_mistakes_before_it(throttle: Throttle) -> None:
    fail(throttle, ACCOUNT_AT_ADDRESS.attempts - 1)
    throttle.attempt_sign_in("kim", "10.0.0.1")()
    fail(throttle, ACCOUNT_AT_ADDRESS.attempts)


def test_thirty_colleagues_behind_one_address_are_not_stopped(throttle: Throttle) -> None:
    for number in range(30):
        fail(throttle, 3, account=f"user{number}")


def test_guessing_many_accounts_from_one_address_is_slowed(throttle: Throttle) -> None:
    with pytest.raises(TooManyAttempts):
        for number in range(ADDRESS.attempts + 1):
            fail(throttle, 1, account=f"user{number}")


def test_guessing_one_account_from_many_addresses_is_slowed(throttle: Throttle) -> None:
    with pytest.raises(TooManyAttempts):
        for number in range(ACCOUNT.attempts + 1):
            fail(throttle, 1, address=f"10.0.0.{number}")


def test_such_a_guesser_does_not_lock_the_owner_out(throttle: Throttle) -> None:
    throttle.attempt_sign_in("kim", "192.168.0.7")()
    for number in range(ACCOUNT.attempts):
        fail(throttle, 1, address=f"10.0.0.{number}")
    throttle.attempt_sign_in("kim", "192.168.0.7")()


def test_guessing_the_key_is_slowed_by_address_and_in_all(throttle: Throttle) -> None:
    with pytest.raises(TooManyAttempts):
        for _ in range(KEY_AT_ADDRESS.attempts + 1):
            throttle.attempt_key("10.0.0.1")
    with pytest.raises(TooManyAttempts):
        for number in range(KEY.attempts):
            throttle.attempt_key(f"10.1.0.{number}")


def test_signing_up_a_whole_team_from_one_address_is_not_slowed(throttle: Throttle) -> None:
    for _ in range(50):
        throttle.attempt_key("10.0.0.1")()


def test_a_flood_of_refused_attempts_pushes_no_failures_out(throttle: Throttle) -> None:
    for _ in range(KEY_AT_ADDRESS.attempts):
        throttle.attempt_key("10.0.0.1")
    for number in range(ADDRESS.attempts):
        throttle.attempt_sign_in(f"user{number}", "10.0.0.1")
    for number in range(20_000):
        with pytest.raises(TooManyAttempts):
            throttle.attempt_sign_in(f"other{number}", "10.0.0.1")
    with pytest.raises(TooManyAttempts):
        throttle.attempt_key("10.0.0.1")
