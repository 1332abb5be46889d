"""Answers begin with the number, can't be broken by a file's content, and say what they rest on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from chat.analyst.jobs import analyse
from chat.analyst.telling.markdown import escaped, number, raw
from chat.analyst.telling.sentences import language_of_question, say, sentences
from tests.chat.analyst.conftest import SALES

Tell = Callable[[str], list[str]]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """The pieces of the answer about the sales."""
    path = tmp_path / "sales"
    path.write_text(SALES, encoding="cp949")

    def pieces_of(question: str) -> list[str]:
        return list(analyse({"path": path, "name": "매출.csv"}, question, "ko", lambda step: None).pieces)

    return pieces_of


def test_korean_answer_names_number_condition_and_rows(tell: Tell) -> None:
    sentence, how = tell("서울의 매출 평균은?")
    assert sentence == "매출 평균 (지역 = 서울): **633.33**"
    assert how == "계산 방법: 매출의 평균 · 조건 지역 = 서울 · 전체 6행 중 3행 사용."


def test_english_answer_names_what_was_left_out(tell: Tell) -> None:
    sentence, how = tell("total sales")
    assert sentence == "The sum of 매출 is **3,000**."
    assert how.endswith("5 of 6 rows used · left out for missing values: 매출 1.")


def test_groups_come_as_a_table_with_numbers_to_the_right(tell: Tell) -> None:
    _, table, _ = tell("지역별 매출 합계")
    assert table.splitlines() == [
        "| 지역 | 매출 합계 |",
        "| :--- | ---: |",
        "| 서울 | 1,900 |",
        "| 부산 | 1,100 |",
        "| 대구 | – |",
    ]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("지역별 매출 상자그림", "지역별 매출 중앙값 1위: 부산 **550** (전체 500)"),
        ("box plot of 매출 by 지역", "the median of 매출"),
    ],
)
def test_box_plot_tells_medians(tell: Tell, question: str, told: str) -> None:
    assert told in tell(question)[0]


def test_pivot_tells_both_groups(tell: Tell) -> None:
    assert "지역, 제품별" in tell("지역별 제품별 매출 피벗")[-1]
    assert "지역별 · 날짜 기준 월별" in tell("지역별 월별 매출 피벗")[-1]


def test_moving_average_tells_its_window(tell: Tell) -> None:
    assert "over 3 periods" in "\n".join(tell("Monthly trend of 매출 with a moving average"))


def test_profile_tells_how_the_file_was_read(tell: Tell) -> None:
    text = "\n".join(tell(""))
    assert text.startswith("매출.csv: **6**행 × **5**열 (CSV, 인코딩 CP949, 구분자 쉼표)")
    assert "| 매출 | 숫자 | 1 | 5 | 1,200, 300, 500 |" in text


def test_unknown_word_brings_examples_of_this_file(tell: Tell) -> None:
    text = "\n".join(tell("제주의 매출 합계"))
    assert "“제주”" in text
    assert "- 지역별 매출 합계" in text


def test_correction_is_said(tell: Tell) -> None:
    assert "오타로 보고 이렇게 이해했습니다: “매춀” → “매출”" in tell("매춀 평균")[-1]


def test_no_rows_is_no_number(tell: Tell) -> None:
    assert tell("수량이 100 이상인 행의 매출 합계")[0].startswith("조건에 맞는 행이 없어")


@pytest.mark.parametrize(
    "question",
    [
        "지역별 비중",
        "제품 종류",
        "매출 상위 2개",
        "상관관계",
        "월별 지역별 매출",
        "일별 건수",
        "결측치",
        "이상치",
        "수량의 이상치",
        "미리보기",
        "어떤 열이 있어?",
        "통계",
        "중복",
        "매출 분포",
        "서울 비율",
        "서울",
        "매출",
        "2024년 매출",
        "날짜 최댓값",
        "share by region",
        "monthly sales",
        "highest sales",
        "first 2 rows",
        "describe sales",
        "best month by sales",
    ],
)
def test_every_kind_of_answer_has_a_bold_number_and_whole_tables(tell: Tell, question: str) -> None:
    pieces = tell(question)
    assert re.search(r"\*\*[^*]*\d[^*]*\*\*", pieces[0]), pieces
    for piece in pieces:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in piece.splitlines() if line.startswith("|")}
        assert len(widths) <= 1, piece


@pytest.mark.parametrize("question", ["share 별 건수", "count 종류", "중복", "월별 count 별 건수", "part별 합계 n"])
def test_columns_may_be_called_like_parts_of_a_result(tmp_path: Path, question: str) -> None:
    path = tmp_path / "names"
    header = "share,count,times,part,column,날짜,n\n"
    path.write_text(header + "a,b,c,d,e,2024-01-01,1\n" * 2 + "f,g,h,i,j,2024-02-01,2\n", encoding="utf-8")
    assert "**" in analyse({"path": path, "name": "n.csv"}, question, "ko", lambda step: None).pieces[0]


def test_row_of_totals_is_warned_of_and_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "totals"
    path.write_text("지역,매출\n서울,1\n부산,2\n합계,3\n", encoding="utf-8")
    with_it = analyse({"path": path, "name": "t.csv"}, "매출 총액", "ko", lambda step: None).pieces
    without = analyse({"path": path, "name": "t.csv"}, "합계 제외하고 매출 합계", "ko", lambda step: None).pieces
    assert (
        with_it[0]
        == analyse({"path": path, "name": "t.csv"}, "매출 합계", "ko", lambda step: None).pieces[0]
        == "매출 합계: **6**"
    )
    assert "합계 행(“합계”)으로 보입니다" in with_it[-1]
    assert without[0] == "매출 합계 (지역 ≠ 합계): **3**"


def test_content_of_the_file_cannot_break_the_table(tmp_path: Path) -> None:
    path = tmp_path / "hostile"
    path.write_text('a|b,n\n"x | **y** [l](http://e)\n<b>&amp; `c` $$z$$ \\",1\nplain,2\n', encoding="utf-8")
    pieces = analyse({"path": path, "name": "h.csv"}, "first 2 rows", "en", lambda step: None).pieces
    row = pieces[1].splitlines()[2]
    assert row == r"| x \| \*\*y\*\* \[l\](http://e)↵\<b\>\&amp; \`c\` \$\$z\$\$ \\ | 1 |"
    assert pieces[1].splitlines()[0] == r"| a\|b | n |"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (0.1 + 0.2, "0.3"), (1234.5678, "1,234.57"), (0.000123456, "0.0001235"), (None, "–")],
)
def test_computed_numbers_are_rounded_to_what_matters(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(1234.56789, "1,234.56789"), (-0.5, "-0.5"), (-1234.5, "-1,234.5")])
def test_raw_numbers_are_exact(value: float, shown: str) -> None:
    assert raw(value) == shown


def test_underscores_within_words_stay_readable() -> None:
    assert escaped("order_date _x_") == r"order_date \_x\_"


@pytest.mark.parametrize(("question", "language"), [("매출?", "ko"), ("sales?", "en"), ("?", "ko")])
def test_language_is_that_of_the_question(question: str, language: str) -> None:
    assert language_of_question(question, "ko") == language


@pytest.mark.parametrize(
    ("question", "reader", "language"),
    [
        ("Total 매출 by 지역", "ko", "en"),
        ("box plot of 수량 by 제품", "ko", "en"),
        ("and for 서울 only?", "ko", "en"),
        ("how many rows where 지역 is 서울", "ko", "en"),
        ("매출 top", "ko", "ko"),
        ("매출 top", "en", "en"),
        ("지역별 매출 합계", "en", "ko"),
        ("매출 지역", "en", "ko"),
        ("Sales by Region 평균은?", "en", "ko"),
        ("top 5 지역", "ko", "ko"),
    ],
)
def test_names_of_a_table_say_nothing_about_the_language(question: str, reader: str, language: str) -> None:
    names = ["지역", "매출(원)", "수량", "제품", "Sales by Region"]
    assert language_of_question(question, reader, names) == language


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, "1 line above the header was set aside: x"), (2, "2 lines above the header were set aside: x")],
)
def test_one_is_told_otherwise_than_more(count: int, told: str) -> None:
    assert say("note.preamble", "en", count=count, text="x") == told


def test_both_languages_have_the_same_sentences_and_places() -> None:
    korean, english = sentences("ko"), sentences("en")
    assert korean.keys() == english.keys()
    different = [
        key for key in korean if set(re.findall(r"{\w+}", korean[key])) != set(re.findall(r"{\w+}", english[key]))
    ]
    assert different == []
