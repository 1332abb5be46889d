"""Tables as files for a spreadsheet, in which no cell can act as a formula."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

# What a spreadsheet takes for the begin of a formula, spaces and full-width forms included.
_FORMULA = re.compile(r"[\s\ufeff\x00]*[=+\-@＝＋－＠|]|[\t\r\n]")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


def neutral(text: str) -> str:
    """The text as a cell that stays text."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_of(frame: pd.DataFrame) -> bytes:
    """UTF-8 with BOM, CRLF at the line ends (RFC 4180); nothing for what isn't known."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(_rows(frame))
    return (BOM + text.getvalue()).encode()


def excel_of(frames: dict[str, pd.DataFrame]) -> bytes:
    """A workbook with a sheet for each frame by its name; numbers stay numbers."""
    book = Workbook(write_only=False)
    book.remove(book.active)
    for name, frame in frames.items():
        sheet = book.create_sheet(_NO_SHEET_NAME.sub(" ", name)[:31])
        for row in _rows(frame):
            sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    columns = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns]
    return [[_cell(str(name)) for name in frame.columns], *map(list, zip(*columns, strict=True))]


def _cell(value: Any) -> Any:
    """A text that is no formula, a plain number or date, or None."""
    if isinstance(value, str):
        return neutral(value)
    if pd.isna(value):
        return None
    # Spreadsheets know no time zones.
    return value.tz_localize(None).to_pydatetime() if isinstance(value, pd.Timestamp) else value
