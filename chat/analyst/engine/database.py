"""Runs SQL over one table where it lies: a frame in memory, or a Parquet file of which only what is needed is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

ROW = "#row"  # the column that numbers the rows in the file's order, so that no result depends on chance
DATA = "data"  # what the table is called in SQL
_MEMORY = "512MB"
_TEXT = pd.StringDtype(na_value=float("nan"))
_LARGEST = 2**63
_EXACT = 2**53  # the whole numbers that a float holds exactly


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """What each column is called in SQL, where names that differ in case alone are the same."""
    taken = {ROW}
    found: dict[str, str] = {}
    for name in names:
        free, number = name, 2
        while free.casefold() in taken:
            free, number = f"{name}_{number}", number + 1
        taken.add(free.casefold())
        found[name] = free
    return found


def arrow_of(frame: pd.DataFrame, names: Mapping[str, str]) -> pa.Table:
    """A frame as Arrow has it, its columns called as in SQL, times in microseconds and NaN as null."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    columns = [
        column.cast(pa.timestamp("us")) if pa.types.is_timestamp(column.type) else column for column in table.columns
    ]
    return pa.table(dict(zip([names[name] for name in table.column_names], columns, strict=True)))


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Arrow as the frame that readers make: text as pandas' strings, whole numbers exact however large they are."""
    series = {number: _series(column) for number, column in enumerate(table.columns)}
    frame = pd.DataFrame(series, copy=False) if series else pd.DataFrame(index=range(table.num_rows))
    frame.columns = pd.Index(table.column_names, dtype=object)
    return frame


def _series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_decimal(kind):
        cells = [None if cell is None else int(cell) for cell in column.to_pylist()]
        largest = max((abs(cell) for cell in cells if cell is not None), default=0)
        if column.null_count:
            return pd.Series(cells, dtype="float64" if largest <= _EXACT else object)
        return pd.Series(cells, dtype="int64" if largest < _LARGEST else object)
    if pa.types.is_integer(kind) and column.null_count:
        top = pc.max(pc.abs(column.cast(pa.int64()))).as_py() or 0
        return column.to_pandas() if top <= _EXACT else pd.Series(column.to_pylist(), dtype=object)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return column.cast(pa.large_string()).to_pandas(types_mapper={pa.large_string(): _TEXT}.get)
    return column.to_pandas()


class Database:
    """SQL over a table called data, with two threads, little memory and no way to anything else."""

    def __init__(self, content: pd.DataFrame | Path, names: Mapping[str, str]) -> None:
        self._connection = _connected()
        if isinstance(content, Path):
            self._attach_file(DATA, content)
        else:
            self._attach_frame(DATA, content, names)
        self._connection.execute("SET enable_external_access = false")

    def add(self, name: str, frame: pd.DataFrame, names: Mapping[str, str]) -> None:
        """Make a second table known as `name`."""
        self._attach_frame(name, frame, names)

    def frame(self, sql: str) -> pd.DataFrame:
        """What a query returns. Raises MemoryError when it takes more than there is."""
        return frame_of(self.arrow(sql))

    def arrow(self, sql: str) -> pa.Table:
        """The same as Arrow has it. Raises MemoryError, and OverflowError for numbers that nothing can hold."""
        try:
            return self._connection.sql(sql).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise MemoryError from error
        except duckdb.OutOfRangeException as error:
            raise OverflowError from error

    def row(self, sql: str) -> dict[str, Any]:
        """The only row that a query returns, by column."""
        found = self.arrow(sql).slice(0, 1).to_pylist()[0]
        return {name: int(value) if isinstance(value, Decimal) else value for name, value in found.items()}

    def _attach_file(self, name: str, path: Path) -> None:
        source = "'" + path.resolve().as_posix().replace("'", "''") + "'"
        self._connection.execute(f"SET allowed_paths = [{source}]")
        self._connection.execute(
            f"CREATE VIEW {quoted(name)} AS SELECT * RENAME (file_row_number AS {quoted(ROW)}) "
            f"FROM read_parquet({source}, file_row_number = true)"
        )

    def _attach_frame(self, name: str, frame: pd.DataFrame, names: Mapping[str, str]) -> None:
        numbered = arrow_of(frame, names).append_column(ROW, pa.array(range(len(frame)), pa.int64()))
        self._connection.register(name, numbered)


def _connected() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "threads": 2,
            "memory_limit": _MEMORY,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
    )
