"""The code of an answer runs as it stands beside the file, and prints what the answer says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from chat.analyst import command
from chat.analyst.engine.computing import compute
from chat.analyst.queries import Filter, Preparation, Query
from chat.analyst.reading import read_table
from chat.analyst.scripts import script_of
from chat.analyst.telling.working import exact
from tests.chat.analyst.test_engine import shop

QUERIES = {
    "count": Query("count", filters=(Filter("지점", "in", ("서점",)),)),
    "sum": Query("aggregate", ("매출",), ("sum", "mean", "p95", "skew", "mode", "first")),
    "groups": Query("aggregate", ("매출", "방문"), ("sum", "std"), ("지점", "등급")),
    "share": Query("share", ("매출",), groups=("지점",), cumulative=True),
    "part": Query("share", filters=(Filter("방문", "ge", (30,)),)),
    "top": Query("top", ("매출",), limit=5),
    "within": Query("top", ("매출",), within=("지점",), limit=2),
    "trend": Query("trend", ("매출",), ("sum",), date="날짜", period="month", window=3, cumulative=True),
    "growth": Query("growth", ("매출",), date="날짜", period="quarter"),
    "pivot": Query("pivot", ("매출",), ("mean",), ("지점",), across="등급"),
    "lookup": Query("lookup", ("매출", "날짜"), filters=(Filter("번호", "eq", (7,)),)),
    "distinct": Query("distinct", ("지점",)),
    "day": Query("count", filters=(Filter("날짜", "during", ("2023-02-01", "2023-05-01")),)),
    "steps": Query(
        "aggregate",
        ("단가",),
        ("mean",),
        ("지점",),
        preparations=(
            Preparation("drop_outliers", ("매출",), "iqr", 1.5),
            Preparation("derive", ("매출", "방문"), "/", name="단가"),
        ),
    ),
}
TESTS = {
    "correlation": (Query("correlation", ("매출", "방문")), "r"),
    "spearman": (Query("correlation", ("매출", "방문"), method="spearman"), "r"),
    "t_test": (Query("t_test", ("매출",), groups=("등급",)), "p"),
    "paired": (Query("t_test", ("매출", "방문"), method="paired"), "p"),
    "anova": (Query("anova", ("매출",), groups=("지점",)), "p"),
    "chi": (Query("chi_square", groups=("지점", "등급")), "p"),
    "shapiro": (Query("normality", ("매출",)), "p"),
    "ks": (Query("normality", ("매출",), method="ks"), "p"),
    "anderson": (Query("normality", ("매출",), method="anderson"), "statistic"),
    "regression": (Query("regression", ("매출", "방문")), "r2"),
}


def written(folder: Path, kind: str) -> Path:
    """The sales as a file of this kind, with what makes it hard to read."""
    data = shop()
    if kind == "plain":
        data.to_csv(folder / "sales.csv", index=False)
        return folder / "sales.csv"
    if kind == "cp949":
        data["매출"] = [f"{cell:,.2f}원" if cell == cell else "" for cell in data["매출"]]
        text = "매출 현황\n\n" + data.to_csv(index=False, sep=";", quotechar="'")
        (folder / "매출's.csv").write_bytes(text.encode("cp949"))
        return folder / "매출's.csv"
    if kind == "commas":
        data["매출"] = [f"{cell:.2f}".replace(".", ",") if cell == cell else "" for cell in data["매출"]]
        data.to_csv(folder / "sales.tsv", index=False, sep="\t")
        return folder / "sales.tsv"
    if kind == "ragged":
        lines = data.to_csv(index=False).splitlines()
        lines[5] = lines[5].replace('"', "") + ",,"
        lines.insert(9, "번호,지점,등급,매출,방문,날짜")
        (folder / "sales.csv").write_text("\n".join([*lines, "", "출처: 없음"]), encoding="utf-8")
        return folder / "sales.csv"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["매출 현황"])
    sheet.append(list(data.columns))
    for row in data.itertuples(index=False):
        sheet.append([None if cell != cell else cell for cell in row])
    book.save(folder / "sales.xlsx")
    return folder / "sales.xlsx"


def ran(query: Query, path: Path) -> tuple[list[list[str]], object]:
    """The lines that the code of an answer prints, and the result that the answer was made of."""
    table = read_table(path, path.name)
    result = compute(query, table)
    code = script_of(query, result, table, path)
    if "as read.csv" in code:
        assert code.startswith("# ") and "--dump" in code.split("import")[0]
        command.write_table(command.read(path, path.name), path.with_name(f"{path.name} as read.csv"))
    (path.parent / "answer.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "answer.py"],
        cwd=path.parent,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr + code
    return [line.split("\t") for line in done.stdout.splitlines()], result


def same(cell: str, value: object) -> bool:
    """Whether a printed cell is a value of the result."""
    expected = exact(value)
    if isinstance(expected, int | float):
        return float(cell) == pytest.approx(expected, rel=1e-9)
    if expected is None:
        return cell in ("None", "nan")
    year = cell.startswith("20") and cell[:4] == str(expected)[:4]
    return cell == expected or year


@pytest.mark.parametrize("kind", ["plain", "cp949", "commas", "ragged", "excel"])
@pytest.mark.parametrize("name", QUERIES)
def test_code_prints_the_result(tmp_path: Path, kind: str, name: str) -> None:
    if kind != "plain" and name not in ("sum", "groups", "trend", "day", "steps"):
        pytest.skip("the reading alone differs")
    query = QUERIES[name]
    (_, *lines), result = ran(query, written(tmp_path, kind))
    frame = result.frame  # type: ignore[attr-defined]
    if query.action == "count":
        assert lines == [[str(result.values["count"])]]  # type: ignore[attr-defined]
    elif query.action == "aggregate" and not query.groups:
        assert all(same(*pair) for pair in zip(lines[0], frame.iloc[0, 1:], strict=True))
    elif query.action == "share" and not query.groups:
        assert same(lines[0][2], result.values["share"])  # type: ignore[attr-defined]
    else:
        assert len(lines) == len(frame) > 0
        for line, row in zip(lines, frame.itertuples(index=False), strict=True):
            assert all(same(*pair) for pair in zip(line, row, strict=True)), (line, row)


@pytest.mark.parametrize("name", TESTS)
def test_code_of_statistics_prints_the_result(tmp_path: Path, name: str) -> None:
    query, key = TESTS[name]
    lines, result = ran(query, written(tmp_path, "plain"))
    expected = pytest.approx(result.values[key], rel=1e-6)  # type: ignore[attr-defined]
    cells = [cell for line in lines for cell in line]
    numbers = [float(cell) for cell in cells if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell)]
    assert expected in numbers


@pytest.mark.parametrize(("kind", "plain"), [("plain", True), ("cp949", True), ("excel", True), ("ragged", False)])
def test_only_what_is_too_ugly_is_read_from_what_was_put_right(tmp_path: Path, kind: str, plain: bool) -> None:
    path = written(tmp_path, kind)
    table = read_table(path, path.name)
    code = script_of(QUERIES["sum"], compute(QUERIES["sum"], table), table, path)
    assert ("as read.csv" not in code) == plain
