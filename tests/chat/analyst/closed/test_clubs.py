"""Closed questions about a club's members: look-alike columns, units in names, tests before changes, and lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.chat.analyst.closed.asking import ask, two


@pytest.fixture(scope="module")
def club(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 members: two columns of 0 and 1 that share a word, units in names, a column `p`, dates and gaps."""
    rng = np.random.default_rng(23)
    rows = 80
    begun = pd.date_range("2020-02-01", periods=rows, freq="9D")
    frame = pd.DataFrame(
        {
            "badge": range(100, 100 + rows),
            "level": rng.choice(["Expert", "Not Expert"], rows),
            "fee_in_thousands_of_won": np.round(rng.normal(60, 9, rows), 1),
            "number_of_visits": rng.poisson(9, rows),
            "p": np.round(rng.random(rows), 3),
            "speed m/s": np.round(rng.gamma(9, 0.6, rows), 2),
            "flag_of_free_parking_permit": rng.integers(0, 2, rows),
            "flag_of_free_locker_2024": rng.integers(0, 2, rows),
            "votes_left": rng.integers(10, 90, rows),
            "votes_right": rng.integers(10, 90, rows),
            "diff": rng.integers(0, 60, rows),
            "score_point_diff": np.round(rng.normal(0, 4, rows), 2),
            "begun": begun.strftime("%Y-%m-%d"),
            "ended": (begun + pd.to_timedelta(rng.integers(100, 400, rows), unit="D")).strftime("%Y-%m-%d"),
            "note": [" ".join("word" for _ in range(n)) for n in rng.integers(1, 30, rows)],
            "mood": np.round(rng.normal(0, 1, rows), 2),
            "age": rng.integers(18, 80, rows).astype(float),
            "mentor": rng.choice(["Ann", "Ben", None], rows),
        }
    )
    frame.loc[[4, 9], "speed m/s"] = [19.0, 21.5]
    frame.loc[frame["mentor"].isna(), "age"] += 9
    frame.loc[[1, 5, 7, 30], "age"] = np.nan
    path = tmp_path_factory.mktemp("club") / "club.csv"
    frame.to_csv(path, index=False)
    return path


_KS = (
    'Is the "speed m/s" column normally distributed? Use the Kolmogorov-Smirnov test with a significance level '
    "of 0.05. "
    "If the p-value is greater than or equal to 0.05, report that the data is normally distributed. "
    '@ks_p_value[p_value] where "p_value" is rounded to four decimal places.'
)


def test_a_p_value_is_none_of_a_column_called_p(club: Path) -> None:
    values = pd.read_csv(club)["speed m/s"].dropna()
    wanted = stats.kstest(values, "norm", args=(values.mean(), values.std())).pvalue
    assert ask(club, _KS).pieces[0] == f"@ks_p_value[{two(wanted, 4)}]"


def test_a_column_is_named_without_its_unit(club: Path) -> None:
    found = ask(
        club,
        "Is there a correlation between the number of visits by a member and their fee? Calculate the Pearson "
        'correlation coefficient. @r[r_value] where "r_value" is rounded to three decimal places.',
    )
    frame = pd.read_csv(club)
    wanted = stats.pearsonr(frame["number_of_visits"], frame["fee_in_thousands_of_won"])[0]
    assert found.pieces[0] == f"@r[{two(wanted, 3)}]"


def test_one_value_has_no_spread(club: Path) -> None:
    found = ask(
        club,
        "Determine which badge had the highest skewness of speed. Use SciPy to calculate the skewness. "
        '@badge[name] where "name" is a string.',
    )
    assert not found.code


def test_an_explanation_by_its_words_belongs_to_the_place_that_lists_them(club: Path) -> None:
    found = ask(
        club,
        "Calculate the mean of fee for members of the 'Expert' level and of the 'Not Expert' level separately. Test if "
        "there is a significant difference between these two groups using a t-test with an alpha of 0.05. "
        "@expert_mean_fee[mean], @not_expert_mean_fee[mean], @significance[significant/no significant] where "
        '"mean" is a number (float), rounded to two decimal places. "significant" or "no significant" signifies if '
        "there is a significant difference between two groups.",
    )
    frame = pd.read_csv(club)
    yes, no = (frame[frame.level == name].fee_in_thousands_of_won for name in ("Expert", "Not Expert"))
    word = "significant" if stats.ttest_ind(yes, no).pvalue < 0.05 else "no significant"
    assert found.pieces[0].split("\n") == [
        f"@expert_mean_fee[{two(yes.mean())}]", f"@not_expert_mean_fee[{two(no.mean())}]", f"@significance[{word}]",
    ]  # fmt: skip


def test_of_two_flags_that_share_a_word_the_one_that_is_named_counts(club: Path) -> None:
    found = ask(
        club,
        "What is the average number of visits by members with a free parking permit compared to those without? "
        "Group by "
        "the 'flag_of_free_parking_permit' column. @average_visits_with_free_parking[a]\n@average_visits_not_free_"
        'parking[a] where "a" is rounded to two decimal places.',
    )
    frame = pd.read_csv(club)
    means = frame.groupby("flag_of_free_parking_permit").number_of_visits.mean()
    assert found.pieces[0].split("\n") == [
        f"@average_visits_with_free_parking[{two(means[1])}]",
        f"@average_visits_not_free_parking[{two(means[0])}]",
    ]


def test_a_list_has_the_commas_of_its_place_and_is_of_the_rows_with_outliers(club: Path) -> None:
    found = ask(
        club,
        "Identify the badge(s) with outliers in the speed m/s column using the interquartile range (IQR) method. An "
        "outlier is below Q1 - 1.5*IQR or above Q3 + 1.5*IQR. Provide the badge and the corresponding values. "
        '@badges[badge1,badge2,...] @outlier_values[value1, value2, ...], where "badge1", "badge2", ... are the badges '
        'of the members with outliers and "value1", "value2", ... are the outliers, each rounded to one decimal place.',
    )
    frame = pd.read_csv(club)
    speed = frame["speed m/s"]
    low, high = speed.quantile(0.25), speed.quantile(0.75)
    out = frame[(speed < low - 1.5 * (high - low)) | (speed > high + 1.5 * (high - low))]
    assert len(out) > 1
    badges, values = ",".join(map(str, out.badge)), ", ".join(f"{one:.1f}" for one in out["speed m/s"])
    assert found.pieces[0].split("\n") == [f"@badges[{badges}]", f"@outlier_values[{values}]"]


def test_the_median_of_all_is_taken_before_rows_are_dropped(club: Path) -> None:
    found = ask(
        club,
        "Handle missing values in the age and mentor columns. Remove any row that has a missing value in the mentor "
        "column. Replace the missing values in the age column with the median age of all members. Report the number "
        "of rows after deletion and the median age used for imputation. @row_count[count]\n@median_age[value]\n"
        'where "count" is a positive integer representing the total number of rows after deletion.\n'
        'where "value" is the median age used for imputation, rounded to one decimal place.',
    )
    frame = pd.read_csv(club)
    left = frame.dropna(subset=["mentor"])
    assert frame.age.median() != left.age.median()
    assert found.pieces[0].split("\n") == [f"@row_count[{len(left)}]", f"@median_age[{two(frame.age.median(), 1)}]"]


def test_the_p_value_is_that_of_the_test_before_the_transformation(club: Path) -> None:
    found = ask(
        club,
        "Determine if the 'speed m/s' column follows a normal distribution. Use the Shapiro-Wilk test. If the "
        "p-value is less than 0.05, apply a natural log transformation to the "
        "'speed m/s' column. @p_value[p]\n@transformed_speed_mean[mean]\nwhere \"p\" is rounded to four decimal "
        "places.\n"
        'where "mean" is the mean of the transformed column, rounded to two decimal places.',
    )
    speed = pd.read_csv(club)["speed m/s"]
    p = stats.shapiro(speed).pvalue
    mean = np.log(speed).mean() if p < 0.05 else speed.mean()
    assert found.pieces[0].split("\n") == [f"@p_value[{two(p, 4)}]", f"@transformed_speed_mean[{two(mean)}]"]


def test_the_difference_in_something_is_the_column_of_the_difference(club: Path) -> None:
    found = ask(
        club,
        "Is there a relationship between the difference in votes of the left and right side and their score point "
        'difference? Calculate the Pearson correlation coefficient. @r[r] where "r" is rounded to two decimal places.',
    )
    frame = pd.read_csv(club)
    assert found.pieces[0] == f"@r[{two(stats.pearsonr(frame['diff'], frame.score_point_diff)[0])}]"


def test_the_length_of_a_text_is_a_quantity(club: Path) -> None:
    found = ask(
        club,
        'Perform a correlation analysis between the mood and the note length ("note" column non-space character '
        "count). "
        '@mood_length_corr[c] where "c" is rounded to three decimal places.',
    )
    frame = pd.read_csv(club)
    lengths = frame.note.str.replace(" ", "").str.len()
    assert found.pieces[0] == f"@mood_length_corr[{two(stats.pearsonr(frame.mood, lengths)[0], 3)}]"


def test_a_duration_is_counted_in_days(club: Path) -> None:
    found = ask(
        club,
        "What is the average duration of a membership? Calculate the duration of each membership in days, by "
        "subtracting "
        'begun from ended. @average_duration[days] where "days" is a whole number, rounded to the nearest whole '
        "number.",
    )
    frame = pd.read_csv(club, parse_dates=["begun", "ended"])
    assert found.pieces[0] == f"@average_duration[{round((frame.ended - frame.begun).dt.days.mean())}]"


def test_prose_is_not_written_and_a_whole_table_is_no_value(club: Path) -> None:
    found = ask(
        club,
        "Fill missing values with the mean. Provide the mean age. @table[a data frame in CSV format] "
        "@handling[the description of the strategy used to handle missing values] @mean_age[m] "
        'where "m" is rounded to two decimal places.',
    )
    frame = pd.read_csv(club)
    assert found.pieces[0] == f"@mean_age[{two(frame.age.fillna(frame.age.mean()).mean())}]"
    assert "table, handling" in found.text


def test_one_word_for_several_columns_judges_all_of_them(club: Path) -> None:
    question = (
        "Check the distribution of the variables (mood, score_point_diff, speed m/s). If skewness is between -0.5 and "
        '0.5, we consider it as normal. @distribution_type[type] where "type" can be "Normal" or "Non-Normal".'
    )
    frame = pd.read_csv(club)
    assert abs(frame.mood.skew()) < 0.5 < frame["speed m/s"].skew()
    assert ask(club, question).pieces[0] == "@distribution_type[Non-Normal]"


def test_a_list_of_the_only_ones_that_the_table_has_in_part_is_refused(club: Path) -> None:
    found = ask(
        club,
        "Is there a significant difference in the fee between mentors? Only consider the mentors Ann, Ben, and Cleo. "
        'Use ANOVA. @p_value[p] where "p" is rounded to four decimal places.',
    )
    assert not found.code
    assert "Cleo" in found.text


def test_words_for_each_of_several_predictors_go_into_one_place(club: Path) -> None:
    found = ask(
        club,
        "Perform a multiple linear regression analysis using the votes_left and the votes_right as predictors. The "
        "dependent variable is the mood. Consider the predictors to be significant if the p-value is less than 0.05. "
        '@significant_predictor[first,second] Where "first,second" can be "yes,yes", "yes,no", "no,yes", or "no,no" '
        "based on the p-values of the predictors.",
    )
    frame = pd.read_csv(club)
    matrix = np.column_stack([np.ones(len(frame)), frame.votes_left, frame.votes_right])
    solution, rest, *_ = np.linalg.lstsq(matrix, frame.mood, rcond=None)
    errors = np.sqrt(rest[0] / (len(frame) - 3) * np.diag(np.linalg.inv(matrix.T @ matrix)))
    p = 2 * stats.t.sf(np.abs(solution / errors), len(frame) - 3)
    words = ["yes" if one < 0.05 else "no" for one in p[1:]]
    assert found.pieces[0] == f"@significant_predictor[{','.join(words)}]"
