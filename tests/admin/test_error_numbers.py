from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest

from admin.error_numbers import ErrorNumbers, Step, number_of
from storage.database import Database
from tests.admin.rows import NOON, Rows


def known(agent_id: str) -> str:
    return {"a": "fabrix"}.get(agent_id, "")


@pytest.mark.parametrize("written", ["E-7F3K", "e-7f3k", " E 7F3K ", "7f3k", "E–7F3K", "Ｅ－７Ｆ３Ｋ", "E - 7 F 3 K"])
def test_a_number_is_understood_however_it_is_written(written: str) -> None:
    assert number_of(written) == "E-7F3K"


@pytest.mark.parametrize("written", ["", "E-", "7F3", "E-7F3KK", "7F3O", "x' OR 1=1", "E-7F31"])
def test_what_is_no_number_finds_nothing(written: str) -> None:
    assert number_of(written) is None


async def test_the_timeline_of_a_turn_has_its_moments_and_no_words(database: Database) -> None:
    rows = Rows(database)
    rows.turn(
        rows.person("kim"),
        state="failed",
        error_code="upstream_timeout",
        error_notice="secret notice",
        error_number="E-7F3K",
        waited_ms=1500,
        first_delta_ms=2500,
        total_ms=9000,
        tries=2,
        ended_at=NOON + timedelta(seconds=9),
    )
    [found] = await ErrorNumbers(database, upstream_of=known).find("e 7f3k")
    assert (found.asked.username, found.asked.agent_id, found.upstream) == ("kim", "a", "fabrix")
    assert (found.asked.error_code, found.asked.kind) == ("upstream_timeout", "turns")
    assert found.steps == (
        Step("asked", NOON),
        Step("waited", None, 1500),
        Step("sent", NOON + timedelta(seconds=1.5), 2),
        Step("first_delta", NOON + timedelta(seconds=2.5), 2500),
        Step("ended", NOON + timedelta(seconds=9), "failed"),
    )
    assert "secret" not in str(asdict(found))


async def test_a_turn_that_never_came_far_has_a_short_timeline(database: Database) -> None:
    rows = Rows(database)
    rows.turn(rows.person("kim"), agent_id="gone", state="failed", error_number="E-7F3K", waited_ms=0, tries=0)
    [found] = await ErrorNumbers(database, upstream_of=known).find("E-7F3K")
    assert [step.what for step in found.steps] == ["asked"] and found.upstream == ""


async def test_of_several_with_one_number_the_newest_comes_first(database: Database) -> None:
    rows = Rows(database)
    kim = rows.person("kim")
    old = rows.turn(kim, error_number="E-7F3K")
    new = rows.turn(kim, error_number="E-7F3K", created_at=NOON + timedelta(days=1))
    rows.turn(kim, error_number="E-7F3M")
    found = await ErrorNumbers(database, upstream_of=known).find("E-7F3K")
    assert [item.asked.id for item in found] == [new, old]


async def test_an_unknown_number_finds_nothing(database: Database) -> None:
    errors = ErrorNumbers(database, upstream_of=known)
    assert await errors.find("E-7F3K") == [] and await errors.find("nonsense") == []
