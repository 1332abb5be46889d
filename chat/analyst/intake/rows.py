"""Reads the lines of delimited text as rows, one broken line at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chat.analyst.intake.fields import Dialect, Splitter, chomped
from chat.analyst.intake.repairs import Mender
from chat.analyst.intake.shapes import Profile, is_typed, kind_of
from chat.analyst.intake.titles import is_keyed

SPANNED = 1000  # the most lines of one record
_FEW_LINES = 6
_FEW_FAULTS = 4.0
_MANY_MENDED = 3000  # beyond so many the file isn't damaged, it is like that
_ENOUGH = 0.5
_CUT = 2.5  # such faults is a cell that was cut or put together in a line with quotes
_FAULT = 1.5  # what a fault in a line's quoting costs, against how well its cells fit
_GOOD_ROWS = 1000
_PAIR = 2  # cells
_SHORT_TABLE = 8  # rows, names among them
_QUOTES = ("'", '"')


@dataclass(slots=True)
class Row:
    """A row and the number of its first line. `how` says what was mended, `text` is its source when it doesn't fit."""

    line: int
    cells: list[str]
    how: str = ""
    text: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing."""
        return not any(self.cells) or not "".join(self.cells).strip()

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell and not cell.isspace())


class RowReader:
    """Reads lines by a dialect, and by what the table's other rows look like once that is known."""

    def __init__(
        self, dialect: Dialect, width: int | None = None, mender: Mender | None = None, *, trusting: bool = False
    ) -> None:
        self._splitter = Splitter(dialect)
        self._quote = dialect.quote if not dialect.edges else ""
        self._width = width
        self._mender = mender
        self._trusting = trusting  # whether a quote may hide lines that look like rows
        self._tried = 0
        self._begun = False  # whether a row as wide as the table was there: what is above may be titles
        self.taken = 0

    def rows(self, lines: Sequence[str], first: int = 1, *, stop: int | None = None) -> Iterator[Row]:
        """The rows of some lines, the first of which has the number `first`.

        With `stop` only the rows that begin before that line of them: the lines go on elsewhere, and what follows
        `taken` of them has to be read again with what comes then.
        """
        number = self.taken = 0
        plain, quote, width = self._splitter.plain, self._quote, self._width
        stop = len(lines) if stop is None else stop
        while number < stop:
            line = lines[number]
            if quote and width is not None and line[:1] in _QUOTES and line[0] != quote and self._requoted(line):
                row = Row(first + number, self._requoted(line) or [], "quotes")
                number += 1
            elif not quote or quote not in line:
                cells = plain(chomped(line))
                row = Row(first + number, cells)
                if len(cells) == width:
                    self._begun = True
                elif width is not None:
                    row = self._mended(row, line)
                number += 1
            else:
                row, taken = self._quoted(lines, number, first)
                self._begun = self._begun or len(row.cells) == width
                number += taken
            self.taken = number
            yield row

    def _requoted(self, line: str) -> list[str] | None:
        """The cells of a line that is in the other kind of quotes as a whole."""
        if not chomped(line).endswith(line[0]):
            return None
        cells = Splitter(replace(self._splitter.dialect, quote=line[0])).clean(line)
        return cells if cells is not None and len(cells) == self._width else None

    def _quoted(self, lines: Sequence[str], number: int, first: int) -> tuple[Row, int]:
        line = lines[number]
        cells = self._splitter.clean(line)
        width, mender = self._width, self._mender
        if cells is not None and (width is None or len(cells) == width):
            if mender is None or not any(self._quote in cell for cell in cells):
                return Row(first + number, cells), 1
            readings = self._splitter.readings(line, width)
            if readings and readings[0][0] == 0 and mender.is_typical(readings[0][1]):
                return Row(first + number, cells), 1
            return self._best(mender, first + number, line, cells, readings), 1
        if self._splitter.is_open(line):
            spanned = self._spanned(lines, number)
            if spanned is not None:
                return Row(first + number, spanned[0]), spanned[1]
            faulty = self._faulty_span(lines, number)
            if faulty is not None:
                return Row(first + number, faulty[0], "quotes"), faulty[1]
        readings = self._splitter.readings(line, width)
        if mender is None or width is None:
            if readings and cells is None:
                return Row(first + number, readings[0][1], "quotes"), 1
            if cells is None:
                cells = self._any_reading(line)
            return Row(first + number, cells, "" if self._splitter.clean(line) else "quotes", line), 1
        return self._best(mender, first + number, line, cells, readings), 1

    def _best(
        self,
        mender: Mender,
        number: int,
        line: str,
        cells: list[str] | None,
        readings: list[tuple[float, list[str]]],
    ) -> Row:
        """The reading of a line with faults that looks most like the other rows."""
        rows = [(mender.fits(found) - _FAULT * cost, Row(number, found, "quotes")) for cost, found in readings]
        plain = cells if cells is not None else self._any_reading(line)
        as_is = Row(number, plain, "" if cells is not None else "quotes", line)
        if self._tried <= _MANY_MENDED:
            self._tried += 1
            mended = mender.mend(plain, line)
            if mended is not None:
                cost = _FAULT * (_CUT if mended.how in ("split", "together", "merged") else cells is None)
                rows.append((mender.fits(mended.cells) - cost, Row(number, mended.cells, mended.how)))
        rows.append((mender.fits(plain) - _FAULT * (cells is None), as_is))
        return max(rows, key=lambda item: item[0])[1]

    def _any_reading(self, line: str) -> list[str]:
        readings = self._splitter.readings(line, None)
        return readings[0][1] if readings else self._splitter.plain(chomped(line))

    def _spanned(self, lines: Sequence[str], number: int) -> tuple[list[str], int] | None:
        """The record that begins on a line and ends on a later one, unless whole rows would be within its cell."""
        record = lines[number]
        short: tuple[list[str], int] | None = None  # a record that was cut off behind its quotes
        for end in range(number + 1, min(number + SPANNED, len(lines))):
            line = lines[end]
            record += line
            if self._quote in line:
                cells = self._splitter.clean(record)
                if cells is not None and (self._width is None or len(cells) == self._width):
                    two_rows = self._mender is not None and self._opens_a_row(lines[number]) and self._is_row(line)
                    return None if two_rows else (cells, end - number + 1)
                if cells is not None and short is None and 1 < len(cells) < (self._width or 0):
                    short = cells, end - number + 1
            elif self._is_row(line):
                return short if end - number <= _FEW_LINES else None
        return None

    def _faulty_span(self, lines: Sequence[str], number: int) -> tuple[list[str], int] | None:
        """The same for a record of few lines whose quotes are neither doubled nor escaped."""
        mender = self._mender
        if mender is None or self._is_row(lines[number]):
            return None
        record = lines[number]
        for end in range(number + 1, min(number + _FEW_LINES, len(lines))):
            if not lines[end].strip() or self._is_row(lines[end]):
                return None
            record += lines[end]
            readings = [cells for cost, cells in self._splitter.readings(record, self._width) if cost <= _FEW_FAULTS]
            fitting = next((cells for cells in readings if mender.is_typical(cells)), None)
            if fitting is not None:
                return fitting, end - number + 1
        return None

    def _opens_a_row(self, line: str) -> bool:
        return len(self._splitter.plain(chomped(line))) == self._width

    def _is_row(self, line: str) -> bool:
        if self._width is None or self._width < 2 or self._trusting:
            return False
        cells = self._splitter.clean(line) or self._splitter.plain(chomped(line))
        if len(cells) != self._width:
            return False
        return self._mender is None or self._mender.is_typical(cells)

    def _mended(self, row: Row, line: str) -> Row:
        row.text = line
        if self._mender is None or self._tried > _MANY_MENDED or row.filled == 0:
            return row
        if not self._begun or (is_keyed(row.cells) and not self._mender.has_keys):
            return row
        self._tried += 1
        mended = self._mender.mend(row.cells, line)
        if mended is not None:
            row.cells, row.how = mended.cells, mended.how
        return row


def usual_width(rows: Sequence[Row]) -> int:
    """The number of cells that most rows have; of two tables one below the other, that of the first."""
    filled = [row for row in rows if row.filled]
    first = _first_of_tables(rows)
    if first:
        return first
    plain = [row for row in filled if not is_keyed(row.cells)]
    filled = plain if len(plain) > max(2, len(filled) / 3) else filled
    found = [len(row.cells) for row in filled]
    widths = Counter(found)
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width] * min(width, 2), width))
    for width in sorted(widths, key=found.index):
        if width == usual:
            break
        if width > 1 and widths[width] >= max(3, 0.6 * widths[usual]) and _last(found, width) < found.index(usual):
            if width == _PAIR and not _are_values([row.cells[1] for row in filled if len(row.cells) == _PAIR][1:]):
                continue  # keys and what they are, each of its own kind
            return width
    return usual


def _first_of_tables(rows: Sequence[Row]) -> int:
    """The width of the first table when it is a short one, ended by a blank row, with names above values; else 0."""
    end = next((number for number, row in enumerate(rows) if not row.filled and number > 1), len(rows))
    block = [row for row in rows[:end] if len(row.cells) > 1]
    if not _PAIR <= len(block) <= _SHORT_TABLE or not any(row.filled for row in rows[end:]):
        return 0
    names, *body = [row.cells for row in block]
    width = len(names)
    if width <= _PAIR or any(len(cells) != width for cells in body) or len(set(names)) < width:
        return 0
    if any(kind_of(name) not in ("text", "code") for name in names) or is_keyed(names):
        return 0
    columns = list(zip(*body, strict=True))
    return width if any(all(map(is_typed, cells)) for cells in columns) else 0


def _are_values(cells: Sequence[str]) -> bool:
    """Whether cells are numbers, dates or the like, and (nearly) all of one kind."""
    kind, count = Counter(map(kind_of, cells)).most_common(1)[0]
    return kind not in ("text", "signs", "empty") and count >= 0.8 * len(cells)


def _last(found: Sequence[int], width: int) -> int:
    return len(found) - 1 - found[::-1].index(width)


def is_regular(rows: Sequence[Row], width: int) -> bool:
    """Whether a table's rows are all alike but for a few: only then is one of another length damaged."""
    found = [len(row.cells) for row in rows if row.filled]
    if width not in found:
        return False
    found = found[: _last(found, width) + 1]
    return found.count(width) >= _ENOUGH * len(found)


def profile_of(rows: Sequence[Row], width: int) -> Profile | None:
    """How the columns look, by the rows of the right length behind the first ones, which may be titles and names."""
    good = [row.cells for row in rows if len(row.cells) == width and row.filled > width / 3]
    start = min(6, len(good) // 4) or min(1, len(good) - 1)
    body = good[start : start + _GOOD_ROWS]
    return Profile(body) if len(body) > 1 else None
