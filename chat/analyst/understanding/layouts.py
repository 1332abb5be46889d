"""Questions that lay groups and time out: pivots, growth and what adds up along the way."""

from __future__ import annotations

from typing import cast, get_args

from chat.analyst.queries import NotClear, Period, Query, Statistic
from chat.analyst.understanding.roles import adds_up
from chat.analyst.understanding.tested import Tested

_PERIODS = get_args(Period)


class Layouts(Tested):
    """The reading of a question that may ask for a pivot, for growth or for running totals."""

    def laid_out(self, keys: set[str]) -> Query | None:
        """The pivot, growth or cumulative shares that the question asks for, if any."""
        if "growth" in keys:
            return self._growth(keys)
        if keys & {"pivot", "across"}:
            return self._pivot(keys)
        if "cumulative" in keys and self.groups() and not keys & {"trend", *_PERIODS}:
            return self._shares_adding_up()
        if keys & {"cumulative", "moving"}:
            return self.trend(keys, self.period(keys))
        return None

    def _growth(self, keys: set[str]) -> Query:
        query = self.trend(keys, self.period(keys))
        if query.period in ("weekday", "hour"):
            raise NotClear("unsure")
        return Query("growth", query.measures, query.statistics, query.groups, date=query.date, period=query.period)

    def _shares_adding_up(self) -> Query:
        groups, measures = self.columns("text") or self.groups(), self.columns("number")
        measures = tuple(name for name in measures if name not in groups)
        if len(groups) > 1 or len(measures) > 1:
            raise NotClear("too_hard", words=(*groups, *measures))
        return Query("share", measures, groups=groups)

    def _pivot(self, keys: set[str]) -> Query:
        """The dimension that is said to go across, else the last one, becomes the columns."""
        periods = [key for key in _PERIODS if key in keys]
        dimensions = self._dimensions(set(self.groups()), periods)
        if len(dimensions) < 2 or len(periods) > 1:
            raise NotClear("which_column", options=tuple(self.table.names("text")[:8]))
        across = self._said_across(dimensions) or dimensions[-1]
        rows = tuple(name for name in dimensions if name != across)
        period = cast(Period, periods[0]) if periods else None
        date = self.trend(keys - {"count"}, period).date if period else None
        measures = self.measures()
        statistics = self.statistics(keys)
        if measures and not statistics:
            statistics = self._usual(measures)
        return Query(
            "pivot",
            measures,
            statistics if measures else (),
            tuple(date if date and name in periods else name for name in rows),
            date=date,
            period=period,
            across=date if across in periods else across,
        )

    def _usual(self, measures: tuple[str, ...]) -> tuple[Statistic, ...]:
        return ("sum",) if all(adds_up(name) for name in measures) else ("mean",)

    def _dimensions(self, groups: set[str], periods: list[str]) -> list[str]:
        """Groups and periods in the order of the question."""
        found: list[str] = []
        for piece in self.pieces:
            names = [name for name in piece.columns if name in groups]
            if piece.kind == "word" and piece.key in periods:
                names = [piece.key]
            found += [name for name in names if name not in found]
        return found

    def _said_across(self, dimensions: list[str]) -> str | None:
        """ "months across", "제품을 열로": what stands before the word."""
        for number, piece in enumerate(self.pieces[1:], 1):
            if piece.key == "across":
                before = self.pieces[number - 1]
                named = [before.key, *before.columns]
                return next((name for name in dimensions if name in named), None)
        return None
