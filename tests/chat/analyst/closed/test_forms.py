"""What a format itself says: words inside a place, first entries, months, lists of names, what is no value at all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from scipy import stats


def places(text: str) -> dict[str, str]:
    return dict(re.findall(r"@([\w%. -]+?)\[(.*?)\](?=\n|$)", text))


def asked(desk: Any, table: str, question: str) -> dict[str, str]:
    return places(desk.answer(table, question).pieces[0])


def test_allowed_words_may_stand_inside_the_place(desk: Any) -> None:
    found = asked(
        desk,
        "staff",
        "Are the Salary values normally distributed? Use the Shapiro-Wilk test with alpha 0.05. "
        '@verdict[Which is either "Normal" or "Not Normal"] @p_value[The p-value, rounded to three decimal places]',
    )
    p = stats.shapiro(desk.frame("staff").Salary)[1]
    assert found == {"verdict": "Not Normal" if p < 0.05 else "Normal", "p_value": f"{p:.3f}"}


@pytest.mark.parametrize(("x", "y"), [("rating_score", "Salary"), ("YearsExp", "Age")])
def test_the_last_allowed_word_is_one_of_them(desk: Any, x: str, y: str) -> None:
    found = asked(
        desk,
        "staff",
        f'Is there a Pearson correlation between "{x}" and "{y}"? If the p-value is 0.05 or more, say "No Significant '
        'Correlation". @kind[A string: either "Positive Correlation", "Negative Correlation", "No Correlation", or '
        '"No Significant Correlation"]',
    )
    both = desk.frame("staff")[[x, y]].dropna()
    r, p = stats.pearsonr(both[x], both[y])
    sign = "Positive" if r > 0 else "Negative"
    assert found == {"kind": "No Significant Correlation" if p >= 0.05 else f"{sign} Correlation"}


def test_a_sign_needs_the_strength_that_is_laid_down(desk: Any) -> None:
    frame = desk.frame("staff")[["Grade", "Age", "YearsExp", "Salary"]].dropna()
    found = {}
    for column in ("Age", "Grade"):
        found |= asked(
            desk,
            "staff",
            f'Calculate the Pearson correlation between "YearsExp" and "{column}". Take it as positive if the p-value '
            "is below 0.05 and the correlation coefficient is greater than or equal to 0.999. Take it as negative if "
            "the p-value is below 0.05 and the correlation coefficient is less than or equal to -0.999. "
            f'@{column}_kind[kind] where "kind" is a string that can be "positive", "negative" or "none".',
        )
    assert stats.pearsonr(frame.YearsExp, frame.Age)[0] > 0.5
    assert found == {"Age_kind": "none", "Grade_kind": "none"}


def test_the_first_entry_is_a_value(desk: Any) -> None:
    found = asked(
        desk,
        "staff",
        'Normalize the "Salary" column with Min-Max normalization to the range 0 to 1. '
        "@scaled[First entry of the normalized Salary column, rounded to four decimal places]",
    )
    salary = desk.frame("staff").Salary
    assert found == {"scaled": f"{(salary.iloc[0] - salary.min()) / (salary.max() - salary.min()):.4f}"}


def test_missing_may_be_a_condition(desk: Any) -> None:
    found = asked(
        desk,
        "staff",
        'What is the mean "Salary" of the rows where "Age" is null and of those where it is not null? '
        '@mean_with_age_null[mean] @mean_with_age_notnull[mean] where "mean" is a number with two decimal places.',
    )
    frame = desk.frame("staff")
    assert found == {
        "mean_with_age_null": f"{frame[frame.Age.isna()].Salary.mean():.2f}",
        "mean_with_age_notnull": f"{frame[frame.Age.notna()].Salary.mean():.2f}",
    }


def test_a_list_of_names_is_no_count(desk: Any) -> None:
    found = asked(
        desk,
        "staff",
        'Which people are outliers in "Salary" by the 1.5*IQR rule? '
        "@outlier_names[list_of_names] where each string in list_of_names is the name of a person.",
    )
    frame = desk.frame("staff")
    low, high = frame.Salary.quantile(0.25), frame.Salary.quantile(0.75)
    far = (frame.Salary < low - 1.5 * (high - low)) | (frame.Salary > high + 1.5 * (high - low))
    assert found == {"outlier_names": ", ".join(frame[far].Name)}


@pytest.mark.parametrize("side", ["highest", "lowest"])
def test_month_and_year_of_an_extreme_average(desk: Any, side: str) -> None:
    found = asked(
        desk,
        "shop",
        f'Calculate the average "Close" of each month and year and return the month with the {side} average. '
        '@best_month[month, year, average_close] where "month" and "year" are integers and "average_close" is a '
        "number rounded to two decimal places.",
    )
    frame = desk.frame("shop")
    means = frame.groupby(frame.Date.str[:7]).Close.mean()
    best = means.idxmax() if side == "highest" else means.idxmin()
    assert found == {"best_month": f"{int(best[5:])}, {best[:4]}, {means[best]:.2f}"}


def test_hyphens_stand_between_columns_too(desk: Any) -> None:
    found = asked(
        desk,
        "staff",
        'Create a new feature called "pay_gap" which represents the difference between an employee\'s salary and '
        'their year-end bonus. Calculate its mean. @mean[mean_value] where "mean_value" has two decimal places.',
    )
    frame = desk.frame("staff")
    assert found == {"mean": f"{(frame.Salary - frame.Bonus).mean():.2f}"}


def test_a_whole_table_is_undetermined(desk: Any) -> None:
    answer = desk.answer(
        "staff",
        'Fill missing values of "Age" with its mean. @cleaned_staff[a data frame in CSV format with all columns] '
        "@mean_age[the mean of Age, rounded to two decimal places]",
    )
    assert places(answer.pieces[0]) == {"mean_age": f"{desk.frame('staff').Age.mean():.2f}"}
    assert "cleaned_staff" in answer.pieces[-1]
