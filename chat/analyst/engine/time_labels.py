"""Days, weeks, months, quarters and years of date columns: in SQL, and as a reader calls them."""

from __future__ import annotations

import pandas as pd

from chat.analyst.engine.database import quoted
from chat.analyst.engine.sources import Source
from chat.analyst.queries import Period, Query

_PANDAS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_PARTS = {"weekday": "isodow", "hour": "hour"}
_LENGTHS = {
    "day": "INTERVAL 1 DAY",
    "week": "INTERVAL 7 DAY",
    "month": "INTERVAL 1 MONTH",
    "quarter": "INTERVAL 3 MONTH",
    "year": "INTERVAL 1 YEAR",
}

CALENDAR = frozenset(_LENGTHS) - {"day"}  # periods that have a length, and follow each other without gaps


def truncated(column: str, period: str) -> str:
    """The SQL of the first moment of the period that a quoted column's time is in; weeks begin on Monday.

    Days of the week are 1 (Monday) to 7, hours of the day 0 to 23.
    """
    if period in _PARTS:
        return f"{_PARTS[period]}({column})"
    return f"date_trunc('{period}', {column})"


def length(period: str) -> str:
    """A period's length in SQL."""
    return _LENGTHS[period]


def a_year(period: str) -> str:
    """The time back to the same period of the year before: of weeks, to the one 52 weeks ago."""
    return "INTERVAL 364 DAY" if period == "week" else "INTERVAL 1 YEAR"


def label_of(name: str, query: Query, source: Source) -> str:
    """The SQL that a group's rows share: the value, or the period that the value is in."""
    column = source.name(name)
    if query.period and source.kind(name) in ("date", "month") and query.date in (None, name):
        return truncated(column, query.period)
    return column


def labelled(frame: pd.DataFrame, query: Query) -> pd.DataFrame:
    """A result whose periods are called by their names instead of their first moment."""
    names = [query.date] if query.date else [*query.groups, query.across]
    for name in names:
        if query.period and name in frame.columns and frame[name].dtype.kind == "M":
            frame[name] = periods_of(frame[name], query.period)
    return frame


def periods_of(moments: pd.Series, period: Period | str) -> pd.Series:
    """The periods that begin at these moments; days of the week and hours are numbers already."""
    if period in _PARTS:
        return moments
    periods: pd.Series = moments.dt.to_period(_PANDAS[period])
    return periods


def named(column: str) -> str:
    """A computed column's name in SQL."""
    return quoted(column)
