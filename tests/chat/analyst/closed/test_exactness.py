"""Closed questions whose words could be taken for something else: names of rows, columns and places, lists, rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

from tests.chat.analyst.closed.asking import ask, two


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 boats: names of columns that share words with their values, dates in words, gaps and a zero."""
    rng = np.random.default_rng(3)
    rows = 60
    days = pd.date_range("2021-05-03", periods=rows)
    frame = pd.DataFrame(
        {
            "boat_id": range(rows),
            "boat_name": [f"No {number}" for number in range(rows)],
            "boat_type": rng.choice(["Boat", "Ferry", "Yacht"], rows),
            "probe": rng.choice(["PMAX", "PMIN"], rows),
            "PMAX_KN": np.round(rng.normal(30, 6, rows), 2),
            "Sailed": days.strftime("%b %d, %Y"),
            "Price": np.round(rng.gamma(4, 20, rows), 2),
            "High": np.round(rng.normal(9, 2, rows), 2),
            "Low": np.round(rng.normal(4, 1, rows), 2),
            "dist": np.round(rng.gamma(2, 30, rows), 1),
            "moisture": np.round(rng.normal(50, 9, rows), 1),
            "seats": rng.integers(2, 40, rows),
            "isgrade": rng.integers(0, 3, rows),
            "year": rng.integers(1996, 2006, rows),
        }
    )
    frame["weight"] = np.round(rng.normal(900, 90, rows), 1)
    frame["thrust"] = np.round(0.2 * frame["weight"] + rng.normal(0, 9, rows), 1)
    frame.loc[[3, 17, 40], "thrust"] = np.nan
    frame.loc[[5, 6], "moisture"] = np.nan
    path = tmp_path_factory.mktemp("boats") / "boats.csv"
    frame.to_csv(path, index=False)
    return path


def test_what_the_rows_are_called_is_no_condition(boats: Path) -> None:
    found = ask(boats, 'What is the average price per boat? @avg[a] where "a" is rounded to two decimal places.')
    assert found.pieces[0] == f"@avg[{two(pd.read_csv(boats)['Price'].mean())}]"


def test_a_value_inside_the_name_of_a_column_is_no_condition(boats: Path) -> None:
    found = ask(boats, 'What is the mean of PMAX_KN? @mean_PMAX_KN[m] where "m" is rounded to two decimal places.')
    assert found.pieces[0] == f"@mean_PMAX_KN[{two(pd.read_csv(boats)['PMAX_KN'].mean())}]"


def test_a_place_is_described_by_its_own_name(boats: Path) -> None:
    found = ask(
        boats,
        "Does the moisture follow a normal distribution? Use the Shapiro-Wilk test; it does when the p-value "
        'is greater than 0.05. @p[p_value] @answer[str] where "p_value" is a number rounded to four decimal places and '
        '"answer" is a string that can be either "sure" or "not sure".'.replace("sure", "normal"),
    )
    p = stats.shapiro(pd.read_csv(boats)["moisture"].dropna())[1]
    word = "normal" if p > 0.05 else "not normal"
    assert found.pieces[0].split("\n") == [f"@p[{two(p, 4)}]", f"@answer[{word}]"]


def test_no_column_is_meant_by_a_word_of_method(boats: Path) -> None:
    found = ask(
        boats,
        "Is the moisture normally distributed? Use the Shapiro-Wilk test with a significance level of 0.05. "
        '@distribution_type[type] where "type" is a string that can either be "normal" or "not normal".',
    )
    assert found.columns == ("moisture",)


def test_inputs_of_a_model_in_a_numbered_list(boats: Path) -> None:
    found = ask(
        boats,
        "Predict the Price with a linear regression based on the following features:\n1. seats\n2. weight\n3. PMAX_KN\n"
        "Split the data into 70% for training and 30% for testing with a random_state of 42. "
        '@mse[v] where "v" is rounded to two decimal places.',
    )
    frame = pd.read_csv(boats)
    inputs, target = frame[["seats", "weight", "PMAX_KN"]], frame["Price"]
    first, second, known, wanted = train_test_split(inputs, target, test_size=0.3, random_state=42)
    error = mean_squared_error(wanted, LinearRegression().fit(first, known).predict(second))
    assert found.pieces[0] == f"@mse[{two(error)}]"


def test_only_what_the_verb_is_about_is_scaled(boats: Path) -> None:
    found = ask(
        boats,
        'Fill missing values in the "thrust" column with the median, and normalize the "weight" column with min-max '
        'scaling. What are the medians of both? @thrust_median[a] @weight_median[b] where "a" and "b" are numbers '
        "rounded to two decimal places.",
    )
    frame = pd.read_csv(boats)
    weight = (frame["weight"] - frame["weight"].min()) / (frame["weight"].max() - frame["weight"].min())
    filled = frame["thrust"].fillna(frame["thrust"].median())
    assert found.pieces[0].split("\n") == [
        f"@thrust_median[{two(filled.median())}]",
        f"@weight_median[{two(weight.median())}]",
    ]


def test_nearest_neighbours_are_not_passed_over(boats: Path) -> None:
    found = ask(
        boats,
        "Impute missing values in the thrust column with k-nearest neighbors (k=3). "
        'What is the mean thrust? @mean[m] where "m" is rounded to two decimal places.',
    )
    assert "@mean[" not in found.pieces[0]


def test_gaps_are_filled_in_the_columns_that_were_named(boats: Path) -> None:
    found = ask(
        boats,
        'Handle the missing values in the "thrust" and "moisture" columns. Use the mean imputation method. Then '
        'calculate the standard deviation of the "thrust" column. @std[s] where "s" is rounded to two decimal places.',
    )
    thrust = pd.read_csv(boats)["thrust"]
    assert found.pieces[0] == f"@std[{two(thrust.fillna(thrust.mean()).std())}]"
    assert "df['Price']" not in found.code


def test_gaps_are_filled_with_means_before_a_model(boats: Path) -> None:
    found = ask(
        boats,
        "Predict the weight based on the thrust with a linear regression. Handle missing values in the "
        '"thrust" column by imputing them with the column means. Use a test size of 0.2 and a random_state of 1. '
        '@mse[v] where "v" is rounded to two decimal places.',
    )
    frame = pd.read_csv(boats)
    inputs = frame[["thrust"]].fillna(frame["thrust"].mean())
    first, second, known, wanted = train_test_split(inputs, frame["weight"], test_size=0.2, random_state=1)
    error = mean_squared_error(wanted, LinearRegression().fit(first, known).predict(second))
    assert found.pieces[0] == f"@mse[{two(error)}]"


def test_a_made_column_and_the_one_it_is_compared_with(boats: Path) -> None:
    found = ask(
        boats,
        'Create a new column called "Price per Seat" as the ratio of "Price" to "seats". Find the mean of the '
        '"Price per Seat" column and compare it with the mean of the "Price" column. '
        "@price_per_seat_mean[mean], @price_mean[mean] where each is rounded to two decimal places.",
    )
    frame = pd.read_csv(boats)
    assert found.pieces[0].split("\n") == [
        f"@price_per_seat_mean[{two((frame['Price'] / frame['seats']).mean())}]",
        f"@price_mean[{two(frame['Price'].mean())}]",
    ]


def test_a_placeholder_with_the_words_of_a_made_column(boats: Path) -> None:
    found = ask(
        boats,
        "Generate a new feature called 'thrust-to-weight ratio' by dividing the thrust by the weight. What is its "
        'mean? @mean_ratio[avg_thrust_weight_ratio] where "avg_thrust_weight_ratio" has three decimals.',
    )
    frame = pd.read_csv(boats)
    assert found.pieces[0] == f"@mean_ratio[{two((frame['thrust'] / frame['weight']).mean(), 3)}]"


def test_weekdays_of_dates_in_words(boats: Path) -> None:
    found = ask(
        boats,
        "Does the mean Price differ between weekdays and weekends? Conduct a two-sample t-test. @weekday_mean[a] "
        '@weekend_mean[b] @p_value[p] where "a" and "b" are rounded to two decimal places and "p" to four decimal '
        "places.",
    )
    frame = pd.read_csv(boats)
    late = pd.to_datetime(frame["Sailed"], format="%b %d, %Y").dt.day_of_week >= 5
    week, end = frame.loc[~late, "Price"], frame.loc[late, "Price"]
    assert found.pieces[0].split("\n") == [
        f"@weekday_mean[{two(week.mean())}]",
        f"@weekend_mean[{two(end.mean())}]",
        f"@p_value[{two(stats.ttest_ind(week, end)[1], 4)}]",
    ]


def test_labels_that_are_names_of_columns_too(boats: Path) -> None:
    found = ask(
        boats,
        "Create a new column called 'Price Level' that sorts the 'Price' values into 'High', 'Middle', and 'Low'. "
        "'High' is for 'Price' values greater than or equal to the 75th percentile; 'Middle' for those between the "
        "25th to 75th percentile; 'Low' for those less than or equal to the 25th percentile. "
        '@high_count[h] @low_count[l] where "h" and "l" are integers.',
    )
    price = pd.read_csv(boats)["Price"]
    high, low = (price >= price.quantile(0.75)).sum(), (price <= price.quantile(0.25)).sum()
    assert found.pieces[0].split("\n") == [f"@high_count[{high}]", f"@low_count[{low}]"]


def test_of_two_bounds_the_later_holds(boats: Path) -> None:
    found = ask(
        boats,
        "What is the mean Price for the years beyond 2000? Take the years 2000 and beyond. "
        '@mean[m] where "m" is rounded to two decimal places.',
    )
    frame = pd.read_csv(boats)
    assert found.pieces[0] == f"@mean[{two(frame.loc[frame['year'] >= 2000, 'Price'].mean())}]"


def test_a_small_correlation_is_taken_as_none_where_the_question_says_so(boats: Path) -> None:
    frame = pd.read_csv(boats)
    r = frame["Price"].corr(frame["seats"])
    for limit in (round(abs(r) + 0.05, 2), round(abs(r) / 2, 3)):
        found = ask(
            boats,
            "Find the Pearson correlation between Price and seats. If the absolute correlation coefficient is less "
            f"than {limit}, consider the correlation value as zero. "
            '@r[value] where "value" is a number rounded to three decimal places.',
        )
        assert found.pieces[0] == f"@r[{two(0 if abs(r) < limit else r, 3)}]"


@pytest.mark.parametrize(
    "question",
    [
        'What is the percentage of missing values in the "Crew: 4" column? @share[p] where "p" is a number.',
        "How many outliers has the Price in the 'Barge' category by the IQR method? @n[n] where \"n\" is an integer.",
        'Normalize the Price and save it. @price[least, file_path] where "file_path" is the file path of the new file.',
    ],
)
def test_what_the_table_has_not_is_not_answered(boats: Path, question: str) -> None:
    assert not ask(boats, question).pieces[0].startswith("@")


def test_gaps_of_columns_whose_names_begin_with_a_space(tmp_path: Path) -> None:
    path = tmp_path / "spaced.csv"
    path.write_text("when, wind, rain\nMay 1,3,\nMay 2,,\nMay 3,5,1\n", encoding="utf-8")
    found = ask(path, "How many missing values has each column? @gaps[{'when':a, 'wind':b, 'rain':c}]")
    assert found.pieces[0] == "@gaps[{'when': 0, 'wind': 1, 'rain': 2}]"


def test_a_test_that_tests_is_no_t_test(boats: Path) -> None:
    found = ask(
        boats,
        "Use scipy for a Shapiro-Wilk test of the moisture. The Shapiro-Wilk test tests for normality. "
        '@statistic[w], @p_value[p] where "w" and "p" have four decimals.',
    )
    w, p = stats.shapiro(pd.read_csv(boats)["moisture"].dropna())
    assert found.pieces[0].split("\n") == [f"@statistic[{two(w, 4)}]", f"@p_value[{two(p, 4)}]"]


def test_words_for_yes_and_no_with_underscores(boats: Path) -> None:
    found = ask(
        boats,
        "Is the Price normally distributed? Use the Shapiro-Wilk test with a significance level of 0.05. "
        '@verdict[v] where "v" is a string that can either be "normal" or "not_normal".',
    )
    p = stats.shapiro(pd.read_csv(boats)["Price"])[1]
    assert found.pieces[0] == f"@verdict[{'normal' if p > 0.05 else 'not_normal'}]"


def test_a_sentence_for_the_empty_case_takes_no_place_from_the_others(boats: Path) -> None:
    found = ask(
        boats,
        'How many outliers has the Price by the IQR method? @outlier_count[n] where "n" is an integer. '
        'If there are no outliers, output @outlier_status["No outliers here"]',
    )
    price = pd.read_csv(boats)["Price"]
    q1, q3 = price.quantile(0.25), price.quantile(0.75)
    count = ((price < q1 - 1.5 * (q3 - q1)) | (price > q3 + 1.5 * (q3 - q1))).sum()
    assert found.pieces[0] == f"@outlier_count[{count}]"


def test_a_formula_whose_numbers_are_explained_in_brackets(boats: Path) -> None:
    found = ask(
        boats,
        'Create a new feature "Crew" from the grade. Crew = isgrade + 1 (for the captain) + 2 (for the engine). '
        '@crew_mean[m] where "m" is the mean Crew, rounded to one decimal place.',
    )
    assert found.pieces[0] == f"@crew_mean[{two((pd.read_csv(boats)['isgrade'] + 3).mean(), 1)}]"
