"""Questions for several things at once, each with a statistic of its own: "평균 온도와 불량 건수 합계"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import cast

from chat.analyst.queries import NotClear, Query, Statistic, is_statistic
from chat.analyst.understanding.layouts import Layouts
from chat.analyst.understanding.sequences import is_korean

_AND = re.compile(
    r"^(?:\S{0,3}?(?:와|과|랑|하고|및))?\s*(?:,|、|/|&|;|\band\b|및|그리고|plus\b)|^(?:와|과|이랑|랑|하고)(?![가-힣])"
)
_ALLOWED = {"each", "count", "rows", "entity", "distinct", "compare", "whole", "until", "profile"}
_PERIODS = {"day", "week", "month", "quarter", "year", "weekday", "hour"}


@dataclass
class _Part:
    """What stands between two "and": statistics, measures, and whether rows or different values are counted."""

    statistics: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    counted: str | None = None  # "" for rows, else the column whose values are counted
    measure_first: bool = False

    def is_open(self) -> bool:
        """Whether it waits for a measure or a statistic that it shares with what follows."""
        return self.counted is None and not (self.statistics and self.measures)

    def is_blank(self) -> bool:
        return self.counted is None and not (self.statistics or self.measures)

    def pairs(self) -> list[tuple[Statistic, str]]:
        if self.counted is not None:
            return [("distinct" if self.counted else "count", self.counted)]
        return [(cast(Statistic, one), name) for name in self.measures for one in self.statistics]

    def join(self, other: _Part) -> None:
        self.measure_first = other.measure_first if not other.is_open() else self.measure_first
        self.statistics += other.statistics
        self.measures += other.measures


class Mixtures(Layouts):
    """The reading of a question that may ask for several statistics of several columns."""

    def mixed(self, keys: set[str]) -> Query | None:
        """The query with its pairs, where not each statistic is of each measure. Raises NotClear when one has none."""
        statistics = {key for key in keys if is_statistic(key)}
        if keys - statistics - _ALLOWED - _PERIODS or not statistics:
            return None
        parts = self._parts()
        if len(parts) < 2:
            return None
        parts = _completed(parts)
        pairs = [pair for part in parts for pair in part.pairs()]
        if all(part.counted is None for part in parts) and _is_every_one(pairs):
            return None
        if any(part.is_open() for part in parts):
            raise NotClear("unsure")
        counted = {part.counted for part in parts if part.counted} | self._counted_rows()
        groups = tuple(name for name in self.groups() if name not in counted)
        measures = tuple(dict.fromkeys(name for _, name in pairs if name))
        chosen = tuple(dict.fromkeys(pairs))
        self.pieces = [piece for piece in self.pieces if not set(piece.columns) & self._counted_rows()]
        period = self.period(keys)
        if period is None:
            return Query("aggregate", measures, groups=groups, pairs=chosen)
        dated = self.trend(keys - statistics - {"distinct"} | {"count"}, period)
        return Query("trend", measures, groups=groups, date=dated.date, period=period, pairs=chosen)

    def _parts(self) -> list[_Part]:
        """The question cut at each "and"; groups, periods and what says nothing of what is computed left out."""
        measures = self.measures()
        parts = [_Part()]
        for number, piece in enumerate(self.pieces):
            part = parts[-1]
            names = [name for name in piece.columns if name in measures]
            if piece.kind == "word" and is_statistic(piece.key):
                part.statistics.append(piece.key)
            elif piece.kind == "column" and names:
                part.measures.append(names[0])
                if names[0] in self.table.quotients and not part.statistics:
                    part.statistics.append(self.table.quotients[names[0]])
                part.measure_first = part.measure_first or not part.statistics
            elif piece.key == "count":
                part.counted = part.counted or self._counted_things(number)
            elif piece.key == "distinct":
                part.counted = self._counted_values(number)
            if _AND.match(piece.tail.strip() or piece.tail):
                parts.append(_Part())
        return [part for part in parts if not part.is_blank()]

    def _counted_things(self, number: int) -> str:
        """The column whose values are counted: customers of "고객 수"; "" where it names every row."""
        name = self._beside_count(number)
        return "" if name is None or self.table.is_unique(name) else name

    def _counted_rows(self) -> set[str]:
        """The columns that only say what the counted rows are: the employee numbers of "직원 수"."""
        counts = (self._beside_count(number) for number, piece in enumerate(self.pieces) if piece.key == "count")
        return {name for name in counts if name is not None and self.table.is_unique(name)}

    def _beside_count(self, number: int) -> str | None:
        """The column of texts right before 수 or after "number of" that nothing is set apart by."""
        place = number - 1 if is_korean(self.pieces[number]) else number + 1
        if not 0 <= place < len(self.pieces) or self.pieces[place].kind != "column" or self._marked_as_group(place):
            return None
        return self._meant(self.pieces[place], ("text",))

    def _counted_values(self, number: int) -> str:
        """The column beside the word for different values; "" when there is none."""
        beside = [self.pieces[place] for place in (number + 1, number - 1) if 0 <= place < len(self.pieces)]
        names = (self._meant(piece, ("text",)) for piece in beside if piece.kind == "column")
        return next((name for name in names if name), "")


def _is_every_one(pairs: list[tuple[Statistic, str]]) -> bool:
    """Whether every statistic is computed of every measure, as questions are read anyhow."""
    return len(set(pairs)) == len({name for _, name in pairs}) * len({statistic for statistic, _ in pairs})


def _completed(parts: list[_Part]) -> list[_Part]:
    """Parts that share their statistic or their measure with a neighbour: "매출과 비용의 합계", "mean and max price".

    What stands first in a part that is whole tells on which side the parts that lack something belong.
    """
    told: list[_Part] = []
    for part in parts:
        last = told[-1] if told else None
        if last is None or last.counted is not None or part.counted is not None:
            told.append(part)
        elif last.is_open() or (part.is_open() and bool(part.statistics) == last.measure_first):
            last.join(part)
        else:
            told.append(part)
    return told
