"""Draws results as charts: a Vega-Lite 5 specification, and its picture with a font that has Hangul."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import vl_convert

from chat.analyst.computing import PART, Result, filtered
from chat.analyst.conditions_text import condition_text
from chat.analyst.queries import Query
from chat.analyst.sentences import say
from chat.analyst.tables import Table

_FONTS = Path(__file__).with_name("fonts")
_FONT = "NanumSquare"
_ACCENT = "#1a73e8"
_GREY = "#9aa0a6"
_LINES = [_ACCENT, "#3c4043", _GREY, "#8ab4f8", "#c0c4c9", "#174ea6"]
_MOST_BARS = 20
_MOST_LINES = 6
_MOST_POINTS = 500

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart before it is a picture."""

    title: str
    spec: Spec


def drawing_of(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """The chart that helps with this answer, or None when none does."""
    draw = _DRAW.get(query.action)
    drawing = draw(query, result, table, language) if draw and len(result.frame) else None
    if drawing is not None and query.filters:
        title: Spec = drawing.spec["title"]
        title["subtitle"] = condition_text(query.filters, language)
    return drawing


def png_of(drawing: Drawing) -> bytes:
    """The chart as a picture at twice its size."""
    _use_own_fonts()
    picture: bytes = vl_convert.vegalite_to_png(drawing.spec, scale=2)
    return picture


@cache
def _use_own_fonts() -> None:
    vl_convert.register_font_directory(str(_FONTS))


def _drawing(title: str, values: list[dict[str, Any]], **parts: Any) -> Drawing:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "title": {"text": title},
        "width": 560,
        "height": 300,
        "data": {"values": _plain(values)},
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "title": {
                "anchor": "start",
                "fontSize": 16,
                "color": "#202124",
                "subtitleColor": "#5f6368",
                "subtitleFontSize": 12,
                "subtitlePadding": 6,
                "offset": 14,
            },
            "axis": {
                "labelColor": "#5f6368",
                "titleColor": "#3c4043",
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "gridColor": "#eceff1",
                "domainColor": "#bdc1c6",
                "tickColor": "#bdc1c6",
                "titlePadding": 10,
            },
            "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
            "range": {"category": _LINES},
        },
        **parts,
    }
    return Drawing(title, spec)


def _plain(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Values as JSON has them: no NaN, and numbers of Python."""
    plain: list[dict[str, Any]] = json.loads(json.dumps(values, default=str), parse_constant=lambda _: None)
    return plain


def _axis(title: str, **more: Any) -> Spec:
    return {"title": title, **more}


def _number_axis(title: str, largest: float) -> Spec:
    """Thousands separators and no exponents, up to the digits that a number has exactly."""
    return _axis(title, format=",.15~g" if largest < 1e15 else ",.3~e", labelOverlap=True)


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value)


def _bars(title: str, labels: list[str], sizes: list[float], label_title: str, size_title: str) -> Drawing:
    """Horizontal bars: their labels stay readable whatever their length."""
    values = [{"label": label, "size": size} for label, size in zip(labels, sizes, strict=True)]
    largest = max((abs(size) for size in sizes if size == size), default=0)
    return _drawing(
        title,
        values,
        height={"step": 28},
        mark={"type": "bar", "color": _ACCENT, "cornerRadiusEnd": 2, "height": {"band": 0.7}},
        encoding={
            "y": {"field": "label", "type": "nominal", "sort": None, "axis": _axis(label_title, labelLimit=220)},
            "x": {"field": "size", "type": "quantitative", "axis": _number_axis(size_title, largest)},
        },
    )


def _group_labels(frame: pd.DataFrame, groups: tuple[str, ...]) -> list[str]:
    return [" / ".join(_text(value) for value in row) for row in frame[list(groups)].itertuples(index=False)]


def _aggregate(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    if not query.groups or len(result.frame) < 2:
        return None
    by = str(result.values.get("first") or result.values["by"])
    statistic, measure = by.split(" ", 1)
    shown = result.frame.dropna(subset=[by]).head(_MOST_BARS)
    groups = ", ".join(query.groups)
    words = {"statistic": say(f"stat.{statistic}", language), "column": measure}
    title = say("chart.title_by", language, groups=groups, **words)
    sizes = [float(size) for size in shown[by]]
    return _bars(title, _group_labels(shown, query.groups), sizes, groups, say("head.of", language, **words))


def _share(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    if not query.groups or len(result.frame) < 2:
        return None
    shown = result.frame.dropna(subset=[PART]).head(_MOST_BARS)
    groups = ", ".join(query.groups)
    if query.measures:
        words = {"statistic": say("stat.sum", language), "column": query.measures[0]}
        title, sizes_title = say("chart.title_by", language, groups=groups, **words), say("head.of", language, **words)
    else:
        title, sizes_title = say("chart.title_rows_by", language, groups=groups), say("chart.rows", language)
    return _bars(title, _group_labels(shown, query.groups), [float(size) for size in shown[PART]], groups, sizes_title)


def _trend(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A line over time; with a group, a line for each of the groups with the most."""
    if query.limit is not None or not result.values["periods"] >= 2:
        return None
    first, date = str(result.values["first"]), query.date or ""
    frame = result.frame.dropna(subset=[date])
    group = query.groups[0] if query.groups else None
    if group:
        largest = frame.groupby(group)[first].sum().nlargest(_MOST_LINES).index
        frame = frame[frame[group].isin(largest)]
    frame = frame.tail(_MOST_POINTS)
    values = [
        {
            "time": f"{row[date].start_time:%Y-%m-%dT00:00:00}",
            "size": row[first],
            "group": _text(row[group]) if group else "",
        }
        for row in frame.to_dict("records")
    ]
    title, size_title = _trend_titles(query, result, language)
    encoding: Spec = {
        "x": {
            "field": "time",
            "type": "temporal",
            "axis": _axis(date, format=_date_format(result.values["period"]), labelOverlap=True),
        },
        "y": {
            "field": "size",
            "type": "quantitative",
            "axis": _number_axis(size_title, float(frame[first].abs().max())),
        },
    }
    if group:
        encoding["color"] = {"field": "group", "type": "nominal", "title": group}
    point: Spec = {"size": 30} if group else {"size": 30, "color": _ACCENT}
    mark = {"type": "line", "color": _ACCENT, "strokeWidth": 2, "point": point if len(values) <= 60 else False}
    return _drawing(title, values, mark=mark, encoding=encoding)


def _trend_titles(query: Query, result: Result, language: str) -> tuple[str, str]:
    groups = ", ".join((say(f"period.{result.values['period']}", language), *query.groups))
    if not query.measures:
        return say("chart.title_rows_by", language, groups=groups), say("chart.rows", language)
    statistic, measure = str(result.values["first"]).split(" ", 1)
    words = {"statistic": say(f"stat.{statistic}", language), "column": measure}
    return say("chart.title_by", language, groups=groups, **words), say("head.of", language, **words)


def _date_format(period: str) -> str:
    return {"year": "%Y", "month": "%Y-%m", "quarter": "%Y-%m"}.get(period, "%Y-%m-%d")


def _distribution(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    name = query.measures[0]
    values = result.frame.to_dict("records")
    largest = float(result.frame["to"].abs().max())
    return _drawing(
        say("chart.title_distribution", language, column=name),
        values,
        mark={"type": "bar", "color": _ACCENT, "stroke": "white", "strokeWidth": 1},
        encoding={
            "x": {
                "field": "from",
                "type": "quantitative",
                "bin": {"binned": True},
                "axis": _number_axis(name, largest),
                "scale": {"zero": False},
            },
            "x2": {"field": "to"},
            "y": {"field": "count", "type": "quantitative", "axis": _axis(say("chart.rows", language), format=",")},
        },
    )


def _correlation(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A point per pair, of a sample that is the same each time."""
    if len(result.frame) != 1:
        return None
    a, b = result.frame["a"].iloc[0], result.frame["b"].iloc[0]
    pairs = filtered(table.frame, query.filters)[[a, b]].dropna()
    pairs = pairs.sample(_MOST_POINTS, random_state=0) if len(pairs) > _MOST_POINTS else pairs
    values = [{"a": float(x), "b": float(y)} for x, y in pairs.itertuples(index=False)]
    axes = {
        field: {
            "field": field,
            "type": "quantitative",
            "scale": {"zero": False},
            "axis": _number_axis(name, float(pairs[name].abs().max())),
        }
        for field, name in (("a", a), ("b", b))
    }
    mark = {"type": "circle", "color": _ACCENT, "opacity": 0.5, "size": 36}
    title = say("chart.title_correlation", language, a=a, b=b)
    return _drawing(title, values, mark=mark, encoding={"x": axes["a"], "y": axes["b"]})


def _outliers(query: Query, result: Result, table: Table, language: str) -> Drawing | None:
    """A box from quartile to quartile, whiskers to the last values within the bounds, and a point per outlier."""
    if len(query.measures) != 1:
        return None
    name = query.measures[0]
    box = result.frame.iloc[0]
    values = filtered(table.frame, query.filters)[name].dropna()
    inside = values[(values >= box["low"]) & (values <= box["high"])]
    if inside.empty:
        return None
    ends = {"low": float(inside.min()), "high": float(inside.max())}
    summary = {"q1": box["q1"], "q3": box["q3"], "median": float(values.median()), **ends}
    points = [{"value": float(value)} for value in result.values["rows"][name].head(_MOST_POINTS)]
    axis = _number_axis(name, float(values.abs().max()))
    x = {"type": "quantitative", "axis": axis, "scale": {"zero": False}}
    rule = {"type": "rule", "color": _GREY}
    box_mark = {"type": "bar", "color": "#dadce0", "size": 60}
    middle = {"type": "tick", "color": "#202124", "size": 60, "thickness": 2}
    circle = {"type": "circle", "color": _ACCENT, "size": 50, "opacity": 0.7}
    layers = [
        _layer([summary], rule, {"x": {"field": "low", **x}, "x2": {"field": "high"}}),
        _layer([summary], box_mark, {"x": {"field": "q1", **x}, "x2": {"field": "q3"}}),
        _layer([summary], middle, {"x": {"field": "median", **x}}),
        _layer(points, circle, {"x": {"field": "value", **x}}),
    ]
    return _drawing(say("chart.title_outliers", language, column=name), [], height=140, layer=layers)


def _layer(values: list[dict[str, Any]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": _plain(values)}, "mark": mark, "encoding": encoding}


_DRAW = {
    "aggregate": _aggregate,
    "top": _aggregate,
    "share": _share,
    "trend": _trend,
    "distribution": _distribution,
    "correlation": _correlation,
    "outliers": _outliers,
}
