"""Questions in both languages are understood for certain, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat.analyst.queries import Filter, Query, Unclear
from chat.analyst.tables import Table
from chat.analyst.telling.examples import example_questions
from chat.analyst.understanding.questions import understand

Read = Callable[..., Table]
SEOUL = Filter("지역", "in", ("서울",))


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("", Query("profile")),
        ("이 파일을 분석해 주세요.", Query("profile")),
        ("Analyse this file.", Query("profile")),
        ("요약해줘", Query("profile")),
        ("몇 행이야?", Query("count")),
        ("데이터가 총 몇 건인가요?", Query("count")),
        ("How many rows are there?", Query("count")),
        ("매출 합계", Query("aggregate", ("매출",), ("sum",))),
        ("총 매출은 얼마인가요?", Query("aggregate", ("매출",), ("sum",))),
        ("What is the median of sales?", Query("aggregate", ("매출",), ("median",))),
        ("매출의 최댓값과 최솟값", Query("aggregate", ("매출",), ("max", "min"))),
        ("수량 표준편차 알려줘", Query("aggregate", ("수량",), ("std",))),
        ("지역별 매출 합계", Query("aggregate", ("매출",), ("sum",), ("지역",))),
        ("average sales by region", Query("aggregate", ("매출",), ("mean",), ("지역",))),
        ("지역별로 매출과 수량의 평균을 보여 주세요", Query("aggregate", ("매출", "수량"), ("mean",), ("지역",))),
        ("지역별 건수", Query("share", groups=("지역",))),
        ("count by region", Query("share", groups=("지역",))),
        ("제품은 몇 종류야?", Query("distinct", ("제품",))),
        ("how many products are there?", Query("distinct", ("제품",))),
        ("매출 상위 5개", Query("top", ("매출",), limit=5)),
        ("top 3 products by sales", Query("top", ("매출",), groups=("제품",), limit=3)),
        ("평균 매출이 가장 낮은 지역", Query("top", ("매출",), ("mean",), ("지역",), limit=1, ascending=True)),
        ("매출과 수량의 상관관계", Query("correlation", ("매출", "수량"))),
        ("correlation between sales and quantity", Query("correlation", ("매출", "수량"))),
        ("월별 매출 추이", Query("trend", ("매출",), date="날짜", period="month")),
        ("yearly total quantity", Query("trend", ("수량",), ("sum",), date="날짜", period="year")),
        ("결측치가 있나요?", Query("missing")),
        ("매출의 이상치", Query("outliers", ("매출",))),
        ("매출 분포", Query("distribution", ("매출",))),
        ("처음 3행 보여줘", Query("preview", limit=3)),
        ("어떤 컬럼이 있어?", Query("columns")),
        ("기술통계", Query("describe", ("매출", "수량"))),
        ("are there duplicate rows?", Query("duplicates")),
    ],
)
def test_question_without_conditions_is_understood(sales: Table, question: str, query: Query) -> None:
    assert understand(question, sales) == query


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("서울의 매출 평균", (SEOUL,)),
        ("지역이 서울인 매출 평균", (SEOUL,)),
        ("average sales where 지역 = 서울", (SEOUL,)),
        ("서울을 제외한 매출 평균", (Filter("지역", "not_in", ("서울",)),)),
        ("average sales except 서울", (Filter("지역", "not_in", ("서울",)),)),
        ("수량이 5 이상인 행의 매출 평균", (Filter("수량", "ge", (5.0,)),)),
        ("수량이 3보다 크고 7 이하인 행의 매출 평균", (Filter("수량", "gt", (3.0,)), Filter("수량", "le", (7.0,)))),
        ("average sales where quantity > 5", (Filter("수량", "gt", (5.0,)),)),
        ("average sales where quantity between 2 and 5", (Filter("수량", "ge", (2.0,)), Filter("수량", "le", (5.0,)))),
        ("2024년 매출 평균", (Filter("날짜", "during", ("2024-01-01", "2025-01-01")),)),
        ("average sales in 2024", (Filter("날짜", "during", ("2024-01-01", "2025-01-01")),)),
        ("average sales in February 2024", (Filter("날짜", "during", ("2024-02-01", "2024-03-01")),)),
        ("2024년 1월부터 2월까지 매출 평균", (Filter("날짜", "during", ("2024-01-01", "2024-03-01")),)),
        ("2024-02-01 이후 매출 평균", (Filter("날짜", "from", ("2024-02-01",)),)),
        ("2024년 1분기 매출 평균", (Filter("날짜", "during", ("2024-01-01", "2024-04-01")),)),
        ("average sales in Q4 2024", (Filter("날짜", "during", ("2024-10-01", "2025-01-01")),)),
        ("average sales from January to February 2024", (Filter("날짜", "during", ("2024-01-01", "2024-03-01")),)),
        ("하반기 매출 평균", (Filter("날짜", "month", (7.0, 8.0, 9.0, 10.0, 11.0, 12.0)),)),
        ("2024년 12월 31일 매출 평균", (Filter("날짜", "during", ("2024-12-31", "2025-01-01")),)),
        ("3월 매출 평균", (Filter("날짜", "month", (3.0,)),)),
    ],
)
def test_conditions_are_understood(sales: Table, question: str, filters: tuple[Filter, ...]) -> None:
    assert understand(question, sales) == Query("aggregate", ("매출",), ("mean",), filters=filters)


def test_amounts_are_understood_in_korean_units(sales: Table) -> None:
    query = understand("매출 1만원 이상인 건수", sales)
    assert query == Query("count", filters=(Filter("매출", "ge", (10_000.0,)),))


def test_two_values_are_set_apart(sales: Table) -> None:
    query = understand("서울과 부산의 매출 합계", sales)
    filters = (Filter("지역", "in", ("서울", "부산")),)
    assert query == Query("aggregate", ("매출",), ("sum",), ("지역",), filters)


def test_misspelt_column_is_corrected_and_said_so(sales: Table) -> None:
    query = understand("매춀 평균", sales)
    assert query == Query("aggregate", ("매출",), ("mean",), corrections=(("매춀", "매출"),))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("제주의 매출 합계", ("제주",)),
        ("where price > 10", ("price",)),
        ("total quantity in Seoul", ("seoul",)),
        ("부산물의 매출 합계", ("부산물",)),
    ],
)
def test_unknown_words_are_never_passed_over(sales: Table, question: str, words: tuple[str, ...]) -> None:
    assert understand(question, sales) == Unclear("words", words)


@pytest.mark.parametrize(
    "question",
    [
        "내년 매출 합계",
        "다음 달 매출을 예측해줘",
        "매출이 500 이상인 지역",
        "왜 매출이 낮아?",
    ],
)
def test_what_the_analyst_cannot_do_is_refused(sales: Table, question: str) -> None:
    assert isinstance(understand(question, sales), Unclear)


@pytest.mark.parametrize(
    "question", ["매출 10%", "매출 100", "월별 매출 비중", "average monthly sales", "매출 5 10", "날짜 매출 합계"]
)
def test_no_word_or_number_is_left_unused(sales: Table, question: str) -> None:
    assert isinstance(understand(question, sales), Unclear)


def test_column_without_a_marker_is_counted_by_the_one_with_it(sales: Table) -> None:
    assert understand("지역별 제품 수", sales) == Query("aggregate", ("제품",), ("distinct",), ("지역",))


@pytest.mark.parametrize("question", ["지역, 제품별 건수", "지역별 제품별 건수", "count by region and product"])
def test_rows_are_counted_by_two_columns(sales: Table, question: str) -> None:
    assert understand(question, sales) == Query("share", groups=("지역", "제품"))


def test_value_is_found_among_very_many(read: Read) -> None:
    table = read("고객,n\n" + "".join(f"Customer {number},1\n" for number in range(30_000)))
    query = understand("customer 29999의 n 합계", table)
    assert query == Query("aggregate", ("n",), ("sum",), filters=(Filter("고객", "in", ("Customer 29999",)),))


@pytest.mark.parametrize(
    ("question", "limit"), [("날짜별 매출", None), ("매출이 가장 높은 날짜는?", 1), ("sales by 날짜", None)]
)
def test_date_column_sets_days_apart(sales: Table, question: str, limit: int | None) -> None:
    assert understand(question, sales) == Query("trend", ("매출",), date="날짜", period="day", limit=limit)


def test_number_of_a_column_is_a_condition_on_rows(sales: Table) -> None:
    query = understand("수량이 3인 행", sales)
    assert query == Query("preview", filters=(Filter("수량", "eq", (3.0,)),), limit=10)


def test_statistic_of_a_text_column_is_not_taken_for_another_column(read: Read) -> None:
    table = read("이름,점수\n김,1\n이,2\n")
    assert understand("이름 평균", table) == Unclear("needs_number", ("이름",))


def test_columns_of_months_serve_where_there_are_no_dates(read: Read) -> None:
    table = read("월,매출\n1월,10\n2월,20\n")
    assert understand("월별 매출 합계", table) == Query("aggregate", ("매출",), ("sum",), ("월",))
    query = understand("2월 매출 합계", table)
    assert query == Query("aggregate", ("매출",), ("sum",), filters=(Filter("월", "in", ("2월",)),))


def test_columns_that_fit_equally_are_asked_back(read: Read) -> None:
    table = read("국내 매출,해외 매출\n1,2\n3,4\n")
    assert understand("매출 합계", table) == Unclear("which_column", ("매출",), ("국내 매출", "해외 매출"))


def test_value_of_two_columns_is_asked_back_unless_its_column_is_named(read: Read) -> None:
    table = read("출발,도착,n\n서울,부산,1\n부산,서울,2\n")
    assert understand("서울의 n 합계", table) == Unclear("which_value_column", ("서울",), ("출발", "도착"))
    query = understand("도착이 서울인 n 합계", table)
    assert query == Query("aggregate", ("n",), ("sum",), filters=(Filter("도착", "in", ("서울",)),))


def test_trend_without_dates_says_so(read: Read) -> None:
    assert understand("monthly trend of n", read("n,t\n1,x\n2,y\n")) == Unclear("needs_date")


def test_english_names_are_matched_loosely(read: Read) -> None:
    table = read("Unit Price,unitsSold,order_date\n1.5,2,2024-01-01\n2.5,3,2024-02-01\n")
    assert understand("mean unit price", table) == Query("aggregate", ("Unit Price",), ("mean",))
    assert understand("sum of units sold", table) == Query("aggregate", ("unitsSold",), ("sum",))
    assert understand("단가 평균", table) == Query("aggregate", ("Unit Price",), ("mean",))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_example_question_is_understood(read: Read, sales: Table, language: str) -> None:
    tables = [sales, read("a,b\n1,2\n2,5\n"), read("name\nx\ny\n"), read("price ($),city\n1,Seoul\n2,Busan\n")]
    for table in tables:
        examples = example_questions(table, language)
        assert 3 <= len(examples) <= 5
        assert all(isinstance(understand(example, table), Query) for example in examples), examples


def test_temperatures_are_compared_by_a_statistic_that_is_named(read: Read) -> None:
    table = read("방,온도,날짜\n거실,21,2024-01-01\n거실,22,2024-01-02\n침실,25,2024-01-03\n")
    assert understand("온도가 가장 높은 방", table) == Unclear("which_statistic", ("온도",))
    assert understand("온도가 최대인 방", table) == Query("top", ("온도",), ("max",), ("방",), limit=1)
    assert understand("일별 온도 추이", table) == Query("trend", ("온도",), ("mean",), date="날짜", period="day")


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("매출 1억 2천만원 이상 건수", 120_000_000),
        ("매출 삼백오십만원 이상 건수", 3_500_000),
        ("매출 2만 5천원 이상 건수", 25_000),
        ("매출 천만 이상 건수", 10_000_000),
        ("count of rows with sales at least 1.5 million", 1_500_000),
    ],
)
def test_amounts_may_be_put_together_of_words(sales: Table, question: str, amount: float) -> None:
    assert understand(question, sales) == Query("count", filters=(Filter("매출", "ge", (amount,)),))


def test_what_is_sold_is_asked_back_unless_the_question_tells(sales: Table) -> None:
    assert understand("which region sells the most?", sales) == Unclear("which_column", ("sells",), ("매출", "수량"))
    assert understand("서울에서 얼마 팔았어?", sales) == Query("aggregate", ("매출",), filters=(SEOUL,))
    assert understand("몇 개 팔았어?", sales) == Query("aggregate", ("수량",), ("sum",))
