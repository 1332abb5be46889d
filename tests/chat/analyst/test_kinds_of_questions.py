"""Exact answers to kinds of questions: ranks and parts, several statistics, formulas, sums of periods, bins, rates."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from chat.analyst.command import ask
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from tests.chat.analyst.exact_tables import FRAMES
from tests.chat.analyst.test_exact_answers import Expected, Frame, assert_exact, by_question, holds, inside


def best(values: pd.Series, percent: float, *, lowest: bool = False) -> pd.Series:
    """The highest (or lowest) values, so many percent of all, rounded up."""
    count = math.ceil(values.notna().sum() * percent / 100)
    return values.nsmallest(count) if lowest else values.nlargest(count)


def nth(values: pd.Series, number: int) -> float:
    return float(values.dropna().drop_duplicates().nlargest(number).iloc[number - 1])


def by_region(frame: Frame) -> pd.Series:
    return frame.groupby("지역").매출.sum()


RANKS: list[tuple[str, str, Expected]] = [
    ("sales", "매출 상위 10% 행", lambda f: list(best(f.매출, 10))),
    ("sales", "매출 상위 5% 주문의 비용 합계", lambda f: f.loc[best(f.매출, 5).index].비용.sum()),
    ("sales", "서울에서 매출 상위 10% 주문의 매출 평균", lambda f: best(f[f.지역 == "서울"].매출, 10).mean()),
    ("sales", "비용 하위 20% 주문의 평균 수량", lambda f: f.loc[best(f.비용, 20, lowest=True).index].수량.mean()),
    ("sales", "매출 상위 40% 지역", lambda f: by_region(f).nlargest(2).to_dict()),
    ("sales", "비용 상위 20개 주문의 평균 수량", lambda f: f.loc[f.비용.nlargest(20).index].수량.mean()),
    ("sales", "마지막 5행 보여줘", lambda f: list(f.비용.tail(5))),
    ("sales", "처음 100행의 매출 합계", lambda f: f.head(100).매출.sum()),
    ("sales", "두 번째로 높은 비용", lambda f: nth(f.비용, 2)),
    ("sales", "매출이 세 번째로 높은 지역은?", lambda f: by_region(f).nlargest(3).index[2]),
    ("sales", "매출이 두 번째로 낮은 지역", lambda f: by_region(f).nsmallest(2).index[1]),
    ("sales", "비용이 4번째로 큰 주문의 주문번호", lambda f: f.loc[f.비용.nlargest(4).index[3]].주문번호),
    ("staff", "top 10 % of rows by Salary", lambda f: list(best(f.Salary, 10))),
    ("staff", "average Salary of the top 10% of employees by Years", lambda f: f.loc[rows_by_years(f)].Salary.mean()),
    ("staff", "average Salary of the bottom 5%", lambda f: best(f.Salary, 5, lowest=True).mean()),
    ("staff", "mean Age of the top 30 employees by Salary", lambda f: f.loc[f.Salary.nlargest(30).index].Age.mean()),
    ("staff", "the last 7 rows", lambda f: list(f.Salary.tail(7))),
    ("staff", "mean Salary of the first 50 rows", lambda f: f.head(50).Salary.mean()),
    ("staff", "what is the second highest Salary?", lambda f: nth(f.Salary, 2)),
    ("staff", "3rd largest Salary", lambda f: nth(f.Salary, 3)),
    ("staff", "which Department has the second highest average Salary?", lambda f: second(f, "Department", "Salary")),
    ("staff", "top 50% of Departments by average Salary", lambda f: means(f).nlargest(2).to_dict()),
]
MIXED: list[tuple[str, str, Expected]] = [
    ("sales", "지역별 평균 비용과 수량 합계", lambda f: each(f, "지역", 비용="mean", 수량="sum")),
    (
        "sales",
        "제품별 매출 합계와 비용 평균, 주문 건수",
        lambda f: each(f, "제품", 매출="sum", 비용="mean", 주문번호="size"),
    ),
    ("sales", "매출 합계와 수량 평균", lambda f: [f.매출.sum(), f.수량.mean()]),
    (
        "sales",
        "월별 매출 합계와 평균 비용",
        lambda f: each(f, f.주문일.dt.to_period("M"), 매출="sum", 비용="mean")[:40],
    ),
    ("sales", "지역별 최고 매출과 최저 비용", lambda f: each(f, "지역", 매출="max", 비용="min")),
    (
        "staff",
        "average Salary and total Years by Department",
        lambda f: each(f, "Department", Salary="mean", Years="sum"),
    ),
    (
        "staff",
        "number of employees and median Salary by Gender",
        lambda f: each(f, "Gender", Name="size", Salary="median"),
    ),
    ("staff", "max Salary, min Age and total Years", lambda f: [f.Salary.max(), f.Age.min(), f.Years.sum()]),
    (
        "weather",
        "mean temperature and total rainfall per station",
        lambda f: each(f, "station", temperature="mean", rainfall="sum"),
    ),
]
NESTED: list[tuple[str, str, Expected]] = [
    ("sales", "월별 매출 합계의 평균", lambda f: by_month(f).mean()),
    ("sales", "2024년 월별 매출 합계의 최댓값", lambda f: by_month(f[f.주문일.dt.year == 2024]).max()),
    ("sales", "일별 주문 건수의 최댓값", lambda f: f.groupby(f.주문일.dt.date).size().max()),
    ("sales", "월평균 매출", lambda f: by_month(f).mean()),
    (
        "sales",
        "지역별 월평균 매출",
        lambda f: f.groupby(["지역", f.주문일.dt.to_period("M")]).매출.sum().groupby(level=0).mean().to_dict(),
    ),
    ("sales", "지역별 평균 비용의 표준편차", lambda f: f.groupby("지역").비용.mean().std()),
    (
        "sales",
        "매출의 이상치를 빼고 월별 매출 합계의 중앙값",
        lambda f: by_month(f[f.매출.isin(inside(f.매출)) | f.매출.isna()]).median(),
    ),
    ("sales", "서울의 월별 비용 합계의 평균", lambda f: by_month(f[f.지역 == "서울"], "비용").mean()),
    ("weather", "average of monthly totals of rainfall", lambda f: by_month(f, "rainfall").mean()),
    ("weather", "maximum of daily total rainfall", lambda f: f.groupby("date").rainfall.sum().max()),
    ("staff", "average number of employees per Department", lambda f: f.groupby("Department").size().mean()),
    ("staff", "standard deviation of the Department average Salaries", lambda f: means(f).std()),
    ("staff", "average number of rows per year", lambda f: f.groupby(f.Hired.dt.year).size().mean()),
]


FORMULAS: list[tuple[str, str, Expected]] = [
    ("sales", "매출 * 1.1 의 합", lambda f: (f.매출 * 1.1).sum()),
    ("sales", "비용 × 수량의 합계", lambda f: (f.비용 * f.수량).sum()),
    (
        "sales",
        "지역별 (매출 - 비용) / 수량 평균",
        lambda f: ((f.매출 - f.비용) / f.수량).groupby(f.지역).mean().to_dict(),
    ),
    ("sales", "매출에서 비용을 뺀 값에 1.1을 곱한 값의 합계", lambda f: ((f.매출 - f.비용) * 1.1).sum()),
    ("sales", "비용을 1000으로 나눈 값의 평균", lambda f: (f.비용 / 1000).mean()),
    ("sales", "제품별 이익률(비용/매출)", lambda f: of_sums(f, "제품", "비용", "매출")),
    ("sales", "매출 대비 비용 비율을 지역별로", lambda f: of_sums(f, "지역", "비용", "매출")),
    ("sales", "월별 매출 대비 비용 비율", lambda f: list(of_months(f, "비용") / of_months(f, "매출"))),
    ("sales", "비용/매출이 가장 높은 제품", lambda f: pd.Series(of_sums(f, "제품", "비용", "매출")).idxmax()),
    ("staff", "Salary / 12 by Department, average", lambda f: (f.Salary / 12).groupby(f.Department).mean().to_dict()),
    ("staff", "total of Salary times 1.05", lambda f: (f.Salary * 1.05).sum()),
    ("staff", "average of 65 - Age", lambda f: (65 - f.Age).mean()),
    ("staff", "total Salary + Years * 100", lambda f: (f.Salary + f.Years * 100).sum()),
    ("staff", "ratio of Years to Age by Gender", lambda f: of_sums(f, "Gender", "Years", "Age")),
    ("staff", "average of Years / Age by Gender", lambda f: (f.Years / f.Age).groupby(f.Gender).mean().to_dict()),
    ("staff", "Salary minus Years by Department", lambda f: (f.Salary - f.Years).groupby(f.Department).sum().to_dict()),
]
BINS: list[tuple[str, str, Expected]] = [
    ("customers", "연령을 10살 단위로 나눠 만족도 평균", lambda f: list(f.groupby(f.연령 // 10 * 10).만족도.mean())),
    ("sales", "수량을 5개 단위로 묶어 주문 건수", lambda f: list(f.groupby(f.수량 // 5).size())),
    ("staff", "number of employees by Age in bins of 5", lambda f: list(f.groupby(f.Age // 5).size())),
    ("staff", "average Salary by Years in bins of 10", lambda f: list(f.groupby(f.Years // 10).Salary.mean())),
    ("weather", "histogram of humidity in 5 bins", lambda f: list(pd.cut(f.humidity, 5, right=False).value_counts())),
]
RATES: list[tuple[str, str, Expected]] = [
    ("sales", "지역별 매출 5000 이상 비율", lambda f: rates(f, "지역", f.매출 >= 5000)),
    ("sales", "제품별 서울 비율", lambda f: rates(f, "제품", f.지역 == "서울")),
    ("sales", "서울에서 노트북 비율", lambda f: (f[f.지역 == "서울"].제품 == "노트북").mean() * 100),
    (
        "sales",
        "매출 5000 이상 비율이 가장 높은 담당자",
        lambda f: pd.Series(rates(f, "담당자", f.매출 >= 5000)).idxmax(),
    ),
    ("sales", "2024년 지역별 노트북 비율", lambda f: rates(f[f.주문일.dt.year == 2024], "지역", f.제품 == "노트북")),
    (
        "staff",
        "percentage of employees with Salary over 60000 by Department",
        lambda f: rates(f, "Department", f.Salary > 60000),
    ),
    ("staff", "share of female employees by Department", lambda f: rates(f, "Department", f.Gender == "female")),
    (
        "staff",
        "what percentage of Sales employees are female?",
        lambda f: (f[f.Department == "Sales"].Gender == "female").mean() * 100,
    ),
]
GROWTH: list[tuple[str, str, Expected]] = [
    ("sales", "2024년 월별 매출의 전월 대비 증가율", lambda f: list(of_months(f, "매출").pct_change()["2024":] * 100)),
    ("sales", "2024년 2분기 매출의 전분기 대비 증가율", lambda f: of_quarters(f).pct_change()["2024Q2"] * 100),
    (
        "weather",
        "month over month growth of total rainfall in June 2024",
        lambda f: of_months(f, "rainfall").pct_change()["2024-06"] * 100,
    ),
]


OTHERS: list[tuple[str, str, Expected]] = [
    ("sales", "지역별 노트북 매출 비중", lambda f: parts(f, "지역", f.제품 == "노트북")),
    ("sales", "매출 결측 비율을 제품별로", lambda f: rates(f, "제품", f.매출.isna())),
    ("sales", "제품별 매출 비중을 높은 순으로", lambda f: dict(f.groupby("제품").매출.sum() / f.매출.sum() * 100)),
    ("sales", "제품별 매출과 비용의 상관계수", lambda f: {k: g.매출.corr(g.비용) for k, g in f.groupby("제품")}),
    ("sales", "매출이 평균보다 2표준편차 이상 높은 주문 건수", lambda f: far(f.매출, 2)),
    ("sales", "수량이 1이 아닌 주문은 몇 건이야?", lambda f: int((f.수량 != 1).sum())),
    ("sales", "제품별 서울과 부산의 매출 합계 차이", lambda f: apart(f, "제품")),
    ("sales", "월별 서울과 부산의 매출 차이", lambda f: list(apart(f, f.주문일.dt.to_period("M")).values())),
    ("sales", "2023년과 2024년의 매출 합계 차이", lambda f: years(f)[2023] - years(f)[2024]),
    ("sales", "2024년 매출은 2023년보다 얼마나 늘었어?", lambda f: years(f)[2024] - years(f)[2023]),
    ("sales", "서울과 부산의 주문 건수 차이", lambda f: int((f.지역 == "서울").sum() - (f.지역 == "부산").sum())),
    ("sales", "매출 합계와 비용 합계의 차이", lambda f: f.매출.sum() - f.비용.sum()),
    ("sales", "매출 합계 / 수량 합계", lambda f: f.매출.sum() / f.수량.sum()),
    (
        "sales",
        "비용 상위 10% 주문에서 노트북 비율",
        lambda f: (f.loc[best(f.비용, 10).index].제품 == "노트북").mean() * 100,
    ),
    ("staff", "total Salary - total Years", lambda f: f.Salary.sum() - f.Years.sum()),
    ("staff", "average Salary minus average Years by Gender", lambda f: mean_gaps(f)),
    ("sales", "가격당(매출/수량) 평균", lambda f: (f.매출 / f.수량).mean()),
    ("sales", "비용이 매출의 80%보다 큰 주문 건수", lambda f: int((f.비용 > f.매출 * 0.8).sum())),
    ("staff", "difference in average Salary between male and female by Department", lambda f: pay_gap(f)),
    ("staff", "female share by Department", lambda f: rates(f, "Department", f.Gender == "female")),
    ("staff", "which Department has the highest share of female employees?", lambda f: most_female(f)),
    ("staff", "correlation between Years and Salary by Gender", lambda f: correlations(f)),
    ("staff", "average Salary by Years in 5-year bins", lambda f: list(f.groupby(f.Years // 5).Salary.mean())),
    ("weather", "total rainfall on May 3, 2024", lambda f: f[f.date == "2024-05-03"].rainfall.sum()),
    ("weather", "total rainfall on 3 May", lambda f: f[f.date == "2024-05-03"].rainfall.sum()),
    ("weather", "5월 3일 rainfall 합계", lambda f: f[f.date == "2024-05-03"].rainfall.sum()),
    ("customers", "VIPs의 평균 만족도", lambda f: f[f.등급 == "VIP"].만족도.mean()),
]


def parts(frame: Frame, group: str, met: pd.Series) -> dict[str, float]:
    """Of the sum of the sales of each group, what rows have that meet a condition; in percent."""
    whole = frame.groupby(group).매출.sum()
    return dict(frame[met].groupby(group).매출.sum() / whole * 100)


def years(frame: Frame) -> pd.Series:
    return frame.groupby(frame.주문일.dt.year).매출.sum()


def mean_gaps(frame: Frame) -> dict[str, float]:
    means = frame.groupby("Gender")[["Salary", "Years"]].mean()
    return dict(means.Salary - means.Years)


def far(values: pd.Series, deviations: float) -> int:
    return int((values >= values.mean() + deviations * values.std()).sum())


def apart(frame: Frame, group: str | pd.Series) -> dict[object, float]:
    """How much more Seoul sold than Busan, where both did."""
    sums = frame.groupby([group, "지역"]).매출.sum().unstack()
    return dict((sums["서울"] - sums["부산"]).dropna())


def pay_gap(frame: Frame) -> dict[str, float]:
    means = frame.groupby(["Department", "Gender"]).Salary.mean().unstack()
    return dict(means["male"] - means["female"])


def most_female(frame: Frame) -> str:
    return str((frame.Gender == "female").groupby(frame.Department).mean().idxmax())


def correlations(frame: Frame) -> dict[str, float]:
    return {str(name): rows.Years.corr(rows.Salary) for name, rows in frame.groupby("Gender")}


def of_sums(frame: Frame, group: str, one: str, other: str) -> dict[str, float]:
    sums = frame.groupby(group)[[one, other]].sum()
    return dict(sums[one] / sums[other])


def of_months(frame: Frame, column: str) -> pd.Series:
    return by_month(frame, column)


def of_quarters(frame: Frame) -> pd.Series:
    return frame.groupby(frame.주문일.dt.to_period("Q")).매출.sum()


def rates(frame: Frame, group: str, met: pd.Series) -> dict[str, float]:
    """In percent, of the rows of each group that has a name."""
    return dict(met[frame.index].groupby(frame[group]).mean() * 100)


def by_month(frame: Frame, column: str = "매출") -> pd.Series:
    when = "주문일" if "주문일" in frame else "date"
    return frame.groupby(frame[when].dt.to_period("M"))[column].sum()


def rows_by_years(frame: Frame) -> pd.Index:
    """The 25 of 250 who have been there longest; of equal ones the first in the file."""
    return frame.Years.sort_values(ascending=False, kind="stable").head(25).index


def means(frame: Frame) -> pd.Series:
    return frame.groupby("Department").Salary.mean()


def second(frame: Frame, group: str, measure: str) -> str:
    return str(frame.groupby(group)[measure].mean().nlargest(2).index[1])


def each(frame: Frame, group: str | pd.Series, **statistics: str) -> list[float]:
    """Every number of a table of groups that have a name."""
    return list(frame.groupby(group).agg(statistics).to_numpy().ravel())


ASKED = [*RANKS, *MIXED, *NESTED, *FORMULAS, *BINS, *RATES, *GROWTH, *OTHERS]


BRANCHES = pd.DataFrame(
    {
        "지점": ["강남", "종로", "해운대", "광안"],
        "시도": ["서울", "서울", "부산", "부산"],
        "2022": [120, 80, 60, 40],
        "2023": [100, 110, 66, 50],
        "2024": [130, 99, 60, 75],
    }
)
YEARS: list[tuple[str, Expected]] = [
    ("2023 대비 2024 증가율", lambda f: (f["2024"].sum() / f["2023"].sum() - 1) * 100),
    ("지점별 2023 대비 2024 증가율", lambda f: dict(zip(f.지점, (f["2024"] / f["2023"] - 1) * 100, strict=True))),
    ("시도별 2022년 대비 2024년 증가율", lambda f: dict((sums(f)["2024"] / sums(f)["2022"] - 1) * 100)),
    ("growth from 2022 to 2024 by 시도", lambda f: dict((sums(f)["2024"] / sums(f)["2022"] - 1) * 100)),
    ("2024 합계와 2023 합계의 차이", lambda f: f["2024"].sum() - f["2023"].sum()),
    ("difference between 2024 and 2022 for each 지점", lambda f: list(f["2024"] - f["2022"])),
    ("2023에서 2024로 가장 많이 증가한 지점", lambda f: f.loc[(f["2024"] - f["2023"]).idxmax()].지점),
    ("which 지점 grew most from 2023 to 2024?", lambda f: f.loc[(f["2024"] - f["2023"]).idxmax()].지점),
    ("2024가 2023보다 감소한 지점은 몇 개야?", lambda f: int((f["2024"] < f["2023"]).sum())),
    ("2024년 합계", lambda f: f["2024"].sum()),
    ("average 2022", lambda f: f["2022"].mean()),
]


def sums(frame: Frame) -> Frame:
    return frame.groupby("시도")[["2022", "2023", "2024"]].sum()


@pytest.mark.parametrize(("question", "expected"), YEARS, ids=[question for question, _ in YEARS])
def test_years_may_be_columns(tmp_path: Path, question: str, expected: Expected) -> None:
    path = tmp_path / "지점.csv"
    BRANCHES.to_csv(path, index=False)
    answered = ask(question, read_table(path, path.name), path)
    assert holds(answered, expected(BRANCHES)), answered.text


@by_question(ASKED)
def test_the_answer_is_exact(
    tables: Mapping[str, tuple[Table, Path]], name: str, question: str, expected: Expected
) -> None:
    assert_exact(tables[name], question, expected(FRAMES[name]))


NOT_IGNORED = [
    ("sales", "매출이 가장 높은 달과 두 번째로 높은 달"),
    ("sales", "매출 10%"),
    ("sales", "두 번째 매출 합계"),
    ("sales", "지역별 이익률"),
    ("sales", "매출을 2시간 단위로 나눠 합계"),
    ("weather", "average temperature on weekends vs weekdays"),
    ("staff", "error rate by Department"),
    ("staff", "average Salary of the top 3 Departments by number of employees"),
    ("staff", "Salary times Department"),
]


@pytest.mark.parametrize(("name", "question"), NOT_IGNORED, ids=[question for _, question in NOT_IGNORED])
def test_no_part_of_a_question_is_ignored(tables: Mapping[str, tuple[Table, Path]], name: str, question: str) -> None:
    answered = ask(question, *tables[name])
    assert answered.value is None and answered.table is None, answered.text


SHOWN = [
    ("sales", "매출 상위 10% 주문의 비용 합계"),
    ("sales", "지역별 두 번째로 매출이 높은 제품"),
    ("sales", "지역별 (매출 - 비용) / 수량 평균"),
    ("sales", "서울의 월별 비용 합계의 평균"),
    ("sales", "수량을 5개 단위로 묶어 주문 건수"),
    ("sales", "2024년 지역별 노트북 비율"),
    ("sales", "2024년 월별 매출의 전월 대비 증가율"),
    ("sales", "제품별 서울과 부산의 매출 합계 차이"),
]


@pytest.mark.parametrize(("name", "question"), SHOWN, ids=[question for _, question in SHOWN])
def test_the_shown_code_computes_the_same(tables: Mapping[str, tuple[Table, Path]], name: str, question: str) -> None:
    table, path = tables[name]
    answered = ask(question, table, path)
    run = subprocess.run(
        [sys.executable, "-c", answered.code], cwd=path.parent, capture_output=True, text=True, check=True
    )
    printed = [float(cell) for line in run.stdout.splitlines()[1:] for cell in line.split("\t") if is_float(cell)]
    rows = [[answered.value], *(answered.table["rows"] if answered.table else [])]
    numbers = [cell for row in rows for cell in row if isinstance(cell, int | float)]
    assert numbers
    assert all(any(math.isclose(number, found, rel_tol=1e-9) for found in printed) for number in numbers)


def is_float(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) is not None
