"""Files for a spreadsheet, as a spreadsheet and as a program read them."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from chat import sheets
from chat.events import ResultTable
from chat.result_tables import as_csv, as_excel, packed, unpacked

TABLE = ResultTable(
    title="지역별 매출/건수",
    columns=("지역", "매출", "날짜", "=메모"),
    kinds=("text", "number", "date", "text"),
    rows=(
        ("서울", 1900.0, "2024-03-01", "=HYPERLINK(1)"),
        ('부산, "남구"', -12.5, "2024-03-01T09:30:00", "@a\nb"),
        (None, None, None, "-5°C"),
        ("대구", 2**53 + 1, "2024-03", ""),
        ("제주", 3, "1850-01-01", "\x07bell"),
    ),
)


def sheet_of(content: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(content)).worksheets[0]


def test_a_packed_table_comes_back_as_it_was() -> None:
    assert unpacked(packed(TABLE)) == TABLE


def test_what_is_no_number_is_not_known() -> None:
    odd = ResultTable("t", ("n",), ("number",), ((float("nan"),), (float("inf"),)))
    assert unpacked(packed(odd)).rows == ((None,), ("inf",))


def test_a_csv_is_what_the_standard_says_with_a_mark_for_excel() -> None:
    content = as_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbf") and content.count(b"\r\n") == 6
    read = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [
        ["지역", "매출", "날짜", "'=메모"],
        ["서울", "1900", "2024-03-01", "'=HYPERLINK(1)"],
        ['부산, "남구"', "-12.5", "2024-03-01T09:30:00", "'@a\nb"],
        ["", "", "", "'-5°C"],
        ["대구", "9007199254740993", "2024-03", ""],
        ["제주", "3", "1850-01-01", "\x07bell"],
    ]


def test_a_workbook_has_numbers_days_and_no_formula() -> None:
    rows = list(sheet_of(as_excel(TABLE)).values)
    assert rows[0] == ("지역", "매출", "날짜", "'=메모")
    assert rows[1] == ("서울", 1900, datetime(2024, 3, 1), "'=HYPERLINK(1)")
    assert rows[2][1:3] == (-12.5, datetime(2024, 3, 1, 9, 30))
    assert rows[3] == (None, None, None, "'-5°C")
    assert rows[5][2:] == ("1850-01-01", "bell")


def test_days_are_shown_as_days_and_times_with_their_clock() -> None:
    sheet = sheet_of(as_excel(TABLE))
    assert (sheet["C2"].number_format, sheet["C3"].number_format) == ("yyyy-mm-dd", "yyyy-mm-dd h:mm:ss")


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_text() -> None:
    assert sheet_of(as_excel(TABLE))["B5"].value == "9007199254740993"


def test_the_header_is_bold_and_stays_in_view_and_columns_are_as_wide_as_their_texts() -> None:
    sheet = sheet_of(sheets.workbook_of({"t": (("a", "b", "c"), [("x", "가나다라마바사", "x" * 500)])}))
    assert sheet.freeze_panes == "A2"
    assert [cell.font.bold for row in sheet.iter_rows() for cell in row] == [True] * 3 + [False] * 3
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [10, 16, 62]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_ROWS", 3)
    book = openpyxl.load_workbook(BytesIO(sheets.workbook_of({"t": (("n",), [(1,), (2,), (3,)])})))
    assert {sheet.title: list(sheet.values) for sheet in book} == {"t": [("n",), (1,), (2,)], "t 2": [("n",), (3,)]}


@pytest.mark.parametrize(
    ("name", "shown"), [("a/b:c", "a b c"), ("'quoted'", "quoted"), ("", "Table"), ("  ", "Table")]
)
def test_any_name_is_a_sheets_name(name: str, shown: str) -> None:
    assert sheet_of(sheets.workbook_of({name: (("n",), [])})).title == shown


def test_a_text_too_long_for_a_cell_is_cut() -> None:
    sheet = sheet_of(sheets.workbook_of({"t": (("n",), [("x" * 40_000,)])}))
    assert len(sheet["A2"].value) == 32_767


def test_no_rows_are_a_header_alone() -> None:
    empty = ResultTable("t", ("a",), ("text",), ())
    assert as_csv(empty) == b"\xef\xbb\xbfa\r\n"
    assert list(sheet_of(as_excel(empty)).values) == [("a",)]


def test_dates_of_a_program_are_dates() -> None:
    assert sheet_of(sheets.workbook_of({"t": (("d",), [(date(2024, 3, 1),)])}))["A2"].value == datetime(2024, 3, 1)
