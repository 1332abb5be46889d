"""Every ugly file in `ugly/` is read as the exact table that its case says, or refused for the reason that it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chat.analyst.reading import read
from chat.analyst.tables import ReadingFailed

UGLY = Path(__file__).with_name("ugly")
CASES: list[dict[str, Any]] = json.loads((UGLY / "cases.json").read_text(encoding="utf-8"))
TABLES = [case for case in CASES if "table" in case]
FAILURES = [case for case in CASES if "reason" in case]


def by_name(case: dict[str, Any]) -> str:
    return str(case["file"])


@pytest.mark.parametrize("case", TABLES, ids=by_name)
def test_the_exact_table_comes_out(case: dict[str, Any]) -> None:
    reading = read(UGLY / case["file"], case["file"])
    assert reading.texts is not None
    columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in reading.texts.columns]
    body = [list(row) for row in zip(*columns, strict=True)]
    assert (reading.header is not None) == case["header"]
    assert [*([list(reading.header)] if reading.header else []), *body] == case["table"]
    assert reading.card.rows == len(body)
    assert [column.name for column in reading.card.columns] == list(reading.texts.column_names)


@pytest.mark.parametrize("case", FAILURES, ids=by_name)
def test_what_cannot_be_read_says_why(case: dict[str, Any]) -> None:
    with pytest.raises(ReadingFailed) as failure:
        read(UGLY / case["file"], case["file"])
    assert failure.value.reason == case["reason"]


def test_every_file_has_a_case_that_describes_it() -> None:
    assert {case["file"] for case in CASES} == {path.name for path in UGLY.iterdir()} - {"cases.json"}
    assert all(case["says"].endswith(".") for case in CASES)
    assert len(TABLES) >= 60
