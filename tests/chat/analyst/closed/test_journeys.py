"""Closed questions about flights, players and a station's weather, each answered here without the analyst."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.chat.analyst.closed.asking import ask, two


def flights() -> pd.DataFrame:
    """240 flights of a year with gaps in arrival delay and passengers."""
    rng = np.random.default_rng(991)
    n = 240
    delay = np.round(rng.gamma(1.2, 14, n) - 6, 0)
    frame = pd.DataFrame(
        {
            "FlightNo": [f"FX{number:03d}" for number in range(n)],
            "Airline": rng.choice(["Blue Air", "SkyWays", "Nordic"], n),
            "Origin": rng.choice(["JFK", "LAX", "ORD", "ATL"], n, p=[0.4, 0.3, 0.2, 0.1]),
            "FlightDate": (pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")).strftime(
                "%Y-%m-%d"
            ),
            "DepDelay": delay,
            "ArrDelay": np.round(delay + rng.normal(-2, 9, n), 0),
            "Distance": rng.integers(120, 2500, n),
            "AirTime": rng.normal(150, 40, n).round(1),
            "Passengers": rng.integers(40, 220, n).astype(float),
            "Cancelled": rng.choice([0, 1], n, p=[0.9, 0.1]),
        }
    )
    frame.loc[rng.choice(n, 15, False), "ArrDelay"] = np.nan
    frame.loc[rng.choice(n, 11, False), "Passengers"] = np.nan
    return frame


def players() -> pd.DataFrame:
    """200 players of five clubs with a few unknown heights."""
    rng = np.random.default_rng(17)
    n = 200
    goals = rng.poisson(5, n)
    frame = pd.DataFrame(
        {
            "Player": [f"Player {number}" for number in range(n)],
            "Club": rng.choice(["Riverside FC", "Union 04", "City Stars", "Dynamo East", "Athletic Nord"], n),
            "Position": rng.choice(["Defender", "Midfielder", "Forward"], n),
            "Age": rng.integers(17, 38, n),
            "Goals": goals,
            "MinutesPlayed": rng.integers(90, 3200, n),
            "Height_cm": rng.normal(182, 6.5, n).round(0),
            "Market Value (M)": np.exp(1 + 0.1 * goals + rng.normal(0, 0.5, n)).round(2),
            "YellowCards": rng.poisson(2, n),
            "injured": rng.choice(["Yes", "No"], n, p=[0.2, 0.8]),
        }
    )
    frame.loc[rng.choice(n, 8, False), "Height_cm"] = np.nan
    return frame


def weather() -> pd.DataFrame:
    """A year of days of four stations, Korean, with gaps in rain."""
    rng = np.random.default_rng(23)
    n = 365
    mean = 13 + 12 * np.sin((np.arange(n) - 105) / 365 * 2 * np.pi) + rng.normal(0, 2.5, n)
    frame = pd.DataFrame(
        {
            "지점명": rng.choice(["서울", "부산", "대전", "제주"], n),
            "일시": pd.date_range("2023-01-01", periods=n).strftime("%Y-%m-%d"),
            "평균기온": mean.round(1),
            "최고기온": (mean + rng.gamma(5, 1, n)).round(1),
            "최저기온": (mean - rng.gamma(5, 1, n)).round(1),
            "강수량": np.where(rng.random(n) < 0.65, 0, rng.gamma(0.7, 14, n)).round(1),
            "습도": np.clip(rng.normal(62, 13, n), 15, 100).round(0),
            "특보": rng.choice(["예", "아니오"], n, p=[0.15, 0.85]),
        }
    )
    frame.loc[rng.choice(n, 10, False), "강수량"] = np.nan
    return frame


TABLES = {"flights": flights(), "players": players(), "weather": weather()}
FLIGHTS, PLAYERS, WEATHER = TABLES.values()
QUESTIONS: list[tuple[str, str, list[str]]] = []


def put(table: str, question: str, **wanted: Any) -> None:
    QUESTIONS.append((table, question, [f"@{name}[{one}]" for name, one in wanted.items()]))


part = FLIGHTS[(FLIGHTS.Airline == "SkyWays") & (FLIGHTS.Cancelled == 0)].DepDelay
put(
    "flights",
    "What is the average departure delay of flights operated by SkyWays, and what is the standard deviation?\n"
    "Constraints: Exclude cancelled flights (Cancelled = 1). Round to two decimals.\n@mean_delay[mean] @std_delay[std]",
    mean_delay=two(part.mean()),
    std_delay=two(part.std()),
)
anova = stats.f_oneway(*[group for _, group in FLIGHTS.groupby("Airline").DepDelay])
put(
    "flights",
    "Perform a one-way ANOVA to test whether the mean departure delay differs among the airlines.\n"
    "Constraints: Round F to two decimals and p to three.\n@f_statistic[F] @p_value[p]",
    f_statistic=two(anova.statistic),
    p_value=two(anova.pvalue, 3),
)
filled = FLIGHTS.Passengers.fillna(FLIGHTS.Passengers.median())
put(
    "flights",
    "How many missing values are there in the Passengers column? Fill them with the median and report the new mean "
    "and standard deviation.\nRound to two decimals.\n@missing_count[n] @new_mean[mean] @new_std[std]",
    missing_count=FLIGHTS.Passengers.isna().sum(),
    new_mean=two(filled.mean()),
    new_std=two(filled.std()),
)
filled = FLIGHTS.Passengers.fillna(FLIGHTS.groupby("Airline").Passengers.transform("mean"))
put(
    "flights",
    "Impute the missing values of Passengers with the mean of the flight's Airline group. What is the overall mean "
    "after imputation?\nRound to three decimals.\n@mean_after[mean]",
    mean_after=two(filled.mean(), 3),
)
line = stats.linregress(PLAYERS.Age, PLAYERS.YellowCards)
put(
    "players",
    "Fit a simple linear regression with Age as the independent variable and YellowCards as the dependent variable.\n"
    "Constraints: Round all values to four decimals.\n@slope[a] @intercept[b] @r_squared[c]",
    slope=two(line.slope, 4),
    intercept=two(line.intercept, 4),
    r_squared=two(line.rvalue**2, 4),
)
put(
    "weather",
    "강수량의 결측치는 몇 개입니까? 결측치를 0으로 채운 뒤 평균 강수량을 구하세요.\n소수점 둘째 자리까지 "
    "반올림하세요.\n@missing[개수] @mean_rain[값]",
    missing=WEATHER["강수량"].isna().sum(),
    mean_rain=two(WEATHER["강수량"].fillna(0).mean()),
)
pearson = stats.pearsonr(WEATHER["평균기온"], WEATHER["습도"])
put(
    "weather",
    "평균기온과 습도의 피어슨 상관계수와 p값을 구하세요.\n상관계수는 소수점 셋째 자리, p값은 소수점 넷째 자리까지 "
    "쓰세요.\n@r[상관계수] @p[p값]",
    r=two(pearson[0], 3),
    p=two(pearson[1], 4),
)
names = pd.to_datetime(FLIGHTS.FlightDate).dt.day_name()
daily = FLIGHTS.DepDelay.groupby(names).mean()
put(
    "flights",
    "On which day of the week is the average departure delay the highest, and what is it?\nWrite the full English "
    "name. Round the delay to two decimals.\n@worst_weekday[name] @avg_delay[value]",
    worst_weekday=daily.idxmax(),
    avg_delay=two(daily.max()),
)
quarterly = FLIGHTS.Passengers.groupby(pd.to_datetime(FLIGHTS.FlightDate).dt.quarter).sum()
put(
    "flights",
    "Which quarter had the highest total number of Passengers?\nQuarters are 1 to 4. Round the total to one decimal.\n"
    "@quarter[q] @total_passengers[value]",
    quarter=quarterly.idxmax(),
    total_passengers=two(quarterly.max(), 1),
)
skewness = PLAYERS["Market Value (M)"].skew()
put(
    "players",
    "Determine the skewness of the market value and decide whether a log transformation is needed.\nIf the skewness is "
    "greater than 1, a log transformation is 'needed', otherwise 'not needed'. Round to two decimals.\n"
    "@skewness[s] @log_transform[needed/not needed]",
    skewness=two(skewness),
    log_transform="needed" if skewness > 1 else "not needed",
)
rho = stats.spearmanr(PLAYERS.Goals, PLAYERS["Market Value (M)"])[0]
put(
    "players",
    "Find the Spearman rank correlation between the number of goals and the market value.\nRound the coefficient to 2 "
    "decimals. Call it 'strong' if the absolute value is at least 0.7, 'moderate' if between 0.4 and 0.7, 'weak' "
    "otherwise.\n@rho[coefficient] @strength[label]",
    rho=two(rho),
    strength="strong" if abs(rho) >= 0.7 else "moderate" if abs(rho) >= 0.4 else "weak",
)
test = stats.ttest_ind(*(PLAYERS[PLAYERS.Position == name].Goals for name in ("Defender", "Forward")), equal_var=False)
put(
    "players",
    "Compare the Goals of players with Position Defender and Forward using Welch's t-test.\nRound t to three decimals "
    "and p to four decimals. If p < 0.05 conclude 'different', else 'not different'.\n"
    "@t_statistic[t] @p_value[p] @conclusion[text]",
    t_statistic=two(test.statistic, 3),
    p_value=two(test.pvalue, 4),
    conclusion="different" if test.pvalue < 0.05 else "not different",
)
put(
    "players",
    "What is the mean age of the five players with the highest market value?\nRound to one decimal.\n@mean_age[age]",
    mean_age=two(PLAYERS.nlargest(5, "Market Value (M)").Age.mean(), 1),
)
share = (PLAYERS.injured == "Yes").groupby(PLAYERS.Club).mean() * 100
put(
    "players",
    "Which club has the highest injured rate?\nThe rate is the percentage of players with injured = 'Yes'. Round to "
    "two decimals.\n@club[name] @injured_rate[rate]",
    club=share.idxmax(),
    injured_rate=two(share.max()),
)
ages = PLAYERS.groupby("Club").Age.median()
put(
    "players",
    "Which club is the one with the highest median player age?\n@club[name] @median_age[age] where age has one decimal",
    club=ages.idxmax(),
    median_age=two(ages.max(), 1),
)
spread = (WEATHER["최고기온"] - WEATHER["최저기온"]).groupby(pd.to_datetime(WEATHER["일시"]).dt.month).mean()
put(
    "weather",
    "최고기온에서 최저기온을 뺀 '일교차' 열을 만들고, 일교차의 월별 평균이 가장 큰 달을 찾으세요.\n평균은 소수점 "
    "첫째 자리까지 쓰세요.\n@month[월] @mean_range[값]",
    month=spread.idxmax(),
    mean_range=two(spread.max(), 1),
)
humid = WEATHER.groupby("지점명")["습도"].mean()
put(
    "weather",
    "지점명별 평균 습도를 구하고, 가장 높은 지점명과 그 값을 쓰세요.\n소수점 둘째 자리까지.\n@station[지점명] "
    "@mean_humidity[값]",
    station=humid.idxmax(),
    mean_humidity=two(humid.max()),
)
warned = (WEATHER["특보"] == "예").groupby(WEATHER["지점명"]).mean() * 100
put(
    "weather",
    "특보율이 가장 높은 지점명은 어디이며 특보율은 몇 %입니까?\n특보율은 특보가 '예'인 날의 비율(%)이며 소수점 첫째 "
    "자리까지 씁니다.\n@station[지점명] @rate[특보율]",
    station=warned.idxmax(),
    rate=two(warned.max(), 1),
)
forwards = PLAYERS[PLAYERS.Position == "Forward"]
put(
    "players",
    "What is the range of the heights of the forwards?\nIgnore gaps. Round to one decimal.\n@height_range[cm]",
    height_range=two(forwards.Height_cm.max() - forwards.Height_cm.min(), 1),
)
put(
    "players",
    "What percentage of the injured = 'Yes' players were of Position Forward?\nRound to two decimals.\n@share[pct]",
    share=two((PLAYERS[PLAYERS.injured == "Yes"].Position == "Forward").mean() * 100),
)
rainy = WEATHER[WEATHER["강수량"] > 0]["강수량"]
put(
    "weather",
    "강수량이 0보다 큰 날의 강수량 왜도와 첨도를 구하세요.\n소수점 둘째 자리까지.\n@skew[왜도] @kurt[첨도]",
    skew=two(rainy.skew()),
    kurt=two(rainy.kurt()),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("journeys")
    for name, frame in TABLES.items():
        frame.to_csv(path / f"{name}.csv", index=False, encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(("table", "question", "wanted"), QUESTIONS, ids=[str(n) for n in range(len(QUESTIONS))])
def test_the_answer_is_that_of_plain_pandas(folder: Path, table: str, question: str, wanted: list[str]) -> None:
    found = ask(folder / f"{table}.csv", question)
    assert found.pieces[0].split("\n") == wanted


@pytest.mark.parametrize(
    ("table", "question"),
    [
        ("flights", "What is the mean DepDelay of the seven flights of JFK with the highest Distance? @mean_delay[m]"),
        (
            "flights",
            "What is the mean AirTime in hours (Distance and AirTime are given in knots)? @mean_air_time[mean]",
        ),
        ("players", "What is the average salary of players with more than 5 Goals? @mean_salary[value]"),
        ("weather", "습도가 60 이상인 날의 평균 일사량을 구하세요. @평균[값]"),
        ("players", "How many clubs have an average player age below 27? @n_clubs[n]"),
        ("players", "Find the 90th percentile of the Goals and the number of players above it. @p90[v] @n_above[n]"),
        ("players", "Standardize Goals with StandardScaler. How many are greater than 2? @n_high[n]"),
        ("players", "What is the mean Age in teams of a good MinutesPlayed? @mean_age[mean]"),
    ],
)
def test_what_the_script_would_ignore_is_refused(folder: Path, table: str, question: str) -> None:
    assert not ask(folder / f"{table}.csv", question).code
