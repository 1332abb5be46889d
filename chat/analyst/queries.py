"""What the analyst can be asked, as values: a question that was understood, or what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal[
    "profile",
    "count",
    "aggregate",
    "share",
    "top",
    "correlation",
    "trend",
    "missing",
    "outliers",
    "preview",
    "columns",
    "describe",
    "duplicates",
    "distinct",
    "distribution",
]
Quantile = Literal["p5", "p10", "q1", "q3", "p90", "p95", "p99"]
Statistic = Literal["count", "sum", "mean", "median", "min", "max", "std", "var", "distinct", Quantile]
Period = Literal["day", "week", "month", "quarter", "year"]
Operator = Literal["in", "not_in", "eq", "ne", "gt", "ge", "lt", "le", "from", "before", "during", "month"]

QUANTILES: dict[Quantile, float] = {
    "p5": 0.05,
    "p10": 0.1,
    "q1": 0.25,
    "q3": 0.75,
    "p90": 0.9,
    "p95": 0.95,
    "p99": 0.99,
}
STATISTICS = frozenset({"sum", "mean", "median", "min", "max", "std", "var", *QUANTILES})
_RANKS = frozenset({"top", "bottom", "superlative", "high", "low", "min", "max"})
_PERIODS = frozenset({"day", "week", "month", "quarter", "year"})
_PLAIN = frozenset({"rows", "each", "count", "until", "profile", "compare", "whole"})

# The words of the vocabulary that each action answers to: one that its question holds besides these is not understood.
USED_WORDS: dict[Action, frozenset[str]] = {
    "profile": _PLAIN | {"describe", "columns"},
    "count": _PLAIN | {"sum"},
    "aggregate": _PLAIN | STATISTICS | _PERIODS | {"distinct"},
    "share": _PLAIN | _RANKS | {"share", "distribution", "sum"},
    "top": _PLAIN | STATISTICS | _RANKS,
    "correlation": _PLAIN | {"correlation", "columns"},
    "trend": _PLAIN | STATISTICS | _RANKS | _PERIODS | {"trend"},
    "missing": _PLAIN | {"missing", "columns", "share"},
    "outliers": _PLAIN | {"outliers"},
    "preview": _PLAIN | {"preview"},
    "columns": _PLAIN | {"columns", "distinct"},
    "describe": _PLAIN | {"describe", "columns"},
    "duplicates": _PLAIN | {"duplicates"},
    "distinct": _PLAIN | {"distinct", "sum"},
    "distribution": _PLAIN | {"distribution"},
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column. `operands`: texts, one number, one ISO date ("from", "before"),
    the first ISO day and the one after the last ("during"), or months."""

    column: str
    operator: Operator
    operands: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question that was understood.

    `measures` are computed on, `groups` set apart; `statistics` empty means that the question names none.
    `date` is the column whose `period` a trend follows; `corrections` are (as written, as understood).
    """

    action: Action
    measures: tuple[str, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    groups: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    limit: int | None = None
    ascending: bool = False
    date: str | None = None
    period: Period | None = None
    corrections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A question without one certain meaning.

    `reason`: "words" (unknown to file and analyst), "which_column" or "which_value_column" (`options` fit equally),
    "which_statistic" (sums of the column mean nothing), "needs_number", "needs_date" (there is no such column),
    "too_hard" (beyond the analyst), "unsure".
    """

    reason: str
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class NotClear(Exception):
    """Raised within the understanding of a question; carries the `Unclear`."""

    def __init__(self, reason: str, *, words: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.unclear = Unclear(reason, words, options)
