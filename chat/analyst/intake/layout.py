"""Tells title, header, data and notes of a sheet apart, and one table from the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chat.analyst.intake.rows import Row
from chat.analyst.intake.shapes import is_typed, kind_of

_HEAD = 60  # the rows among which the header is looked for
_BODY = 60
_TYPED = 0.6
_SEEN = 0.05
_WORDS = ("text", "signs", "flag")
_DEEPEST = 5
_NOTE = re.compile(
    r"\s*([※*†‡①②#]|주\s*[):\]]|\(주\)|\[주|주\d|출처|자료|비고\s*:|단위|참고|note|source|notes?:|remark|footnote|\(\d+\)|\d\)\s"
    r"|\(?\d[\d,]*\s(rows?|records?)(\)|\s(in set|selected|affected|returned|fetched))|\(\d[\d,]*개 행)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(19|20)\d\d(년|\.|년도)?")
_PERIOD = re.compile(
    r"(19|20)\d\d(년|\.|년도)?|\d{1,2}월|[1-4]\s?/?\s?(분기|Q)|Q[1-4]|[상하]반기|FY\s?\d{2,4}"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?([- ]?\d{2,4})?",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s\-=_+|:*─━═┼]*[\-=_─━═]{2,}[\s\-=_+|:*─━═┼]*")
_LONG = 24


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


def find_layout(rows: Sequence[Row], width: int, *, merged: bool = False) -> Layout:
    """The layout of a sheet of which `rows` are the first ones; `width` is the usual number of cells.

    With `merged` the same name in two rows of the header is one cell that was merged.
    """
    head = [index for index, row in enumerate(rows[:_HEAD]) if row.filled]
    if not head:
        return Layout(None, body=len(rows))
    columns = _Columns(rows, width)
    table = _behind_the_titles(rows, head, width)
    first = _first_of_data(rows, table, columns, width)
    block = _header_above(rows, table, first, columns, width)
    if not block:
        # Without a header nothing that is as wide as the table is a title.
        first = next((index for index in table if _is_wide(rows[index], width)), first)
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


class _Columns:
    """What the columns hold below their names."""

    def __init__(self, rows: Sequence[Row], width: int) -> None:
        fitting = [row for row in rows if len(row.cells) == width and _is_wide(row, width)]
        start = max(1, min(_DEEPEST + 1, len(fitting) // 2))
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
        words = sum(kinds[kind] for kind in _WORDS)
        return filled > 0 and filled - words >= _TYPED * filled

    def votes(self, cells: Sequence[str]) -> tuple[int, int]:
        """For how many columns a row's cell is of the column's kind, and for how many typed ones it isn't."""
        alike = unlike = 0
        for number, cell in enumerate(cells[: len(self.kinds)]):
            kind = kind_of(cell)
            if kind == "empty" or not self.typed(number):
                continue
            kinds = self.kinds[number]
            filled = sum(kinds.values()) - kinds["empty"]
            name_like = kind == "number" and not self.years[number] and _YEAR.fullmatch(cell.strip())
            if kind not in _WORDS and kinds[kind] >= _SEEN * filled and not name_like:
                alike += 1
            elif kind in ("code", "date", *_WORDS) or name_like:
                unlike += 1
        return alike, unlike

    def words_for_values(self, cells: Sequence[str]) -> int:
        """In how many typed columns a row has a word instead."""
        return sum(
            kind_of(cell) in _WORDS and self.typed(number) for number, cell in enumerate(cells[: len(self.kinds)])
        )

    def repeats(self, cells: Sequence[str]) -> int:
        """How many of a row's words stand further down in the same column again."""
        return sum(
            1
            for number, cell in enumerate(cells[: len(self.values)])
            if cell.strip() and kind_of(cell) in ("text", "flag") and self.values[number][cell.strip()]
        )


def _behind_the_titles(rows: Sequence[Row], head: list[int], width: int) -> list[int]:
    """The first rows without those of groups, ended by a blank row, in which no row is as long as the table's."""
    start = 0
    for place in range(1, len(head)):
        if head[place] - head[place - 1] > 1:
            if any(len(rows[index].cells) == width and _is_wide(rows[index], width) for index in head[start:place]):
                break
            start = place
    return head[start:]


def _first_of_data(rows: Sequence[Row], head: Sequence[int], columns: _Columns, width: int) -> int:
    """The first row that holds data."""
    has_typed = any(columns.typed(number) for number in range(width))
    wide = [index for index in head if _is_wide(rows[index], width)]
    for place, index in enumerate(wide):
        row = rows[index]
        alike, unlike = columns.votes(row.cells)
        if _counts_up(row.cells) and place == 0 and len(wide) > 1:
            continue
        if alike > unlike or (alike and alike == unlike) or (place and _holds_values(row)):
            return index
        if unlike or has_typed:
            if place >= _DEEPEST or (place and not unlike):
                return index
            continue
        # Words only: the first full row is the header, unless its words are among those below.
        if place or columns.repeats(row.cells):
            return index
    if wide:
        return wide[-1] + 1 if len(wide) == 1 or not has_typed else _after_names(rows, wide, columns)
    return head[0]


def _holds_values(row: Row) -> bool:
    """Whether a good part of a row are numbers and dates, wherever they stand."""
    return sum(map(_is_value, row.cells)) * 3 > row.filled


def _is_value(cell: str) -> bool:
    """Whether a cell holds what no name is: a number, a date, an address; codes and periods may be names."""
    return kind_of(cell) in ("number", "date", "time", "stamp", "address") and not _PERIOD.fullmatch(cell.strip())


def _after_names(rows: Sequence[Row], wide: Sequence[int], columns: _Columns) -> int:
    """Where the data begin when no row is clearly data: behind the first row of names."""
    for index in wide:
        if columns.votes(rows[index].cells)[1]:
            return index + 1
    return wide[0] + 1


def _is_wide(row: Row, width: int) -> bool:
    if width == 1:
        return row.filled > 0
    return row.filled >= max(2, width / 2) or (len(row.cells) == width and row.filled > 1)


def _counts_up(cells: Sequence[str]) -> bool:
    """1, 2, 3, …: names of numbered columns."""
    numbers = [cell.strip() for cell in cells if kind_of(cell) == "number"]
    named = any(kind_of(cell) == "text" for cell in cells)
    return named and len(numbers) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _numbers_columns(row: Row) -> bool:
    """Whether (1), (2), (3), … stand below the names, for text to refer to the columns by."""
    cells = [cell.strip() for cell in row.cells if cell.strip()]
    first = next((start for start in (0, 1) if cells[start : start + 1] == ["(1)"]), None)
    return (
        first is not None and len(cells) > 2 and cells[first:] == [f"({at})" for at in range(1, len(cells) - first + 1)]
    )


def _header_above(rows: Sequence[Row], head: Sequence[int], first: int, columns: _Columns, width: int) -> list[int]:
    """The rows of names directly above the data: as many as are adjacent and as wide as the table."""
    block: list[int] = []
    for index in reversed([index for index in head if index < first]):
        row = rows[index]
        if block and not _adjacent(rows, index, block[0]):
            break
        if block and not _is_group_row(row, width):
            break
        if not block and not _is_wide(row, width):
            if _UNIT.search(" ".join(row.cells)) or _names_above(rows, head, index, columns, width):
                continue
            if width > 1 and row.filled < 2:
                break
        if columns.votes(row.cells)[0] > columns.votes(row.cells)[1]:
            break
        block.insert(0, index)
        if len(block) == _DEEPEST:
            break
    return block


def _names_above(rows: Sequence[Row], head: Sequence[int], index: int, columns: _Columns, width: int) -> bool:
    """Whether a row that is too short is one of data that was cut off: names as many as columns stand above it."""
    upper = [one for one in head if one < index]
    if not upper or rows[index].line > rows[upper[-1]].line + 1 or not _is_wide(rows[upper[-1]], width):
        return False
    row = rows[upper[-1]]
    alike, unlike = columns.votes(row.cells)
    return row.filled == width and unlike > 1 and not alike and not any(map(_is_value, row.cells))


_UNIT = re.compile(r"[(\[]?\s*(단위|unit)\s*[:：]?", re.IGNORECASE)


def _adjacent(rows: Sequence[Row], upper: int, lower: int) -> bool:
    """Whether no blank row is between."""
    return all(rows[index].filled for index in range(upper, lower)) and rows[lower].line >= rows[upper].line


def _is_group_row(row: Row, width: int) -> bool:
    """A row of names over names: as many cells as the table has columns, and not just a title in the first of them."""
    if len(row.cells) != width or any(map(_is_value, row.cells)):
        return False
    if _UNIT.search(" ".join(row.cells)):
        return False
    return row.filled > 1 or (row.filled == 1 and not row.cells[0].strip())


def joined_names(block: Sequence[Sequence[str]], width: int, *, merged: bool = False) -> list[str]:
    """One name per column from rows of names; a group's name goes to all columns that it stands over."""
    longest = max(width, *(len(cells) for cells in block))
    levels: list[list[str]] = []
    for depth, cells in enumerate(block):
        names = [cells[number].strip() if number < len(cells) else "" for number in range(longest)]
        below = block[depth + 1 :]
        for number in range(1, longest):
            under = any(number < len(row) and row[number].strip() for row in below)
            if not names[number] and names[number - 1] and under:
                names[number] = names[number - 1]
        levels.append(names)
    joined = []
    for number in range(longest):
        parts = [names[number] for names in levels if names[number]]
        joined.append(" ".join(dict.fromkeys(parts) if merged else parts))
    return joined


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
    notes_from = _notes_from(rest, width) if ends else len(rest)
    body.footnotes = [row for row in rest[notes_from:] if row.filled]
    columns = _Columns(rest[:notes_from], width) if layout.names else None
    kept = rest[:notes_from]
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
        if columns and index and (_begins_a_table(kept, index, columns, width) or _has_other_rows(kept, index, width)):
            body.other_tables.append((row.line, sum(1 for one in kept[index + 1 :] if one.filled)))
            _drop_title(kept, index, body)
            break
        body.rows.append(row)
    return body


def _drop_title(kept: Sequence[Row], index: int, body: Body) -> None:
    """A line alone above the names of the next table is its title."""
    while body.rows and body.rows[-1].filled == 1 and body.rows[-1].line >= kept[index].line - 2 and len(body.rows) > 1:
        body.footnotes.insert(0, body.rows.pop())


def _is_copy(rows: Sequence[Row], before: Sequence[Row]) -> bool:
    """Whether rows are all the same as others: a table that stands in the file twice."""
    seen = {tuple(row.cells) for row in before}
    return len(rows) > 1 and sum(tuple(row.cells) in seen for row in rows) >= 0.9 * len(rows)


def _begins_a_table(rows: Sequence[Row], index: int, columns: _Columns, width: int) -> bool:
    """Whether a row is one of names again, with other data below: words where this table's columns have none."""
    row = rows[index]
    sure = columns.first_typed
    if sure is None or (sure < len(row.cells) and kind_of(row.cells[sure]) not in (*_WORDS, "empty")):
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
    if any(map(_is_value, row.cells)) or row.filled < len(row.cells) / 2:
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
    above = [row.cells for row in rows[max(0, index - _BODY) : index] if len(row.cells) == width]
    return any(
        kind_of(names[number]) == "text" and (number >= width or not any(is_typed(cells[number]) for cells in above))
        for number in typed
    )


def _stands_apart(rows: Sequence[Row], index: int) -> bool:
    """Whether a blank row is above, or a title with one above that."""
    if rows[index - 1].filled == 1 and index > 1:
        index -= 1
    return rows[index - 1].is_blank


def _can_only_be_names(row: Row, typed: int, unlike: int) -> bool:
    """Whether a row has different words in all of its cells where three or more columns have none."""
    cells = [cell.strip() for cell in row.cells]
    return typed >= 3 and unlike == typed and all(cells) and len(set(cells)) == len(cells)


def _notes_from(rows: Sequence[Row], width: int) -> int:
    """Where the notes below a table begin: lines of one cell that are no row of it."""
    if width < 2:
        return len(rows)
    index = len(rows)
    start = index
    while index > 0:
        row = rows[index - 1]
        if not row.filled:
            index -= 1
            continue
        apart = index >= 2 and not rows[index - 2].filled
        first = row.cells[0].strip() if row.cells else ""
        alone = (row.filled == 1 and bool(first)) or (
            row.filled > 1 and len(row.cells) != width and bool(_NOTE.match(first))
        )
        apart = apart or _gap_above(rows, index - 1)
        marked = apart and bool(_NOTE.match(first))  # a comma in it may make cells of it, as many as a row has
        if not marked and not (alone and _is_note(row, first, width, apart)):
            break
        index -= 1
        start = index
    return start if start > 0 else len(rows)


def _gap_above(rows: Sequence[Row], index: int) -> bool:
    """Whether blank lines stand between the table and the lines at its end, this one among them."""
    while index > 0 and rows[index].filled == 1:
        index -= 1
    return not rows[index].filled


def _is_note(row: Row, text: str, width: int, apart: bool) -> bool:
    if _NOTE.match(text):
        return True
    words = kind_of(text) == "text"
    if apart:
        return words
    return words and len(row.cells) == 1 and width > 2 and (len(text) >= _LONG or text.count(" ") > 1 or width > 4)


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
