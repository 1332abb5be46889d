"""The intake card says what is in a file, counts what is wrong with it, and follows what is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from chat.analyst.intake.cards import Card
from chat.analyst.intake.personal_data import personal_data
from chat.analyst.reading import Choice, read
from chat.analyst.tables import ReadingFailed

PEOPLE = """회원번호,이름,주민등록번호,휴대폰,이메일,메모,금액
1,김하나,900101-1234568,010-1234-5678,kim@example.com,문의: 010-9999-8888,1000
2,이두리,850505-2345674,010-2222-3333,lee@example.com,,2000
3,박세찬,770707-1******,011-333-4444,park@example.com,예약함,
4,최네오,000101-3456789,010-5555-6666,choi@example.com,park@example.com로 회신,4000
4,최네오,000101-3456789,010-5555-6666,choi@example.com,park@example.com로 회신,4000
"""


def card_of(path: Path, content: str | bytes, name: str = "data.csv", choice: Choice | None = None) -> Card:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read(path, name, choice).card


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "upload"


def test_types_examples_missing_values_and_duplicates_are_counted(path: Path) -> None:
    card = card_of(path, PEOPLE)
    assert (card.rows, len(card.columns), card.duplicate_rows, card.keys) == (5, 7, 1, ())
    memo, amount = card.columns[5], card.columns[6]
    assert (memo.missing, memo.missing_share, memo.distinct) == (1, 0.2, 3)
    assert (amount.kind, amount.examples, amount.missing) == ("number", ("1000", "2000", "4000"), 1)


def test_keys_are_columns_in_which_no_value_comes_twice(path: Path) -> None:
    assert card_of(path, "id,city,code\n1,Seoul,A1\n2,Busan,A2\n3,Seoul,A3\n").keys == ("id", "code")


def test_columns_of_personal_data_are_marked(path: Path) -> None:
    personal = {column.name: column.personal for column in card_of(path, PEOPLE).columns if column.personal}
    assert personal == {
        "주민등록번호": "resident_number",
        "휴대폰": "phone",
        "이메일": "email",
        "메모": "email",
    }


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("번호", ["9001011234568", "8505052345674"], "resident_number"),
        ("번호", ["9001011234567", "8505052345678"], None),  # the check digits are wrong
        ("연락처", ["02-123-4567", "031)234-5678", "+82 10-1234-5678"], "phone"),
        ("tel", ["+1 212-555-0123", "(212) 555-0199"], "phone"),
        ("카드", ["4111-1111-1111-1111", "5500-0000-0000-0004"], "card_number"),
        ("날짜", ["2024-01-05", "2024-02-06"], None),
        ("금액", ["0212345678", "0312345678"], None),
        ("사업자등록번호", ["123-45-67890", "220-81-62517"], None),
        ("빈 열", ["", " "], None),
    ],
)
def test_personal_data_are_told_from_other_numbers(name: str, values: list[str], kind: str | None) -> None:
    assert personal_data(name, values) == kind


def test_dialect_and_places_are_on_the_card(path: Path) -> None:
    card = card_of(path, "매출 현황\n\n지역;금액\n서울;'1;2'\n부산;'3;4'\n대구;'5;6'\n".encode("cp949"))
    assert (card.format, card.encoding, card.separator, card.quote) == ("CSV", "cp949", ";", "'")
    assert (card.header_lines, card.skipped_lines) == ((3,), (1,))


def test_a_card_is_json(path: Path) -> None:
    card = json.loads(json.dumps(card_of(path, PEOPLE).as_json(), ensure_ascii=False))
    assert (card["rows"], card["width"], card["columns"][0]["name"]) == (5, 7, "회원번호")
    notes = json.loads(json.dumps(card_of(path, "제목,,\n\na,b,c\n1,2,3\n4,5\n").as_json()))["notes"]
    assert {"key": "short_rows", "count": 1, "column": "_extra", "lines": "5"} not in notes
    assert [note["key"] for note in notes] == ["preamble", "short_rows"]


def test_chosen_encoding_separator_and_header_are_followed(path: Path) -> None:
    content = "x\n이름;a,b\n값;1,2\n".encode("cp949")
    card = card_of(path, content, choice=Choice(encoding="latin-1", separator=",", header=2))
    assert (card.encoding, card.separator, card.header_lines) == ("iso8859-1", ",", (2,))
    assert card.columns[1].name == "b"
    assert len(card_of(path, content, choice=Choice(header=0)).columns) == 2


def test_a_chosen_sheet_is_read(path: Path) -> None:
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        pd.DataFrame({"a": [1, 2, 3]}).to_excel(book, sheet_name="하나", index=False)
        pd.DataFrame({"b": [1, 2], "c": [3, 4]}).to_excel(book, sheet_name="둘", index=False)
    card = read(path, "book.xlsx", Choice(sheet="둘")).card
    assert (card.sheet, [column.name for column in card.columns]) == ("둘", ["b", "c"])
    assert [(sheet.name, sheet.rows, sheet.columns) for sheet in card.sheets] == [("하나", 4, 1), ("둘", 3, 2)]


@pytest.mark.parametrize(
    ("choice", "reason"), [(Choice(encoding="klingon"), "no_encoding"), (Choice(sheet="gone"), "no_sheet")]
)
def test_what_cannot_be_chosen_is_refused(path: Path, choice: Choice, reason: str) -> None:
    if choice.sheet:
        pd.DataFrame({"a": [1]}).to_excel(path, index=False, engine="openpyxl")
    else:
        path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ReadingFailed) as failure:
        read(path, "file", choice)
    assert failure.value.reason == reason


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("notes.txt", "A letter, with commas, to nobody.\nIt goes on like this, for some lines.\n\nBye.\n", "Text"),
        ("readme.md", "# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "Markdown"),
        ("script.py", "a, b = 1, 2\nprint(a, b)\n", "Code"),
        ("page.html", "<!doctype html><html><body><p>No table here.</p></body></html>", "HTML"),
    ],
)
def test_documents_are_text_and_no_table(path: Path, name: str, content: str, format: str) -> None:
    card = card_of(path, content, name)
    assert (card.kind, card.format, card.encoding, card.columns) == ("document", format, "utf-8", ())
    assert card.text == content


def test_the_text_of_a_pdf_is_read(path: Path) -> None:
    card = card_of(path, pdf("Quarterly figures are fine"), "report.pdf")
    assert (card.kind, card.format, card.pages) == ("document", "PDF", 1)
    assert (card.text or "").strip() == "Quarterly figures are fine"


@pytest.mark.parametrize(("content", "reason"), [(b"%PDF-1.7\n1 0 obj\n", "corrupt"), ("", "no_text")])
def test_a_pdf_without_text_says_so(path: Path, content: bytes | str, reason: str) -> None:
    with pytest.raises(ReadingFailed) as failure:
        card_of(path, content if isinstance(content, bytes) else pdf(content), "report.pdf")
    assert failure.value.reason == reason


def pdf(text: str) -> bytes:
    """The smallest PDF that shows a line of text."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET" if text else ""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{body}xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    ).encode()


def test_the_card_is_the_same_whether_the_text_is_kept_or_not(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    kept, freed = read(path, path.name), read(path, path.name, keeps_texts=False)
    assert kept.card == freed.card and kept.header == freed.header
    assert kept.texts is not None and freed.texts is None
    assert kept.table is not None and freed.table is not None
    pd.testing.assert_frame_equal(kept.table.frame, freed.table.frame)
