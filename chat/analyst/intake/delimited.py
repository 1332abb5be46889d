"""Reads delimited text of every dialect into a table, without losing a row in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from chat.analyst.intake.body import Body, lines_text, split_body
from chat.analyst.intake.columns import Collector, RawTable
from chat.analyst.intake.dialects import find_dialect
from chat.analyst.intake.encodings import Decoding, blocks_of
from chat.analyst.intake.fields import Dialect, lines_of
from chat.analyst.intake.layout import Layout, chosen_layout, find_layout, without_rules
from chat.analyst.intake.repairs import Mender, mended_header
from chat.analyst.intake.rows import SPANNED, Row, RowReader, is_regular, profile_of, usual_width
from chat.analyst.intake.wrapped import is_wrapped, unwrapped, unwrapped_blocks
from chat.analyst.tables import Note, note

_SAMPLE = 1 << 18
_WHOLE = 3 << 20  # a text up to this size is looked at row by row
_BLOCK = 4 << 20
_SMALLER = 8
_SMALLEST = 1 << 14
_JUDGED_LINES = 2000
_HOW = {
    "quotes": "open_quotes",
    "dropped": "dropped_cells",
    "trimmed": "trimmed_rows",
    "merged": "merged_cells",
    "split": "split_cells",
    "together": "cells_together",
    "resplit": "resplit_rows",
    "joined": "joined_lines",
}


@dataclass(slots=True)
class Delimited:
    """A delimited file as it was read: its table, its dialect, and where the header is."""

    table: RawTable
    dialect: Dialect
    layout: Layout
    header_lines: tuple[int, ...]
    skipped_lines: tuple[int, ...]


def read_delimited(
    path: Path,
    decoding: Decoding,
    *,
    delimiter: str | None = None,
    header: int | None = None,
) -> Delimited | None:
    """The table in a text file, or None when there is nothing in it.

    `delimiter` and `header` (the line of the header, 0 for none) are what somebody has chosen instead of what would be
    found.
    """
    blocks = _Blocks(blocks_of(path, decoding, _BLOCK))
    head = blocks.head(_WHOLE)
    if not head.strip():
        return None
    if not is_wrapped(head):
        return _Reading(blocks, head, delimiter, header).result()
    found = _Reading(blocks.unwrapped(), unwrapped(head), delimiter, header).result()
    found.table.notes.insert(0, note("wrapped_lines"))
    return found


class _Blocks:
    """The text of a file, block by block, of which the first ones may be looked at before."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks

    def head(self, size: int) -> str:
        """At least the first `size` characters, or all there are."""
        parts: list[str] = []
        length = 0
        for block in self._blocks:
            parts.append(block)
            length += len(block)
            if length >= size:
                break
        return "".join(parts)

    def unwrapped(self) -> _Blocks:
        """What follows, without quotes around whole lines."""
        return _Blocks(unwrapped_blocks(self._blocks))

    def rest(self) -> Iterator[tuple[str, bool]]:
        """What follows, each block with whether it is the last one."""
        before: str | None = None
        for block in self._blocks:
            if before is not None:
                yield before, False
            before = block
        if before is not None:
            yield before, True


@dataclass(slots=True)
class _Account:
    """What was mended, set aside or left as it is, by line numbers."""

    mended: dict[str, list[int]] = field(default_factory=dict)
    blank: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    ruled: list[int] = field(default_factory=list)

    def row(self, row: Row) -> None:
        if row.how:
            self.mended.setdefault(row.how, []).append(row.line)


class _Reading:
    """One reading of a file, from the sample that tells its dialect to the last note."""

    def __init__(self, blocks: _Blocks, head: str, delimiter: str | None, header: int | None) -> None:
        self._blocks = blocks
        self._head = head
        self._chosen_header = header
        lines = lines_of(head[: 4 * _SAMPLE])
        sample = "".join(lines[:_JUDGED_LINES])[:_SAMPLE]
        self.dialect = find_dialect(sample, delimiter)
        self.width, self._mender = self._shape(lines[:_JUDGED_LINES])
        self._reader = RowReader(self.dialect, self.width if self._regular else None, self._mender)
        self._account = _Account()

    def _shape(self, lines: Sequence[str]) -> tuple[int, Mender | None]:
        """The number of cells that rows have, and who knows how they look.

        First every quote is believed. What comes out of that tells which quotes not to believe: those that would hide
        lines that look like all the other rows.
        """
        width = usual_width(list(RowReader(self.dialect).rows(lines)))
        mender = None
        self._regular = False
        for trusting in (True, False):
            if width < 2:
                break
            rows = list(RowReader(self.dialect, width, mender, trusting=trusting).rows(lines))
            width = usual_width(rows)
            self._regular = width > 1 and is_regular(rows, width)
            profile = profile_of(rows, width) if self._regular else None
            mender = Mender(self.dialect, profile) if profile else None
        return width, mender

    def result(self) -> Delimited:
        """The table."""
        rest = list(self._peek())
        lines = lines_of(self._head)
        stop = max(0, len(lines) - SPANNED) if rest else None
        rows, self._account.ruled = without_rules(list(self._reader.rows(lines, stop=stop)))
        self._mend_header(rows)
        layout = (
            find_layout(rows, self.width)
            if self._chosen_header is None
            else chosen_layout(rows, self.width, self._chosen_header)
        )
        width = max(self.width, len(layout.names or ()), 1)
        if layout.names:
            layout.names += [""] * (width - len(layout.names))
            width = self._without_trailing(rows, layout, width)
        body = split_body(_joined_lines(rows, layout, self.width, self._mender), layout, self.width, ends=not rest)
        if body.other_tables and not rest:  # the width may be that of the others
            width = self._without_others(layout, body, width)
        collector = Collector(width, self.dialect.delimiter or " ")
        self._take(collector, body)
        above = [rows[index] for index in layout.above]
        header_lines = tuple(rows[index].line for index in layout.header)
        names = [rows[layout.header[-1]]] if layout.header else []
        if rest and not body.other_tables:
            carried = lines[self._reader.taken :]
            rows, lines, body.rows, self._head = [], [], [], ""  # a good part of what all the rest takes
            tail = self._stream(collector, carried, rest[0], self._reader.taken + 1, width, names)
            body.footnotes += tail.footnotes
            body.other_tables += tail.other_tables
        columns = list(collector.columns())
        table = RawTable(layout.names, columns, bool(collector.long))
        table.notes = self._notes(layout, above, body, collector)
        return Delimited(table, self.dialect, layout, header_lines, tuple(row.line for row in above))

    def _peek(self) -> Iterator[Iterator[tuple[str, bool]]]:
        """What follows the head, if anything does."""
        rest = self._blocks.rest()
        first = next(rest, None)
        if first is not None:
            yield _chained(first, rest)

    def _without_trailing(self, rows: Sequence[Row], layout: Layout, width: int) -> int:
        """The width without a last column that is only there because every line ends with a delimiter."""
        names = layout.names or []
        if width < 3 or names[-1].strip() or not rows[layout.body :]:
            return width
        if not names[-2].strip() and not any(row.cells[width - 2 : width - 1] > [""] for row in rows[layout.body :]):
            return width
        if any(len(row.cells) >= width and row.cells[width - 1].strip() for row in rows[layout.body :]):
            return width
        names.pop()
        return width - 1

    def _without_others(self, layout: Layout, body: Body, width: int) -> int:
        """The width without nameless columns that only another table has."""
        own = min(width, max((len(row.cells) for row in body.rows), default=width))
        if layout.names and any(layout.names[own:]):
            return width
        if layout.names:
            del layout.names[own:]
        return own

    def _mend_header(self, rows: list[Row]) -> None:
        """A first row that lost or gained a delimiter is still the header when its names can be told."""
        if self._mender is None:
            return
        for index, row in enumerate(rows[:3]):
            if row.filled and len(row.cells) != self.width:
                following = next((one for one in rows[index + 1 :] if one.filled), None)
                if following is None or not self._mender.is_typical(following.cells):
                    continue
                cells = mended_header(row.cells, row.text or "", self.width, self.dialect)
                if cells is not None and cells != row.cells:
                    row.how = "resplit" if len(row.cells) <= self.width / 2 else "split"
                    row.how = "dropped" if len(row.cells) > self.width else row.how
                    row.cells = cells

    def _take(self, collector: Collector, body: Body) -> None:
        for row in body.rows:
            self._account.row(row)
            collector.add(row.cells, row.line)
        self._account.blank += body.blank
        self._account.repeated += body.repeated

    def _stream(
        self,
        collector: Collector,
        carried: list[str],
        rest: Iterator[tuple[str, bool]],
        line: int,
        width: int,
        names: Sequence[Row],
    ) -> Body:
        """Everything behind the head, block by block; what the last rows are is told when all are read.

        `names` is the last row of names, if there is one.
        """
        first_name = names[0].cells[0] if names else None
        fast = _FastReader(self.dialect, width, first_name) if width == self.width else None
        below = Layout([""] if names else None, (0,) if names else (), len(names))
        set_aside = Body()
        for text, last in rest:
            for part, ends_block in _parts(text):
                final = last and ends_block
                part = "".join(carried) + part
                columns = fast.columns(part) if fast and not final else None
                if columns is not None:
                    collector.add_columns(columns)
                    line += part.count("\n")
                    carried = []
                    continue
                lines = lines_of(part)
                stop = None if final else max(0, len(lines) - SPANNED)
                rows = list(self._reader.rows(lines, line, stop=stop))
                carried = lines[self._reader.taken :]
                line += self._reader.taken
                found = split_body([*names, *rows], below, self.width, ends=final)
                self._take(collector, found)
                set_aside.footnotes += found.footnotes
                set_aside.other_tables += found.other_tables
        return set_aside

    def _notes(self, layout: Layout, above: Sequence[Row], body: Body, collector: Collector) -> list[Note]:
        notes: list[Note] = []
        if above:
            notes.append(note("preamble", count=len(above), text=_text(above), lines=_lines(above)))
        if layout.names is None:
            notes.append(note("no_header"))
        elif len(layout.header) > 1:
            notes.append(note("joined_header", count=len(layout.header)))
        if body.footnotes:
            rows = body.footnotes
            notes.append(note("footnotes", count=len(rows), text=_text(rows), lines=_lines(rows)))
        for line, rows_below in body.other_tables:
            notes.append(note("other_tables", line=line, count=rows_below))
        account = self._account
        for how, key in _HOW.items():
            if how in account.mended:
                lines = account.mended[how]
                notes.append(note(key, count=len(lines), lines=lines_text(lines)))
        if account.repeated:
            notes.append(note("repeated_header", count=len(account.repeated), lines=lines_text(account.repeated)))
        if account.ruled:
            notes.append(note("ruled_lines", count=len(account.ruled), lines=lines_text(account.ruled)))
        if collector.short:
            notes.append(note("short_rows", count=len(collector.short), lines=lines_text(collector.short)))
        if collector.long:
            notes.append(
                note("long_rows", count=len(collector.long), column="_extra", lines=lines_text(collector.long))
            )
        if account.blank:
            notes.append(note("blank_rows", count=len(account.blank), lines=lines_text(account.blank)))
        return notes


def _chained(first: tuple[str, bool], rest: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    yield first
    yield from rest


def _text(rows: Sequence[Row]) -> str:
    return " / ".join(" ".join(cell.strip() for cell in row.cells if cell.strip()) for row in rows)[:300]


def _lines(rows: Sequence[Row]) -> str:
    return lines_text([row.line for row in rows])


def _joined_lines(rows: list[Row], layout: Layout, width: int, mender: Mender | None) -> list[Row]:
    """Rows that a line break without quotes cut in two are put together again."""
    if mender is None or all(len(row.cells) == width for row in rows[layout.body :]):
        return rows
    joined = rows[: layout.body]
    index = layout.body
    while index < len(rows):
        row = rows[index]
        following = rows[index + 1] if index + 1 < len(rows) else None
        if (
            following is not None
            and 1 < len(row.cells) < width
            and row.filled
            and following.filled
            and len(row.cells) + len(following.cells) - 1 == width
        ):
            cells = [*row.cells[:-1], row.cells[-1] + "\n" + following.cells[0], *following.cells[1:]]
            if mender.is_typical(cells):
                joined.append(Row(row.line, cells, "joined"))
                index += 2
                continue
        joined.append(row)
        index += 1
    return joined


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """A block in smaller parts of whole lines, with whether it is the last one of them."""
    size = max(len(text) // _SMALLER, _SMALLEST)
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        if end < len(text):
            cut = text.rfind("\n", start, end)
            cut = text.find("\n", end) if cut < 0 else cut
            end = len(text) if cut < 0 else cut + 1
        yield text[start:end], end >= len(text)
        start = end


class _FastReader:
    """Reads parts of a text that have no fault at Arrow's speed; what has one is for somebody else."""

    def __init__(self, dialect: Dialect, width: int, name: str | None) -> None:
        self._usable = len(dialect.delimiter) == 1 and not dialect.escape and not dialect.skip_space and width > 1
        self._quote = dialect.quote.encode()
        self._delimiter = dialect.delimiter.encode()
        self._usable = self._usable and len(self._quote) == 1 and len(self._delimiter) == 1
        names = [str(number) for number in range(width)]
        self._read = pv.ReadOptions(column_names=names, use_threads=True, block_size=1 << 24)
        self._convert = pv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False, check_utf8=False
        )
        self._name = name  # of the first column: where it stands again, the header may stand again
        self._dialect = dialect

    def columns(self, text: str) -> list[pa.Array] | None:
        """The columns of a part without fault, else None."""
        if not self._usable or "\ufffd" in text:
            return None
        content = text.encode("utf-8", errors="surrogatepass")
        quoted = self._quote in content
        if quoted and content.count(self._quote) % 2:
            return None
        if content.count(b"\r") != content.count(b"\r\n") or content.startswith((b"\n", b"\r")):
            return None
        if b"\n\n" in content or b"\n\r\n" in content:
            return None
        parse = pv.ParseOptions(
            delimiter=self._dialect.delimiter,
            quote_char=self._dialect.quote if quoted else False,
            double_quote=True,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
        )
        try:
            table = pv.read_csv(pa.BufferReader(content), self._read, parse, self._convert)
        except pa.ArrowInvalid:
            return None
        columns = [column.combine_chunks() for column in table.columns]
        if quoted and not self._quoted_well(content, columns):
            return None
        if _blank_rows(columns) or (self._name and pc.any(pc.equal(columns[0], self._name)).as_py()):
            return None
        return [column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for column in columns]

    def _quoted_well(self, content: bytes, columns: Sequence[pa.Array]) -> bool:
        """Whether every quote opens or closes a field or is doubled: Arrow itself doesn't mind."""
        quote, delimiter = self._quote, self._delimiter
        inner = sum(pc.sum(pc.count_substring(column, self._dialect.quote)).as_py() or 0 for column in columns)
        opening = content.count(delimiter + quote) + content.count(b"\n" + quote) + content.startswith(quote)
        closing = (
            content.count(quote + delimiter)
            + content.count(quote + b"\n")
            + content.count(quote + b"\r\n")
            + content.endswith(quote)
        )
        return content.count(quote) == opening + closing + 2 * inner and opening == closing


def _blank_rows(columns: Sequence[pa.Array]) -> bool:
    """Whether a row may be blank: its cells are all empty."""
    empty = pc.equal(columns[0], "")
    if not (pc.any(empty).as_py() or False):
        return False
    for column in columns[1:]:
        empty = pc.and_(empty, pc.equal(column, ""))
    return bool(pc.any(empty).as_py())
