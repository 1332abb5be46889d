"""Reads a data file of any supported format, told by its content and not by its name."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chat.analyst.intake import json_records
from chat.analyst.intake.body import lines_text, split_body
from chat.analyst.intake.cards import Card, preview_of, profile_of
from chat.analyst.intake.columns import Collector, RawTable
from chat.analyst.intake.delimited import read_delimited
from chat.analyst.intake.documents import Document, format_by_name, read_pdf
from chat.analyst.intake.encodings import Decoding, blocks_of, find_encoding, known
from chat.analyst.intake.layout import chosen_layout, find_layout, without_rules
from chat.analyst.intake.markup import html_rows, xml_rows
from chat.analyst.intake.rows import Row, usual_width
from chat.analyst.intake.shapes import kind_of
from chat.analyst.intake.side_by_side import tables_in
from chat.analyst.intake.spreadsheets import SheetSize, Workbook
from chat.analyst.intake.typing_columns import typed_frame
from chat.analyst.tables import TOTAL_ROW, Note, ReadingFailed, Table, note

_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TOTALS = ("합계", "총계", "총합계", "합 계", "계", "소계", "total", "grand total", "sum", "totals")
_FORMATS = {"\t": "TSV"}
_TABLE_NAMES = (".csv", ".tsv", ".tab", ".psv", ".dat", ".xls", ".asc", ".prn", ".data")
_JSON_NAMES = (".json", ".jsonl", ".ndjson", ".geojson")
_START = 1 << 16
MOST_KEPT_CELLS = 40_000
_LONGEST_DOCUMENT = 200_000  # characters of a document that its card carries


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody has chosen instead of what would be found; None leaves it to the reading.

    `header` is the line of the header, counted from 1; 0 says that there is none.
    """

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header: int | None = None


@dataclass(slots=True)
class Intake:
    """A file as it was read: its table as text and what was found out on the way, or a document."""

    format: str
    raw: RawTable | None = None
    document: Document | None = None
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    escape: str | None = None
    sheet: str | None = None
    sheets: tuple[SheetSize, ...] = ()
    header_lines: tuple[int, ...] = ()
    skipped_lines: tuple[int, ...] = ()
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file's card and, when it isn't a document, its table: as text with the file's own names, and typed."""

    card: Card
    table: Table | None
    header: tuple[str, ...] | None
    texts: pa.Table | None


def read_table(path: Path, name: str, choice: Choice | None = None) -> Table:
    """The data in `path`, which the user calls `name`.

    Raises ReadingFailed when the file is empty, encrypted, corrupt, no table, or of a format that isn't supported.
    """
    intake = take_in(path, name, choice)
    if intake.raw is None:
        raise ReadingFailed("no_table")
    names, notes = intake.raw.unique_names()
    texts = dict(zip(names, intake.raw.columns, strict=True))
    intake.raw.columns = []
    return _typed(intake, texts, notes, name)


def read(path: Path, name: str, choice: Choice | None = None, *, keeps_texts: bool = True) -> Reading:
    """The same with the card, and documents too; unless it `keeps_texts`, without the table as text.

    Raises ReadingFailed.
    """
    intake = take_in(path, name, choice)
    size = path.stat().st_size
    if intake.document is not None:
        card = Card(
            name=name,
            size=size,
            kind="document",
            format=intake.document.format,
            encoding=intake.encoding,
            notes=tuple(intake.notes),
            text=intake.document.text[:_LONGEST_DOCUMENT],
            pages=intake.document.pages,
        )
        return Reading(card, None, None, None)
    raw = intake.raw
    if raw is None:
        raise ReadingFailed("no_table")
    names, name_notes = raw.unique_names()
    pa.default_memory_pool().release_unused()
    rows = raw.height
    columns = dict(zip(names, raw.columns, strict=True))
    texts = pa.table(columns)
    profile = profile_of(texts)
    preview = preview_of(texts)
    if not keeps_texts:  # then each column's text goes as soon as it is typed
        raw.columns, texts = [], texts.slice(0, 0)
    table = _typed(intake, columns, name_notes, name)
    card = Card(
        name=name,
        size=size,
        kind="table",
        format=intake.format,
        encoding=intake.encoding,
        separator=intake.separator,
        quote=intake.quote,
        escape=intake.escape,
        sheet=intake.sheet,
        sheets=intake.sheets,
        header_lines=intake.header_lines,
        skipped_lines=intake.skipped_lines,
        rows=rows,
        columns=profile.typed(table.columns),
        duplicate_rows=profile.duplicate_rows,
        keys=profile.keys,
        notes=table.notes,
        preview=preview,
    )
    header = raw.header()
    return Reading(card, table, None if header is None else tuple(header), texts if keeps_texts else None)


def take_in(path: Path, name: str, choice: Choice | None = None) -> Intake:
    """A file's table or text as it stands there, before anything is typed. Raises ReadingFailed."""
    choice = choice or Choice()
    with path.open("rb") as file:
        start = file.read(1024)
    if not start:
        raise ReadingFailed("empty")
    if start.startswith(b"PAR1"):
        return _parquet(path)
    if start.startswith(b"PK"):
        return _zipped(path, choice)
    if start.startswith(_OLE2):
        return _compound(path, choice)
    if b"%PDF-" in start:
        document = read_pdf(path)
        return Intake(document.format, document=document)
    return _text(path, name, choice)


def _parquet(path: Path) -> Intake:
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ReadingFailed("corrupt") from error
    if not table.num_columns:
        raise ReadingFailed("empty")
    columns = [_as_text(table.column(number)) for number in range(table.num_columns)]
    return Intake("Parquet", RawTable(list(table.column_names), columns))


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A Parquet column as text, so that all formats are typed by the same rules."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.cast(kind.value_type))
    if pa.types.is_nested(kind):
        return _each_as_text(column, lambda cell: json.dumps(cell, ensure_ascii=False, default=str))
    if pa.types.is_timestamp(kind):
        seconds = column.cast(pa.timestamp("s", kind.tz), safe=False)
        if pc.any(pc.not_equal(seconds.cast(kind), column)).as_py():
            seconds = column
        return pc.strftime(seconds, "%Y-%m-%d %H:%M:%S").cast(pa.large_string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _each_as_text(column, lambda cell: cell.hex())
    try:
        return column.cast(pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return _each_as_text(column, str)


def _each_as_text(column: pa.ChunkedArray, write: Callable[[Any], str]) -> pa.ChunkedArray:
    cells = [None if cell is None else write(cell) for cell in column.to_pylist()]
    return pa.chunked_array([pa.array(cells, type=pa.large_string())])


def _zipped(path: Path, choice: Choice) -> Intake:
    """XLSX, XLSB and ODS are ZIP files with known members."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            sealed = "content.xml" in members and b"encryption-data" in archive.read("META-INF/manifest.xml")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError) as error:
        raise ReadingFailed("corrupt") from error
    if sealed:
        raise ReadingFailed("encrypted")
    if "xl/workbook.xml" in members or "xl/workbook.bin" in members:
        return _workbook(path, choice, "Excel")
    if "content.xml" in members:
        return _workbook(path, choice, "OpenDocument")
    raise ReadingFailed("unsupported")


def _compound(path: Path, choice: Choice) -> Intake:
    """OLE2 holds old Excel workbooks, encrypted new ones, and documents that are no tables."""
    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise ReadingFailed("encrypted")
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise ReadingFailed("unsupported")
    del content
    return _workbook(path, choice, "Excel")


def _workbook(path: Path, choice: Choice, format: str) -> Intake:
    try:
        book = Workbook(path, choice.sheet)
    except KeyError as error:
        raise ReadingFailed("no_sheet") from error
    rows = book.rows()
    intake = _sheet_of(rows, choice, format, joiner=" | ", merged=True, names_at=book.names_at)
    intake.sheet = book.sheet
    intake.sheets = tuple(book.sheets)
    if others := book.others():
        intake.notes.insert(0, note("other_sheets", count=len(others), names=", ".join(others[:10])))
    if lines := book.uncomputed:
        intake.notes.append(note("uncomputed", count=len(lines), lines=lines_text(dict.fromkeys(lines))))
    return intake


def _sheet_of(
    rows: list[Row],
    choice: Choice,
    format: str,
    *,
    joiner: str,
    merged: bool = False,
    names_at: Sequence[int] = (),
) -> Intake:
    """The table within rows of cells that nothing has to be split or unquoted in any more."""
    rows, ruled = without_rules(rows)
    main, *beside = tables_in(rows)
    if beside:
        rows = [Row(row.line, row.cells[main.start : main.end]) for row in rows]
    width = usual_width([Row(row.line, _trimmed(row.cells)) for row in rows])
    if not width or not any(row.filled for row in rows):
        raise ReadingFailed("empty")
    width = max(width, _reach(rows))
    for row in rows:
        row.cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    if choice.header is None:
        layout = find_layout(rows, width, merged=merged, names_at=names_at)
    else:
        layout = chosen_layout(rows, width, choice.header, merged=merged)
    body = split_body(rows, layout, width)
    collector = Collector(width, joiner)
    collector.add_all((row.cells, row.line) for row in body.rows)
    above = [rows[index] for index in layout.above]
    raw = RawTable(layout.names, list(collector.columns()))
    intake = Intake(format, raw)
    intake.header_lines = tuple(rows[index].line for index in layout.header)
    intake.skipped_lines = tuple(row.line for row in above)
    if above:
        intake.notes.append(_set_aside("preamble", above))
    if layout.names is None:
        intake.notes.append(note("no_header"))
    elif len(layout.header) > 1:
        intake.notes.append(note("joined_header", count=len(layout.header)))
    if body.footnotes:
        intake.notes.append(_set_aside("footnotes", body.footnotes))
    if beside:
        names = " / ".join(", ".join(block.heads) for block in beside)[:300]
        intake.notes.append(note("tables_beside", count=len(beside), names=names))
    intake.notes += [note("other_tables", line=line, count=count) for line, count in body.other_tables]
    for key, lines in (("repeated_header", body.repeated), ("blank_rows", body.blank), ("ruled_lines", ruled)):
        if lines:
            intake.notes.append(note(key, count=len(lines), lines=lines_text(lines)))
    return intake


def _set_aside(key: str, rows: Sequence[Row]) -> Note:
    texts = (" ".join(dict.fromkeys(cell.strip() for cell in row.cells if cell.strip())) for row in rows)
    return note(key, count=len(rows), text=" / ".join(texts)[:300], lines=lines_text(row.line for row in rows))


def _trimmed(cells: Sequence[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _reach(rows: Sequence[Row]) -> int:
    """How many columns have anything in them."""
    return max((len(_trimmed(row.cells)) for row in rows), default=0)


def _text(path: Path, name: str, choice: Choice) -> Intake:
    encoding = known(choice.encoding) if choice.encoding else find_encoding(path)
    if encoding is None:
        raise ReadingFailed("no_encoding" if choice.encoding else "unsupported")
    decoding = Decoding(encoding)
    head = next(blocks_of(path, decoding, _START), "")
    start = head[:4096].lstrip()
    suffix = PurePath(name).suffix.lower()
    intake = None
    if start.startswith("{\\rtf"):
        raise ReadingFailed("unsupported")
    if start.startswith(("{", "[")):
        intake = _json(path, decoding, named=suffix in _JSON_NAMES)
    elif start.startswith("<"):
        intake = _markup(path, Decoding(encoding), head, choice)
    format = format_by_name(name)
    if intake is None and format:
        intake = _document(path, decoding, format)
    if intake is None:
        intake = _delimited(path, Decoding(encoding), choice, may_be_prose=suffix not in _TABLE_NAMES)
    intake.encoding = encoding
    return intake


def _whole(path: Path, decoding: Decoding) -> str:
    decoding.broken.clear()
    return "".join(blocks_of(path, decoding))


def _document(path: Path, decoding: Decoding, format: str) -> Intake:
    text = _whole(path, decoding)
    if not text.strip():
        raise ReadingFailed("empty")
    return Intake(format, document=Document(format, text), notes=_decoding_notes(decoding))


def _json(path: Path, decoding: Decoding, *, named: bool) -> Intake | None:
    """JSON's records, or None when it only begins like JSON."""
    text = _whole(path, decoding)
    if not named and not json_records.begins_with_a_value(text):
        return None
    notes = _decoding_notes(decoding)
    rows = json_records.rows_of(text, notes)
    names = [cell or "" for cell in next(rows)]
    collector = Collector(len(names), "")
    collector.add_all((row, number) for number, row in enumerate(rows, 1))
    raw = RawTable(names, list(collector.columns()))
    return Intake("JSON Lines" if json_records.is_lines(text) else "JSON", raw, notes=notes)


def _markup(path: Path, decoding: Decoding, head: str, choice: Choice) -> Intake | None:
    lower = head[:_START].lower()
    if (
        "<html" in lower
        or "<!doctype html" in lower
        or lower.lstrip().startswith(("<table", "<div", "<meta", "<style"))
    ):
        rows = html_rows(_whole(path, decoding))
        if not any(row.filled for row in rows):
            return _document(path, decoding, "HTML")
        intake = _sheet_of(rows, choice, "HTML", joiner=" | ", merged=True)
    else:
        intake = _sheet_of(xml_rows(_whole(path, decoding)), Choice(header=1), "XML", joiner=" | ")
    intake.notes += _decoding_notes(decoding)
    return intake


def _delimited(path: Path, decoding: Decoding, choice: Choice, *, may_be_prose: bool) -> Intake:
    found = read_delimited(path, decoding, delimiter=choice.separator, header=choice.header)
    if found is None:
        raise ReadingFailed("empty")
    dialect = found.dialect
    if may_be_prose and not dialect.edges and _is_prose(found.table):
        return _document(path, decoding, "Text")
    format = "Fixed width" if dialect.edges else _FORMATS.get(dialect.delimiter, "CSV")
    return Intake(
        format,
        found.table,
        separator=dialect.delimiter or None,
        quote=dialect.quote or None,
        escape=dialect.escape or None,
        header_lines=found.header_lines,
        skipped_lines=found.skipped_lines,
        notes=[*found.table.notes, *_decoding_notes(decoding)],
    )


def _is_prose(raw: RawTable) -> bool:
    """Whether the lines of a file without columns, or with hardly even ones, are sentences rather than values."""
    uneven = sum(int(dict(note.values)["count"]) for note in raw.notes if note.key in ("short_rows", "long_rows"))
    if len(raw.columns) > 1 and uneven < max(1, raw.height / 4):
        return False
    cells = [cell for column in raw.columns for cell in column.slice(0, 200).to_pylist() if cell]
    words = sum(kind_of(cell) == "text" and " " in cell.strip() for cell in cells)
    return not cells or words >= len(cells) / 2


def _decoding_notes(decoding: Decoding) -> list[Note]:
    lines = decoding.broken
    notes = [note("zero_bytes", count=decoding.zeros)] if decoding.zeros else []
    if lines and decoding.other:
        notes.append(note("mixed_encodings", count=len(lines), encoding=decoding.other, lines=lines_text(lines)))
    elif lines:
        notes.append(note("broken_characters", count=len(lines), encoding=decoding.encoding, lines=lines_text(lines)))
    return notes


def _typed(intake: Intake, texts: dict[str, pa.ChunkedArray], notes: Iterable[Note], name: str) -> Table:
    if not texts:
        raise ReadingFailed("empty")
    kept = _kept_texts(texts)  # typing takes the texts away, column by column
    frame, columns, found = typed_frame(texts)
    notes = [*intake.notes, *notes, *found, *_total_row(frame)]
    how = (intake.format, intake.encoding, intake.separator, intake.sheet, tuple(notes))
    return Table(frame, columns, name, *how, intake.quote, intake.escape, intake.header_lines, kept)


def _kept_texts(texts: dict[str, pa.ChunkedArray]) -> tuple[tuple[str, ...], ...] | None:
    """The cells of a small table as they stand in the file: what is looked up in it is answered so."""
    if sum(len(column) for column in texts.values()) > MOST_KEPT_CELLS:
        return None
    return tuple(tuple(cell or "" for cell in column.to_pylist()) for column in texts.values())


def _total_row(frame: pd.DataFrame) -> list[Note]:
    """A note when the last row looks like the sum of the others: it would be counted twice."""
    cells = [str(cell).strip() for cell in frame.iloc[-1]] if len(frame) > 2 else []
    return [note(TOTAL_ROW, text=cell) for cell in cells if cell.casefold() in _TOTALS][:1]
