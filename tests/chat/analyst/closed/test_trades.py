"""Closed questions about six tables of other trades, English and Korean, each answered here without the analyst."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from tests.chat.analyst.closed.asking import ask, two


def cellar() -> pd.DataFrame:
    """220 wines with gaps in price, alcohol and grape."""
    rng = np.random.default_rng(2026)
    n = 220
    pts = np.clip(rng.normal(88, 3, n), 80, 99).round(0)
    d = pd.DataFrame(
        {
            "wine_id": range(1, n + 1),
            "country": rng.choice(["France", "Italy", "Spain", "Chile", "US"], n, p=[0.3, 0.25, 0.15, 0.15, 0.15]),
            "grape": rng.choice(["Merlot", "Syrah", "Pinot Noir", "Riesling"], n),
            "vintage": rng.integers(2005, 2020, n),
            "price": np.round(np.exp(0.12 * (pts - 88) + rng.normal(3, 0.5, n)), 2),
            "points": pts,
            "alcohol": rng.normal(13, 1, n).round(1),
            "residual_sugar": rng.gamma(1.5, 3, n).round(2),
            "acidity": rng.normal(6, 0.8, n).round(2),
            "review": [" ".join(["good"] * k) for k in rng.integers(3, 30, n)],
        }
    )
    d.loc[rng.choice(n, 14, False), "price"] = np.nan
    d.loc[rng.choice(n, 9, False), "alcohol"] = np.nan
    d.loc[rng.choice(n, 6, False), "grape"] = np.nan
    return d


def stays() -> pd.DataFrame:
    """263 stays in a hospital, three of them twice."""
    rng = np.random.default_rng(2028)
    n = 260
    adm = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 360, n), unit="D")
    los = rng.integers(1, 21, n)
    age = rng.integers(19, 92, n)
    bp = (100 + 0.4 * age + rng.normal(0, 12, n)).round(0)
    d = pd.DataFrame(
        {
            "PatientID": [f"P{i:04d}" for i in range(n)],
            "Ward": rng.choice(["Cardiology", "Oncology", "Surgery", "Neurology"], n),
            "AdmitDate": adm.strftime("%Y-%m-%d"),
            "DischargeDate": (adm + pd.to_timedelta(los, unit="D")).strftime("%Y-%m-%d"),
            "Age": age,
            "Sex": rng.choice(["F", "M"], n),
            "BMI": rng.normal(26, 4, n).round(1),
            "SystolicBP": bp,
            "Cholesterol": rng.normal(195, 30, n).round(0),
            "Smoker": rng.choice(["Yes", "No"], n, p=[0.3, 0.7]),
            "Readmitted": (rng.random(n) < 0.2 + 0.004 * (age - 50)).astype(int),
            "Cost": (800 * los + rng.gamma(2, 900, n)).round(2),
        }
    )
    d.loc[rng.choice(n, 15, False), "BMI"] = np.nan
    d.loc[rng.choice(n, 11, False), "Cholesterol"] = np.nan
    return pd.concat([d, d.iloc[[3, 50, 77]]], ignore_index=True)


def rides() -> pd.DataFrame:
    """A year of rented bicycles, its dates written month first."""
    rng = np.random.default_rng(2030)
    n = 365
    dt = pd.date_range("2021-01-01", periods=n)
    temp = (12 - 11 * np.cos(np.arange(n) / 365 * 2 * np.pi) + rng.normal(0, 3, n)).round(1)
    reg = (900 + 60 * temp + rng.normal(0, 250, n)).clip(50).round(0).astype(int)
    cas = (150 + 25 * temp + rng.normal(0, 120, n) + 300 * (dt.day_of_week >= 5)).clip(5).round(0).astype(int)
    d = pd.DataFrame(
        {
            "date": dt.strftime("%m/%d/%Y"),
            "season": np.select(
                [dt.month.isin([12, 1, 2]), dt.month.isin([3, 4, 5]), dt.month.isin([6, 7, 8])],
                ["Winter", "Spring", "Summer"],
                "Autumn",
            ),
            "holiday": (rng.random(n) < 0.04).astype(int),
            "temp_celsius": temp,
            "humidity": rng.uniform(20, 98, n).round(0),
            "windspeed": rng.gamma(3, 3, n).round(1),
            "casual": cas,
            "registered": reg,
            "total_rides": cas + reg,
        }
    )
    d.loc[rng.choice(n, 12, False), "humidity"] = np.nan
    return d


def flats() -> pd.DataFrame:
    """240 flats in Korean, their prices with thousands separators."""
    rng = np.random.default_rng(2032)
    n = 240
    area = rng.choice([59.9, 84.9, 114.5, 39.6], n)
    yr = rng.integers(1988, 2022, n)
    fl = rng.integers(1, 30, n)
    amt = (area * 900 + (yr - 1988) * 450 + fl * 120 + rng.normal(0, 9000, n)).round(-1).astype(int)
    d = pd.DataFrame(
        {
            "구": rng.choice(["강남구", "송파구", "노원구", "마포구"], n),
            "단지명": [
                f"{a}{b}단지"
                for a, b in zip(rng.choice(["한빛", "푸른", "은하"], n), rng.integers(1, 9, n), strict=True)
            ],
            "전용면적": area,
            "층": fl,
            "건축년도": yr,
            "거래금액": [f"{x:,}" for x in amt],
            "거래일": (pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 330, n), unit="D")).strftime(
                "%Y-%m-%d"
            ),
            "관리비": rng.normal(24, 5, n).round(1),
        }
    )
    d.loc[rng.choice(n, 10, False), "관리비"] = np.nan
    return d


def grades() -> pd.DataFrame:
    """180 pupils in Korean with their marks."""
    rng = np.random.default_rng(2034)
    n = 180
    k = rng.normal(72, 10, n)
    d = pd.DataFrame(
        {
            "학번": range(20240001, 20240001 + n),
            "성별": rng.choice(["남", "여"], n),
            "학년": rng.integers(1, 4, n),
            "반": rng.choice(["A", "B", "C"], n),
            "국어": k.round(0),
            "영어": (0.6 * k + 28 + rng.normal(0, 8, n)).round(0),
            "수학": rng.normal(65, 15, n).clip(0, 100).round(0),
            "과학": rng.normal(68, 12, n).clip(0, 100).round(0),
            "출석률": rng.beta(20, 2, n).round(3),
            "동아리": rng.choice(["축구", "미술", "과학탐구"], n),
        }
    )
    d.loc[rng.choice(n, 7, False), "수학"] = np.nan
    d.loc[rng.choice(n, 8, False), "동아리"] = np.nan
    return d


def sensors() -> pd.DataFrame:
    """300 readings of three machines."""
    rng = np.random.default_rng(2036)
    n = 300
    t = pd.date_range("2024-03-01 06:00", periods=n, freq="2h")
    v = rng.gamma(3, 0.6, n)
    tm = 60 + 4 * v + rng.normal(0, 5, n)
    v[[10, 77, 150]] = [9.5, 11.2, 8.9]
    d = pd.DataFrame(
        {
            "timestamp": t.strftime("%Y-%m-%d %H:%M:%S"),
            "machine": rng.choice(["M-01", "M-02", "M-03"], n),
            "operator": rng.choice(["Lee", "Kim", "Park"], n),
            "shift": rng.choice(["day", "night"], n),
            "temperature": tm.round(1),
            "vibration": v.round(3),
            "pressure": rng.normal(101, 4, n).round(1),
            "rpm": rng.integers(900, 1800, n),
            "defect": (rng.random(n) < 1 / (1 + np.exp(-(v - 3.5)))).astype(int),
        }
    )
    d.loc[rng.choice(n, 16, False), "pressure"] = np.nan
    return d


CELLAR, STAYS, RIDES, FLATS, GRADES, SENSORS = (make() for make in (cellar, stays, rides, flats, grades, sensors))
FLATS["금액"] = FLATS["거래금액"].str.replace(",", "").astype(float)
NAMES = {id(CELLAR): "cellar", id(STAYS): "stays", id(RIDES): "rides", id(FLATS): "apt", id(GRADES): "성적"}
QUESTIONS: list[tuple[str, str, list[str]]] = []


def iqr(x: pd.Series) -> pd.Series:
    low, high = x.quantile(0.25), x.quantile(0.75)
    return (x < low - 1.5 * (high - low)) | (x > high + 1.5 * (high - low))


def z(x: pd.Series) -> pd.Series:
    return (x - x.mean()) / x.std(ddof=0)


PR = "Calculate the Pearson correlation coefficient. Use a two-tailed test with a significance level (alpha) of 0.05. "


def put(table: pd.DataFrame, question: str, **wanted: str) -> None:
    QUESTIONS.append((NAMES.get(id(table), "sensors"), question, [f"@{name}[{one}]" for name, one in wanted.items()]))


p = CELLAR.price
put(
    CELLAR,
    "What are the mean, the median and the sample standard deviation of the wine prices?\nIgnore missing "
    "values. Round to two decimal places.\n@mean_price[mean] @median_price[median] @std_price[std] where "
    '"mean", "median" and "std" are numbers rounded to two decimal places.',
    mean_price=two(p.mean()),
    median_price=two(p.median()),
    std_price=two(p.std()),
)
x = CELLAR[["price", "points"]].dropna()
r_, pv = stats.pearsonr(x.price, x.points)
put(
    CELLAR,
    "Is there a linear relationship between points and price?\n"
    + PR
    + 'Report "linear" if the p-value is below 0.05 and |r| >= 0.5, "weak" if the p-value is below 0.05 and '
    '|r| < 0.5, and "none" otherwise.\n@r[r_value]\n@p_value[p_value]\n@relationship[type]\nwhere "r_value" '
    'is rounded to three decimal places, "p_value" to four decimal places and "type" is one of "linear", '
    '"weak" or "none".',
    r=two(r_, 3),
    p_value=two(pv, 4),
    relationship="none" if pv >= 0.05 else "linear" if abs(r_) >= 0.5 else "weak",
)
put(
    CELLAR,
    "How many wines have a price that is an outlier by the IQR rule (1.5 * IQR)? What is the highest price that "
    'is not an outlier?\n@outlier_count[n]\n@max_non_outlier_price[value]\nwhere "n" is an integer and "value" '
    "is rounded to two decimal places.",
    outlier_count=str(int(iqr(p).sum())),
    max_non_outlier_price=two(p[~iqr(p)].max()),
)
g = CELLAR.groupby("country").points.mean()
put(
    CELLAR,
    "Which country has the highest average points, and what is that average?\n@best_country[country] "
    '@best_average[avg] where "country" is a string and "avg" a number rounded to two decimal places.',
    best_country=g.idxmax(),
    best_average=two(g.max()),
)
ppp = CELLAR.price / CELLAR.points
put(
    CELLAR,
    'Create a new feature "price_per_point" by dividing price by points. Report its mean and its '
    "maximum.\nIgnore wines without a price. Round to three decimal places.\n@mean_ppp[mean] @max_ppp[max] "
    "where both are numbers rounded to three decimal places.",
    mean_ppp=two(ppp.mean(), 3),
    max_ppp=two(ppp.max(), 3),
)
it = CELLAR[(CELLAR.country == "Italy") & (CELLAR.vintage >= 2010)]
put(
    CELLAR,
    'What is the average residual sugar of Italian wines, i.e. those whose country is "Italy", with a vintage '
    'of 2010 or later?\n@avg_sugar[v] where "v" is rounded to two decimal places.',
    avg_sugar=two(it.residual_sugar.mean()),
)
welch = stats.ttest_ind(
    *(CELLAR[CELLAR.country == name].price.dropna() for name in ("France", "Spain")), equal_var=False
)
put(
    CELLAR,
    'Compare the price of wines from "France" and "Spain" with Welch\'s t-test (unequal variances). Ignore '
    'missing values. Use alpha = 0.05.\n@t_statistic[t] @p_value[p] @significant[Yes/No] where "t" is rounded '
    'to three decimal places and "p" to four decimal places.',
    t_statistic=two(welch.statistic, 3),
    p_value=two(welch.pvalue, 4),
    significant="Yes" if welch.pvalue < 0.05 else "No",
)
gg = CELLAR.groupby(pd.cut(CELLAR.points, [0, 84, 89, 100], labels=["Basic", "Good", "Excellent"]), observed=True)
gg = gg.price.mean()
put(
    CELLAR,
    "Create a column 'quality' with 'Basic' (up to 84 points), 'Good' (85-89 points) and 'Excellent' (90 points "
    "and above). Calculate the mean price for each category.\n@mean_price_basic[v], @mean_price_good[v], "
    '@mean_price_excellent[v] where "v" is rounded to two decimal places.',
    mean_price_basic=two(gg["Basic"]),
    mean_price_good=two(gg["Good"]),
    mean_price_excellent=two(gg["Excellent"]),
)
put(
    CELLAR,
    "How many missing values are there in the price, alcohol and grape columns?\n@missing_price[n1] "
    "@missing_alcohol[n2] @missing_grape[n3] where all are integers.",
    missing_price="14",
    missing_alcohol="9",
    missing_grape="6",
)
d = CELLAR[["points", "alcohol", "price"]].dropna()
a, b2, c, e = train_test_split(d[["points", "alcohol"]], d.price, test_size=0.25, random_state=7)
m = LinearRegression().fit(a, c)
put(
    CELLAR,
    "Train a linear regression model that predicts the price from points and alcohol. Drop rows with missing "
    "values in these three columns. Use 75% of the data for training and 25% for testing with random_state=7. "
    'Report R-squared and the RMSE on the test set.\n@r2[r2] @rmse[rmse] where "r2" is rounded to three decimal '
    'places and "rmse" to two decimal places.',
    r2=two(r2_score(e, m.predict(b2)), 3),
    rmse=two(np.sqrt(mean_squared_error(e, m.predict(b2)))),
)
dup = STAYS.drop_duplicates()
put(
    STAYS,
    "Remove duplicate rows. How many rows were removed, and what is the mean cost afterwards?\n@removed_rows[n] "
    '@mean_cost[m] where "n" is an integer and "m" a number rounded to two decimal places.',
    removed_rows=str(len(STAYS) - len(dup)),
    mean_cost=two(dup.Cost.mean()),
)
los = (pd.to_datetime(STAYS.DischargeDate) - pd.to_datetime(STAYS.AdmitDate)).dt.days
put(
    STAYS,
    'Create a new column "LengthOfStay" as the number of days between AdmitDate and DischargeDate. Report its '
    'mean and maximum.\n@mean_los[mean] @max_los[max] where "mean" is rounded to two decimal places and "max" '
    "is an integer.",
    mean_los=two(los.mean()),
    max_los=str(los.max()),
)
r_, pv = stats.pearsonr(los, STAYS.Cost)
put(
    STAYS,
    'Create a new feature "LengthOfStay" by subtracting AdmitDate from DischargeDate in days. Then calculate '
    'the Spearman rank correlation between LengthOfStay and Cost.\n@spearman[rho] where "rho" is rounded to '
    "three decimal places.",
    spearman=two(stats.spearmanr(los, STAYS.Cost)[0], 3),
)
rr = STAYS.groupby("Smoker").Readmitted.mean() * 100
put(
    STAYS,
    'What percentage of smokers and of non-smokers was readmitted? Smoker is "Yes" or "No"; Readmitted is 1 for '
    "those who were.\n@readmission_rate_smokers[p1] @readmission_rate_nonsmokers[p2] where both are percentages "
    "between 0 and 100 rounded to two decimal places.",
    readmission_rate_smokers=two(rr["Yes"]),
    readmission_rate_nonsmokers=two(rr["No"]),
)
ct = stats.chi2_contingency(pd.crosstab(STAYS.Smoker, STAYS.Readmitted))
put(
    STAYS,
    "Is readmission independent of smoking? Perform a chi-square test of independence between Smoker and "
    'Readmitted at a significance level of 0.05.\n@chi2[chi2] @p_value[p] @independent[Yes/No] where "chi2" is '
    'rounded to three decimal places and "p" to four decimal places; "Yes" means that they are independent.',
    chi2=two(ct[0], 3),
    p_value=two(ct[1], 4),
    independent="Yes" if ct[1] >= 0.05 else "No",
)
fo = stats.f_oneway(*[x.Cost for _, x in STAYS.groupby("Ward")])
put(
    STAYS,
    "Does the mean Cost differ between the wards? Use one-way ANOVA with alpha 0.05.\n@f_statistic[F] "
    '@p_value[p] @conclusion[different/same] where "F" is rounded to two and "p" to four decimal places; answer '
    '"different" if the p-value is less than 0.05 and "same" otherwise.',
    f_statistic=two(fo[0]),
    p_value=two(fo[1], 4),
    conclusion="different" if fo[1] < 0.05 else "same",
)
bm = STAYS.BMI.fillna(STAYS.BMI.median())
bz = (bm - bm.mean()) / bm.std(ddof=0)
put(
    STAYS,
    "Impute missing values of BMI with the median. Then count the patients whose BMI z-score is greater than 2 "
    'or less than -2.\nUse the population standard deviation.\n@bmi_median[m] @outliers[n] where "m" is rounded '
    'to one decimal place and "n" is an integer.',
    bmi_median=two(STAYS.BMI.median(), 1),
    outliers=str(int((bz.abs() > 2).sum())),
)
sw = stats.shapiro(STAYS.Cholesterol.dropna())
put(
    STAYS,
    "Does Cholesterol follow a normal distribution according to the Shapiro-Wilk test at the 5% "
    'level?\n@w_statistic[w] @p_value[p] @normal[boolean] where "w" and "p" are rounded to four decimal places '
    'and "normal" is True or False.',
    w_statistic=two(sw[0], 4),
    p_value=two(sw[1], 4),
    normal=str(bool(sw[1] > 0.05)),
)
o = STAYS[(STAYS.Age > 65) & (STAYS.Sex == "F")]
put(
    STAYS,
    'For female patients (Sex = "F") older than 65, calculate the mean systolic blood pressure and how many '
    'there are.\n@mean_bp[bp] @n_patients[n] where "bp" is rounded to one decimal place and "n" is an integer.',
    mean_bp=two(o.SystolicBP.mean(), 1),
    n_patients=str(len(o)),
)
mx = (STAYS.Age - STAYS.Age.min()) / (STAYS.Age.max() - STAYS.Age.min())
put(
    STAYS,
    "Normalize the Age column with min-max scaling to the range 0 to 1. Report the mean and the standard "
    "deviation of the scaled column.\n@scaled_age_mean[m] @scaled_age_std[s] where both are rounded to four "
    "decimal places.",
    scaled_age_mean=two(mx.mean(), 4),
    scaled_age_std=two(mx.std(), 4),
)
d = STAYS[["Age", "BMI", "Cholesterol", "Readmitted"]].dropna()
a, b2, c, e = train_test_split(d[["Age", "BMI", "Cholesterol"]], d.Readmitted, test_size=0.3, random_state=42)
m = LogisticRegression(max_iter=1000).fit(a, c)
put(
    STAYS,
    "Train a logistic regression (max_iter=1000) to predict Readmitted from Age, BMI and Cholesterol. Drop rows "
    "with missing values in these columns; use a 70/30 train/test split with random_state 42. Report the "
    'accuracy on the test set.\n@accuracy[acc] where "acc" is between 0 and 1, rounded to three decimal places.',
    accuracy=two(accuracy_score(e, m.predict(b2)), 3),
)
mo = STAYS.groupby("Ward").Cost.median()
put(STAYS, 'Which ward has the lowest median cost?\n@ward[name] where "name" is a string.', ward=mo.idxmin())
dt = pd.to_datetime(RIDES.date, format="%m/%d/%Y")
put(
    RIDES,
    'What is the total number of rides in July? Use the date column.\n@july_total[n] where "n" is an integer.',
    july_total=str(RIDES.total_rides[dt.dt.month == 7].sum()),
)
mm = RIDES.groupby(dt.dt.month).total_rides.mean()
put(
    RIDES,
    "Extract the month from the date column. Which month (1-12) has the highest average of total_rides, and "
    'what is this average?\n@best_month[month] @average[avg] where "month" is an integer between 1 and 12 and '
    '"avg" is rounded to two decimal places.',
    best_month=str(mm.idxmax()),
    average=two(mm.max()),
)
we = RIDES.casual[dt.dt.day_of_week >= 5]
wd = RIDES.casual[dt.dt.day_of_week < 5]
put(
    RIDES,
    "Compare casual rides on weekends (Saturday and Sunday) and weekdays. Report the mean of "
    'each.\n@mean_casual_weekend[a] @mean_casual_weekday[b] where "a" and "b" are rounded to two decimal places.',
    mean_casual_weekend=two(we.mean()),
    mean_casual_weekday=two(wd.mean()),
)
sk, ku = stats.skew(RIDES.windspeed), stats.kurtosis(RIDES.windspeed)
put(
    RIDES,
    "Calculate the skewness and the kurtosis of windspeed using scipy.stats with default settings. Is the "
    "distribution right-skewed (skewness > 0.5), left-skewed (skewness < -0.5) or symmetric?\n@skewness[s] "
    '@kurtosis[k] @shape[shape] where "s" and "k" are rounded to two decimal places and "shape" is one of '
    '"right-skewed", "left-skewed" or "symmetric".',
    skewness=two(sk),
    kurtosis=two(ku),
    shape="right-skewed" if sk > 0.5 else "left-skewed" if sk < -0.5 else "symmetric",
)
num = ["temp_celsius", "humidity", "windspeed"]
cc = RIDES[[*num, "total_rides"]].corr()["total_rides"][num]
put(
    RIDES,
    "Which of temp_celsius, humidity and windspeed correlates most strongly (in absolute value, Pearson) with "
    'total_rides? Give the coefficient.\n@variable[name] @coefficient[r] where "name" is the column name and '
    '"r" is rounded to two decimal places.',
    variable=cc.abs().idxmax(),
    coefficient=two(cc[cc.abs().idxmax()]),
)
fh = RIDES.temp_celsius * 9 / 5 + 32
put(
    RIDES,
    'Create a new column "temp_fahrenheit" as temp_celsius * 9 / 5 + 32. Report its mean and range.\n@mean_f[m] '
    "@range_f[r] where both are rounded to one decimal place.",
    mean_f=two(fh.mean(), 1),
    range_f=two(fh.max() - fh.min(), 1),
)
sh = RIDES.casual / RIDES.total_rides * 100
put(
    RIDES,
    'Create a feature "casual_share" as casual divided by total_rides, expressed as a percentage. What is the '
    "average casual_share in Winter and in Summer?\n@winter_share[w] @summer_share[s] where both are rounded to "
    "two decimal places.",
    winter_share=two(sh[RIDES.season == "Winter"].mean()),
    summer_share=two(sh[RIDES.season == "Summer"].mean()),
)
lr = stats.linregress(RIDES.temp_celsius, RIDES.total_rides)
put(
    RIDES,
    "Fit a simple linear regression of total_rides on temp_celsius using all rows. Report the slope, the "
    "intercept and R-squared.\n@slope[b] @intercept[a] @r_squared[r2] where all are rounded to three decimal places.",
    slope=two(lr.slope, 3),
    intercept=two(lr.intercept, 3),
    r_squared=two(lr.rvalue**2, 3),
)
hu = RIDES.humidity.fillna(RIDES.humidity.mean())
put(
    RIDES,
    "Fill the missing values of humidity with its mean, then report the standard deviation before and after "
    'filling.\n@std_before[a] @std_after[b] where "a" and "b" are rounded to three decimal places.',
    std_before=two(RIDES.humidity.std(), 3),
    std_after=two(hu.std(), 3),
)
km = KMeans(n_clusters=3, random_state=0, n_init=10).fit(RIDES[["temp_celsius", "windspeed"]])
put(
    RIDES,
    "Cluster the days by temp_celsius and windspeed with k-means (3 clusters, random_state=0, n_init=10, no "
    'scaling). How many days are in the largest cluster?\n@largest_cluster_size[n] where "n" is an integer.',
    largest_cluster_size=str(np.bincount(km.labels_).max()),
)
top = RIDES.loc[RIDES.total_rides.idxmax()]
put(
    SENSORS,
    "Calculate the defect rate of each machine in percent.\n@defect_rate_M01[p], @defect_rate_M02[p], "
    '@defect_rate_M03[p] where "p" is rounded to two decimal places.',
    **{f"defect_rate_M0{i}": two(SENSORS.defect[SENSORS.machine == f"M-0{i}"].mean() * 100) for i in (1, 2, 3)},
)
zz = z(SENSORS.vibration)
put(
    SENSORS,
    "Find outliers in vibration with the z-score method (threshold 3). Remove them and report the mean "
    'vibration before and after removal.\n@outlier_count[n] @mean_before[a] @mean_after[b] where "n" is an '
    'integer, "a" and "b" are rounded to three decimal places.',
    outlier_count=str(int((zz.abs() > 3).sum())),
    mean_before=two(SENSORS.vibration.mean(), 3),
    mean_after=two(SENSORS.vibration[zz.abs() <= 3].mean(), 3),
)
mw = stats.mannwhitneyu(SENSORS.vibration[SENSORS.defect == 1], SENSORS.vibration[SENSORS.defect == 0])
put(
    SENSORS,
    "Is vibration different for defective (defect = 1) and non-defective (defect = 0) readings? Use the "
    'Mann-Whitney U test with alpha 0.05.\n@u_statistic[u] @p_value[p] @different[Yes/No] where "u" is rounded '
    'to one decimal place and "p" to four decimal places.',
    u_statistic=two(mw[0], 1),
    p_value=two(mw[1], 4),
    different="Yes" if mw[1] < 0.05 else "No",
)
hr = pd.to_datetime(SENSORS.timestamp).dt.hour
put(
    SENSORS,
    'Create a column "hour" from the timestamp. What is the mean temperature of readings with an hour of 12 or '
    'more?\n@mean_temp_afternoon[t] where "t" is rounded to two decimal places.',
    mean_temp_afternoon=two(SENSORS.temperature[hr >= 12].mean()),
)
x = SENSORS[SENSORS["shift"] == "night"][["temperature", "vibration"]]
put(
    SENSORS,
    "Calculate the Pearson correlation between temperature and vibration for the night shift "
    'only.\n@corr_night[r] where "r" is rounded to three decimal places.',
    corr_night=two(x.corr().iloc[0, 1], 3),
)
put(
    SENSORS,
    "Report the 10th and 90th percentile of rpm and the interquartile range.\n@p10[a] @p90[b] @iqr[c] where all "
    "are rounded to one decimal place.",
    p10=two(SENSORS.rpm.quantile(0.1), 1),
    p90=two(SENSORS.rpm.quantile(0.9), 1),
    iqr=two(SENSORS.rpm.quantile(0.75) - SENSORS.rpm.quantile(0.25), 1),
)
dt_ = DecisionTreeClassifier(max_depth=3, random_state=1)
a, b2, c, e = train_test_split(
    SENSORS[["temperature", "vibration", "rpm"]], SENSORS.defect, test_size=0.2, random_state=1
)
dt_.fit(a, c)
put(
    SENSORS,
    "Train a decision tree classifier (max_depth=3, random_state=1) to predict defect from temperature, "
    "vibration and rpm, with an 80/20 split (random_state=1). Report accuracy and F1 score on the test "
    "set.\n@accuracy[acc] @f1[f1] where both are rounded to three decimal places.",
    accuracy=two(accuracy_score(e, dt_.predict(b2)), 3),
    f1=two(f1_score(e, dt_.predict(b2)), 3),
)
put(
    SENSORS,
    "Which machines had a maximum vibration above 8? List them in alphabetical order.\n@machines[machine1, "
    "machine2, ...] where the list contains machine names.",
    machines=", ".join(sorted(SENSORS.groupby("machine").vibration.max().loc[lambda x: x > 8].index)),
)
put(
    FLATS,
    "전용면적의 평균과 표준편차를 구하시오. 소수점 둘째 자리까지 반올림하시오.\n@평균[값] @표준편차[값]",
    평균=two(FLATS.전용면적.mean()),
    표준편차=two(FLATS.전용면적.std()),
)
put(
    FLATS,
    '거래금액의 중앙값은 얼마입니까? 정수로 답하시오.\n@중앙값[값] 여기서 "값"은 정수입니다.',
    중앙값=two(FLATS.금액.median(), 0),
)
g = FLATS.groupby("구")["금액"].mean()
put(
    FLATS,
    "평균 거래금액이 가장 높은 구는 어디입니까? 그 평균도 구하시오.\n@구[이름] @평균거래금액[값] 여기서 "
    '"이름"은 문자열, "값"은 소수점 첫째 자리까지 반올림한 숫자입니다.',
    구=g.idxmax(),
    평균거래금액=two(g.max(), 1),
)
r_, pv = stats.pearsonr(FLATS.전용면적, FLATS.금액)
put(
    FLATS,
    "전용면적과 거래금액의 피어슨 상관계수를 구하고, 유의수준 0.05에서 유의한지 판단하시오.\n@상관계수[r] "
    '@p값[p] @유의성[유의함/유의하지 않음] 여기서 "r"은 소수점 셋째 '
    '자리까지, "p"는 소수점 넷째 자리까지 반올림합니다.',
    상관계수=two(r_, 3),
    p값=two(pv, 4),
    유의성="유의함" if pv < 0.05 else "유의하지 않음",
)
FLATS["단가"] = FLATS.금액 / FLATS.전용면적
put(
    FLATS,
    '거래금액을 전용면적으로 나눈 "면적당가격" 변수를 새로 만들고 그 평균과 최댓값을 구하시오. 소수점 둘째 '
    "자리까지 반올림하시오.\n@평균[값] @최댓값[값]",
    평균=two(FLATS.단가.mean()),
    최댓값=two(FLATS.단가.max()),
)
o = FLATS[(FLATS.구 == "강남구") & (FLATS.층 >= 10)]
put(
    FLATS,
    "강남구에서 10층 이상인 거래는 몇 건이며 평균 거래금액은 얼마입니까? 평균은 소수점 첫째 자리까지 "
    "반올림하시오.\n@건수[n] @평균거래금액[값]",
    건수=str(len(o)),
    평균거래금액=two(o.금액.mean(), 1),
)
put(
    FLATS,
    "관리비의 결측값을 중앙값으로 대체한 뒤 평균을 소수점 둘째 자리까지 구하시오. 결측값은 모두 몇 "
    "개였습니까?\n@결측값개수[n] @평균[값]",
    결측값개수=str(int(FLATS.관리비.isna().sum())),
    평균=two(FLATS.관리비.fillna(FLATS.관리비.median()).mean()),
)
old = FLATS[FLATS.건축년도 < 2000].금액.mean()
new = FLATS[FLATS.건축년도 >= 2000].금액.mean()
put(
    FLATS,
    '관리비에서 IQR 방법(1.5배)으로 이상치를 찾아 그 개수를 구하시오.\n@이상치개수[n] 여기서 "n"은 정수입니다.',
    이상치개수=str(int(iqr(FLATS.관리비).sum())),
)
d = FLATS[["전용면적", "층", "건축년도", "금액"]]
a, b2, c, e = train_test_split(d.iloc[:, :3], d.금액, test_size=0.2, random_state=42)
m = LinearRegression().fit(a, c)
put(
    FLATS,
    "전용면적, 층, 건축년도로 거래금액을 예측하는 선형 회귀 모델을 학습하시오. 데이터를 학습 80%, 테스트 20%로 "
    "나누고 random_state는 42로 하시오. 테스트 데이터의 결정계수를 "
    "소수점 셋째 자리까지 구하시오.\n@결정계수[값]",
    결정계수=two(r2_score(e, m.predict(b2)), 3),
)
ml = pd.to_datetime(FLATS.거래일).dt.month
vc = ml.value_counts()
put(
    FLATS,
    '거래가 가장 많은 달은 몇 월이며 그 건수는 얼마입니까?\n@월[m] @건수[n] 여기서 "m"과 "n"은 정수입니다.',
    월=str(vc.idxmax()),
    건수=str(vc.max()),
)
put(
    GRADES,
    "수학 점수의 평균, 최댓값, 최솟값을 구하시오. 결측값은 제외하고 소수점 둘째 자리까지 "
    "반올림하시오.\n@평균[값] @최댓값[값] @최솟값[값]",
    평균=two(GRADES.수학.mean()),
    최댓값=two(GRADES.수학.max()),
    최솟값=two(GRADES.수학.min()),
)
t = stats.ttest_ind(GRADES.국어[GRADES.성별 == "남"], GRADES.국어[GRADES.성별 == "여"])
put(
    GRADES,
    '남학생과 여학생의 국어 점수 평균에 차이가 있는지 독립표본 t-검정으로 확인하시오(성별 열은 "남", "여"). '
    '유의수준은 0.05입니다.\n@p값[p] @차이[있음/없음] 여기서 "p"는 '
    "소수점 넷째 자리까지 반올림한 값입니다.",
    p값=two(t.pvalue, 4),
    차이="있음" if t.pvalue < 0.05 else "없음",
)
tot = GRADES[["국어", "영어", "수학", "과학"]].sum(axis=1, skipna=False)
put(
    GRADES,
    '국어, 영어, 수학, 과학을 더한 "총점" 열을 만들고 평균과 표준편차를 소수점 둘째 자리까지 '
    "구하시오.\n@총점평균[값] @총점표준편차[값]",
    총점평균=two(tot.mean()),
    총점표준편차=two(tot.std()),
)
put(
    GRADES,
    "국어와 영어의 스피어만 상관계수를 소수점 셋째 자리까지 구하시오.\n@상관계수[값]",
    상관계수=two(stats.spearmanr(GRADES.국어, GRADES.영어)[0], 3),
)
g = GRADES.groupby("반").과학.mean()
put(
    GRADES,
    "반별 과학 평균을 구하시오. 소수점 둘째 자리까지 반올림하시오.\n@A반평균[값] @B반평균[값] @C반평균[값]",
    A반평균=two(g["A"]),
    B반평균=two(g["B"]),
    C반평균=two(g["C"]),
)
sw = stats.shapiro(GRADES.과학)
put(
    GRADES,
    "과학 점수가 정규분포를 따르는지 샤피로-윌크 검정으로 확인하시오. p값이 0.05보다 크면 정규분포를 따르는 "
    '것으로 봅니다.\n@p값[p] @정규성[예/아니오] 여기서 "p"는 소수점 넷째 '
    "자리까지 반올림합니다.",
    p값=two(sw[1], 4),
    정규성="예" if sw[1] > 0.05 else "아니오",
)
put(
    GRADES,
    "출석률이 0.9 이상인 학생의 비율을 백분율로 구하시오. 소수점 첫째 자리까지 반올림하시오.\n@비율[값]",
    비율=two((GRADES.출석률 >= 0.9).mean() * 100, 1),
)
put(
    GRADES,
    "가장 많은 학생이 속한 동아리는 무엇이며 몇 명입니까? 결측값은 제외하시오.\n@동아리[이름] @인원[n] 여기서 "
    '"이름"은 문자열이고 "n"은 정수입니다.',
    동아리=GRADES.동아리.value_counts().idxmax(),
    인원=str(GRADES.동아리.value_counts().max()),
)
put(
    CELLAR,
    "Find the correlation between alcohol and acidity for wines with more than 90 points.\nUse Pearson, round "
    "to two decimals.\n@corr[value]",
    corr=two(CELLAR[CELLAR.points > 90][["alcohol", "acidity"]].corr().iloc[0, 1]),
)
put(
    CELLAR,
    'What is the most common grape among wines from Chile?\n@grape[name] where "name" is a string.',
    grape=CELLAR[CELLAR.country == "Chile"].grape.mode()[0],
)
lp = np.log(CELLAR.price.dropna())
put(
    CELLAR,
    "Apply a natural logarithm to the price column and report the skewness before and after the transformation, "
    'using pandas skew().\n@skew_before[a]\n@skew_after[b]\nwhere "a" and "b" are numbers rounded to three '
    "decimal places.",
    skew_before=two(CELLAR.price.skew(), 3),
    skew_after=two(lp.skew(), 3),
)
put(
    STAYS,
    'Create a new column "BMI_category": "Underweight" (< 18.5), "Normal" (18.5 - 24.9), "Overweight" (25 - '
    '29.9) and "Obese" (>= 30). How many patients are in the Obese and in the Normal category? Ignore missing '
    "values.\n@obese_count[n] @normal_count[m] where both are integers.",
    obese_count=str(int((STAYS.BMI >= 30).sum())),
    normal_count=str(int(STAYS.BMI.between(18.5, 24.9).sum())),
)
put(
    STAYS,
    "Use Levene's test to check whether the variances of Cost are equal across wards (alpha = "
    '0.05).\n@p_value[p] @equal_variances[Yes/No] where "p" is rounded to four decimal places.',
    p_value=two(stats.levene(*[x.Cost for _, x in STAYS.groupby("Ward")]).pvalue, 4),
    equal_variances="Yes" if stats.levene(*[x.Cost for _, x in STAYS.groupby("Ward")]).pvalue >= 0.05 else "No",
)
o = STAYS[(STAYS.Ward == "Surgery") | (STAYS.Ward == "Oncology")]
put(
    STAYS,
    'What is the total cost of the Surgery and Oncology wards together?\n@total_cost[t] where "t" is rounded to '
    "two decimal places.",
    total_cost=two(o.Cost.sum()),
)
dt = pd.to_datetime(RIDES.date, format="%m/%d/%Y")
put(
    RIDES,
    'What was the average humidity on holidays (holiday = 1) in the Summer season?\n@humidity[h] where "h" is '
    "rounded to two decimal places.",
    humidity=two(RIDES.humidity[(RIDES.holiday == 1) & (RIDES.season == "Summer")].mean()),
)
ma = RIDES.total_rides.rolling(7).mean()
put(
    RIDES,
    "Remove all rows with missing humidity. How many rows remain and what is the mean windspeed of the "
    'remaining rows?\n@rows_remaining[n] @mean_windspeed[w] where "n" is an integer and "w" is rounded to three '
    "decimal places.",
    rows_remaining=str(int(RIDES.humidity.notna().sum())),
    mean_windspeed=two(RIDES.windspeed[RIDES.humidity.notna()].mean(), 3),
)
put(
    RIDES,
    "On how many days were there more than 4000 total rides, and what percentage of all days is that?\n@days[n] "
    '@percentage[p] where "n" is an integer and "p" is rounded to one decimal place.',
    days=str(int((RIDES.total_rides > 4000).sum())),
    percentage=two((RIDES.total_rides > 4000).mean() * 100, 1),
)
put(
    SENSORS,
    "Replace the missing pressure values by the mean pressure of the same machine. Report the overall mean "
    'pressure afterwards.\n@mean_pressure[p] where "p" is rounded to four decimal places.',
    mean_pressure=two(SENSORS.pressure.fillna(SENSORS.groupby("machine").pressure.transform("mean")).mean(), 4),
)
put(
    FLATS,
    "층과 거래금액의 상관계수를 피어슨 방법으로 구하시오. 소수점 셋째 자리까지 반올림하시오.\n@상관계수[값]",
    상관계수=two(FLATS[["층", "금액"]].corr().iloc[0, 1], 3),
)
put(
    FLATS,
    "2023년 3월에 거래된 건수와 그 달의 평균 거래금액(소수점 첫째 자리)을 구하시오.\n@건수[n] @평균거래금액[값]",
    건수=str(int((pd.to_datetime(FLATS.거래일).dt.month == 3).sum())),
    평균거래금액=two(FLATS.금액[pd.to_datetime(FLATS.거래일).dt.month == 3].mean(), 1),
)
put(
    FLATS,
    '구별 거래 건수가 가장 적은 구와 그 건수를 구하시오.\n@구[이름] @건수[n] 여기서 "n"은 정수입니다.',
    구=FLATS.구.value_counts().idxmin(),
    건수=str(FLATS.구.value_counts().min()),
)
put(
    GRADES,
    "1학년 학생들의 영어 평균과 3학년 학생들의 영어 평균을 각각 소수점 둘째 자리까지 구하시오.\n@1학년평균[값] "
    "@3학년평균[값]",
    **{"1학년평균": two(GRADES.영어[GRADES.학년 == 1].mean()), "3학년평균": two(GRADES.영어[GRADES.학년 == 3].mean())},
)
put(
    GRADES,
    "수학 점수의 결측값을 평균으로 채운 다음, 수학 점수의 z-점수가 2보다 크거나 -2보다 작은 학생 수를 "
    '구하시오.\n@이상치수[n] 여기서 "n"은 정수입니다.',
    이상치수=str(int((z(GRADES.수학.fillna(GRADES.수학.mean())).abs() > 2).sum())),
)
put(
    GRADES,
    '국어 점수가 80점 이상이고 영어 점수가 75점 이상인 학생은 몇 명입니까?\n@학생수[n] 여기서 "n"은 정수입니다.',
    학생수=str(int(((GRADES.국어 >= 80) & (GRADES.영어 >= 75)).sum())),
)


put(
    CELLAR,
    "Calculate the mean points of wines from each country.\n@mean_points_france[v] @mean_points_italy[v] "
    '@mean_points_chile[v] where "v" is a number rounded to two decimal places.',
    mean_points_france=two(CELLAR.points[CELLAR.country == "France"].mean()),
    mean_points_italy=two(CELLAR.points[CELLAR.country == "Italy"].mean()),
    mean_points_chile=two(CELLAR.points[CELLAR.country == "Chile"].mean()),
)
x = CELLAR[CELLAR.price < 50][["price", "points"]].dropna()
put(
    CELLAR,
    "Using only wines cheaper than 50 (price < 50), compute the Pearson correlation between price and "
    'points.\n@r[r] where "r" is rounded to three decimal places.',
    r=two(x.corr().iloc[0, 1], 3),
)
put(
    CELLAR,
    "What percentage of the wines have missing price values? Report the percentage with two "
    "decimals.\n@missing_percentage[p]",
    missing_percentage=two(CELLAR.price.isna().mean() * 100),
)
put(
    CELLAR,
    "Standardize the points column (z-score, population standard deviation) and report the highest "
    'standardized value.\n@max_z[z] where "z" is rounded to two decimal places.',
    max_z=two(((CELLAR.points - CELLAR.points.mean()) / CELLAR.points.std(ddof=0)).max()),
)
o = STAYS[STAYS.Age.between(40, 60)]
put(
    STAYS,
    'What is the median BMI of patients aged between 40 and 60 (inclusive)?\n@median_bmi[m] where "m" is '
    "rounded to one decimal place.",
    median_bmi=two(o.BMI.median(), 1),
)
put(
    STAYS,
    'Encode Smoker as 1 for "Yes" and 0 for "No". Calculate the Pearson correlation between the encoded Smoker '
    'and Cost.\n@corr[c] where "c" is rounded to three decimal places.',
    corr=two((STAYS.Smoker == "Yes").astype(int).corr(STAYS.Cost), 3),
)
put(
    RIDES,
    "Test whether total_rides follows a normal distribution using the D'Agostino-Pearson test (scipy "
    'normaltest), alpha = 0.05.\n@p_value[p] @normal[Yes/No] where "p" is rounded to four decimal places.',
    p_value=two(stats.normaltest(RIDES.total_rides).pvalue, 4),
    normal="Yes" if stats.normaltest(RIDES.total_rides).pvalue > 0.05 else "No",
)
k = stats.kruskal(*[x.total_rides for _, x in RIDES.groupby("season")])
d = RIDES[["temp_celsius", "windspeed", "humidity", "total_rides"]].dropna()
a, b2, c, e = train_test_split(d.iloc[:, :3], d.total_rides, test_size=0.2, random_state=0)
m = LinearRegression().fit(a, c)
put(
    RIDES,
    "Build a linear regression model to predict total_rides from temp_celsius, windspeed and humidity after "
    "dropping missing values. Split 80:20 with random_state=0 and report the mean absolute error on the test "
    'set.\n@mae[mae] where "mae" is rounded to two decimal places.',
    mae=two(mean_absolute_error(e, m.predict(b2))),
)
zz = (SENSORS.pressure - SENSORS.pressure.mean()) / SENSORS.pressure.std(ddof=0)
put(
    SENSORS,
    "List the outliers of vibration above Q3 + 3 * IQR in ascending order.\n@outliers[value1, value2, ...] "
    "where the values are rounded to three decimal places.",
    outliers=", ".join(
        two(v, 3)
        for v in sorted(
            SENSORS.vibration[
                SENSORS.vibration
                > SENSORS.vibration.quantile(0.75)
                + 3 * (SENSORS.vibration.quantile(0.75) - SENSORS.vibration.quantile(0.25))
            ]
        )
    ),
)
put(
    SENSORS,
    "How many readings did each operator record? Name the operator with the most "
    'readings.\n@top_operator[name] @readings[n] where "n" is an integer.',
    top_operator=SENSORS.operator.value_counts().idxmax(),
    readings=str(SENSORS.operator.value_counts().max()),
)
put(
    GRADES,
    "국어 점수의 왜도와 첨도를 구하시오. 소수점 셋째 자리까지 반올림하시오.\n@왜도[값] @첨도[값]",
    왜도=two(GRADES.국어.skew(), 3),
    첨도=two(GRADES.국어.kurt(), 3),
)
put(
    GRADES,
    '동아리가 축구인 여학생의 영어 평균을 구하시오(성별이 "여"). 소수점 둘째 자리까지.\n@평균[값]',
    평균=two(GRADES.영어[(GRADES.동아리 == "축구") & (GRADES.성별 == "여")].mean()),
)
fo = stats.f_oneway(*[x.영어 for _, x in GRADES.groupby("반")])
put(
    GRADES,
    "반에 따라 영어 점수 평균에 차이가 있는지 일원분산분석으로 검정하시오. 유의수준은 0.05입니다.\n@F값[f] "
    '@p값[p] @결론[차이 있음/차이 없음] 여기서 "f"는 소수점 둘째 자리까지, "p"는 소수점 넷째 자리까지 반올림합니다.',
    F값=two(fo[0]),
    p값=two(fo[1], 4),
    결론="차이 있음" if fo[1] < 0.05 else "차이 없음",
)
put(
    FLATS,
    "관리비가 30 초과인 거래의 비율을 백분율로 구하시오. 소수점 둘째 자리까지 반올림하시오. 결측값은 초과하지 "
    "않은 것으로 봅니다.\n@비율[값]",
    비율=two((FLATS.관리비 > 30).mean() * 100),
)
put(
    FLATS,
    "마포구와 노원구의 거래금액 평균을 각각 구하시오. 소수점 첫째 자리까지 반올림하시오.\n@마포구평균[값] "
    "@노원구평균[값]",
    마포구평균=two(FLATS.금액[FLATS.구 == "마포구"].mean(), 1),
    노원구평균=two(FLATS.금액[FLATS.구 == "노원구"].mean(), 1),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trades")
    for make, name in ((cellar, "cellar"), (stays, "stays"), (rides, "rides"), (sensors, "sensors")):
        make().to_csv(path / f"{name}.csv", index=False)
    flats().to_csv(path / "apt.csv", index=False, encoding="cp949")
    grades().to_csv(path / "성적.csv", index=False, encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(("table", "question", "wanted"), QUESTIONS, ids=[str(n) for n in range(len(QUESTIONS))])
def test_the_answer_is_that_of_plain_pandas(folder: Path, table: str, question: str, wanted: list[str]) -> None:
    found = ask(folder / f"{table}.csv", question)
    assert found.pieces[0].split("\n") == wanted


@pytest.mark.parametrize(
    ("table", "question"),
    [
        ("sensors", "How many readings are above the 95th percentile of vibration? @count[n]"),
        ("cellar", "Which wines (by wine_id) have the three highest prices? @top_wines[id1, id2, id3]"),
        ("stays", "What is the mean Cost of the Surgery wards without those that were Oncology before? @mean_cost[m]"),
        ("stays", "For each Ward calculate the mean Cost. Report what is found. @mean_cost[m]"),
        ("rides", "What is the mean of total_rides in days after the 200th of the year? @mean_rides[m]"),
        ("apt", "층이 3의 배수인 거래의 관리비 평균을 구하시오. @평균[값]"),
        ("rides", 'Calculate the mean of the "Close Amount" column. @mean[m]'),
    ],
)
def test_what_the_script_would_ignore_is_refused(folder: Path, table: str, question: str) -> None:
    assert not ask(folder / f"{table}.csv", question).code
