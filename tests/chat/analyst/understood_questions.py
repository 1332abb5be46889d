"""Questions of every kind that the analyst computes, in both languages, each with the query that it must become."""

from __future__ import annotations

from chat.analyst.queries import AnyOf, Filter, Having, Preparation, Query, Unclear

SHOP: list[tuple[Query, str]] = [
    (
        Query("aggregate", ("매출",), ("mode",)),
        "매출의 최빈값",
    ),
    (
        Query("aggregate", ("매출",), ("range", "iqr")),
        "매출 범위와 사분위범위",
    ),
    (
        Query("aggregate", ("매출",), ("skew", "kurtosis")),
        "매출 왜도와 첨도를 알려줘 | skewness and kurtosis of sales",
    ),
    (
        Query("aggregate", ("매출",), ("cv",)),
        "매출의 변동계수는? | coefficient of variation of sales",
    ),
    (
        Query("aggregate", ("매출",), ("sem",)),
        "매출 표준오차",
    ),
    (
        Query("aggregate", ("매출",), ("p37",)),
        "매출의 37번째 백분위수 | the 37th percentile of sales",
    ),
    (
        Query("aggregate", ("매출",), ("p90",)),
        "매출 상위 10% 기준값",
    ),
    (
        Query("aggregate", ("매출", "비용"), ("mean", "std")),
        "매출과 비용의 평균과 표준편차",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("지역",), having=(Having("sum", "매출", "ge", 10000000),)),
        "매출 합계가 1000만 이상인 지역",
    ),
    (
        Query("count", groups=("지역",), having=(Having("sum", "매출", "ge", 10000000),)),
        "매출 합계가 1000만 이상인 지역은 몇 개야? | how many regions have total sales of at least 10,000,000?",
    ),
    (
        Query("aggregate", ("주문일",), ("max",)),
        "가장 최근 주문일 | the latest order date | 마지막 주문일",
    ),
    (
        Query("aggregate", ("주문일",), ("min",)),
        "가장 빠른 주문일",
    ),
    (
        Query(
            "count",
            filters=(Filter("매출 - 비용", "gt", (0,)),),
            preparations=(Preparation("derive", ("매출", "비용"), "-", name="매출 - 비용"),),
        ),
        "매출이 비용보다 큰 건수 | 비용보다 매출이 큰 행 수 | how many rows have sales greater than cost?",
    ),
    (
        Query(
            "count",
            filters=(Filter("z(매출)", "gt", (0,)),),
            preparations=(Preparation("derive", ("매출",), "z", name="z(매출)"),),
        ),
        "매출이 평균보다 높은 건수 | 평균보다 매출이 높은 건수 | how many rows have sales above average?",
    ),
    (
        Query("aggregate", ("비용", "매출"), ("sum",), operation="ratio"),
        "매출 대비 비용 비율 | ratio of cost to sales",
    ),
    (
        Query("correlation", ("매출", "비용")),
        "매출과 비용 산점도 | scatter plot of sales and cost",
    ),
    (
        Query("aggregate", ("매출",), ("min", "q1", "median", "q3", "max"), ("지역",)),
        "지역별 매출 박스플롯 | box plot of sales by region",
    ),
    (
        Query("share", groups=("지역",), having=(Having("count", None, "ge", 10),)),
        "건수가 10건 이상인 지역",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("지역",), having=(Having("sum", "매출", "gt", 1000000),)),
        "regions with total sales over 1,000,000",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), ("제품",), having=(Having("mean", "매출", "ge", 500000),)),
        "평균 매출이 50만 이상인 제품은?",
    ),
    (
        Query("count", either=(AnyOf(((Filter("지역", "in", ("서울",)),), (Filter("제품", "in", ("노트북",)),))),)),
        "서울이거나 노트북인 행 수",
    ),
    (
        Query("count", either=(AnyOf(((Filter("매출", "ge", (1000000,)),), (Filter("수량", "le", (5,)),))),)),
        "매출이 100만 이상이거나 수량이 5 이하인 건수",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            either=(
                AnyOf(
                    (
                        (Filter("지역", "in", ("서울",)), Filter("제품", "in", ("노트북",))),
                        (Filter("지역", "in", ("부산",)), Filter("제품", "in", ("마우스",))),
                    )
                ),
            ),
        ),
        "서울 노트북 또는 부산 마우스의 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("제품", "contains", ("북",)),)),
        "제품에 '북'이 들어가는 매출 합계",
    ),
    (
        Query("count", filters=(Filter("제품", "starts", ("노",)),)),
        "제품이 '노'로 시작하는 행은 몇 개야",
    ),
    (
        Query("aggregate", ("매출",), filters=(Filter("주문일", "during", ("2024-11-01", "2024-12-01")),)),
        "지난달 매출",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-09-25", "2024-12-25")),)),
        "최근 3개월 매출 합계",
    ),
    (
        Query(
            "trend",
            ("매출",),
            filters=(Filter("주문일", "during", ("2024-10-01", "2024-12-25")),),
            date="주문일",
            period="month",
        ),
        "최근 3개월 월별 매출 추이 | monthly 매출 for the last 3 months",
    ),
    (
        Query(
            "trend",
            ("매출",),
            filters=(Filter("주문일", "during", ("2024-10-01", "2024-12-25")),),
            date="주문일",
        ),
        "최근 3개월 매출 추이",
    ),
    (
        Query("trend", ("매출",), date="주문일", period="month", window=3),
        "Monthly trend of 매출 with a moving average | 월별 매출 추이와 이동평균 | 월별 매출 추이와 3개월 이동평균",
    ),
    (
        Query("trend", ("매출",), date="주문일", period="day", window=7),
        "일별 매출 추이와 이동평균",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-07-01", "2024-10-01")),)),
        "last quarter total sales",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-01-01", "2025-01-01")),)),
        "올해 매출 합계 | total sales this year",
    ),
    (
        Query("aggregate", ("매출",), filters=(Filter("주문일", "during", ("2024-12-23", "2024-12-24")),)),
        "어제 매출",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2023-01-01", "2024-01-01")),)),
        "작년 매출 합계",
    ),
    (
        Query("trend", ("매출",), ("sum",), date="주문일", period="weekday"),
        "요일별 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "weekday", (1,)),)),
        "월요일 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), filters=(Filter("주문일", "weekday", (6, 7)),)),
        "주말 매출 평균 | average sales on weekends",
    ),
    (
        Query("pivot", ("매출",), ("sum",), ("지역",), date="주문일", period="month", across="주문일"),
        "지역별 월별 매출 피벗 | sales by region and month as a table with months across",
    ),
    (
        Query("pivot", ("매출",), ("sum",), ("지역",), across="제품"),
        """
        지역별 제품별 매출 피벗 테이블 | 제품을 열로 해서 지역별 매출 피벗 |
        pivot table of total sales by region and product
        """,
    ),
    (
        Query("top", ("매출",), groups=("제품",), limit=3, within=("지역",)),
        "지역별 매출 상위 3개 제품 | top 3 products by sales in each region",
    ),
    (
        Query("share", ("매출",), groups=("제품",), cumulative=True),
        """
        제품별 매출 누적 비중 | 파레토 분석 제품별 매출 | cumulative share of sales by product |
        ABC analysis of products by sales
        """,
    ),
    (
        Query("growth", ("매출",), date="주문일", period="month"),
        "전월 대비 매출 증가율 | 월별 매출 증가율 | monthly sales growth",
    ),
    (
        Query("growth", ("매출",), date="주문일", period="year"),
        """
        year over year growth of sales | 전년 대비 매출 증감률 | How much did sales grow year over year? |
        연간 매출 증가율
        """,
    ),
    (
        Query("growth", ("매출",), date="주문일", period="month", versus="year"),
        "전년 동월 대비 매출 증가율",
    ),
    (
        Query("trend", ("매출",), date="주문일", period="day", window=7),
        "일별 매출의 7일 이동평균 | 7-day rolling average of sales",
    ),
    (
        Query("trend", ("매출",), date="주문일", period="month", window=3),
        """
        3-month moving average of monthly sales | 매출 3개월 이동평균 | 월별 매출의 3개월 이동평균 그래프
        """,
    ),
    (
        Query("trend", ("매출",), date="주문일", period="month", cumulative=True),
        "월별 누적 매출 | running total of sales by month | 월별 매출 누계",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("mean",),
            ("지역",),
            preparations=(Preparation("drop_outliers", ("매출",), "iqr", 1.5),),
        ),
        "이상치를 빼고 지역별 매출 평균 | drop the outliers, then the mean sales by region",
    ),
    (
        Query("aggregate", ("매출",), ("std",), preparations=(Preparation("fill_missing", ("매출",), "mean"),)),
        """
        결측을 평균으로 채운 뒤 매출 표준편차 |
        Replace the missing values in the sales column with the column mean and report the standard deviation
        """,
    ),
    (
        Query("aggregate", ("매출",), ("sum",), preparations=(Preparation("drop_duplicates"),)),
        "중복을 제거하고 매출 합계",
    ),
    (
        Query(
            "aggregate", ("이익",), ("mean",), preparations=(Preparation("derive", ("매출", "비용"), "-", name="이익"),)
        ),
        "매출에서 비용을 뺀 이익의 평균",
    ),
    (
        Query(
            "aggregate",
            ("profit",),
            ("mean",),
            ("지역",),
            preparations=(Preparation("derive", ("매출", "비용"), "-", name="profit"),),
        ),
        "profit = 매출 - 비용, mean profit by region",
    ),
    (
        Query(
            "aggregate",
            ("매출 - 비용",),
            ("sum",),
            ("지역",),
            preparations=(Preparation("derive", ("매출", "비용"), "-", name="매출 - 비용"),),
        ),
        "매출에서 비용을 뺀 값의 지역별 합계",
    ),
    (
        Query(
            "aggregate",
            ("매출 / 수량",),
            ("mean",),
            preparations=(Preparation("derive", ("매출", "수량"), "/", name="매출 / 수량"),),
        ),
        "매출을 수량으로 나눈 값의 평균 | average of sales divided by quantity | 수량당 매출 평균",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            ("지역",),
            (Filter("지역", "in", ("서울", "부산")),),
            compared=("서울", "부산"),
            operation="difference",
        ),
        """
        서울과 부산의 매출 차이 | how much more did 서울 sell than 부산 |
        서울이 부산보다 매출이 얼마나 더 높아?
        """,
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            ("지역",),
            (Filter("지역", "in", ("서울", "부산")),),
            compared=("서울", "부산"),
            operation="ratio",
        ),
        """
        ratio of 서울 to 부산 sales | 서울 매출은 부산의 몇 배야? |
        how many times higher are sales in 서울 than in 부산
        """,
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            groups=("주문일",),
            date="주문일",
            period="year",
            either=(
                AnyOf(
                    (
                        (Filter("주문일", "during", ("2023-01-01", "2024-01-01")),),
                        (Filter("주문일", "during", ("2024-01-01", "2025-01-01")),),
                    )
                ),
            ),
            compared=("2023", "2024"),
            operation="difference",
        ),
        "2023년과 2024년의 매출 차이",
    ),
    (
        Query("regression", ("매출", "비용")),
        """
        비용으로 매출을 예측하는 회귀분석 | regress 매출 on 비용 | 단순 선형회귀로 비용이 매출을 설명하는지 |
        매출을 종속변수로 비용을 독립변수로 회귀 | predict 매출 from 비용 | how well does cost predict sales?
        """,
    ),
    (
        Query("anova", ("매출",), groups=("지역",)),
        "지역별 매출 차이가 유의한가 | 지역별 매출에 대한 ANOVA",
    ),
    (
        Query("normality", ("매출",)),
        "매출이 정규분포를 따르나 | 매출의 정규성을 검정해줘",
    ),
    (
        Query("correlation", ("매출", "비용"), method="spearman"),
        "매출과 비용의 스피어만 상관계수",
    ),
    (
        Query("outliers", ("매출",), method="z", factor=3),
        "z점수 3 기준으로 매출 이상치",
    ),
    (
        Query("outliers", ("매출",), method="z", factor=2.5),
        "매출 이상치를 z-score 2.5 기준으로 찾아줘",
    ),
    (
        Query("outliers", ("매출",), method="iqr", factor=2),
        "outliers in sales using 2 IQR",
    ),
    (
        Query("aggregate", ("매출",), ("mean", "median", "mode")),
        "매출의 평균, 중앙값, 최빈값을 알려줘 | What are the mean, median and mode of sales?",
    ),
    (
        Query("aggregate", ("매출",), ("var", "range")),
        "매출 분산과 범위",
    ),
    (
        Query("aggregate", ("수량",), ("iqr",)),
        "interquartile range of 수량",
    ),
    (
        Query("aggregate", ("매출",), ("p90", "p95")),
        "90th and 95th percentile of sales",
    ),
    (
        Query("aggregate", ("매출",), ("p90", "p10")),
        "매출의 90% 백분위수와 10% 백분위수",
    ),
    (
        Query("aggregate", ("매출",), ("p95",), ("지역",)),
        "p95 of sales by region",
    ),
    (
        Query("aggregate", ("매출",), ("skew",), ("지역",)),
        "지역별 매출 왜도",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("mean",),
            filters=(Filter("지역", "in", ("서울",)), Filter("주문일", "during", ("2023-01-01", "2024-01-01"))),
        ),
        "Could you please tell me what the average sales were in 서울 last year?",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("지역",), (Filter("주문일", "during", ("2024-01-01", "2025-01-01")),)),
        "I would like to know the total sales for each region in 2024, please.",
    ),
    (
        Query(
            "aggregate",
            ("수량",),
            ("mean",),
            filters=(Filter("매출", "ge", (500000,)), Filter("매출", "le", (1000000,))),
        ),
        "매출이 50만 이상 100만 이하인 행의 수량 평균",
    ),
    (
        Query("count", filters=(Filter("매출", "ge", (500000,)), Filter("매출", "le", (1000000,)))),
        "매출이 50만에서 100만 사이인 건수 | how many rows have sales between 500,000 and 1,000,000?",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("지역",), (Filter("지역", "not_in", ("서울", "부산")),)),
        "서울과 부산을 제외한 지역의 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), filters=(Filter("지역", "not_in", ("서울", "부산")),)),
        "average sales excluding 서울 and 부산",
    ),
    (
        Query("count", filters=(Filter("제품", "contains", ("노트",)),)),
        """
        제품에 "노트"가 포함된 행 수
        """,
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("제품", "ends", ("터",)),)),
        "제품 이름이 '터'로 끝나는 매출 합계",
    ),
    (
        Query("preview", filters=(Filter("제품", "contains", ("보드",)),), limit=10),
        "rows where product contains '보드'",
    ),
    (
        Query("count", filters=(Filter("매출", "missing", ()),)),
        "매출이 없는 행은 몇 개야?",
    ),
    (
        Query("aggregate", ("수량",), ("sum",), filters=(Filter("매출", "missing", ()),)),
        "매출이 비어 있는 행의 수량 합계",
    ),
    (
        Query("preview", filters=(Filter("매출", "missing", ()),), limit=10),
        "rows where sales is missing",
    ),
    (
        Query("aggregate", ("수량",), ("mean",), filters=(Filter("매출", "present", ()),)),
        "average quantity where sales is not null",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-01-01", "2024-04-01")),)),
        "2024년 1분기 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-03-01", "2024-06-01")),)),
        "2024년 3월 1일부터 5월 31일까지 매출 합계 | total sales between 2024-03-01 and 2024-05-31",
    ),
    (
        Query(
            "trend",
            ("매출",),
            date="주문일",
            period="year",
            either=(
                AnyOf(
                    (
                        (Filter("주문일", "during", ("2023-01-01", "2024-01-01")),),
                        (Filter("주문일", "during", ("2024-01-01", "2025-01-01")),),
                    )
                ),
            ),
        ),
        "2023년과 2024년 매출 비교",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            either=(
                AnyOf(
                    (
                        (Filter("주문일", "during", ("2023-01-01", "2024-01-01")),),
                        (Filter("주문일", "during", ("2024-01-01", "2025-01-01")),),
                    )
                ),
            ),
        ),
        "2023년 또는 2024년 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), filters=(Filter("주문일", "during", ("2024-09-01", "2024-10-01")),)),
        "3개월 전 매출",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-11-25", "2024-12-25")),)),
        "최근 30일 매출 합계",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            groups=("지역",),
            filters=(Filter("주문일", "during", ("2024-06-25", "2024-12-25")),),
        ),
        "sales in the last 6 months by region",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            groups=("지역",),
            filters=(Filter("주문일", "during", ("2024-12-01", "2025-01-01")),),
        ),
        "이번 달 지역별 매출",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("제품",), (Filter("주문일", "during", ("2024-07-01", "2024-10-01")),)),
        "지난 분기 제품별 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "weekday", (2, 4)),)),
        "화요일과 목요일 매출 합계",
    ),
    (
        Query("trend", ("매출",), limit=1, date="주문일", period="weekday"),
        "어느 요일에 매출이 가장 높아?",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("지역", "제품")),
        "지역과 제품별 매출 합계 | total sales by region and product",
    ),
    (
        Query("share", groups=("지역", "제품")),
        "지역별 제품별 건수",
    ),
    (
        Query("pivot", groups=("지역",), across="제품"),
        "crosstab of region and product",
    ),
    (
        Query("pivot", ("매출",), ("mean",), ("지역",), date="주문일", period="quarter", across="주문일"),
        "지역별 분기별 평균 매출을 피벗 테이블로 만들어줘",
    ),
    (
        Query("top", ("매출",), groups=("지역",), limit=3),
        "가장 매출이 높은 3개 지역",
    ),
    (
        Query("top", ("수량",), groups=("제품",), limit=2, ascending=True),
        "bottom 2 products by quantity",
    ),
    (
        Query("top", ("매출",), groups=("제품",), limit=3, ascending=True),
        "매출 하위 3개 제품",
    ),
    (
        Query("top", ("매출",), groups=("제품",), limit=1, within=("지역",)),
        """
        각 지역에서 매출이 가장 높은 제품 | the best selling product in each region by sales |
        지역별로 매출이 가장 큰 제품은?
        """,
    ),
    (
        Query("top", ("매출",), limit=2, within=("지역",)),
        "지역별 매출 상위 2건",
    ),
    (
        Query("share", ("매출",), groups=("지역",), cumulative=True),
        "지역별 매출 비중과 누적 비중",
    ),
    (
        Query("growth", ("매출",), date="주문일", period="quarter"),
        "분기별 매출 성장률 | 전분기 대비 매출 변화율",
    ),
    (
        Query("growth", ("매출",), groups=("지역",), date="주문일", period="month"),
        "month over month sales growth by region",
    ),
    (
        Query("trend", ("매출",), date="주문일", period="day", window=5),
        "일별 매출 추이와 이동평균 5일",
    ),
    (
        Query("trend", ("매출",), date="주문일", period="week"),
        "주별 매출 추이 | weekly trend of sales",
    ),
    (
        Query("trend", ("매출",), date="주문일", cumulative=True),
        "cumulative sales over time",
    ),
    (
        Query("correlation", ("매출", "비용")),
        "매출과 비용의 상관관계가 유의한가 | is the correlation between sales and cost significant?",
    ),
    (
        Query("correlation", ("매출", "비용"), method="pearson"),
        "pearson correlation between sales and cost",
    ),
    (
        Query("correlation", ("매출", "비용"), method="kendall"),
        "켄달 상관계수 매출 비용",
    ),
    (
        Query("normality", ("매출",), method="shapiro"),
        "shapiro-wilk test for sales",
    ),
    (
        Query("t_test", ("매출",), groups=("지역",), filters=(Filter("지역", "in", ("서울", "부산")),)),
        """
        서울과 부산의 매출 차이가 유의한가 | 서울과 부산의 매출에 대해 t검정을 해줘 |
        t-test of sales between 서울 and 부산
        """,
    ),
    (
        Query("anova", ("매출",), groups=("지역",), alpha=0.01),
        """
        is there a difference in sales between regions, using anova at the 1% level |
        유의수준 0.01에서 지역별 매출 차이가 유의한가
        """,
    ),
    (
        Query("chi_square", groups=("지역", "제품")),
        "지역과 제품이 독립인지 카이제곱 검정 | chi-square test of region and product",
    ),
    (
        Query("outliers", ("매출",), method="iqr"),
        "매출 이상치를 IQR 방법으로 찾아줘",
    ),
    (
        Query("outliers", ("비용",), method="z", factor=2),
        "detect outliers in 비용 using z-score with threshold 2",
    ),
    (
        Query("outliers", ("매출",), method="iqr", factor=3),
        "IQR 3배 기준 매출 이상치",
    ),
    (
        Query("regression", ("매출", "비용", "수량")),
        "linear regression of sales on cost and quantity",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), preparations=(Preparation("drop_outliers", ("매출",), "iqr", 1.5),)),
        """
        매출의 이상치를 제거하고 평균 | Use the IQR method to remove outliers in sales, then report the mean
        """,
    ),
    (
        Query("aggregate", ("매출",), ("mean",), preparations=(Preparation("fill_missing", ("매출",), "median"),)),
        """
        매출 결측치를 중앙값으로 대체한 후 평균을 구해줘 |
        fill missing sales with the median and then compute the mean
        """,
    ),
    (
        Query("aggregate", ("매출",), ("mean",), preparations=(Preparation("fill_missing", ("매출",), "zero"),)),
        "replace missing values in sales with 0 and give the average",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), preparations=(Preparation("drop_missing"),)),
        "결측치가 있는 행을 제거하고 매출 평균",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), ("지역",), preparations=(Preparation("drop_missing"),)),
        "drop rows with missing values, then average sales by region",
    ),
    (
        Query("count", preparations=(Preparation("drop_duplicates"),)),
        "remove duplicates and count the rows",
    ),
    (
        Query("share", groups=("지역",), preparations=(Preparation("drop_duplicates"),)),
        "중복 행을 제거한 후 지역별 건수",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("mean",),
            ("지역",),
            preparations=(
                Preparation("drop_outliers", ("매출",), "iqr", 1.5),
                Preparation("fill_missing", ("매출",), "zero"),
            ),
        ),
        "이상치를 빼고 결측을 0으로 채운 뒤 지역별 매출 평균",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), preparations=(Preparation("drop_outliers", ("매출",), "z", 3),)),
        "z점수 3을 기준으로 이상치를 제거한 뒤 매출 평균",
    ),
    (
        Query("aggregate", ("매출",), ("std",), preparations=(Preparation("drop_outliers", ("매출",), "iqr", 1.5),)),
        "after removing outliers from sales, what is the standard deviation of sales?",
    ),
    (
        Query(
            "aggregate",
            ("매출 - 비용",),
            ("mean",),
            preparations=(Preparation("derive", ("매출", "비용"), "-", name="매출 - 비용"),),
        ),
        "매출에서 비용을 빼면 평균이 얼마야 | 매출과 비용의 차이 평균",
    ),
    (
        Query(
            "aggregate",
            ("이익",),
            ("sum",),
            ("지역",),
            preparations=(Preparation("derive", ("매출", "비용"), "-", name="이익"),),
        ),
        "이익 = 매출 - 비용, 지역별 이익 합계",
    ),
    (
        Query(
            "aggregate",
            ("매출 - 비용",),
            groups=("지역",),
            preparations=(Preparation("derive", ("매출", "비용"), "-", name="매출 - 비용"),),
        ),
        "sales minus cost by region",
    ),
    (
        Query(
            "aggregate",
            ("log(매출)",),
            ("mean",),
            preparations=(Preparation("derive", ("매출",), "log", name="log(매출)"),),
        ),
        "매출의 로그 평균",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("mean",),
            ("지역",),
            (Filter("지역", "in", ("서울", "부산")),),
            compared=("서울", "부산"),
            operation="difference",
        ),
        "서울과 부산의 평균 매출 차이 | difference in average sales between 서울 and 부산",
    ),
    (
        Query("aggregate", ("매출",), ("range",)),
        "매출 최댓값과 최솟값의 차이",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            groups=("주문일",),
            date="주문일",
            period="year",
            either=(
                AnyOf(
                    (
                        (Filter("주문일", "during", ("2024-01-01", "2025-01-01")),),
                        (Filter("주문일", "during", ("2023-01-01", "2024-01-01")),),
                    )
                ),
            ),
            compared=("2024", "2023"),
            operation="difference",
        ),
        "2024년 매출은 2023년보다 얼마나 늘었어?",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("제품",), having=(Having("mean", "수량", "gt", 5),)),
        "평균 수량이 5 초과인 제품별 매출 합계",
    ),
    (
        Query("share", groups=("지역",), having=(Having("count", None, "gt", 20),)),
        "거래가 20건 넘는 지역",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), ("제품",), having=(Having("sum", "매출", "gt", 5000000),)),
        "제품별로 매출 합계가 500만을 넘는 것만",
    ),
    (
        Query("aggregate", ("매출",), ("mean",), ("지역",), having=(Having("mean", "매출", "gt", 600000),)),
        "only regions whose average sales exceed 600000",
    ),
    (
        Query("aggregate", ("매출",), ("sum", "mean", "max"), ("지역",)),
        "매출의 합계와 평균, 최댓값을 지역별로",
    ),
    (
        Query("aggregate", ("매출", "비용"), ("sum",), ("지역",)),
        "지역별 매출과 비용의 합계",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-04-01", "2024-07-01")),)),
        "What was the total revenue in Q2 2024?",
    ),
    (
        Query(
            "top",
            ("수량",),
            groups=("제품",),
            filters=(Filter("지역", "in", ("서울",)), Filter("주문일", "during", ("2024-01-01", "2025-01-01"))),
            limit=3,
        ),
        "서울에서 2024년에 가장 많이 팔린 제품 3개",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            filters=(Filter("지역", "in", ("서울",)), Filter("제품", "not_in", ("노트북",))),
        ),
        "지역이 서울이고 제품이 노트북이 아닌 행의 매출 합계",
    ),
    (
        Query("count", filters=(Filter("비용", "le", (200000,)), Filter("수량", "gt", (3,)))),
        "비용이 20만 이하이고 수량이 3개 초과인 건수",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2023-12-25", "2024-12-25")),)),
        "최근 1년 매출 합계",
    ),
    (
        Query("aggregate", ("매출",), filters=(Filter("주문일", "during", ("2024-12-11", "2024-12-25")),)),
        "최근 2주간 매출",
    ),
    (
        Query("aggregate", ("매출",), filters=(Filter("주문일", "during", ("2022-01-01", "2023-01-01")),)),
        "재작년 매출",
    ),
    (
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-12-16", "2024-12-23")),)),
        "지난주 매출 합계",
    ),
    (
        Query("top", ("매출",), limit=10),
        "매출 상위 10개 행을 보여줘",
    ),
    (
        Query("top", ("매출",), ("std",), ("지역",), limit=1),
        "매출 표준편차가 가장 큰 지역",
    ),
    (
        Query("top", ("매출",), ("cv",), ("제품",), limit=1),
        "변동계수가 가장 큰 제품은? 매출 기준",
    ),
    (
        Query("aggregate", ("매출",), ("median", "p90"), ("지역",)),
        "지역별 매출의 중앙값과 90백분위수",
    ),
    (
        Query("aggregate", ("제품",), ("distinct",), ("지역",)),
        "지역별로 제품 종류 수",
    ),
    (
        Query("missing"),
        "결측치가 있는 열은?",
    ),
    (
        Query("preview", filters=(Filter("매출", "gt", (0,)),), limit=10),
        "매출이 0보다 큰 행",
    ),
    (
        Query("trend", ("매출",), groups=("지역",), date="주문일", period="month"),
        "월별 지역별 매출 추이",
    ),
    (
        Query("aggregate", ("매출",), filters=(Filter("주문일", "during", ("2024-01-01", "2025-01-01")),)),
        "year-to-date sales",
    ),
    (
        Query(
            "share",
            ("매출",),
            filters=(Filter("지역", "in", ("서울",)),),
            preparations=(
                Preparation("keep_rows", filters=(Filter("주문일", "during", ("2024-01-01", "2025-01-01")),)),
            ),
        ),
        "what percentage of total sales came from 서울 in 2024?",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            ("제품",),
            (
                Filter("제품", "in", ("노트북", "마우스")),
                Filter("지역", "in", ("부산",)),
                Filter("주문일", "during", ("2024-01-01", "2024-04-01")),
            ),
        ),
        "total sales for 노트북 and 마우스 in 부산 between January and March 2024",
    ),
    (
        Query("top", ("비용",), ("mean",), ("지역",), limit=1, ascending=True),
        "which region had the lowest average cost?",
    ),
    (
        Query("correlation", ("수량", "매출")),
        "how does quantity relate to sales?",
    ),
    (
        Query("correlation", ("수량", "비용")),
        "is quantity correlated with cost?",
    ),
    (
        Query("top", ("비용",), limit=10),
        "list the top 10 rows by cost",
    ),
    (
        Query("preview", filters=(Filter("지역", "in", ("서울",)), Filter("매출", "gt", (500000,))), limit=10),
        "show me rows where region is 서울 and sales > 500000",
    ),
    (
        Query("top", ("매출",), ("sum",), ("지역",)),
        "sort regions by total sales descending",
    ),
    (
        Query(
            "trend",
            ("매출",),
            ("sum",),
            filters=(Filter("주문일", "during", ("2024-01-01", "2025-01-01")),),
            limit=1,
            date="주문일",
            period="month",
        ),
        "which month had the highest total sales in 2024?",
    ),
    (
        Query("top", ("비용",), ("sum",), ("제품",), limit=1, ascending=True),
        "제품별 비용 총액이 가장 적은 것은?",
    ),
    (
        Query("share", ("매출",), filters=(Filter("지역", "in", ("서울",)),)),
        "서울 매출이 전체에서 차지하는 비율",
    ),
    (
        Query("pivot", ("매출",), ("sum",), ("주문일",), date="주문일", period="quarter", across="지역"),
        "분기별 지역별 매출 피벗",
    ),
    (
        Query("outliers", ("매출",)),
        "매출의 이상치 개수",
    ),
    (
        Query(
            "correlation", ("매출", "비용"), preparations=(Preparation("drop_outliers", ("매출", "비용"), "iqr", 1.5),)
        ),
        "이상치를 제외한 매출과 비용의 상관계수",
    ),
    (
        Query("missing", ("매출",)),
        "매출 결측치 비율",
    ),
    (
        Query("correlation", ("매출", "비용"), preparations=(Preparation("drop_missing", ("매출",)),)),
        """
        Compute the correlation coefficient between sales and cost after dropping rows with missing sales.
        """,
    ),
    (
        Query("aggregate", ("매출",), ("mean",)),
        "Calculate the mean of sales, rounded to two decimal places",
    ),
]

CAMPAIGN: list[tuple[Query, str]] = [
    (
        Query("t_test", ("급여",), groups=("성별",)),
        "남녀 간 급여 차이가 유의한가 | 성별에 따른 급여 차이가 통계적으로 유의미한가요?",
    ),
    (
        Query("chi_square", groups=("성별", "구매여부")),
        "성별과 구매여부가 독립인가",
    ),
    (
        Query("lookup", ("급여",), filters=(Filter("이름", "in", ("김철수",)),)),
        "김철수의 급여는?",
    ),
    (
        Query("top", ("급여", "이름"), limit=1),
        "급여가 가장 높은 사람은 누구야? | 급여가 가장 높은 직원의 이름",
    ),
    (
        Query("anova", ("매출액",), groups=("채널",)),
        "채널별 매출액 평균에 차이가 있는지 분산분석",
    ),
    (
        Query("regression", ("매출액", "광고비")),
        "광고비로 매출액을 예측 | 광고비가 매출액에 미치는 영향",
    ),
    (
        Query("aggregate", ("급여",), ("mean",), filters=(Filter("나이", "ge", (20,)), Filter("나이", "lt", (30,)))),
        "20대 평균 급여",
    ),
    (
        Query(
            "aggregate",
            ("급여",),
            ("mean",),
            ("나이대",),
            preparations=(
                Preparation(
                    "bin",
                    ("나이",),
                    name="나이대",
                    edges=(20, 30, 40, 50, 60, 70),
                    labels=("20–29", "30–39", "40–49", "50–59", "60–69"),
                ),
            ),
        ),
        "연령대별 평균 급여",
    ),
    (
        Query("count", filters=(Filter("만족도", "missing", ()),)),
        "만족도가 없는 사람은 몇 명이야?",
    ),
    (
        Query("aggregate", ("급여",), ("mean",), filters=(Filter("이름", "contains", ("김",)),)),
        "이름에 '김'이 들어가는 사람의 급여 평균",
    ),
    (
        Query("count", filters=(Filter("이름", "starts", ("김",)),)),
        "김으로 시작하는 이름은 몇 개야?",
    ),
    (
        Query(
            "aggregate",
            ("급여",),
            ("mean",),
            ("성별",),
            (Filter("성별", "in", ("남", "여")),),
            compared=("남", "여"),
            operation="difference",
        ),
        "남성과 여성의 평균 급여 차이",
    ),
    (
        Query("aggregate", ("급여",), ("mean",), filters=(Filter("성별", "in", ("여",)),)),
        "여자 평균 급여",
    ),
    (
        Query("aggregate", ("급여",), groups=("성별",), filters=(Filter("성별", "in", ("남", "여")),)),
        "남자와 여자의 급여를 비교해줘",
    ),
    (
        Query("share", groups=("구매여부",), filters=(Filter("성별", "in", ("여",)),)),
        "여성의 구매여부 비율",
    ),
    (
        Query("pivot", groups=("채널",), across="구매여부"),
        "채널별 구매여부 교차표",
    ),
    (
        Query(
            "aggregate",
            ("매출액 / 광고비",),
            ("mean",),
            ("채널",),
            preparations=(Preparation("derive", ("매출액", "광고비"), "/", name="매출액 / 광고비"),),
        ),
        "매출액을 광고비로 나눈 값의 채널별 평균",
    ),
    (
        Query(
            "aggregate",
            ("급여",),
            ("mean",),
            filters=(Filter("나이", "ge", (30,)), Filter("나이", "lt", (40,)), Filter("성별", "in", ("여",))),
        ),
        "30대 여성의 평균 급여는 얼마인가요?",
    ),
    (
        Query(
            "aggregate",
            ("급여",),
            ("mean",),
            either=(
                AnyOf(
                    (
                        (Filter("나이", "ge", (20,)), Filter("나이", "lt", (30,))),
                        (Filter("나이", "ge", (30,)), Filter("나이", "lt", (40,))),
                    )
                ),
            ),
        ),
        "20대와 30대의 급여 평균",
    ),
    (
        Query(
            "aggregate", ("매출액",), ("sum",), filters=(Filter("나이", "ge", (30,)), Filter("채널", "in", ("검색",)))
        ),
        "나이가 30 이상이고 채널이 검색인 사람의 매출액 합계",
    ),
    (
        Query("correlation", ("광고비", "매출액")),
        "광고비와 매출액이 상관이 있는지 검정해줘",
    ),
    (
        Query("regression", ("매출액", "광고비", "나이")),
        "광고비, 나이로 매출액을 회귀분석해줘",
    ),
    (
        Query("aggregate", ("만족도",), ("mean",), preparations=(Preparation("fill_missing", ("만족도",), "mode"),)),
        "만족도 결측치를 최빈값으로 채우고 평균",
    ),
    (
        Query("aggregate", ("만족도",), ("mean",), preparations=(Preparation("fill_missing", ("만족도",), "zero"),)),
        "만족도의 결측치를 0으로 채워서 평균을 구해줘",
    ),
    (
        Query("aggregate", ("급여",), ("mean",), filters=(Filter("만족도", "present", ()),)),
        "만족도가 비어 있지 않은 행의 급여 평균",
    ),
    (
        Query("top", ("급여",), groups=("이름",), limit=3),
        "급여 상위 3명의 이름",
    ),
    (
        Query("top", ("급여", "채널"), limit=1, ascending=True),
        "급여가 가장 낮은 사람의 채널은?",
    ),
    (
        Query("top", ("나이", "이름"), limit=1),
        "나이가 제일 많은 고객은 누구인가요?",
    ),
    (
        Query("lookup", ("나이", "채널"), filters=(Filter("이름", "in", ("김철수",)),)),
        "김철수의 나이와 채널",
    ),
    (
        Query("aggregate", ("급여",), ("iqr", "skew", "kurtosis")),
        "급여의 사분위범위와 왜도, 첨도",
    ),
    (
        Query("aggregate", ("매출액",), ("cv",), ("채널",)),
        "채널별 매출액의 변동계수",
    ),
    (
        Query("aggregate", ("급여",), ("p37",)),
        "급여 37백분위수",
    ),
    (
        Query(
            "aggregate",
            ("매출액",),
            ("sum",),
            ("나이대",),
            preparations=(
                Preparation(
                    "bin",
                    ("나이",),
                    name="나이대",
                    edges=(20, 30, 40, 50, 60, 70),
                    labels=("20–29", "30–39", "40–49", "50–59", "60–69"),
                ),
            ),
        ),
        "연령대별 매출액 합계",
    ),
    (
        Query(
            "share",
            groups=("나이대",),
            preparations=(
                Preparation(
                    "bin",
                    ("나이",),
                    name="나이대",
                    edges=(20, 30, 40, 50, 60, 70),
                    labels=("20–29", "30–39", "40–49", "50–59", "60–69"),
                ),
            ),
        ),
        "나이대별 인원수",
    ),
    (
        Query("t_test", ("나이",), groups=("구매여부",)),
        "구매여부별 평균 나이에 유의미한 차이가 있나요?",
    ),
    (
        Query("chi_square", groups=("성별", "채널")),
        "성별과 채널이 서로 독립적인가요?",
    ),
    (
        Query("normality", ("매출액",)),
        "매출액은 정규분포인가요?",
    ),
    (
        Query("count", either=(AnyOf(((Filter("급여", "ge", (2500000,)),), (Filter("나이", "ge", (50,)),))),)),
        "급여가 250만원 이상이거나 나이가 50세 이상인 사람은 몇 명이야",
    ),
    (
        Query("share", ("매출액",), filters=(Filter("채널", "in", ("검색",)),)),
        "검색 채널의 매출액 비중",
    ),
    (
        Query("top", ("매출액",), groups=("채널",)),
        "채널별 매출액 순위",
    ),
    (
        Query("aggregate", ("나이",), ("median",), ("성별",), compared=("남", "여"), operation="difference"),
        "성별 나이 중앙값 차이",
    ),
]

STAFF: list[tuple[Query, str]] = [
    (
        Query("t_test", ("salary",), groups=("gender",), filters=(Filter("gender", "in", ("M", "F")),)),
        """
        is there a significant difference in salary between men and women |
        Do men and women have significantly different salaries?
        """,
    ),
    (
        Query("lookup", ("salary",), filters=(Filter("name", "in", ("Kim Ana",)),)),
        "what is the salary of Kim Ana",
    ),
    (
        Query("top", ("salary", "name"), limit=1),
        """
        who has the highest salary? | name of the employee with the highest salary | who earns the most?
        """,
    ),
    (
        Query("preview", filters=(Filter("name", "contains", ("Kim",)),), limit=10),
        "employees with name containing 'Kim'",
    ),
    (
        Query("distinct", ("employee_id",), filters=(Filter("score", "missing", ()),)),
        "how many employees have a missing score?",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), filters=(Filter("name", "starts", ("k",)),)),
        "average salary of employees whose name starts with K",
    ),
    (
        Query("normality", ("salary",)),
        "Are the salaries normally distributed?",
    ),
    (
        Query("top", ("age", "city"), limit=1),
        "Which city does the oldest employee live in?",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), filters=(Filter("department", "in", ("IT",)),)),
        "Could you please tell me what the average salary of the employees in the IT department is?",
    ),
    (
        Query(
            "aggregate",
            ("age",),
            ("mean",),
            filters=(Filter("gender", "in", ("M",)), Filter("department", "in", ("Sales",))),
        ),
        "What is the average age of the men in the Sales department?",
    ),
    (
        Query("count", filters=(Filter("gender", "in", ("F",)), Filter("department", "in", ("IT",)))),
        "Could you tell me how many women work in the IT department?",
    ),
    (
        Query(
            "distinct",
            ("employee_id",),
            either=(
                AnyOf(
                    (
                        (Filter("hire_date", "during", ("2021-01-01", "2022-01-01")),),
                        (Filter("hire_date", "during", ("2022-01-01", "2023-01-01")),),
                    )
                ),
            ),
        ),
        "how many employees were hired in 2021 or 2022?",
    ),
    (
        Query("aggregate", ("salary",), ("mean", "std"), ("department",)),
        "mean and standard deviation of salary for each department",
    ),
    (
        Query("aggregate", ("salary",), ("median",), filters=(Filter("age", "gt", (40,)),)),
        "What's the median salary of employees who are older than 40?",
    ),
    (
        Query("top", ("salary",), ("mean",), ("department",), limit=3),
        "which three departments have the highest average salary?",
    ),
    (
        Query("top", ("salary",), groups=("employee_id",), limit=3, within=("department",)),
        "top 3 highest paid employees in each department",
    ),
    (
        Query("top", ("salary",), groups=("employee_id",), limit=5),
        "top 5 employees by salary",
    ),
    (
        Query("top", ("salary", "name"), limit=5),
        "List the names of the five highest paid employees",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), ("department", "gender")),
        "average salary by department and gender",
    ),
    (
        Query("pivot", ("salary",), ("mean",), ("department",), across="gender"),
        "pivot average salary by department and gender",
    ),
    (
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            ("gender",),
            (Filter("gender", "in", ("M", "F")),),
            compared=("M", "F"),
            operation="difference",
        ),
        "What is the difference in average salary between men and women?",
    ),
    (
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            ("department",),
            (Filter("department", "in", ("IT", "HR")),),
            compared=("IT", "HR"),
            operation="difference",
        ),
        "how much higher is the average salary in IT than in HR?",
    ),
    (
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            ("gender",),
            (Filter("gender", "in", ("M", "F")),),
            compared=("M", "F"),
            operation="ratio",
        ),
        "ratio of the average salary of men to women",
    ),
    (
        Query("anova", ("salary",), groups=("department",)),
        "Is there a statistically significant difference in salary across departments?",
    ),
    (
        Query("chi_square", groups=("gender", "department")),
        "is gender independent of department? | are gender and department related?",
    ),
    (
        Query("correlation", ("age", "salary"), method="spearman"),
        "correlation between age and salary using spearman",
    ),
    (
        Query("correlation", ("age", "salary")),
        """
        Is there a significant correlation between age and salary? |
        What is the correlation coefficient between age and salary, and is it significant?
        """,
    ),
    (
        Query("regression", ("salary", "age", "score")),
        "regress salary on age and score",
    ),
    (
        Query("regression", ("salary", "age")),
        "predict salary using age",
    ),
    (
        Query("share", filters=(Filter("city", "in", ("Seoul",)),)),
        "What share of employees work in Seoul?",
    ),
    (
        Query("share", groups=("city",)),
        "percentage of employees by city",
    ),
    (
        Query("preview", filters=(Filter("name", "ends", ("Ana",)),), limit=10),
        "employees whose name ends with 'Ana'",
    ),
    (
        Query("preview", filters=(Filter("name", "contains", ("Park",)),), limit=10),
        """
        names containing "Park"
        """,
    ),
    (
        Query("count", filters=(Filter("name", "starts", ("Lee",)),)),
        "how many names start with 'Lee'?",
    ),
    (
        Query("aggregate", ("score",), ("std",), preparations=(Preparation("fill_missing", ("score",), "mean"),)),
        "Fill the missing scores with the mean, then compute the standard deviation of score",
    ),
    (
        Query("aggregate", ("score",), ("median",), preparations=(Preparation("drop_missing", ("score",)),)),
        "drop missing scores and compute the median",
    ),
    (
        Query("preview", filters=(Filter("score", "missing", ()),), limit=10),
        "rows with missing score",
    ),
    (
        Query("lookup", ("salary",), filters=(Filter("employee_id", "in", ("E005",)),)),
        "salary of employee E005",
    ),
    (
        Query("lookup", ("department",), filters=(Filter("name", "in", ("Kim Ana",)),)),
        "which department does Kim Ana work in?",
    ),
    (
        Query("top", ("age", "name"), limit=1, ascending=True),
        "who is the youngest employee?",
    ),
    (
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            ("department",),
            preparations=(Preparation("drop_outliers", ("salary",), "iqr", 1.5),),
        ),
        "what is the average salary excluding outliers by department?",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), ("department",), having=(Having("mean", "salary", "gt", 55000),)),
        "departments with an average salary above 55000",
    ),
    (
        Query("share", groups=("department",), having=(Having("count", None, "gt", 12),)),
        "departments with more than 12 employees",
    ),
    (
        Query("aggregate", ("age",), ("mean",), ("city",), having=(Having("mean", "age", "lt", 40),)),
        "cities where the average age is below 40",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), filters=(Filter("age", "ge", (30,)), Filter("age", "lt", (40,)))),
        "average salary of people in their thirties",
    ),
    (
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            ("age group",),
            preparations=(
                Preparation(
                    "bin",
                    ("age",),
                    name="age group",
                    edges=(20, 30, 40, 50, 60, 70),
                    labels=("20–29", "30–39", "40–49", "50–59", "60–69"),
                ),
            ),
        ),
        "average salary by age group",
    ),
    (
        Query(
            "aggregate",
            ("employee_id",),
            ("distinct",),
            ("age group",),
            preparations=(
                Preparation(
                    "bin",
                    ("age",),
                    name="age group",
                    edges=(20, 30, 40, 50, 60, 70),
                    labels=("20–29", "30–39", "40–49", "50–59", "60–69"),
                ),
            ),
        ),
        "how many people are in each age group?",
    ),
    (
        Query("trend", date="hire_date", period="year"),
        "number of hires by year",
    ),
    (
        Query(
            "trend",
            filters=(Filter("hire_date", "during", ("2023-01-01", "2024-01-01")),),
            date="hire_date",
            period="month",
        ),
        "hires per month in 2023",
    ),
    (
        Query("aggregate", ("salary",), ("p20",), ("city",)),
        "20th percentile of salary by city",
    ),
    (
        Query(
            "aggregate",
            ("log(salary)",),
            ("mean",),
            preparations=(Preparation("derive", ("salary",), "log", name="log(salary)"),),
        ),
        "log of salary mean",
    ),
    (
        Query("aggregate", ("salary",), ("min", "q1", "median", "q3", "max"), ("department",)),
        "show salary distribution by department as a box plot",
    ),
    (
        Query("aggregate", ("salary",), ("skew",)),
        "skew of salary",
    ),
    (
        Query("aggregate", ("salary",), ("cv",), ("city",)),
        "coefficient of variation for salary in each city",
    ),
    (
        Query(
            "preview", limit=10, either=(AnyOf(((Filter("salary", "gt", (70000,)),), (Filter("age", "lt", (25,)),))),)
        ),
        "salaries above 70000 or ages under 25",
    ),
    (
        Query(
            "preview", filters=(Filter("city", "in", ("Seoul", "Busan")), Filter("salary", "ge", (60000,))), limit=10
        ),
        "employees in Seoul or Busan with a salary of at least 60000",
    ),
    (
        Query("preview", filters=(Filter("city", "not_in", ("Seoul",)),), limit=10),
        "employees not in Seoul",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), filters=(Filter("city", "not_in", ("Seoul", "Busan")),)),
        "average salary for employees in neither Seoul nor Busan",
    ),
    (
        Query("aggregate", ("employee_id",), ("distinct",), ("city", "gender")),
        "count employees by city and gender",
    ),
    (
        Query(
            "aggregate",
            ("salary", "age", "score"),
            groups=("department",),
            pairs=(("median", "salary"), ("mean", "age"), ("max", "score")),
        ),
        "median salary, mean age and max score by department",
    ),
    (
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            filters=(Filter("gender", "in", ("F",)), Filter("city", "in", ("Seoul",)), Filter("age", "gt", (30,))),
        ),
        "Find the average salary of female employees in Seoul who are older than 30.",
    ),
    (
        Query("aggregate", ("age",), ("min", "max", "mean")),
        "What is the minimum, maximum and average age?",
    ),
    (
        Query("top", ("age", "name"), limit=3),
        "Who are the three oldest employees?",
    ),
    (
        Query("top", ("score",), groups=("employee_id",), limit=1),
        "Which employee has the highest score?",
    ),
    (
        Query("share", filters=(Filter("gender", "in", ("F",)),)),
        "What percentage of employees are women?",
    ),
    (
        Query(
            "distinct", ("employee_id",), filters=(Filter("salary", "ge", (40000,)), Filter("salary", "le", (50000,)))
        ),
        "how many people earn between 40k and 50k?",
    ),
    (
        Query("distinct", ("department",)),
        "how many departments are there?",
    ),
    (
        Query("top", ("salary",), ("mean",), ("gender",), limit=1),
        "Which gender has the higher average salary?",
    ),
    (
        Query("aggregate", ("salary",), ("mean",), ("department",), (Filter("department", "in", ("IT", "HR")),)),
        "average salary of IT vs HR",
    ),
    (
        Query("preview", filters=(Filter("hire_date", "during", ("2023-05-16", "2024-05-16")),), limit=10),
        "employees hired in the last 12 months",
    ),
    (
        Query("preview", filters=(Filter("hire_date", "during", ("2024-01-01", "2025-01-01")),), limit=10),
        "people hired this year",
    ),
    (
        Query("distribution", ("salary",)),
        "show the distribution of salaries",
    ),
    (
        Query("correlation"),
        "correlation matrix",
    ),
    (
        Query("correlation", ("salary", "age")),
        "Is salary correlated with age at the 5% significance level?",
    ),
    (
        Query("aggregate", ("score",), ("mean",), preparations=(Preparation("drop_missing", ("score",)),)),
        "average score ignoring missing values",
    ),
    (
        Query("aggregate", ("salary",), ("q3",), filters=(Filter("gender", "in", ("F",)),)),
        "what is the 3rd quartile of salary for women",
    ),
    (
        Query("top", ("salary",), ("mean",), ("department",)),
        "group by department and show mean salary sorted descending",
    ),
]

ORDERS: list[tuple[Query, str]] = [
    (
        Query("lookup", ("customer",), filters=(Filter("order_id", "eq", (1001,)),)),
        "주문번호 1001의 고객은?",
    ),
    (
        Query("lookup", ("customer",), filters=(Filter("order_id", "eq", (1005,)),)),
        "what is the customer of order 1005?",
    ),
    (
        Query("trend", date="ordered_at", period="hour"),
        "orders by hour",
    ),
    (
        Query("count", filters=(Filter("ordered_at", "hour", (9, 10, 11, 12, 13, 14, 15, 16, 17)),)),
        "how many orders between 9am and 6pm",
    ),
    (
        Query("regression", ("price", "ad_spend")),
        "regress price on ad spend | how does ad spend affect price?",
    ),
    (
        Query("share", groups=("customer",), having=(Having("count", None, "gt", 5),)),
        "customers with more than 5 orders",
    ),
    (
        Query("aggregate", ("quantity",), ("sum",), ("product",)),
        "total quantity by product",
    ),
    (
        Query("aggregate", ("price",), ("mean",), ("category",)),
        "average price per category",
    ),
    (
        Query("trend", date="ordered_at", period="weekday"),
        "number of orders per weekday",
    ),
    (
        Query("preview", filters=(Filter("ordered_at", "weekday", (1,)),), limit=10),
        "orders on Mondays",
    ),
    (
        Query("aggregate", ("price",), ("mean",), filters=(Filter("ordered_at", "hour", (18, 19, 20, 21, 22, 23)),)),
        "average price of orders placed after 6pm",
    ),
    (
        Query(
            "aggregate",
            ("quantity",),
            ("sum",),
            filters=(Filter("ordered_at", "during", ("2024-03-30", "2024-04-13")),),
        ),
        "what were the total units in the last 2 weeks?",
    ),
    (
        Query("preview", filters=(Filter("ordered_at", "during", ("2024-04-11", "2024-04-12")),), limit=10),
        "orders yesterday",
    ),
    (
        Query(
            "aggregate",
            ("quantity",),
            ("sum",),
            filters=(Filter("ordered_at", "during", ("2024-04-12", "2024-04-13")),),
        ),
        "total quantity today",
    ),
    (
        Query(
            "aggregate",
            ("revenue",),
            ("sum",),
            ("product",),
            preparations=(Preparation("derive", ("price", "quantity"), "*", name="revenue"),),
        ),
        "revenue = price * quantity, total revenue by product",
    ),
    (
        Query(
            "aggregate",
            ("price * quantity",),
            groups=("category",),
            preparations=(Preparation("derive", ("price", "quantity"), "*", name="price * quantity"),),
        ),
        "price times quantity by category",
    ),
    (
        Query(
            "aggregate",
            ("price * quantity",),
            ("sum",),
            preparations=(Preparation("derive", ("price", "quantity"), "*", name="price * quantity"),),
        ),
        "total of price multiplied by quantity",
    ),
    (
        Query("share", groups=("status",)),
        "share of orders by status",
    ),
    (
        Query("top", ("quantity",), ("sum",), ("product",), limit=1),
        "which product has the highest total quantity?",
    ),
    (
        Query("trend", ("quantity",), date="ordered_at", period="hour"),
        "hourly trend of quantity",
    ),
    (
        Query("count", filters=(Filter("status", "in", ("returned",)),)),
        "how many returned orders are there?",
    ),
    (
        Query("aggregate", ("quantity",), ("sum",), ("product",), having=(Having("sum", "quantity", "gt", 60),)),
        "products with total quantity over 60",
    ),
    (
        Query("share", groups=("customer",), having=(Having("count", None, "gt", 6),)),
        "which customers have more than 6 orders?",
    ),
    (
        Query("lookup", ("quantity",), filters=(Filter("order_id", "eq", (1010,)),)),
        "quantity of order 1010",
    ),
    (
        Query("lookup", ("customer",), filters=(Filter("order_id", "eq", (1010,)),)),
        "which customer placed order 1010?",
    ),
    (
        Query("lookup", ("status",), filters=(Filter("order_id", "eq", (1020,)),)),
        "status of order 1020",
    ),
    (
        Query("trend", ("quantity",), date="ordered_at", period="day", window=3),
        "daily quantity with a 3-day moving average",
    ),
    (
        Query("growth", ("quantity",), date="ordered_at", period="week"),
        "week over week growth in quantity",
    ),
    (
        Query("trend", ("quantity",), date="ordered_at", period="month", cumulative=True),
        "cumulative quantity by month",
    ),
    (
        Query("normality", ("price", "quantity")),
        "are price and quantity normally distributed?",
    ),
    (
        Query("chi_square", groups=("category", "status")),
        "is there an association between category and status?",
    ),
    (
        Query("outliers", ("price",), method="z", factor=2.5),
        "outliers in price by z-score with threshold 2.5",
    ),
    (
        Query("outliers", ("price",), method="iqr", factor=3),
        "price outliers using 3 times IQR",
    ),
    (
        Query("share", groups=("product",), limit=1),
        "what is the most common product?",
    ),
    (
        Query("share", groups=("status",), limit=1),
        "most frequent status",
    ),
    (
        Query("aggregate", ("price",), ("mean",), ("product",), (Filter("product", "in", ("Desk", "Chair")),)),
        "average price of Desk and Chair",
    ),
    (
        Query(
            "aggregate",
            ("price",),
            ("mean",),
            ("product",),
            (Filter("product", "in", ("Desk", "Chair")),),
            compared=("Desk", "Chair"),
            operation="difference",
        ),
        "difference in average price between Desk and Chair",
    ),
    (
        Query("aggregate", ("customer",), ("distinct",), ("product",)),
        "how many distinct customers per product?",
    ),
    (
        Query("top", ("quantity",), groups=("customer",), limit=2, within=("category",)),
        "top 2 customers by quantity in each category",
    ),
    (
        Query("aggregate", ("price",), ("range",)),
        "what is the range of price?",
    ),
    (
        Query("aggregate", ("ordered_at",), ("min", "max")),
        "date range",
    ),
]

ORDERS_WITH_CUSTOMERS: list[tuple[Query, str]] = [
    (
        Query("trend", date="ordered_at", period="hour"),
        "orders by hour | 시간대별 주문 건수",
    ),
    (
        Query(
            "aggregate",
            ("quantity",),
            ("sum",),
            ("segment",),
            preparations=(Preparation("join", ("customer",), other="customers.csv"),),
        ),
        "total quantity by segment",
    ),
    (
        Query(
            "aggregate",
            ("price",),
            ("mean",),
            filters=(Filter("segment", "in", ("Gold",)),),
            preparations=(Preparation("join", ("customer",), other="customers.csv"),),
        ),
        "average price for Gold customers",
    ),
    (
        Query(
            "aggregate",
            ("price",),
            ("mean",),
            ("segment",),
            preparations=(Preparation("join", ("customer",), other="customers.csv"),),
        ),
        "segment별 평균 가격",
    ),
    (
        Query(
            "aggregate",
            ("quantity",),
            ("sum",),
            ("country",),
            preparations=(Preparation("join", ("customer",), other="customers.csv"),),
        ),
        "국가별 주문 수량 합계",
    ),
    (
        Query(
            "aggregate",
            ("price",),
            groups=("country",),
            filters=(Filter("ordered_at", "during", ("2024-01-01", "2024-02-01")),),
            preparations=(Preparation("join", ("customer",), other="customers.csv"),),
        ),
        "price by country in January 2024",
    ),
    (
        Query(
            "count",
            filters=(Filter("country", "in", ("Korea",)),),
            preparations=(Preparation("join", ("customer",), other="customers.csv"),),
        ),
        "How many orders come from Korea?",
    ),
]

SHOP_WITH_PRODUCTS: list[tuple[Query, str]] = [
    (
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            ("분류",),
            preparations=(Preparation("join", ("제품",), name="상품명", other="products.csv"),),
        ),
        "분류별 매출 합계",
    ),
    (
        Query(
            "aggregate",
            ("매출",),
            ("mean",),
            filters=(Filter("공급사", "in", ("가나전자",)),),
            preparations=(Preparation("join", ("제품",), name="상품명", other="products.csv"),),
        ),
        "가나전자 제품의 매출 평균",
    ),
    (
        Query(
            "top",
            ("매출",),
            groups=("제품",),
            limit=2,
            preparations=(Preparation("join", ("제품",), name="상품명", other="products.csv"),),
            within=("공급사",),
        ),
        "공급사별 매출 상위 2개 제품",
    ),
]
LAST_YEAR = Filter("주문일", "during", ("2024-01-01", "2025-01-01"))
FOLLOW_UPS: list[tuple[str, str, Query]] = [
    (
        "shop",
        "지역별 매출 합계 | 그럼 2024년만? || total sales by region | and for 2024 only?",
        Query("aggregate", ("매출",), ("sum",), ("지역",), (LAST_YEAR,)),
    ),
    (
        "shop",
        "서울 매출 합계 | 부산은? || total sales in 서울 | what about 부산?",
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("지역", "in", ("부산",)),)),
    ),
    (
        "shop",
        "매출 합계 | 월별로는? || total sales | by month?",
        Query("trend", ("매출",), ("sum",), date="주문일", period="month"),
    ),
    (
        "shop",
        "서울 매출 평균 | 중앙값은? || average sales in 서울 | and the median?",
        Query("aggregate", ("매출",), ("median",), filters=(Filter("지역", "in", ("서울",)),)),
    ),
    (
        "shop",
        "지역별 매출 합계 | 그중 상위 3개만 || total sales by region | only the top 3 of those",
        Query("top", ("매출",), groups=("지역",), limit=3),
    ),
    (
        "shop",
        "지역별 매출 합계 | 차트로 보여줘 || total sales by region | as a chart || 지역별 총매출 | show a chart",
        Query("aggregate", ("매출",), ("sum",), ("지역",)),
    ),
    (
        "shop",
        "지역별 매출 합계 | 제품별로는? || total sales by region | and by product?",
        Query("aggregate", ("매출",), ("sum",), ("제품",)),
    ),
    ("shop", "지역별 매출 합계 | 비용은?", Query("aggregate", ("비용",), ("sum",), ("지역",))),
    (
        "shop",
        "지역별 매출 합계 | 그럼 2024년만? | 부산은?",
        Query("aggregate", ("매출",), ("sum",), filters=(LAST_YEAR, Filter("지역", "in", ("부산",)))),
    ),
    (
        "shop",
        "서울과 부산의 매출 차이 | 대구와 광주는?",
        Query(
            "aggregate",
            ("매출",),
            ("sum",),
            ("지역",),
            (Filter("지역", "in", ("대구", "광주")),),
            compared=("대구", "광주"),
            operation="difference",
        ),
    ),
    (
        "shop",
        "지난달 매출 합계 | 이번 달은?",
        Query("aggregate", ("매출",), ("sum",), filters=(Filter("주문일", "during", ("2024-12-01", "2025-01-01")),)),
    ),
    ("shop", "월별 매출 추이 | 전월 대비 증가율은?", Query("growth", ("매출",), date="주문일", period="month")),
    ("shop", "지역별 매출 합계 | 매출 평균", Query("aggregate", ("매출",), ("mean",))),
    ("shop", "서울 매출 합계 | 몇 행이야?", Query("count")),
    (
        "shop",
        "이상치를 빼고 지역별 매출 평균 | 중앙값은?",
        Query(
            "aggregate",
            ("매출",),
            ("median",),
            ("지역",),
            preparations=(Preparation("drop_outliers", ("매출",), "iqr", 1.5),),
        ),
    ),
    (
        "staff",
        "average salary | without outliers?",
        Query(
            "aggregate",
            ("salary",),
            ("mean",),
            preparations=(Preparation("drop_outliers", ("salary",), "iqr", 1.5),),
        ),
    ),
    (
        "staff",
        "who has the highest salary? | and the lowest?",
        Query("top", ("salary", "name"), limit=1, ascending=True),
    ),
    (
        "staff",
        "average salary by department | only for women || 부서별 평균 급여 | 여성만",
        Query("aggregate", ("salary",), ("mean",), ("department",), (Filter("gender", "in", ("F",)),)),
    ),
]

UNCLEAR: list[tuple[str, str, Unclear]] = [
    ("shop", "제주의 지난달 매출", Unclear("words", ("제주",))),
    ("shop", "서울이거나 제주인 행 수", Unclear("words", ("제주인",))),
    ("shop", "내년 매출 합계", Unclear("too_hard", ("내년",))),
    ("shop", "다음 달 매출을 예측해줘", Unclear("too_hard", ("다음 달",))),
    ("shop", "매출이 평균보다 높은 지역", Unclear("unsure")),
    ("shop", "매출이 비용보다 큰 지역", Unclear("unsure")),
    ("shop", "시간대별 매출", Unclear("needs_date")),
    ("shop", "상위 20%가 차지하는 비중", Unclear("which_column", ("상위 20%",), ("매출", "비용", "수량"))),
    ("shop", "매출 이동평균", Unclear("unsure")),
    ("shop", "매출과 비용의 관계를 회귀로", Unclear("which_column", (), ("매출", "비용"))),
    ("shop", "이름에 '김'이 들어가는 매출 합계", Unclear("which_column", ("김",), ("지역", "제품"))),
    ("staff", "average bonus by department", Unclear("words", ("bonus",))),
    ("staff", "what about overtime pay?", Unclear("words", ("overtime",))),
    ("staff", "last month's average salary in Incheon", Unclear("words", ("incheon",))),
    ("campaign", "나이와 급여의 관계를 회귀로", Unclear("which_column", (), ("나이", "급여"))),
    ("campaign", "지난달 매출액", Unclear("needs_date")),
]
