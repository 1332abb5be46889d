from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin.exports import csv_of, excel_of
from chat.sheets import neutral

FRAME = pd.DataFrame(
    {"username": ["김", '=HYPERLINK("x")'], "turns": [2, -3], "wait": [1.5, None], "day": [date(2026, 3, 10)] * 2}
)


def cells(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(BytesIO(content))["Usage"].values)


def test_a_csv_begins_with_a_bom_and_holds_no_formula() -> None:
    content = csv_of(FRAME)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert read == [
        ["username", "turns", "wait", "day"],
        ["김", "2", "1.5", "2026-03-10"],
        ['\'=HYPERLINK("x")', "-3", "", "2026-03-10"],
    ]


def test_a_workbook_keeps_numbers_and_holds_no_formula() -> None:
    read = cells(excel_of({"Usage": FRAME}))
    assert read[0] == ("username", "turns", "wait", "day")
    assert read[1][:3] == ("김", 2, 1.5) and isinstance(read[1][1], int)
    assert read[2][:3] == ('\'=HYPERLINK("x")', -3, None)


def test_a_workbook_has_a_sheet_for_each_table() -> None:
    book = openpyxl.load_workbook(BytesIO(excel_of({"Day": FRAME, "a/b:" + "c" * 40: FRAME.head(0)})))
    assert book.sheetnames == ["Day", "a b " + "c" * 27]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1", "\ufeff=1", "|x"])
def test_what_begins_like_a_formula_is_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "kim", "a=b", "김", "1-2"])
def test_other_texts_stay(text: str) -> None:
    assert neutral(text) == text


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_fits_a_workbook_and_is_no_formula(text: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(excel_of({"Usage": pd.DataFrame({"a": [text]})})))["Usage"]
    assert sheet["A2"].data_type != "f"
