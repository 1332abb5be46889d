"""Tells title, header and data of a sheet apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.analyst.intake.column_kinds import DEEPEST, ColumnKinds, is_value, is_wide
from chat.analyst.intake.rows import Row
from chat.analyst.intake.shapes import kind_of
from chat.analyst.intake.titles import behind_keys

_HEAD = 60  # the rows among which the header is looked for
_RULE = re.compile(r"[\s\-=_+|:*─━═┼]*[\-=_─━═]{2,}[\s\-=_+|:*─━═┼]*")


@dataclass(slots=True)
class Layout:
    """Where the parts of a sheet are, as indexes of its rows. `names` is None when there is no header."""

    names: list[str] | None
    header: tuple[int, ...] = ()
    body: int = 0
    above: tuple[int, ...] = ()


def without_rules(rows: Sequence[Row]) -> tuple[list[Row], list[int]]:
    """Rows without those that are drawn lines, such as one of hyphens below the names; and the lines of these."""
    ruled = [row.line for row in rows if _is_rule(row)]
    return ([row for row in rows if not _is_rule(row)] if ruled else list(rows)), ruled


def _is_rule(row: Row) -> bool:
    text = next((cell for cell in row.cells if cell and not cell.isspace()), "")
    return text[:1] in "-=_+|:─━═" and row.filled > 0 and bool(_RULE.fullmatch(" ".join(row.cells)))


def find_layout(rows: Sequence[Row], width: int, *, merged: bool = False, names_at: Sequence[int] = ()) -> Layout:
    """The layout of a sheet of which `rows` are the first ones; `width` is the usual number of cells.

    With `merged` the same name in two rows of the header is one cell that was merged. `names_at` are lines that are
    known to be names, which is asked for when the rows themselves don't say so.
    """
    layout = _layout_by_cells(rows, width, merged=merged)
    known = tuple(index for index, row in enumerate(rows[:_HEAD]) if row.line in names_at)
    if not known or set(known) <= set(layout.header):
        return layout
    above = tuple(index for index in range(known[0]) if rows[index].filled)
    return Layout(joined_names([rows[at].cells for at in known], width, merged=merged), known, known[-1] + 1, above)


def _layout_by_cells(rows: Sequence[Row], width: int, *, merged: bool) -> Layout:
    """The same by what the cells hold."""
    head = [index for index, row in enumerate(rows[:_HEAD]) if row.filled]
    if not head:
        return Layout(None, body=len(rows))
    table = behind_keys([row.cells for row in rows[:_HEAD]], _behind_the_titles(rows, head, width))
    columns = ColumnKinds(rows[table[0] :] if table != head else rows, width)
    first = _first_of_data(rows, table, columns, width)
    block = _header_above(rows, table, first, columns, width)
    if not block:
        # Without a header nothing that is as wide as the table is a title.
        first = next((index for index in table if is_wide(rows[index], width)), first)
        return Layout(None, body=first, above=tuple(index for index in head if index < first))
    first = min(
        [first, *(index for index in head if index > block[-1] and not _UNIT.search(" ".join(rows[index].cells)))]
    )
    if first < len(rows) and _numbers_columns(rows[first]):
        first += 1
    names = joined_names([rows[index].cells for index in block], width, merged=merged)
    return Layout(names, tuple(block), first, tuple(index for index in head if index < first and index not in block))


def chosen_layout(rows: Sequence[Row], width: int, header: int, *, merged: bool = False) -> Layout:
    """The layout when somebody has said on which line the header is (0: there is none)."""
    if header <= 0:
        return Layout(None)
    start = next((index for index, row in enumerate(rows) if row.line >= header), len(rows))
    block = tuple(range(start, min(start + 1, len(rows))))
    above = tuple(index for index in range(start) if rows[index].filled)
    names = joined_names([rows[index].cells for index in block], width, merged=merged) if block else None
    return Layout(names, block, block[-1] + 1 if block else 0, above)


def _behind_the_titles(rows: Sequence[Row], head: list[int], width: int) -> list[int]:
    """The first rows without those of groups, ended by a blank row, in which no row is as long as the table's."""
    start = 0
    for place in range(1, len(head)):
        if head[place] - head[place - 1] > 1:
            if any(len(rows[index].cells) == width and is_wide(rows[index], width) for index in head[start:place]):
                break
            start = place
    return head[start:]


def _first_of_data(rows: Sequence[Row], head: Sequence[int], columns: ColumnKinds, width: int) -> int:
    """The first row that holds data."""
    has_typed = any(columns.typed(number) for number in range(width))
    wide = [index for index in head if is_wide(rows[index], width)]
    for place, index in enumerate(wide):
        row = rows[index]
        alike, unlike = columns.votes(row.cells)
        if _counts_up(row.cells) and place == 0 and len(wide) > 1:
            continue
        if alike > unlike or (alike and alike == unlike) or (place and _holds_values(row)):
            return index
        if place and alike and not _counts_up(row.cells) and _names_all(rows[wide[place - 1]], width):
            return index
        if unlike or has_typed:
            if place >= DEEPEST or (place and not unlike):
                return index
            continue
        # Words only: the first full row is the header, unless its words are among those below.
        if place or columns.repeats(row.cells):
            return index
    if len(wide) == 1 and _holds_values(rows[wide[0]]):
        return wide[0]
    if wide:
        return wide[-1] + 1 if len(wide) == 1 or not has_typed else _after_names(rows, wide, columns)
    return head[0]


def _holds_values(row: Row) -> bool:
    """Whether a good part of a row are numbers and dates, wherever they stand."""
    return sum(map(is_value, row.cells)) * 3 > row.filled


def _after_names(rows: Sequence[Row], wide: Sequence[int], columns: ColumnKinds) -> int:
    """Where the data begin when no row is clearly data: behind the first row of names."""
    for index in wide:
        if columns.votes(rows[index].cells)[1]:
            return index + 1
    return wide[0] + 1


def _counts_up(cells: Sequence[str]) -> bool:
    """1, 2, 3, …: names of numbered columns."""
    numbers = [cell.strip() for cell in cells if kind_of(cell) == "number"]
    named = any(kind_of(cell) == "text" for cell in cells) or not cells[0].strip()
    return named and len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _numbers_columns(row: Row) -> bool:
    """Whether (1), (2), (3), … stand below the names, for text to refer to the columns by."""
    cells = [cell.strip() for cell in row.cells if cell.strip()]
    first = next((start for start in (0, 1) if cells[start : start + 1] == ["(1)"]), None)
    return (
        first is not None and len(cells) > 2 and cells[first:] == [f"({at})" for at in range(1, len(cells) - first + 1)]
    )


def _header_above(rows: Sequence[Row], head: Sequence[int], first: int, columns: ColumnKinds, width: int) -> list[int]:
    """The rows of names directly above the data: as many as are adjacent and as wide as the table."""
    block: list[int] = []
    for index in reversed([index for index in head if index < first]):
        row = rows[index]
        if block and not _adjacent(rows, index, block[0]):
            break
        if block and not _is_group_row(row, width):
            break
        if block and _is_whole(row, width) and _is_labelled(rows[block[0]]):
            block, first = [], block[0]  # names are above already: it is the first row of data
        if not block and not is_wide(row, width):
            if _UNIT.search(" ".join(row.cells)) or _names_above(rows, head, index, columns, width):
                continue
            if width > 1 and row.filled < 2:
                break
        if columns.votes(row.cells)[0] > columns.votes(row.cells)[1] and not (block == [] and _counts_up(row.cells)):
            break
        block.insert(0, index)
        if len(block) == DEEPEST:
            break
    return block


def _is_whole(row: Row, width: int) -> bool:
    """Whether each column has a name of its own (and the last one, at most, has none)."""
    names = [cell.strip() for cell in row.cells[:width]]
    return all(names[:-1]) and len(set(names)) == len(names)


def _names_all(row: Row, width: int) -> bool:
    """Whether a row names each column: what has values of theirs below it is the first row of data, however odd."""
    return _is_whole(row, width) and row.filled == width and not any(map(is_value, row.cells))


def _is_labelled(row: Row) -> bool:
    """Whether a row has something in its first cell, and nothing in a good part of the others."""
    return bool(row.cells[0].strip()) and row.filled <= max(1, len(row.cells) - 2) and "(" not in "".join(row.cells[1:])


def _names_above(rows: Sequence[Row], head: Sequence[int], index: int, columns: ColumnKinds, width: int) -> bool:
    """Whether a row that is too short is one of data that was cut off: names as many as columns stand above it."""
    upper = [one for one in head if one < index]
    if not upper or rows[index].line > rows[upper[-1]].line + 1 or not is_wide(rows[upper[-1]], width):
        return False
    row = rows[upper[-1]]
    alike, unlike = columns.votes(row.cells)
    return (
        row.filled >= max(2, width - 2)
        and unlike >= min(2, width - 1)
        and not alike
        and not any(map(is_value, row.cells))
    )


_UNIT = re.compile(r"[(\[]?\s*(단위|unit)\s*[:：]?", re.IGNORECASE)


def _adjacent(rows: Sequence[Row], upper: int, lower: int) -> bool:
    """Whether no blank row is between."""
    return all(rows[index].filled for index in range(upper, lower)) and rows[lower].line >= rows[upper].line


def _is_group_row(row: Row, width: int) -> bool:
    """A row of names over names: as many cells as the table has columns, and not just a title in the first of them."""
    if len(row.cells) != width or any(map(is_value, row.cells)):
        return False
    if _UNIT.search(" ".join(row.cells)):
        return False
    return row.filled > 1 or (row.filled == 1 and not row.cells[0].strip())


def joined_names(block: Sequence[Sequence[str]], width: int, *, merged: bool = False) -> list[str]:
    """One name per column from rows of names; a group's name goes to all columns that it stands over.

    What has nothing below it in its own column is no group's name.

    A name that stands in all rows is told once where other columns' names differ: so programs write a cell that was
    merged over them.
    """
    longest = max(width, *(len(cells) for cells in block))
    levels: list[list[str]] = []
    for depth, cells in enumerate(block):
        names = [cells[number].strip() if number < len(cells) else "" for number in range(longest)]
        below = block[depth + 1 :]
        owner = 0  # the column that the name to the left was written in
        for number in range(1, longest):
            under = any(number < len(row) and row[number].strip() for row in below)
            if names[number]:
                owner = number
            elif names[number - 1] and under and any(owner < len(row) and row[owner].strip() for row in below):
                names[number] = names[number - 1]
        levels.append(names)
    columns = [[names[number] for names in levels if names[number]] for number in range(longest)]
    says_more = any(len(set(parts)) > 1 for parts in columns)
    joined = []
    for parts in columns:
        once = merged or (says_more and len(set(parts)) == 1)
        joined.append(" ".join(dict.fromkeys(parts) if once else parts))
    return joined
