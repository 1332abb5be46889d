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
    "lookup",
    "pivot",
    "growth",
    "normality",
    "t_test",
    "anova",
    "chi_square",
    "regression",
]
Quantile = Literal["p5", "p10", "q1", "q3", "p90", "p95", "p99"]
Statistic = Literal[
    "count",
    "sum",
    "mean",
    "median",
    "min",
    "max",
    "std",
    "var",
    "distinct",
    "mode",
    "range",
    "iqr",
    "skew",
    "kurtosis",
    "cv",
    "sem",
    "product",
    "first",
    "last",
    Quantile,
]
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
    "lookup": _PLAIN | _RANKS,
    "pivot": _PLAIN | STATISTICS | _PERIODS,
    "growth": _PLAIN | STATISTICS | _PERIODS | {"trend"},
    "normality": _PLAIN,
    "t_test": _PLAIN,
    "anova": _PLAIN,
    "chi_square": _PLAIN,
    "regression": _PLAIN,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column. `operands`: texts, one number, one ISO date ("from", "before"),
    the first ISO day and the one after the last ("during"), or months."""

    column: str
    operator: Operator
    operands: tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Rows that meet at least one of these alternatives, each of which is conditions that all must hold."""

    alternatives: tuple[tuple[Filter, ...], ...]


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on a group: its `statistic` of `measure` (None: its number of rows) compared with a number."""

    statistic: Statistic
    measure: str | None
    operator: Literal["eq", "ne", "gt", "ge", "lt", "le"]
    operand: float


PreparationKind = Literal[
    "drop_outliers", "drop_missing", "fill_missing", "drop_duplicates", "keep_rows", "derive", "bin", "join"
]


@dataclass(frozen=True, slots=True)
class Preparation:
    """A step that changes the rows or columns before anything is computed; steps run in the question's order.

    drop_outliers: of `columns`, by `method` "iqr" or "z" and its `factor` (1.5, 3). drop_missing and drop_duplicates:
    by `columns` (all when empty). fill_missing: of `columns`, with `method` "mean", "median", "mode", "zero",
    "previous" or, where it is "value", with `operand`. keep_rows: those that meet `filters`. derive: the new
    column `name` is `columns` joined by the sign `method` ("+", "-", "*", "/"), or a function of the one column
    ("log", "abs", "square", "root", "z", "min_max", "length"). bin: the new column `name` is `columns[0]` cut at
    `edges` (a bin includes its lower edge), called by `labels`. join: the columns of the conversation's other file
    `other` where `columns` are equal.
    """

    kind: PreparationKind
    columns: tuple[str, ...] = ()
    method: str = ""
    factor: float | None = None
    operand: str | float | None = None
    filters: tuple[Filter, ...] = ()
    name: str = ""
    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    other: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question that was understood.

    `measures` are computed on, `groups` set apart; `statistics` empty means that the question names none.
    `date` is the column whose `period` a trend follows; `corrections` are (as written, as understood).
    `preparations` come first, then `filters` and `either`, which all must hold. `having` keeps groups by what is
    computed of them. A ranking starts anew within each of the groups `within`. A trend with `window` is a moving
    average over so many periods; `cumulative` adds up what came before, of a trend or of shares. Growth compares
    with the period before, or with the same one of the `year` before (`versus`). `across` is what a pivot sets
    side by side. `method`: "pearson", "spearman" or "kendall" of a correlation; "iqr" or "z" of outliers, with its
    `factor`; "shapiro", "dagostino", "ks" or "anderson" of normality; "welch", "student", "paired" or "one_sample"
    (against `factor`) of a t-test. `alpha` is the level of significance. `compared` are the two values whose
    difference or ratio (`operation`) is asked for.
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
    preparations: tuple[Preparation, ...] = ()
    either: tuple[AnyOf, ...] = ()
    having: tuple[Having, ...] = ()
    within: tuple[str, ...] = ()
    across: str | None = None
    window: int | None = None
    cumulative: bool = False
    versus: Literal["previous", "year"] = "previous"
    method: str = ""
    factor: float | None = None
    alpha: float = 0.05
    compared: tuple[str, ...] = ()
    operation: Literal["", "difference", "ratio", "percent"] = ""


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
