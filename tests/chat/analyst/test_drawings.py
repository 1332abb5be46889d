"""Every kind of chart is a specification that draws, as PNG and as SVG that needs no font."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from chat.analyst.telling.drawings import (
    Drawing,
    bars,
    boxes,
    heat_map,
    histogram,
    lines,
    pareto,
    png_of,
    points,
    svg_of,
)

CELLS = [
    {"down": down, "across": across, "size": size} for down in "가나" for across, size in (("다", 1), ("라", None))
]
BOXES = [{"group": name, "low": 1, "q1": 2, "median": 3, "q3": 4, "high": 5} for name in ("서울", "부산")]
KINDS = {
    "bars": bars("매출", [{"label": "서울", "size": 3.5}, {"label": "부산", "size": -2}], label="지역", size="매출"),
    "signed bars": bars("증가", [{"label": "1월", "size": -1.5}], label="월", size="%", signed=True),
    "bars side by side": bars(
        "매출", [{"label": "서울", "size": 3, "series": "A"}], label="지역", size="매출", series="제품"
    ),
    "lines": lines(
        "추이",
        [{"time": f"2024-0{month}-01", "size": month, "series": "서울"} for month in (1, 2, 3)],
        time="월",
        size="매출",
        period="month",
        series="지역",
    ),
    "pareto": pareto(
        "누적", [{"label": "서울", "size": 3, "cumulative": 75.0}], label="지역", size="매출", share="누적 %"
    ),
    "histogram": histogram("분포", [{"from": 0, "to": 5, "count": 3}], value="매출", count="행"),
    "histogram with a curve": histogram(
        "분포", [{"from": 0, "to": 5, "count": 3}], value="매출", count="행", curve=[{"value": 1, "count": 2}]
    ),
    "points": points("산점도", [{"x": 1, "y": 2}], x="광고비", y="매출"),
    "points with a line": points(
        "회귀", [{"x": 1, "y": 2}], x="광고비", y="매출", line=[{"x": 0, "y": 1}, {"x": 3, "y": 4}]
    ),
    "box": boxes("이상치", [{**BOXES[0]}], [{"value": 9}], value="매출"),
    "boxes": boxes("급여", BOXES, [{"group": "서울", "value": 9}], value="급여", group="지역"),
    "heat map": heat_map("피벗", CELLS, down="지역", across="월", size="매출"),
    "heat map of coefficients": heat_map(
        "상관", [{"down": "a", "across": "b", "size": -0.5}], down="", across="", size="r", diverging=True
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_draws_as_both_pictures(kind: str) -> None:
    assert png_of(KINDS[kind]).startswith(b"\x89PNG")
    picture = svg_of(KINDS[kind]).decode()
    assert picture.startswith("<svg") and "<script" not in picture


@pytest.mark.parametrize("kind", KINDS)
def test_specification_can_be_stored(kind: str) -> None:
    spec = KINDS[kind].spec
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec


def test_missing_sizes_leave_gaps() -> None:
    drawing = bars("매출", [{"label": "서울", "size": float("nan")}], label="지역", size="매출")
    assert drawing.spec["data"]["values"] == [{"label": "서울", "size": None}]


def test_hangul_is_drawn_with_our_own_font() -> None:
    """Without the font all of these syllables would be the same empty boxes."""
    spec = KINDS["bars"].spec
    one, other = (Drawing("", {**spec, "title": {"text": title}}) for title in ("가나다", "라마바"))
    assert png_of(one) != png_of(other)
    assert "NanumSquare" in json.dumps(spec) and "가나다" in svg_of(one).decode()


def test_axes_count_without_exponents() -> None:
    rows = [{"from": 0, "to": 5, "count": 180}, {"from": 5, "to": 10, "count": 230}]
    told = re.findall(r"<text[^>]*>([^<]+)</text>", svg_of(histogram("분포", rows, value="매출", count="행")).decode())
    assert "200" in told and not [label for label in told if re.search(r"\de", label)]


def test_numbers_on_an_axis_stand_apart() -> None:
    names, sizes = ["인천", "서울", "광주"], [33_520_000, 28_989_000, 21_109_000]
    rows = [{"label": name, "size": size} for name, size in zip(names, sizes, strict=True)]
    picture = svg_of(bars("지역별 매출", rows, label="지역", size="매출")).decode()
    shown = re.findall(r'translate\((\d+),[^>]*opacity="1">([\d,]{9,})<', picture)
    places = [int(place) for place, _ in shown]
    width = max(len(label) for _, label in shown) * 7  # pixels of a digit, at the most
    assert len(places) > 2 and all(b - a > width for a, b in pairwise(places))
