"""What the engine computes agrees with pandas, scipy and plain Python on the same values, and is told in words."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from chat.analyst.engine.computing import compute
from chat.analyst.engine.results import CHANGE, COUNT, CUMULATED, GROWTH, MOVING, PREVIOUS, SHARE, TOTAL, Result
from chat.analyst.queries import AnyOf, Filter, Having, Preparation, Query
from chat.analyst.stored_tables import open_table, write_table
from chat.analyst.tables import Table
from chat.analyst.telling.answers import answer

Read = Callable[..., Table]
Run = Callable[..., Result]


def shop() -> pd.DataFrame:
    """120 sales over two years, some cells of each column but the first empty."""
    chance = random.Random(7)
    rows = []
    for number in range(120):
        day = pd.Timestamp("2023-01-01") + pd.Timedelta(days=6 * number)
        amount = None if number % 17 == 3 else round(chance.lognormvariate(5, 0.6), 2)
        visits = None if number % 23 == 5 else chance.randint(1, 60)
        rows.append(
            (number, chance.choice("서부대") + "점", chance.choice(["A", "B"]), amount, visits, f"{day:%Y-%m-%d}")
        )
    frame = pd.DataFrame(rows, columns=["번호", "지점", "등급", "매출", "방문", "날짜"])
    frame.loc[[4, 40], "등급"] = None
    return frame


@pytest.fixture
def frame() -> pd.DataFrame:
    """The sales as pandas has them."""
    data = shop()
    data["날짜"] = pd.to_datetime(data["날짜"])
    return data


@pytest.fixture(params=["memory", "file"])
def table(request: pytest.FixtureRequest, read: Read, tmp_path: Path) -> Table:
    """The sales as the analyst has them: in memory, and in a file."""
    table = read(shop().to_csv(index=False), name="sales.csv")
    if request.param == "file":
        write_table(table, tmp_path / "sales.parquet")
        return open_table(tmp_path / "sales.parquet", "sales.csv")
    return table


@pytest.fixture
def run(table: Table) -> Run:
    """The result of a query, after it was told in both languages."""

    def result_of(action: str, *, others: dict[str, Table] | None = None, **more: object) -> Result:
        query = Query(action, **more)  # type: ignore[arg-type]
        result = compute(query, table, others or {})
        for language in ("ko", "en"):
            pieces = answer(query, result, table, language)
            assert pieces and all(piece.strip() and "{" not in piece for piece in pieces)
        return result

    return result_of


STATISTICS = {
    "mode": lambda s: s.mode().iloc[0],
    "range": lambda s: s.max() - s.min(),
    "iqr": lambda s: s.quantile(0.75) - s.quantile(0.25),
    "skew": lambda s: s.skew(),
    "kurtosis": lambda s: s.kurt(),
    "cv": lambda s: s.std() / s.mean(),
    "sem": lambda s: s.sem(),
    "first": lambda s: s.dropna().iloc[0],
    "last": lambda s: s.dropna().iloc[-1],
    "p37": lambda s: s.quantile(0.37),
    "p95": lambda s: s.quantile(0.95),
    "distinct": lambda s: s.nunique(),
    "std": lambda s: s.std(),
    "var": lambda s: s.var(),
    "median": lambda s: s.median(),
}


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("column", ["매출", "방문"])
def test_statistics_are_those_of_pandas(run: Run, frame: pd.DataFrame, statistic: str, column: str) -> None:
    result = run("aggregate", measures=(column,), statistics=(statistic,))
    assert result.values[statistic] == pytest.approx(STATISTICS[statistic](frame[column]))
    assert result.used == frame[column].notna().sum()


def test_statistics_of_groups_are_those_of_pandas(run: Run, frame: pd.DataFrame) -> None:
    names = ("sum", "mean", "std", "median", "skew", "kurtosis", "p95", "mode")
    found = run("aggregate", measures=("매출",), statistics=names, groups=("지점",)).frame.set_index("지점")
    for place, values in frame.groupby("지점")["매출"]:
        for name in ("sum", "mean", "std", "median", "skew"):
            assert found.loc[place, f"{name} 매출"] == pytest.approx(getattr(values, name)())
        assert found.loc[place, "kurtosis 매출"] == pytest.approx(values.kurt())
        assert found.loc[place, "p95 매출"] == pytest.approx(values.quantile(0.95))
    assert found["sum 매출"].is_monotonic_decreasing


def test_product_is_the_product(read: Read) -> None:
    found = compute(Query("aggregate", ("n",), ("product",)), read("n\n2\n3\n7\n"))
    assert found.values["product"] == 42


def test_large_values_keep_their_skewness(read: Read) -> None:
    values = [10**9 + number for number in (1, 2, 3, 4, 20)]
    found = compute(Query("aggregate", ("n",), ("skew", "kurtosis")), read("n\n" + "\n".join(map(str, values))))
    assert found.values["skew"] == pytest.approx(pd.Series([1, 2, 3, 4, 20]).skew())


def test_whole_numbers_add_up_exactly(read: Read) -> None:
    table = read("n,g\n" + "".join(f"{9 * 10**17 + n},a\n" for n in range(20)))
    assert compute(Query("aggregate", ("n",), ("sum",)), table).values["sum"] == 20 * 9 * 10**17 + 190
    by_group = compute(Query("aggregate", ("n",), ("sum",), ("g",)), table).frame
    assert by_group["sum n"].tolist() == [20 * 9 * 10**17 + 190]


def test_fractions_add_up_as_exactly_as_they_can(read: Read) -> None:
    values = [0.1] * 1000 + [1e12, -1e12]
    found = compute(Query("aggregate", ("n",), ("sum",)), read("n\n" + "\n".join(map(repr, values))))
    assert found.values["sum"] == pytest.approx(math.fsum(values), rel=1e-14)


def test_one_of_several_conditions_suffices(run: Run, frame: pd.DataFrame) -> None:
    either = AnyOf(((Filter("지점", "in", ("서점",)), Filter("방문", "gt", (30,))), (Filter("매출", "lt", (100,)),)))
    expected = ((frame["지점"] == "서점") & (frame["방문"] > 30)) | (frame["매출"] < 100)
    assert run("count", either=(either,)).values["count"] == expected.sum()


def test_groups_are_kept_by_what_is_computed_of_them(run: Run, frame: pd.DataFrame) -> None:
    kept = run(
        "aggregate",
        measures=("매출",),
        statistics=("mean",),
        groups=("지점",),
        having=(Having("count", None, "ge", 40),),
    )
    sizes = frame.groupby("지점").size()
    assert set(kept.frame["지점"]) == set(sizes[sizes >= 40].index)
    counted = run("count", groups=("지점",), having=(Having("mean", "매출", "gt", 170.0),))
    means = frame.groupby("지점")["매출"].mean()
    assert counted.values["count"] == (means > 170).sum()


def test_best_rows_within_each_group(run: Run, frame: pd.DataFrame) -> None:
    found = run("top", measures=("매출",), within=("지점",), limit=2).frame
    ordered = frame.dropna(subset=["매출"]).sort_values("매출", ascending=False, kind="stable")
    expected = ordered.groupby("지점").head(2).sort_values(["지점", "매출"], ascending=[True, False])
    assert found["번호"].tolist() == expected["번호"].tolist()


def test_best_groups_within_each_group(run: Run, frame: pd.DataFrame) -> None:
    found = run("top", measures=("매출",), statistics=("sum",), groups=("지점",), within=("등급",), limit=1).frame
    sums = frame.groupby(["등급", "지점"])["매출"].sum()
    for grade in ("A", "B"):
        assert found.set_index("등급").loc[grade, "지점"] == sums[grade].idxmax()


def test_equal_values_keep_the_order_of_the_file(read: Read) -> None:
    table = read("k,n\n" + "".join(f"k{number},{number % 3}\n" for number in range(300)))
    found = compute(Query("top", ("n",), limit=50), table).frame
    assert found["k"].tolist() == [f"k{number}" for number in range(300) if number % 3 == 2][:50]


def test_pivot_sets_values_side_by_side(run: Run, frame: pd.DataFrame) -> None:
    found = run("pivot", measures=("매출",), statistics=("mean",), groups=("지점",), across="등급").frame
    expected = frame.pivot_table(index="지점", columns="등급", values="매출", aggfunc="mean")
    for place in expected.index:
        row = found.set_index("지점").loc[place]
        assert [row["A"], row["B"]] == pytest.approx(expected.loc[place].tolist())
        assert row[TOTAL] == pytest.approx(frame[frame["지점"] == place]["매출"].mean())
    assert "–" in found.columns


def test_pivot_by_year_counts_rows(run: Run, frame: pd.DataFrame) -> None:
    found = run("pivot", groups=("지점",), across="날짜", date="날짜", period="year").frame
    expected = pd.crosstab(frame["지점"], frame["날짜"].dt.year)
    assert found[["2023", "2024"]].to_numpy().tolist() == expected[[2023, 2024]].to_numpy().tolist()


def test_growth_compares_with_the_period_before(run: Run, frame: pd.DataFrame) -> None:
    found = run("growth", measures=("매출",), statistics=("sum",), date="날짜", period="quarter").frame
    sums = frame.groupby(frame["날짜"].dt.to_period("Q"))["매출"].sum()
    assert found[CHANGE].tolist()[1:] == pytest.approx(sums.diff().tolist()[1:])
    assert found[GROWTH].tolist()[1:] == pytest.approx((sums.pct_change() * 100).tolist()[1:])
    assert math.isnan(found[GROWTH].iloc[0])


def test_growth_compares_with_the_year_before(run: Run, frame: pd.DataFrame) -> None:
    found = run("growth", measures=("매출",), date="날짜", period="month", versus="year").frame
    sums = frame.groupby(frame["날짜"].dt.to_period("M"))["매출"].sum()
    assert found[PREVIOUS].tolist()[12:] == pytest.approx(sums.shift(12).tolist()[12:])


def test_growth_over_a_gap_in_the_calendar_is_none(read: Read) -> None:
    table = read("날짜,n\n2024-01-05,1\n2024-02-05,3\n2024-04-05,5\n")
    found = compute(Query("growth", ("n",), date="날짜", period="month"), table).frame
    assert found[CHANGE].tolist()[1] == 2 and math.isnan(found[CHANGE].tolist()[2])


def test_growth_from_nothing_has_no_percentage(read: Read) -> None:
    table = read("날짜,n\n2024-01-05,0\n2024-02-05,3\n")
    query = Query("growth", ("n",), date="날짜", period="month")
    found = compute(query, table)
    assert found.frame[CHANGE].iloc[1] == 3 and math.isnan(found.frame[GROWTH].iloc[1])
    assert "no percentage" in answer(query, found, table, "en")[0]


def test_moving_average_and_running_total(run: Run, frame: pd.DataFrame) -> None:
    sums = frame.groupby(frame["날짜"].dt.to_period("M"))["매출"].sum()
    moving = run("trend", measures=("매출",), statistics=("sum",), date="날짜", period="month", window=3).frame[MOVING]
    assert moving.tolist()[2:] == pytest.approx(sums.rolling(3).mean().tolist()[2:])
    assert moving.head(2).isna().all()
    added = run("trend", measures=("매출",), statistics=("sum",), date="날짜", period="month", cumulative=True)
    assert added.frame[CUMULATED].tolist() == pytest.approx(sums.cumsum().tolist())


def test_moving_average_starts_anew_in_each_group(run: Run, frame: pd.DataFrame) -> None:
    found = run(
        "trend", measures=("매출",), statistics=("sum",), groups=("지점",), date="날짜", period="quarter", window=2
    ).frame
    sums = frame.groupby(["지점", frame["날짜"].dt.to_period("Q")])["매출"].sum(min_count=1)
    for place in ("서점", "부점", "대점"):
        mine = found[found["지점"] == place][MOVING].tolist()
        assert mine[1:] == pytest.approx(sums[place].rolling(2).mean().tolist()[1:], nan_ok=True)


def test_shares_add_up_to_the_whole(run: Run, frame: pd.DataFrame) -> None:
    found = run("share", measures=("매출",), groups=("지점",), cumulative=True).frame
    expected = frame.groupby("지점")["매출"].sum().sort_values(ascending=False)
    assert found[CUMULATED].tolist() == pytest.approx((expected.cumsum() / expected.sum() * 100).tolist())
    assert found[SHARE].sum() == pytest.approx(100)


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_correlation_has_p_and_n(run: Run, frame: pd.DataFrame, method: str) -> None:
    both = frame[["매출", "방문"]].dropna()
    call = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}[method]
    r, p = call(both["매출"], both["방문"])
    found = run("correlation", measures=("매출", "방문"), method=method).values
    assert (found["r"], found["p"], found["n"]) == (pytest.approx(r), pytest.approx(p), len(both))


def test_correlation_of_a_constant_is_none(read: Read) -> None:
    found = compute(Query("correlation", ("a", "b")), read("a,b\n1,2\n2,2\n3,2\n"))
    assert math.isnan(found.values["r"])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("shapiro", lambda v: stats.shapiro(v)),
        ("dagostino", lambda v: stats.normaltest(v)),
        ("ks", lambda v: stats.kstest(v, "norm", args=(statistics.fmean(v), statistics.stdev(v)))),
    ],
)
def test_normality(run: Run, frame: pd.DataFrame, method: str, expected: Callable[..., tuple[float, float]]) -> None:
    statistic, p = expected(frame["매출"].dropna().to_numpy())
    found = run("normality", measures=("매출",), method=method).values
    assert (found["statistic"], found["p"]) == (pytest.approx(statistic), pytest.approx(p))
    assert found["significant"] == (p < 0.05)


def test_anderson_has_a_critical_value(run: Run, frame: pd.DataFrame) -> None:
    found = run("normality", measures=("매출",), method="anderson").values
    expected = stats.anderson(frame["매출"].dropna(), method="interpolate").statistic
    assert found["statistic"] == pytest.approx(expected)
    assert found["significant"] == (expected > found["critical"])


@pytest.mark.parametrize("method", ["", "student"])
def test_t_test_of_two_groups(run: Run, frame: pd.DataFrame, method: str) -> None:
    a, b = (frame[frame["등급"] == grade]["매출"].dropna() for grade in ("A", "B"))
    expected = stats.ttest_ind(a, b, equal_var=method == "student")
    found = run("t_test", measures=("매출",), groups=("등급",), method=method)
    assert found.values["statistic"] == pytest.approx(expected.statistic)
    assert found.values["p"] == pytest.approx(expected.pvalue)
    assert found.values["df"] == pytest.approx(expected.df)
    assert found.frame["n"].tolist() == [len(a), len(b)]


def test_t_test_of_two_values_of_many(run: Run, frame: pd.DataFrame) -> None:
    a, b = (frame[frame["지점"] == place]["매출"].dropna() for place in ("서점", "대점"))
    found = run("t_test", measures=("매출",), groups=("지점",), compared=("서점", "대점")).values
    assert found["statistic"] == pytest.approx(stats.ttest_ind(a, b, equal_var=False).statistic)


def test_paired_and_one_sample_t_tests(run: Run, frame: pd.DataFrame) -> None:
    both = frame[["매출", "방문"]].dropna()
    expected = stats.ttest_rel(both["매출"], both["방문"])
    assert run("t_test", measures=("매출", "방문"), method="paired").values["p"] == pytest.approx(expected.pvalue)
    alone = stats.ttest_1samp(frame["방문"].dropna(), 30)
    assert run("t_test", measures=("방문",), method="one_sample", factor=30.0).values["p"] == pytest.approx(
        alone.pvalue
    )


def test_anova_of_groups(run: Run, frame: pd.DataFrame) -> None:
    groups = [values.dropna() for _, values in frame.groupby("지점")["매출"]]
    expected = stats.f_oneway(*groups)
    found = run("anova", measures=("매출",), groups=("지점",)).values
    assert (found["statistic"], found["p"]) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    assert (found["df_between"], found["df_within"]) == (2, sum(map(len, groups)) - 3)


def test_chi_square_of_two_columns(run: Run, frame: pd.DataFrame) -> None:
    crossed = pd.crosstab(frame["지점"], frame["등급"])
    expected = stats.chi2_contingency(crossed)
    found = run("chi_square", groups=("지점", "등급"))
    assert (found.values["statistic"], found.values["df"]) == (pytest.approx(expected.statistic), expected.dof)
    assert found.frame["expected"].tolist() == pytest.approx(expected.expected_freq.ravel().tolist())
    v = math.sqrt(expected.statistic / crossed.to_numpy().sum())
    assert found.values["cramers_v"] == pytest.approx(v)


def test_simple_regression(run: Run, frame: pd.DataFrame) -> None:
    both = frame[["매출", "방문"]].dropna()
    expected = stats.linregress(both["방문"], both["매출"])
    found = run("regression", measures=("매출", "방문")).values
    left = both["매출"] - expected.intercept - expected.slope * both["방문"]
    assert found["slope"] == pytest.approx(expected.slope)
    assert found["intercept"] == pytest.approx(expected.intercept)
    assert found["r2"] == pytest.approx(expected.rvalue**2)
    assert found["p"] == pytest.approx(expected.pvalue)
    assert found["rmse"] == pytest.approx(math.sqrt((left**2).mean()))
    assert found["n"] == len(both)


def test_multiple_regression(run: Run, frame: pd.DataFrame) -> None:
    both = frame[["매출", "방문", "번호"]].dropna()
    design = np.column_stack([np.ones(len(both)), both["방문"], both["번호"]])
    expected, *_ = np.linalg.lstsq(design, both["매출"], rcond=None)
    assert run("regression", measures=("매출", "방문", "번호")).frame["coefficient"].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("method", "factor"), [("iqr", 1.5), ("iqr", 3.0), ("z", 2.0), ("z", 3.0)])
def test_outliers(run: Run, frame: pd.DataFrame, method: str, factor: float) -> None:
    values = frame["매출"].dropna()
    if method == "iqr":
        q1, q3 = values.quantile(0.25), values.quantile(0.75)
        low, high = q1 - factor * (q3 - q1), q3 + factor * (q3 - q1)
    else:
        low, high = values.mean() - factor * values.std(), values.mean() + factor * values.std()
    expected = int(((values < low) | (values > high)).sum())
    found = run("outliers", measures=("매출",), method=method, factor=factor)
    assert found.values["outliers"] == expected == len(found.values["rows"])
    dropped = run("count", preparations=(Preparation("drop_outliers", ("매출",), method, factor),))
    assert dropped.values["count"] == len(frame) - expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("difference", lambda a, b: a - b), ("ratio", lambda a, b: a / b), ("percent", lambda a, b: (a - b) / b * 100)],
)
def test_two_groups_compared(
    run: Run, frame: pd.DataFrame, operation: str, expected: Callable[[float, float], float]
) -> None:
    a, b = (frame[frame["등급"] == grade]["매출"].mean() for grade in ("B", "A"))
    found = run(
        "aggregate",
        measures=("매출",),
        statistics=("mean",),
        groups=("등급",),
        compared=("B", "A"),
        operation=operation,
    )
    assert found.values["value"] == pytest.approx(expected(a, b))


def test_two_columns_and_two_statistics_compared(run: Run, frame: pd.DataFrame) -> None:
    columns = run("aggregate", measures=("매출", "방문"), statistics=("mean",), operation="difference")
    assert columns.values["value"] == pytest.approx(frame["매출"].mean() - frame["방문"].mean())
    two = run("aggregate", measures=("매출",), statistics=("max", "min"), operation="ratio")
    assert two.values["value"] == pytest.approx(frame["매출"].max() / frame["매출"].min())


def test_two_years_compared(run: Run, frame: pd.DataFrame) -> None:
    found = run(
        "aggregate",
        measures=("매출",),
        groups=("날짜",),
        date="날짜",
        period="year",
        compared=("2024", "2023"),
        operation="difference",
    )
    sums = frame.groupby(frame["날짜"].dt.year)["매출"].sum()
    assert found.values["value"] == pytest.approx(sums[2024] - sums[2023])


def test_cells_are_looked_up(run: Run, frame: pd.DataFrame) -> None:
    found = run("lookup", measures=("매출",), filters=(Filter("번호", "eq", (11,)),))
    assert found.values["value"] == frame["매출"][11]
    several = run("lookup", measures=("번호", "매출"), filters=(Filter("지점", "in", ("서점",)),))
    assert several.frame["번호"].tolist() == frame[frame["지점"] == "서점"]["번호"].tolist()


def drop(data: pd.DataFrame) -> pd.DataFrame:
    return data.dropna(subset=["매출", "방문"])


def test_preparations_run_in_their_order(run: Run, frame: pd.DataFrame) -> None:
    steps = (
        Preparation("drop_missing", ("매출", "방문")),
        Preparation("drop_outliers", ("매출",), "iqr", 1.5),
        Preparation("derive", ("매출", "방문"), "/", name="객단가"),
    )
    kept = drop(frame)
    q1, q3 = kept["매출"].quantile(0.25), kept["매출"].quantile(0.75)
    kept = kept[kept["매출"].between(q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1))]
    found = run("aggregate", measures=("객단가",), statistics=("mean",), preparations=steps)
    assert found.values["mean"] == pytest.approx((kept["매출"] / kept["방문"]).mean())
    assert (found.rows, found.used) == (len(frame), len(kept))
    assert [note.key for note in found.notes] == ["drop_missing", "drop_outliers"]


@pytest.mark.parametrize("method", ["mean", "median", "zero", "previous", "mode", "value"])
def test_missing_values_are_filled(run: Run, frame: pd.DataFrame, method: str) -> None:
    visits = frame["방문"]
    filled = {
        "mean": visits.fillna(visits.mean()),
        "median": visits.fillna(visits.median()),
        "zero": visits.fillna(0),
        "previous": visits.ffill(),
        "mode": visits.fillna(visits.mode().iloc[0]),
        "value": visits.fillna(99),
    }[method]
    step = Preparation("fill_missing", ("방문",), method, operand=99.0)
    found = run("aggregate", measures=("방문",), statistics=("sum", "count"), preparations=(step,))
    assert found.values["sum"] == pytest.approx(filled.sum())
    assert found.values["count"] == len(frame)


def test_repeated_and_other_rows_are_left_out(run: Run, frame: pd.DataFrame) -> None:
    once = run(
        "aggregate", measures=("번호",), statistics=("sum",), preparations=(Preparation("drop_duplicates", ("지점",)),)
    )
    assert once.values["sum"] == frame.drop_duplicates("지점")["번호"].sum()
    kept = run("count", preparations=(Preparation("keep_rows", filters=(Filter("방문", "ge", (30,)),)),))
    assert kept.values["count"] == (frame["방문"] >= 30).sum()


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("log", lambda s: np.log(s)),
        ("square", lambda s: s**2),
        ("root", lambda s: np.sqrt(s)),
        ("z", lambda s: (s - s.mean()) / s.std()),
        ("min_max", lambda s: (s - s.min()) / (s.max() - s.min())),
        ("abs", lambda s: s.abs()),
    ],
)
def test_columns_are_derived(
    run: Run, frame: pd.DataFrame, method: str, expected: Callable[[pd.Series], pd.Series]
) -> None:
    step = Preparation("derive", ("매출",), method, name="새 열")
    found = run("aggregate", measures=("새 열",), statistics=("max", "std"), preparations=(step,))
    assert found.values["max"] == pytest.approx(expected(frame["매출"]).max())
    assert found.values["std"] == pytest.approx(expected(frame["매출"]).std())


def test_values_are_binned(run: Run, frame: pd.DataFrame) -> None:
    step = Preparation("bin", ("방문",), edges=(20.0, 40.0), labels=("적음", "보통", "많음"), name="방문 구간")
    found = run("aggregate", groups=("방문 구간",), preparations=(step,)).frame.set_index("방문 구간")[COUNT]
    expected = pd.cut(frame["방문"], [-math.inf, 20, 40, math.inf], right=False, labels=["적음", "보통", "많음"])
    assert found[["적음", "보통", "많음"]].tolist() == expected.value_counts()[["적음", "보통", "많음"]].tolist()


def test_two_tables_are_joined(run: Run, frame: pd.DataFrame, read: Read) -> None:
    places = "지점,권역\n서점,수도권\n부점,영남\n"
    other = read(places, name="지점.csv")
    step = Preparation("join", ("지점",), other="지점.csv")
    found = run(
        "aggregate",
        others={"지점.csv": other},
        measures=("매출",),
        statistics=("sum",),
        groups=("권역",),
        preparations=(step,),
    )
    sums = frame.groupby("지점")["매출"].sum()
    assert dict(zip(found.frame["권역"].fillna("–"), found.frame["sum 매출"], strict=True)) == pytest.approx(
        {"수도권": sums["서점"], "영남": sums["부점"], "–": sums["대점"]}
    )
    assert dict(found.notes[0].values)["count"] == (frame["지점"] == "대점").sum()


IMPOSSIBLE = {
    "key_repeats": {"action": "count", "preparations": (Preparation("join", ("지점",), other="twice.csv"),)},
    "no_other_file": {"action": "count", "preparations": (Preparation("join", ("지점",), other="none.csv"),)},
    "no_key": {"action": "count", "preparations": (Preparation("join", ("매출",), other="twice.csv"),)},
    "not_two_groups": {"action": "t_test", "measures": ("매출",), "groups": ("지점",)},
    "too_few": {"action": "normality", "measures": ("매출",), "filters": (Filter("번호", "lt", (2,)),)},
    "one_category": {"action": "chi_square", "groups": ("지점", "등급"), "filters": (Filter("등급", "in", ("A",)),)},
    "needs_numbers": {"action": "count", "preparations": (Preparation("fill_missing", ("지점",), "mean"),)},
    "nothing_of": {
        "action": "aggregate",
        "measures": ("매출",),
        "groups": ("지점",),
        "compared": ("서점", "없음"),
        "operation": "ratio",
    },
    "no_number_to_test": {"action": "t_test", "measures": ("매출",), "method": "one_sample"},
    "groups_needed": {
        "action": "anova",
        "measures": ("매출",),
        "groups": ("지점",),
        "filters": (Filter("지점", "in", ("서점",)),),
    },
    "needs_two_numbers": {"action": "regression", "measures": ("매출",)},
}


@pytest.mark.parametrize("reason", IMPOSSIBLE)
def test_what_is_impossible_says_why(run: Run, read: Read, reason: str) -> None:
    other = read("지점,n\n서점,1\n서점,2\n", name="twice.csv")
    found = run(**IMPOSSIBLE[reason], others={"twice.csv": other})
    assert found.cannot is not None and found.cannot.key == reason
    assert not found.values


def test_names_and_values_of_a_file_never_end_a_quotation(read: Read) -> None:
    name, value = 'a"; DROP TABLE data; --', "x'; SELECT 1; --"
    table = read(f'"{name.replace(chr(34), chr(34) * 2)}",n\n"{value}",1\ny,2\n')
    assert table.names() == [name, "n"]
    found = compute(Query("aggregate", ("n",), ("sum",), (name,), (Filter(name, "in", (value,)),)), table)
    assert found.frame["sum n"].tolist() == [1]


def test_names_that_differ_in_case_alone_are_kept_apart(read: Read) -> None:
    table = read("A,a\nx,1\ny,5\n")
    found = compute(Query("aggregate", ("a",), ("sum",), ("A",)), table)
    assert found.frame.to_dict("list") == {"A": ["y", "x"], "sum a": [5, 1]}
