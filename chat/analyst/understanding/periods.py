"""Questions that follow time: which periods they set apart, and by which column of dates."""

from __future__ import annotations

from typing import cast, get_args

from chat.analyst.queries import NotClear, Period, Query
from chat.analyst.understanding.lexicon import normal
from chat.analyst.understanding.roles import Roles, adds_up

_PERIODS = get_args(Period)
_PERIOD_NAMES: dict[Period, tuple[str, ...]] = {
    "day": ("일", "일자", "day"),
    "week": ("주", "주차", "week"),
    "month": ("월", "month"),
    "quarter": ("분기", "quarter"),
    "year": ("연도", "년도", "year"),
    "weekday": ("요일", "weekday", "day of week"),
    "hour": ("시", "시간", "시간대", "hour"),
}


class Periods(Roles):
    """The reading of a question that may ask for a trend."""

    def period(self, keys: set[str]) -> Period | None:
        """The period that the question sets apart by, also as a date column with a marker: "날짜별"."""
        found = [key for key in _PERIODS if key in keys]
        if len(found) > 1 or self._mean_of_periods():
            raise NotClear("unsure")
        if not found and (self.has_marked_date() or self._asks_for_day(keys)):
            return "day"
        return cast(Period, found[0]) if found else None

    def _names_periods(self) -> bool:
        """ "Days with …", "…인 날": periods that the conditions are said of."""
        return any(piece.text in ("days", "months", "weeks", "날", "달") for piece in self.pieces)

    def _divides(self) -> bool:
        """ "Cost per day of stay" is no cost by day."""
        periods = [piece for piece in self.pieces if piece.key in _PERIODS and piece.text.startswith("per ")]
        return any(piece.tail.strip() == "of" for piece in periods)

    def _asks_for_day(self, keys: set[str]) -> bool:
        """ "매출이 가장 높은 날짜": the date column is what a ranking asks for."""
        return bool(keys & {"superlative", "high", "low"} and self.measures() and self.columns("date"))

    def column_of_periods(self, period: Period | None) -> str | None:
        """A column that is itself called month, year, …, where the file has no dates to make periods of."""
        if period is None or self.table.dates():
            return None
        return next((name for name in self.table.names() if normal(name) in _PERIOD_NAMES[period]), None)

    def _mean_of_periods(self) -> bool:
        """ "Average monthly sales" is the mean of sums, or a mean for each month: nobody can tell."""
        pairs = zip(self.pieces, self.pieces[1:], strict=False)
        return any(a.key == "mean" and b.key in _PERIODS and b.text.isascii() and "by" not in b.text for a, b in pairs)

    def trend(self, keys: set[str], period: Period | None) -> Query:
        named = self.columns("date", "month")
        dates = named or tuple(self.table.dates())
        if not dates:
            raise NotClear("needs_date")
        if len(dates) > 1:
            raise NotClear("which_column", options=dates)
        if period == "hour" and not self.table.has_times(dates[0]):
            raise NotClear("needs_date")
        groups = self.groups()
        if len(groups) > 1:
            raise NotClear("too_hard", words=groups)
        groups = tuple(name for name in groups if name not in dates)
        statistics = self.statistics(keys)
        bounds = any(item.operator in ("ge", "gt", "le", "lt") for item in self.filters)
        if self._divides() or (bounds and not statistics and self._names_periods()):
            raise NotClear("unsure")  # "days with sales over 600": of a row, or of all rows of the day?
        counting = keys & {"count", "rows"} and not self.measures()
        hires = bool(named) and not statistics and not self.measures()  # "hires per month": what happened is counted
        measures = () if hires or (counting and statistics in ((), ("sum",))) else self.needed_measures()
        if len(measures) > 1 and groups:
            raise NotClear("too_hard", words=measures)
        if measures and not statistics and not any(adds_up(name) for name in measures):
            statistics = ("mean",)
        return Query("trend", measures=measures, statistics=statistics, groups=groups, date=dates[0], period=period)
