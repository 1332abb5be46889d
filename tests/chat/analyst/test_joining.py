"""Questions that name the files to be joined, or the key, are understood; a file or key that isn't there is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chat.analyst import command
from chat.analyst.queries import Filter, Preparation, Query, Unclear
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from chat.analyst.understanding.questions import understand

FILES = {
    "매출.csv": """고객코드,날짜,지역,매출
C001,2024-01-05,서울,100000
C002,2024-01-20,부산,200000
C003,2024-02-03,서울,150000
C001,2024-02-14,대구,50000
C009,2024-03-01,부산,70000
""",
    "고객.csv": """고객코드,등급,나이
C001,골드,30
C002,실버,41
C003,골드,25
C005,실버,33
""",
    "지점 목록.csv": "지역,담당자\n서울,김철수\n부산,이영희\n대구,박민수\n",
    "2월 매출.csv": "고객코드,날짜,지역,매출\nC007,2024-02-05,서울,10\n",
    "sales.csv": """customer_id,date,region,sales
1,2024-01-05,East,100
2,2024-01-20,West,200
1,2024-02-03,East,150
3,2024-02-14,North,50
""",
    "customer_master.csv": "customer_id,grade,city\n1,Gold,Seoul\n2,Silver,Busan\n4,Gold,Daegu\n",
}
KOREAN = ("매출.csv", "고객.csv")
ENGLISH = ("sales.csv", "customer_master.csv")
LEFT = (Preparation("join", ("고객코드",), other="고객.csv"),)
INNER = (Preparation("join", ("고객코드",), "inner", other="고객.csv"),)
LEFT_EN = (Preparation("join", ("customer_id",), other="customer_master.csv"),)
INNER_EN = (Preparation("join", ("customer_id",), "inner", other="customer_master.csv"),)
SUM = Query("aggregate", ("매출",), ("sum",), ("등급",), preparations=LEFT)
SUM_EN = Query("aggregate", ("sales",), ("sum",), ("grade",), preparations=LEFT_EN)
MEAN = Query("aggregate", ("매출",), ("mean",), ("등급",), preparations=LEFT)
COLUMNS = ("매출.csv (고객코드, 날짜, 지역, 매출)", "고객.csv (고객코드, 등급, 나이)")
COLUMNS_EN = ("sales.csv (customer_id, date, region, sales)", "customer_master.csv (customer_id, grade, city)")

UNDERSTOOD = [
    (KOREAN, "고객.csv와 고객코드로 결합해서 등급별 매출 합계", SUM),
    (KOREAN, "고객.csv 파일을 고객코드 기준으로 붙여서 등급별 매출 합계를 알려줘", SUM),
    (KOREAN, "매출.csv와 고객.csv를 고객코드로 병합한 뒤 등급별 매출 합계", SUM),
    (KOREAN, "고객코드 기준으로 vlookup 해서 등급별 매출 합계", SUM),
    (KOREAN, "고객코드를 기준으로 고객 파일과 조인한 후 등급별 매출 합계", SUM),
    (KOREAN, "고객 파일에서 등급을 가져와서 등급별 매출 합계", SUM),
    (KOREAN, "고객.csv를 이용해서 등급별 매출 합계", SUM),
    (KOREAN, "등급별 매출 합계, 고객.csv와 결합해서", SUM),
    (KOREAN, "Join with 고객.csv on 고객코드, then total 매출 by 등급", SUM),
    (KOREAN, "Total 매출 by 등급 after joining with 고객.csv on 고객코드", SUM),
    (KOREAN, "고객 파일이랑 합쳐서 등급별 매출", Query("aggregate", ("매출",), (), ("등급",), preparations=LEFT)),
    (KOREAN, "두 파일을 고객코드 기준으로 조인하고 등급별 평균 매출", MEAN),
    (KOREAN, "고객코드로 두 표를 연결해 등급별 평균 매출을 보여줘", MEAN),
    (
        KOREAN,
        "고객 파일과 inner join해서 등급별 평균 매출",
        Query("aggregate", ("매출",), ("mean",), ("등급",), preparations=INNER),
    ),
    (
        KOREAN,
        "고객 파일과 고객코드로 매칭해서 일치하는 것만 지역별 매출 합계",
        Query("aggregate", ("매출",), ("sum",), ("지역",), preparations=INNER),
    ),
    (
        KOREAN,
        "다른 파일과 결합해서 골드 등급의 매출 합계",
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("등급", "in", ("골드",)),), preparations=LEFT),
    ),
    (
        (*KOREAN, "지점 목록.csv"),
        "지점목록 파일과 결합해서 담당자별 매출 합계",
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            ("담당자",),
            preparations=(Preparation("join", ("지역",), other="지점 목록.csv"),),
        ),
    ),
    (KOREAN, "매출.csv를 사용해서 지역별 매출 합계", Query("aggregate", ("매출",), ("sum",), ("지역",))),
    (ENGLISH, "merge the two files on customer_id and show total sales by grade", SUM_EN),
    (ENGLISH, "Join with customer_master.csv on customer_id, then total sales by grade", SUM_EN),
    (ENGLISH, "join customer master and sales on customer id and show total sales by grade", SUM_EN),
    (ENGLISH, "left join customer_master on customer_id: total sales by grade", SUM_EN),
    (ENGLISH, "Look up the grade in customer_master.csv and show total sales by grade", SUM_EN),
    (ENGLISH, "Using the other file, total sales by grade", SUM_EN),
    (
        ENGLISH,
        "Match both files by customer_id, keeping only matching rows, then total sales by grade",
        Query("aggregate", ("sales",), ("sum",), ("grade",), preparations=INNER_EN),
    ),
]
NOT_CLEAR = [
    (KOREAN, "거래처.csv와 결합해서 등급별 매출 합계", Unclear("no_file", ("거래처.csv",), KOREAN)),
    (KOREAN, "거래처 파일과 결합해서 등급별 매출 합계", Unclear("no_file", ("거래처",), KOREAN)),
    (KOREAN, "거래처와 고객코드로 결합해서 등급별 매출 합계", Unclear("no_file", ("거래처",), KOREAN)),
    (ENGLISH, "Join with vendors on vendor_id, then total sales by grade", Unclear("no_file", ("vendors",), ENGLISH)),
    (KOREAN[:1], "두 파일을 결합해서 지역별 매출 합계", Unclear("one_file", (), KOREAN[:1])),
    (
        (*KOREAN, "지점 목록.csv"),
        "다른 파일과 결합해서 지역별 매출 합계",
        Unclear("which_file", (), ("고객.csv", "지점 목록.csv")),
    ),
    (
        (*KOREAN, "지점 목록.csv"),
        "고객.csv와 지점 목록.csv를 결합해서 등급별 담당자 수",
        Unclear("file_not_named", ("매출.csv",)),
    ),
    (KOREAN, "고객.csv와 등급으로 결합해서 등급별 매출 합계", Unclear("no_shared_key", ("등급",), COLUMNS)),
    (
        KOREAN,
        "고객.csv와 회원번호 기준으로 결합해서 등급별 매출 합계",
        Unclear("no_shared_key", ("회원번호",), COLUMNS),
    ),
    (
        ENGLISH,
        "merge the two files on region and show total sales by grade",
        Unclear("no_shared_key", ("region",), COLUMNS_EN),
    ),
    (
        ("매출.csv", "2월 매출.csv"),
        "2월 매출 파일과 고객코드로 합쳐서 지역별 매출 합계",
        Unclear("files_alike", ("2월 매출.csv",)),
    ),
    (("매출.csv", "2월 매출.csv"), "두 파일을 합쳐서 매출 합계", Unclear("files_alike", ("2월 매출.csv",))),
    (KOREAN[::-1], "매출.csv와 결합해서 등급별 나이 평균", Unclear("repeats", ("고객코드",))),
    (KOREAN, "고객 파일을 outer join해서 등급별 매출 합계", Unclear("too_hard", ("outer",))),
    (KOREAN, "서울과 부산을 합쳐서 매출 합계", Unclear("words", ("합쳐서",))),
    (KOREAN, "매출과 비용을 합쳐서 지역별 합계", Unclear("words", ("비용", "합쳐서"))),
    (ENGLISH, "how many customers joined the company on 2020-01-01", Unclear("words", ("joined", "company"))),
    (ENGLISH, "sales joined by region", Unclear("words", ("joined",))),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, as they lie beside each other."""
    path = tmp_path_factory.mktemp("joined")
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, Table]:
    return {name: read_table(folder / name, name) for name in FILES}


@pytest.mark.parametrize(
    ("names", "question", "expected"),
    [*UNDERSTOOD, *NOT_CLEAR],
    ids=[question for _, question, _ in [*UNDERSTOOD, *NOT_CLEAR]],
)
def test_files_and_keys_that_are_named_are_read(
    tables: dict[str, Table], names: tuple[str, ...], question: str, expected: Query | Unclear
) -> None:
    table, *others = (tables[name] for name in names)
    assert understand(question, table, others) == expected


def test_question_goes_on_from_a_join_as_it_was_asked_for(tables: dict[str, Table]) -> None:
    earlier = ["고객 파일과 inner join해서 등급별 매출 합계"]
    found = understand("그럼 2024년 2월만?", tables["매출.csv"], [tables["고객.csv"]], earlier)
    assert isinstance(found, Query)
    assert found.preparations == INNER
    assert found.groups == ("등급",)


@pytest.mark.parametrize(
    ("names", "question", "parts"),
    [
        (KOREAN, "고객.csv와 결합해서 등급별 매출 합계", ("570,000", "고객코드 기준으로", "짝이 없는 행 1개")),
        (KOREAN, "고객.csv와 inner join해서 등급별 매출 합계", ("500,000", "짝이 있는 행만 남기고 1개 행 제외")),
        (KOREAN[::-1], "매출.csv와 결합해서 등급별 매출 합계", ("500,000", "매출.csv에서 짝이 없는 행 1개 제외")),
        (
            ENGLISH,
            "merge the two files on customer_id and show total sales by grade",
            ("500", "1 row found no partner"),
        ),
        (
            ENGLISH,
            "inner join the two files, total sales by grade",
            ("450", "only rows with a partner; 1 row left out"),
        ),
        (
            ENGLISH,
            "merge with vendors.csv and show total sales by grade",
            ("no file called “vendors.csv”", "sales.csv"),
        ),
        (KOREAN, "거래처.csv와 결합해서 지역별 매출", ("“거래처.csv” 파일이 없습니다", "고객.csv")),
    ],
)
def test_answer_tells_how_files_were_joined(
    folder: Path, tables: dict[str, Table], names: tuple[str, ...], question: str, parts: tuple[str, ...]
) -> None:
    told = _asked(folder, tables, names, question).text
    assert not [part for part in parts if part not in told], told


@pytest.mark.parametrize(
    "question", ["고객.csv와 고객코드로 결합해서 등급별 매출 합계", "고객 파일과 inner join해서 등급별 매출 합계"]
)
def test_code_of_a_join_runs_and_gives_the_same(folder: Path, tables: dict[str, Table], question: str) -> None:
    asked = _asked(folder, tables, KOREAN, question)
    (folder / "answer.py").write_text(asked.code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "answer.py"],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    printed = {line.split("\t")[0]: float(line.split("\t")[1]) for line in done.stdout.splitlines()[1:]}
    assert asked.table is not None
    assert printed == {str(group): total for group, total, *_ in asked.table["rows"]}


def _asked(folder: Path, tables: dict[str, Table], names: tuple[str, ...], question: str) -> command.Answered:
    first, *others = names
    return command.ask(
        question, tables[first], folder / first, others=[(tables[name], folder / name) for name in others]
    )
