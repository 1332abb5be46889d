"""Kinds of charts as Vega-Lite 5 specifications, and their pictures with a font that has Hangul."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from chat.analyst.telling.svg import FAMILY, FONTS, with_font

# Ours, which the pictures are drawn with; for programs that take none from within an SVG, their system's for Hangul.
_FONT = f"{FAMILY}, Malgun Gothic, Apple SD Gothic Neo, Noto Sans CJK KR, Noto Sans KR, sans-serif"
_ACCENT = "#1a73e8"
_WARM = "#d93025"
_GREY = "#9aa0a6"
_DARK = "#202124"
_SERIES = [_ACCENT, "#e8710a", "#188038", "#a142f4", "#12b5cb", "#5f6368"]
_FEW_ACROSS = 9  # fields of a heat map side by side: so many can carry their numbers
_PERIODS = {
    "day": ("%Y-%m-%d", "day", 1),
    "week": ("%Y-%m-%d", "week", 1),
    "month": ("%Y-%m", "month", 1),
    "quarter": ("%Y-%m", "month", 3),
    "year": ("%Y", "year", 1),
}
_NUMBERS = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""], "minus": "-"}
_MOST_DOTS = 60  # points of a line that are marked each

Spec = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart before it is a picture."""

    title: str
    spec: Spec


def png_of(drawing: Drawing) -> bytes:
    """The chart as a picture at twice its size."""
    picture: bytes = _vl_convert().svg_to_png(_without_letters(json.dumps(drawing.spec)), scale=2)
    return picture


def svg_of(drawing: Drawing) -> bytes:
    """The chart as SVG."""
    return with_font(_without_letters(json.dumps(drawing.spec))).encode()


@lru_cache(maxsize=1)
def _without_letters(spec: str) -> str:
    """The SVG without its letters; both kinds of pictures of a chart are made from it, one after the other."""
    picture: str = _vl_convert().vegalite_to_svg(spec)
    return picture


@cache
def _vl_convert() -> ModuleType:
    """The library, which takes a while to load, with our fonts."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def bars(title: str, rows: Sequence[Row], *, label: str, size: str, series: str = "", signed: bool = False) -> Drawing:
    """Horizontal bars, whose labels stay readable whatever their length: `rows` have label, size and maybe series.

    With `series`, a name, the bars of one label stand together; `signed` colours what is below zero differently.
    """
    encoding: Spec = {
        "y": {"field": "label", "type": "nominal", "sort": None, "axis": axis(label, labelLimit=220)},
        "x": {"field": "size", "type": "quantitative", "axis": number_axis(size, _largest(rows, "size"))},
    }
    mark: Spec = {"type": "bar", "cornerRadiusEnd": 2}
    if series:
        encoding["color"] = {"field": "series", "type": "nominal", "title": series, "sort": None}
        encoding["yOffset"] = {"field": "series", "type": "nominal", "sort": None}
        return _drawing(title, rows, height={"step": 16}, mark=mark, encoding=encoding)
    mark |= {"color": _ACCENT, "height": {"band": 0.7}}
    if signed:
        encoding["color"] = {"condition": {"test": "datum.size < 0", "value": _WARM}, "value": _ACCENT}
    return _drawing(title, rows, height={"step": 28}, mark=mark, encoding=encoding)


def lines(title: str, rows: Sequence[Row], *, time: str, size: str, period: str, series: str = "") -> Drawing:
    """Lines over time: `rows` have time (ISO, the first of its period), size and maybe series."""
    format, interval, step = _PERIODS[period]
    ticks = {"interval": interval, "step": step}
    times = axis(time, format=format, tickCount=ticks, labelOverlap=True, labelSeparation=8)
    encoding: Spec = {
        "x": {
            "field": "time",
            "type": "temporal",
            "axis": times,
        },
        "y": {"field": "size", "type": "quantitative", "axis": number_axis(size, _largest(rows, "size"))},
    }
    point: Spec = {"size": 30}
    if series:
        encoding["color"] = {"field": "series", "type": "nominal", "title": series, "sort": None}
    else:
        point["color"] = _ACCENT
    mark = {"type": "line", "color": _ACCENT, "strokeWidth": 2, "point": point if len(rows) <= _MOST_DOTS else False}
    return _drawing(title, rows, mark=mark, encoding=encoding)


def pareto(title: str, rows: Sequence[Row], *, label: str, size: str, share: str) -> Drawing:
    """Bars from the largest down, and over them the line of what they are together: label, size, cumulative (%)."""
    x = {"field": "label", "type": "nominal", "sort": None, "axis": axis(label, labelLimit=120, labelAngle=-40)}
    height = {"field": "size", "type": "quantitative", "axis": number_axis(size, _largest(rows, "size"))}
    line = {
        "field": "cumulative",
        "type": "quantitative",
        "axis": axis(share, format=".0f", grid=False),
        "scale": {"domain": [0, 100]},
    }
    layers = [
        {"mark": {"type": "bar", "color": _ACCENT, "opacity": 0.85}, "encoding": {"x": x, "y": height}},
        {
            "mark": {"type": "line", "color": _SERIES[1], "point": {"color": _SERIES[1]}},
            "encoding": {"x": x, "y": line},
        },
    ]
    return _drawing(title, rows, layer=layers, resolve={"scale": {"y": "independent"}})


def histogram(title: str, rows: Sequence[Row], *, value: str, count: str, curve: Sequence[Row] = ()) -> Drawing:
    """Bars from edge to edge: `rows` have from, to and count; `curve` has value and count, and lies over them."""
    largest = max(_largest(rows, "from"), _largest(rows, "to"))
    x = {
        "field": "from",
        "type": "quantitative",
        "bin": {"binned": True},
        "axis": number_axis(value, largest),
        "scale": {"zero": False},
    }
    y = {"field": "count", "type": "quantitative", "axis": number_axis(count, _largest(rows, "count"))}
    mark = {"type": "bar", "color": _ACCENT, "stroke": "white", "strokeWidth": 1}
    encoding = {"x": x, "x2": {"field": "to"}, "y": y}
    if not curve:
        return _drawing(title, rows, mark=mark, encoding=encoding)
    over = {"x": {"field": "value", "type": "quantitative"}, "y": {"field": "count", "type": "quantitative"}}
    layers = [
        _layer(rows, mark, encoding),
        _layer(curve, {"type": "line", "color": _SERIES[1], "strokeWidth": 2}, over),
    ]
    return _drawing(title, [], layer=layers)


def points(title: str, rows: Sequence[Row], *, x: str, y: str, line: Sequence[Row] = ()) -> Drawing:
    """A point per row with x and y; `line`, such rows too, is drawn through them."""
    axes = {
        field: {
            "field": field,
            "type": "quantitative",
            "scale": {"zero": False},
            "axis": number_axis(name, _largest(rows, field)),
        }
        for field, name in (("x", x), ("y", y))
    }
    mark = {"type": "circle", "color": _ACCENT, "opacity": 0.5, "size": 36}
    if not line:
        return _drawing(title, rows, mark=mark, encoding=axes)
    through = {"type": "line", "color": _SERIES[1], "strokeWidth": 2}
    return _drawing(title, [], layer=[_layer(rows, mark, axes), _layer(line, through, axes)])


def boxes(title: str, rows: Sequence[Row], outliers: Sequence[Row], *, value: str, group: str = "") -> Drawing:
    """A box from quartile to quartile for each of `rows` (low, q1, median, q3, high and maybe group), in one picture.

    `low` and `high` are the last values within the bounds; `outliers` have value and maybe group, a point each.
    """
    largest = max(_largest(rows, "low"), _largest(rows, "high"), _largest(outliers, "value"))
    x = {"type": "quantitative", "axis": number_axis(value, largest), "scale": {"zero": False}}
    y: Spec = {"y": {"field": "group", "type": "nominal", "sort": None, "axis": axis(group)}} if group else {}
    size = 18 if group else 60
    layers = [
        _layer(rows, {"type": "rule", "color": _GREY}, {"x": {"field": "low", **x}, "x2": {"field": "high"}, **y}),
        _layer(
            rows,
            {"type": "bar", "color": "#aecbfa", "size": size},
            {"x": {"field": "q1", **x}, "x2": {"field": "q3"}, **y},
        ),
        _layer(
            rows,
            {"type": "tick", "color": _DARK, "size": size, "thickness": 2},
            {"x": {"field": "median", **x}, **y},
        ),
        _layer(
            outliers,
            {"type": "circle", "color": _ACCENT, "size": 50, "opacity": 0.7},
            {"x": {"field": "value", **x}, **y},
        ),
    ]
    return _drawing(title, [], height={"step": 34} if group else 140, layer=layers)


def heat_map(title: str, rows: Sequence[Row], *, down: str, across: str, size: str, diverging: bool = False) -> Drawing:
    """A field per row of `rows` (down, across, size), darker for more; few fields carry their numbers.

    `diverging`: the sizes are coefficients between -1 and 1, coloured to both sides of zero.
    """
    rows = _plain(rows)
    colour: Spec = {"field": "size", "type": "quantitative", "title": size, "scale": {"scheme": "blues"}}
    format = ".2f" if diverging else ",.0f" if _largest(rows, "size") >= 100 else ",.2~f"
    strong = "abs(datum.size) > 0.6"
    if diverging:
        colour["scale"] = {"domain": [-1, 0, 1], "range": [_WARM, "#ffffff", _ACCENT]}
    else:
        numbers = [float(row["size"]) for row in rows if row["size"] is not None]
        low, high = min(numbers, default=0.0), max(numbers, default=0.0)
        strong = f"datum.size > {low + 0.6 * (high - low)!r}"
        colour["legend"] = {"format": format}
    x = {"field": "across", "type": "nominal", "sort": None, "axis": axis(across, labelAngle=-40, labelLimit=120)}
    y = {"field": "down", "type": "nominal", "sort": None, "axis": axis(down, labelLimit=180)}
    layers: list[Spec] = [{"mark": {"type": "rect"}, "encoding": {"x": x, "y": y, "color": colour}}]
    if len({row["across"] for row in rows}) <= _FEW_ACROSS:
        text = {"field": "size", "type": "quantitative", "format": format}
        ink = {"condition": {"test": strong, "value": "white"}, "value": _DARK}
        layers.append(
            {
                "transform": [{"filter": "isValid(datum.size)"}],
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": text, "color": ink},
            }
        )
    return _drawing(title, rows, height={"step": 26}, layer=layers)


def axis(title: str, **more: Any) -> Spec:
    """An axis with its title."""
    return {"title": title, **more}


def number_axis(title: str, largest: float) -> Spec:
    """Thousands separators and no exponents, up to the digits that a number has exactly."""
    return axis(title, format=",.15~g" if largest < 1e15 else ",.3~e", labelOverlap=True, labelSeparation=12)


def _largest(rows: Sequence[Row], field: str) -> float:
    sizes = (abs(float(row[field])) for row in rows if row.get(field) is not None)
    return max((size for size in sizes if size == size), default=0.0)


def _layer(rows: Sequence[Row], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": _plain(rows)}, "mark": mark, "encoding": encoding}


def _drawing(title: str, rows: Sequence[Row], **parts: Any) -> Drawing:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "title": {"text": title},
        "width": 560,
        "height": 300,
        "data": {"values": _plain(rows)},
        "config": {
            "font": _FONT,
            # A plain hyphen: our font lacks the sign for minus.
            "locale": {"number": _NUMBERS},
            "view": {"stroke": None},
            "title": {
                "anchor": "start",
                "fontSize": 16,
                "color": _DARK,
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
            "range": {"category": _SERIES},
        },
        **parts,
    }
    return Drawing(title, spec)


def _plain(rows: Sequence[Row]) -> list[Row]:
    """Rows as JSON has them: no NaN, and numbers of Python."""
    plain: list[Row] = json.loads(json.dumps(list(rows), default=str), parse_constant=lambda _: None)
    return plain
