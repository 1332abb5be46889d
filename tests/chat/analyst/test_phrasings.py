"""Questions as people type them in their first minutes: understood and computed right, or plainly refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chat.analyst.engine.computing import compute
from chat.analyst.queries import Query, Unclear
from chat.analyst.reading import read_table
from chat.analyst.tables import Table
from chat.analyst.telling.answers import answer, unclear_answer
from chat.analyst.telling.charts import drawing_of
from chat.analyst.understanding.questions import understand
from tests.chat.analyst.phrasing import (
    as_csv,
    by,
    different,
    empty_cells,
    largest,
    least,
    mean,
    monthly,
    most,
    outcome,
    outliers,
    pearson,
    quantile,
    quarterly,
    ranked,
    repeated,
    sales_rows,
    shares,
    staff_rows,
    total,
    where,
    yearly,
)

Expected = Callable[[list[dict[str, Any]]], Any]

# fmt: off
SALES: list[tuple[Expected, str]] = [
    (total("매출"), """
        매출 합계 | 매출합계 | 총매출은? | 총 매출 얼마야? | 매출 총합 알려줘 | 매출을 합산해줘 |
        전체 매출이 얼마나 돼? | 매출 다 더하면 얼마야 | 매출 합계 좀 구해 줄래? | 매출 합계가 궁금해요 |
        매출 합계 구해주세요~ | 매출을 모두 더해줘 | 매출 합계 계산해 줄 수 있나요? | 총매출액은 얼마인가요 |
        how much did we sell in total? | what's the total sales? | Can you give me the total sales please? |
        overall sales | sum up the sales | What were our total sales? | 전체매출 알려줘"""),
    (mean("매출"), """
        매출 평균값 | 평균 매출이 얼마예요? | 매출의 평균치를 알려 주십시오 | 매출 avg | 매출은 평균적으로 얼마야 |
        what's the average sales? | average sale amount | 매츌 평균"""),
    (most("매출"), """
        매출 최고값 | 최대 매출은?"""),
    (least("매출"), """
        매출 최솟값은? | 매출 최저치 알려줘 | what is the lowest value of sales?"""),
    (quantile("매출", 0.5), """
        매출 중앙값 | median of sales please | 매출의 중간값은 얼마입니까?"""),
    (quantile("매출", 0.9), """
        매출의 90백분위수 | 매출 90퍼센타일 | 90th percentile of sales | 매출 90번째 백분위수는?"""),
    (quantile("매출", 0.25), """
        매출 1사분위수 | 매출 제1사분위수 알려줘 | first quartile of sales"""),
    (lambda rows: ("describe", "매출"), """
        매출 사분위수 | 매출 기초통계 보여줘 | quartiles of sales | 매출 기술 통계량"""),
    (by("지역", total("매출")), """
        지역별 매출 합계 | 지역별로 총매출을 보여줘 | 각 지역마다 매출 합계 알려줘 | 지역에 따른 매출 합계 |
        지역 기준으로 매출 합계 정리해줘 | 지역별매출합계 | 지역마다 매출이 총 얼마야? |
        각 지역의 매출 합계를 비교해줘 | 지역별 매출 총합을 막대그래프로 그려줘 | 지역에 따라 매출 합계를 나눠줘 |
        total sales for each region | plot total sales by region | how much did each region sell in total? |
        draw a bar chart of total sales by region | compare total sales across regions | 지역별 매출"""),
    (where(total("수량"), 날짜=lambda day: day.month == 3), """
        how many units were sold in March? | 3월에 몇 개 팔렸어? | 3월 판매량 합계"""),
    (by("지역", different("제품")), """
        지역마다 제품이 몇 종류야? | 지역별 제품 수 | how many different products per region?"""),
    (where(ranked(by("제품", total("수량")), 1), 지역="서울"), """
        서울에서 제일 많이 팔린 제품은? | 서울 지역에서 가장 많이 팔린 상품이 뭐예요?"""),
    (where(total("매출"), 제품=("노트북", "키보드", "모니터", "스피커")), """
        마우스 빼고 매출 합계 | 마우스를 제외한 총매출 | total sales excluding 마우스"""),
    (ranked(by("지역", total("매출")), 5), """
        매출이 높은 지역 순으로 보여줘 | 지역별 매출을 높은 순으로 정렬해줘 | 지역별 매출 순위"""),
    (ranked(by("제품", total("수량")), 5), """
        많이 팔린 순서대로 제품 보여줘 | 제품을 판매량 순으로 정렬해 줘"""),
    (where(monthly("날짜", total("매출")), 날짜=lambda day: day.month in (3, 4)), """
        3월과 4월 매출 비교 | 3월 vs 4월 매출 | compare sales in March and April"""),
    (by("제품", mean("매출")), """
        제품별 평균 매출 | 제품마다 매출 평균이 얼마야? | 상품별 매출 평균 좀 뽑아줘 |
        평균 매출을 제품별로 보여 주세요"""),
    (by("제품", total("수량")), """
        제품별 판매량 합계 | 품목별 총 수량 | 제품별로 몇 개 팔렸어? | 제품별 판매 수량을 합산해 주세요"""),
    (shares(by("지역", len)), """
        지역별 건수 | 지역별 몇 건이야? | 지역마다 데이터가 몇 개야 | 지역별로 몇 건씩 있어? |
        how many rows per region?"""),
    (shares(by("지역", total("매출"))), """
        지역별 매출 비중 | 지역별 매출 비율은? | 각 지역이 매출에서 차지하는 비중 | 지역별 매출 점유율 알려줘 |
        지역별 매출 퍼센트 | 지역별 매출 원그래프 |
        what percentage of sales does each region have? | share of sales by region"""),
    (lambda rows: total("매출")([row for row in rows if row["지역"] == "서울"]) / total("매출")(rows) * 100, """
        서울의 매출 비중 | 전체 매출에서 서울이 차지하는 비율은? | 서울이 전체 매출의 몇 퍼센트야? |
        서울 매출 비중은 몇 %야?"""),
    (ranked(by("지역", total("매출")), 1), """
        어느 지역이 매출이 가장 높아? | 매출이 제일 높은 지역은? | 매출 1위 지역 | 매출이 최대인 지역 |
        어디가 매출이 제일 높아? | 매출이 가장 큰 곳은 어디야? | 매출 합계가 가장 많은 지역이 어디인지 알려줘 |
        which region has the highest sales? | 매출 제일 많이 나온 지역 | where are sales highest?"""),
    (ranked(by("지역", total("매출")), 1, ascending=True), """
        매출이 가장 낮은 지역은 어디인가요? | 어느 지역 매출이 제일 적어? | 매출이 최소인 지역"""),
    (ranked(by("제품", total("수량")), 1), """
        가장 많이 팔린 제품은? | 제일 많이 팔린 제품이 뭐야? | 제일 잘 팔리는 제품 | best selling product"""),
    (ranked(by("제품", total("수량")), 3), """
        베스트 3 제품 판매량 기준 | 가장 많이 팔린 제품 세 개 | 가장 잘 팔린 상품 top3 |
        top three products by quantity"""),
    (ranked(by("제품", mean("매출")), 1), """
        평균 매출이 제일 높은 제품은 뭔가요 | which product has the highest average sales?"""),
    (largest("매출", 5), """
        매출 상위 다섯 개 | 매출 탑5 | 매출 TOP 5 | 매출 상위 5건 보여줘 | 매출이 높은 순으로 5개 |
        매출 큰 순서대로 다섯 건"""),
    (largest("매출", 3), """
        매출 베스트 3 | show me the top three sales | 매출이 가장 큰 3건 | 매출이 제일 높은 거래 3개"""),
    (monthly("날짜", total("매출")), """
        월별 매출 추이 | 월별매출추이 | 매월 매출 합계 | 월마다 매출이 어떻게 변했어? | 월별 매출 흐름을 그려줘 |
        매출의 월별 변화 | 달마다 매출 합계 보여줘 | 월 단위로 매출 추세를 보고 싶어 |
        월별 총매출 그래프 그려 주세요 | plot sales by month | how did sales change over time? |
        draw the monthly sales trend | 매출 추이 | chart of sales per month | 월별로 매출이 얼마야? |
        시간에 따른 매출 변화 | show me a line chart of monthly sales"""),
    (yearly("날짜", total("매출")), """
        연도별 매출 | 년도별 매출 합계 | 해마다 매출이 얼마야 | total sales per year | 연간 매출 추이"""),
    (quarterly("날짜", total("매출")), """
        분기별 매출 | 분기마다 매출 합계 | quarterly sales"""),
    (monthly("날짜", len), """
        월별 건수 | 월별로 몇 건이야? | 매달 몇 건씩 있었어? | how many rows per month?"""),
    (ranked(monthly("날짜", total("매출")), 1), """
        매출이 가장 높은 달은? | 몇 월에 매출이 제일 높았어? | which month had the highest sales?"""),
    (where(total("매출"), 날짜=lambda day: day.month == 3), """
        3월 매출 | 3월 매출 합계는? | 3월달 매출 얼마야 | sales in March"""),
    (where(total("매출"), 날짜=lambda day: (day.year, day.month) == (2024, 3)), """
        2024년 3월 매출 합계 | 2024-03 총매출 | 24년 3월 매출 합계"""),
    (where(total("매출"), 날짜=lambda day: day.month < 7), """
        상반기 매출 합계 | 1~6월 매출 합계 | 1월부터 6월까지 매출 총합"""),
    (where(total("매출"), 날짜=lambda day: day.year == 2024), """
        2024년 매출 합계 | 2024년도 총매출은 얼마였어? | total sales in 2024"""),
    (where(total("매출"), 지역="서울"), """
        서울 매출 | 서울만 매출 합계 | 서울 지역만 매출 합계 보여줘 | 서울에서 총 얼마 팔았어? | 서울지역 매출 합계"""),
    (where(by("지역", total("매출")), 지역=("서울", "부산")), """
        서울과 부산의 매출 합계 | 서울이랑 부산 매출 비교해줘 |
        서울하고 부산 매출 합계 비교 | 서울, 부산 총매출 | 서울 vs 부산 매출 | compare 서울 and 부산 sales"""),
    (where(len, 매출=lambda value: value >= 100_000), """
        매출 10만 이상은 몇 건이야? | 매출이 10만원 이상인 건수 | 매출 십만원 이상 몇 건"""),
    (where(len, 매출=lambda value: value > 1_000_000), """
        매출 100만원 넘는 건 몇 건? | 매출이 백만 원 초과인 행 수 | how many sales over 1 million?"""),
    (where(len, 매출=lambda value: value <= 1e8), """
        매출 1억 이하 건수 | 매출이 1억원 이하인 데이터는 몇 개야?"""),
    (where(len, 매출=lambda value: value > 500_000), """
        how many rows have sales over 500k? | 매출 50만원보다 큰 건 몇 개야? | 매출이 50만 넘는 게 몇 건이야"""),
    (where(len, 제품="노트북"), """
        노트북은 몇 건이야? | 제품이 노트북인 행은 몇 개? | 노트북 데이터 몇 건 있어?"""),
    (where(total("수량"), 제품="노트북"), """
        노트북 몇 개 팔렸어? | 노트북 판매량 합계 | 노트북은 총 몇 개 팔았나요"""),
    (outliers("수량"), """
        수량에 이상치가 있나? | 수량 이상치 있어? | 수량에 튀는 값 있나요? | 수량에 이상한 값이 있습니까 |
        수량 아웃라이어 찾아줘"""),
    (lambda rows: outliers("매출")(rows) + outliers("수량")(rows), """
        이상치가 있나? | 아웃라이어 있나요 | are there any outliers? | 이상한 값은 없어?"""),
    (empty_cells, """
        결측치 있나? | 빈칸 있어? | 누락된 값이 있는지 확인해줘 | null 있나 | 비어있는 칸이 몇 개야? |
        any missing values? | 결측치 없나요? | 빠진 값 있어? | 결측값 개수 알려줘 | is there any missing data? |
        결측치가 얼마나 있어? | check for missing values"""),
    (repeated, """
        중복된 행 있어? | 중복 데이터 있나요? | 중복되는 행이 몇 개야? | any duplicate rows? | 겹치는 행 있나 |
        중복 확인해줘"""),
    (pearson("매출", "수량"), """
        매출과 수량의 상관관계 | 매출과 수량이 관계가 있어? | 매출이랑 수량 연관 있나? |
        매출하고 수량의 상관계수는? | 매출과 수량 사이의 관계 | is there a correlation between sales and quantity? |
        are sales and quantity related?"""),
    (len, """
        몇 줄이야? | 행이 몇 개야? | 데이터 몇 건이야 | 총 몇 행이에요? | 행 개수 알려줘 | 데이터가 얼마나 있어? |
        how many rows? | row count"""),
    (lambda rows: list(rows[0]), """
        컬럼 뭐 있어? | 어떤 컬럼이 있나요? | 열 이름 알려줘 | 컬럼 목록 보여줘 | what columns are there? |
        컬럼이 뭐뭐 있지"""),
    (lambda rows: ("profile",), """
        이게 무슨 파일이야? | 어떤 데이터야? | 데이터 훑어봐줘 | 요약해줘 | 데이터 요약 부탁해 |
        전체적으로 분석해줘 | tell me about this data | what is this file about? | give me an overview |
        이 데이터 설명해 줄래? | 파일 내용 알려줘"""),
    (lambda rows: ("preview", 10), """
        데이터 보여줘 | 미리보기 | 처음 열 줄 보여줘 | show me the first ten rows | 앞부분 좀 보여줄래 |
        샘플 데이터 보여줘"""),
    (lambda rows: ("preview", 5), """
        처음 다섯 줄 | 앞 5줄만 보여줘 | first five rows | 맨 위 5행"""),
    (different("제품"), """
        제품이 몇 개야? | 제품 종류가 몇 가지야? | 제품은 총 몇 종류인가요? |
        how many different products do we have?"""),
    (lambda rows: ("distribution", "매출"), """
        매출 분포 | 매출이 어떻게 분포돼 있어? | 매출 히스토그램 그려줘 | show the distribution of sales"""),
]
# fmt: on

# fmt: off
STAFF: list[tuple[Expected, str]] = [
    (mean("salary"), """
        what's the average salary? | average salary | mean salary please | Could you tell me the avg salary? |
        How much do people earn on average? | give me the mean of salary | 평균 급여가 얼마야? | 연봉 평균 알려줘"""),
    (most("salary"), """
        maximum salary"""),
    (by("department", mean("salary")), """
        average salary by department | mean salary per department | avg salary for each department |
        compare the average salary across departments | 부서별 평균 급여 |
        what's the average salary in each department? | chart average salary by department |
        Please show me the average salary broken down by department."""),
    (ranked(by("department", mean("salary")), 1), """
        which department has the highest average salary? | 어느 부서 평균 급여가 가장 높아?"""),
    (ranked(by("department", len), 1), """
        which department has the most employees? | 직원이 가장 많은 부서는?"""),
    (different("employee_id"), """
        how many employees are there? | How many employees do we have? | 직원이 몇 명이야?"""),
    (shares(by("department", len)), """
        how many rows per department? | count by department | percentage of rows by department | 부서별 인원 비율"""),
    (by("department", different("employee_id")), """
        how many employees are in each department? | number of employees per department | 부서별 직원 수"""),
    (where(mean("salary"), city="Seoul"), """
        average salary in Seoul | what's the average salary for people in seoul? | Seoul의 평균 급여"""),
    (where(by("city", mean("salary")), city=("Seoul", "Busan")), """
        compare Seoul and Busan by average salary | average salary in Seoul and Busan |
        average salary: Seoul vs Busan"""),
    (where(len, salary=lambda value: value > 50_000), """
        how many people earn more than 50k? | how many employees have a salary above 50,000?"""),
    (where(len, age=lambda value: value >= 40), """
        how many rows have age at least 40? | how many people are aged 40 or older? |
        나이가 40 이상인 사람은 몇 명이야?"""),
    (where(len, age=lambda value: value < 30), """
        how many people are younger than 30? | age under 30 count | 30세 미만은 몇 명이야?"""),
    (where(len, hire_date=lambda day: day.year > 2022), """
        how many hired after 2022? | how many people were hired after 2022?"""),
    (where(mean("salary"), age=lambda value: value >= 40), """
        40세 이상 평균 연봉 | average salary of people aged 40 or older | 나이가 40 이상인 직원의 평균 급여"""),
    (where(len, age=lambda value: 20 <= value < 30), """
        20살 이상 30살 미만 몇 명? | 20세 이상이고 30세 미만인 직원은 몇 명이야?"""),
    (where(lambda rows: ("preview", min(len(rows), 10)), age=lambda value: value > 55), """
        employees older than 55 | list people older than 55"""),
    (where(mean("salary"), gender="F", department="IT"), """
        average salary of F in IT | IT 부서 F의 평균 급여"""),
    (largest("salary", 5), """
        top 5 salaries | five highest salaries | the 5 largest salaries | list the top five by salary |
        급여 상위 5명"""),
    (pearson("age", "salary"), """
        correlation between age and salary | is age related to salary? |
        is there a relationship between age and salary? | how are age and salary correlated? |
        나이와 급여가 관련이 있나요? | does salary depend on age?"""),
    (empty_cells, """
        are there any missing values? | how many nulls are there? | is anything missing? | 빈 값이 있나요?"""),
    (outliers("salary"), """
        outliers in salary | are there any outliers in the salary column? | any unusual values in salary? |
        급여에 이상치 있어?"""),
    (len, """
        how many rows are there? | how many records does this file have? | number of rows |
        How big is this dataset?"""),
    (lambda rows: list(rows[0]), """
        what columns are there? | list the columns | which columns does the file have? | show column names"""),
    (lambda rows: ("profile",), """
        tell me about this data | summarize this dataset | what's in this file? | describe the data |
        what is this data about?"""),
    (yearly("hire_date", len), """
        how many rows per year? | count by year | 연도별 몇 명 입사했어?"""),
    (where(len, hire_date=lambda day: day.year == 2021), """
        how many rows in 2021? | how many people were hired in 2021?"""),
    (quantile("salary", 0.9), """
        90th percentile of salary | salary p90 | 급여 90백분위"""),
    (quantile("age", 0.75), """
        third quartile of age | 75th percentile of age | 나이의 3사분위수"""),
    (lambda rows: ("distribution", "age"), """
        distribution of age | histogram of age | plot a histogram of ages | how is age distributed?"""),
    (shares(by("gender", len)), """
        gender ratio | share of each gender | 성별 비율 | what percentage is each gender?"""),
    (by("gender", quantile("salary", 0.5)), """
        median salary by gender | 성별 급여 중앙값 | 성별로 급여의 중간값을 비교해 주세요"""),
]
# fmt: on

NOT_COMPUTED = """
    오늘 날씨 어때? | 내년 매출 예측해줘 | 매출을 늘리려면? | 왜 서울 매출이 낮아? | 안녕하세요 | 너는 누구야? |
    who is the president | write me a poem | what should we do to sell more? | hello | translate this file |
    make coffee | 서울보다 부산이 왜 높아? | 매출이 평균보다 높은 지역 | 서울의 날씨와 매출 |
    Seoul 매출 합계 | 제주 매출은? | 매출 합계 말고 | 매출 10% 합계 | 더 좋은 제품은? | ㅁㄴㅇㄹ |
    which region sold laptops | average of averages by sales tax | 매출이 오른 제품 | who sold the most cars? |
    매출 확인서 합계 | 무엇을 할 수 있어? | what can you do? | 언제 매출이 제일 높았어? | thanks |
    which product sells best? | 판매 추이 | regions with sales above average | salary per hour |
    average salary of managers |
    which department has the highest salary? | 급여가 가장 높은 부서 | 매출 100만 이상인 지역 |
    which regions have sales over 1 million | which cities have a salary over 50k"""


def _asked(table: list[tuple[Expected, str]], file: str) -> list[Any]:
    return [
        pytest.param(file, expected, question.strip(), id=f"{file}: {question.strip()}")
        for expected, questions in table
        for question in questions.split("|")
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[dict[str, Any]], Table]]:
    """Both files, as the rows they were made of and as the analyst reads them."""
    made = {"sales": sales_rows(), "staff": staff_rows()}
    paths = {name: tmp_path_factory.mktemp("files") / f"{name}.csv" for name in made}
    for name, rows in made.items():
        paths[name].write_text(as_csv(rows), encoding="utf-8")
    return {name: (rows, read_table(Path(paths[name]), f"{name}.csv")) for name, rows in made.items()}


@pytest.mark.parametrize(("file", "expected", "question"), [*_asked(SALES, "sales"), *_asked(STAFF, "staff")])
def test_everyday_question_is_answered_right(files: Any, file: str, expected: Expected, question: str) -> None:
    rows, table = files[file]
    query = understand(question, table)
    assert isinstance(query, Query), query
    result = compute(query, table)
    assert answer(query, result, table, "en")
    found = outcome(query, result)
    wanted = expected(rows)
    assert found == (wanted if isinstance(wanted, list | tuple) else pytest.approx(wanted)), query


CHARTS = (
    "지역별 매출 합계 | 지역별 매출 비중 | 월별 매출 추이 | 지역별 건수 | plot sales by month | 매출 히스토그램 그려줘"
)


@pytest.mark.parametrize("question", CHARTS.split(" | "))
def test_groups_shares_and_trends_have_a_chart(files: Any, question: str) -> None:
    _, table = files["sales"]
    query = understand(question, table)
    assert isinstance(query, Query)
    assert drawing_of(query, compute(query, table), table, "ko") is not None


@pytest.mark.parametrize("file", ["sales", "staff"])
@pytest.mark.parametrize("question", [question.strip() for question in NOT_COMPUTED.split("|")])
def test_what_cannot_be_answered_is_said_with_examples(files: Any, file: str, question: str) -> None:
    _, table = files[file]
    unclear = understand(question, table)
    assert isinstance(unclear, Unclear)
    *_, examples = unclear_answer(unclear, table, "en")
    assert examples.startswith("You can ask, for example:")
