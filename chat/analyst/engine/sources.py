"""The rows that a question is about: the table after its preparations and conditions, as SQL to build on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from chat.analyst.engine.aggregates import QUOTIENTS, expression, quotient
from chat.analyst.engine.database import DATA
from chat.analyst.engine.sql import Writer
from chat.analyst.queries import Query
from chat.analyst.tables import Column, Note, Table, note


class Impossible(Exception):
    """A computation that can't be done; `note` says why, by its sentence under "cannot."."""

    def __init__(self, key: str, **values: str | int | float) -> None:
        super().__init__(key)
        self.note = note(key, **{name: value for name, value in values.items() if not isinstance(value, float)})


class Source:
    """A table as the steps of a question leave it, each of them a named part of the SQL."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.columns: list[Column] = list(table.columns)
        self.names: dict[str, str] = dict(table.identifiers)
        self.relation = DATA
        self.unfiltered = DATA
        self.rows = table.height
        self.notes: list[Note] = []
        self.others: dict[str, Table] = {}
        self.before_summary: tuple[int, int, tuple[tuple[str, int], ...]] | None = None
        self.bins: dict[str, tuple[str, ...]] = {}
        self.quotients: dict[str, tuple[str, str]] = {}
        self._steps: list[tuple[str, str]] = []
        self._used: dict[str, None] = {}

    @cached_property
    def write(self) -> Writer:
        """Writes SQL over the columns as they are now."""
        writer = Writer(self.columns, self.names)
        writer.used = self._used
        return writer

    def name(self, column: str) -> str:
        """A column's name, quoted."""
        return self.write.name(column)

    def column(self, name: str) -> Column:
        """What a column holds. Raises KeyError."""
        return self.write.columns[name]

    def kind(self, name: str) -> str:
        """ "number", "date", "month" or "text"."""
        return self.column(name).kind

    @property
    def used(self) -> tuple[str, ...]:
        """The columns that the SQL names so far, in the file's order."""
        known = dict.fromkeys(column.name for column in (*self.table.columns, *self.columns))
        return tuple(name for name in known if name in self._used)

    def step(self, name: str, sql: str) -> None:
        """Let `name` be what `sql` makes of the rows before."""
        self._steps.append((name, sql))
        self.relation = name
        self.__dict__.pop("_types", None)

    def back(self) -> None:
        """Take the last step back."""
        self._steps.pop()
        self.relation = self._steps[-1][0] if self._steps else DATA
        self.__dict__.pop("_types", None)

    def add(self, column: Column, identifier: str) -> None:
        """A column that a step has made, or made anew."""
        known = [one.name for one in self.columns]
        place = known.index(column.name) if column.name in known else len(known)
        self.columns[place : place + 1] = [column]
        self.names[column.name] = identifier
        self.__dict__.pop("write", None)

    def summarise(self, columns: Sequence[Column], identifiers: Mapping[str, str]) -> None:
        """Let these be all columns: a step has put one row in the place of many."""
        self.columns = list(columns)
        self.names = dict(identifiers)
        self.__dict__.pop("write", None)

    def keep(self, query: Query) -> None:
        """Leave only the rows that meet the question's conditions."""
        self.unfiltered = self.relation
        if query.filters or query.either:
            where = self.write.conditions(query.filters, query.either)
            self.step("kept", f"SELECT *\nFROM {self.relation}\nWHERE {where}")

    def sql(self, body: str, *more: tuple[str, str]) -> str:
        """A whole statement: the steps, `more` of them, and `body`, which reads from the last."""
        steps = [*self._steps, *more]
        if not steps:
            return body
        parts = ",\n".join(f"{name} AS (\n{_indented(sql)}\n)" for name, sql in steps)
        return f"WITH {parts}\n{body}"

    def frame(self, sql: str) -> pd.DataFrame:
        """What a whole statement returns."""
        return self.table.database.frame(sql)

    def row(self, body: str) -> dict[str, Any]:
        """The only row of `body`."""
        return self.table.database.row(self.sql(body))

    @cached_property
    def _types(self) -> dict[str, str]:
        found = self.table.database.frame(f"DESCRIBE {self.sql(f'SELECT * FROM {self.relation}')}")
        return dict(zip(found["column_name"], found["column_type"], strict=True))

    def sql_type(self, column: str) -> str:
        """A column's type in SQL."""
        return self._types[self.names[column]]

    def statistic(self, statistic: str, column: str) -> str:
        """The SQL of a statistic of a column."""
        if statistic in QUOTIENTS:
            return quotient(statistic, *self.quotients[column])
        return expression(statistic, self.name(column), self.sql_type(column), self.relation)

    def counted(self, columns: Sequence[str]) -> tuple[int, int, tuple[tuple[str, int], ...]]:
        """The rows there are, those in which at least one of `columns` has a value, and what each of them lacks."""
        names = [self.name(column) for column in columns]
        parts = [f"count({name})" for name in names]
        if names:
            parts.append(f"count(*) FILTER (WHERE {' OR '.join(f'{name} IS NOT NULL' for name in names)})")
        listed = ", ".join(f"{part} AS c{number}" for number, part in enumerate(["count(*)", *parts]))
        found = list(self.row(f"SELECT {listed} FROM {self.relation}").values())
        missing = tuple((column, found[0] - there) for column, there in zip(columns, found[1:], strict=False))
        return found[0], found[-1], tuple((column, count) for column, count in missing if count)

    def restored(self, frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
        """A result with its columns called as the answer calls them."""
        frame.columns = pd.Index(list(names), dtype=object)
        return frame


def _indented(sql: str) -> str:
    return "\n".join(f"  {line}" for line in sql.splitlines())


Others = Mapping[str, Table]
