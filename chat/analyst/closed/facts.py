"""What a question lays down about method: levels, thresholds, deviations, tests and splits."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"[-+]?\d*\.?\d+"


@dataclass(frozen=True, slots=True)
class Facts:
    """The method as far as it is laid down; None where it isn't."""

    alpha: float
    population: bool
    outlier_method: str | None  # "iqr" or "z"
    outlier_factor: float
    upper_only: bool
    normality: str | None  # "shapiro", "ks", "dagostino", "anderson", "jarque", "skewness"
    group_test: (
        str | None
    )  # "t", "welch", "anova", "kruskal", "mannwhitney", "ks2", "chi2", "levene", "paired", "wilcoxon"
    correlation: str  # "pearson", "spearman" or "kendall"
    by_scipy: bool
    test_size: float | None
    seed: int | None


def facts_of(text: str) -> Facts:
    """The facts in a question's text."""
    low = text.casefold()
    method, factor = _outliers(low)
    return Facts(
        alpha=_alpha(low),
        population=_population(low),
        outlier_method=method,
        outlier_factor=factor,
        upper_only=_upper_only(low),
        normality=_normality(low),
        group_test=_group_test(low),
        correlation=_correlation(low),
        by_scipy="scipy" in low and not re.search(r"pandas[\w .]{0,30}(?:skew|kurt)|dataframe method skew", low),
        test_size=_test_size(low),
        seed=_seed(low),
    )


def _alpha(low: str) -> float:
    for pattern in (
        rf"(?:alpha|significance(?: level)?|유의\s*수준)[^\d\n]{{0,40}}({_NUMBER})",
        r"p[- _]?(?:value|값)?[^\d\n]{0,60}?(0?\.\d+)",
        r"(0\.\d+)\s*(?:significance|level of significance|alpha|유의)",
    ):
        found = re.search(pattern, low)
        if found and 0 < float(found[1]) < 0.5:
            return float(found[1])
    return 0.05


def _population(low: str) -> bool:
    if re.search(r"not the population|sample standard deviation(?! formula)|ddof\s*=\s*1|표본\s*표준", low):
        return bool(re.search(r"population standard deviation[^.]{0,40}not the sample", low))
    return bool(
        re.search(
            r"population (?:standard deviation|std|variance|formula)|ddof\s*=\s*0|모(?:집단\s*)?표준\s*편차|모분산", low
        )
        or re.search(
            r"\bnp\.std|numpy'?s? std|(?:using|use|from) numpy to calculate[^.]*(?:std|standard deviation)", low
        )
        or re.search(r"\)\^2\s*/\s*n\b", low)
    )


def _outliers(low: str) -> tuple[str | None, float]:
    factor = re.search(r"(\d+(?:\.\d+)?)\s*(?:\*|x|×|times)?\s*(?:the\s+)?(?:iqr|interquartile|사분위)", low)
    iqr = bool(re.search(r"\biqr\b|interquartile|quartile range|사분위", low))
    z = bool(
        re.search(r"z[- ]?scores?|z[- ]?점수|standard deviations? (?:away )?from the mean|표준\s*편차[^.]{0,12}배", low)
    )
    if iqr and (not z or factor):
        return "iqr", float(factor[1]) if factor else 1.5
    if z:
        for pattern in (
            rf"(?:z[- ]?scores?|z[- ]?점수)[^\d\n]{{0,90}}?({_NUMBER})",
            rf"threshold[^\d\n]{{0,40}}({_NUMBER})",
            rf"({_NUMBER})\s*standard deviations?",
            r"\b(three|two)\s+standard deviations?",
        ):
            found = re.search(pattern, low)
            if found:
                said = {"three": 3.0, "two": 2.0}.get(found[1])
                return "z", said if said else abs(float(found[1]))
        return "z", 3.0
    return None, 1.5


def _upper_only(low: str) -> bool:
    both = re.search(
        r"absolute|less than -|lower than -|lesser than -|below -|< ?-|\|z\||-\d(?:\.\d+)? to \d|"
        r"outside|away|more than \d"
        r"|threshold|절댓값|절대값|smaller than -|±|under -|more than \w+ standard",
        low,
    )
    return not both and bool(
        re.search(r"z[- ]?score[^.\n]{0,25}(?:above|greater than|>|higher than|exceed|over)\s*\d", low)
    )


def _normality(low: str) -> str | None:
    if re.search(r"shapiro|샤피로", low):
        return "shapiro"
    if re.search(r"anderson", low):
        return "anderson"
    if re.search(r"jarque", low):
        return "jarque"
    if re.search(r"normaltest|d'?agostino|omnibus", low):
        return "dagostino"
    if re.search(r"kolmogorov|\bks[- ]test|콜모고로프", low) and not re.search(r"two[- ]sample", low):
        return "ks"
    if re.search(r"skew|왜도", low) and re.search(r"normal|정규", low):
        return "skewness"
    return "shapiro" if re.search(r"normal(?:ity|ly distributed)|normal distribution|정규\s*(?:성|분포)", low) else None


def _group_test(low: str) -> str | None:
    for name, pattern in (
        ("mannwhitney", r"mann[- ]?whitney|맨[- ]?휘트니"),
        ("kruskal", r"kruskal"),
        ("anova", r"anova|analysis of variance|분산\s*분석"),
        ("chi2", r"chi[- ]?squared?|카이\s*제곱|χ2"),
        ("levene", r"levene"),
        ("bartlett", r"bartlett"),
        ("wilcoxon", r"wilcoxon"),
        ("ks2", r"two[- ]sample kolmogorov|two[- ]sample ks|kolmogorov[^.]{0,40}compare"),
        ("paired", r"paired (?:sample )?t[- ]?test|대응\s*표본"),
        ("welch", r"welch|unequal variance|equal_var\s*=\s*false|not assum\w+ equal variance"),
        ("t", r"(?<![a-z])t[- ]?tests?\b|(?<![a-z])t[- ]?검정"),
    ):
        if re.search(pattern, low):
            return name
    return None


def _correlation(low: str) -> str:
    if re.search(r"spearman|스피어만|rank correlation", low) and not re.search(r"pearson|피어슨", low):
        return "spearman"
    return "kendall" if re.search(r"kendall|켄달", low) else "pearson"


def _test_size(low: str) -> float | None:
    ratio = re.search(
        r"\b(\d{1,2})\s*(?:%|percent)?\s*(?:[-:/]|to)\s*(\d{1,2})\s*%?(?=[\w\s]*(?:split|train|"
        r"ratio|test|분할|비율|using|random|\b))",
        low,
    )
    if ratio and float(ratio[1]) + float(ratio[2]) in (10, 100) and re.search(r"split|\btrain|학습|훈련|분할", low):
        return min(float(ratio[1]), float(ratio[2])) / (float(ratio[1]) + float(ratio[2]))
    for pattern in (
        r"test_?\s?size\s*(?:of|=|is|:)?\s*(0?\.\d+)",
        r"(?:test(?:ing)?(?: set| data)?|테스트)\s*\(?\s*(?:is|of|=|:)?\s*(\d{1,2})\s*%",
        r"(\d{1,2})\s*%[^.%\n]{0,40}\b(?:test|평가|테스트)",
    ):
        found = re.search(pattern, low)
        if found:
            size = float(found[1])
            return size if size < 1 else size / 100
    found = re.search(
        r"(\d{1,2})\s*%[^.%\n]{0,60}(?:\btrain|학습|훈련)|(?:\btrain\w*|학습|훈련)[^.%\n]{0,30}?(\d{1,2})\s*%", low
    )
    return 1 - float(found[1] or found[2]) / 100 if found else None


def _seed(low: str) -> int | None:
    found = re.search(
        r"(?:random[_ ]?(?:state|seed)|\bseed|난수|시드)(?:\s+(?:parameter|value))?[^\d.\n]{0,30}(\d+)", low
    )
    return int(found[1]) if found else None
