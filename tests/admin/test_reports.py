from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from admin.reports import FIGURES, RangeError, Reports, _figures, top
from storage.database import Database
from tests.admin.rows import NOON, Rows

SEOUL = ZoneInfo("Asia/Seoul")
DAY = NOON.date()


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


async def test_everything_is_counted_by_day_person_and_agent(database: Database, rows: Rows) -> None:
    kim, lee = rows.person("kim"), rows.person("lee")
    done = {"tokens_in": 10, "tokens_out": 5, "waited_ms": 0, "first_delta_ms": 1000}
    rows.turn(kim, **done)
    rows.turn(kim, **{**done, "waited_ms": 4000, "first_delta_ms": 3000})
    rows.turn(lee, agent_id="b", state="failed", error_code="upstream_timeout", waited_ms=2000, tokens_in=7)
    rows.turn(lee, agent_id="b", state="stopped", created_at=NOON + timedelta(days=1))
    report = await Reports(database).usage(DAY, DAY + timedelta(days=1), UTC)
    assert list(report.by_person.columns) == ["username", *FIGURES]
    kims = report.by_person.set_index("username").loc["kim"].to_dict()
    assert kims == {
        "turns": 2,
        "failed": 0,
        "stopped": 0,
        "tokens_in": 20,
        "tokens_out": 10,
        "waited": 1,
        "wait_median": 4.0,
        "wait_p95": 4.0,
        "first_delta_median": 2.0,
        "first_delta_p95": 2.9,
    }
    agents = report.by_agent.set_index("agent_id")
    assert agents.loc["b", ["turns", "failed", "stopped", "tokens_in", "waited"]].tolist() == [2, 1, 1, 7, 1]
    assert math.isnan(agents.loc["b", "first_delta_median"])
    assert report.by_day[["day", "turns"]].values.tolist() == [[DAY, 3], [DAY + timedelta(days=1), 1]]
    assert report.total[["turns", "failed", "tokens_in", "waited"]].tolist() == [4, 1, 27, 2]


async def test_a_day_is_that_of_the_time_zone(database: Database, rows: Rows) -> None:
    kim = rows.person("kim")
    rows.turn(kim, created_at=datetime(2026, 3, 9, 15, 0, tzinfo=UTC))  # midnight in Seoul
    rows.turn(kim, created_at=datetime(2026, 3, 10, 14, 59, 59, 999999, tzinfo=UTC))
    rows.turn(kim, created_at=datetime(2026, 3, 10, 15, 0, tzinfo=UTC))
    report = await Reports(database).usage(date(2026, 3, 10), date(2026, 3, 10), SEOUL)
    assert report.by_day["turns"].tolist() == [2]


async def test_a_day_of_23_hours_is_whole(database: Database, rows: Rows) -> None:
    kim = rows.person("kim")
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 3, 29, tzinfo=berlin).astimezone(UTC)
    for hours in range(24):
        rows.turn(kim, created_at=first + timedelta(hours=hours))
    report = await Reports(database).usage(date(2026, 3, 29), date(2026, 3, 30), berlin)
    assert report.by_day["turns"].tolist() == [23, 1]


async def test_days_without_turns_are_there_with_nothing(database: Database) -> None:
    report = await Reports(database).usage(DAY, DAY + timedelta(days=2), UTC)
    assert report.by_day["turns"].tolist() == [0, 0, 0]
    assert report.by_person.empty and report.by_agent.empty and report.total["turns"] == 0


@pytest.mark.parametrize("last", [DAY - timedelta(days=1), DAY + timedelta(days=3660)])
async def test_a_range_that_is_none_is_refused(database: Database, last: date) -> None:
    with pytest.raises(RangeError):
        await Reports(database).usage(DAY, last, UTC)


def test_the_top_ten_are_the_largest_and_none_with_nothing() -> None:
    frame = pd.DataFrame({"username": [f"p{n:02}" for n in range(15)], "turns": range(15)})
    assert top(frame, "turns")["username"].tolist() == [f"p{n:02}" for n in range(14, 4, -1)]
    assert top(frame.head(3), "turns")["username"].tolist() == ["p02", "p01"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 10**6)), min_size=1, max_size=40))
def test_percentiles_are_those_of_each_group(values: list[tuple[int, int | None]]) -> None:
    frame = pd.DataFrame(values, columns=["key", "first_delta"]).astype({"first_delta": float})
    frame = frame.assign(wait=math.nan, failed=False, stopped=False, waited=False, tokens_in=0, tokens_out=0)
    found = _figures(frame, "key")
    for key, group in frame.groupby("key"):
        expected = group["first_delta"].quantile(0.95)
        assert found.loc[key, "first_delta_p95"] == pytest.approx(expected, nan_ok=True, abs=0.001)
        assert found.loc[key, "turns"] == len(group)


def test_a_range_is_read_by_its_index(database: Database) -> None:
    plan = database.read_now(
        lambda c: c.execute(text("EXPLAIN QUERY PLAN SELECT state FROM turns WHERE created_at >= '2026'")).all()
    )
    assert "ix_turns_created_at" in str(plan)
