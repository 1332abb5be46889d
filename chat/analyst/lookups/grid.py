"""A small table as its file wrote it, made ready for looking up: what each column holds and where each value stands."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from chat.analyst.lookups.cells import Moment, moment, name_of, number, parts, words
from chat.analyst.lookups.codes import names_countries

Kind = Literal["number", "date", "text"]
Key = float | Moment
Span = tuple[str, ...]

MOST_CELLS = 40_000
_LONGEST = 12  # words of a value
_MOSTLY = 0.7
_EMPTY = frozenset({"", "-", "–", "—", "n/a", "na", "none", "?", "…", "없음"})
_NO_NUMBER = frozenset(
    {"free", "undisclosed", "unknown", "tbd", "tba", "tbc", "dnf", "dns", "dnq", "dsq", "dq", "ret", "nc"}
)
_FEWEST = 3  # numbers of a column that has words instead of some
_YEARS = (1500, 2100)
_WIDE = 4
_PROSE = 30  # letters of a cell, on average
_TOTAL = re.compile(r"(?:grand |sub)?-?totals?\b|합계|총계|소계|계$")
_SCORE = re.compile(r"\s*\d{1,3}\s*[-–]\s*\d{1,3}\s*$")  # of a game
_TOTALS = frozenset({"total", "totals", "sum", "average", "합계", "총계", "계", "평균", "grand total"})


def is_empty(text: str) -> bool:
    """Whether a cell says nothing."""
    return text.strip().casefold() in _EMPTY


@dataclass(slots=True)
class Places:
    """Where a run of words stands: by column the rows of which it is a whole value, and those that only have it."""

    whole: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    among: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True)
class Grid:
    """The names of the columns and the texts of their cells, by column; of which columns only one of the two measures
    that each cell has was kept (`sides`, the first as 0)."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    sides: tuple[tuple[int, int], ...] = ()

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The numbers of the rows that hold data: no totals and no empty rows."""
        height = len(self.columns[0]) if self.columns else 0
        return tuple(row for row in range(height) if not self._is_total(row, height))

    def _is_total(self, row: int, height: int) -> bool:
        cells = [column[row].strip().casefold() for column in self.columns]
        filled = [cell for cell in cells if cell]
        if not filled or (len(filled) == 1 and cells[0] and len(cells) >= _WIDE and row < height - 1):
            return True  # nothing, or the name of the rows below
        if filled[0].rstrip(":") in _TOTALS and row == height - 1:
            return len(filled) > 1
        return bool(_TOTAL.match(filled[0])) and self._adds_up(row)

    def _adds_up(self, row: int) -> bool:
        """Whether a row has the sums of those above it, from some row on."""
        for column in self.columns[1:]:
            total, added = number(column[row]), 0.0
            for text in reversed(column[:row]):
                added += number(text) or 0.0
                if total and abs(added - total) <= 0.001 * abs(total):
                    return True
        return False

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """What each column holds."""
        return tuple(self._kind(column) for column in range(len(self.names)))

    def _kind(self, column: int) -> Kind:
        texts = [self.columns[column][row] for row in self.rows if not is_empty(self.columns[column][row])]
        if not texts:
            return "text"
        days = sum(bool(_dated(text)) for text in texts)
        if days >= _MOSTLY * len(texts):
            return "date"
        if self.holds_scores(column):
            return "text"
        numbered = [text for text in texts if text.strip().casefold() not in _NO_NUMBER]
        texts = numbered if len(numbered) >= _FEWEST else texts
        numbers = sum(
            bool(re.match(r"\s*[^\w\s]{0,3}\s*(us|nz|a|c)?[$£€₩¥]?\s*[-−]?\.?\d", text, re.I)) for text in texts
        )
        lettered = sum(len(re.findall(r"[^\W\d_]", text)) > 14 for text in texts)
        return "number" if numbers >= _MOSTLY * len(texts) and lettered < len(texts) / 3 else "text"

    def holds_scores(self, column: int) -> bool:
        """Whether a column's cells are like "3–1", which is no number."""
        texts = [self.columns[column][row] for row in self.rows if not is_empty(self.columns[column][row])]
        return sum(bool(_SCORE.match(text)) for text in texts) >= _MOSTLY * max(len(texts), 1)

    def key(self, column: int, row: int) -> Key | None:
        """What a cell is ordered and compared by; None for a cell that says nothing of the kind."""
        text = self.columns[column][row]
        if is_empty(text):
            return None
        if self.kinds[column] == "date":
            return moment(text)
        return number(text)

    def text(self, column: int, row: int) -> str:
        """A cell as the file wrote it."""
        return self.columns[column][row].strip()

    def distinct_share(self, column: int) -> float:
        """How many of a column's cells differ, as a share of all."""
        texts = [self.columns[column][row] for row in self.rows]
        return len(set(texts)) / len(texts) if texts else 0.0

    @cached_property
    def has_full_dates(self) -> tuple[bool, ...]:
        """Whether each column's dates have months."""
        return tuple(
            kind == "date" and any((moment(self.columns[at][row]) or (0, 0, 0))[1] for row in self.rows)
            for at, kind in enumerate(self.kinds)
        )

    @cached_property
    def ordered(self) -> tuple[int, ...]:
        """The columns that an order may follow: numbers that don't just count the rows, and days with their years."""
        return tuple(
            column
            for column, kind in enumerate(self.kinds)
            if (kind == "number" and not self.counts_rows(column)) or (kind == "date" and self._has_years(column))
        )

    def holds_years(self, column: int) -> bool:
        """Whether all numbers of a column are years, as in "1902-1931"."""
        known = [key for row in self.rows if isinstance(key := self.key(column, row), float)]
        return len(known) >= _FEWEST and all(_YEARS[0] <= one <= _YEARS[1] and one.is_integer() for one in known)

    def is_prose(self, column: int) -> bool:
        """Whether a column's cells are sentences rather than names."""
        filled = [self.text(column, row) for row in self.rows if not is_empty(self.columns[column][row])]
        return sum(map(len, filled)) > _PROSE * len(filled)

    def counts_rows(self, column: int) -> bool:
        """Whether a column only numbers the rows, up or down."""
        numbers = [number(self.columns[column][row]) for row in self.rows]
        known = [one for one in numbers if one is not None]
        steps = {after - before for before, after in itertools.pairwise(known)}
        return self.kinds[column] == "number" and len(known) > 2 and len(steps) == 1 and steps <= {1.0, -1.0}

    def _has_years(self, column: int) -> bool:
        days = [moment(self.columns[column][row]) for row in self.rows]
        return sum(bool(day and day[0]) for day in days) >= _MOSTLY * sum(bool(day) for day in days)

    @cached_property
    def entity(self) -> int:
        """The column that names what a row is about."""
        texts = [column for column, kind in enumerate(self.kinds) if kind == "text"]
        for share in (0.95, 0.7, 0.5):
            for column in texts:
                if self.distinct_share(column) >= share:
                    return column
        for column in texts:
            if len(self.names[column].strip()):
                return column
        return 0

    @cached_property
    def coded(self) -> frozenset[int]:
        """The columns whose cells end with the codes of countries."""
        return frozenset(
            at for at, texts in enumerate(self.columns) if names_countries([texts[row] for row in self.rows])
        )

    def begins_with_names(self, column: int | None) -> bool:
        """Whether a column tells what rows are about by names with notes below them, without which all still differ."""
        if column is None or column != self.entity:
            return False
        texts = {self.text(column, row) for row in self.rows}
        return len({name_of(text) for text in texts}) == len(texts)

    @cached_property
    def places(self) -> dict[Span, Places]:
        """Every run of words in a cell, with where it stands."""
        found: dict[Span, Places] = defaultdict(Places)
        for column in range(len(self.names)):
            for row in self.rows:
                self._place(column, row, found)
        return dict(found)

    def _place(self, column: int, row: int, found: dict[Span, Places]) -> None:
        text = self.columns[column][row]
        if is_empty(text):
            return
        have = words(text)[:60]
        for start in range(len(have)):
            for end in range(start + 1, min(len(have), start + _LONGEST) + 1):
                found[tuple(have[start:end])].among[column].add(row)
        for part in parts(text):
            found[tuple(part)].whole[column].add(row)


def _dated(text: str) -> bool:
    """Whether a text is a day, a month, a year or a season, with little else beside it."""
    if not moment(text) or len(text) > 40:
        return False
    bare = re.sub(r"\([^)]*\)", "", text)
    if re.search(r"\d", bare) and not moment(bare):
        return False  # "5th (1958)"
    letters = re.sub(r"(?i)jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*", "", text)
    letters = re.sub(r"(?i)mon\w*day|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*|st|nd|rd|th|circa|c\.", "", letters)
    return len(re.findall(r"[^\W\d_]", re.sub(r"\([^)]*\)", "", letters))) <= 3
