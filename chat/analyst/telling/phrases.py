"""The parts of an answer that all answers share: names, conditions, tables, and how it was computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from chat.analyst.engine.results import (
    CHANGE,
    COUNT,
    CUMULATED,
    DIFFERENCE,
    GROWTH,
    MOVING,
    PART,
    PERCENT,
    PREVIOUS,
    RATIO,
    SHARE,
    TIMES,
    TOTAL,
    Result,
)
from chat.analyst.queries import Query
from chat.analyst.tables import TOTAL_ROW, Column, Note, Table
from chat.analyst.telling.conditions_text import all_conditions, statistic_name
from chat.analyst.telling.markdown import escaped, groups_digits, number, raw, table, with_unit
from chat.analyst.telling.sentences import say

MOST_ROWS = 20
MOST_COLUMNS = 12
_MOST_NAMES = 10
_UNITLESS = ("count", "distinct", "var", "skew", "kurtosis", "cv", "product")
HEADINGS = {
    PART: "head.part",
    SHARE: "head.share",
    COUNT: "head.rows",
    TIMES: "head.times",
    TOTAL: "head.total",
    PREVIOUS: "head.previous",
    CHANGE: "head.change",
    GROWTH: "head.growth",
    MOVING: "head.moving",
    CUMULATED: "head.cumulated",
    DIFFERENCE: "head.difference",
    RATIO: "head.ratio",
    PERCENT: "head.percent",
}


class Phrases:
    """The words for one table's columns and values in one language."""

    def __init__(self, data: Table, language: str, made: Sequence[Column] = ()) -> None:
        """`made` are columns that a preparation made, which the file doesn't have."""
        self.data = replace(data, columns=(*data.columns, *made)) if made else data
        self.language = language

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def names(self, names: Sequence[str]) -> str:
        """Column names in a row, as Markdown; of very many the first ones."""
        more = f" … (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
        return ", ".join(escaped(name) for name in names[:_MOST_NAMES]) + more

    def statistic(self, name: str) -> str:
        return statistic_name(name, self.language)

    def value(self, value: Any, column: str, statistic: str = "") -> str:
        """A computed or found number with its column's unit; anything else as it is."""
        value = plain(value)
        if not isinstance(value, int | float):
            return self.cell(value, column)
        if statistic in _UNITLESS:
            return number(value)
        kind = self.data.column(column)
        grouping = groups_digits(column) or statistic in ("sum", "mean", "std")
        shown = raw(value, grouping=grouping) if statistic in ("min", "max", "") else number(value, grouping=grouping)
        return with_unit(shown, kind.unit)

    def cell(self, value: Any, column: str) -> str:
        """A value of the file, exactly."""
        kind = self.data.column(column).kind if column in self.data.names() else "text"
        if kind == "month" and isinstance(value, pd.Timestamp):
            return f"{value:%Y-%m}"
        return raw(plain(value), grouping=groups_digits(column))

    def which(self, query: Query) -> str:
        """What a ranking looks for: the highest, the lowest, the 2nd highest."""
        direction = "lowest" if query.ascending else "highest"
        if query.rank is None:
            return self.say(f"which.{direction}")
        return self.say(f"which.nth_{direction}", nth=ordinal(query.rank, self.language))

    def conditions(self, query: Query) -> str:
        """ " (지역 = 서울, 매출 ≥ 100)", or nothing."""
        text = all_conditions(query, self.language)
        return self.say("answer.conditions", conditions=escaped(text)) if text else ""

    def rows(self, frame: pd.DataFrame) -> str:
        """Rows of the file as a table, cut to what a reader can take in, with a line on what was cut."""
        shown = frame.iloc[:MOST_ROWS, :MOST_COLUMNS]
        names = list(shown.columns)
        cells = _cells(shown, self.cell)
        right = [name in self.data.names() and self.data.column(name).kind == "number" for name in names]
        text = table([escaped(name) for name in names], cells, right)
        return "\n\n".join([text, *self.cut(frame)])

    def cut(self, frame: pd.DataFrame) -> list[str]:
        """What of `frame` a table leaves out."""
        lines = []
        if len(frame) > MOST_ROWS:
            lines.append(self.say("answer.shown", shown=MOST_ROWS, count=number(len(frame))))
        if len(frame.columns) > MOST_COLUMNS:
            lines.append(self.say("answer.shown_columns", shown=MOST_COLUMNS, count=len(frame.columns)))
        return lines

    def heading(self, column: str) -> str:
        """The heading of a computed column: "sum 매출" is worded, anything else is a column of the file."""
        statistic, _, name = column.partition(" ")
        if column in HEADINGS:
            return self.say(HEADINGS[column])
        if column in self.data.names() or name not in self.data.names():
            return escaped(column)
        return self.say("head.of", column=escaped(name), statistic=self.statistic(statistic))

    def computed(self, frame: pd.DataFrame) -> str:
        """A table of groups and their statistics."""
        shown = frame.iloc[:MOST_ROWS, :MOST_COLUMNS]
        names = list(shown.columns)
        cells = _cells(shown, self._computed_cell)
        right = [self._splits(name) or is_numeric_dtype(shown[name]) for name in names]
        return "\n\n".join([table([self.heading(name) for name in names], cells, right), *self.cut(frame)])

    def _splits(self, column: str) -> bool:
        return column not in self.data.names() and column.partition(" ")[2] in self.data.names()

    def _computed_cell(self, value: Any, column: str) -> str:
        if not self._splits(column):
            is_computed = isinstance(plain(value), int | float) and column not in self.data.names()
            return number(plain(value)) if is_computed else self.cell(value, column)
        name = column.partition(" ")[2]
        return self.cell(value, name) if isinstance(value, pd.Timestamp) else number(plain(value))

    def statistics_table(self, frame: pd.DataFrame) -> str:
        """A row per statistic, a column per measure; `frame` has them the other way round."""
        columns = [str(name) for name in frame["column"]][:MOST_COLUMNS]
        rows = [
            [self._statistic_name(str(name)), *(self._statistic_cells(frame[name], columns, str(name)))]
            for name in frame.columns
            if name != "column"
        ]
        headers = [self.say("head.statistic"), *(escaped(column) for column in columns)]
        text = table(headers, rows, [False, *[True] * len(columns)])
        if len(frame) > MOST_COLUMNS:
            text += "\n\n" + self.say("answer.shown_columns", shown=MOST_COLUMNS, count=len(frame))
        return text

    def _statistic_name(self, name: str) -> str:
        return self.say("head.missing") if name == "missing" else self.statistic(name)

    def _statistic_cells(self, values: pd.Series, columns: list[str], statistic: str) -> list[str]:
        statistic = "count" if statistic == "missing" else statistic
        return [self.value(value, column, statistic) for value, column in zip(values, columns, strict=False)]

    def column_table(self, frame: pd.DataFrame) -> str:
        """The columns of the file with what each holds."""
        rows = [
            [
                escaped(row["column"]),
                self.say(f"kind.{row['kind']}"),
                number(row["missing"]),
                number(row["distinct"]),
                ", ".join(self.cell(value, row["column"]) for value in row["examples"]),
            ]
            for row in frame.to_dict("records")
        ]
        headers = [self.say(f"head.{name}") for name in ("column", "kind", "missing", "distinct", "examples")]
        return table(headers, rows, [False, False, True, True, False])

    def how(self, query: Query, result: Result, *more: str) -> str:
        """One line on what the answer rests on."""
        parts = [*self._subject(query), *more]
        parts += [self.prepared(item) for item in result.notes]
        if query.rank is not None:
            parts.append(self.say("how.ranked"))
        if query.percent is not None:
            ranked = next(result.values[name] for name in ("candidates", "groups", "periods") if name in result.values)
            words = {"percent": number(query.percent), "count": number(len(result.frame)), "all": number(ranked)}
            parts.append(self.say("how.percent", which=self.which(query), **words))
        if conditions := all_conditions(query, self.language):
            parts.append(self.say("how.filter", conditions=escaped(conditions)))
        if any(item.operator == "month" for item in query.filters):
            parts.append(self.say("how.months_of_all_years"))
        parts.append(self.say("how.rows", used=number(result.used), rows=number(result.rows)))
        if result.missing:
            columns = ", ".join(f"{escaped(name)} {number(count)}" for name, count in result.missing)
            parts.append(self.say("how.missing", columns=columns))
        if {"std", "var", "cv", "sem"} & {*query.statistics, *(one for one, _ in query.pairs)}:
            parts.append(self.say("how.std"))
        if {"skew", "kurtosis"} & {*query.statistics, *(one for one, _ in query.pairs)}:
            parts.append(self.say("how.skew"))
        lines = [self.say("how", parts=" · ".join(parts))]
        for written, understood in query.corrections:
            lines.append(self.say("answer.corrected", written=escaped(written), understood=escaped(understood)))
        lines += [self.note(item) for item in self.data.notes if item.key == TOTAL_ROW and query.measures]
        return "\n\n".join(lines)

    def note(self, note: Note) -> str:
        """A note on reading in words; what it quotes from the file is escaped."""
        values = {key: escaped(value) if isinstance(value, str) else number(value) for key, value in note.values}
        return self.say(f"note.{note.key}", **values)

    def prepared(self, step: Note) -> str:
        """What a preparation did."""
        values = {key: escaped(value) if isinstance(value, str) else number(value) for key, value in step.values}
        return self.say(f"prepared.{step.key}", **values)

    def _subject(self, query: Query) -> list[str]:
        parts = []
        if query.pairs:
            told = [self._pair(statistic, column) for statistic, column in query.pairs]
            parts.append(", ".join(told))
        elif query.measures and query.statistics:
            statistics = ", ".join(self.statistic(name) for name in query.statistics)
            parts.append(self.say("how.what", statistics=statistics, columns=self.names(query.measures)))
        elif query.measures:
            parts.append(self.names(query.measures))
        across = (query.across,) if query.across and query.across != query.date else ()
        if query.groups or across:
            parts.append(self.say("how.by", groups=self.names((*query.groups, *across))))
        if query.across and query.across == query.date and query.period:
            parts.append(self.say("how.period", period=self.say(f"period.{query.period}"), date=escaped(query.date)))
        return parts

    def _pair(self, statistic: str, column: str) -> str:
        if not column:
            return self.say("filter.rows")
        return self.say("how.what", statistics=self.statistic(statistic), columns=escaped(column))


def _cells(frame: pd.DataFrame, cell: Callable[[Any, str], str]) -> list[list[str]]:
    """Every value of `frame` in words, row by row."""
    names = [str(name) for name in frame.columns]
    return [
        [cell(value, name) for value, name in zip(row, names, strict=True)] for row in frame.itertuples(index=False)
    ]


def ordinal(number: int, language: str) -> str:
    """A number as English counts ranks, "2nd"; Korean needs the number alone."""
    if language != "en":
        return str(number)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def plain(value: Any) -> Any:
    """A value of Python instead of one of NumPy."""
    return value.item() if isinstance(value, np.generic) else value
