"""Which of the two measures a cell has that says one thing twice: "792 (241)" in feet and in metres."""

from __future__ import annotations

import re
from dataclasses import replace

from chat.analyst.lookups.cells import fold, side
from chat.analyst.lookups.grid import Grid, is_empty
from chat.analyst.lookups.thesaurus import measures

_MOSTLY = 0.7


def in_units(grid: Grid, question: str) -> Grid:
    """The grid with only the measure that a question names ("in metres") of columns that have two."""
    chosen = []
    for column, name in enumerate(grid.names):
        filled = [text for text in grid.columns[column] if not is_empty(text)]
        if sum(side(text, 1) != text for text in filled) < _MOSTLY * max(len(filled), 1):
            continue
        said = [_is_said(_unit(name, filled[0], which), question) for which in (0, 1)]
        if said[0] != said[1]:
            chosen.append((column, said.index(True)))
    if not chosen:
        return grid
    which = dict(chosen)
    columns = tuple(
        tuple(side(text, which[at]) for text in texts) if at in which else texts
        for at, texts in enumerate(grid.columns)
    )
    return replace(grid, columns=columns, sides=tuple(chosen))


def _unit(name: str, cell: str, which: int) -> str:
    """The unit of a side: behind the cell's number, else in the column's name."""
    own = re.sub(r"[\d.,:\s+–−-]+", " ", side(cell, which)).strip()
    named = re.search(r"([^\s(/]+)\s*(?:\(([^)]*)\)|/\s*(\S+))\s*$", name)
    return fold(own or ((named[1] if which == 0 else named[2] or named[3]) if named else ""))


def _is_said(unit: str, question: str) -> bool:
    """Whether a question says a unit by one of its words."""
    words = next((known for known in measures() if unit.strip("/. ") in known), ())
    return any(re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", fold(question)) for word in words)
