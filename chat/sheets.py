"""Rows as files for a spreadsheet, in which no cell can act as a formula."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_ROWS = 1_048_576  # of one sheet, the header included
_LONGEST_TEXT = 32_767  # characters in one cell
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_NARROWEST, _WIDEST = 8, 60  # characters of a column
_LOOKED_AT = 200  # rows from which the width of a column is told
# What a spreadsheet takes for the begin of a formula, spaces and full-width forms included.
_FORMULA = re.compile(r"[\s\ufeff\x00]*[=+\-@＝＋－＠|]|[\t\r\n]")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

Cell = str | int | float | date | None
Rows = Sequence[Sequence[Cell]]


def neutral(text: str) -> str:
    """The text as a cell that stays text."""
    return f"'{text}" if _FORMULA.match(text) else text


def csv_of(columns: Sequence[str], rows: Rows) -> bytes:
    """UTF-8 with BOM, CRLF at the line ends (RFC 4180); nothing for what isn't known."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(map(neutral, columns))
    writer.writerows(map(_csv_cell, row) for row in rows)
    return (BOM + text.getvalue()).encode()


def workbook_of(sheets: Mapping[str, tuple[Sequence[str], Rows]]) -> bytes:
    """An Excel file with a sheet of columns and rows by each name: numbers stay numbers and dates dates.

    What is longer than a sheet goes on in the next one.
    """
    book = Workbook(write_only=True)
    for name, (columns, rows) in sheets.items():
        for part, start in enumerate(range(0, max(len(rows), 1), _MOST_ROWS - 1)):
            sheet = book.create_sheet(_sheet_name(name, part))
            sheet.freeze_panes = "A2"
            for index, width in enumerate(_widths(columns, rows[start : start + _LOOKED_AT]), 1):
                sheet.column_dimensions[get_column_letter(index)].width = width
            sheet.append([_bold(sheet, column) for column in columns])
            for row in rows[start : start + _MOST_ROWS - 1]:
                sheet.append([_excel_cell(cell) for cell in row])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _csv_cell(cell: Cell) -> Any:
    if isinstance(cell, str):
        return neutral(cell)
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        # 1200.0 is how a program writes what people call 1200.
        return int(cell) if cell.is_integer() and abs(cell) < _EXACT else cell
    return cell


def _excel_cell(cell: Cell) -> Any:
    if isinstance(cell, str):
        return neutral(ILLEGAL_CHARACTERS_RE.sub("", cell))[:_LONGEST_TEXT]
    if isinstance(cell, float) and not math.isfinite(cell):
        return None if math.isnan(cell) else str(cell)
    # The digits of a longer number would be lost.
    return str(cell) if isinstance(cell, int) and abs(cell) >= _EXACT else cell


def _sheet_name(name: str, part: int) -> str:
    ending = f" {part + 1}" if part else ""
    title = _NO_SHEET_NAME.sub(" ", name).strip(" '") or "Table"
    return title[: 31 - len(ending)] + ending


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, _excel_cell(text))
    cell.font = Font(bold=True)
    return cell


def _widths(header: Sequence[str], rows: Rows) -> list[int]:
    """Characters of each column; a Hangul syllable takes the room of two."""
    columns = zip(header, *rows, strict=True)
    return [min(max(_NARROWEST, *map(_width, column)), _WIDEST) + 2 for column in columns]


def _width(cell: Cell) -> int:
    if isinstance(cell, datetime):
        return 19
    text = "" if cell is None else str(cell)
    return sum(2 if letter >= "\u1100" else 1 for letter in text.split("\n")[0][:_WIDEST])
