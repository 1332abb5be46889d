"""Charts show the numbers of the answer, in a specification that draws and with Hangul that shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat.analyst.engine.computing import compute
from chat.analyst.queries import Query
from chat.analyst.tables import Table
from chat.analyst.telling.charts import drawing_of
from chat.analyst.telling.drawings import Drawing, png_of
from chat.analyst.understanding.questions import understand

Draw = Callable[[str], Drawing | None]


@pytest.fixture
def draw(sales: Table) -> Draw:
    def drawing(question: str) -> Drawing | None:
        query = understand(question, sales)
        assert isinstance(query, Query)
        return drawing_of(query, compute(query, sales), sales, "ko")

    return drawing


def values_of(drawing: Drawing | None) -> list[dict[str, object]]:
    assert drawing is not None
    values: list[dict[str, object]] = drawing.spec["data"]["values"]
    return values


def test_groups_are_bars(draw: Draw) -> None:
    assert values_of(draw("지역별 매출 합계")) == [{"label": "서울", "size": 1900.0}, {"label": "부산", "size": 1100.0}]


def test_trend_is_a_line_with_its_conditions_in_the_subtitle(draw: Draw) -> None:
    drawing = draw("서울의 월별 매출 합계")
    assert drawing is not None
    assert drawing.spec["mark"]["type"] == "line"
    assert drawing.spec["title"] == {"text": "월별 매출 합계", "subtitle": "지역 = 서울"}
    assert [value["size"] for value in values_of(drawing)] == [1200, 500, 200]


@pytest.mark.parametrize(
    "question", ["지역별 건수", "월별 매출", "월별 지역별 매출", "매출 분포", "매출과 수량의 상관관계", "수량의 이상치"]
)
def test_every_chart_draws(draw: Draw, question: str) -> None:
    drawing = draw(question)
    assert drawing is not None
    assert png_of(drawing).startswith(b"\x89PNG")


@pytest.mark.parametrize("question", ["매출 평균", "몇 행?", "매출 상위 2개", "미리보기"])
def test_answers_that_no_chart_helps_have_none(draw: Draw, question: str) -> None:
    assert draw(question) is None


KINDS = {
    "월별 지역별 매출 피벗": "rect",
    "월별 매출의 전월 대비 증가율": "bar",
    "월별 매출의 2개월 이동평균": "line",
    "월별 매출 누적 합계": "line",
    "제품별 매출 누적 비중": "line",
    "지역별 매출 상위 1개 제품": "bar",
    "수량으로 매출을 예측하는 회귀": "circle",
    "매출의 정규성 검정": "bar",
    "지역별 수량 차이 분산분석": "rule",
    "지역과 제품이 독립인지 카이제곱 검정": "rect",
    "지역별 제품별 수량 합계": "bar",
}


@pytest.mark.parametrize("question", KINDS)
def test_the_kind_of_chart_fits_the_question(draw: Draw, question: str) -> None:
    drawing = draw(question)
    assert drawing is not None
    layers = drawing.spec.get("layer", [drawing.spec])
    assert KINDS[question] in {layer["mark"]["type"] for layer in layers}
    assert png_of(drawing).startswith(b"\x89PNG")


def test_moving_average_is_a_second_line(draw: Draw) -> None:
    assert {value["series"] for value in values_of(draw("월별 매출의 2개월 이동평균"))} == {"매출 합계", "이동평균"}


def test_pareto_adds_up_to_all(draw: Draw) -> None:
    assert values_of(draw("제품별 매출 누적 비중"))[-1]["cumulative"] == pytest.approx(100)


def test_line_of_a_regression_passes_through_the_means(draw: Draw, sales: Table) -> None:
    drawing = draw("수량으로 매출을 예측하는 회귀")
    assert drawing is not None
    (x1, y1), (x2, y2) = (tuple(end.values()) for end in drawing.spec["layer"][1]["data"]["values"])
    both = sales.frame[["수량", "매출"]].dropna()
    middle = y1 + (y2 - y1) * (both["수량"].mean() - x1) / (x2 - x1)
    assert middle == pytest.approx(both["매출"].mean())


@pytest.mark.parametrize("question", ["지역별 수량 차이 분산분석", "지역별 수량 상자그림", "box plot of 수량 by 지역"])
def test_boxes_have_the_quartiles_of_each_group(draw: Draw, sales: Table, question: str) -> None:
    drawing = draw(question)
    assert drawing is not None
    rows = {row["group"]: row for row in drawing.spec["layer"][0]["data"]["values"]}
    seoul = sales.frame[sales.frame["지역"] == "서울"]["수량"]
    expected = seoul.quantile([0.25, 0.5, 0.75]).tolist()
    assert [rows["서울"][key] for key in ("q1", "median", "q3")] == pytest.approx(expected)
