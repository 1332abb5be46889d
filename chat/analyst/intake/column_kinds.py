"""What the columns of a sheet hold, by its rows, and whether another row goes with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from chat.analyst.intake.rows import Row
from chat.analyst.intake.shapes import bare_kind_of, kind_of

WORDS = ("text", "signs", "flag")
DEEPEST = 5  # the most rows of names
_BODY = 60
_TYPED = 0.6
_SEEN = 0.05
_YEAR = re.compile(r"(19|20)\d\d(년|\.|년도)?")
_PERIOD = re.compile(
    r"(19|20)\d\d(년|\.|년도)?|\d{1,2}월|[1-4]\s?/?\s?(분기|Q)|Q[1-4]|[상하]반기|FY\s?\d{2,4}"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?([- ]?\d{2,4})?",
    re.IGNORECASE,
)


class ColumnKinds:
    """What the columns hold below their names."""

    def __init__(self, rows: Sequence[Row], width: int) -> None:
        fitting = [row for row in rows if len(row.cells) == width and is_wide(row, width)]
        start = max(1, min(DEEPEST + 1, len(fitting) // 2))
        body = fitting[start : start + _BODY]
        self.kinds: list[Counter[str]] = [Counter() for _ in range(width)]
        self.values: list[Counter[str]] = [Counter() for _ in range(width)]
        for row in body:
            for number, cell in enumerate(row.cells):
                self.kinds[number][kind_of(cell)] += 1
                self.values[number][cell.strip()] += 1
        self.years = [
            bool(values) and all(_YEAR.fullmatch(value) for value in values if value) for values in self.values
        ]
        self._typed = [self._is_typed(kinds) for kinds in self.kinds]
        self.first_typed = next((number for number in range(width) if self._typed[number]), None)

    def typed(self, number: int) -> bool:
        """Whether a column holds more than words."""
        return self._typed[number]

    def _is_typed(self, kinds: Counter[str]) -> bool:
        filled = sum(kinds.values()) - kinds["empty"]
        words = sum(kinds[kind] for kind in WORDS)
        return filled > 0 and filled - words >= _TYPED * filled

    def votes(self, cells: Sequence[str]) -> tuple[int, int]:
        """For how many columns a row's cell is of the column's kind, and for how many typed ones it isn't."""
        alike = unlike = 0
        for number, cell in enumerate(cells[: len(self.kinds)]):
            kind = bare_kind_of(cell)
            if kind == "empty" or not self.typed(number):
                continue
            kinds = self.kinds[number]
            filled = sum(kinds.values()) - kinds["empty"]
            name_like = kind == "number" and not self.years[number] and _YEAR.fullmatch(cell.strip())
            if kind not in WORDS and kinds[kind] >= _SEEN * filled and not name_like:
                alike += 1
            elif kind in ("code", "date", *WORDS) or name_like:
                unlike += 1
        return alike, unlike

    def words_for_values(self, cells: Sequence[str]) -> int:
        """In how many typed columns a row has a word instead."""
        return sum(
            bare_kind_of(cell) in WORDS and self.typed(number) for number, cell in enumerate(cells[: len(self.kinds)])
        )

    def repeats(self, cells: Sequence[str]) -> int:
        """How many of a row's words stand further down in the same column again."""
        return sum(
            1
            for number, cell in enumerate(cells[: len(self.values)])
            if cell.strip() and kind_of(cell) in ("text", "flag") and self.values[number][cell.strip()]
        )


def is_value(cell: str) -> bool:
    """Whether a cell holds what no name is: a number, a date, an address; codes and periods may be names."""
    return bare_kind_of(cell) in ("number", "date", "time", "stamp", "address") and not _PERIOD.fullmatch(cell.strip())


def is_wide(row: Row, width: int) -> bool:
    if width == 1:
        return row.filled > 0
    return row.filled >= max(2, width / 2) or (len(row.cells) == width and row.filled > 1)
