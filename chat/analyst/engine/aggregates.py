"""Statistics of a column, or of each group of it, as SQL expressions."""

from __future__ import annotations

from chat.analyst.engine.database import ROW, quoted
from chat.analyst.queries import quantile_of

_ROW = quoted(ROW)
QUOTIENTS = ("quotient", "rate", "corr", "part", "gap", "mean_gap", "per_row", "per_value")
_WHOLE = ("BIGINT", "HUGEINT", "INTEGER")


def expression(statistic: str, column: str, sql_type: str, relation: str) -> str:
    """The SQL of a statistic of `column` (quoted) in `relation`; NULL when there are too few values.

    Whole numbers add up exactly however many there are, others with Kahan's correction; `skew` and `kurtosis` are
    those of a sample, as pandas has them.
    """
    part = 0.5 if statistic == "median" else quantile_of(statistic)
    if part is not None:
        return f"median({column})" if part == 0.5 else f"quantile_cont({column}, {part!r})"
    precise = "f" if sql_type == "DOUBLE" else ""
    centred = f"{column} - (SELECT avg({column}) FROM {relation})"  # large values would lose their digits in powers
    written = {
        "count": f"count({column})",
        "met": f"avg({column})",
        "sum": f"{precise}sum({column})",
        "mean": f"{precise}avg({column})",
        "min": f"min({column})",
        "max": f"max({column})",
        "std": f"stddev_samp({centred})",
        "var": f"var_samp({centred})",
        "distinct": f"count(DISTINCT {column})",
        "mode": f"mode({column} ORDER BY {column})",
        "range": _range(column, sql_type),
        "iqr": f"quantile_cont({column}, 0.75) - quantile_cont({column}, 0.25)",
        "skew": f"skewness({centred})",
        "kurtosis": f"kurtosis({centred})",
        "cv": f"stddev_samp({centred}) / nullif({precise}avg({column}), 0)",
        "sem": f"stddev_samp({centred}) / sqrt(count({column}))",
        "product": f"product({column})",
        "first": f"arg_min({column}, {_ROW})",
        "last": f"arg_max({column}, {_ROW})",
    }
    return written[statistic]


def quotient(statistic: str, first: str, second: str) -> str:
    """The SQL of a statistic of two columns: Pearson's r, or what lies between their sums or means."""
    a, b = f"sum({first})", f"sum({second})"
    written = {
        "quotient": f"{a} / nullif({b}, 0)",
        "rate": f"({a} - {b}) * 100.0 / nullif({b}, 0)",
        "part": f"{a} * 100.0 / nullif({b}, 0)",
        "gap": f"{a} - {b}",
        "mean_gap": f"avg({first}) - avg({second})",
        "corr": f"corr({first}, {second})",
        "per_row": f"{a} * 1.0 / nullif(count(*), 0)",
        "per_value": f"{a} * 1.0 / nullif(count(DISTINCT {second}), 0)",
    }
    return written[statistic]


def _range(column: str, sql_type: str) -> str:
    """The distance of the ends; of dates in days."""
    if sql_type.startswith("TIMESTAMP"):
        return f"date_diff('day', min({column}), max({column}))"
    return f"max({column}) - min({column})"
