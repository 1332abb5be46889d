"""What a question without its conditions, steps and options asks for: the one action that its words call for."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.queries import USED_WORDS, NotClear, Query, Statistic, is_statistic
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.mixtures import Mixtures

_DEFAULT_PREVIEW = 10
_MANY = 30
_ORDERED = {"top", "bottom", "superlative", "high", "low"}
_COMPARING = ("gt", "ge", "lt", "le")


class Reading(Mixtures):
    """What a question without its conditions asks for."""

    def query(self) -> Query:
        """The one action that the words call for. Raises NotClear when none does, or when it leaves a word unused."""
        keys = self.keys()
        self.reject_leftovers(keys)
        query = self._action(keys)
        used = {*query.measures, *query.groups, query.date, *self.filtered_columns()}
        used |= {*query.within, query.across, *(name for _, name in query.pairs)}
        unused = any(piece.kind == "column" and not used.intersection(piece.columns) for piece in self.pieces)
        known = USED_WORDS[query.action] | ({"distinct"} if query.pairs else set())
        quantiles = {key for key in keys if is_statistic(key)} if "median" in known else set()
        if unused or keys - known - quantiles:
            raise NotClear("unsure")
        return query

    def _action(self, keys: set[str]) -> Query:
        special = self.tested(keys) or self.laid_out(keys) or self.mixed(keys)
        if special:
            return special
        for key in ("duplicates", "missing", "outliers", "correlation", "distribution"):
            if key in keys:
                return self._about_columns(key)
        if "share" in keys and keys & _ORDERED and self.groups() and self.measures():
            return self._ranked_shares(keys)
        if keys & {"top", "bottom", "superlative", "high", "low"} or self.extreme_of_group(keys):
            return self.ranking(keys)
        period = self.period(keys)
        column = self.column_of_periods(period)
        if column and not keys & {"trend"}:
            statistics = self.statistics(keys)
            return Query("aggregate", self.needed_measures(), statistics, (*self.groups(), column))
        if period or "trend" in keys:
            return self.trend(keys, period)
        if "share" in keys:
            return self._share()
        return self._plain(keys)

    def _plain(self, keys: set[str]) -> Query:
        statistics = self.statistics(keys)
        if "distinct" in keys and set(statistics) <= {"sum"}:  # "총 몇 종류": the total of a count is the count
            return self._distinct()
        if statistics:
            return self._aggregate(statistics)
        if {"columns", "count"} <= keys and self.counts_rows():
            return Query("profile")
        if "columns" in keys:
            return Query("columns", measures=self.all_columns())
        if "preview" in keys:
            return Query("preview", measures=self.all_columns(), limit=self.limit() or _DEFAULT_PREVIEW)
        if "count" in keys:
            return self._count(keys)
        if "describe" in keys:
            return Query("describe", measures=self.measures() or self.every_number())
        if "profile" in keys and not self.has_columns() and not self.filters:
            return Query("profile")
        return self._bare(keys)

    def reject_leftovers(self, keys: set[str]) -> None:
        """Words of conditions that found no number or date, and numbers that nothing uses."""
        if keys & {"ge", "gt", "le", "lt", "eq", "ne", "between", "after", "before", "from"}:
            raise NotClear("unsure")
        numbers = [piece for piece in self.pieces if piece.kind == "number"]
        takes_number = keys & {"top", "bottom", "preview", "superlative", "high", "low"} or self.has_number_of_rows()
        takes_number = takes_number or keys & {"t_test", "significant"}
        if len(numbers) > 1 or (numbers and not takes_number) or any("%" in piece.text for piece in numbers):
            raise NotClear("words", words=tuple(piece.text for piece in numbers))

    def _aggregate(self, statistics: tuple[Statistic, ...]) -> Query:
        dates = self.columns("date", "month")
        groups = self.groups()
        if dates and not self.measures() and statistics == ("range",):
            statistics = ("min", "max")
        if dates and not self.measures() and not groups and set(statistics) <= {"min", "max"}:
            return Query("aggregate", measures=dates, statistics=statistics)
        if statistics == ("mode",) and not self.measures() and len(texts := self.unmarked_texts()) == 1:
            if len(groups) > 1:
                raise NotClear("too_hard", words=groups)
            return Query("aggregate", measures=texts, statistics=statistics)
        if "count" in self.keys() and not self.measures() and self._total_of_rows(statistics):
            return self._count(self.keys())
        return Query("aggregate", measures=self.needed_measures(), statistics=statistics, groups=groups)

    def _total_of_rows(self, statistics: tuple[Statistic, ...]) -> bool:
        """ "총 몇 건", "how many in total": the total of a count is the count."""
        return statistics == ("sum",)

    def _about_columns(self, key: str) -> Query:
        named = self.all_columns()
        if key == "duplicates":
            return Query("duplicates", measures=named)
        if key == "missing":
            return Query("missing", measures=named)
        if key == "outliers":
            return Query("outliers", measures=self.measures() or self.every_number())
        if key == "correlation":
            return self._correlation()
        groups = self.groups()
        if groups and not self.measures():
            return Query("share", groups=groups)
        measures = self.needed_measures()
        if groups and len(measures) == 1:
            return Query("aggregate", measures, ("min", "q1", "median", "q3", "max"), groups)
        return Query("distribution", measures=measures[:1]) if len(measures) == 1 and not groups else self._unsure()

    def _unsure(self) -> Query:
        raise NotClear("unsure")

    def _correlation(self) -> Query:
        measures = self.measures()
        if self.groups() or len(self.table.names("number")) < 2:
            raise NotClear("needs_number", words=self.groups())
        return Query("correlation", measures=measures)

    def _share(self) -> Query:
        groups = self.groups()
        measures = self.measures()
        if not groups:  # "서울의 비율": the share of the rows, or of the sum, that the conditions keep
            several = any(len(item.operands) > 1 for item in self.filters if item.operator == "in")
            if not self.filters or several or len(measures) > 1:
                raise NotClear("unsure")
            return Query("share", measures=measures)
        if len(groups) > 1 or len(measures) > 1:
            raise NotClear("too_hard", words=(*groups, *measures))
        return Query("share", measures=measures, groups=groups)

    def _ranked_shares(self, keys: set[str]) -> Query:
        """ "매장별 매출 비중을 높은 순으로", "which store has the highest share of sales?"."""
        limit = self.limit() or (1 if "superlative" in keys else None)
        return replace(self._share(), limit=limit, ascending=bool(keys & {"bottom", "low"}))

    def _distinct(self) -> Query:
        columns = self.all_columns()
        counted = self.counted_by_group()
        if counted:
            return Query("aggregate", measures=counted[:1], statistics=("distinct",), groups=counted[1:])
        if len(columns) != 1:
            raise NotClear("which_column", options=columns or tuple(self.table.names("text")[:8]))
        return Query("distinct", measures=columns)

    def _count(self, keys: set[str]) -> Query:
        groups = self.groups()
        marked = "each" in keys or self._counts_by_name()
        named = self.all_columns()
        counted = self.counted_by_group()
        if counted:
            return Query("aggregate", measures=counted[:1], statistics=("distinct",), groups=counted[1:])
        if not named or ("rows" in keys and not marked and all(name in self.filtered_columns() for name in named)):
            return Query("count")
        if marked and groups and not self.measures():
            return Query("share", groups=groups)
        if "entity" in keys and not marked and self.columns("text") and not self.are_identifiers(named):
            raise NotClear("too_hard", words=named)  # "count of remote employees": the column says yes and no
        if len(named) == 1 and not marked and not (self.measures() and groups_digits(named[0])):
            return Query("distinct", measures=named)
        if self.measures() and not groups:
            if self.filters and any(piece.text in ("number of", "the number of") for piece in self.pieces):
                raise NotClear("unsure")  # "number of laps in 1978": the laps may be in the cell
            return Query("aggregate", measures=self.measures(), statistics=("count",))
        raise NotClear("unsure")

    def _are_many(self, column: str) -> bool:
        """Whether a column has more values than anybody wants to see beside other groups."""
        return len(self.table.distinct(column)) > _MANY and not self.table.is_unique(column)

    def _counts_by_name(self) -> bool:
        """ "성별 건수", "성별로 … 건수": the marker is in the column's name, where "성별 수" may count its values."""
        said = [piece.text for piece in self.pieces if piece.key == "count"]
        rows = any(text.endswith(("건수", "인원", "인원수", "횟수")) for text in said)
        return rows and any(self._marked_as_group(number) for number in range(len(self.pieces)))

    def _one_row_is_meant(self) -> bool:
        """Whether a condition names a single row, by a column in which each has a value of its own."""
        named = [item for item in self.filters if item.operator in ("in", "eq") and len(item.operands) == 1]
        return "each" not in self.keys() and any(self.table.is_unique(item.column) for item in named)

    def _bare(self, keys: set[str]) -> Query:
        """Columns or conditions without a statistic: everything that is usually asked of them, so no guess."""
        if (asked := self.all_columns()) and self._one_row_is_meant():
            return Query("lookup", asked)
        groups = self.groups()
        if groups and self.filters and self.are_identifiers(groups) and "each" not in keys:
            return Query("lookup", asked)
        measures = tuple(name for name in self.measures() if groups_digits(name) or not self.filters)
        if len(measures) > 1 and any(name in self.table.quotients for name in measures):
            raise NotClear("unsure")  # "net margin: net income / revenue": which of them?
        if measures and (groups or self.filters):
            return Query("aggregate", measures=measures, groups=groups)
        if measures and "whole" in keys:
            return Query("aggregate", measures=measures, statistics=("sum",))
        if "compare" in keys and self.filters and not groups:
            return Query("aggregate", measures=tuple(name for name in self.every_number() if groups_digits(name)))
        if measures:
            return Query("describe", measures=measures)
        if groups and "each" not in keys and any(item.operator in _COMPARING for item in self.filters):
            raise NotClear("unsure")  # "regions with sales over 500": of a row, or of all of the region's rows?
        if (counted := self.counted_by_group()) and self._are_many(counted[0]):
            if len(counted) > 2:
                raise NotClear("unsure")
            return Query("aggregate", counted[:1], ("distinct",), counted[1:])  # "users per country"
        if groups:
            return Query("share", groups=groups)
        if self.filters:
            return Query("preview", limit=_DEFAULT_PREVIEW)
        if self.columns("date", "month"):
            return Query("describe", measures=self.columns("date", "month"))
        if keys & {"rows", "profile"}:
            return Query("preview", limit=self.limit() or _DEFAULT_PREVIEW) if "rows" in keys else Query("profile")
        raise NotClear("unsure")
