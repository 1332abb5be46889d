from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest

from storage import metadata
from storage.database import Database
from storage.metadata import ORDERINGS, Chosen
from tests.admin.rows import NOON, Rows


@pytest.fixture
def rows(database: Database) -> Rows:
    """Three conversations: c1 of kim, c2 and c3 of Lee."""
    made = Rows(database)
    kim, lee = made.person("kim"), made.person("Lee")
    made.conversation(kim, id="c1", agent_id="z", updated_at=NOON + timedelta(days=2))
    made.conversation(lee, id="c2", agent_id="y", updated_at=NOON + timedelta(days=1))
    made.conversation(lee, id="c3", agent_id="x")
    for _ in range(3):
        made.message("c2")
    made.message("c3")
    made.turn(lee, conversation_id="c2")
    return made


def ids(rows: Rows, chosen: Chosen = Chosen(), **options: object) -> list[str]:  # noqa: B008
    return [item.id for item in rows.database.read_now(metadata.page, chosen, **options)[0]]


def test_a_row_has_owner_agent_dates_and_counts_and_no_words(rows: Rows) -> None:
    found, total = rows.database.read_now(metadata.page)
    assert total == 3 and found[1].owner == "Lee"
    assert (found[1].messages, found[1].turns, found[1].files) == (3, 1, 0)
    assert "secret" not in str([asdict(item) for item in found])


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("-updated_at", ["c1", "c2", "c3"]),
        ("updated_at", ["c3", "c2", "c1"]),
        ("agent_id", ["c3", "c2", "c1"]),
        ("owner", ["c1", "c3", "c2"]),
        ("-messages", ["c2", "c3", "c1"]),
        ("-turns", ["c2", "c3", "c1"]),
    ],
)
def test_it_can_be_sorted(rows: Rows, ordering: str, expected: list[str]) -> None:
    assert ids(rows, ordering=ordering) == expected


@pytest.mark.parametrize("ordering", [f"{sign}{name}" for name in ORDERINGS for sign in ("", "-")])
def test_pages_in_any_order_hold_each_once(rows: Rows, ordering: str) -> None:
    pages = [ids(rows, ordering=ordering, offset=offset, limit=1) for offset in range(4)]
    assert sorted(item for page in pages for item in page) == ["c1", "c2", "c3"] and pages[3] == []


@pytest.mark.parametrize("ordering", ["title", "-", "", "updated_at; DROP TABLE users"])
def test_other_orders_are_refused(rows: Rows, ordering: str) -> None:
    with pytest.raises(ValueError):
        ids(rows, ordering=ordering)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Chosen(owner="LE"), ["c2", "c3"]),
        (Chosen(owner="%"), []),
        (Chosen(agent="z"), ["c1"]),
        (Chosen(since=NOON + timedelta(days=1)), ["c1", "c2"]),
        (Chosen(until=NOON + timedelta(days=1)), ["c3"]),
    ],
)
def test_it_can_be_filtered(rows: Rows, chosen: Chosen, expected: list[str]) -> None:
    assert ids(rows, chosen) == expected
    assert rows.database.read_now(metadata.page, chosen)[1] == len(expected)
