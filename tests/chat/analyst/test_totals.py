"""Control totals, and which sentences of an answer are held against them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from chat.analyst.checking.told_numbers import NUMBER, told_number
from chat.analyst.checking.totals import Totals, compare, totals_of
from chat.analyst.jobs import JOBS, analyse
from chat.analyst.reading import read_table
from chat.analyst.tables import Column, Table, note
from tests.chat.analyst.phrasing import as_csv, sales_rows

KOREAN = Table(
    pd.DataFrame(
        {
            "지역": ["서울", "부산", "서울", "대구", None],
            "매출": [1000.0, 2345.0, 500.0, 8500.0, None],
            "수량": [1.5, 2.0, 3.0, 4.0, 5.0],
            "매출 이익": [10.0, 20.0, -80.0, 5.0, 5.0],
            "예산(백만원)": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    ),
    (
        Column("지역", "text"),
        Column("매출", "number", "원"),
        Column("수량", "number"),
        Column("매출 이익", "number"),
        Column("예산(백만원)", "number"),
    ),
    "매출현황.csv",
    "CSV",
)
ENGLISH = Table(
    pd.DataFrame(
        {
            "region": ["North", "South", "North"] * 4115,
            "revenue": [100.0, 200.0, 300.5] * 4115,
            "unit_price": [1, 2, 3] * 4115,
            "customer": [f"c{number % 500}" for number in range(12345)],
        }
    ),
    (Column("region", "text"), Column("revenue", "number"), Column("unit_price", "number"), Column("customer", "text")),
    "sales.csv",
    "CSV",
)
# Rows 12,345; revenue 2,471,057.5, mean 200.1666…; unit_price 24,690; 2 regions; 500 customers.


@pytest.fixture(scope="module")
def korean() -> Totals:
    return totals_of(KOREAN)


@pytest.fixture(scope="module")
def english() -> Totals:
    return totals_of(ENGLISH)


def told(totals: Totals, answer: str, *questions: str) -> tuple[int, list[str]]:
    """How many totals agree, and those that differ as they are written."""
    agreeing, differing = compare(totals, answer, questions, name="매출현황.csv")
    assert all(answer[slice(*one.place)] == one.told for one in differing)
    return agreeing, [one.told for one in differing]


def test_the_figures_are_those_of_the_columns(korean: Totals) -> None:
    region, sales = korean.columns[:2]
    assert (korean.rows, region.count, region.distinct, region.sum) == (5, 4, 3, None)
    assert (sales.sum, sales.mean, sales.min, sales.max, sales.count) == (12345, 3086.25, 500, 8500, 4)


@pytest.mark.parametrize(
    "sentence",
    [
        "매출 합계는 12,345원입니다.",
        "매출의 합계는 **12,345원**입니다.",
        "`매출` 열의 총합은 12345입니다",
        "총 매출은 1.2만원입니다.",
        "총매출: 12,345원",
        "전체 매출 합계는 약 1만 2천원입니다.",
        "매출 합계는 12,000원 정도입니다.",
        "매출 합계는 ₩12,345입니다.",
        "매출총액은 12,345원이다.",
        "데이터는 총 5행입니다.",
        "이 파일에는 5개의 행과 5개의 열이 있습니다.",
        "행 수: 5",
        "총 5건의 데이터가 있습니다.",
        "매출 평균은 3,086.25원이고 최댓값은 8,500원, 최솟값은 500원입니다.",
        "평균 매출은 3,086원입니다.",
        "매출 평균은 2,469원입니다.",  # empty cells counted as 0
        "고유 지역은 3개입니다.",
        "지역의 고유값은 4개입니다.",  # the empty one counted
        "매출 이익의 합계는 -40입니다.",
        "매출이익 합계: △40",
        "수량의 합은 15.5입니다",
        "- 매출\n  - 합계: 12,345\n  - 평균: 3,086.25\n",
        "### 매출\n\n합계는 12,345원입니다.",
        "| 지역 | 매출 |\n|---|---:|\n| 서울 | 1,500 |\n| **합계** | **12,345** |",
        "| 항목 | 값 |\n|---|---|\n| 매출 합계 | 12,345 |",
        "| 통계 | 매출 | 수량 |\n|---|---|---|\n| 합계 | 12,345 | 15.5 |\n| 평균 | 3,086.25 | 3.1 |",
        "| 컬럼 | 합계 | 평균 |\n|---|---|---|\n| 매출 | 12,345 | 3,086.25 |",
        "| 지역 | 매출 |\n|---|---|\n| 서울 | 750 |\n| 합계 | 3,086.25 |",  # a breakdown of means
        "예산 합계는 15백만원입니다.",
        "예산 합계는 1,500만원입니다.",
        "The total 매출 is 12,345 won.",
    ],
)
def test_right_totals_agree(korean: Totals, sentence: str) -> None:
    agreeing, differing = told(korean, sentence)
    assert agreeing >= 1 and differing == []


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("매출 합계는 12,346원입니다.", "12,346"),
        ("매출의 합계는 **21,345원**입니다.", "21,345"),
        ("총 매출은 1.5만원입니다.", "1.5만"),
        ("총매출: 13,345원", "13,345"),
        ("전체 매출 합계는 약 3만원입니다.", "3만"),
        ("데이터는 총 6행입니다.", "6"),
        ("이 파일에는 7개의 행과 5개의 열이 있습니다.", "7"),
        ("행 수: 4", "4"),
        ("총 9건입니다.", "9"),
        ("매출 평균은 3,100.5원입니다.", "3,100.5"),
        ("매출 합계는 12,345원이고 평균은 4,000.1원입니다.", "4,000.1"),
        ("매출의 최댓값은 9,501원입니다.", "9,501"),
        ("매출 최솟값: 50", "50"),
        ("고유 지역은 7개입니다.", "7"),
        ("매출 이익의 합계는 40입니다.", "40"),
        ("매출 합계는 3억 5천만 원입니다.", "3억 5천만"),
        ("- 매출\n  - 합계: 12,344\n", "12,344"),
        ("### 매출\n\n합계는 22,345원입니다.", "22,345"),
        ("| 지역 | 매출 |\n|---|---:|\n| 서울 | 1,500 |\n| **합계** | **13,345** |", "13,345"),
        ("| 항목 | 값 |\n|---|---|\n| 매출 합계 | 12,245 |", "12,245"),
        ("| 통계 | 매출 | 수량 |\n|---|---|---|\n| 합계 | 12,345 | 25.5 |", "25.5"),
        ("| 컬럼 | 합계 | 평균 |\n|---|---|---|\n| 매출 | 12,345 | 3,186.25 |", "3,186.25"),
        ("예산 합계는 17백만원입니다.", "17백만"),
    ],
)
def test_wrong_totals_differ(korean: Totals, sentence: str, wrong: str) -> None:
    assert told(korean, sentence)[1] == [wrong]


@pytest.mark.parametrize(
    "sentence",
    [
        "서울의 매출 합계는 1,500원입니다.",
        "서울 매출 합계: 1,500",
        "2024년 매출 합계는 5,000원입니다.",
        "1월 매출 합계는 100원",
        "상위 3개 매출 합계는 11,845원입니다.",
        "매출 합계는 전체의 50%입니다.",
        "매출 합계는 지난해보다 12% 늘었습니다.",
        "이상치를 제외한 매출 합계는 3,845원입니다.",
        "매출이 1,000 이상인 행 수는 3입니다.",
        "매출원가 합계는 500원입니다.",
        "영업 매출 합계는 500원입니다.",
        "매출액 합계는 500원입니다.",
        "매출 중앙값은 1,672원입니다.",
        "매출의 표준편차는 50이고 분산은 2,500입니다.",
        "결측값이 있는 행은 1개입니다.",
        "중복 행 수: 0",
        "고객 수는 500명입니다.",
        "지역별 매출 합계는 500원입니다.",
        "가장 큰 매출은 500원입니다.",
        "매출과 수량의 합계는 각각 1,000과 50입니다.",
        "## 서울\n\n매출 합계는 1,500원입니다.",
        "**부산**\n- 매출 합계: 2,345",
        "서울을 살펴보겠습니다. 매출 합계는 1,500원입니다.",
        "강남 쪽입니다:\n\n- 매출 합계: 700",
        "- 강남 쪽\n  - 매출 합계: 700\n- 그 밖\n  - 매출 합계: 800",
        "매출 상위 3개만 보면:\n\n| 지역 | 매출 |\n|---|---|\n| 대구 | 8,500 |\n| 합계 | 11,845 |",
        "| 지역 | 2023 | 2024 | 합계 |\n|---|---|---|---|\n| 서울 | 1 | 2 | 3 |\n| 합계 | 1 | 2 | 3 |",
        "| 지역 | 매출 |\n|---|---|\n| 서울 | 750 |\n| 평균 | 999 |",
        "| 지역 | 매출 (2024) |\n|---|---|\n| 서울 | 750 |\n| 합계 | 999 |",
        "| 순위표 | 매출 |\n|---|---|\n| 서울 | 750 |\n| 합계 | 999 |",
        "```python\ndf[df['지역'] == '서울']['매출'].sum()\n```\n\n매출 합계는 1,500원입니다.",
        "```\n매출 합계는 1원입니다.\n```",
        "매출 합계는 1,2345원입니다.",
        "매출 합계는 10~20원입니다.",
        "12,346",
        "",
    ],
)
def test_what_may_speak_of_a_part_is_not_compared(korean: Totals, sentence: str) -> None:
    assert told(korean, sentence) == (0, [])


@pytest.mark.parametrize(
    "question",
    [
        "서울의 매출 합계는?",
        "작년 매출 합계는?",
        "강남 쪽 매출 합계 알려줘",
        "매출이 1000 이상인 것의 합계는?",
        "이상치를 빼고 매출 합계를 구해줘",
        "그럼 2024년만 보면?",
        "상위 3개 매출 합계",
    ],
)
def test_after_a_question_about_a_part_only_what_is_said_of_the_file_is_compared(korean: Totals, question: str) -> None:
    assert told(korean, "매출 합계는 1,500원입니다.", question) == (0, [])
    assert told(korean, "매출 합계는 1,500원입니다.", question, "평균은?") == (0, [])
    assert told(korean, "파일 전체의 매출 합계는 1,500원입니다.", question) == (0, ["1,500"])


@pytest.mark.parametrize(
    "question",
    [
        "매출 합계는 얼마인가요?",
        "이 파일을 분석해 주세요.",
        "매출의 합계와 평균을 알려줘",
        "What is the total 매출?",
        "매출현황.csv 요약해줘",
    ],
)
def test_after_a_question_about_the_whole_totals_are_compared(korean: Totals, question: str) -> None:
    assert told(korean, "매출 합계는 1,500원입니다.", question) == (0, ["1,500"])


def test_after_a_question_about_groups_only_what_adds_up_is_compared(korean: Totals) -> None:
    assert told(korean, "매출 합계는 1,500원이고 평균은 7원입니다.", "지역별 매출 합계는?") == (0, ["1,500"])


@pytest.mark.parametrize(
    "sentence",
    [
        "The total revenue is 2,471,057.5.",
        "Total revenue: $2,471,057.50",
        "The sum of revenue is about 2.5 million.",
        "The sum of the revenue column is 2.47M",
        "Revenue totals 2,471k.",
        "There are 12,345 rows and 4 columns.",
        "The dataset contains 12,345 records.",
        "Number of rows: 12,345",
        "Row count: 12345",
        "The file has 12,345 rows in total.",
        "There are about 12k rows.",
        "The average revenue is 200.17.",
        "The mean of revenue is 200.2 and the maximum is 300.5.",
        "Distinct customers: 500",
        "There are 500 unique customers.",
        "Total unit price is 24,690",
        "24,690 is the sum of unit_price.",
        "Here is a summary of the file:\n\n- **Rows:** 12,345\n- **Total revenue:** 2,471,057.5\n",
        "| Metric | Value |\n|---|---|\n| Rows | 12,345 |\n| Total revenue | 2,471,057.5 |",
        "| region | revenue |\n|---|---|\n| North | 1,647,… |\n| **Total** | 2,471,057.5 |",
        "| statistic | revenue |\n|---|---|\n| mean | 200.17 |\n| max | 300.5 |",
    ],
)
def test_right_totals_in_english_agree(english: Totals, sentence: str) -> None:
    agreeing, differing = told(english, sentence)
    assert agreeing >= 1 and differing == []


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The total revenue is 2,471,058.5.", "2,471,058.5"),
        ("Total revenue: $2,571,057.50", "$2,571,057.50"),
        ("The sum of revenue is about 3.5 million.", "3.5 million"),
        ("There are 12,346 rows and 4 columns.", "12,346"),
        ("The dataset contains 12,340 records.", "12,340"),
        ("Row count: 12344", "12344"),
        ("The average revenue is 210.17.", "210.17"),
        ("The mean of revenue is 200.2 and the maximum is 400.", "400"),
        ("There are 501 unique customers.", "501"),
        ("| Metric | Value |\n|---|---|\n| Rows | 12,445 |\n| Total revenue | 2,471,057.5 |", "12,445"),
        ("| region | revenue |\n|---|---|\n| North | 1 |\n| **Total** | 9,471,057.5 |", "9,471,057.5"),
    ],
)
def test_wrong_totals_in_english_differ(english: Totals, sentence: str, wrong: str) -> None:
    assert told(english, sentence)[1] == [wrong]


@pytest.mark.parametrize(
    "sentence",
    [
        "The total revenue in North is 500.",
        "North: total revenue 500",
        "Total revenue for Q1 is 500.",
        "Total revenue in 2024 was 500.",
        "Total revenue grew by 12%.",
        "Total revenue after removing outliers is 500.",
        "The top 10 customers' total revenue is 500.",
        "The first 100 rows are shown.",
        "There are 3 rows with missing values.",
        "There are 5 duplicate rows.",
        "Only 20 rows match.",
        "Average revenue per customer is 5.",
        "The total cost is 500.",
        "Net revenue total: 500",
        "The median revenue is 5.",
        "I filtered the data. The total revenue is 500.",
        "For large customers:\n\n- Total revenue: 500",
        "### Europe\n\nTotal revenue is 500.",
        "```sql\nSELECT sum(revenue) FROM data WHERE region = 'North'\n```\nTotal revenue: 500",
        "Total revenue is less than 500.",
        "Computed: the mean of revenue · 90 of 90 rows",
        "The mean of revenue; 90 rows of 12,345",
        "Total revenue is more than 500.",
        "Total revenue ranges from 5 to 10.",
        "The total revenue is 1.647.033,5.",
    ],
)
def test_parts_in_english_are_not_compared(english: Totals, sentence: str) -> None:
    assert told(english, sentence) == (0, [])


@pytest.mark.parametrize("key", ["total_row", "other_sheets", "other_tables"])
def test_nothing_is_compared_where_the_whole_may_be_something_else(key: str) -> None:
    table = Table(KOREAN.frame, KOREAN.columns, "x.csv", "CSV", notes=(note(key),))
    totals = totals_of(table)
    assert told(totals, "매출 합계는 1원입니다.") == (0, [])
    assert totals.has_total_row == (key == "total_row")


def test_a_column_that_is_called_like_a_statistic_makes_its_sentences_ambiguous() -> None:
    frame = pd.DataFrame({"매출": [1.0, 2.0], "합계": [5.0, 6.0]})
    table = Table(frame, (Column("매출", "number"), Column("합계", "number")), "x.csv", "CSV")
    assert told(totals_of(table), "매출 합계는 11입니다.") == (0, [])


def test_a_value_that_is_called_like_a_column_makes_its_sentences_ambiguous() -> None:
    frame = pd.DataFrame({"계정": ["매출", "비용"], "매출": [1.0, 2.0]})
    table = Table(frame, (Column("계정", "text"), Column("매출", "number")), "x.csv", "CSV")
    assert told(totals_of(table), "매출 합계는 11입니다.") == (0, [])


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("12,345", 12345, 1),
        ("12345.60", 12345.6, 0.01),
        ("1.2만", 12000, 1000),
        ("3억 5천만", 350_000_000, 10_000_000),
        ("1,234만 5,678원", 12_345_678, 1),
        ("12k", 12000, 1000),
        ("$1.2 million", 1_200_000, 100_000),
        ("−5", -5, 1),
        ("2.5bn", 2.5e9, 1e8),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, value: float, step: float) -> None:
    match = NUMBER.search(text)
    assert match
    found = told_number(match)
    assert (found.value, found.step) == (pytest.approx(value), pytest.approx(step))


@pytest.mark.parametrize("text", ["2024-01-05", "10:30", "Q1", "1.2.3", "v2", "12,34"])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert NUMBER.fullmatch(text) is None


def test_the_job_reads_the_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes("이름;매출\n가;1.000,50\n나;2.000,25\n다;\n".encode("cp949"))
    request = {
        "files": [{"path": str(path), "name": "a.csv"}],
        "answer": "매출 합계는 3,000.75이고, 총 4행입니다.",
        "questions": ["분석해 줘"],
    }
    steps: list[str] = []
    totals = JOBS["totals"](request, steps.append)["totals"]
    assert steps == ["reading", "computing"]
    assert (totals["rows"], totals["agreeing"]) == (3, 1)
    assert totals["distinct"] == [{"name": "이름", "count": 3}, {"name": "매출", "count": 2}]
    [column] = totals["columns"]
    assert (column["name"], column["sum"], column["count"], column["min"]) == ("매출", 3000.75, 2, 1000.5)
    assert [(one["statistic"], one["told"], one["computed"]) for one in totals["differing"]] == [("rows", "4", 3)]


def test_the_job_reads_a_file_as_somebody_has_chosen(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("a;b\n1;2\n3;4\n")
    file = {"path": str(path), "name": "a.csv", "choice": {"header": 0}}
    totals = JOBS["totals"]({"files": [file], "answer": ""}, lambda step: None)["totals"]
    assert totals["rows"] == 3


ASKED = (
    "이 파일을 분석해 주세요",
    "매출 합계",
    "서울의 매출 합계",
    "지역별 매출 합계",
    "지역별 매출 평균",
    "2024년 매출 합계",
    "매출 상위 5개",
    "월별 매출 추이",
    "매출의 평균과 최댓값",
    "행이 몇 개야?",
    "매출이 100만 이상인 행 수",
    "결측값은?",
    "중복된 행은?",
    "지역은 몇 개야?",
    "매출 이상치",
    "지역별 매출 비중",
    "매출과 수량의 상관관계",
    "수량 기술 통계",
)


@pytest.mark.parametrize("question", ASKED)
def test_no_answer_of_the_built_in_analyst_differs(tmp_path: Path, question: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(as_csv(sales_rows()), encoding="utf-8")
    answer = "\n\n".join(analyse({"path": path, "name": "sales.csv"}, question, "ko", lambda step: None).pieces)
    totals = totals_of(read_table(path, "sales.csv"))
    assert told(totals, answer, question)[1] == []
    assert told(totals, answer)[1] == [] or "서울" in question or "2024" in question


ANSWERS = {
    "ko": """안녕하세요! 업로드하신 `sales.csv` 파일을 분석한 결과입니다.

## 1. 데이터 개요
- 총 행 수: **111행**
- 열 수: 5개 (날짜, 지역, 제품, 매출, 수량)
- 기간: 2023-11-02 ~ 2025-01-11
- 결측치: 매출 2건

## 2. 기초 통계
| 항목 | 매출 | 수량 |
|---|---|---|
| 합계 | 66,760,000 | 628 |
| 평균 | 612,477 | 5.66 |
| 최대값 | 1,220,000 | 90 |

## 3. 지역별 매출
| 지역 | 매출 합계 | 비중 |
|---|---|---|
| 서울 | 22,380,000 | 33.5% |
| 부산 | 16,940,000 | 25.4% |
| 합계 | 66,760,000 | 100% |

## 4. 인사이트
- 서울의 매출이 가장 높으며, 매출 합계는 22,380,000원입니다.
- 2024년 매출 합계는 50,000,000원으로 전년 대비 증가했습니다.
- 수량의 이상치(90)를 제외하면 수량 합계는 570입니다.

**결론**: 전체 매출 합계는 66,760,000원입니다.
""",
    "en": """Here's a quick overview of your dataset:

- **Total rows:** 111
- **Total 매출:** 66,760,000
- **Average 매출:** 612,477.06
- The 매출 column has 2 missing values.
- Seoul accounts for 33.5% of 매출 (22,380,000).

### Busan
Total 매출: 16,940,000. Average 매출 is 605,000.

### Monthly
| 월 | 매출 |
|---|---|
| 2024-01 | 4,360,000 |
| Total | 50,000,000 |

### Top 5
| 지역 | 매출 |
|---|---|
| 서울 | 1,220,000 |
| Total | 6,000,000 |
""",
}


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Totals:
    """111 rows, two of them without 매출; its sum is 66,760,000 and that of 수량 is 628."""
    path = tmp_path_factory.mktemp("totals") / "sales.csv"
    path.write_text(as_csv(sales_rows()), encoding="utf-8")
    return totals_of(read_table(path, "sales.csv"))


@pytest.mark.parametrize(("language", "count"), [("ko", 8), ("en", 3)])
def test_a_whole_report_is_held_against_the_table(sales: Totals, language: str, count: int) -> None:
    agreeing, differing = compare(sales, ANSWERS[language], ["이 파일을 분석해 주세요"], name="sales.csv")
    assert (agreeing, differing) == (count, [])


@pytest.mark.parametrize(
    ("language", "wrong"),
    [("ko", ["112", "67,760,000", "712,477", "67,760,000"]), ("en", ["112", "67,760,000", "712,477.06"])],
)
def test_the_wrong_totals_of_a_whole_report_are_found(sales: Totals, language: str, wrong: list[str]) -> None:
    answer = ANSWERS[language].replace("66,760,000", "67,760,000").replace("111", "112").replace("612,477", "712,477")
    found = compare(sales, answer, ["Analyse this file."], name="sales.csv")[1]
    assert [one.told for one in found] == wrong


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_report_about_a_part_is_left_alone(sales: Totals, language: str) -> None:
    assert compare(sales, ANSWERS[language], ["서울만 분석해 줘"], name="sales.csv") == (0, [])
