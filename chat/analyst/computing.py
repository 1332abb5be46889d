"""Computes what a query asks of a table; knows numbers, not words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from chat.analyst.aggregates import grouped, statistic_of
from chat.analyst.queries import Action, Filter, Query, Statistic
from chat.analyst.tables import Table

OVERVIEW: tuple[Statistic, ...] = ("count", "sum", "mean", "median", "min", "max")
PART, SHARE, COUNT, TIMES = "#part", "#share", "#count", "#times"  # names that a file's columns hardly have
GROUP_OVERVIEW: tuple[Statistic, ...] = ("count", "sum", "mean")
_PANDAS_PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_MOST_PAIRS = 12
_MOST_BINS = 30


@dataclass(frozen=True, slots=True)
class Result:
    """What was computed.

    `rows` in the table, `matching` the conditions, `used` in the computation; `missing`: how many values of a column
    were left out for being empty. `frame` is the result's table, `values` single numbers by name.
    """

    rows: int
    matching: int
    used: int
    missing: tuple[tuple[str, int], ...] = ()
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: dict[str, Any] = field(default_factory=dict)


def compute(query: Query, table: Table) -> Result:
    """The result of `query`, which `understand` made for this table."""
    frame = filtered(table.frame, query.filters)
    return _COMPUTE[query.action](query, table, frame)


def filtered(frame: pd.DataFrame, filters: tuple[Filter, ...]) -> pd.DataFrame:
    """The rows that meet all conditions; an empty cell meets none."""
    for condition in filters:
        frame = frame[_mask(frame[condition.column], condition)]
    return frame


def _mask(values: pd.Series, condition: Filter) -> pd.Series:
    operand = condition.operands[0]
    match condition.operator:
        case "in":
            return values.isin(condition.operands)
        case "not_in":
            return values.notna() & ~values.isin(condition.operands)
        case "from":
            return values >= pd.Timestamp(str(operand))
        case "before":
            return values < pd.Timestamp(str(operand))
        case "during":
            return (values >= pd.Timestamp(str(operand))) & (values < pd.Timestamp(str(condition.operands[1])))
        case "month":
            return values.dt.month.isin([int(month) for month in condition.operands])
        case "ne":
            return values.notna() & values.ne(operand)
        case comparison:
            compared: pd.Series = getattr(values, comparison)(operand)
            return compared


def _result(table: Table, rows: pd.DataFrame, columns: tuple[str, ...], **more: Any) -> Result:
    """A result with its rows counted: used are those in which at least one of `columns` has a value."""
    missing = tuple((name, int(rows[name].isna().sum())) for name in columns)
    used = int(rows[list(columns)].notna().any(axis=1).sum()) if columns else len(rows)
    left_out = tuple((name, count) for name, count in missing if count)
    return Result(rows=len(table.frame), matching=len(rows), used=used, missing=left_out, **more)


def _count(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    return _result(table, frame, (), values={"count": len(frame)})


def _aggregate(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    if query.groups:
        return _by_group(query, table, frame)
    statistics = query.statistics or OVERVIEW
    rows = [[statistic_of(frame[name], statistic) for statistic in statistics] for name in query.measures]
    result = pd.DataFrame(rows, columns=list(statistics), dtype=object)
    result.insert(0, "column", list(query.measures))
    return _result(table, frame, query.measures, frame=result, values=dict(zip(statistics, rows[0], strict=True)))


def _by_group(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """A row per group, the largest first; groups without a name stay a group of their own."""
    statistics = query.statistics or GROUP_OVERVIEW
    result = grouped(frame, list(query.groups), query.measures, statistics)
    first = f"{statistics[0 if query.statistics else 1]} {query.measures[0]}"
    result = result.sort_values(first, ascending=False, kind="stable", ignore_index=True)
    overall = {name: statistic_of(frame[query.measures[0]], name) for name in statistics}
    return _result(table, frame, query.measures, frame=result, values={**overall, "first": first})


def _share(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """The part that each group has in the number of rows, or in the sum of a measure."""
    measure = query.measures[0] if query.measures else None
    if not query.groups:
        return _share_of_conditions(query, table, frame)
    by = frame.groupby(list(query.groups), dropna=False)
    sizes = by[measure].sum(min_count=1) if measure else by.size()
    total = statistic_of(frame[measure], "sum") if measure else len(frame)
    result = sizes.sort_values(ascending=query.ascending, kind="stable").rename(PART).reset_index()
    comparable = bool(total) and bool((result[PART].dropna() >= 0).all())
    result[SHARE] = result[PART] / total * 100 if comparable else np.nan
    values = {"total": total, "groups": len(result)}
    return _result(table, frame, query.measures, frame=_limited(result, query), values=values)


def _share_of_conditions(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    if query.measures:
        part, total = (statistic_of(data[query.measures[0]], "sum") for data in (frame, table.frame))
    else:
        part, total = len(frame), len(table.frame)
    share = None if not total or part is None else part / total * 100
    return _result(table, frame, query.measures, values={"part": part, "total": total, "share": share})


def _limited(frame: pd.DataFrame, query: Query) -> pd.DataFrame:
    return frame if query.limit is None else frame.head(query.limit)


def _top(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    measure = query.measures[0]
    if query.groups:
        statistic: Statistic = query.statistics[0] if query.statistics else "sum"
        by = f"{statistic} {measure}"
        candidates = grouped(frame, list(query.groups), (measure,), (statistic,))
    else:
        by = measure
        candidates = frame
    ranked = candidates.dropna(subset=[by]).sort_values(by, ascending=query.ascending, kind="stable")
    best = _limited(ranked, query)
    tied = int((ranked[by].iloc[len(best) :] == best[by].iloc[-1]).sum()) if len(best) else 0
    values = {"by": by, "candidates": len(ranked), "tied": tied}
    return _result(table, frame, (measure,), frame=best.reset_index(drop=True), values=values)


def _correlation(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """Pearson's r of pairs in which both values are there."""
    numeric = table.names("number")
    names = list(query.measures) if len(query.measures) > 1 else [*query.measures, *numeric]
    names = list(dict.fromkeys(names))[:_MOST_PAIRS]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    if len(query.measures) == 1:
        pairs = [(a, b) for a, b in pairs if a == query.measures[0]]
    rows = [_correlation_of(frame, a, b) for a, b in pairs]
    result = pd.DataFrame(rows, columns=["a", "b", "r", "pairs"])
    result = result.sort_values("r", key=lambda r: -r.abs(), kind="stable", ignore_index=True)
    used = int(frame[names].notna().all(axis=1).sum()) if len(pairs) == 1 else len(frame)
    values = {"r": result["r"].iloc[0], "left_out": max(len(numeric) - _MOST_PAIRS, 0)}
    return Result(rows=len(table.frame), matching=len(frame), used=used, frame=result, values=values)


def _correlation_of(frame: pd.DataFrame, a: str, b: str) -> tuple[str, str, float, int]:
    both = frame[[a, b]].dropna().astype(float)
    constant = len(both) < 3 or both[a].nunique() < 2 or both[b].nunique() < 2
    return a, b, float("nan") if constant else float(np.corrcoef(both[a], both[b])[0, 1]), len(both)


def _trend(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """A row per period that has rows, in the order of time; with a group, a column per group."""
    date = query.date or ""
    dated = frame.dropna(subset=[date])
    period = query.period or natural_period(dated[date])
    periods = dated[date].dt.to_period(_PANDAS_PERIODS[period])
    labelled = dated.assign(**{date: periods})
    statistics = query.statistics or ("sum", "mean")
    if not query.measures:
        result = labelled.groupby([date, *query.groups], dropna=False).size().rename(COUNT).reset_index()
    else:
        result = grouped(labelled, [date, *query.groups], query.measures, statistics[: 1 if query.groups else None])
    first = str(result.columns[1 + len(query.groups)])
    values: dict[str, Any] = {"period": period, "first": first, "periods": int(periods.nunique())}
    if query.limit is not None:
        ranked = result.dropna(subset=[first]).sort_values(first, ascending=query.ascending, kind="stable")
        result = _limited(ranked, query)
    counted = _result(table, frame, (date, *query.measures), frame=result.reset_index(drop=True), values=values)
    return replace(counted, used=_result(table, dated, query.measures).used)


def natural_period(dates: pd.Series) -> str:
    """The period that makes a readable number of points of these dates."""
    days = (dates.max() - dates.min()).days if len(dates) else 0
    if days <= 62:
        return "day"
    return "month" if days <= 366 * 6 else "year"


def _missing(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    names = list(query.measures) or table.names()
    counts = [int(frame[name].isna().sum()) for name in names]
    result = pd.DataFrame({"column": names, "missing": counts})
    result["share"] = result["missing"] / len(frame) * 100 if len(frame) else np.nan
    result = result.sort_values("missing", ascending=False, kind="stable", ignore_index=True)
    incomplete = int(frame[names].isna().any(axis=1).sum())
    return _result(table, frame, (), frame=result, values={"missing": sum(counts), "incomplete": incomplete})


def _outliers(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """Tukey's rule: values beyond 1.5 interquartile ranges outside the quartiles."""
    rows = []
    for name in query.measures:
        values = frame[name].dropna()
        q1, q3 = (float(values.quantile(part)) if len(values) else float("nan") for part in (0.25, 0.75))
        low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
        rows.append((name, q1, q3, low, high, int(((values < low) | (values > high)).sum())))
    result = pd.DataFrame(rows, columns=["column", "q1", "q3", "low", "high", "outliers"])
    values_found: dict[str, Any] = {"outliers": int(result["outliers"].sum())}
    if len(rows) == 1:
        name, _, _, low, high, _ = rows[0]
        extreme = frame[(frame[name] < low) | (frame[name] > high)]
        order = (extreme[name] - (low + high) / 2).abs().sort_values(ascending=False, kind="stable").index
        values_found["rows"] = extreme.loc[order]
    return _result(table, frame, query.measures, frame=result, values=values_found)


def _preview(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    names = list(query.measures) or table.names()
    return _result(table, frame, (), frame=_limited(frame[names], query).reset_index(drop=True))


def _columns(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    rows = [
        (
            name,
            table.column(name).kind,
            int(frame[name].isna().sum()),
            int(frame[name].nunique()),
            _examples(frame[name]),
        )
        for name in query.measures or table.names()
    ]
    result = pd.DataFrame(rows, columns=["column", "kind", "missing", "distinct", "examples"])
    return _result(table, frame, (), frame=result, values={"columns": len(table.columns)})


def _examples(values: pd.Series) -> list[Any]:
    return list(values.dropna().head(1000).drop_duplicates().head(3))


def _describe(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """Count, missing, mean, deviation and the five quantiles of number columns; the ends of date columns."""
    rows: dict[str, dict[str, Any]] = {}
    for name in query.measures:
        values = frame[name].dropna()
        row: dict[str, Any] = {"count": len(values), "missing": len(frame) - len(values)}
        if table.column(name).kind == "number":
            row |= {key: statistic_of(values, key) for key in ("sum", "mean", "std")}
        for key, part in (("min", 0.0), ("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("max", 1.0)):
            row[key] = values.quantile(part) if len(values) else None
        rows[name] = row
    result = pd.DataFrame(rows, dtype=object).T.rename_axis("column").reset_index()
    return _result(table, frame, query.measures, frame=result)


def _duplicates(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """The rows that repeat an earlier one, and how often each row occurs that occurs again."""
    names = list(query.measures) or table.names()
    again = frame.duplicated(subset=names, keep="first")
    involved = frame.loc[frame.duplicated(subset=names, keep=False), names]
    keys = pd.util.hash_pandas_object(involved, index=False)  # a group-by of hundreds of columns takes minutes
    first = involved[~keys.duplicated()]
    times = keys[first.index].map(keys.value_counts())
    result = first.assign(**{TIMES: times}).sort_values(TIMES, ascending=False, kind="stable").head(1000)
    return _result(table, frame, (), frame=result, values={"duplicates": int(again.sum()), "groups": len(first)})


def _distinct(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    name = query.measures[0]
    counts = frame[name].value_counts()
    result = counts.rename(COUNT).rename_axis(name).reset_index()
    return _result(table, frame, (name,), frame=result, values={"distinct": len(counts)})


def _distribution(query: Query, table: Table, frame: pd.DataFrame) -> Result:
    """Counts within equally wide bins, as many as Freedman and Diaconis advise."""
    name = query.measures[0]
    values = frame[name].dropna().astype(float)
    finite = values[np.isfinite(values)]
    edges = _bin_edges(finite) if len(finite) else np.array([0.0, 1.0])
    counts, edges = np.histogram(finite, bins=edges)
    result = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})
    overview = {key: statistic_of(frame[name], key) for key in ("mean", "median", "std", "min", "max")}
    return _result(table, frame, (name,), frame=result, values=overview)


def _bin_edges(values: pd.Series) -> np.ndarray[Any, Any]:
    if values.min() == values.max():
        return np.array([values.min() - 0.5, values.max() + 0.5])
    spread = float(values.quantile(0.75) - values.quantile(0.25))
    width = 2 * spread / len(values) ** (1 / 3)
    wanted = (values.max() - values.min()) / width if width else 10
    return np.linspace(values.min(), values.max(), int(min(max(np.ceil(wanted), 5), _MOST_BINS)) + 1)


_COMPUTE: dict[Action, Callable[[Query, Table, pd.DataFrame], Result]] = {
    "profile": _columns,
    "count": _count,
    "aggregate": _aggregate,
    "share": _share,
    "top": _top,
    "correlation": _correlation,
    "trend": _trend,
    "missing": _missing,
    "outliers": _outliers,
    "preview": _preview,
    "columns": _columns,
    "describe": _describe,
    "duplicates": _duplicates,
    "distinct": _distinct,
    "distribution": _distribution,
}
