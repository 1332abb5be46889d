"""The columns that a question may name: those of its file, of the conversation's other files, and those it derives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from chat.analyst.queries import Preparation, Statistic
from chat.analyst.tables import Column, Kind, Table
from chat.analyst.understanding.joining import NamedJoin
from chat.analyst.understanding.worded_numbers import worded_columns

_STATISTICS: dict[str, Statistic] = {
    "/": "quotient",
    "%": "rate",
    "share": "part",
    "gap": "gap",
    "mean_gap": "mean_gap",
    "pair": "corr",
    "meets": "met",
    "per_row": "per_row",
    "per_value": "per_value",
}


@dataclass
class Scope:
    """One table as a question sees it. `added` are columns that the question itself defines, `quotients` those of them
    that are no plain numbers (ratios, rates), with the statistic that computes them for many rows; `joined` is what
    the question itself says of joining."""

    table: Table
    others: Sequence[Table] = ()
    joined: NamedJoin | None = None
    added: list[Column] = field(default_factory=list)
    quotients: dict[str, Statistic] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.worded = worded_columns(self.table)
        numbers = {column.name: column for column in self.worded}
        self._own = tuple(numbers.get(column.name, column) for column in self.table.columns)

    def add_derived(self, step: Preparation) -> None:
        """A column of numbers that a step makes."""
        self.added.append(Column(step.name, "number"))
        if step.method in _STATISTICS and (len(step.columns) == 2 or step.method in ("meets", "per_row", "per_value")):
            self.quotients[step.name] = _STATISTICS[step.method]

    @property
    def height(self) -> int:
        return self.table.height

    def columns(self) -> list[Column]:
        """Every column once; of columns with the same name that of the question's own file."""
        found = {column.name: column for other in reversed(self.others) for column in other.columns}
        found = {**{column.name: column for column in self._own}, **_without(found, self.table)}
        return [*found.values(), *self.added]

    def column(self, name: str) -> Column:
        """The column called `name`; raises KeyError when there is none."""
        for column in self.columns():
            if column.name == name:
                return column
        raise KeyError(name)

    def names(self, *kinds: Kind) -> list[str]:
        """The names of the file's own columns of these kinds (all without any) and of those that were added."""
        own = [*self._own, *self.added]
        return [column.name for column in own if not kinds or column.kind in kinds]

    def all_names(self, *kinds: Kind) -> list[str]:
        """The same with the columns of the other files."""
        return [column.name for column in self.columns() if not kinds or column.kind in kinds]

    def dates(self) -> list[str]:
        """The file's columns of dates; where it has none, those of the other files."""
        return self.names("date", "month") or self.all_names("date", "month")

    def owner(self, name: str) -> Table | None:
        """The table that a column comes from; None for one that was added."""
        for table in (self.table, *self.others):
            if name in table.names():
                return table
        return None

    def distinct(self, name: str) -> list[object]:
        """The different values of a column; none of one that was added."""
        owner = self.owner(name)
        return owner.distinct(name) if owner else []

    def values_among(self, name: str, texts: set[str], most: int) -> list[str]:
        """The different values of a column; of more than `most` only those that are among `texts` in lower case."""
        owner = self.owner(name)
        return owner.values_among(name, texts, most) if owner else []

    def is_unique(self, name: str) -> bool:
        """Whether each row has a value of its own in a column."""
        owner = self.owner(name)
        return bool(owner and owner.is_unique(name))

    def newest(self, name: str) -> pd.Timestamp | None:
        """The last day or time of a column of dates."""
        values = [pd.Timestamp(str(value)) for value in self.distinct(name)]
        return max(values, default=None)

    def has_times(self, name: str) -> bool:
        """Whether a column of dates tells the time of day too."""
        return any(pd.Timestamp(str(value)) != pd.Timestamp(str(value)).normalize() for value in self.distinct(name))


def _without(columns: dict[str, Column], table: Table) -> dict[str, Column]:
    own = set(table.names())
    return {name: column for name, column in columns.items() if name not in own}
