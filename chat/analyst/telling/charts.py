"""Chooses the chart that helps with an answer, and fills it with the answer's own numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd

from chat.analyst.engine.computing import compute
from chat.analyst.engine.results import COUNT, CUMULATED, GROWTH, MOVING, PART, TOTAL, Result
from chat.analyst.queries import Query
from chat.analyst.tables import Table
from chat.analyst.telling.conditions_text import condition_text, statistic_name
from chat.analyst.telling.drawings import Drawing, Row, Spec, bars, boxes, heat_map, histogram, lines, pareto, points
from chat.analyst.telling.sentences import say

_MOST_BARS = 20
_MOST_LINES = 6
_MOST_POINTS = 500
_MOST_SETS = 12  # of bars that stand together
_MOST_SIGNED = 36
_MOST_DOWN = 30
_MOST_ACROSS = 24
_CURVE = 60  # pieces of a smooth line


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
    if not query.groups or query.operation or len(result.frame) < 2:
        return None
    if query.chart == "box" and query.measures:
        return _boxes_instead(query, table, language)
    by = str(result.values["by"])
    groups = ", ".join((*query.within, *query.groups))
    title, size = _titles(by, groups, language)
    if query.action == "aggregate" and len(query.groups) == 2 and (pairs := _pairs(result.frame, query.groups, by)):
        return bars(title, pairs, label=query.groups[0], size=size, series=query.groups[1])
    return bars(title, _group_rows(result.frame, (*query.within, *query.groups), by), label=groups, size=size)


def _titles(by: str, groups: str, language: str) -> tuple[str, str]:
    """The titles of a chart and of its sizes: of a "statistic measure", or of a number of rows."""
    if by == COUNT:
        return say("chart.title_rows_by", language, groups=groups), say("chart.rows", language)
    statistic, measure = by.split(" ", 1)
    words = {"statistic": statistic_name(statistic, language), "column": measure}
    title = say("chart.title_by", language, groups=groups, **words)
    return title[:1].upper() + title[1:], say("head.of", language, **words)


def _pairs(frame: pd.DataFrame, groups: tuple[str, ...], by: str) -> list[Row]:
    """Bars that stand together by the first group; none where there are too many of either."""
    shown = frame.dropna(subset=[by])
    if not (shown[groups[0]].nunique() <= _MOST_SETS and 2 <= shown[groups[1]].nunique() <= _MOST_LINES):
        return []
    return [
        {"label": _text(label), "series": _text(series), "size": float(size)}
        for label, series, size in shown[[*groups, by]].itertuples(index=False)
    ]


def _share(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    if not query.groups or len(result.frame) < 2:
        return None
    groups = ", ".join(query.groups)
    title, size = say("chart.title_rows_by", language, groups=groups), say("chart.rows", language)
    if query.measures:
        words = {"statistic": say("stat.sum", language), "column": query.measures[0]}
        title, size = say("chart.title_by", language, groups=groups, **words), say("head.of", language, **words)
    if not query.cumulative:
        return bars(title, _group_rows(result.frame, query.groups, PART), label=groups, size=size)
    rows = _group_rows(result.frame, query.groups, PART)
    for row, share in zip(rows, result.frame.dropna(subset=[PART])[CUMULATED], strict=False):
        row["cumulative"] = float(share)
    return pareto(title, rows, label=groups, size=size, share=say("head.cumulated_share", language))


def _trend(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A line over time; with a group, a line for each of the groups with the most."""
    if query.limit is not None or not result.values["periods"] >= 2:
        return None
    first, date = str(result.values["by"]), query.date or ""
    frame = result.frame.dropna(subset=[date])
    if query.cumulative:
        first = CUMULATED
    by = ", ".join((say(f"period.{result.values['period']}", language), *query.groups))
    title, size = _titles(str(result.values["by"]), by, language)
    if result.values["period"] in ("weekday", "hour"):  # no points in time
        return bars(title, _group_rows(frame, (date, *query.groups), first), label=by, size=size)
    group = query.groups[0] if query.groups else ""
    if group:
        largest = frame.groupby(group)[first].sum().nlargest(_MOST_LINES).index
        frame = frame[frame[group].isin(largest)]
    rows: list[Row] = []
    for row in frame.tail(_MOST_POINTS).to_dict("records"):
        point = {"time": f"{row[date].start_time:%Y-%m-%dT00:00:00}", "size": row[first]}
        rows.append({**point, "series": _text(row[group])} if group else point)
    if query.cumulative:
        size = say("head.cumulated", language)
    if query.window and not group:
        names = {first: size, MOVING: say("head.moving", language)}
        rows = [
            {"time": f"{row[date].start_time:%Y-%m-%dT00:00:00}", "size": row[column], "series": name}
            for column, name in names.items()
            for row in frame.dropna(subset=[column]).tail(_MOST_POINTS).to_dict("records")
        ]
        return lines(
            title, rows, time=date, size=size, period=result.values["period"], series=say("chart.series", language)
        )
    if query.chart == "bar" and not group:
        labelled: list[Row] = [
            {"label": _text(row[date]), "size": row[first]} for row in frame.tail(_MOST_SIGNED).to_dict("records")
        ]
        return bars(title, labelled, label=date, size=size)
    return lines(title, rows, time=date, size=size, period=result.values["period"], series=group)


def _growth(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A bar per period, what fell in another colour."""
    if query.groups or not result.values["periods"] >= 2:
        return None
    frame = result.frame.dropna(subset=[GROWTH]).tail(_MOST_SIGNED)
    rows: list[Row] = [
        {"label": _text(label), "size": float(size)}
        for label, size in frame[[query.date or "", GROWTH]].itertuples(index=False)
    ]
    title, _ = _titles(str(result.values["by"]), say(f"period.{result.values['period']}", language), language)
    size = say("head.growth", language)
    return bars(f"{title} · {size}", rows, label=query.date or "", size=size, signed=True) if rows else None


def _pivot(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A field per pair, of no more rows and columns than can be told apart."""
    groups = list(result.values["groups"])
    columns = [name for name in result.frame.columns if name not in (*groups, TOTAL)][:_MOST_ACROSS]
    rows: list[Row] = [
        {"down": " / ".join(_text(row[name]) for name in groups), "across": str(column), "size": row[column]}
        for row in result.frame.head(_MOST_DOWN).to_dict("records")
        for column in columns
    ]
    if not any(row["size"] is not None and row["size"] == row["size"] for row in rows):
        return None
    across = str(result.values["across"])
    if across == query.date and query.period:
        across = say(f"period.{query.period}", language)
    by = COUNT if not query.measures else f"{result.values['statistic']} {query.measures[0]}"
    title, size = _titles(by, ", ".join((*groups, across)), language)
    return heat_map(title, rows, down=", ".join(groups), across=across, size=size)


def _distribution(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    if query.chart == "box":
        return _boxes_instead(query, table, language)
    name = query.measures[0]
    title = say("chart.title_distribution", language, column=name)
    return histogram(title, result.frame.to_dict("records"), value=name, count=say("chart.rows", language))


def _boxes_instead(query: Query, table: Table, language: str) -> Drawing | None:
    """The box, or one for each group, that a question wishes for instead of a histogram or bars."""
    if any(step.kind == "join" for step in query.preparations):
        return None
    other = replace(query, action="anova" if query.groups else "outliers")
    found = compute(other, table)
    if found.cannot is not None:
        return None
    return (_groups_compared if query.groups else _outliers)(other, found, table, language)


def _correlation(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A point per pair, of a sample that is the same each time; of several pairs a field each."""
    if len(result.frame) != 1:
        return _coefficients(result.frame, language)
    a, b = result.frame["a"].iloc[0], result.frame["b"].iloc[0]
    rows: list[Row] = [{"x": float(x), "y": float(y)} for x, y in result.values["points"].itertuples(index=False)]
    if not rows:
        return None
    return points(say("chart.title_correlation", language, a=a, b=b), rows, x=a, y=b)


def _coefficients(frame: pd.DataFrame, language: str) -> Drawing | None:
    names = list(dict.fromkeys((*frame["a"], *frame["b"])))[:_MOST_DOWN]
    found = {(a, b): r for a, b, r in frame[["a", "b", "r"]].itertuples(index=False)}
    rows: list[Row] = [
        {"down": a, "across": b, "size": 1.0 if a == b else found.get((a, b), found.get((b, a)))}
        for a in names
        for b in names
    ]
    title, size = say("chart.title_coefficients", language), say("head.r", language)
    return heat_map(title, rows, down="", across="", size=size, diverging=True)


def _regression(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """The points, and the line through them."""
    pairs = result.values.get("points")
    if pairs is None or not len(pairs):
        return None
    x, y = (str(name) for name in pairs.columns)
    rows: list[Row] = [{"x": float(a), "y": float(b)} for a, b in pairs.itertuples(index=False)]
    slope, start = result.values["slope"], result.values["intercept"]
    ends = (min(row["x"] for row in rows), max(row["x"] for row in rows))
    line: list[Row] = [{"x": end, "y": start + slope * end} for end in ends]
    return points(say("chart.title_correlation", language, a=x, b=y), rows, x=x, y=y, line=line)


def _groups_compared(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A box per group."""
    rows, outliers = result.values.get("boxes", ((), ()))
    if len(rows) < 2:
        return None
    groups = ", ".join(query.groups)
    value = query.measures[0] if query.groups else ", ".join(query.measures)
    title = say("chart.title_boxes", language, column=value, groups=groups) if groups else value
    return boxes(title, rows, outliers, value=value, group=groups or say("head.column", language))


def _independence(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A field per pair with its number of rows."""
    down, across = result.values["names"]
    rows: list[Row] = [
        {"down": _text(row[down]), "across": _text(row[across]), "size": row["observed"]}
        for row in result.frame.to_dict("records")
    ]
    if len(rows) > _MOST_DOWN * _MOST_ACROSS:
        return None
    title, size = _titles(COUNT, f"{down}, {across}", language)
    return heat_map(title, rows, down=down, across=across, size=size)


def _normality(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """The values' distribution, and the normal one of the same mean and deviation."""
    if len(query.measures) != 1 or any(step.kind == "join" for step in query.preparations):
        return None
    name = query.measures[0]
    found = compute(replace(query, action="distribution"), table)
    mean, deviation = found.values.get("mean"), found.values.get("std")
    if found.cannot is not None or not len(found.frame) or mean is None or not deviation:
        return None
    low, high = float(found.frame["from"].iloc[0]), float(found.frame["to"].iloc[-1])
    width, count = float(found.frame["to"].iloc[0]) - low, int(found.frame["count"].sum())
    curve: list[Row] = []
    for step in range(_CURVE + 1):
        value = low + (high - low) * step / _CURVE
        density = math.exp(-(((value - mean) / deviation) ** 2) / 2) / (deviation * math.sqrt(2 * math.pi))
        curve.append({"value": value, "count": count * width * density})
    title = say("chart.title_distribution", language, column=name)
    rows = found.frame.to_dict("records")
    return histogram(title, rows, value=name, count=say("chart.rows", language), curve=curve)


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
    "growth": _growth,
    "pivot": _pivot,
    "regression": _regression,
    "t_test": _groups_compared,
    "anova": _groups_compared,
    "chi_square": _independence,
    "normality": _normality,
}
