"""Splits what is below a header into the table's rows, notes, names said again, and further tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chat.analyst.intake.column_kinds import WORDS, ColumnKinds, is_value
from chat.analyst.intake.footnotes import notes_from
from chat.analyst.intake.layout import Layout
from chat.analyst.intake.rows import Row
from chat.analyst.intake.shapes import bare_kind_of, is_typed, kind_of

_ABOVE = 60  # rows that tell what a column holds


@dataclass(slots=True)
class Body:
    """The rows of the table itself, and those that were set aside, by what they are."""

    rows: list[Row] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    footnotes: list[Row] = field(default_factory=list)
    other_tables: list[tuple[int, int]] = field(default_factory=list)  # line of the header, rows below it


def split_body(rows: Sequence[Row], layout: Layout, width: int, *, ends: bool = True) -> Body:
    """The data rows of a sheet; blank rows, names said again, notes at the end and further tables are set aside.

    Without `ends` the sheet goes on: then nothing at the end of `rows` is taken for a note.
    """
    body = Body()
    names = [cell.strip() for cell in rows[layout.header[-1]].cells] if layout.header else None
    rest = list(rows[layout.body :])
    end = notes_from(rest, width) if ends else len(rest)
    body.footnotes = [row for row in rest[end:] if row.filled]
    columns = ColumnKinds(rest[:end], width) if layout.names else None
    kept = rest[:end]
    body.blank += [row.line for row in rest if row.is_blank]
    for index, row in enumerate(kept):
        if row.is_blank:
            continue
        if names and row.cells[:1] == rows[layout.header[-1]].cells[:1] and [c.strip() for c in row.cells] == names:
            body.repeated.append(row.line)
            if _is_copy([one for one in kept[index + 1 :] if one.filled], body.rows):
                body.other_tables.append((row.line, sum(1 for one in kept[index + 1 :] if one.filled)))
                break
            continue
        if columns and index and _is_another(kept, index, columns, width):
            body.other_tables.append((row.line, sum(1 for one in kept[index + 1 :] if one.filled)))
            _drop_title(kept, index, body)
            _drop_notes(kept[:index], body, width)
            break
        body.rows.append(row)
    return body


def _drop_title(kept: Sequence[Row], index: int, body: Body) -> None:
    """A line alone above the names of the next table is its title."""
    while body.rows and body.rows[-1].filled == 1 and body.rows[-1].line >= kept[index].line - 2 and len(body.rows) > 1:
        body.footnotes.insert(0, body.rows.pop())


def _drop_notes(kept: Sequence[Row], body: Body, width: int) -> None:
    """Notes between a table and the next one are the first one's."""
    title = {row.line for row in body.footnotes}
    own = [row for row in kept if row.line not in title]
    notes = {row.line for row in own[notes_from(own, width) :] if row.filled}
    body.footnotes = sorted(
        [*(row for row in body.rows if row.line in notes), *body.footnotes], key=lambda row: row.line
    )
    body.rows = [row for row in body.rows if row.line not in notes]


def _is_copy(rows: Sequence[Row], before: Sequence[Row]) -> bool:
    """Whether rows are all the same as others: a table that stands in the file twice."""
    seen = {tuple(row.cells) for row in before}
    return len(rows) > 1 and sum(tuple(row.cells) in seen for row in rows) >= 0.9 * len(rows)


def _is_another(rows: Sequence[Row], index: int, columns: ColumnKinds, width: int) -> bool:
    """Whether a further table begins at a row."""
    return (
        _begins_a_table(rows, index, columns, width)
        or _has_other_rows(rows, index, width)
        or _is_headed_apart(rows, index)
    )


def _begins_a_table(rows: Sequence[Row], index: int, columns: ColumnKinds, width: int) -> bool:
    """Whether a row is one of names again, with other data below: words where this table's columns have none."""
    row = rows[index]
    sure = columns.first_typed
    if sure is None or (sure < len(row.cells) and bare_kind_of(row.cells[sure]) not in (*WORDS, "empty")):
        return False
    if not columns.words_for_values(row.cells):
        return False
    alike, unlike = columns.votes(row.cells)
    there = [number for number in range(min(width, len(row.cells))) if row.cells[number].strip()]
    typed = sum(columns.typed(number) for number in there)
    below = [one for one in rows[index + 1 : index + 6] if one.filled]
    other_width = len(row.cells) != width and bool(below) and all(len(one.cells) == len(row.cells) for one in below)
    if alike > unlike / 4 or unlike < typed / 2 or typed == 0:
        return False
    if not other_width and not _stands_apart(rows, index) and not _can_only_be_names(row, typed, unlike):
        return False  # words in place of values are usually just that: missing, not yet known
    if any(map(is_value, row.cells)) or row.filled < len(row.cells) / 2:
        return False
    if not below:
        return False
    own = sum(
        1 for one in below if any(is_typed(cell) for cell in one.cells) and abs(len(one.cells) - len(row.cells)) <= 1
    )
    return own >= (len(below) + 1) // 2


def _has_other_rows(rows: Sequence[Row], index: int, width: int) -> bool:
    """Whether names stand in a row, and it and all rows below are of one other length and hold what goes with them."""
    names = rows[index].cells
    size = len(names)
    if size == width or size < 2 or not all(kind_of(cell) in ("text", "code") for cell in names):
        return False
    if len(set(names)) < size or any(len(row.cells) != size for row in rows[index + 1 :] if row.filled > 1):
        return False
    below = [row.cells for row in rows[index + 1 :] if row.filled > 1]
    if len(below) < 2:
        return False
    typed = [number for number in range(size) if all(is_typed(cells[number]) for cells in below)]
    above = [row.cells for row in rows[max(0, index - _ABOVE) : index] if len(row.cells) == width]
    return any(
        kind_of(names[number]) == "text" and (number >= width or not any(is_typed(cells[number]) for cells in above))
        for number in typed
    )


def _is_headed_apart(rows: Sequence[Row], index: int) -> bool:
    """Whether names stand behind a blank row and values below them, in other columns than those of the rows above.

    Where the columns are the same, a title above the names or values above them say so, too: this needs few rows.
    """
    names = {number: cell.strip() for number, cell in enumerate(rows[index].cells) if cell.strip()}
    if len(names) < 2 or not _stands_apart(rows, index) or max(names) - min(names) >= len(names):
        return False
    if len(set(names.values())) < len(names) or not all(_is_name(cell) for cell in names.values()):
        return False
    block = _until_blank(rows, index + 1)
    if len(block) < 2 or any(not _places(row) <= names.keys() or row.filled < 2 for row in block):
        return False
    if not any(all(is_value(row.cells[number]) for row in block if number in _places(row)) for number in names):
        return False
    above = [row for row in rows[:index] if row.filled > 1]
    if not above or _reach(above) != _reach([rows[index]]) or rows[index - 1].filled == 1:
        return bool(above)
    return any(all(is_value(row.cells[number]) for row in above if number in _places(row)) for number in names)


def _is_name(cell: str) -> bool:
    return kind_of(cell) in ("text", "code") and not is_value(cell)


def _places(row: Row) -> set[int]:
    return {number for number, cell in enumerate(row.cells) if cell.strip()}


def _reach(rows: Sequence[Row]) -> tuple[int, int]:
    """The first and the last column that rows have anything in."""
    places = set().union(*map(_places, rows))
    return min(places), max(places)


def _until_blank(rows: Sequence[Row], index: int) -> list[Row]:
    end = next((number for number in range(index, len(rows)) if not rows[number].filled), len(rows))
    return list(rows[index:end])


def _stands_apart(rows: Sequence[Row], index: int) -> bool:
    """Whether a blank row is above, or a title with one above that."""
    if rows[index - 1].filled == 1 and index > 1:
        index -= 1
    return rows[index - 1].is_blank


def _can_only_be_names(row: Row, typed: int, unlike: int) -> bool:
    """Whether a row has different words in all of its cells where three or more columns have none."""
    cells = [cell.strip() for cell in row.cells]
    return typed >= 3 and unlike == typed and all(cells) and len(set(cells)) == len(cells)


def lines_text(lines: Iterable[int], most: int = 8) -> str:
    """Line numbers for people: 3, 7, 9–12, …"""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    written = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:most]]
    return ", ".join(written) + (", …" if len(runs) > most else "")
