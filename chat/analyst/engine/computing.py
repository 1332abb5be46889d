"""Computes what a query asks of a table; knows numbers, not words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from numpy.linalg import LinAlgError

from chat.analyst.engine import groupings, hypotheses, inspections, relations, series
from chat.analyst.engine.preparing import prepared
from chat.analyst.engine.results import COUNT, PART, SHARE, TIMES, Result
from chat.analyst.engine.sources import Impossible, Source
from chat.analyst.queries import Action, Query
from chat.analyst.tables import Table

__all__ = ["COUNT", "PART", "SHARE", "TIMES", "Result", "compute"]
_NOTHING: Mapping[str, Table] = {}


def compute(query: Query, table: Table, others: Mapping[str, Table] = _NOTHING) -> Result:
    """The result of `query`, which `understand` made for this table; `others` are the tables it may be joined with.

    What can't be computed says so in the result's `cannot`.
    """
    try:
        source = prepared(query, table, others)
        return _COMPUTE[query.action](query, source)
    except Impossible as reason:
        return _impossible(table, reason)
    except (OverflowError, LinAlgError):  # powers of numbers such as 1e200
        return _impossible(table, Impossible("too_large"))


def _impossible(table: Table, reason: Impossible) -> Result:
    return Result(rows=table.height, matching=table.height, used=0, cannot=reason.note)


_COMPUTE: dict[Action, Callable[[Query, Source], Result]] = {
    "profile": inspections.columns,
    "count": groupings.count,
    "aggregate": groupings.aggregate,
    "share": groupings.share,
    "top": groupings.top,
    "correlation": relations.correlation,
    "trend": series.trend,
    "missing": inspections.missing,
    "outliers": inspections.outliers,
    "preview": inspections.preview,
    "columns": inspections.columns,
    "describe": inspections.describe,
    "duplicates": inspections.duplicates,
    "distinct": inspections.distinct,
    "distribution": inspections.distribution,
    "lookup": inspections.lookup,
    "pivot": groupings.pivot,
    "growth": series.growth,
    "normality": hypotheses.normality,
    "t_test": hypotheses.t_test,
    "anova": hypotheses.anova,
    "chi_square": hypotheses.chi_square,
    "regression": relations.regression,
}
