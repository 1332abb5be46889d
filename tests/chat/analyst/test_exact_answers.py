"""Questions in Korean and English over four tables, whose answers are computed here without the analyst."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy import stats

from chat.analyst.command import Answered, ask
from chat.analyst.tables import Table
from tests.chat.analyst.exact_tables import FRAMES

Frame = pd.DataFrame
Expected = Callable[[Frame], Any]

SALES: list[tuple[str, Expected]] = [
    ("매출 합계는?", lambda f: f.매출.sum()),
    ("총 매출이 얼마야", lambda f: f.매출.sum()),
    ("매출 평균을 알려줘", lambda f: f.매출.mean()),
    ("매출의 중앙값은?", lambda f: f.매출.median()),
    ("매출의 표준편차", lambda f: f.매출.std()),
    ("매출 분산", lambda f: f.매출.var()),
    ("매출의 왜도", lambda f: f.매출.skew()),
    ("매출의 첨도는 얼마인가요?", lambda f: f.매출.kurt()),
    ("매출의 최댓값과 최솟값", lambda f: [f.매출.max(), f.매출.min()]),
    ("매출의 1사분위수와 3사분위수", lambda f: [f.매출.quantile(0.25), f.매출.quantile(0.75)]),
    ("매출의 사분위 범위", lambda f: f.매출.quantile(0.75) - f.매출.quantile(0.25)),
    ("매출의 90번째 백분위수", lambda f: f.매출.quantile(0.9)),
    ("매출의 범위(최대-최소)", lambda f: f.매출.max() - f.매출.min()),
    ("비용의 변동계수", lambda f: f.비용.std() / f.비용.mean()),
    ("행이 몇 개야?", len),
    ("서울 매출 합계", lambda f: f[f.지역 == "서울"].매출.sum()),
    ("부산의 평균 매출은?", lambda f: f[f.지역 == "부산"].매출.mean()),
    ("서울의 노트북 판매 건수", lambda f: len(f[(f.지역 == "서울") & (f.제품 == "노트북")])),
    ("서울과 부산을 제외한 매출 합계", lambda f: f[f.지역.notna() & ~f.지역.isin(["서울", "부산"])].매출.sum()),
    ("매출이 5000 이상인 건수", lambda f: int((f.매출 >= 5000).sum())),
    ("수량이 10 초과 15 이하인 행의 매출 합계", lambda f: f[(f.수량 > 10) & (f.수량 <= 15)].매출.sum()),
    ("수량이 5와 10 사이인 행의 개수", lambda f: int(f.수량.between(5, 10).sum())),
    ("매출이 1만 이상인 주문은 몇 건?", lambda f: int((f.매출 >= 10000).sum())),
    ("지역별 매출 합계", lambda f: f.groupby("지역", dropna=False).매출.sum().to_dict()),
    ("지역별 평균 매출을 높은 순으로", lambda f: f.groupby("지역").매출.mean().to_dict()),
    ("제품별 수량 합계", lambda f: f.groupby("제품").수량.sum().to_dict()),
    ("담당자별 매출 중앙값", lambda f: f.groupby("담당자").매출.median().to_dict()),
    ("지역별 제품별 매출 합계", lambda f: f.groupby(["지역", "제품"], dropna=False).매출.sum().to_dict()),
    ("제품별 주문 건수", lambda f: f.groupby("제품").size().to_dict()),
    ("매출이 가장 높은 지역은?", lambda f: f.groupby("지역").매출.sum().idxmax()),
    ("매출 상위 3개 지역", lambda f: f.groupby("지역").매출.sum().nlargest(3).to_dict()),
    ("매출이 가장 낮은 담당자", lambda f: f.groupby("담당자").매출.sum().idxmin()),
    ("매출 상위 5개 행", lambda f: list(f.매출.nlargest(5))),
    (
        "지역별 매출 상위 2개 제품",
        lambda f: (
            f.groupby(["지역", "제품"]).매출.sum().sort_values(ascending=False).groupby(level=0).head(2).to_dict()
        ),
    ),
    ("월별 매출 합계", lambda f: months(f.groupby(f.주문일.dt.to_period("M")).매출.sum())),
    ("연도별 매출 합계", lambda f: {str(k): v for k, v in f.groupby(f.주문일.dt.year).매출.sum().items()}),
    ("분기별 수량 합계", lambda f: list(f.groupby(f.주문일.dt.to_period("Q")).수량.sum())),
    ("2023년 매출 합계", lambda f: f[f.주문일.dt.year == 2023].매출.sum()),
    ("2024년 3월 매출 합계", lambda f: f[f.주문일.dt.strftime("%Y-%m") == "2024-03"].매출.sum()),
    (
        "2023년 6월 15일부터 2023년 9월 10일까지의 매출 합계",
        lambda f: f[(f.주문일 >= "2023-06-15") & (f.주문일 <= "2023-09-10")].매출.sum(),
    ),
    ("2024년 상반기 비용 합계", lambda f: f[(f.주문일 >= "2024-01-01") & (f.주문일 < "2024-07-01")].비용.sum()),
    ("2024년 서울의 월별 매출", lambda f: months_of(f[(f.주문일.dt.year == 2024) & (f.지역 == "서울")], "매출")),
    ("지역별 매출 비중", lambda f: (f.groupby("지역").매출.sum() / f.매출.sum() * 100).to_dict()),
    (
        "제품별 매출 누적 비중",
        lambda f: (f.groupby("제품").매출.sum().sort_values(ascending=False) / f.매출.sum() * 100).cumsum().to_dict(),
    ),
    (
        "월별 매출의 전월 대비 증가율",
        lambda f: list((f.groupby(f.주문일.dt.to_period("M")).매출.sum().pct_change() * 100).dropna()),
    ),
    (
        "월별 매출의 3개월 이동평균",
        lambda f: list(f.groupby(f.주문일.dt.to_period("M")).매출.sum().rolling(3).mean().dropna()),
    ),
    ("월별 매출 누적 합계", lambda f: list(f.groupby(f.주문일.dt.to_period("M")).매출.sum().cumsum())),
    ("매출과 비용의 상관관계", lambda f: f[["매출", "비용"]].dropna().corr().iloc[0, 1]),
    ("수량과 비용의 스피어만 상관계수", lambda f: stats.spearmanr(f.수량, f.비용).statistic),
    ("매출의 결측값은 몇 개?", lambda f: int(f.매출.isna().sum())),
    ("결측치가 있는 열은?", lambda f: {"매출": int(f.매출.isna().sum()), "지역": 1}),
    ("매출의 이상치 개수", lambda f: beyond(f.매출)),
    ("비용의 이상치를 제외한 평균", lambda f: inside(f.비용).mean()),
    (
        "매출의 이상치를 빼고 지역별 매출 평균",
        lambda f: f[f.매출.isin(inside(f.매출))].groupby("지역").매출.mean().to_dict(),
    ),
    ("결측값을 평균으로 채운 뒤 매출의 표준편차", lambda f: f.매출.fillna(f.매출.mean()).std()),
    ("결측값을 0으로 채우고 매출 평균", lambda f: f.매출.fillna(0).mean()),
    ("매출에서 비용을 뺀 값의 합계", lambda f: (f.매출 - f.비용).sum()),
    ("서울과 부산의 매출 합계 차이", lambda f: abs(total(f, "서울") - total(f, "부산"))),
    ("매출 합계가 350000 이상인 지역", lambda f: at_least(f.groupby("지역").매출.sum(), 350000)),
    ("주문이 95건 넘는 제품", lambda f: above(f.groupby("제품").size(), 95)),
    ("지역별 월별 매출 피벗", lambda f: list(f.groupby(["지역", f.주문일.dt.to_period("M")]).매출.sum())[:20]),
    ("매출이 평균보다 높은 주문 건수", lambda f: int((f.매출 > f.매출.mean()).sum())),
    ("비용보다 매출이 큰 주문은 몇 건?", lambda f: int((f.매출 > f.비용).sum())),
    ("매출 대비 비용 비율", lambda f: f.비용.sum() / f.매출.sum()),
    ("매출 합계가 35만 이상인 지역은 몇 개야?", lambda f: int((f.groupby("지역").매출.sum() >= 350_000).sum())),
    ("서울에서 이상치를 빼고 매출 평균", lambda f: without_outliers(f[f.지역 == "서울"].매출).mean()),
    ("서울 또는 부산의 매출 합계", lambda f: f[f.지역.isin(["서울", "부산"])].매출.sum()),
    ("가장 오래된 주문의 지역은?", lambda f: f.loc[f.주문일.idxmin()].지역),
    ("제품은 몇 종류야?", lambda f: f.제품.nunique()),
    ("담당자가 모두 몇 명이야", lambda f: f.담당자.nunique()),
    ("지역별 담당자 수", lambda f: f.groupby("지역").담당자.nunique().to_dict()),
    ("매출과 수량의 평균", lambda f: [f.매출.mean(), f.수량.mean()]),
    ("지역별 매출과 비용의 합계", lambda f: list(f.groupby("지역")[["매출", "비용"]].sum().to_numpy().ravel())),
    ("주문번호 S1010의 담당자는?", lambda f: f[f.주문번호 == "S1010"].담당자.iloc[0]),
    ("주문번호 S1033의 매출은?", lambda f: f[f.주문번호 == "S1033"].매출.iloc[0]),
    ("지역별 매출 차이가 유의한가? (분산분석)", lambda f: anova(f, "지역", "매출")),
    ("비용으로 매출을 예측하는 회귀식", lambda f: regression(f, "비용", "매출")),
    ("중복된 행이 있어?", lambda f: int(f.duplicated().sum())),
    ("요일별 매출 합계", lambda f: list(f.groupby(f.주문일.dt.day_of_week).매출.sum())),
    ("가장 최근 주문일", lambda f: f.주문일.max()),
    ("담당자별 매출 합계와 평균", lambda f: list(f.groupby("담당자").매출.agg(["sum", "mean"]).to_numpy().ravel())),
]

STAFF: list[tuple[str, Expected]] = [
    ("What is the average salary?", lambda f: f.Salary.mean()),
    ("Could you tell me the median salary of all employees, please?", lambda f: f.Salary.median()),
    ("mean, median and standard deviation of Salary", lambda f: [f.Salary.mean(), f.Salary.median(), f.Salary.std()]),
    ("What is the skewness of the salary column?", lambda f: f.Salary.skew()),
    ("kurtosis of Salary", lambda f: f.Salary.kurt()),
    ("What is the 95th percentile of salary?", lambda f: f.Salary.quantile(0.95)),
    ("interquartile range of Age", lambda f: f.Age.quantile(0.75) - f.Age.quantile(0.25)),
    ("What is the variance of years?", lambda f: f.Years.var()),
    ("range of salary", lambda f: f.Salary.max() - f.Salary.min()),
    ("mode of Department", lambda f: f.Department.mode()[0]),
    ("How many employees are there?", len),
    ("How many women work in Engineering?", lambda f: count(f, Gender="female", Department="Engineering")),
    ("How many female employees are in Engineering?", lambda f: count(f, Gender="female", Department="Engineering")),
    ("How many employees are older than 40?", lambda f: int((f.Age > 40).sum())),
    ("How many employees earn more than 60000?", lambda f: int((f.Salary > 60000).sum())),
    ("How many people earn between 40,000 and 50,000?", lambda f: int(f.Salary.between(40000, 50000).sum())),
    ("average salary by department", lambda f: f.groupby("Department").Salary.mean().to_dict()),
    ("average salary by department and gender", lambda f: f.groupby(["Department", "Gender"]).Salary.mean().to_dict()),
    ("Count of employees per department", lambda f: f.groupby("Department").size().to_dict()),
    ("number of employees by gender", lambda f: f.groupby("Gender").size().to_dict()),
    ("Which department has the highest average salary?", lambda f: f.groupby("Department").Salary.mean().idxmax()),
    ("Which department has the fewest employees?", lambda f: f.groupby("Department").size().idxmin()),
    ("Who has the highest salary?", lambda f: f.loc[f.Salary.idxmax()].Name),
    ("top 5 employees by salary", lambda f: list(f.Salary.nlargest(5))),
    ("the 3 lowest salaries", lambda f: list(f.Salary.nsmallest(3))),
    ("top 2 salaries in each department", lambda f: list(f.groupby("Department").Salary.nlargest(2))),
    ("total salary of Finance", lambda f: f[f.Department == "Finance"].Salary.sum()),
    ("average salary excluding Support", lambda f: f[f.Department != "Support"].Salary.mean()),
    (
        "mean salary of employees in Sales or Finance",
        lambda f: f[f.Department.isin(["Sales", "Finance"])].Salary.mean(),
    ),
    ("mean salary of employees hired after 2015", lambda f: f[f.Hired >= "2016-01-01"].Salary.mean()),
    ("How many employees were hired in 2010?", lambda f: int((f.Hired.dt.year == 2010).sum())),
    ("How many employees were hired before 2000?", lambda f: int((f.Hired < "2000-01-01").sum())),
    ("hires per year", lambda f: list(f.groupby(f.Hired.dt.year).size())),
    ("share of employees by department", lambda f: (f.Department.value_counts(normalize=True) * 100).to_dict()),
    ("What percentage of employees work remotely?", None),
    ("What percentage of employees have Remote yes?", lambda f: (f.Remote == "yes").mean() * 100),
    ("correlation between years and salary", lambda f: f.Years.corr(f.Salary)),
    ("Spearman correlation of Years and Salary", lambda f: stats.spearmanr(f.Years, f.Salary).statistic),
    (
        "Is the correlation between years and salary significant?",
        lambda f: list(stats.pearsonr(f.Years, f.Salary)),
    ),
    ("Is there a significant difference in salary between men and women?", lambda f: welch(f, "Gender", "Salary")),
    ("Is there a significant difference in salary between male and female?", lambda f: welch(f, "Gender", "Salary")),
    ("t-test of salary by gender", lambda f: welch(f, "Gender", "Salary")),
    ("Does salary differ between departments? Use ANOVA", lambda f: anova(f, "Department", "Salary")),
    ("Are gender and remote independent? chi-square test", lambda f: independence(f, "Gender", "Remote")),
    ("Is salary normally distributed?", lambda f: stats.shapiro(f.Salary).pvalue),
    ("linear regression of salary on years", lambda f: regression(f, "Years", "Salary")),
    ("outliers in salary", lambda f: beyond(f.Salary)),
    (
        "How many outliers does salary have by z-score?",
        lambda f: int((((f.Salary - f.Salary.mean()) / f.Salary.std()).abs() > 3).sum()),
    ),
    ("drop the outliers, then the mean salary", lambda f: inside(f.Salary).mean()),
    (
        "Remove outliers of salary, then average salary by department",
        lambda f: f[f.Salary.isin(inside(f.Salary))].groupby("Department").Salary.mean().to_dict(),
    ),
    ("fill missing ages with the median and give the mean age", lambda f: f.Age.fillna(f.Age.median()).mean()),
    ("How many missing values are in Age?", lambda f: int(f.Age.isna().sum())),
    ("departments with more than 60 employees", lambda f: above(f.groupby("Department").size(), 60)),
    ("average salry by departmnt", lambda f: f.groupby("Department").Salary.mean().to_dict()),
    ("What is the salary of Person 042?", lambda f: f[f.Name == "Person 042"].Salary.iloc[0]),
    ("In which department is Person 100?", lambda f: f[f.Name == "Person 100"].Department.iloc[0]),
    ("difference between the average salary of Sales and Engineering", lambda f: difference(f, "Sales", "Engineering")),
    ("minimum and maximum age", lambda f: [f.Age.min(), f.Age.max()]),
    ("How many different departments are there?", lambda f: f.Department.nunique()),
    ("number of employees with Years of at least 20", lambda f: int((f.Years >= 20).sum())),
    ("average age by gender", lambda f: f.groupby("Gender").Age.mean().to_dict()),
    ("median salary for each department", lambda f: f.groupby("Department").Salary.median().to_dict()),
    ("standard error of the mean of salary", lambda f: f.Salary.sem()),
    ("How many employees earn more than the average salary?", lambda f: int((f.Salary > f.Salary.mean()).sum())),
    ("median salary for employees with more than 10 years", lambda f: f[f.Years > 10].Salary.median()),
    ("percentiles 10, 50 and 90 of Salary", lambda f: list(f.Salary.quantile([0.1, 0.5, 0.9]))),
    (
        "How many departments have an average salary above 53000?",
        lambda f: int((f.groupby("Department").Salary.mean() > 53000).sum()),
    ),
    (
        "average salary of employees hired between 2010 and 2015",
        lambda f: f[f.Hired.dt.year.between(2010, 2015)].Salary.mean(),
    ),
    ("scatter plot of Age and Salary", lambda f: f[["Age", "Salary"]].dropna().corr().iloc[0, 1]),
    ("salary per year of service: mean of Salary divided by Age", lambda f: (f.Salary / f.Age).mean()),
]

WEATHER: list[tuple[str, Expected]] = [
    ("average temperature by month", lambda f: months_of(f, "temperature", "mean")),
    ("total rainfall by station", lambda f: f.groupby("station").rainfall.sum().to_dict()),
    ("What was the highest temperature at North?", lambda f: f[f.station == "North"].temperature.max()),
    ("On which date was the temperature highest?", lambda f: f.loc[f.temperature.idxmax()].date),
    ("How many days had rainfall of more than 10 at South?", lambda f: int(((f.rainfall > 10) & south(f)).sum())),
    ("average humidity in July", lambda f: f[f.date.dt.month == 7].humidity.mean()),
    ("average temperature between 2024-03-01 and 2024-05-31", lambda f: between(f).temperature.mean()),
    ("mean temperature per quarter", lambda f: list(f.groupby(f.date.dt.quarter).temperature.mean())),
    ("weekly total rainfall", lambda f: list(f.groupby(f.date.dt.to_period("W-SUN")).rainfall.sum())),
    (
        "7-day moving average of temperature at North",
        lambda f: list(f[f.station == "North"].temperature.rolling(7).mean().dropna())[:50],
    ),
    ("correlation of temperature and humidity", lambda f: f[["temperature", "humidity"]].dropna().corr().iloc[0, 1]),
    ("Does temperature differ between North and South? t-test", lambda f: welch(f, "station", "temperature")),
    ("missing values by column", lambda f: {"humidity": int(f.humidity.isna().sum())}),
    ("skewness of rainfall", lambda f: f.rainfall.skew()),
    ("median rainfall of days with rainfall above 0", lambda f: f[f.rainfall > 0].rainfall.median()),
    (
        "share of rainfall by station",
        lambda f: (f.groupby("station").rainfall.sum() / f.rainfall.sum() * 100).to_dict(),
    ),
    ("On which day was humidity lowest?", lambda f: f.loc[f.humidity.idxmin()].date),
    ("5 days with the most rainfall", lambda f: list(f.groupby("date").rainfall.sum().nlargest(5))),
    ("rainfall total in the last month", lambda f: f[f.date.dt.strftime("%Y-%m") == "2024-11"].rainfall.sum()),
    ("cumulative rainfall by month", lambda f: list(f.groupby(f.date.dt.month).rainfall.sum().cumsum())),
    (
        "average temperature by station and month as a pivot",
        lambda f: list(f.groupby(["station", f.date.dt.month]).temperature.mean()),
    ),
    ("standard deviation of temperature by station", lambda f: f.groupby("station").temperature.std().to_dict()),
    ("number of rows where humidity is missing", lambda f: int(f.humidity.isna().sum())),
]

CUSTOMERS: list[tuple[str, Expected]] = [
    ("등급별 고객 수", lambda f: f.groupby("등급").size().to_dict()),
    ("등급별 평균 만족도", lambda f: f.groupby("등급").만족도.mean().to_dict()),
    ("성별과 구매여부가 독립인지 카이제곱 검정", lambda f: independence(f, "성별", "구매여부")),
    ("등급과 구매여부는 관련이 있나요? 카이제곱", lambda f: independence(f, "등급", "구매여부")),
    ("성별에 따라 만족도에 유의한 차이가 있나요? t검정", lambda f: welch(f, "성별", "만족도")),
    ("등급별 만족도 차이 분산분석", lambda f: anova(f, "등급", "만족도")),
    ("연령의 정규성 검정", lambda f: stats.shapiro(f.연령.dropna()).pvalue),
    ("연령이 30세 이상 40세 미만인 고객은 몇 명?", lambda f: int(((f.연령 >= 30) & (f.연령 < 40)).sum())),
    ("구매한 고객 비율", lambda f: (f.구매여부 == "예").mean() * 100),
    ("구매여부가 예인 비율", lambda f: (f.구매여부 == "예").mean() * 100),
    ("VIP 고객의 평균 연령", lambda f: f[f.등급 == "VIP"].연령.mean()),
    ("여성 고객의 평균 만족도", lambda f: f[f.성별 == "여"].만족도.mean()),
    ("성별이 여인 고객의 평균 만족도", lambda f: f[f.성별 == "여"].만족도.mean()),
    ("만족도 5점인 고객 수", lambda f: int((f.만족도 == 5).sum())),
    ("등급별 성별 고객 수", lambda f: f.groupby(["등급", "성별"]).size().to_dict()),
    ("연령과 만족도의 켄달 상관계수", lambda f: kendall(f, "연령", "만족도")),
    ("2023년에 가입한 고객은 몇 명이야?", lambda f: int((f.가입일.dt.year == 2023).sum())),
    ("가입일이 가장 빠른 고객의 고객번호", lambda f: f.loc[f.가입일.idxmin()].고객번호),
    ("평균 만족도가 가장 높은 등급", lambda f: f.groupby("등급").만족도.mean().idxmax()),
    ("연령 결측을 제외한 고객 수", lambda f: int(f.연령.notna().sum())),
    ("골드나 VIP가 아닌 고객의 만족도 평균", lambda f: f[~f.등급.isin(["골드", "VIP"])].만족도.mean()),
    ("연령의 중위수와 사분위수", lambda f: [f.연령.quantile(q) for q in (0.25, 0.5, 0.75)]),
]

ASKED = [
    (name, question, expected)
    for name, cases in (("sales", SALES), ("staff", STAFF), ("weather", WEATHER), ("customers", CUSTOMERS))
    for question, expected in cases
    if expected is not None
]
NOT_GUESSED = [
    (name, question)
    for name, cases in (("sales", SALES), ("staff", STAFF), ("weather", WEATHER), ("customers", CUSTOMERS))
    for question, expected in cases
    if expected is None
]


def months(values: pd.Series) -> dict[str, float]:
    return {str(month): value for month, value in values.items()}


def months_of(frame: Frame, column: str, statistic: str = "sum") -> dict[str, float]:
    when = next(name for name in frame if frame[name].dtype.kind == "M")
    return months(frame.groupby(frame[when].dt.to_period("M"))[column].agg(statistic))


def bounds(values: pd.Series) -> tuple[float, float]:
    q1, q3 = values.quantile(0.25), values.quantile(0.75)
    return q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)


def beyond(values: pd.Series) -> int:
    low, high = bounds(values)
    return int(((values < low) | (values > high)).sum())


def inside(values: pd.Series) -> pd.Series:
    low, high = bounds(values)
    return values[(values >= low) & (values <= high)]


def total(frame: Frame, region: str) -> float:
    return float(frame[frame.지역 == region].매출.sum())


def at_least(values: pd.Series, least: float) -> dict[str, float]:
    kept: dict[str, float] = values[values >= least].to_dict()
    assert 0 < len(kept) < len(values)
    return kept


def without_outliers(values: pd.Series) -> pd.Series:
    """The values within 1.5 interquartile ranges of the quartiles; gaps are no outliers, and count nothing."""
    low, high = values.quantile(0.25), values.quantile(0.75)
    return values[values.between(low - 1.5 * (high - low), high + 1.5 * (high - low))]


def above(values: pd.Series, least: float) -> dict[str, float]:
    return at_least(values, least + 1)


def count(frame: Frame, **values: str) -> int:
    for name, value in values.items():
        frame = frame[frame[name] == value]
    return len(frame)


def difference(frame: Frame, one: str, other: str) -> float:
    means = frame.groupby("Department").Salary.mean()
    return float(abs(means[one] - means[other]))


def south(frame: Frame) -> pd.Series:
    return frame.station == "South"


def between(frame: Frame) -> Frame:
    return frame[(frame.date >= "2024-03-01") & (frame.date <= "2024-05-31")]


def samples(frame: Frame, group: str, measure: str) -> list[pd.Series]:
    kept = frame[[group, measure]].dropna()
    return [values for _, values in kept.groupby(group)[measure]]


def welch(frame: Frame, group: str, measure: str) -> float:
    one, other = samples(frame, group, measure)
    return float(stats.ttest_ind(one, other, equal_var=False).pvalue)


def anova(frame: Frame, group: str, measure: str) -> float:
    return float(stats.f_oneway(*samples(frame, group, measure)).pvalue)


def independence(frame: Frame, one: str, other: str) -> float:
    return float(stats.chi2_contingency(pd.crosstab(frame[one], frame[other])).pvalue)


def kendall(frame: Frame, one: str, other: str) -> float:
    both = frame[[one, other]].dropna()
    return float(stats.kendalltau(both[one], both[other]).statistic)


def regression(frame: Frame, x: str, y: str) -> list[float]:
    both = frame[[x, y]].dropna()
    line = stats.linregress(both[x], both[y])
    return [line.slope, line.intercept]


def cells_of(answered: Answered) -> list[list[Any]]:
    rows = [[answered.value]] if answered.value is not None else []
    return rows + (answered.table["rows"] if answered.table else [])


def is_number(value: Any, cell: Any) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return math.isclose(abs(cell), abs(value), rel_tol=1e-6, abs_tol=1e-9)


def is_text(value: Any, cell: Any) -> bool:
    if isinstance(value, datetime | date):
        return str(cell).startswith(f"{value:%Y-%m-%d}")
    if isinstance(value, float) and math.isnan(value):
        return cell is None
    return str(cell) == str(value)


def holds(answered: Answered, expected: Any) -> bool:
    """Whether the answer's value or table has the expected number, text, numbers, or numbers beside their labels."""
    rows = cells_of(answered)
    if isinstance(expected, dict):
        return all(
            any(
                all(any(is_text(part, cell) for cell in row) for part in (key if isinstance(key, tuple) else (key,)))
                and any(is_number(value, cell) for cell in row)
                for row in rows
            )
            for key, value in expected.items()
        )
    cells = [cell for row in rows for cell in row]
    if isinstance(expected, list):
        return all(any(is_number(value, cell) for cell in cells) for value in expected)
    if isinstance(expected, str | date):
        return bool(cells) and any(is_text(expected, cell) for cell in rows[0])
    return any(is_number(expected, cell) for cell in cells)


def by_question(asked: Sequence[tuple[str, str, Expected]]) -> pytest.MarkDecorator:
    """A test for each of these questions, called by it."""
    return pytest.mark.parametrize(("name", "question", "expected"), asked, ids=[question for _, question, _ in asked])


def assert_exact(table: tuple[Table, Path], question: str, wanted: Any) -> None:
    """The question is answered about the table with what is wanted."""
    answered = ask(question, *table)
    assert holds(answered, wanted), f"{wanted}\n{answered.text}"


@by_question(ASKED)
def test_the_answer_is_exact(
    tables: Mapping[str, tuple[Table, Path]], name: str, question: str, expected: Expected
) -> None:
    assert_exact(tables[name], question, expected(FRAMES[name]))


@pytest.mark.parametrize(("name", "question"), NOT_GUESSED)
def test_what_a_file_does_not_say_is_not_guessed(
    tables: Mapping[str, tuple[Table, Path]], name: str, question: str
) -> None:
    """ "Remotely" is no value of the file: the column Remote says yes and no, of what nobody knows for certain."""
    answered = ask(question, *tables[name])
    assert answered.value is None and answered.table is None


def test_there_are_enough_questions_in_both_languages() -> None:
    korean = [question for _, question, _ in ASKED if any("가" <= letter <= "힣" for letter in question)]
    assert len(ASKED) >= 150 and len(korean) >= 75 and len(ASKED) - len(korean) >= 75


def test_days_of_the_week_are_called_by_their_names(tables: Mapping[str, tuple[Table, Path]]) -> None:
    table, path = tables["sales"]
    by_day = ask("요일별 매출 합계", table, path).table
    assert by_day is not None
    assert [row[0] for row in by_day["rows"]] == [f"{day}요일" for day in "월화수목금토일"]
    across = ask("지역별 요일별 매출 피벗", table, path).table
    assert across is not None
    assert across["columns"][1:8] == [f"{day}요일" for day in "월화수목금토일"]
    assert "Monday" in ask("total temperature by weekday", *tables["weather"]).text
