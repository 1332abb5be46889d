"""Reads a data file of any supported format, told by its content and not by its name."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from chat.analyst import records
from chat.analyst.delimited import DelimitedFile, QuoteNeverCloses, find_separator
from chat.analyst.encodings import find_encoding
from chat.analyst.rows import columns_of, unique_names
from chat.analyst.spreadsheets import Workbook
from chat.analyst.tables import TOTAL_ROW, Note, ReadingFailed, Table, note
from chat.analyst.typing_columns import typed_frame

_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TOTALS = ("합계", "총계", "총합계", "합 계", "계", "소계", "total", "grand total", "sum", "totals")
_FORMATS = {"\t": "TSV"}


def read_table(path: Path, name: str) -> Table:
    """The data in `path`, which the user calls `name`.

    Raises ReadingFailed when the file is empty, encrypted, corrupt or of a format that isn't supported.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise ReadingFailed("empty")
    if start.startswith(b"PAR1"):
        return _parquet(path, name)
    if start.startswith(b"PK"):
        return _zipped(path, name)
    if start.startswith(_OLE2):
        return _compound(path, name)
    return _text(path, name)


def _parquet(path: Path, name: str) -> Table:
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ReadingFailed("corrupt") from error
    names, notes = unique_names(table.column_names)
    texts = {unique: _as_text(table.column(number)) for number, unique in enumerate(names)}
    del table
    return _table(texts, notes, name=name, format="Parquet")


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A Parquet column as text, so that all formats are typed by the same rules."""
    kind = column.type
    if pa.types.is_nested(kind):
        cells = [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(cells, type=pa.large_string())])
    if pa.types.is_timestamp(kind):
        seconds = column.cast(pa.timestamp("s", kind.tz), safe=False)
        return pc.strftime(seconds, "%Y-%m-%d %H:%M:%S").cast(pa.large_string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _each_as_text(column, lambda cell: cell.hex())
    return column.cast(pa.large_string())


def _each_as_text(column: pa.ChunkedArray, write: Callable[[Any], str]) -> pa.ChunkedArray:
    cells = [None if cell is None else write(cell) for cell in column.to_pylist()]
    return pa.chunked_array([pa.array(cells, type=pa.large_string())])


def _zipped(path: Path, name: str) -> Table:
    """XLSX, XLSB and ODS are ZIP files with known members."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise ReadingFailed("corrupt") from error
    if "xl/workbook.xml" in members or "xl/workbook.bin" in members:
        return _workbook(path, name, "Excel")
    if "content.xml" in members:
        return _workbook(path, name, "OpenDocument")
    raise ReadingFailed("unsupported")


def _compound(path: Path, name: str) -> Table:
    """OLE2 holds old Excel workbooks, encrypted new ones, and documents that are no tables."""
    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise ReadingFailed("encrypted")
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise ReadingFailed("unsupported")
    return _workbook(path, name, "Excel")


def _workbook(path: Path, name: str, format: str) -> Table:
    book = Workbook(path)
    texts, notes = columns_of(book.rows(), " | ")
    return _table(texts, [*book.notes, *notes], name=name, format=format, sheet=book.sheet)


def _text(path: Path, name: str) -> Table:
    encoding = find_encoding(path)
    if encoding is None:
        raise ReadingFailed("unsupported")
    with path.open(encoding=encoding, errors="replace") as file:
        start = file.read(4096).lstrip()
    if start.startswith(("{", "[")):
        return _json(path, name, encoding)
    if start.lower().startswith(("<!doctype", "<html", "<?xml", "%pdf", "{\\rtf")):
        raise ReadingFailed("unsupported")
    return _delimited(path, name, encoding)


def _json(path: Path, name: str, encoding: str) -> Table:
    text = path.read_text(encoding=encoding, errors="replace")
    texts, notes = columns_of(records.rows_of(text), "")
    return _table(texts, notes, name=name, format="JSON", encoding=encoding)


def _delimited(path: Path, name: str, encoding: str) -> Table:
    separator = find_separator(path, encoding)
    file = DelimitedFile(path, encoding, separator)
    try:
        texts, notes = columns_of(file.rows(), separator)
    except QuoteNeverCloses:
        texts, notes = columns_of(file.lines(), separator)
    format = _FORMATS.get(separator, "CSV")
    return _table(texts, [*file.notes, *notes], name=name, format=format, encoding=encoding, separator=separator)


def _table(
    texts: dict[str, pa.ChunkedArray],
    notes: list[Note],
    *,
    name: str,
    format: str,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
) -> Table:
    if not texts:
        raise ReadingFailed("empty")
    frame, columns, found = typed_frame(texts)
    notes = [*notes, *found, *_total_row(frame)]
    return Table(frame, columns, name, format, encoding, separator, sheet, tuple(notes))


def _total_row(frame: pd.DataFrame) -> list[Note]:
    """A note when the last row looks like the sum of the others: it would be counted twice."""
    cells = [str(cell).strip() for cell in frame.iloc[-1]] if len(frame) > 2 else []
    return [note(TOTAL_ROW, text=cell) for cell in cells if cell.casefold() in _TOTALS][:1]
