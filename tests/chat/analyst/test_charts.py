"""Charts show the numbers of the answer, in a specification that draws and with Hangul that shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat.analyst.charts import drawing_of
from chat.analyst.computing import compute
from chat.analyst.drawings import Drawing, png_of
from chat.analyst.queries import Query
from chat.analyst.questions import understand
from chat.analyst.tables import Table

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
