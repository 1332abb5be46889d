"""Gathers rows of text into columns, a block at a time, so that a big file doesn't become millions of objects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from chat.analyst.tables import Note, note

Cells = Sequence[str | None]
EXTRA = "_extra"
_BLOCK = 20_000
_PREAMBLE = 20
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+%?")
_YEAR = re.compile(r"(19|20)\d\d")


def columns_of(rows: Iterable[Cells], joiner: str) -> tuple[dict[str, pa.ChunkedArray], list[Note]]:
    """All `rows` as named columns of text, with notes on the header and on every row that didn't fit.

    Lines above the header, a missing header, short and long rows are repaired and noted; `joiner` stands between
    the surplus cells of a long row, which are kept in a column of their own.
    """
    stream = iter(rows)
    head = list(islice(stream, _PREAMBLE))
    header, body, notes = _header_of(head)
    if header is None:
        return {}, notes
    collector = _Collector(len(header), joiner)
    collector.add_all(body)
    collector.add_all(stream)
    names, name_notes = unique_names([*header, EXTRA] if collector.long else header)
    return dict(zip(names, collector.columns(), strict=True)), [*notes, *name_notes, *collector.notes()]


def _header_of(head: list[Cells]) -> tuple[Cells | None, list[Cells], list[Note]]:
    """The header among the first rows, the rows after it, and what is worth a note."""
    filled = [number for number, row in enumerate(head) if _filled(row)]
    if not filled:
        return None, [], []
    widths = Counter(_width(head[number]) for number in filled)
    usual = max(widths, key=lambda width: (widths[width], width))
    start = next(number for number in filled if _filled(head[number]) > usual / 2 or _width(head[number]) == usual)
    above = [head[number] for number in filled if number < start]
    notes = []
    if above:
        skipped = " / ".join(" ".join(cell for cell in row if cell) for row in above)
        notes.append(note("preamble", count=len(above), text=skipped[:200]))
    header = head[start][: max(_width(row[: len(head[start])]) for row in head[start:])]
    if not _is_data(header):
        return header, head[start + 1 :], notes
    names: list[str | None] = [f"column_{number}" for number in range(1, usual + 1)]
    return names, head[start:], [*notes, note("no_header")]


def _is_data(row: Cells) -> bool:
    """Whether a first row is data already: it holds numbers that are neither years nor counted on (1, 2, 3, …)."""
    numbers = [cell.strip() for cell in row if cell and _NUMBER.fullmatch(cell.strip())]
    if not numbers or all(_YEAR.fullmatch(number) for number in numbers):
        return False
    counted = [str(number) for number in range(1, len(numbers) + 1)]
    return len(numbers) == 1 or numbers != counted


def _filled(row: Cells) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _width(row: Cells) -> int:
    """Cells up to the last one with text."""
    return max((number for number, cell in enumerate(row, 1) if cell and cell.strip()), default=0)


def unique_names(header: Cells) -> tuple[list[str], list[Note]]:
    """Names without blanks around them, none empty and none twice."""
    names: list[str] = []
    empty = twice = 0
    for number, cell in enumerate(header, 1):
        name = " ".join((cell or "").split())
        empty += not name
        name = name or f"column_{number}"
        twice += name in names
        names.append(_free_name(name, names))
    notes = [note("empty_names", count=empty)] if empty else []
    return names, [*notes, note("duplicate_names", count=twice)] if twice else notes


def _free_name(name: str, taken: list[str]) -> str:
    candidates = (name if number == 1 else f"{name}_{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)


class _Collector:
    """Rows in, columns of text out; counts what was padded, blank or too long."""

    def __init__(self, width: int, joiner: str) -> None:
        self.short = self.long = self.blank = 0
        self._width = width
        self._joiner = joiner
        self._rows: list[Cells] = []
        self._blocks: list[list[pa.Array]] = [[] for _ in range(width + 1)]

    def add_all(self, rows: Iterable[Cells]) -> None:
        for row in self._fitted(rows):
            self._rows.append(row)
            if len(self._rows) >= _BLOCK:
                self._flush()

    def columns(self) -> Iterator[pa.ChunkedArray]:
        """The columns, the one of surplus cells last and only when there are any; frees what it hands over."""
        self._flush()
        for number in range(self._width + bool(self.long)):
            blocks, self._blocks[number] = self._blocks[number], []
            yield pa.chunked_array(blocks, type=pa.large_string())

    def notes(self) -> list[Note]:
        counts = (("short_rows", self.short), ("long_rows", self.long), ("blank_rows", self.blank))
        return [note(key, count=count, column=EXTRA) for key, count in counts if count]

    def _fitted(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        width = self._width
        for row in rows:
            if len(row) == width and row[0]:
                yield [*row, None]
            elif not _filled(row):
                self.blank += 1
            elif _width(row) > width:
                self.long += 1
                yield [*row[:width], self._joiner.join(cell or "" for cell in row[width:])]
            else:
                self.short += len(row) < width
                yield [*row[:width], *[None] * (width + 1 - min(len(row), width))]

    def _flush(self) -> None:
        if not self._rows:
            return
        for blocks, cells in zip(self._blocks, zip(*self._rows, strict=True), strict=True):
            blocks.append(pa.array(cells, type=pa.large_string()))
        self._rows = []
