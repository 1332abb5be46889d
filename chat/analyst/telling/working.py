"""Shows how an answer was computed: its columns, conditions, rows and SQL, and its tables whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from chat.analyst.engine.results import Result
from chat.analyst.queries import Query
from chat.analyst.tables import Table
from chat.analyst.telling.conditions_text import all_conditions
from chat.analyst.telling.phrases import HEADINGS, Phrases
from chat.events import ResultTable, Work

MOST_ROWS = 100_000
_LONGEST_TITLE = 120
_NAMED = {
    "column": "head.column",
    "missing": "head.missing",
    "share": "head.missing_share",
    "kind": "head.kind",
    "distinct": "head.distinct",
    "examples": "head.examples",
    "low": "head.low",
    "high": "head.high",
    "outliers": "head.outliers",
    "q1": "stat.q1",
    "q3": "stat.q3",
    "from": "head.from",
    "to": "head.to",
    "count": "head.rows",
    "a": "head.column",
    "b": "head.column",
    "r": "head.r",
    "pairs": "head.pairs",
    "p": "head.p",
    "n": "head.n",
    "group": "head.group",
    "mean": "head.mean",
    "std": "head.std",
    "observed": "head.observed",
    "expected": "head.expected",
    "term": "head.term",
    "coefficient": "head.coefficient",
    "error": "head.error",
    "t": "head.t",
    "statistic": "head.test_statistic",
    "critical": "head.critical",
    "significant": "head.significant",
    "name": "head.name",
    "value": "head.value",
}
_OF_COLUMNS = ("profile", "columns")
Cell = str | int | float | None


def work_of(query: Query, result: Result, table: Table, language: str, code: str = "") -> Work:
    """How a result was computed."""
    return Work(
        columns=tuple(name for name in result.columns if name in table.identifiers),
        conditions=all_conditions(query, language),
        rows=result.rows,
        rows_used=result.used,
        sql=result.sql,
        code=code,
    )


def tables_of(query: Query, result: Result, table: Table, language: str) -> tuple[ResultTable, ...]:
    """The tables of an answer with exact values, up to 100,000 rows each; none where the answer is one number."""
    frame = result.values["rows"] if query.action == "outliers" and "rows" in result.values else result.frame
    if result.cannot is not None or frame.empty or (frame.shape[0] == 1 and query.action in ("aggregate", "lookup")):
        return ()
    phrases = Phrases(table, language, result.made)
    is_of_file = frame is not result.frame or query.action in ("top", "preview", "lookup", "duplicates", "distinct")
    headings = [_heading(str(name), query, phrases, is_of_file=is_of_file) for name in frame.columns]
    shown = frame.head(MOST_ROWS)
    columns = [[exact(cell) for cell in shown.iloc[:, place]] for place in range(shown.shape[1])]
    if query.action in _OF_COLUMNS:
        at = list(frame.columns).index("kind")
        columns[at] = [phrases.say(f"kind.{kind}") for kind in columns[at]]
    kinds = tuple(_kind(shown.iloc[:, place], cells) for place, cells in enumerate(columns))
    rows = tuple(zip(*columns, strict=True))
    return (ResultTable(_title(query, phrases), tuple(headings), kinds, rows),)


_NUMBERS = {
    "count": "count",
    "missing": "missing",
    "outliers": "outliers",
    "duplicates": "duplicates",
    "distinct": "distinct",
    "columns": "columns",
    "lookup": "value",
    "t_test": "p",
    "anova": "p",
    "chi_square": "p",
    "normality": "p",
    "regression": "slope",
}


def value_of(query: Query, result: Result) -> Any:
    """The number, or other value, that an answer comes down to; None when it is more than one."""
    found = result.values
    if result.cannot is not None:
        return None
    if query.action == "aggregate" and query.operation:
        return found["value"]
    if query.action == "aggregate" and not query.groups and len(query.measures) == len(query.statistics) == 1:
        return found[query.statistics[0]]
    if (
        query.action == "aggregate"
        and query.pairs
        and query.pairs[0][0] in ("quotient", "rate", "met", "corr", "part", "gap")
    ):
        return found["overall"] if query.as_whole else exact(result.frame.iloc[0, 0]) if not query.groups else None
    if query.action == "share" and not query.groups:
        return found["share"]
    if query.limit in (None, 1) and len(result.frame) == 1 and query.action in ("top", "trend", "share"):
        return _best(query, result.frame.iloc[0])
    if query.action == "correlation":
        return found["r"] if len(result.frame) == 1 else None
    several = query.action in ("normality", "regression") and len(query.measures) > 1 + (query.action == "regression")
    return None if several else found.get(_NUMBERS.get(query.action, ""))


def _best(query: Query, row: pd.Series) -> Any:
    """What a ranking of one asks for: the group, the period or the named column of the best; else its number."""
    if query.action == "top" and not query.groups:
        asked = query.measures[1:] or query.measures
        return row[asked[0]] if len(asked) == 1 else None
    labels = ((query.date,) if query.action == "trend" and query.date else ()) + query.groups
    return row[labels[0]] if len(labels) == 1 and query.limit == 1 and not query.within else None


def _heading(name: str, query: Query, phrases: Phrases, *, is_of_file: bool) -> str:
    """A column's heading as plain text."""
    if name in HEADINGS:
        is_added = query.action == "share" and name == "#cumulated"
        return phrases.say("head.cumulated_share" if is_added else HEADINGS[name])
    own = phrases.data.names()
    statistic, _, column = name.partition(" ")
    if name not in own and column in own:
        return phrases.say("head.of", column=column, statistic=phrases.statistic(statistic))
    if is_of_file or (name in own and name not in _NAMED):
        return name
    if query.action in ("aggregate", "describe") and name not in ("column", "missing", "name", "value"):
        return phrases.statistic(name) if not query.groups else name
    return phrases.say(_NAMED[name]) if name in _NAMED else name


def _title(query: Query, phrases: Phrases) -> str:
    """What the table shows, as plain text."""
    statistics = ", ".join(phrases.statistic(name) for name in query.statistics)
    what = ", ".join(query.measures[:3])
    if what and statistics:
        what = phrases.say("head.of", column=what, statistic=statistics)
    date = (query.date,) if query.date else ()
    by = tuple(dict.fromkeys((*date, *query.groups, *((query.across,) if query.across else ()))))
    parts = [part for part in (what, ", ".join(by), all_conditions(query, phrases.language)) if part]
    otherwise = "table.columns" if query.action in _OF_COLUMNS else "table.answer"
    return (" · ".join(parts) or phrases.say(otherwise))[:_LONGEST_TITLE]


def exact(value: Any) -> Cell:
    """A cell without rounding: dates as ISO, nothing as None."""
    if isinstance(value, list):
        return ", ".join(str(exact(cell)) for cell in value)
    if value is None or value is pd.NaT or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date() if value == value.normalize() else value)
    if isinstance(value, pd.Period):
        return str(value) if value.freqstr[0] != "W" else str(value.start_time.date())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    found: Cell = value if isinstance(value, str | int | float) else str(value)
    return found


def _kind(values: pd.Series, cells: list[Cell]) -> str:
    if values.dtype.kind == "M" or str(values.dtype).startswith(("period[D", "period[W")):
        return "date"
    known = [cell for cell in cells if cell is not None]
    return (
        "number"
        if known and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known)
        else "text"
    )
