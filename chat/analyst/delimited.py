"""Splits delimited text (CSV, TSV and their like) into rows of cells without losing a line."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chat.analyst.tables import Note, note

SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_LINES = 200
_LONGEST_FIELD = 16 * 1024 * 1024


def find_separator(path: Path, encoding: str) -> str:
    """The separator by which most sample lines fall into the same number of cells; a comma when there is none."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = [line for line in islice(file, _SAMPLE_LINES) if line.strip()]
    return max(SEPARATORS, key=lambda separator: _evenness(lines, separator))


def _evenness(lines: list[str], separator: str) -> tuple[float, int]:
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if len(row) > 1)
    if not widths:
        return 0.0, 0
    width, count = widths.most_common(1)[0]
    return round(count / len(lines), 1), width


class QuoteNeverCloses(Exception):
    """A quotation mark opens a cell that swallows whole lines."""


class DelimitedFile:
    """The rows of one file. Read `notes` after the rows."""

    def __init__(self, path: Path, encoding: str, separator: str) -> None:
        self.notes: list[Note] = []
        self._path = path
        self._encoding = encoding
        self._separator = separator

    def rows(self) -> Iterator[list[str]]:
        """All rows by the rules of RFC 4180.

        Raises QuoteNeverCloses when these would put several lines of data into one cell: read `lines` then.
        """
        csv.field_size_limit(_LONGEST_FIELD)
        broken = 0
        with self._path.open(encoding=self._encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self._separator)
            last, width = 0, 0
            for row in self._guarded(reader):
                width = max(width, len(row)) if last < _SAMPLE_LINES else width
                if reader.line_num - last > 1 and self._swallows_rows(row, width):
                    raise QuoteNeverCloses
                last = reader.line_num
                broken += "\ufffd" in "".join(row)
                yield row
        self._note_broken(broken)

    def lines(self) -> Iterator[list[str]]:
        """Each line as a row; one with an odd number of quotation marks is split at every separator."""
        odd = broken = 0
        with self._path.open(encoding=self._encoding, errors="replace") as file:
            for line in file:
                line = line.rstrip("\n")
                broken += "\ufffd" in line
                if line.count('"') % 2:
                    odd += 1
                    yield line.split(self._separator)
                else:
                    yield next(csv.reader([line], delimiter=self._separator), [])
        self.notes.append(note("open_quotes", count=odd))
        self._note_broken(broken)

    def _guarded(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        try:
            yield from reader
        except csv.Error as error:  # a cell beyond the longest field
            raise QuoteNeverCloses from error

    def _swallows_rows(self, row: list[str], width: int) -> bool:
        inside = [line for cell in row for line in cell.splitlines()[1:]]
        return any(line.count(self._separator) >= max(width - 1, 1) for line in inside)

    def _note_broken(self, lines: int) -> None:
        if lines:
            self.notes.append(note("broken_characters", count=lines, encoding=self._encoding))
