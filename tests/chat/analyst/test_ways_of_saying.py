"""Exact answers where people say it their own way: best rows of each group, what is left out, sums over counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from chat.analyst.command import ask
from chat.analyst.queries import Query
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from chat.analyst.understanding.questions import understand
from tests.chat.analyst.exact_tables import FRAMES
from tests.chat.analyst.test_exact_answers import Expected, Frame, assert_exact, by_question, holds


def without_best(values: pd.Series, percent: float, *, both: bool = False) -> pd.Series:
    count = math.ceil(values.notna().sum() * percent / 100)
    rest = values.dropna().sort_values(ascending=False, kind="stable")
    return rest.iloc[count:-count] if both else rest.iloc[count:]


def nth_in_each(frame: Frame, group: str, measure: str, number: int) -> dict[str, float]:
    return dict(frame.groupby(group)[measure].apply(lambda x: x.dropna().drop_duplicates().nlargest(number).iloc[-1]))


def best_of_each(frame: Frame, group: str, measure: str, number: int) -> dict[str, float]:
    return dict(frame.groupby(group)[measure].apply(lambda x: x.nlargest(number).mean()))


def per_row(frame: Frame, group: str) -> dict[str, float]:
    return dict(frame.groupby(group).매출.sum() / frame.groupby(group).size())


def seoul_against_busan(frame: Frame) -> dict[str, float]:
    sums = frame.groupby(["제품", "지역"]).매출.sum().unstack()
    return dict(sums["서울"] / sums["부산"])


def lowest_paid(frame: Frame) -> list[float]:
    return list(frame.groupby(["Gender", "Department"]).Salary.mean().groupby("Gender").min())


def above_their_mean(frame: Frame) -> int:
    return int((frame.Salary > frame.groupby("Department").Salary.transform("mean")).sum())


ASKED: list[tuple[str, str, Expected]] = [
    ("sales", "지역별로 비용 상위 3건의 평균", lambda f: best_of_each(f, "지역", "비용", 3)),
    ("sales", "지역별로 비용 탑3 평균", lambda f: best_of_each(f, "지역", "비용", 3)),
    ("staff", "average of the top 3 Salaries per Department", lambda f: best_of_each(f, "Department", "Salary", 3)),
    ("staff", "second highest Salary in each Department", lambda f: nth_in_each(f, "Department", "Salary", 2)),
    ("sales", "각 지역에서 비용이 두번째로 높은 주문은?", lambda f: nth_in_each(f, "지역", "비용", 2)),
    ("sales", "지역별 세 번째로 높은 비용", lambda f: nth_in_each(f, "지역", "비용", 3)),
    ("sales", "각 지역에서 비용이 제일 높은 주문", lambda f: nth_in_each(f, "지역", "비용", 1)),
    ("staff", "for each Gender, the Department with the lowest average Salary", lowest_paid),
    ("sales", "비용 상위 5% 제외하고 평균 비용 구해줘", lambda f: without_best(f.비용, 5).mean()),
    ("sales", "비용 상하위 10% 제외한 평균 비용", lambda f: without_best(f.비용, 10, both=True).mean()),
    ("staff", "mean Salary excluding the top 5%", lambda f: without_best(f.Salary, 5).mean()),
    ("sales", "지역별 평균 비용을 높은순으로", lambda f: dict(f.groupby("지역").비용.mean())),
    ("sales", "지역별 객단가(매출/주문건수)", lambda f: per_row(f, "지역")),
    ("sales", "지역별 주문당 매출", lambda f: per_row(f, "지역")),
    ("sales", "담당자별 매출 합계를 주문 건수로 나눈 값", lambda f: per_row(f, "담당자")),
    (
        "sales",
        "매출 합계를 수량 합계로 나눈 값을 지역별로",
        lambda f: dict(f.groupby("지역").매출.sum() / f.groupby("지역").수량.sum()),
    ),
    ("sales", "부산 대비 서울 주문 비율", lambda f: (f.지역 == "서울").sum() / (f.지역 == "부산").sum()),
    ("sales", "제품별로 부산 대비 서울 매출 비율", seoul_against_busan),
    (
        "staff",
        "ratio of female to male employees",
        lambda f: (f.Gender == "female").sum() / (f.Gender == "male").sum(),
    ),
    (
        "customers",
        "등급별 구매율",
        lambda f: dict((f.구매여부 == "예").groupby(f.등급).mean() * 100),
    ),
    ("customers", "구매한 고객의 평균 만족도", lambda f: f[f.구매여부 == "예"].만족도.mean()),
    (
        "customers",
        "성별로 구매여부 예/아니오 건수",
        lambda f: list(f.groupby(["성별", "구매여부"]).size()),
    ),
    ("staff", "how many employees over 40?", lambda f: (f.Age > 40).sum()),
    ("staff", "mean Salary of employees aged 30 to 40", lambda f: f[f.Age.between(30, 40)].Salary.mean()),
    ("staff", "how many employees have a Salary above the Department average?", above_their_mean),
    (
        "staff",
        "which share of employees has a Salary above the Department average?",
        lambda f: above_their_mean(f) / 2.5,
    ),
    ("customers", "등급별 구매 건수", lambda f: dict(f[f.구매여부 == "예"].groupby("등급").size())),
    (
        "sales",
        "작년 12월 매출 합계",
        lambda f: f[(f.주문일.dt.year == 2023) & (f.주문일.dt.month == 12)].매출.sum(),
    ),
    (
        "weather",
        "total rainfall in the second half of 2024",
        lambda f: f[f.date.dt.month > 6].rainfall.sum(),
    ),
    (
        "sales",
        "2023년 대비 2024년 매출 증가율",
        lambda f: f.groupby(f.주문일.dt.year).매출.sum().pct_change().iloc[-1] * 100,
    ),
    (
        "sales",
        "비용 z-score 2 넘는 이상치 빼고 평균 비용",
        lambda f: f.비용[((f.비용 - f.비용.mean()) / f.비용.std()).abs() <= 2].mean(),
    ),
]


@by_question(ASKED)
def test_the_answer_is_exact(
    tables: Mapping[str, tuple[Table, Path]], name: str, question: str, expected: Expected
) -> None:
    assert_exact(tables[name], question, expected(FRAMES[name]))


NOT_GUESSED = [
    ("staff", "average of the top 3 Salaries by Department"),
    ("sales", "월별 비용 상위 3건의 평균"),
    ("sales", "상위 3개 지역 제외하고 매출 합계"),
    ("sales", "total 매출 divided by number of 지역"),
    ("weather", "days with rainfall over 5"),
    ("sales", "부산 대비 서울 비율이 가장 높은 제품"),
    ("sales", "largest 담당자 in each 지역"),
    ("weather", "total rainfall per day of humidity"),
    ("staff", "total Salary earnd by Departmented"),
]


@pytest.mark.parametrize(("name", "question"), NOT_GUESSED)
def test_what_may_mean_two_things_is_not_guessed(
    tables: Mapping[str, tuple[Table, Path]], name: str, question: str
) -> None:
    answered = ask(question, *tables[name])
    assert answered.value is None and answered.table is None


VISITS = pd.DataFrame(
    {
        "visit_id": [f"V{number:03}" for number in range(80)],
        "user": [f"u{number * 7 % 40}" for number in range(80)],
        "country": ["KR", "US", "KR", "JP", "KR"] * 16,
        "length_of_stay": [1 + number * number % 23 for number in range(80)],
        "response_ms": [90 + number * 37 % 700 for number in range(80)],
        "returned": ["yes" if number % 3 == 0 else "no" for number in range(80)],
        "회원등급": ["골드", "실버"] * 40,
        "설비ID": ["E1", "E2", "E3", "E4"] * 20,
        "상태": ["퇴사", "재직", "재직", "휴직"] * 20,
    }
)
SAID: list[tuple[str, Expected]] = [
    ("requests per user by country", lambda f: dict(f.groupby("country").size() / f.groupby("country").user.nunique())),
    ("ratio of KR to US requests", lambda f: (f.country == "KR").sum() / (f.country == "US").sum()),
    ("average response time by country", lambda f: dict(f.groupby("country").response_ms.mean())),
    ("longest length of stay by country", lambda f: dict(f.groupby("country").length_of_stay.max())),
    (
        "share of requests slower than 500 ms by country",
        lambda f: dict((f.response_ms > 500).groupby(f.country).mean() * 100),
    ),
    ("return rate by country", lambda f: dict((f.returned == "yes").groupby(f.country).mean() * 100)),
    ("등급별 평균 response_ms", lambda f: dict(f.groupby("회원등급").response_ms.mean())),
    ("설비별 평균 response_ms", lambda f: dict(f.groupby("설비ID").response_ms.mean())),
    ("country별 퇴사자 비율", lambda f: dict((f.상태 == "퇴사").groupby(f.country).mean() * 100)),
    ("response_ms per visit by country", lambda f: dict(f.groupby("country").response_ms.mean())),
    ("users per country", lambda f: dict(f.groupby("country").user.nunique())),
    ("visits per country", lambda f: dict(f.groupby("country").size())),
]


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Path]:
    path = tmp_path_factory.mktemp("visits") / "visits.csv"
    VISITS.to_csv(path, index=False)
    return read_table(path, path.name), path


@pytest.mark.parametrize(("question", "expected"), SAID, ids=[question for question, _ in SAID])
def test_columns_are_called_by_parts_of_their_names(
    visits: tuple[Table, Path], question: str, expected: Expected
) -> None:
    answered = ask(question, *visits)
    assert holds(answered, expected(VISITS)), answered.text


def test_small_words_in_a_name_are_no_names(visits: tuple[Table, Path]) -> None:
    """The "of" of a length_of_stay is no column: nothing is computed of it."""
    query = understand("count of requests by country", visits[0])
    assert isinstance(query, Query) and not query.measures


COMPANIES = """Company,Country,Founded,Revenue,Employees
Alder,Korea,1920,$10.8 billion,"1,000"
Birch,Korea,1990,$640 million,200
Cedar,Japan,1945,-$1.2 billion,300
Dahlia,Japan,1960,"$2,500 million",500
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("companies with Revenue above $2 billion", ["Alder", "Dahlia"]),
        ("total Revenue by Country", {"Korea": 11.44e9, "Japan": 1.3e9}),
        ("Revenue per employee by Country", {"Korea": 11.44e9 / 1200, "Japan": 1.3e9 / 800}),
        ("how many companies have Revenue under 1 billion?", 2),
        ("Country별 Revenue 합계가 20억 이상인 Country", {"Korea": 11.44e9}),
    ],
)
def test_numbers_in_words_are_computed_on(tmp_path: Path, question: str, expected: object) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(COMPANIES, encoding="utf-8")
    answered = ask(question, read_table(path, path.name), path)
    names = isinstance(expected, list)
    found = all(name in answered.text for name in expected) if names else holds(answered, expected)
    assert found, answered.text


def test_numbers_in_words_are_computed_on_when_a_question_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(COMPANIES, encoding="utf-8")
    answered = ask("only Japan", read_table(path, path.name), path, earlier=["total Revenue by Country"])
    assert holds(answered, 1.3e9), answered.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many companies were founded before 1950, by Country?", {"Korea": 1, "Japan": 1}),
        ("how many companies were founded after 1945?", 2),
        ("Founded가 1945년 이후인 Company 수", 3),
    ],
)
def test_years_in_a_column_of_numbers_are_compared(tmp_path: Path, question: str, expected: object) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(COMPANIES, encoding="utf-8")
    answered = ask(question, read_table(path, path.name), path)
    assert holds(answered, expected), answered.text


def test_single_value_is_not_told_where_groups_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(COMPANIES, encoding="utf-8")
    answered = ask("how many founding years do we have on file, by Country?", read_table(path, path.name), path)
    assert answered.value is None


STORES = "지역,시도,면적\n서울,수도권,300\n인천,수도권,200\n부산,영남,100\n대구,영남,150\n광주,호남,80\n"


@pytest.mark.parametrize("question", ["시도별 면적 합계", "면적당 매출이 가장 높은 지역"])
def test_what_another_file_says_once_is_not_added_up_for_each_row(
    tables: Mapping[str, tuple[Table, Path]], tmp_path: Path, question: str
) -> None:
    path = tmp_path / "지점.csv"
    path.write_text(STORES, encoding="utf-8")
    answered = ask(question, *tables["sales"], others=[(read_table(path, path.name), path)])
    assert answered.value is None and answered.table is None


def test_key_beside_a_column_of_another_file_sets_nothing_apart(
    tables: Mapping[str, tuple[Table, Path]], tmp_path: Path
) -> None:
    path = tmp_path / "지점.csv"
    path.write_text(STORES, encoding="utf-8")
    answered = ask("지역 시도별 평균 비용", *tables["sales"], others=[(read_table(path, path.name), path)])
    regions = {"서울": "수도권", "인천": "수도권", "부산": "영남", "대구": "영남", "광주": "호남"}
    frame = FRAMES["sales"]
    assert holds(answered, dict(frame.groupby(frame.지역.map(regions)).비용.mean())), answered.text


ITEMS = "품목코드,품목명,창고,단가,재고\nA1,너트,평택,100,5\nA2,볼트,평택,200,0\nA3,핀,이천,300,7\nA4,축,이천,50,9\n"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("재고 0인 품목 갯수", 1),
        ("단가 150원 이상 품목의 재고 합계", 7),
        ("창고별로 단가가 제일 비싼 품목", {"평택": 200, "이천": 300}),
    ],
)
def test_noun_of_several_identifiers_is_the_rows(tmp_path: Path, question: str, expected: object) -> None:
    path = tmp_path / "재고.csv"
    path.write_text(ITEMS, encoding="utf-8")
    answered = ask(question, read_table(path, path.name), path)
    assert holds(answered, expected), answered.text
