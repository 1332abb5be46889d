"""A file as it was read: the data, what its columns hold, and what had to be repaired on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

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


@dataclass(frozen=True, slots=True)
class Table:
    """A data file in memory. `encoding`, `separator` and `sheet` are None where the format has none."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    name: str
    format: str
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    notes: tuple[Note, ...] = ()

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.frame)

    def distinct(self, name: str) -> list[object]:
        """The different values of a column, in no particular order; empty cells are none."""
        return list(pd.Series(self.frame[name].dropna().unique()))

    def is_unique(self, name: str) -> bool:
        """Whether each row has a value of its own in a column."""
        return bool(self.frame[name].is_unique)

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
