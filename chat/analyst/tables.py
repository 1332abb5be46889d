"""A file as it was read: the data, what its columns hold, and what had to be repaired on the way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow.parquet as pq

from chat.analyst.engine.database import DATA, ROW, Database, frame_of, identifiers, quoted

TOTAL_ROW = "total_row"  # the note that changes what sums mean, so that answers repeat it
Kind = Literal["number", "date", "month", "text"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something found, repaired or left out while reading; `key` names its sentence, `values` fill its places."""

    key: str
    values: tuple[tuple[str, str | int], ...] = ()


def note(key: str, **values: str | int) -> Note:
    """A `Note` from keyword arguments."""
    return Note(key, tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, what it holds, and the unit that its numbers were written with ("%", "원", …)."""

    name: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """A data file as it was read: its `content` in memory, or a Parquet file that `stored_tables` wrote.

    `encoding`, `separator`, `sheet`, `quote` and `escape` are None where the format has none; `header_lines` count
    from 1 and are empty where there is no header. `texts` are the cells of a small table as the file wrote them, by
    column; None for a larger one.
    """

    content: pd.DataFrame | Path
    columns: tuple[Column, ...]
    name: str
    format: str
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    notes: tuple[Note, ...] = ()
    quote: str | None = None
    escape: str | None = None
    header_lines: tuple[int, ...] = ()
    texts: tuple[tuple[str, ...], ...] | None = None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows in memory; `database` asks without loading them."""
        if not isinstance(self.content, Path):
            return self.content
        frame = frame_of(pq.read_table(self.content))
        frame.columns = pd.Index(self.names())
        return frame

    @cached_property
    def identifiers(self) -> dict[str, str]:
        """What each column is called in SQL."""
        return identifiers(self.names())

    @cached_property
    def database(self) -> Database:
        """Answers SQL over this table."""
        return Database(self.content, self.identifiers)

    @cached_property
    def height(self) -> int:
        """How many rows there are."""
        if isinstance(self.content, Path):
            return int(pq.read_metadata(self.content).num_rows)
        return len(self.content)

    def head(self, count: int) -> pd.DataFrame:
        """The first rows."""
        if not isinstance(self.content, Path):
            return self.content.head(count)
        frame = self.database.frame(
            f"SELECT * EXCLUDE ({quoted(ROW)}) FROM {DATA} WHERE {quoted(ROW)} < {count} ORDER BY {quoted(ROW)}"
        )
        frame.columns = pd.Index(self.names())
        return frame

    def distinct(self, name: str) -> list[object]:
        """The different values of a column, in no particular order; empty cells are none."""
        return self._distinct_values[name] if name in self._distinct_values else self._find_distinct(name)

    def values_among(self, name: str, texts: set[str], most: int) -> list[str]:
        """A column's different values; of more than `most` only those that are among `texts` in lower case."""
        if not isinstance(self.content, Path):
            values = [str(value) for value in self.distinct(name)]
            return values if len(values) <= most else [value for value in values if value.lower() in texts]
        column = quoted(self.identifiers[name])
        found = f"SELECT DISTINCT {column}::VARCHAR AS v FROM {DATA} WHERE {column} IS NOT NULL"
        if (name, most) not in self._values_if_few:
            values = self.database.arrow(f"{found} LIMIT {most + 1}").column(0).to_pylist()
            self._values_if_few[name, most] = values if len(values) <= most else None
        few = self._values_if_few[name, most]
        if few is not None:
            return list(few)
        listed = ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts)) or "NULL"
        return list(self.database.arrow(f"{found} AND lower({column}::VARCHAR) IN ({listed})").column(0).to_pylist())

    def distinct_count(self, name: str) -> int:
        """How many different values a column has."""
        if not isinstance(self.content, Path):
            return int(self.content[name].nunique())
        column = quoted(self.identifiers[name])
        return int(self.database.row(f"SELECT count(DISTINCT {column}) AS n FROM {DATA}")["n"])

    def _find_distinct(self, name: str) -> list[object]:
        column = quoted(self.identifiers[name])
        if isinstance(self.content, Path):
            found = self.database.frame(f"SELECT DISTINCT {column} FROM {DATA} WHERE {column} IS NOT NULL").iloc[:, 0]
        else:
            found = pd.Series(self.content[name].dropna().unique())
        self._distinct_values[name] = list(found)
        return self._distinct_values[name]

    @cached_property
    def _values_if_few(self) -> dict[tuple[str, int], list[str] | None]:
        return {}

    @cached_property
    def _distinct_values(self) -> dict[str, list[object]]:
        return {}

    def is_unique(self, name: str) -> bool:
        """Whether each row has a value of its own in a column."""
        if not isinstance(self.content, Path):
            return bool(self.content[name].is_unique)
        column = quoted(self.identifiers[name])
        counts = self.database.row(
            f"SELECT count(DISTINCT {column}) + (count(*) > count({column}))::INT AS n FROM {DATA}"
        )
        return bool(counts["n"] == self.height)

    def column(self, name: str) -> Column:
        """The column called `name`; raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def names(self, *kinds: Kind) -> list[str]:
        """The names of the columns of these kinds (all without any), in the file's order."""
        return [column.name for column in self.columns if not kinds or column.kind in kinds]


class ReadingFailed(Exception):
    """A file that can't be read. `reason`: "empty", "encrypted", "corrupt" or "unsupported"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
