"""Keeps a table as it was read and typed in a Parquet file, which can be asked without being loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from chat.analyst.engine.database import arrow_of
from chat.analyst.tables import Column, Note, ReadingFailed, Table

_KEY = b"fabrix_table"
_ROWS = 122_880  # in one piece, as DuckDB hands them to its threads


def write_table(table: Table, path: Path) -> None:
    """Write a table with everything that is known about it to `path`."""
    known = {
        "columns": [[column.name, column.kind, column.unit] for column in table.columns],
        "name": table.name,
        "format": table.format,
        "encoding": table.encoding,
        "separator": table.separator,
        "sheet": table.sheet,
        "quote": table.quote,
        "escape": table.escape,
        "header_lines": table.header_lines,
        "notes": [[note.key, list(note.values)] for note in table.notes],
    }
    content = arrow_of(table.frame, table.identifiers)
    content = content.replace_schema_metadata({_KEY: json.dumps(known, ensure_ascii=False).encode()})
    pq.write_table(content, path, compression="zstd", row_group_size=_ROWS)


def open_table(path: Path, name: str) -> Table:
    """The table that `write_table` wrote, as the user calls it; its rows stay where they are.

    Raises ReadingFailed when it is no such file.
    """
    try:
        known = json.loads((pq.read_schema(path).metadata or {})[_KEY])
        return Table(
            path,
            tuple(Column(*column) for column in known["columns"]),
            name,
            known["format"],
            known["encoding"],
            known["separator"],
            known["sheet"],
            tuple(Note(key, tuple((place, value) for place, value in values)) for key, values in known["notes"]),
            known["quote"],
            known["escape"],
            tuple(known["header_lines"]),
        )
    except (pa.ArrowInvalid, OSError, KeyError, ValueError, TypeError) as error:
        raise ReadingFailed("corrupt") from error
