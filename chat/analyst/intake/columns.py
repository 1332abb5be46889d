"""Gathers rows of text into columns, a block at a time, so that a big file doesn't become millions of objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from chat.analyst.tables import Note, note

Cells = Sequence[str | None]
EXTRA = "_extra"
_BLOCK = 20_000


@dataclass(slots=True)
class RawTable:
    """A table as it was read: every cell as the file has it. `names` is None when the file has no header.

    With `surplus` the last column, which has no name in the file, holds what didn't fit into the others.
    """

    names: list[str] | None
    columns: list[pa.ChunkedArray]
    surplus: bool = False
    notes: list[Note] = field(default_factory=list)

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def header(self) -> list[str] | None:
        """The names as the file writes them, one for each column."""
        if self.names is None:
            return None
        return [*self.names, EXTRA] if self.surplus else list(self.names)

    def unique_names(self) -> tuple[list[str], list[Note]]:
        """A name for every column, none empty and none twice, with notes on those that had to be made up."""
        width = len(self.columns) - self.surplus
        names: list[str] = []
        taken: set[str] = set()
        empty = twice = 0
        for number, cell in enumerate(self.names if self.names is not None else [""] * width, 1):
            name = " ".join(cell.split())
            empty += not name and self.names is not None
            name = name or f"column_{number}"
            twice += name in taken
            names.append(_free(name, taken))
            taken.add(names[-1])
        if self.surplus:
            names.append(_free(EXTRA, taken))
        notes = [note("empty_names", count=empty)] if empty else []
        return names, [*notes, note("duplicate_names", count=twice)] if twice else notes


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


class Collector:
    """Rows in, columns of text out; keeps account of what was padded or too long. Both lists hold line numbers."""

    def __init__(self, width: int, joiner: str) -> None:
        self.short: list[int] = []
        self.long: list[int] = []
        self._width = width
        self._joiner = joiner
        self._rows: list[Cells] = []
        self._blocks: list[list[pa.Array | int]] = [[] for _ in range(width + 1)]  # a number: so many empty cells

    def add(self, cells: Cells, line: int) -> None:
        """Add one row that stands on `line` of the file."""
        width = self._width
        if len(cells) == width:
            self._rows.append([*cells, None])
        elif len(cells) < width:
            self.short.append(line)
            self._rows.append([*cells, *[None] * (width + 1 - len(cells))])
        else:
            rest = cells[width:]
            if any(rest):
                self.long.append(line)
                self._rows.append([*cells[:width], self._joiner.join(cell or "" for cell in rest)])
            else:
                self._rows.append([*cells[:width], None])
        if len(self._rows) >= _BLOCK:
            self._flush()

    def add_all(self, rows: Iterable[tuple[Cells, int]]) -> None:
        """Add rows with their line numbers."""
        for cells, line in rows:
            self.add(cells, line)

    def add_columns(self, columns: Sequence[pa.Array]) -> None:
        """Add a block of rows that all fit."""
        self._flush()
        for blocks, column in zip(self._blocks, columns, strict=False):
            blocks.append(column)
        self._blocks[-1].append(len(columns[0]))

    def columns(self) -> Iterator[pa.ChunkedArray]:
        """The columns, the one of surplus cells last and only when there are any; frees what it hands over."""
        self._flush()
        for number in range(self._width + bool(self.long)):
            blocks, self._blocks[number] = self._blocks[number], []
            kind = pa.large_string()
            yield pa.chunked_array([pa.nulls(one, kind) if isinstance(one, int) else one for one in blocks], type=kind)

    def _flush(self) -> None:
        if not self._rows:
            return
        for blocks, cells in zip(self._blocks, zip(*self._rows, strict=True), strict=True):
            blocks.append(pa.array(cells, type=pa.large_string()))
        self._rows = []
