"""Questions about small tables of an encyclopedia's kind: what is looked up, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.analyst import lookups
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from tests.chat.analyst.lookups import english, korean


def table_of(rows: str, folder: Path) -> Table:
    """The table as read from a file as encyclopedias' tables are given away: with quotes around every cell, in which a
    backslash and an n (here: ~) stand for a line break."""
    path = folder / "table.csv"
    lines = (",".join(f'"{_escaped(cell)}"' for cell in line.split("|")) for line in rows.splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path, path.name)


def _escaped(cell: str) -> str:
    return cell.replace("~", "\\\\n").replace('"', '\\"')


def told(value: str | float | bool) -> str:
    """A value for comparing: numbers without their zeros."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


@pytest.mark.parametrize(("name", "question", "expected"), english.ANSWERED)
def test_english_questions_are_answered_with_the_very_cells(
    name: str, question: str, expected: list[str], tmp_path: Path
) -> None:
    found = lookups.answer(question, table_of(english.TABLES[name], tmp_path), "en")
    assert found is not None
    assert [told(value) for value in found.values] == expected


@pytest.mark.parametrize(("name", "question", "expected"), korean.ANSWERED)
def test_korean_questions_are_answered_with_the_very_cells(
    name: str, question: str, expected: list[str], tmp_path: Path
) -> None:
    found = lookups.answer(question, table_of(korean.TABLES[name], tmp_path), "ko")
    assert found is not None
    assert [told(value) for value in found.values] == expected


@pytest.mark.parametrize(("name", "question"), english.NOT_ANSWERED)
def test_an_english_question_that_the_table_does_not_answer_is_left(name: str, question: str, tmp_path: Path) -> None:
    assert lookups.answer(question, table_of(english.TABLES[name], tmp_path), "en") is None


@pytest.mark.parametrize(("name", "question"), korean.NOT_ANSWERED)
def test_a_korean_question_that_the_table_does_not_answer_is_left(name: str, question: str, tmp_path: Path) -> None:
    assert lookups.answer(question, table_of(korean.TABLES[name], tmp_path), "ko") is None
