"""Results agree with sums done by hand in plain Python."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest

from chat.analyst.engine.computing import SHARE, Result, compute
from chat.analyst.queries import Filter, Query
from chat.analyst.tables import Table
from chat.analyst.understanding.questions import understand

Ask = Callable[[str], Result]
Read = Callable[..., Table]
AMOUNTS = [1200, 300, 500, 800, 200]  # the sixth row has none
QUANTITIES = [3, 10, 7, 2, 4, 1]


@pytest.mark.parametrize(
    ("question", "name", "expected"),
    [
        ("매출 합계", "sum", sum(AMOUNTS)),
        ("매출 평균", "mean", sum(AMOUNTS) / 5),
        ("매출 중앙값", "median", 500),
        ("매출 최솟값", "min", 200),
        ("매출 최댓값", "max", 1200),
        ("수량 표준편차", "std", statistics.stdev(QUANTITIES)),
        ("수량 분산", "var", statistics.variance(QUANTITIES)),
    ],
)
def test_statistics_of_a_column(ask: Ask, question: str, name: str, expected: float) -> None:
    assert ask(question).values[name] == pytest.approx(expected)


def test_missing_values_are_left_out_and_counted(ask: Ask) -> None:
    result = ask("매출 평균")
    assert (result.rows, result.matching, result.used, result.missing) == (6, 6, 5, (("매출", 1),))


def test_groups_are_summed_and_ordered(ask: Ask) -> None:
    result = ask("지역별 매출 합계")
    assert result.frame["지역"].tolist() == ["서울", "부산", "대구"]
    assert result.frame["sum 매출"].tolist()[:2] == [1200 + 500 + 200, 300 + 800]


def test_group_without_any_value_has_no_sum(ask: Ask) -> None:
    frame = ask("지역별 매출 합계").frame
    assert frame.set_index("지역")["sum 매출"].isna().to_dict() == {"서울": False, "부산": False, "대구": True}


def test_rows_without_a_group_stay_a_group(read: Read) -> None:
    table = read("g,n\na,1\n,2\na,3\n")
    frame = compute(Query("aggregate", ("n",), ("sum",), ("g",)), table).frame
    assert frame["sum n"].tolist() == [4, 2]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("서울은 몇 건?", 3),
        ("매출이 500 이상인 행 수", 3),
        ("매출이 500 초과인 행 수", 2),
        ("서울을 제외한 행 수", 3),
        ("2024년 2월 건수", 2),
        ("2024년 2월부터 3월까지 건수", 4),
        ("서울이고 수량이 5 미만인 행 수", 2),
    ],
)
def test_conditions_keep_the_right_rows(ask: Ask, question: str, count: int) -> None:
    assert ask(question).values["count"] == count


def test_top_rows_and_ties(ask: Ask, read: Read) -> None:
    assert ask("매출 상위 2개").frame["매출"].tolist() == [1200, 800]
    table = read("k,n\na,5\nb,7\nc,5\nd,5\n")
    assert compute(Query("top", ("n",), limit=2), table).values["tied"] == 2


def test_top_groups_by_sum(ask: Ask) -> None:
    frame = ask("매출이 가장 높은 제품").frame
    assert frame.values.tolist() == [["노트북", 1200]]


def test_share_of_groups_and_of_conditions(ask: Ask) -> None:
    assert ask("지역별 비율").frame[SHARE].tolist() == pytest.approx([50, 100 / 3, 100 / 6])
    assert ask("서울의 매출 비중").values["share"] == pytest.approx(1900 / 3000 * 100)


def test_correlation_uses_complete_pairs(ask: Ask) -> None:
    result = ask("매출과 수량의 상관관계")
    expected = statistics.correlation(AMOUNTS, [3, 10, 7, 4, 1])
    assert (result.values["r"], result.used) == (pytest.approx(expected), 5)


def test_months_are_summed_in_order(ask: Ask) -> None:
    result = ask("월별 매출 합계")
    assert [str(month) for month in result.frame["날짜"]] == ["2024-01", "2024-02", "2024-03"]
    assert result.frame["sum 매출"].tolist() == [1500, 500, 1000]
    assert result.used == 5


def test_best_month(ask: Ask) -> None:
    assert str(ask("매출이 가장 큰 달").frame["날짜"].iloc[0]) == "2024-01"


def test_missing_values_by_column(ask: Ask) -> None:
    result = ask("결측치")
    assert result.values == {"missing": 1, "incomplete": 1}
    assert result.frame.iloc[0].tolist() == ["매출", 1, pytest.approx(100 / 6)]


def test_outliers_lie_beyond_tukeys_fences(read: Read) -> None:
    table = read("n\n" + "\n".join(str(number) for number in [*range(1, 11), 100]))
    result = compute(Query("outliers", ("n",)), table)
    assert result.values["rows"]["n"].tolist() == [100]
    assert result.frame.iloc[0].tolist()[1:5] == [3.5, 8.5, -4.0, 16.0]


def test_duplicate_rows_are_those_that_repeat(read: Read) -> None:
    table = read("a,b\n1,x\n1,x\n2,y\n1,x\n")
    assert compute(Query("duplicates"), table).values == {"duplicates": 2, "groups": 1}


def test_distribution_counts_every_value(ask: Ask) -> None:
    assert ask("수량 분포").frame["count"].sum() == 6


def test_sum_of_huge_integers_does_not_overflow(read: Read) -> None:
    table = read("k,n\n" + "a,900000000000000000\n" * 20)
    query = understand("sum of n", table)
    assert isinstance(query, Query)
    assert compute(query, table).values["sum"] == 20 * 900_000_000_000_000_000


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("제품에 '북'이 들어가는 행 수", 2),
        ("제품이 '키'로 시작하는 행 수", 2),
        ("제품이 '스'로 끝나는 행 수", 2),
        ("매출이 없는 행 수", 1),
        ("매출이 비어 있지 않은 행 수", 5),
        ("금요일 건수", 3),
        ("주말 건수", 2),
    ],
)
def test_conditions_on_texts_gaps_and_weekdays(ask: Ask, question: str, count: int) -> None:
    assert ask(question).values["count"] == count


def test_hours_and_weekdays_are_set_apart(read: Read) -> None:
    table = read("t,n\n2024-01-01 09:30,1\n2024-01-02 09:10,2\n2024-01-08 18:00,4\n")
    by_hour = compute(Query("trend", ("n",), ("sum",), date="t", period="hour"), table)
    assert dict(by_hour.frame.itertuples(index=False, name=None)) == {9: 3, 18: 4}
    by_weekday = compute(Query("trend", ("n",), ("sum",), date="t", period="weekday"), table)
    assert dict(by_weekday.frame.itertuples(index=False, name=None)) == {1: 5, 2: 2}
    late = compute(Query("count", filters=(Filter("t", "hour", (18.0, 19.0)),)), table)
    assert late.values["count"] == 1


def test_key_may_be_called_otherwise_in_the_other_file(sales: Table, read: Read) -> None:
    products = read("상품명,분류\n노트북,컴퓨터\n마우스,주변기기\n키보드,주변기기\n", name="products.csv")
    query = understand("분류별 매출 합계", sales, [products])
    assert isinstance(query, Query), query
    result = compute(query, sales, {products.name: products})
    assert dict(result.frame.itertuples(index=False, name=None)) == {"주변기기": 1800, "컴퓨터": 1200}
