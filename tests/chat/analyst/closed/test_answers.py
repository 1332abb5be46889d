"""Closed questions, each with its answer computed here from the table without the analyst."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

Frame = pd.DataFrame
Expected = Callable[[Frame], dict[str, Any]]

_LINEAR = (
    "Calculate the Pearson correlation coefficient (r) to assess the strength and direction "
    "of the linear relationship. "
    "Assess the significance of the correlation using a two-tailed test with a significance level (alpha) of 0.05. "
    "Consider the relationship to be linear if the p-value is less than 0.05 and the absolute "
    "value of r is greater than or "
    "equal to 0.5. Consider the relationship to be nonlinear if the p-value is less than 0.05 "
    "and the absolute value of r is "
    "less than 0.5. If the p-value is greater than or equal to 0.05, report that there is no significant correlation.\n"
)
_LINEAR_FORMAT = (
    "@correlation_coefficient[r_value] @p_value[p_value] "
    '@relationship_type[relationship_type], where "r_value" is a number '
    'between -1 and 1, rounded to two decimal places. "p_value" is a number between 0 and 1, '
    "rounded to four decimal places. "
    '"relationship_type" is a string that can either be "linear", "nonlinear", or "none" '
    "based on the conditions specified."
)


def linear(x: pd.Series, y: pd.Series) -> dict[str, Any]:
    both = pd.concat([x, y], axis=1).dropna()
    r, p = stats.pearsonr(both.iloc[:, 0], both.iloc[:, 1])
    word = "none" if p >= 0.05 else "linear" if abs(r) >= 0.5 else "nonlinear"
    return {"correlation_coefficient": f"{r:.2f}", "p_value": f"{p:.4f}", "relationship_type": word}


def without_iqr(x: pd.Series, k: float = 1.5) -> pd.Series:
    low, high = x.quantile(0.25), x.quantile(0.75)
    return x[(x >= low - k * (high - low)) & (x <= high + k * (high - low))]


def median_age_of_those_who(f: Frame, meet: pd.Series) -> str:
    return f"{f[meet & (f.Salary > f.Salary.mean())].Age.median():.2f}"


def far(x: pd.Series, limit: float = 3) -> pd.Series:
    return ((x - x.mean()) / x.std(ddof=0)).abs() > limit


def seconds(x: pd.Series) -> pd.Series:
    return pd.to_timedelta(x).dt.total_seconds()


def numbers(x: pd.Series) -> pd.Series:
    return x.str.replace(",", "").astype(float)


def ols(x: Frame, y: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    a = np.column_stack([np.ones(len(x)), x.to_numpy(float)])
    b = np.linalg.lstsq(a, y, rcond=None)[0]
    return b, a @ b


def split_mse(f: Frame, inputs: list[str], target: str, size: float, model: Any) -> tuple[Any, Any, Any]:
    from sklearn.model_selection import train_test_split

    a, b, c, d = train_test_split(f[inputs], f[target], test_size=size, random_state=42)
    return model.fit(a, c), b, d


CASES: list[tuple[str, str, str, Expected]] = [
    (
        "mean",
        "staff",
        "Calculate the mean salary paid to the employees.\nCalculate the mean using pandas. "
        "Rounding off the answer to two decimal places.\n"
        '@mean_salary[mean_salary_value] where "mean_salary_value" is a floating-point number '
        "rounded to two decimal places.",
        lambda f: {"mean_salary": f"{f.Salary.mean():.2f}"},
    ),
    (
        "format first",
        "staff",
        'Format: @average_bonus[value] where "value" is a number rounded to 3 decimal places. '
        "Question: what is the average bonus? Ignore missing values.",
        lambda f: {"average_bonus": f"{f.Bonus.mean():.3f}"},
    ),
    (
        "mean and deviation",
        "staff",
        'Calculate the mean and standard deviation of the "rating_score" column. @mean[mean] '
        '@std[sd] where "mean" and "sd" are numbers, rounded to three decimal places.',
        lambda f: {"mean": f"{f.rating_score.mean():.3f}", "std": f"{f.rating_score.std():.3f}"},
    ),
    (
        "population deviation",
        "staff",
        "Calculate the population standard deviation of the Salary column. @std_salary[std] "
        'where "std" is a number rounded to two decimal places.',
        lambda f: {"std_salary": f"{f.Salary.std(ddof=0):.2f}"},
    ),
    (
        "five numbers",
        "staff",
        'Calculate the mean, standard deviation, minimum, and maximum values of the "YearsExp" '
        "column.\n@mean_years[mean value]\n@std_years[standard deviation "
        'value]\n@min_years[minimum value]\n@max_years[maximum value]\nwhere "mean value", '
        '"standard deviation value", "minimum value", and "maximum value" are numbers rounded '
        "to two decimal places.",
        lambda f: {
            "mean_years": f"{f.YearsExp.mean():.2f}",
            "std_years": f"{f.YearsExp.std():.2f}",
            "min_years": f"{f.YearsExp.min():.2f}",
            "max_years": f"{f.YearsExp.max():.2f}",
        },
    ),
    (
        "median and range",
        "staff",
        "Report the median and the range (maximum - minimum) of the bonus "
        'column.\n@median_bonus[m] @range_bonus[r] where "m" and "r" are rounded to one decimal '
        "place.",
        lambda f: {"median_bonus": f"{f.Bonus.median():.1f}", "range_bonus": f"{f.Bonus.max() - f.Bonus.min():.1f}"},
    ),
    (
        "per class",
        "staff",
        "Perform a distribution analysis on the 'Salary' column for each employee grade "
        "('Grade') separately. Calculate the mean and median of the salary for each "
        "grade.\nRound to 2 decimal points.\n"
        "@mean_salary_grade1[mean_salary], @median_salary_grade1[median_salary], "
        "@mean_salary_grade3[mean_salary], @median_salary_grade3[median_salary], where "
        '"mean_salary" and "median_salary" are rounded to 2 decimal places.',
        lambda f: {
            "mean_salary_grade1": f"{f[f.Grade == 1].Salary.mean():.2f}",
            "median_salary_grade1": f"{f[f.Grade == 1].Salary.median():.2f}",
            "mean_salary_grade3": f"{f[f.Grade == 3].Salary.mean():.2f}",
            "median_salary_grade3": f"{f[f.Grade == 3].Salary.median():.2f}",
        },
    ),
    (
        "two groups at once",
        "staff",
        "What is the average age of male employees in each grade? How does it compare to female "
        "employees? @average_age_male_grade1[age], @average_age_male_grade2[age], "
        '@average_age_female_grade1[age], @average_age_female_grade2[age]. The "age" is a '
        "number rounded to two decimal places.",
        lambda f: {
            f"average_age_{g}_grade{n}": f"{f[(f.Gender == g) & (f.Grade == n)].Age.mean():.2f}"
            for g in ("male", "female")
            for n in (1, 2)
        },
    ),
    (
        "one group by value",
        "staff",
        'What is the mean salary in the "Research" department? @mean_salary[value] where '
        '"value" is a number rounded to two decimal places.',
        lambda f: {"mean_salary": f"{f[f.Department == 'Research'].Salary.mean():.2f}"},
    ),
    (
        "condition on the average",
        "staff",
        "Calculate the median age of female employees who resigned and whose salary is greater "
        "than the average salary.\nNull values in Age are not "
        'considered.\n@median_age[median_age] where "median_age" is a number rounded to two '
        "decimal places.",
        lambda f: {"median_age": median_age_of_those_who(f, (f.Gender == "female") & (f.Resigned == 1))},
    ),
    (
        "verb column",
        "staff",
        "What is the mean YearsExp for employees who resigned versus employees who did not "
        'resign? @mean_yearsexp_resigned[a] @mean_yearsexp_did_not_resign[b] where "a" and "b" '
        "are rounded to 2 decimal places.",
        lambda f: {
            "mean_yearsexp_resigned": f"{f[f.Resigned == 1].YearsExp.mean():.2f}",
            "mean_yearsexp_did_not_resign": f"{f[f.Resigned == 0].YearsExp.mean():.2f}",
        },
    ),
    (
        "count by threshold",
        "staff",
        'How many employees have a Salary greater than 60000? @count[n] where "n" is an integer.',
        lambda f: {"count": str(int((f.Salary > 60000).sum()))},
    ),
    (
        "count of a value",
        "staff",
        'How many employees have a Grade equal to 2? @total[count] where "count" is a non-negative integer.',
        lambda f: {"total": str(int((f.Grade == 2).sum()))},
    ),
    (
        "percentage",
        "staff",
        "What percentage of employees are in the 'Legal' department? @legal_percentage[p] where "
        '"p" is a number between 0 and 100, rounded to two decimal places.',
        lambda f: {"legal_percentage": f"{(f.Department == 'Legal').mean() * 100:.2f}"},
    ),
    (
        "unique",
        "staff",
        'How many unique departments are there in the dataset? @unique_departments[n] where "n" is an integer.',
        lambda f: {"unique_departments": str(f.Department.nunique())},
    ),
    (
        "shapiro",
        "staff",
        'Check if the "rating_score" column adheres to a normal distribution.\nUse Shapiro-Wilk '
        "test from scipy.stats with an alpha of 0.05. If the p-value is less than alpha, the "
        "data does not follow a normal distribution.\n@p_value[p] @is_normal[response], where "
        '"p" is a number rounded to four decimal places and "response" is a string that takes '
        'the value "yes" if the data follows a normal distribution, and "no" if it does not.',
        lambda f: {
            "p_value": f"{stats.shapiro(f.rating_score)[1]:.4f}",
            "is_normal": "yes" if stats.shapiro(f.rating_score)[1] > 0.05 else "no",
        },
    ),
    (
        "shapiro with gaps",
        "staff",
        "Check if the bonus of the employees follows a normal distribution. Use the "
        "Shapiro-Wilk test; ignore the null values. @norm_test_pvalue[pvalue] "
        '@is_normal[isNormal] where "pvalue" is a decimal number rounded to four decimal '
        "places and \"isNormal\" is a boolean value, 'True' if the values follow a normal "
        "distribution and 'False' otherwise.",
        lambda f: {
            "norm_test_pvalue": f"{stats.shapiro(f.Bonus.dropna())[1]:.4f}",
            "is_normal": str(bool(stats.shapiro(f.Bonus.dropna())[1] > 0.05)),
        },
    ),
    (
        "dagostino",
        "staff",
        "Does Salary adhere to a normal distribution? Use the scipy library's normaltest() "
        "function; consider it normal if p-value is greater than 0.05. @distribution[d] where "
        '"d" is a string which is either "normal" or "not normal".',
        lambda f: {"distribution": "normal" if stats.normaltest(f.Salary)[1] > 0.05 else "not normal"},
    ),
    (
        "kolmogorov",
        "staff",
        'Is the "Bonus" column normally distributed? Use the Kolmogorov-Smirnov test. Consider '
        "the distribution normal if the p-value is greater than or equal to 0.05. Ignore "
        'missing values. @ks_test_p_value[p_value] @decision[decision] where "p_value" is a '
        'number rounded to four decimal places and "decision" is a string with either of the '
        'exact values: "normally distributed" or "not normally distributed".',
        lambda f: (
            lambda x: {
                "ks_test_p_value": f"{stats.kstest(x, 'norm', args=(x.mean(), x.std()))[1]:.4f}",
                "decision": "normally distributed"
                if stats.kstest(x, "norm", args=(x.mean(), x.std()))[1] >= 0.05
                else "not normally distributed",
            }
        )(f.Bonus.dropna()),
    ),
    (
        "normal by skewness",
        "staff",
        "Check if the distribution of rating_score is normal. Assume a normal distribution if "
        'skewness is between -0.5 and 0.5. @is_normal[answer], where "answer" is a string which '
        'can either be "Yes" or "No".',
        lambda f: {"is_normal": "Yes" if abs(f.rating_score.skew()) < 0.5 else "No"},
    ),
    (
        "skewness by pandas",
        "staff",
        "Determine the skewness of the salaries. Use the pandas DataFrame method skew(). "
        '@salary_skewness[v] where "v" is a number rounded to 2 decimal places.',
        lambda f: {"salary_skewness": f"{f.Salary.skew():.2f}"},
    ),
    (
        "skewness and kurtosis by scipy",
        "staff",
        "Calculate skewness and kurtosis of the Bonus column with scipy.stats skew() and "
        "kurtosis(), default settings. Ignore nulls. @bonus_skewness[s] @bonus_kurtosis[k] "
        'where "s" and "k" are rounded to two decimal places.',
        lambda f: {
            "bonus_skewness": f"{stats.skew(f.Bonus.dropna()):.2f}",
            "bonus_kurtosis": f"{stats.kurtosis(f.Bonus.dropna()):.2f}",
        },
    ),
    (
        "kind of skew",
        "staff",
        "Calculate skewness of the 'Salary' column. A skewness value between -0.5 to +0.5 "
        "indicates symmetric, greater than +0.5 skewed to the right and less than -0.5 skewed "
        'to the left. @distribution_skew[skewness] where "skewness" is a string that can be '
        '"symmetric", "skewed_right", or "skewed_left".',
        lambda f: {
            "distribution_skew": "skewed_right"
            if f.Salary.skew() > 0.5
            else "skewed_left"
            if f.Salary.skew() < -0.5
            else "symmetric"
        },
    ),
    (
        "correlation",
        "staff",
        "Is there a correlation between the age of the employees and their years of experience (YearsExp)?\n"
        + _LINEAR
        + _LINEAR_FORMAT,
        lambda f: linear(f.Age, f.YearsExp),
    ),
    (
        "no correlation",
        "staff",
        "Is there a correlation between the bonus and the rating score?\n" + _LINEAR + _LINEAR_FORMAT,
        lambda f: linear(f.Bonus, f.rating_score),
    ),
    (
        "correlation in part",
        "staff",
        "Is there a relationship between Salary and YearsExp for employees with Grade equal to 2?\n"
        + _LINEAR
        + _LINEAR_FORMAT,
        lambda f: linear(f[f.Grade == 2].Salary, f[f.Grade == 2].YearsExp),
    ),
    (
        "correlation per group",
        "staff",
        "How does the correlation between Salary and YearsExp differ among male and female "
        'employees?\n@correlation_male[r]\n@correlation_female[r]\nwhere "r" is a number '
        "between -1 and 1, rounded to three decimal places.",
        lambda f: {
            f"correlation_{g}": f"{f[f.Gender == g].Salary.corr(f[f.Gender == g].YearsExp):.3f}"
            for g in ("male", "female")
        },
    ),
    (
        "spearman",
        "staff",
        "Calculate the Spearman rank correlation between Salary and Bonus. @rho[rho] where "
        '"rho" is a correlation coefficient rounded to three decimal places.',
        lambda f: {"rho": f"{f[['Salary', 'Bonus']].dropna().corr('spearman').iloc[0, 1]:.3f}"},
    ),
    (
        "strength",
        "staff",
        "Determine the correlation coefficient between Salary and YearsExp. Consider a "
        "correlation to be strong if the absolute value of r is greater than or equal to 0.7, "
        "moderate if it is between 0.3 and 0.7, and weak if it is less than 0.3. "
        "@correlation_coefficient[r_value]\n@correlation_strength[strength_value]\nwhere "
        '"r_value" is rounded to 2 decimal places and "strength_value" is a string that can be '
        'either "strong", "moderate", or "weak".',
        lambda f: (
            lambda r: {
                "correlation_coefficient": f"{r:.2f}",
                "correlation_strength": "strong" if abs(r) >= 0.7 else "moderate" if abs(r) >= 0.3 else "weak",
            }
        )(f.Salary.corr(f.YearsExp)),
    ),
    (
        "strongest",
        "shop",
        "Which variable has the strongest correlation with the Close column? Is it positive or "
        "negative? Calculate the Pearson correlation coefficient (r) between Close and all "
        'other numerical variables. @strongest_variable[variable_name] where "variable_name": '
        "the column name. @correlation_type[positive/negative]",
        lambda f: (
            lambda r: {
                "strongest_variable": r.abs().idxmax(),
                "correlation_type": "positive" if r[r.abs().idxmax()] > 0 else "negative",
            }
        )(f.select_dtypes("number").corr()["Close"].drop("Close")),
    ),
    (
        "significant",
        "staff",
        "Is there a correlation between Age and Salary? Use an alpha of 0.01. Consider the "
        "relationship to be significant if the p-value is less than 0.01. @p_value[p] "
        '@significance[s] where "p" is rounded to four decimal places and "s" is a string that '
        'can either be "significant" or "not significant".',
        lambda f: (lambda p: {"p_value": f"{p:.4f}", "significance": "significant" if p < 0.01 else "not significant"})(
            stats.pearsonr(f.dropna(subset=["Age"]).Age, f.dropna(subset=["Age"]).Salary)[1]
        ),
    ),
    (
        "outliers by quartiles",
        "staff",
        "How many outliers are there in the Salary column? Use the IQR method, where values "
        "below Q1 - 1.5*IQR or above Q3 + 1.5*IQR are outliers. @outliers_count[count] where "
        "'count' is a non-negative integer.",
        lambda f: {"outliers_count": str(len(f) - len(without_iqr(f.Salary)))},
    ),
    (
        "outliers' statistics",
        "staff",
        "Identify the outliers in the salaries with the 1.5*IQR rule. Report the total number "
        "of outliers, and the mean and median salary of these. "
        '@total_outliers[n]\n@mean_salary_outliers[a]\n@median_salary_outliers[b]\nwhere "n" is '
        'an integer, "a" and "b" are rounded to two decimal places.',
        lambda f: (
            lambda x: {
                "total_outliers": str(len(x)),
                "mean_salary_outliers": f"{x.mean():.2f}",
                "median_salary_outliers": f"{x.median():.2f}",
            }
        )(f.Salary.drop(without_iqr(f.Salary).index)),
    ),
    (
        "outliers by z",
        "staff",
        "Identify outliers in the Salary column using the Z-score method. Any data point with a "
        "Z-score greater than 2 or less than -2 is an outlier. @outlier_count[count] where "
        '"count" is an integer.',
        lambda f: {"outlier_count": str(int(far(f.Salary, 2).sum()))},
    ),
    (
        "outliers' identifiers",
        "staff",
        "Are there any outliers in the salary? A value is an outlier if it is 1.5 times the IQR "
        "above the third quartile or below the first quartile. @outlier_count[count], "
        '@outlier_ids[id1, id2, ...]. The "count" is an integer. "id1, id2, ..." are the '
        '"EmployeeId"s of the outliers, separated by commas and sorted in ascending order.',
        lambda f: (
            lambda x: {"outlier_count": str(len(x)), "outlier_ids": ", ".join(str(v) for v in sorted(x.EmployeeId))}
        )(f.drop(without_iqr(f.Salary).index)),
    ),
    (
        "range of outliers",
        "staff",
        "Are there any outliers in Bonus? Use the IQR method (1.5 IQR). @outlier_count[a] "
        '@outlier_range_low[b] @outlier_range_high[c] where "a" is the number of outliers, "b" '
        'the lowest and "c" the highest value among outliers. All results should be rounded to '
        "2 decimal places.",
        lambda f: (
            lambda x: {
                "outlier_count": len(x),
                "outlier_range_low": f"{x.min():.2f}",
                "outlier_range_high": f"{x.max():.2f}",
            }
        )(f.Bonus.dropna().drop(without_iqr(f.Bonus.dropna()).index)),
    ),
    (
        "mean without outliers",
        "staff",
        "Calculate the mean and standard deviation of the Salary column. Outliers are to be "
        "pruned via the interquartile range method before calculating. @mean_salary[m] "
        '@sd_salary[s] where "m" and "s" are rounded to two decimal places.',
        lambda f: (lambda x: {"mean_salary": f"{x.mean():.2f}", "sd_salary": f"{x.std():.2f}"})(without_iqr(f.Salary)),
    ),
    (
        "before and after outliers",
        "staff",
        "Identify and remove outliers in the Salary column using the Z-score method with a "
        'threshold of 3. @mean_before[m1] @mean_after[m2] where "m1" and "m2" are the mean '
        "salary before and after removal, rounded to two decimal places.",
        lambda f: {"mean_before": f"{f.Salary.mean():.2f}", "mean_after": f"{f.Salary[~far(f.Salary)].mean():.2f}"},
    ),
    (
        "rows left",
        "staff",
        "Identify and remove any outliers in the Salary column using the Z-score method. "
        "Classify a value as an outlier if its Z-score is greater than 3. After removal of "
        "outliers, calculate the number of entries left. @number_of_entries_left[number] where "
        '"number" is the total number of entries left.',
        lambda f: {
            "number_of_entries_left": str(
                len(f) - int((((f.Salary - f.Salary.mean()) / f.Salary.std(ddof=0)) > 3).sum())
            )
        },
    ),
    (
        "missing",
        "staff",
        'How many missing values are there in the "Bonus" column? @missing_values[n] where "n" is an integer.',
        lambda f: {"missing_values": str(f.Bonus.isna().sum())},
    ),
    (
        "missing percentage",
        "staff",
        'What is the percentage of missing values in the "Age" column? @missing_percentage[p] '
        'where "p" is a number between 0 and 100 rounded to two decimal places.',
        lambda f: {"missing_percentage": f"{f.Age.isna().mean() * 100:.2f}"},
    ),
    (
        "most missing",
        "staff",
        "Which column has the highest number of missing values? @max_missing[column_name] where "
        '"column_name" is a string with the name of the column.',
        lambda f: {"max_missing": f.isna().sum().idxmax()},
    ),
    (
        "missing per column",
        "staff",
        'How many missing values are there for each column? The columns are ["Age", "Bonus",'
        " \"Salary\"]. @missing_per_column[{'Age':val_1, 'Bonus':val_2, 'Salary':val_3}]",
        lambda f: {"missing_per_column": str({c: int(f[c].isna().sum()) for c in ("Age", "Bonus", "Salary")})},
    ),
    (
        "filled with the median",
        "staff",
        "Fill missing values in the Age column with the median age. Then calculate the mean and "
        'standard deviation of Age. @mean_age[m] @std_age[s] where "m" and "s" are rounded to '
        "two decimal places.",
        lambda f: (lambda x: {"mean_age": f"{x.mean():.2f}", "std_age": f"{x.std():.2f}"})(
            f.Age.fillna(f.Age.median())
        ),
    ),
    (
        "filled with zero",
        "staff",
        "Replace missing values in the Bonus column with 0 and report the mean of Bonus. "
        '@mean_bonus[m] where "m" is rounded to two decimal places.',
        lambda f: {"mean_bonus": f"{f.Bonus.fillna(0).mean():.2f}"},
    ),
    (
        "dropped rows",
        "staff",
        "Remove any row that has a missing value in the Bonus column. In the Age column, "
        "replace the missing values with the median age. Report the total number of rows after "
        'deletion. @row_count[count] where "count" is a positive integer.',
        lambda f: {"row_count": str(len(f.dropna(subset=["Bonus"])))},
    ),
    (
        "before and after filling",
        "staff",
        "Use mean imputation to fill in missing values in the Bonus column. Calculate the "
        "standard deviation of Bonus before and after imputation. "
        "@pre_sd[sd_before]\n@post_sd[sd_after]\nwhere all are rounded to two decimal places.",
        lambda f: {"pre_sd": f"{f.Bonus.std():.2f}", "post_sd": f"{f.Bonus.fillna(f.Bonus.mean()).std():.2f}"},
    ),
    (
        "duplicates",
        "shop",
        "Remove any duplicate entries and report how many were removed. @duplicate_count[n] "
        'where "n" is an integer indicating the number of duplicate rows removed.',
        lambda f: {"duplicate_count": str(f.duplicated().sum())},
    ),
    (
        "min-max",
        "staff",
        "Normalize the Salary column using Min-Max scaling. @salary_after_scaling[min_salary, "
        'max_salary, mean_salary] where "min_salary" and "max_salary" are the minimum and '
        'maximum after scaling, rounded to two decimal places, while "mean_salary" is rounded '
        "to four decimal places.",
        lambda f: {
            "salary_after_scaling": f"0.00, 1.00, "
            f"{((f.Salary - f.Salary.min()) / (f.Salary.max() - f.Salary.min())).mean():.4f}"
        },
    ),
    (
        "logarithm",
        "staff",
        "Transform the 'Salary' column by applying a log transformation (natural logarithm, "
        "base e). Calculate the mean and standard deviation of the transformed 'Salary' column. "
        '@mean_log[m] @std_log[s] where "m" is the mean, "s" the standard deviation, each '
        "rounded to two decimal places.",
        lambda f: {"mean_log": f"{np.log(f.Salary).mean():.2f}", "std_log": f"{np.log(f.Salary).std():.2f}"},
    ),
    (
        "sum of columns",
        "staff",
        'Generate a new feature called "TotalPay" by adding the Salary and Bonus columns. '
        'Calculate the mean of the TotalPay column. @mean_total_pay[m] where "m" is a float '
        "rounded to two decimal places.",
        lambda f: {"mean_total_pay": f"{(f.Salary + f.Bonus).mean():.2f}"},
    ),
    (
        "difference of columns",
        "shop",
        'Create a new feature called "Price Range" which represents the difference between the '
        '"High Price" and "Low Price" for each row. Calculate the mean, median, and standard '
        "deviation. @price_range_mean[mean]: The mean should be rounded to two decimal places. "
        "@price_range_median[median]: The median should be rounded to two decimal places. "
        "@price_range_std_dev[std_dev]: The standard deviation should be rounded to two decimal "
        "places.",
        lambda f: (
            lambda x: {
                "price_range_mean": f"{x.mean():.2f}",
                "price_range_median": f"{x.median():.2f}",
                "price_range_std_dev": f"{x.std():.2f}",
            }
        )(f["High Price"] - f["Low Price"]),
    ),
    (
        "ratio of columns",
        "staff",
        "Create a new feature 'bonus_ratio' by dividing the Bonus column by the Salary column. "
        'Calculate its mean. @mean_ratio[m] where "m" is rounded to four decimal places.',
        lambda f: {"mean_ratio": f"{(f.Bonus / f.Salary).mean():.4f}"},
    ),
    (
        "product of columns",
        "staff",
        'Create a new feature called "weighted" by multiplying the rating_score column with the '
        'YearsExp column. Calculate the Pearson correlation coefficient between "weighted" and '
        'Salary. @correlation[c] where "c" is rounded to three decimal places.',
        lambda f: {"correlation": f"{(f.rating_score * f.YearsExp).corr(f.Salary):.3f}"},
    ),
    (
        "formula",
        "shop",
        "Create a new feature 'Volatility' calculated using the formula: Volatility = (High "
        'Price - Low Price) / Open Price. Calculate its mean. @mean_volatility[m] where "m" '
        "is rounded to four decimal places.",
        lambda f: {"mean_volatility": f"{((f['High Price'] - f['Low Price']) / f['Open Price']).mean():.4f}"},
    ),
    (
        "daily change",
        "shop",
        'Create a new column called "Daily Return" that calculates the percentage change in the '
        '"Close" price from the previous day. Calculate the mean and standard deviation of the '
        '"Daily Return" column.\n@daily_return_mean[mean], @daily_return_std[std] where "mean" '
        'and "std" are rounded to two decimal places.',
        lambda f: (lambda x: {"daily_return_mean": f"{x.mean():.2f}", "daily_return_std": f"{x.std():.2f}"})(
            f.Close.pct_change() * 100
        ),
    ),
    (
        "age groups",
        "staff",
        'Create a new column called "AgeGroup" that categorizes the employees into three age '
        "groups: 'Young' (0-29 years old), 'Middle' (30-44 years old), and 'Senior' (45 years "
        "old and above). Then calculate the mean salary for each age group. "
        '@mean_salary_young[m], @mean_salary_middle[m], @mean_salary_senior[m], where "m" is '
        "rounded to 2 decimal places.",
        lambda f: {
            "mean_salary_young": f"{f[f.Age <= 29].Salary.mean():.2f}",
            "mean_salary_middle": f"{f[(f.Age > 29) & (f.Age <= 44)].Salary.mean():.2f}",
            "mean_salary_senior": f"{f[f.Age >= 45].Salary.mean():.2f}",
        },
    ),
    (
        "counts of bins",
        "staff",
        "Create a new feature called 'Band' by binning the employees into 'low' (Salary<=40000),"
        " 'mid' (40000<Salary<=60000) and 'top' (Salary>60000). Report the number of employees "
        'in each category.\n@low_count[a]\n@mid_count[b]\n@top_count[c]\nwhere "a", "b" and '
        '"c" are non-negative integers.',
        lambda f: {
            "low_count": str((f.Salary <= 40000).sum()),
            "mid_count": str(((f.Salary > 40000) & (f.Salary <= 60000)).sum()),
            "top_count": str((f.Salary > 60000).sum()),
        },
    ),
    (
        "t-test",
        "staff",
        "Is there a significant difference in the mean salary between male and female "
        "employees? Use an independent t-test with alpha 0.05. If the p-value is less than 0.05,"
        " there is a significant difference. @male_mean_salary[a] @female_mean_salary[a] "
        '@p_value[p] @significance[s] where "a" is rounded to two decimal places, "p" to four '
        'decimal places and "s" is a string that can either be "significant" or "not '
        'significant".',
        lambda f: (
            lambda m, w: {
                "male_mean_salary": f"{m.mean():.2f}",
                "female_mean_salary": f"{w.mean():.2f}",
                "p_value": f"{stats.ttest_ind(m, w)[1]:.4f}",
                "significance": "significant" if stats.ttest_ind(m, w)[1] < 0.05 else "not significant",
            }
        )(f[f.Gender == "male"].Salary, f[f.Gender == "female"].Salary),
    ),
    (
        "anova",
        "staff",
        "Is there a significant difference in rating_score between the departments? Use one-way "
        "ANOVA. Consider the difference significant if the p-value is less than 0.05. "
        '@p_value[p]\n@significance[s]\nwhere "p" is rounded to four decimal places and "s" is '
        'a string that can either be "yes" or "no".',
        lambda f: (lambda p: {"p_value": f"{p:.4f}", "significance": "yes" if p < 0.05 else "no"})(
            stats.f_oneway(*[g.rating_score for _, g in f.groupby("Department")])[1]
        ),
    ),
    (
        "mann-whitney",
        "staff",
        "Determine if there is a significant difference in the age distributions between grade "
        "1 and grade 3. Use the Mann-Whitney U test with 0.05 as the alpha level. Null ages are "
        "ignored. @p_value[p_value]\n@significance[Is there a significant "
        'difference(Yes/No)]\nwhere "p_value" is a number between 0 and 1, rounded to four '
        "decimal places.",
        lambda f: (lambda p: {"p_value": f"{p:.4f}", "significance": "Yes" if p < 0.05 else "No"})(
            stats.mannwhitneyu(f[f.Grade == 1].Age.dropna(), f[f.Grade == 3].Age.dropna())[1]
        ),
    ),
    (
        "chi-square",
        "staff",
        "Are Gender and Department independent? Use the chi-square test. "
        '@chi_square_statistic[x] @p_value[p] where "x" is rounded to two decimal places and '
        '"p" is rounded to four decimal places.',
        lambda f: (lambda t: {"chi_square_statistic": f"{t[0]:.2f}", "p_value": f"{t[1]:.4f}"})(
            stats.chi2_contingency(pd.crosstab(f.Gender, f.Department))
        ),
    ),
    (
        "weekends",
        "shop",
        "Is there a significant difference in the mean close prices between weekdays and "
        "weekends? Calculate the mean Close separately for weekdays (Monday to Friday) and "
        "weekends (Saturday and Sunday) and conduct a two-sample t-test. @weekday_mean[a] "
        '@weekend_mean[b] @p_value[p] where "a" and "b" are rounded to two decimal places and '
        '"p" to four decimal places.',
        lambda f: (
            lambda w: {
                "weekday_mean": f"{f.Close[~w].mean():.2f}",
                "weekend_mean": f"{f.Close[w].mean():.2f}",
                "p_value": f"{stats.ttest_ind(f.Close[~w], f.Close[w])[1]:.4f}",
            }
        )(pd.to_datetime(f.Date).dt.day_of_week >= 5),
    ),
    (
        "highest",
        "staff",
        "Which employee has the highest salary? @employee_with_highest_salary[EmployeeId] where "
        '"EmployeeId" is an integer.',
        lambda f: {"employee_with_highest_salary": str(f.loc[f.Salary.idxmax(), "EmployeeId"])},
    ),
    (
        "highest average",
        "staff",
        "Which department has the highest average rating score? @department_name[name] where "
        '"name" is a string representing the department.',
        lambda f: {"department_name": f.groupby("Department").rating_score.mean().idxmax()},
    ),
    (
        "lowest average",
        "shop",
        'Which region has the lowest average Close? @region_name[region] where "region" is a string.',
        lambda f: {"region_name": f.groupby("Region").Close.mean().idxmin()},
    ),
    (
        "sum",
        "shop",
        "Find out the total number of calls that were abandoned. Use the sum() function on the "
        '"num. calls abandoned" column. @total_abandoned_calls[integer], where integer '
        "represents the total number of calls abandoned.",
        lambda f: {"total_abandoned_calls": str(f["num. calls abandoned"].sum())},
    ),
    (
        "clock times",
        "shop",
        "Calculate the mean of the average wait. Transform the avg. wait from 'HH:MM:SS' string "
        'format to seconds first. @mean_wait[m] where "m" is a number of seconds rounded to '
        "two decimal places.",
        lambda f: {"mean_wait": f"{seconds(f['avg. wait']).mean():.2f}"},
    ),
    (
        "written numbers",
        "shop",
        "Calculate the mean and median of the traded volume; convert the column to numeric "
        'first. @mean_volume[m] @median_volume[n] where "m" and "n" are rounded to two decimal '
        "places.",
        lambda f: (lambda x: {"mean_volume": f"{x.mean():.2f}", "median_volume": f"{x.median():.2f}"})(
            numbers(f["Traded Volume"])
        ),
    ),
    (
        "abbreviated column",
        "shop",
        'What is the average maximum temperature? @mean_temp[m] where "m" is rounded to one decimal place.',
        lambda f: {"mean_temp": f"{f.max_temp_C.mean():.1f}"},
    ),
    (
        "average per month",
        "shop",
        "Calculate the average Close for each month in the dataset. Extract the month from the "
        "Date column. Keep two decimal places. @monthly_avg[{'month_3':avg_1, 'month_4':avg_2, "
        "...}]",
        lambda f: {
            "monthly_avg": str(
                {
                    f"month_{k}": float(v)
                    for k, v in f.groupby(pd.to_datetime(f.Date).dt.month).Close.mean().round(2).items()
                }
            )
        },
    ),
    (
        "in a year",
        "staff",
        'What is the mean salary of the employees hired in 2019? @mean_salary[m] where "m" is '
        "rounded to two decimal places.",
        lambda f: {"mean_salary": f"{f[pd.to_datetime(f.Hired).dt.year == 2019].Salary.mean():.2f}"},
    ),
    (
        "r squared",
        "staff",
        "Conduct a linear regression to predict the Salary based on YearsExp. Calculate the "
        "coefficient of determination (R-squared). If R-squared is equal to or greater than 0.7,"
        " consider the model a good fit. Else, a poor fit. @r_squared[R], @model_fit[model_fit],"
        ' where "R" is rounded to two decimal places and "model_fit" is a string that is either '
        '"good fit" or "poor fit".',
        lambda f: (lambda r: {"r_squared": f"{r:.2f}", "model_fit": "good fit" if r >= 0.7 else "poor fit"})(
            f.Salary.corr(f.YearsExp) ** 2
        ),
    ),
    (
        "coefficients",
        "staff",
        "Perform a linear regression to predict rating_score based on Salary and YearsExp over "
        'all rows. @coef_salary[a] @coef_yearsexp[b] where "a" and "b" are the regression '
        "coefficients, rounded to six decimal places.",
        lambda f: (lambda b: {"coef_salary": f"{b[1] + 0:.6f}", "coef_yearsexp": f"{b[2]:.6f}"})(
            ols(f[["Salary", "YearsExp"]], f.rating_score)[0]
        ),
    ),
]


def mse_of(f: Frame) -> dict[str, Any]:
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import mean_squared_error

    model, x, y = split_mse(f, ["YearsExp", "rating_score"], "Salary", 0.3, LinearRegression())
    error = mean_squared_error(y, model.predict(x))
    return {"mse": f"{error:.2f}", "rmse": f"{error**0.5:.2f}"}


def accuracy_of(f: Frame) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    model, x, y = split_mse(f, ["Salary", "YearsExp"], "Resigned", 0.2, LogisticRegression())
    return {"accuracy": f"{model.score(x, y):.2f}"}


def tree_of(f: Frame) -> dict[str, Any]:
    from sklearn.metrics import mean_absolute_error
    from sklearn.tree import DecisionTreeRegressor

    model, x, y = split_mse(
        f, ["YearsExp", "rating_score"], "Salary", 0.3, DecisionTreeRegressor(max_depth=3, random_state=42)
    )
    return {"mae": f"{mean_absolute_error(y, model.predict(x)):.4f}"}


CASES += [
    (
        "linear regression",
        "staff",
        "Train a linear regression model to predict the Salary based on the features YearsExp "
        "and rating_score. Split the dataset into a 70% training set and a 30% test set. Set "
        'the random seed to 42. @mse[a] @rmse[b] where "a" and "b" are rounded to two decimal '
        "places.",
        mse_of,
    ),
    (
        "logistic regression",
        "staff",
        "Train a logistic regression model to predict whether an employee resigned (Resigned) "
        "based on Salary and YearsExp. Split the data with an 80:20 ratio and a random_state of "
        '42. @accuracy[score] where "score" is a float between 0 and 1, rounded to two decimal '
        "places.",
        accuracy_of,
    ),
    (
        "decision tree",
        "staff",
        "Build a model to predict the Salary using YearsExp, rating_score as predictors. Train "
        "a decision tree regression model, setting the max_depth to 3. 70% of the dataset is "
        "used for training and 30% for testing with the random_state as 42. Evaluate with the "
        'mean absolute error. @mae[m] where "m" is rounded to four decimal places.',
        tree_of,
    ),
    (
        "평균",
        "plants",
        '높이의 평균을 구하시오. @평균높이[값] 여기서 "값"은 소수점 둘째 자리까지 반올림한 숫자이다.',
        lambda f: {"평균높이": f"{f.높이.mean():.2f}"},
    ),
    (
        "표준편차와 중앙값",
        "plants",
        "무게 열의 중앙값과 표준편차를 계산하세요. 결측값은 무시합니다. "
        "@median[중앙값] @std[표준편차] 모두 소수점 3자리로 반올림합니다.",
        lambda f: {"median": f"{f.무게.median():.3f}", "std": f"{f.무게.std():.3f}"},
    ),
    (
        "품종별",
        "plants",
        "장미의 평균 높이는? @mean_height[값] 소수 2자리까지.",
        lambda f: {"mean_height": f"{f[f.품종 == '장미'].높이.mean():.2f}"},
    ),
    (
        "개수",
        "plants",
        "높이가 55 초과인 식물의 개수를 구하세요. @count[개수] 개수는 정수입니다.",
        lambda f: {"count": str((f.높이 > 55).sum())},
    ),
    (
        "결측값",
        "plants",
        "무게 열에 결측값이 몇 개 있습니까? @missing[개수] 개수는 정수입니다.",
        lambda f: {"missing": "1"},
    ),
    (
        "상관계수",
        "plants",
        "높이와 무게의 피어슨 상관계수를 구하고 유의성을 판단하세요. "
        "유의수준은 0.05이고 p값이 0.05보다 작으면 유의합니다. @r[상관계수] "
        '@p_value[p값] @result[결과] "상관계수"는 소수점 둘째 자리, '
        '"p값"은 소수점 넷째 자리까지이며 "결과"는 "유의함" 또는 "유의하지 '
        '않음" 중 하나이다.',
        lambda f: (
            lambda t: {
                "r": f"{t[0]:.2f}",
                "p_value": f"{t[1]:.4f}",
                "result": "유의함" if t[1] < 0.05 else "유의하지 않음",
            }
        )(stats.pearsonr(*(f.dropna()[c] for c in ("높이", "무게")))),
    ),
    (
        "정규성",
        "plants",
        "높이가 정규분포를 따르는지 샤피로-윌크 검정으로 확인하세요. "
        '유의수준 0.05. @p_value[p값] @is_normal[답] "p값"은 소수점 '
        '4자리까지 반올림하고, "답"은 "정규" 또는 "비정규" 중 하나이다.',
        lambda f: (lambda p: {"p_value": f"{p:.4f}", "is_normal": "정규" if p > 0.05 else "비정규"})(
            stats.shapiro(f.높이)[1]
        ),
    ),
    (
        "이상치",
        "plants",
        "IQR 방법(1.5배 IQR)으로 잎수의 이상치 개수를 구하세요. @outlier_count[개수] 개수는 정수이다.",
        lambda f: {"outlier_count": str(len(f) - len(without_iqr(f.잎수)))},
    ),
    (
        "지역별",
        "plants",
        "지역별 평균 높이를 구하세요. @서울_평균[값] @부산_평균[값] 값은 소수점 2자리.",
        lambda f: {f"{n}_평균": f"{f[f.지역 == n].높이.mean():.2f}" for n in ("서울", "부산")},
    ),
    (
        "최댓값",
        "plants",
        "가장 높이가 높은 식물의 품종은? @variety[품종] 품종은 문자열이다.",
        lambda f: {"variety": f.loc[f.높이.idxmax(), "품종"]},
    ),
]


def places(text: str) -> dict[str, str]:
    return dict(re.findall(r"@([\w%. -]+?)\[(.*?)\](?=\n|$)", text))


@pytest.mark.parametrize(
    ("table", "question", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_answer_is_what_was_computed_here(desk: Any, table: str, question: str, expected: Expected) -> None:
    wanted = {name: str(value) for name, value in expected(desk.frame(table)).items()}
    found = places(desk.answer(table, question).pieces[0])
    assert list(found) == list(wanted)
    assert {name: _value(text) for name, text in found.items()} == {name: _value(text) for name, text in wanted.items()}


def _value(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
