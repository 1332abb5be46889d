"""An intake card as an agent is given it: facts in the question's language, bounded, nobody's data in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chat.analyst.card_job import card_job
from chat.card_text import LONGEST, facts, note_sentences

PEOPLE = """명단
이름;주민등록번호;메일;금액
김철수;900101-1234568;kim@example.com;1000
이영희;850505-2345671;lee@example.com;
박민수;920303-1456786;park@example.com;삼천
"""


def card_of(tmp_path: Path, content: str, name: str = "명단.csv", encoding: str = "utf-8") -> dict[str, Any]:
    path = tmp_path / "upload"
    path.write_text(content, encoding=encoding)
    card: dict[str, Any] = card_job({"path": str(path), "name": name}, lambda _: None)["card"]
    return card


def test_the_facts_of_a_table(tmp_path: Path) -> None:
    told = facts(card_of(tmp_path, "a;b\n1;x\n2;\n2;x\n", "a.csv", "utf-16"), "en")
    assert told.splitlines()[:5] == [
        "[What is known of the attached file a.csv, as it was read; lines count from 1]",
        '- CSV, encoding utf-16, separator “;”, quotation mark “"”',
        "- header on line 1",
        "- 3 rows × 2 columns",
        "- columns:",
    ]
    assert "  - a: number; for example 1 | 2" in told
    assert "  - b: text; for example x; 1 missing (33.3%)" in told


def test_the_facts_are_in_korean_for_korean_questions(tmp_path: Path) -> None:
    told = facts(card_of(tmp_path, PEOPLE), "ko")
    assert "3행 × 4열" in told and "구분자 “;”" in told and "이름: 문자" in told


def test_personal_data_is_masked(tmp_path: Path) -> None:
    told = facts(card_of(tmp_path, PEOPLE), "ko")
    assert "900101" not in told and "kim" not in told and "example.com" not in told
    assert "******-*******" in told


def test_personal_data_outside_of_its_columns_is_masked_too(tmp_path: Path) -> None:
    told = facts(
        card_of(tmp_path, "담당 010-1234-5678 kim@example.com\n" + "\n".join(f"{n},x" for n in range(9))), "en"
    )
    assert "1234" not in told and "kim@" not in told


def test_a_wide_table_stays_within_bounds(tmp_path: Path) -> None:
    names = [f"a very long name of a column {number}" for number in range(500)]
    told = facts(card_of(tmp_path, ",".join(names) + "\n" + ",".join(["some value"] * 500)), "en")
    assert len(told) <= LONGEST
    assert "more columns" in told


def test_a_document_is_told_in_a_line(tmp_path: Path) -> None:
    told = facts(card_of(tmp_path, "# Title\n\nWords.\n", "a.md"), "en")
    assert told.splitlines()[1:] == ["- Markdown, encoding utf-8"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_notes_are_plain_sentences(tmp_path: Path, language: str) -> None:
    card = card_of(tmp_path, "1,2\n3,4\n5,6\n")
    assert any("column_1" in sentence for sentence in note_sentences(card, language))
