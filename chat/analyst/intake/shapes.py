"""What a cell looks like, and how well a cell fits the others of its column."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_NUMBER = re.compile(
    r"[(]?[+\-−△▲]?\s?[₩￦$€£¥]?\s?[+\-−]?(\d+|\d{1,3}([,.' \u00a0\u202f]\d{3})+|\d{1,3}(,\d{2})*,\d{3})?([.,]\d+)?"
    r"([eE][+-]?\d{1,3})?"
    r"\s?(%|％|‰|원|달러|천원|만원|백만원|억원|명|개|건|kg|km|cm|mm|[₩￦$€£¥]|[A-Z]{3}| [a-z]{1,2})?[)]?"
)
_DATE = re.compile(
    r"\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}\.?|\d{2,4}[-/.](0[1-9]|1[0-2])|\d{4}년.*|\d{1,2}월( ?\d{1,2}일)?"
    r"|\d{1,2}[- ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ,]*\d{2,4}"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- .]*\d{1,2}(,?\s*\d{2,4})?",
    re.IGNORECASE,
)
_TIME = re.compile(r"(\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)(\s?[ap]\.?m\.?)?([+-]\d\d:?\d\d|Z)?", re.IGNORECASE)
_ZONE = r"[:\d]*([.,]\d+)?\s?([ap]\.?m\.?|Z|UTC|KST|GMT)?([+-]\d\d:?\d\d)?"
_STAMP = re.compile(
    rf"(\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}[T ]|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}} )\d{{1,2}}:\d{{2}}{_ZONE}",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?=[^ ]*\d)(?=[^ ]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_\-./#]*|\d+([-_]\d+)+|0\d+")
_ADDRESS = re.compile(r"(https?|ftp|file)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+", re.IGNORECASE)
_NOTHING = frozenset(
    ("", "-", "--", ".", "..", "...", "na", "n/a", "nan", "null", "none", "nil", "\\n", "?", "*", ":", "–", "—", "…")
)
_YES_NO = frozenset(("true", "false", "yes", "no", "y", "n", "t", "f"))
_LETTERS = re.compile(r"[^\W\d_]")
_TYPED = frozenset(("number", "date", "time", "stamp", "code", "address"))
_QUOTES = frozenset("\"'")


@lru_cache(maxsize=1 << 16)
def kind_of(cell: str) -> str:
    """What a cell is: empty, number, date, time, stamp, code, address, flag, text, or signs without any letter."""
    cell = cell.strip()
    if cell.casefold() in _NOTHING:
        return "empty"
    if len(cell) > 200:
        return "text"
    if cell[0] in "+-−△▲(₩￦$€£¥.," or "0" <= cell[0] <= "9":
        if _NUMBER.fullmatch(cell) and any(sign.isdigit() for sign in cell):
            return "code" if len(cell) > 1 and cell[0] == "0" and cell.isdigit() else "number"
        if _DATE.fullmatch(cell):
            return "date"
        if _TIME.fullmatch(cell):
            return "time"
        if _STAMP.fullmatch(cell):
            return "stamp"
    elif cell.casefold() in _YES_NO:
        return "flag"
    elif _DATE.fullmatch(cell):
        return "date"
    if _ADDRESS.fullmatch(cell):
        return "address"
    if _CODE.fullmatch(cell):
        return "code"
    return "text" if _LETTERS.search(cell) else "signs"


def bare_kind_of(cell: str) -> str:
    """The same without quotes that damage left at its ends: `1,200"` is a number."""
    return kind_of(cell.strip().strip("\"'") if cell[-1:] in _QUOTES or cell[:1] in _QUOTES else cell)


def is_typed(cell: str) -> bool:
    """Whether a cell is more than words."""
    return kind_of(cell) in _TYPED


_DIGITS = re.compile(r"\d")
_DIGIT_RUNS = re.compile(r"\d+")
_UPPER = re.compile(r"[A-Z]+")
_LOWER = re.compile(r"[a-z]+")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=1 << 16)
def exact_shape(cell: str) -> str:
    """Digits as 9, letters as A and a, every one of them: the form of codes, dates and numbers of one length."""
    return _DIGITS.sub("9", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", cell[:60])))


@lru_cache(maxsize=1 << 16)
def rough_shape(cell: str) -> str:
    """The same with runs as one sign."""
    return _DIGIT_RUNS.sub("9", _LOWER.sub("a", _UPPER.sub("A", _SPACES.sub(" ", cell[:60]))))


def _edge(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return character


def _length(cell: str) -> str:
    return f"<{len(cell).bit_length()}"


class _Column:
    """The cells of one column, counted by what they look like."""

    __slots__ = ("edges", "ends", "exact", "kinds", "lengths", "rough", "total", "values", "words")

    def __init__(self, cells: Sequence[str]) -> None:
        self.total = len(cells)
        self.values = Counter(cells)
        self.kinds = Counter(map(kind_of, cells))
        self.exact = Counter(map(exact_shape, cells))
        self.rough = Counter(map(rough_shape, cells))
        self.edges = Counter(_edge(cell[0]) for cell in cells if cell)
        self.ends = Counter(_edge(cell[-1]) for cell in cells if cell)
        self.lengths = Counter(map(_length, cells))
        self.words = Counter(word for cell in cells for word in {*cell.split()[:1], *cell.split()[-1:]})


class Profile:
    """How the cells of each column of a table look, by a sample of its good rows."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.width = len(rows[0]) if rows else 0
        self.columns = [_Column(column) for column in zip(*rows, strict=True)]
        scores = sorted(self.row(row) for row in rows[:200])
        self.least = scores[len(scores) // 50] if scores else 0.0
        self._memory: dict[tuple[str, int], float] = {}

    def row(self, cells: Sequence[str]) -> float:
        """How well a whole row fits, as the logarithm of a likelihood."""
        return sum(self._cell(cell, number) for number, cell in enumerate(cells))

    def cell(self, cell: str, number: int) -> float:
        """How well one cell fits column `number`."""
        key = (cell, number)
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = self._cell(cell, number)
        return found

    def _cell(self, cell: str, number: int) -> float:
        column = self.columns[number]
        total = column.total
        kind = column.kinds[kind_of(cell)] / total
        alike = (
            0.15 * column.values[cell] + 0.25 * column.exact[exact_shape(cell)] + 0.25 * column.rough[rough_shape(cell)]
        ) / total
        if not cell:
            return math.log(0.001 + 0.9 * kind)
        edges = (column.edges[_edge(cell[0])] / total) * (column.ends[_edge(cell[-1])] / total)
        length = column.lengths[_length(cell)] / total
        unknown = 1e-3 if column.kinds["empty"] > total / 2 else 1e-5
        return math.log(unknown + alike + kind * (0.01 + 0.3 * edges * (0.1 + length)))

    def shape_share(self, cell: str, number: int) -> float:
        """The share of the column that has exactly the shape of `cell`."""
        column = self.columns[number]
        return column.exact[exact_shape(cell)] / column.total

    def typed_share(self, number: int) -> float:
        """The share of the column's filled cells that are more than words."""
        kinds = self.columns[number].kinds
        filled = sum(kinds.values()) - kinds["empty"]
        return sum(kinds[kind] for kind in _TYPED) / filled if filled else 0.0
