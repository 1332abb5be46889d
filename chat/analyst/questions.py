"""Understands a Korean or English question about a file: as a Query, or as Unclear; it never guesses."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.conditions import Conditions
from chat.analyst.implied import with_implied, without_idle_words
from chat.analyst.lexicon import Lexicon
from chat.analyst.markdown import groups_digits
from chat.analyst.queries import USED_WORDS, NotClear, Query, Statistic, Unclear
from chat.analyst.rankings import Rankings
from chat.analyst.tables import Table
from chat.analyst.words import Piece, pieces_of

_DEFAULT_PREVIEW = 10
_COMPARING = ("gt", "ge", "lt", "le")


def understand(question: str, table: Table) -> Query | Unclear:
    """What `question` asks of `table`. A blank question asks for the profile of the file."""
    if not question.strip():
        return Query("profile")
    try:
        lexicon = Lexicon(table, question)
        pieces = pieces_of(question, lexicon)
        _reject_unknown(pieces)
        conditions = Conditions(table, without_idle_words(with_implied(pieces, lexicon, table)))
        conditions.take()
        reading = _Reading(table, conditions.pieces, tuple(conditions.filters))
        reading.forget_identifiers()
        corrections = tuple((piece.text, piece.corrected) for piece in pieces if piece.corrected)
        query = replace(reading.query(), filters=reading.filters, corrections=corrections)
        return _compared(query, reading.keys())
    except NotClear as error:
        return error.unclear


def _reject_unknown(pieces: list[Piece]) -> None:
    beyond = tuple(piece.text for piece in pieces if piece.key == "unsupported")
    if beyond:
        raise NotClear("too_hard", words=beyond)
    unknown = tuple(piece.text for piece in pieces if piece.kind == "unknown")
    if unknown:
        raise NotClear("words", words=unknown)
    if all(piece.kind in ("filler", "number") for piece in pieces):
        raise NotClear("unsure")


def _compared(query: Query, keys: set[str]) -> Query:
    """ "서울과 부산의 매출 평균" may ask for one number or for one each: set apart, the answer has both."""
    if query.action != "aggregate" or query.groups:
        return query
    several = [item for item in query.filters if len(item.operands) > 1]
    months = [item.column for item in several if item.operator == "month"]
    if "compare" in keys and len(months) == 1:
        return replace(query, action="trend", date=months[0], period="month")
    values = [item.column for item in several if item.operator == "in"]
    return replace(query, groups=(values[0],)) if len(values) == 1 else query


class _Reading(Rankings):
    """What a question without its conditions asks for."""

    def query(self) -> Query:
        """The one action that the words call for. Raises NotClear when none does, or when it leaves a word unused."""
        keys = self.keys()
        self._reject_leftovers(keys)
        query = self._action(keys)
        used = {*query.measures, *query.groups, query.date, *self.filtered_columns()}
        unused = any(piece.kind == "column" and not used.intersection(piece.columns) for piece in self.pieces)
        if unused or keys - USED_WORDS[query.action]:
            raise NotClear("unsure")
        return query

    def _action(self, keys: set[str]) -> Query:
        for key in ("duplicates", "missing", "outliers", "correlation", "distribution"):
            if key in keys:
                return self._about_columns(key)
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

    def _reject_leftovers(self, keys: set[str]) -> None:
        """Words of conditions that found no number or date, and numbers that nothing uses."""
        if keys & {"ge", "gt", "le", "lt", "eq", "ne", "between", "after", "before", "from"}:
            raise NotClear("unsure")
        numbers = [piece for piece in self.pieces if piece.kind == "number"]
        takes_number = keys & {"top", "bottom", "preview", "superlative", "high", "low"} or self.has_number_of_rows()
        if len(numbers) > 1 or (numbers and not takes_number) or any("%" in piece.text for piece in numbers):
            raise NotClear("words", words=tuple(piece.text for piece in numbers))

    def _aggregate(self, statistics: tuple[Statistic, ...]) -> Query:
        dates = self.columns("date", "month")
        groups = self.groups()
        if dates and not self.measures() and not groups and set(statistics) <= {"min", "max"}:
            return Query("aggregate", measures=dates, statistics=statistics)
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
        marked = "each" in keys
        named = self.all_columns()
        counted = self.counted_by_group()
        if counted:
            return Query("aggregate", measures=counted[:1], statistics=("distinct",), groups=counted[1:])
        if not named or ("rows" in keys and not marked and all(name in self.filtered_columns() for name in named)):
            return Query("count")
        if marked and groups and not self.measures():
            return Query("share", groups=groups)
        if len(named) == 1 and not marked and not (self.measures() and groups_digits(named[0])):
            return Query("distinct", measures=named)
        if self.measures() and not groups:
            return Query("aggregate", measures=self.measures(), statistics=("count",))
        raise NotClear("unsure")

    def _bare(self, keys: set[str]) -> Query:
        """Columns or conditions without a statistic: everything that is usually asked of them, so no guess."""
        groups = self.groups()
        measures = tuple(name for name in self.measures() if groups_digits(name) or not self.filters)
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
        if groups:
            return Query("share", groups=groups)
        if self.filters:
            return Query("preview", limit=_DEFAULT_PREVIEW)
        if self.columns("date", "month"):
            return Query("describe", measures=self.columns("date", "month"))
        if keys & {"rows", "profile"}:
            return Query("preview", limit=self.limit() or _DEFAULT_PREVIEW) if "rows" in keys else Query("profile")
        raise NotClear("unsure")
