"""Chooses the chart that helps with an answer, and fills it with the answer's own numbers."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from chat.analyst.conditions_text import condition_text
from chat.analyst.drawings import Drawing, Row, Spec, bars, boxes, histogram, lines, points
from chat.analyst.queries import Query
from chat.analyst.results import COUNT, PART, Result
from chat.analyst.sentences import say
from chat.analyst.tables import Table

_MOST_BARS = 20
_MOST_LINES = 6
_MOST_POINTS = 500


def drawing_of(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """The chart that helps with this answer, or None when none does."""
    draw = _DRAW.get(query.action)
    drawing = draw(query, result, table, language) if draw and len(result.frame) else None
    if drawing is not None and query.filters:
        title: Spec = drawing.spec["title"]
        title["subtitle"] = condition_text(query.filters, language)
    return drawing


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value)


def _group_rows(frame: pd.DataFrame, groups: tuple[str, ...], size: str) -> list[Row]:
    shown = frame.dropna(subset=[size]).head(_MOST_BARS)
    labels = [" / ".join(_text(value) for value in row) for row in shown[list(groups)].itertuples(index=False)]
    return [{"label": label, "size": float(value)} for label, value in zip(labels, shown[size], strict=True)]


def _aggregate(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    if not query.groups or len(result.frame) < 2:
        return None
    by = str(result.values.get("first") or result.values["by"])
    groups = ", ".join(query.groups)
    if by == COUNT:
        title = say("chart.title_rows_by", language, groups=groups)
        return bars(title, _group_rows(result.frame, query.groups, by), label=groups, size=say("chart.rows", language))
    statistic, measure = by.split(" ", 1)
    words = {"statistic": say(f"stat.{statistic}", language), "column": measure}
    title = say("chart.title_by", language, groups=groups, **words)
    rows = _group_rows(result.frame, query.groups, by)
    return bars(title, rows, label=groups, size=say("head.of", language, **words))


def _share(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    if not query.groups or len(result.frame) < 2:
        return None
    groups = ", ".join(query.groups)
    title, size = say("chart.title_rows_by", language, groups=groups), say("chart.rows", language)
    if query.measures:
        words = {"statistic": say("stat.sum", language), "column": query.measures[0]}
        title, size = say("chart.title_by", language, groups=groups, **words), say("head.of", language, **words)
    return bars(title, _group_rows(result.frame, query.groups, PART), label=groups, size=size)


def _trend(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A line over time; with a group, a line for each of the groups with the most."""
    if query.limit is not None or not result.values["periods"] >= 2:
        return None
    first, date = str(result.values["first"]), query.date or ""
    frame = result.frame.dropna(subset=[date])
    group = query.groups[0] if query.groups else ""
    if group:
        largest = frame.groupby(group)[first].sum().nlargest(_MOST_LINES).index
        frame = frame[frame[group].isin(largest)]
    rows: list[Row] = []
    for row in frame.tail(_MOST_POINTS).to_dict("records"):
        point = {"time": f"{row[date].start_time:%Y-%m-%dT00:00:00}", "size": row[first]}
        rows.append({**point, "series": _text(row[group])} if group else point)
    title, size = _trend_titles(query, result, language)
    return lines(title, rows, time=date, size=size, period=result.values["period"], series=group)


def _trend_titles(query: Query, result: Result, language: str) -> tuple[str, str]:
    groups = ", ".join((say(f"period.{result.values['period']}", language), *query.groups))
    if not query.measures:
        return say("chart.title_rows_by", language, groups=groups), say("chart.rows", language)
    statistic, measure = str(result.values["first"]).split(" ", 1)
    words = {"statistic": say(f"stat.{statistic}", language), "column": measure}
    return say("chart.title_by", language, groups=groups, **words), say("head.of", language, **words)


def _distribution(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    name = query.measures[0]
    title = say("chart.title_distribution", language, column=name)
    return histogram(title, result.frame.to_dict("records"), value=name, count=say("chart.rows", language))


def _correlation(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A point per pair, of a sample that is the same each time."""
    if len(result.frame) != 1:
        return None
    a, b = result.frame["a"].iloc[0], result.frame["b"].iloc[0]
    rows: list[Row] = [{"x": float(x), "y": float(y)} for x, y in result.values["points"].itertuples(index=False)]
    if not rows:
        return None
    return points(say("chart.title_correlation", language, a=a, b=b), rows, x=a, y=b)


def _outliers(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A box from quartile to quartile, whiskers to the last values within the bounds, and a point per outlier."""
    if len(query.measures) != 1:
        return None
    name = query.measures[0]
    box = result.frame.iloc[0]
    inside = result.values["points"]
    if "low" not in inside:
        return None
    row: Row = {"q1": box["q1"], "q3": box["q3"], **{key: inside[key] for key in ("median", "low", "high")}}
    outliers: list[Row] = [{"value": float(value)} for value in result.values["rows"][name].head(_MOST_POINTS)]
    return boxes(say("chart.title_outliers", language, column=name), [row], outliers, value=name)


_DRAW = {
    "aggregate": _aggregate,
    "top": _aggregate,
    "share": _share,
    "trend": _trend,
    "distribution": _distribution,
    "correlation": _correlation,
    "outliers": _outliers,
}
