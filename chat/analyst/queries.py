"""What the analyst can be asked, as values: a question that was understood, or what was not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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
ChartKind = Literal["", "bar", "line", "histogram", "scatter", "box", "heat_map"]
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
    "quotient",
    "rate",
    "met",
    "corr",
    "part",
    "gap",
    "mean_gap",
    "per_row",
    "per_value",
    Quantile,
]
Period = Literal["day", "week", "month", "quarter", "year", "weekday", "hour"]
Operator = Literal[
    "in",
    "not_in",
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "from",
    "before",
    "during",
    "month",
    "weekday",
    "hour",
    "contains",
    "starts",
    "ends",
    "missing",
    "present",
]

QUANTILES: dict[Quantile, float] = {
    "p5": 0.05,
    "p10": 0.1,
    "q1": 0.25,
    "q3": 0.75,
    "p90": 0.9,
    "p95": 0.95,
    "p99": 0.99,
}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
STATISTICS = frozenset(
    {"sum", "mean", "median", "min", "max", "std", "var", "mode", "range", "iqr", "skew", "kurtosis", "cv", "sem"}
) | {"product", *QUANTILES}
_RANKS = frozenset({"top", "bottom", "superlative", "high", "low", "min", "max"})
_PERIODS = frozenset({"day", "week", "month", "quarter", "year", "weekday", "hour"})
_PLAIN = frozenset({"rows", "each", "count", "until", "profile", "compare", "whole", "entity"})
_TESTED = _PLAIN | {"significant", "difference", "mean", "correlation", "distinct"}

# The words of the vocabulary that each action answers to: one that its question holds besides these is not understood.
USED_WORDS: dict[Action, frozenset[str]] = {
    "profile": _PLAIN | {"describe", "columns"},
    "count": _PLAIN | {"sum"},
    "aggregate": _PLAIN | STATISTICS | _PERIODS | {"distinct", "difference", "ratio", "share", "distribution"},
    "share": _PLAIN | _RANKS | {"share", "distribution", "sum", "cumulative", "mode"},
    "top": _PLAIN | STATISTICS | _RANKS | {"day"},
    "correlation": _PLAIN | {"correlation", "columns", "significant"},
    "trend": _PLAIN | STATISTICS | _RANKS | _PERIODS | {"trend", "moving", "cumulative", "difference", "ratio"},
    "missing": _PLAIN | {"missing", "columns", "share"},
    "outliers": _PLAIN | {"outliers"},
    "preview": _PLAIN | {"preview"},
    "columns": _PLAIN | {"columns", "distinct"},
    "describe": _PLAIN | {"describe", "columns"},
    "duplicates": _PLAIN | {"duplicates"},
    "distinct": _PLAIN | {"distinct", "sum"},
    "distribution": _PLAIN | {"distribution"},
    "lookup": _PLAIN | _RANKS,
    "pivot": _PLAIN | STATISTICS | _PERIODS | {"pivot", "across"},
    "growth": _PLAIN | STATISTICS | _PERIODS | {"trend", "growth", "share"},
    "normality": _TESTED | {"normality", "distribution"},
    "t_test": _TESTED | {"t_test"},
    "anova": _TESTED | {"anova"},
    "chi_square": _TESTED | {"chi_square"},
    "regression": _PLAIN
    | {"regression", "significant", "correlation", "predict", "influence"}
    | {"explained", "explaining"},
}


def quantile_of(statistic: str) -> float | None:
    """The part of the values that lies below a quantile: 0.25 of "q1", 0.37 of "p37"; None for other statistics."""
    for name, part in QUANTILES.items():
        if name == statistic:
            return part
    match = _PERCENTILE.fullmatch(statistic)
    return float(match[1]) / 100 if match else None


def is_statistic(key: str) -> bool:
    """Whether a word's meaning is something to compute of numbers."""
    return key in STATISTICS or quantile_of(key) is not None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column. `operands`: texts, one number, one ISO date ("from", "before"),
    the first ISO day and the one after the last ("during"), months (1 to 12), days of the week ("weekday", 1 is
    Monday), hours (0 to 23), one text that is looked for in any case ("contains", "starts", "ends"), or nothing
    ("missing", "present")."""

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
    "drop_outliers",
    "drop_missing",
    "fill_missing",
    "drop_duplicates",
    "keep_rows",
    "keep_best",
    "drop_best",
    "keep_first",
    "keep_last",
    "derive",
    "bin",
    "join",
    "summarise",
]


@dataclass(frozen=True, slots=True)
class Preparation:
    """A step that changes the rows or columns before anything is computed; steps run in the question's order.

    drop_outliers: of `columns`, by `method` "iqr" or "z" and its `factor` (1.5, 3). drop_missing and
    drop_duplicates: by `columns` (all when empty). fill_missing: of `columns`, with `method` "mean", "median",
    "mode", "zero", "previous" or, where it is "value", with `operand`. keep_rows: those that meet `filters`.
    keep_best: those with the highest (`method` "high") or lowest ("low") values of the one column, `operand` of
    them or the part `factor` in percent, rounded up, of all rows or of each group of the columns `within`. drop_best:
    all but those; `method` "both": at either end. keep_first and keep_last: `operand` rows in the file's order.
    derive: the new column `name` is `columns` joined by the sign `method` ("+", "-", "*", "/"), with the number
    `operand` last if there is one (first where `method` is "from", a difference, or "into", a ratio), how much the
    first is above the second in percent ("%"), the two columns side by side ("pair"), the first in percent of the
    second ("share"), the column where a row meets `filters` ("where"), 100 where it does and 0 where not ("meets"),
    what is to be divided by the number of rows ("per_row") or of different values of the last column ("per_value";
    of one column alone the number of rows), the numbers that texts such as "$1.2 billion" tell ("worded"), a
    function of the one column ("log", "abs", "square", "root", "z", "min_max", "length"), or how much a value is
    above the mean of its group of `within` ("above_mean"). summarise: a row for each group of `columns` (dates by
    `period`) takes the place of its rows, with `name`, the statistic `method` of `measure` ("": how many rows).
    bin: the new column `name` is `columns[0]` cut at `edges` (a bin includes its lower edge), called by `labels`.
    join: the columns of the conversation's other file `other` where `columns` are equal; the one column is called
    `name` there where that isn't empty; `method` "inner" leaves out the rows that have no partner.
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
    measure: str = ""
    period: Period | None = None
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question that was understood.

    `measures` are computed on, `groups` set apart; `statistics` empty means that the question names none; any
    percentile is called as "p37" is. The first measure of a ranking of rows is ranked by, others are what is asked
    of those rows; the first of a regression is explained by the others; a pivot without any counts rows. A lookup
    asks for the measures of the rows that meet the filters. A pivot whose rows or columns are periods has a `date`.
    `date` is the column whose `period` a trend follows; `corrections` are (as written, as understood).
    `preparations` come first, then `filters` and `either`, which all must hold. `having` keeps groups by what is
    computed of them. A ranking starts anew within each of the groups `within`. A trend with `window` is a moving
    average over so many periods; `cumulative` adds up what came before, of a trend or of shares. Growth compares
    with the period before, or with the same one of the `year` before (`versus`). `across` is what a pivot sets side
    by side. `method`: "pearson", "spearman" or "kendall" of a correlation; "iqr" or "z" of outliers, with its
    `factor`; "shapiro", "dagostino", "ks" or "anderson" of normality; "welch", "student", "paired" or "one_sample"
    (against `factor`) of a t-test. `alpha` is the level of significance. `compared` are the two values whose
    difference or ratio (`operation`) is asked for. `chart` is the kind of chart that the question wishes for, which
    changes nothing in what is computed. A ranking with `rank` shows what has the rank-th value, one with `percent`
    that part of all that are ranked, rounded up. `pairs` are statistics each of a measure of its own ("": the
    number of rows), in the place of every statistic of every measure. `as_whole`: what all rows come to is asked
    for, and groups are only shown beside it.
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
    rank: int | None = None
    percent: float | None = None
    pairs: tuple[tuple[Statistic, str], ...] = ()
    as_whole: bool = False
    chart: ChartKind = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A question without one certain meaning.

    `reason`: "words" (unknown to file and analyst), "which_column" or "which_value_column" (`options` fit equally),
    "which_statistic" (sums of the column mean nothing), "needs_number", "needs_date" (there is no such column),
    "too_hard" (beyond the analyst), "unsure"; and of files that are to be joined "no_file" (there is
    none called so), "one_file" (there is no other), "which_file" (`options`), "file_not_named" (the question's own),
    "no_shared_key" (the words are no column of both), "needs_key" (nothing is), "files_alike" (a join
    brings nothing new), "repeats" (rows would count twice).
    """

    reason: str
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class NotClear(Exception):
    """Raised within the understanding of a question; carries the `Unclear`."""

    def __init__(self, reason: str, *, words: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.unclear = Unclear(reason, words, options)
