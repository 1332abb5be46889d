from __future__ import annotations

from collections.abc import Iterator

import pytest

from auth.passwords import Passwords, password_problem


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(rounds=4)
    yield made
    made.close()


@pytest.mark.parametrize(
    "password", ["correct horse", "비밀번호는길수록좋습니다" * 5, "a\0b longer", "x" * 200, "😀" * 8]
)
async def test_the_right_password_matches(passwords: Passwords, password: str) -> None:
    assert await passwords.matches(password, await passwords.hash(password))


async def test_a_password_counts_to_its_last_character(passwords: Passwords) -> None:
    stored = await passwords.hash("한" * 30 + "a")
    assert not await passwords.matches("한" * 30 + "b", stored)


async def test_nothing_matches_without_a_stored_hash(passwords: Passwords) -> None:
    assert not await passwords.matches("nobody", None)


async def test_a_hash_of_another_cost_is_outdated(passwords: Passwords) -> None:
    stronger = Passwords(rounds=5)
    stored = await stronger.hash("correct horse")
    stronger.close()
    assert passwords.is_outdated(stored)
    assert not passwords.is_outdated(await passwords.hash("correct horse"))


@pytest.mark.parametrize(
    ("password", "part"),
    [("short77", "too short"), ("password", "too common"), ("Password1", "too common"), ("x" * 257, "too long")],
)
def test_weak_passwords_are_named(password: str, part: str) -> None:
    assert part in (password_problem(password, username="kim") or "")


def test_the_own_name_is_no_password() -> None:
    assert password_problem("Kim.Minsu", username="kim.minsu")


@pytest.mark.parametrize("password", ["x7 gz-plank", "가나다라마바사아", "z" * 64])
def test_long_and_foreign_passwords_are_fine(password: str) -> None:
    assert password_problem(password, username="kim") is None
