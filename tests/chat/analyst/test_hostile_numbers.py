"""Numbers that break careless programs: what is asked of them is told, drawn and right, or said to be impossible."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from chat.analyst.engine.computing import compute
from chat.analyst.engine.results import MOVING
from chat.analyst.jobs import analyse
from chat.analyst.queries import Filter, Preparation, Query
from chat.analyst.scripts import script_of
from chat.analyst.tables import Table
from chat.analyst.telling.answers import answer
from chat.analyst.telling.charts import drawing_of
from chat.analyst.telling.working import tables_of, value_of, work_of

Read = Callable[..., Table]

DAYS = ("2024-01-05", "2024-01-31", "2024-02-29", "2024-05-01", "2023-02-28", "9999-12-31", "", "0001-01-01")
VALUES: dict[str, tuple[str, ...]] = {
    "plain": ("1.5", "2.5", "", "3", "-4", "0"),
    "all the same": ("0.1",),
    "nothing but zeros": ("0",),
    "below zero": ("-1", "-2", "-3.5"),
    "beyond 64 bits when squared": ("5000000000", "-6000000000", "7000000000", "3"),
    "powers beyond floats": ("1e200", "2e250", "-1e300", "1.0"),
    "the largest floats": ("1.7e308", "1.6e308", "-1.7e308", "1.0"),
    "the smallest floats": ("1e-300", "2e-310", "0.0", "1.0"),
}
STATISTICS = [
    "count",
    "sum",
    "mean",
    "median",
    "min",
    "max",
    "std",
    "var",
    "distinct",
    "mode",
    "range",
    "iqr",
    "skew",
    "kurtosis",
    "cv",
    "sem",
    "product",
    "first",
    "last",
    "p5",
    "p37",
    "q1",
    "q3",
]
DERIVED = ("log", "abs", "square", "root", "z", "min_max", "length")


def text_of(values: tuple[str, ...], rows: int = 24) -> str:
    lines = ["group,half,day,x,y"]
    for number in range(rows):
        group = "abc"[number % 3] if number % 7 else ""
        value, day = values[number % len(values)], DAYS[number % len(DAYS)]
        lines.append(f"{group},{'pq'[number % 2]},{day},{value},{number + 1}")
    return "\n".join(lines) + "\n"


def queries() -> list[Query]:
    steps = [Preparation("drop_outliers", ("x",), method) for method in ("iqr", "z")]
    steps += [Preparation("fill_missing", ("x",), method) for method in ("mean", "median", "mode", "zero", "previous")]
    steps += [Preparation("derive", ("x",), method, name="z") for method in DERIVED]
    steps += [Preparation("derive", ("x", "y"), sign, name="z") for sign in "+-*/"]
    found = [Query("aggregate", ("x",), (name,), group) for name in STATISTICS for group in ((), ("group",))]  # type: ignore[arg-type]
    found += [
        Query("aggregate", ("z" if step.kind == "derive" else "x",), ("sum", "mean"), preparations=(step,))
        for step in steps
    ]
    for period in ("day", "week", "month", "quarter", "year", "weekday", "hour"):
        found.append(Query("trend", ("x",), ("sum",), date="day", period=period, window=2, cumulative=True))
        found.append(Query("trend", ("x",), groups=("half",), date="day", period=period))
    for period in ("day", "week", "month", "quarter", "year"):
        for versus in ("previous", "year"):
            found.append(Query("growth", ("x",), ("sum",), date="day", period=period, versus=versus))
    for operation in ("difference", "ratio", "percent"):
        compared = {"groups": ("half",), "compared": ("p", "q"), "operation": operation}
        found.append(Query("aggregate", ("x",), ("sum",), **compared))  # type: ignore[arg-type]
    found += [Query("correlation", ("x", "y"), method=method) for method in ("pearson", "spearman", "kendall")]
    found += [Query("outliers", ("x",), method=method) for method in ("iqr", "z")]
    found += [Query("normality", ("x",), method=method) for method in ("shapiro", "dagostino", "ks", "anderson")]
    return [
        *found,
        Query("share", ("x",), groups=("group",), cumulative=True),
        Query("top", ("x",), groups=("group",), limit=1, within=("half",)),
        Query("top", ("x",), limit=3),
        Query("pivot", ("x",), ("mean",), ("group",), across="half"),
        Query("pivot", (), (), ("group", "x"), across="half"),
        Query("distribution", ("x",)),
        Query("distinct", ("x",)),
        Query("describe", ("x", "y")),
        Query("preview", limit=5),
        Query("profile"),
        Query("lookup", ("x",), filters=(Filter("group", "eq", ("a",)),)),
        Query("t_test", ("x",), groups=("half",)),
        Query("t_test", ("x", "y"), method="paired"),
        Query("t_test", ("x",), factor=1.0),
        Query("anova", ("x",), groups=("group",)),
        Query("chi_square", groups=("x", "half")),
        Query("regression", ("x", "y")),
        Query("regression", ("y", "x")),
    ]


@pytest.mark.filterwarnings("ignore")  # what numpy says of numbers beyond floats
@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("rows", [24, 1])
def test_whatever_is_asked_is_told_and_drawn(read: Read, values: str, rows: int) -> None:
    table = read(text_of(VALUES[values], rows))
    assert table.column("x").kind == "number" and table.column("day").kind == "date"
    for query in queries():
        result = compute(query, table)
        for language in ("ko", "en"):
            assert all(piece.strip() for piece in answer(query, result, table, language))
        if result.cannot is None:
            tables_of(query, result, table, "en")
            work_of(query, result, table, "en", "")
            value_of(query, result)
            drawing_of(query, result, table, "ko")
            compile(script_of(query, result, table, Path("data.csv")), "script", "exec")


def test_numbers_whose_powers_nothing_holds_are_said_to_be_too_large(read: Read) -> None:
    table = read(text_of(VALUES["powers beyond floats"]))
    result = compute(Query("aggregate", ("x",), ("skew",)), table)
    assert result.cannot is not None and result.cannot.key == "too_large"
    distribution = compute(Query("distribution", ("x",)), read(text_of(VALUES["the largest floats"])))
    assert distribution.cannot is not None and distribution.cannot.key == "too_large"


def test_values_that_are_all_the_same_have_no_outliers(read: Read) -> None:
    table = read(text_of(("0.1",), 10))  # whose mean, added up, is not 0.1
    for factor in (1.0, 3.0):
        assert compute(Query("outliers", ("x",), method="z", factor=factor), table).values["outliers"] == 0
        step = Preparation("drop_outliers", ("x",), "z", factor)
        assert compute(Query("count", preparations=(step,)), table).values["count"] == 10


def test_large_values_keep_their_deviation_correlation_and_slope(read: Read) -> None:
    x = [10**15 + number * number % 9 for number in range(200)]
    y = list(range(200))
    table = read("x,y\n" + "".join(f"{a},{b}\n" for a, b in zip(x, y, strict=True)))
    middle, centre = Fraction(sum(x), 200), Fraction(sum(y), 200)
    squares = sum((a - middle) ** 2 for a in x)
    both = sum((a - middle) * (b - centre) for a, b in zip(x, y, strict=True))
    others = sum((b - centre) ** 2 for b in y)
    found = compute(Query("aggregate", ("x",), ("std", "var", "sem")), table).values
    assert found["var"] == pytest.approx(float(squares / 199))
    assert found["std"] == pytest.approx(math.sqrt(squares / 199))
    assert found["sem"] == pytest.approx(math.sqrt(squares / 199 / 200))
    assert compute(Query("correlation", ("x", "y")), table).values["r"] == pytest.approx(
        float(both) / math.sqrt(squares * others)
    )
    fitted = compute(Query("regression", ("x", "y")), table).values
    assert fitted["slope"] == pytest.approx(float(both / others))
    assert fitted["intercept"] == pytest.approx(float(middle - both / others * centre))


def test_squares_of_large_whole_numbers_are_right(read: Read) -> None:
    step = Preparation("derive", ("n",), "square", name="squared")
    result = compute(Query("aggregate", ("squared",), ("max",), preparations=(step,)), read("n\n5000000000\n2\n"))
    assert result.values["max"] == 25 * 10**18


def test_a_moving_average_does_not_reach_over_months_without_rows(read: Read) -> None:
    table = read("day,x\n2024-01-03,1\n2024-02-03,2\n2024-03-03,6\n2024-05-03,100\n2024-06-03,200\n2024-07-03,300\n")
    result = compute(Query("trend", ("x",), ("sum",), date="day", period="month", window=3), table)
    means = dict(zip(map(str, result.frame["day"]), result.frame[MOVING], strict=True))
    assert {month: mean for month, mean in means.items() if mean == mean} == {"2024-03": 3, "2024-07": 200}


def test_a_moving_average_of_days_goes_from_one_day_of_the_file_to_the_next(read: Read) -> None:
    table = read("day,x\n2024-03-07,1\n2024-03-08,2\n2024-03-11,6\n")  # Thursday, Friday, Monday
    result = compute(Query("trend", ("x",), ("sum",), date="day", period="day", window=3), table)
    assert result.frame[MOVING].iloc[-1] == 3


@pytest.mark.parametrize(
    "question", ["요일별 매출 추이", "A와 B의 매출 차이", "등급별 매출 37백분위수", "ratio of 매출 between A and B"]
)
def test_an_answer_whose_chart_is_unusual_arrives(tmp_path: Path, question: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(
        "등급,날짜,매출\n" + "".join(f"{'AB'[n % 2]},2024-03-{n + 1:02d},{n * n}\n" for n in range(14)),
        encoding="utf-8",
    )
    analysis = analyse({"path": str(path), "name": path.name}, question, "ko", lambda step: None)
    assert analysis.work is not None and analysis.pieces
