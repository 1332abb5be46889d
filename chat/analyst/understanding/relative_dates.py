"""Times told from the newest date of a file, as days of the calendar."""

from __future__ import annotations

import pandas as pd

from chat.analyst.understanding.compounds import Relative

_PANDAS_PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_OFFSETS = {"day": {"days": 1}, "week": {"weeks": 1}, "month": {"months": 1}, "quarter": {"months": 3}}
_YEAR = {"years": 1}


def days_of(relative: Relative, newest: pd.Timestamp, *, by_period: bool = False) -> tuple[str, str]:
    """The first ISO day, and the one after the last.

    "Last month" is the whole month before that of the newest date; "the last 3 months" end with its day, and begin with
    that of a month only where they are told month by month (`by_period`), so that none is cut off.
    """
    if relative.rolling and by_period and relative.period != "day":
        first = newest.to_period(_PANDAS_PERIODS[relative.period]) - (relative.rolling - 1)
        return _iso(first.start_time), _iso(newest.normalize() + pd.Timedelta(days=1))
    if relative.rolling:
        after = newest.normalize() + pd.Timedelta(days=1)
        step = {unit: count * relative.rolling for unit, count in _OFFSETS.get(relative.period, _YEAR).items()}
        return _iso(after - pd.DateOffset(**step)), _iso(after)
    period = newest.to_period(_PANDAS_PERIODS[relative.period]) - relative.back
    return _iso(period.start_time), _iso(period.end_time.normalize() + pd.Timedelta(days=1))


def _iso(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}"
