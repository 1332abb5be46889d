"""Reads the sheets of an Excel or OpenDocument workbook as rows of text, with merged cells filled."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from chat.analyst.intake.merged_cells import Range, open_document_ranges, rows_of_names
from chat.analyst.intake.rows import Row
from chat.analyst.intake.sheet_xml import unread_cells
from chat.analyst.tables import ReadingFailed

# What is no sheet of cells: some files keep a copy of the charted cells in it, others can't be read as one.
_WITHOUT_CELLS = (SheetTypeEnum.ChartSheet, SheetTypeEnum.DialogSheet, SheetTypeEnum.Vba)
_SMALL = 3  # rows of a sheet that may be a cover: then the biggest one is read


@dataclass(frozen=True, slots=True)
class SheetSize:
    """A sheet's name and how many rows and columns it has with anything in them."""

    name: str
    rows: int
    columns: int


class Workbook:
    """A workbook, of which `sheet` is read: the one that was chosen, else the first that is a table.

    Raises ReadingFailed when it is encrypted, corrupt or empty, and KeyError when there is no such sheet.
    """

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        try:
            self._path = path
            self._book = CalamineWorkbook.from_path(str(path))
            self.sheets = [self._size(one.name) for one in self._book.sheets_metadata if one.typ not in _WITHOUT_CELLS]
        except PasswordError as error:
            raise ReadingFailed("encrypted") from error
        except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
            raise ReadingFailed("corrupt") from error
        # The rows of formulas without a value, once for each, when `rows` has been read.
        self.uncomputed: list[int] = []
        self.names_at = range(1, 1)  # the lines that are names because of merged cells, when `rows` has been read
        filled = [size for size in self.sheets if size.rows]
        if sheet is not None:
            self.sheet = next(size.name for size in self.sheets if size.name == sheet) if sheet in self.names() else ""
            if not self.sheet:
                raise KeyError(sheet)
        elif not filled:
            raise ReadingFailed("empty")
        else:
            self.sheet = _likely([size for size in filled if size.name not in self._hidden()] or filled).name

    def names(self) -> list[str]:
        """All sheets' names."""
        return [size.name for size in self.sheets]

    def _hidden(self) -> set[str]:
        return {sheet.name for sheet in self._book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}

    def others(self) -> list[str]:
        """The other sheets that have data."""
        return [size.name for size in self.sheets if size.rows and size.name != self.sheet]

    def rows(self) -> list[Row]:
        """The sheet's rows, numbered as the spreadsheet program does; a merged cell's text is in all cells of it."""
        try:
            sheet = self._sheet(self.sheet)
            cells = [[_cell_text(cell) for cell in row] for row in sheet.iter_rows()]
        except (CalamineError, ValueError) as error:
            raise ReadingFailed("corrupt") from error
        self._add_unread(sheet, cells)
        ranges = self._ranges(sheet)
        _fill(cells, ranges)
        names = rows_of_names(cells, ranges)
        self.names_at = range(names.start + 1, names.stop + 1)
        left = _blank_columns(cells)
        return [Row(number, row[left:]) for number, row in enumerate(cells, 1)]

    def _add_unread(self, sheet: CalamineSheet, cells: list[list[str]]) -> None:
        """Write errors as the spreadsheet program shows them, and keep account of formulas that have no value."""
        before = int(sheet.start[1]) if sheet.start else 0
        unread = unread_cells(self._path, self.sheet)
        for (row, column), text in unread.errors.items():
            if row < len(cells) and 0 <= column - before < len(cells[row]):
                cells[row][column - before] = cells[row][column - before] or text
        self.uncomputed = [row + 1 for row, _ in unread.uncomputed]

    def _ranges(self, sheet: CalamineSheet) -> list[Range]:
        """The merged cells by the places of what the library gives: without blank columns at the left."""
        before = int(sheet.start[1]) if sheet.start else 0  # columns that the library leaves out; rows it doesn't
        ranges = sheet.merged_cell_ranges or open_document_ranges(self._path, self.sheet)
        return [((top, left - before), (bottom, right - before)) for (top, left), (bottom, right) in ranges]

    def _size(self, name: str) -> SheetSize:
        sheet = self._sheet(name)
        return SheetSize(name, sheet.height, sheet.width) if sheet.total_height else SheetSize(name, 0, 0)

    def _sheet(self, name: str) -> CalamineSheet:
        return self._book.get_sheet_by_name(name)


def _fill(cells: list[list[str]], ranges: Sequence[Range]) -> None:
    """Put a merged cell's text into all cells of it, unless it is a title across (nearly) the whole table."""
    height, width = len(cells), max(map(len, cells), default=0)
    for (top, left), (bottom, right) in ranges:
        bottom = min(bottom, height - 1)
        right = min(right, width - 1)
        if top < 0 or left < 0 or top >= height or left >= width:
            continue
        if right > left and right - left + 1 >= max(2, width - 1) and _is_title(cells, top, left, right):
            continue
        text = cells[top][left]
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                cells[row][column] = cells[row][column] or text


def _is_title(cells: Sequence[Sequence[str]], top: int, left: int, right: int) -> bool:
    """Whether nothing else is in the row of a wide merged cell."""
    return not any(cell for number, cell in enumerate(cells[top]) if not left <= number <= right)


def _likely(filled: Sequence[SheetSize]) -> SheetSize:
    """The first sheet, unless it is a cover of some lines before a real table."""
    first = filled[0]
    biggest = max(filled, key=lambda size: size.rows * size.columns)
    cover = first.columns < 2 or first.rows < _SMALL
    return biggest if cover and biggest.rows * biggest.columns >= 5 * first.rows * first.columns else first


def _blank_columns(cells: Sequence[Sequence[str]]) -> int:
    """How many columns at the left have nothing in them."""
    width = max(map(len, cells), default=0)
    for number in range(width):
        if any(len(row) > number and row[number] for row in cells):
            return number
    return 0


def _cell_text(cell: object) -> str:
    """A cell as a person would type it: 3.0 is 3, midnight is the day alone."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(cell)
