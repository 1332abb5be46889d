"""Questions for the highest or the lowest: of rows, groups or periods."""

from __future__ import annotations

import re
from dataclasses import replace

from chat.analyst.queries import NotClear, Query, Statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.periods import Periods
from chat.analyst.understanding.roles import adds_up
from chat.analyst.understanding.sequences import found

_DEFAULT_TOP = 5
_PRICED = {"most expensive", "priciest", "costliest", "cheapest", "least expensive"}
_LARGEST = {"longest", "heaviest", "tallest", "most expensive", "priciest", "costliest"}
_LEAST = {"shortest", "lightest", "cheapest", "least expensive"}
_IN_ORDER = re.compile(
    r"순|랭킹|정렬|내림차순|오름차순|sort|order|ascending|descending|rank|in (?:de|a)sc|from high|\w+est first"
)


class Rankings(Periods):
    """The reading of a question that may ask for an extreme."""

    def extreme_of_group(self, keys: set[str]) -> bool:
        """ "매출이 최대인 지역": an extreme with a text column but without "by" asks which, not how much."""
        if not keys & {"min", "max"} or "each" in keys or not self.measures():
            return False
        return bool(self.columns("text"))

    def ranking(self, keys: set[str]) -> Query:
        """The rows or groups with the highest or lowest values."""
        ascending = bool(keys & {"bottom", "low", "min"})
        self._reject_numbers_or_dates()
        groups = self.groups()
        number = self.limit()
        if dates := tuple(name for piece in self.pieces if piece.key == "ranked_by" for name in piece.columns):
            return self._by_date(keys, dates, ascending=ascending)
        if asked := tuple(name for piece in self.pieces if piece.key == "asked" for name in piece.columns):
            ranked = tuple(name for name in self.needed_measures() if name not in asked)
            if not ranked:
                raise NotClear("unsure")
            return Query("top", (*ranked[:1], *asked), limit=number or 1, ascending=ascending)
        if within := self._within(keys, groups):
            rest = tuple(name for name in groups if name not in within)
            measures = self.needed_measures()
            if rest and self._says_priced() and not self.statistics(keys):
                raise NotClear("unsure")
            if rest and not self.are_identifiers(rest):
                self._reject_sums(self.statistics(keys), measures)
            limit = number or (_DEFAULT_TOP if keys & {"top", "bottom"} else 1)
            return Query("top", measures, self.statistics(keys), rest, limit=limit, ascending=ascending, within=within)
        if counted := self.counted_by_most():
            what, group = counted
            return Query("top", (what,), ("distinct",), (group,), limit=number or 1, ascending=ascending)
        if "count" in keys and groups and not self.measures():
            in_order = "top" in keys and not keys & {"superlative"}  # "주문 수 많은 순": all of them
            return Query("share", groups=groups, ascending=ascending, limit=number if in_order else number or 1)
        statistics = tuple(name for name in self.statistics(keys) if name not in ("min", "max"))
        if not groups and statistics and not self.period(keys):
            raise NotClear("unsure" if number is None else "too_hard", words=tuple(str(n) for n in (number,) if n))
        if not groups and not self.measures() and not self.filters and "rows" not in keys and number is None:
            raise NotClear("which_column", options=tuple(self.table.names("number")[:8]))
        period = self.period(keys)
        measured = self.measures()
        if "count" in keys and statistics and measured:
            said = tuple(piece.text for piece in self.pieces if piece.key == "count")
            raise NotClear("too_hard", words=said)  # "average salary of the top 3 departments by headcount"
        if period == "day" and not statistics and len(measured) == 1 and not adds_up(measured[0]):
            date = self.trend(keys, period).date  # "on which day was it coldest?": of a row, not of all the day's rows
            return Query("top", (*measured, *((date,) if date else ())), limit=number or 1, ascending=ascending)
        if period:
            self._reject_sums(statistics, (*self.measures(),))
            return replace(self.trend(keys, period), limit=number or 1, ascending=ascending)
        measures = self._frequency_or_measures(keys, groups)
        if not measures:
            if len(groups) > 1:
                raise NotClear("too_hard", words=groups)
            return Query("share", groups=groups, ascending=ascending, limit=number or 1)
        if groups and not statistics and (single := self._of_single_rows()):
            if self._says_priced() and "each" not in keys:
                raise NotClear("unsure")
            if "each" in keys and not number:
                return Query("top", measures[:1], single, groups, ascending=ascending)
            statistics = single
        if groups and not statistics and not groups_digits(measures[0]):  # "which year had the most viewers?"
            raise NotClear("unsure")
        if groups:
            statistics = statistics or self._extreme_that_stays(keys, measures[0])
            self._reject_sums(statistics, measures if not self.are_identifiers(groups) else ())
        every_group = bool(groups) and "superlative" not in keys and self._sorts()  # "평균 연봉이 높은 순으로"
        default = None if every_group else _DEFAULT_TOP if keys & {"top", "bottom"} else 1
        return Query("top", measures[:1], statistics, groups, limit=number or default, ascending=ascending)

    def _by_date(self, keys: set[str], dates: tuple[str, ...], *, ascending: bool) -> Query:
        """The newest or oldest rows, and what is asked of them."""
        named = [name for piece in self.pieces if piece.key != "ranked_by" for name in piece.columns]
        asked = tuple(dict.fromkeys(name for name in named if name not in dates))
        if self.statistics(keys) or "each" in keys or "count" in keys:
            raise NotClear("unsure")
        return Query("top", (*dates, *asked), limit=self.limit() or 1, ascending=ascending)

    def _within(self, keys: set[str], groups: tuple[str, ...]) -> tuple[str, ...]:
        """ "지역별 매출 상위 3개 제품", "the top 3 products in each region": what the ranking starts anew in."""
        marked = {
            name
            for number, piece in enumerate(self.pieces)
            if piece.kind == "column" and self._marked_as_group(number)
            for name in piece.columns
        }
        within = tuple(name for name in groups if name in marked)
        rows = bool(keys & {"rows", "entity"}) and (
            self.limit() is not None or bool(keys & {"superlative", "high", "low"})
        )
        ranked = len(within) < len(groups) or rows or self._values_in_each()
        return within if within and ranked and self.measures() and "count" not in keys else ()

    def _of_single_rows(self) -> tuple[Statistic, ...]:
        """ "The longest stay by ward" is one stay, where "the highest sales by region" add up."""
        said = {piece.text for piece in self.pieces if piece.key in ("high", "low")}
        return ("max",) if said & _LARGEST else ("min",) if said & _LEAST else ()

    def _says_priced(self) -> bool:
        """ "The cheapest carrier" may have the lowest price of all, or the lowest on average."""
        return any(piece.text in _PRICED for piece in self.pieces)

    def _sorts(self) -> bool:
        """Whether an order is asked for, and not the first ones in it: "높은 순으로", "sorted by", "순위"."""
        said = [piece.text for piece in self.pieces if piece.key in ("top", "bottom")]
        return bool(said) and all(map(_IN_ORDER.match, said))

    def _values_in_each(self) -> bool:
        """ "The top 2 salaries in each department" ranks the salaries, not the departments."""
        match = found(
            self.pieces, "top|bottom|high|low number what=column each.e", "number high|low what=column each.e"
        )
        each = next((piece.text for piece in self.pieces if piece.key == "each"), "")
        return match is not None and each in ("each", "for each", "for every", "per", "by each", "within each")

    def _frequency_or_measures(self, keys: set[str], groups: tuple[str, ...]) -> tuple[str, ...]:
        """ "가장 많은 지역" without a number column asks for the most frequent one."""
        if groups and not self.measures() and keys & {"superlative", "high", "low"} and not keys & {"top", "bottom"}:
            often = {"많은", "많이", "most", "the most", "적은", "least", "fewest", "많았던", "적었던"}
            often |= {"most common", "most frequent", "most popular", "가장 흔한", "가장 빈번한", "제일 흔한"}
            if any(piece.text in often for piece in self.pieces):
                return ()
        measures = self.needed_measures()
        if len(measures) > 1:
            raise NotClear("which_column", options=measures)
        return measures

    def _extreme_that_stays(self, keys: set[str], measure: str) -> tuple[Statistic, ...]:
        """ "온도가 최대인 지역" compares maxima, where "매출이 최대인 지역" compares sums."""
        if adds_up(measure) or not keys & {"min", "max"}:
            return ()
        return ("min",) if "min" in keys else ("max",)

    def _reject_sums(self, statistics: tuple[Statistic, ...], measures: tuple[str, ...]) -> None:
        """Without a statistic sums would be compared, which mean nothing for a temperature or an age."""
        sumless = tuple(name for name in measures if not adds_up(name))
        if sumless and not statistics:
            raise NotClear("which_statistic", words=sumless)

    def _reject_numbers_or_dates(self) -> None:
        """A word such as 주문 that may mean both a number and a date can't be ranked by."""
        for piece in self.pieces:
            if len(piece.columns) > 1 and {"number", "date"} <= {
                self.table.column(name).kind for name in piece.columns
            }:
                raise NotClear("which_column", words=(piece.text,), options=piece.columns)
