"""Reads the sheets of an Excel or OpenDocument workbook as rows of text."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from chat.analyst.tables import Note, ReadingFailed, note


class Workbook:
    """The first sheet that has data. Other sheets with data are named in `notes`."""

    def __init__(self, path: Path) -> None:
        try:
            self._book = CalamineWorkbook.from_path(str(path))
            filled = [name for name in self._book.sheet_names if self._has_data(name)]
        except PasswordError as error:
            raise ReadingFailed("encrypted") from error
        except CalamineError as error:
            raise ReadingFailed("corrupt") from error
        if not filled:
            raise ReadingFailed("empty")
        self.sheet = filled[0]
        self.notes: list[Note] = []
        if len(filled) > 1:
            self.notes.append(note("other_sheets", count=len(filled) - 1, names=", ".join(filled[1:11])))

    def rows(self) -> Iterator[list[str | None]]:
        """The sheet's rows from its first filled cell on."""
        for row in self._sheet(self.sheet).iter_rows():
            yield [_cell_text(cell) for cell in row]

    def _has_data(self, name: str) -> bool:
        return bool(self._sheet(name).total_height)

    def _sheet(self, name: str) -> CalamineSheet:
        return self._book.get_sheet_by_name(name)


def _cell_text(cell: object) -> str | None:
    """A cell as a person would type it: 3.0 is 3, midnight is the day alone."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    return str(cell)
