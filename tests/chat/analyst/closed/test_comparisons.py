"""Closed questions that compare, sort into groups, convert, smooth and rank, each answered here without the analyst."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

from tests.chat.analyst.closed.asking import ask, two


def herd() -> pd.DataFrame:
    """160 animals on farms of three kinds, some of unknown weight."""
    rng = np.random.default_rng(41)
    n = 160
    weight = rng.normal(420, 60, n).round(1)
    frame = pd.DataFrame(
        {
            "tag": [f"T{number:03d}" for number in range(n)],
            "breed": rng.choice(["angus", "jersey", "longhorn"], n, p=[0.5, 0.3, 0.2]),
            "sex": rng.choice(["male", "female"], n),
            "line": rng.choice(["A", "B"], n),
            "yrs.kept": rng.integers(0, 16, n),
            "weight": weight,
            "feedkg": (weight * 0.02 + rng.normal(0, 1, n)).round(2),
            "milkyld": rng.gamma(4, 5, n).round(2),
            "pens": rng.choice(["2", "3", "open"], n),
            "grazing": rng.choice(["yes", "no"], n),
        }
    )
    frame.loc[rng.choice(n, 12, False), "weight"] = np.nan
    return frame


def station() -> pd.DataFrame:
    """Three years of days at one place: temperatures in Fahrenheit, rain and what the sky was like."""
    rng = np.random.default_rng(43)
    days = pd.date_range("2019-01-01", periods=900)
    heat = 60 + 20 * np.sin(2 * np.pi * (days.day_of_year - 100) / 365) + rng.normal(0, 5, len(days))
    return pd.DataFrame(
        {
            "date": days.strftime("%Y-%m-%d"),
            "tempf": heat.round(1),
            "low_temp": (heat - rng.gamma(3, 3, len(days))).round(1),
            "rainfall": (rng.gamma(0.4, 6, len(days)) * (rng.random(len(days)) < 0.4)).round(1),
            "sky": rng.choice(["sun", "rain", "fog"], len(days)),
        }
    )


def shares() -> pd.DataFrame:
    """Monthly prices of three shares, one after the other."""
    rng = np.random.default_rng(47)
    months = pd.date_range("2015-01-01", periods=60, freq="MS")
    parts = [
        pd.DataFrame(
            {
                "ticker": name,
                "month": months.strftime("%Y-%m-%d"),
                "price": (start * np.exp(np.cumsum(rng.normal(0.01, 0.05, 60)))).round(2),
            }
        )
        for name, start in (("KAX", 40), ("LUM", 90), ("ORB", 15))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


HERD, STATION, SHARES = herd(), station(), shares()
TABLES = {"herd": HERD, "station": STATION, "shares": SHARES}
QUESTIONS: list[tuple[str, str, list[str]]] = []


def put(table: str, question: str, **wanted: str) -> None:
    QUESTIONS.append((table, question, [f"@{name}[{one}]" for name, one in wanted.items()]))


h, sexes, breeds = HERD, HERD.groupby("sex").weight.mean(), HERD.groupby("breed").weight
put(
    "herd",
    "What is the gap between the mean weight of females and males?\nSubtract the female mean from the male mean. Two "
    "decimals.\n@weight_gap[gap]",
    weight_gap=two(sexes["male"] - sexes["female"]),
)
put(
    "herd",
    "What is the ratio of the median weight of jersey animals to that of angus animals? Round to 3 "
    "decimals.\n@ratio[r]",
    ratio=two(breeds.median()["jersey"] / breeds.median()["angus"], 3),
)
put(
    "herd",
    "How many kilograms lighter or heavier are jerseys than longhorns? Mean weight of jerseys minus mean weight of "
    "longhorns, one decimal.\n@weight_difference[kg]",
    weight_difference=two(breeds.mean()["jersey"] - breeds.mean()["longhorn"], 1),
)
put(
    "herd",
    "Give the mean weight of male and of female animals and the difference (female minus male), two decimals."
    "\n@mean_male[m] @mean_female[f] @difference[d]",
    mean_male=two(sexes["male"]),
    mean_female=two(sexes["female"]),
    difference=two(sexes["female"] - sexes["male"]),
)
spread = h.groupby("line").milkyld
put(
    "herd",
    "Compare how milkyld varies in line A and line B by the coefficient of variation (sample standard deviation "
    "divided "
    "by the mean, not in percent).\n@cv_a[cv of line A] @cv_b[cv of line B], rounded to 4 decimals",
    cv_a=two(spread.std()["A"] / spread.mean()["A"], 4),
    cv_b=two(spread.std()["B"] / spread.mean()["B"], 4),
)
put(
    "herd",
    "What are the 10th and the 90th percentile of weight, and what is the range between these two? One decimal."
    "\n@p10[a] @p90[b] @interdecile_range[c]",
    p10=two(h.weight.quantile(0.1), 1),
    p90=two(h.weight.quantile(0.9), 1),
    interdecile_range=two(h.weight.quantile(0.9) - h.weight.quantile(0.1), 1),
)
put(
    "herd",
    "Which breed has the highest average weight, and by how much does it exceed the lowest average? Two decimals."
    "\n@breed[breed] @difference[d]",
    breed=breeds.mean().idxmax(),
    difference=two(breeds.mean().max() - breeds.mean().min()),
)
kept = h["yrs.kept"]
put(
    "herd",
    "Sort the animals into bands by years kept and average the weight of each band.\nThe bands are 0-4 years, "
    "5-9 years "
    "and 10 or more years. One decimal.\n@band_0_4[w] @band_5_9[w] @band_10_plus[w]",
    band_0_4=two(h[kept <= 4].weight.mean(), 1),
    band_5_9=two(h[kept.between(5, 9)].weight.mean(), 1),
    band_10_plus=two(h[kept >= 10].weight.mean(), 1),
)
cut = h.groupby(pd.cut(h.weight, [0, 380, 460, 900], labels=["light", "middle", "heavy"]), observed=True).milkyld.mean()
put(
    "herd",
    "Bin weight with the edges 0, 380, 460 and 900 and the labels 'light', 'middle' and 'heavy'; give the mean milkyld "
    "of each class, two decimals.\n@yield_light[m] @yield_middle[m] @yield_heavy[m]",
    yield_light=two(cut["light"]),
    yield_middle=two(cut["middle"]),
    yield_heavy=two(cut["heavy"]),
)
put(
    "herd",
    "Animals with a weight under 400 are small, all others big. What is the ratio of the number of small to big "
    "animals, "
    "and the mean milkyld of each? Two decimals.\n@ratio[r] @milkyld_small[m] @milkyld_big[m]",
    ratio=two((h.weight < 400).sum() / (h.weight >= 400).sum()),
    milkyld_small=two(h[h.weight < 400].milkyld.mean()),
    milkyld_big=two(h[h.weight >= 400].milkyld.mean()),
)
score = ((h.milkyld - h.milkyld.mean()) / h.milkyld.std()).abs()
put(
    "herd",
    "An animal is unusual if the absolute z-score of milkyld is greater than 2 (sample standard deviation). How many "
    "are unusual, and what is their mean feedkg (two decimals)?\n@n_unusual[integer] @feedkg_unusual[mean]",
    n_unusual=str((score > 2).sum()),
    feedkg_unusual=two(h[score > 2].feedkg.mean()),
)
put(
    "herd",
    "What would the median weight be in pounds? 1 pound equals 0.4536 kilograms. Convert weight first. Two decimals."
    "\n@median_pounds[m]",
    median_pounds=two(h.weight.median() / 0.4536),
)
put(
    "herd",
    "List the three tags with the greatest milkyld, highest first.\n@top3[tag1, tag2, tag3]",
    top3=", ".join(h.nlargest(3, "milkyld").tag),
)
put(
    "herd",
    "What are the two most frequent breeds, in descending order?\n@breeds[b1, b2]",
    breeds=", ".join(h.breed.value_counts().index[:2]),
)
put(
    "herd",
    "Considering only animals with 3 pens, what is the mean milkyld? Two decimals.\n@mean_milkyld[m]",
    mean_milkyld=two(h[h.pens == "3"].milkyld.mean()),
)
put(
    "herd",
    'What is the variance of milkyld for animals whose line is "A" and whose sex is "female"? 2 digits.\n@variance[v]',
    variance=two(h[(h.line == "A") & (h.sex == "female")].milkyld.var()),
)
put(
    "herd",
    "What percentage of the total milkyld comes from the angus breed? Sum milkyld for breed = 'angus' and divide it by "
    "the sum over all. One decimal.\n@percentage[p]",
    percentage=two(h[h.breed == "angus"].milkyld.sum() / h.milkyld.sum() * 100, 1),
)
put(
    "herd",
    "Compute the overall kilograms of feed per milk yield: sum up feedkg over all animals and divide it by the sum of "
    "milkyld. Three decimals.\n@feed_per_yield[x]",
    feed_per_yield=two(h.feedkg.sum() / h.milkyld.sum(), 3),
)
put(
    "herd",
    "What percentage of animals with at least three yrs.kept are grazing (grazing = 'yes')? One "
    "decimal.\n@percentage[p]",
    percentage=two((h[kept >= 3].grazing == "yes").mean() * 100, 1),
)
data = h[["feedkg", "milkyld", "weight"]].dropna()
x_train, x_test, y_train, y_test = train_test_split(
    data[["feedkg", "milkyld"]], data.weight, test_size=0.25, random_state=3
)
put(
    "herd",
    "Fit a linear regression that predicts weight from feedkg and milkyld. Hold out 25% of the rows for testing with "
    "random_state=3.\n@mae[mean_absolute_error] with two decimals",
    mae=two(mean_absolute_error(y_test, LinearRegression().fit(x_train, y_train).predict(x_test))),
)
s = STATION.assign(when=pd.to_datetime(STATION.date))
celsius = (s.tempf - 32) * 5 / 9
put(
    "station",
    "Convert tempf from Fahrenheit to Celsius and report the mean and the maximum, one decimal.\n@mean[m] @max[x]",
    mean=two(celsius.mean(), 1),
    max=two(celsius.max(), 1),
)
smooth = s.rainfall.rolling(7).mean()
put(
    "station",
    "Compute the 7-day moving average of rainfall. What is its maximum (two decimals), and how many days have one?"
    "\n@max_average[m] @n_days[count]",
    max_average=two(smooth.max()),
    n_days=str(smooth.count()),
)
winter = s[s.when.dt.month.isin([12, 1, 2])]
put(
    "station",
    "What share of winter days (December, January, February) had rain as their sky? Percent, two decimals."
    "\n@share[percent]",
    share=two((winter.sky == "rain").mean() * 100),
)
swing = s.tempf - s.low_temp
put(
    "station",
    "Let the daily range be tempf minus low_temp. Report the average daily range on days with sky = sun and on "
    "days with "
    "sky = fog, two decimals.\n@range_sun[v] @range_fog[v]",
    range_sun=two(swing[s.sky == "sun"].mean()),
    range_fog=two(swing[s.sky == "fog"].mean()),
)
total = s.groupby(s.when.dt.year).rainfall.sum()
put(
    "station",
    "Which calendar year was the wettest by total rainfall, and how much more fell in it than in the driest one? "
    "One decimal.\n@wettest_year[year] @difference[mm]",
    wettest_year=str(total.idxmax()),
    difference=two(total.max() - total.min(), 1),
)
kax = SHARES[SHARES.ticker == "KAX"].price
put(
    "shares",
    "Compute the month-to-month returns of KAX and report their mean and standard deviation with 4 decimals.\nFilter "
    "ticker KAX and order by month; return = price / previous price - 1.\n@mean_return[m] @std_return[s]",
    mean_return=two(kax.pct_change().mean(), 4),
    std_return=two(kax.pct_change().std(), 4),
)
put(
    "shares",
    "By what percentage did the price of LUM grow from its first to its last record? One decimal.\n@growth[g]",
    growth=two(
        (SHARES[SHARES.ticker == "LUM"].price.iloc[-1] / SHARES[SHARES.ticker == "LUM"].price.iloc[0] - 1) * 100, 1
    ),
)
width = SHARES[SHARES.month.str[:4] == "2017"].groupby("ticker").price.agg(lambda one: one.max() - one.min())
put(
    "shares",
    "In 2017, which ticker had the largest price range, and how large was it? Two decimals.\n@ticker[name] "
    "@price_range[r]",
    ticker=width.idxmax(),
    price_range=two(width.max()),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as files."""
    made = tmp_path_factory.mktemp("comparisons")
    for name, frame in TABLES.items():
        frame.to_csv(made / f"{name}.csv", index=False)
    return made


@pytest.mark.parametrize(("table", "question", "wanted"), QUESTIONS, ids=[str(n) for n in range(len(QUESTIONS))])
def test_the_answer_is_that_of_plain_pandas(folder: Path, table: str, question: str, wanted: list[str]) -> None:
    found = ask(folder / f"{table}.csv", question)
    assert found.pieces[0].splitlines() == wanted


@pytest.mark.parametrize(
    ("table", "question"),
    [
        ("herd", "What is the mean humidity on days with a weight above 400? @mean_humidity[m]"),
        ("herd", "What is the geometric mean of milkyld? @mean[m]"),
        ("herd", "Compute the cumulative sum of milkyld and report its mean. @mean[m]"),
        ("herd", "What is the 95% confidence interval of the mean of milkyld? Give the lower limit. @mean_lower[m]"),
        ("herd", "What is the mean feedkg multiplied by 0.37 per animal? @mean_feedkg[m]"),
        (
            "herd",
            "What is the mean milkyld of animals that are more than two standard deviations away? @mean_milkyld[m]",
        ),
        ("shares", "What was the highest monthly return of all three shares? @max_return[r]"),
    ],
)
def test_what_the_script_would_ignore_is_refused(folder: Path, table: str, question: str) -> None:
    assert not ask(folder / f"{table}.csv", question).code
