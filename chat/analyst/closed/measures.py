"""Which quantity a place of an answer asks for, told by its name, its placeholder and what is said about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chat.analyst.closed.mentions import find_mentions
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import tokens

# In the order of trying: the more particular first.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("has_missing", r"\bhas (?:nan|missing|null)"),
    ("outlier", r"\boutliers?\b|이상치|이상값"),
    ("missing_percentage", r"(?:percent\w*|share|rate|ratio|proportion|fraction|비율)[\w ]*(?:missing|null|nan|"
    r"결측)|(?:missing|"
r"null|nan|결측)[\w값 ]*(?:percent|share|rate|ratio|proportion|fraction|비율)"),
    ("missing", r"\b(?:missing|nulls?|nan|결측\w*)\b"),
    ("first", r"\b(?:first|last) (?:entry|value|row|element|record)\b"),
    ("duplicates", r"duplicat|중복"),
    ("p_value", r"^p$|\bp val(?:ue)?s?\b|\bpval(?:ue)?s?\b|p값|유의확률|\bp 값"),
    ("rmse", r"\brmse\b|root mean squared? error"),
    ("mse", r"\bmse\b|mean squared? error|평균제곱오차"),
    ("mae", r"\bmae\b|mean absolute error"),
    ("r2", r"\br ?2\b|\br squared?\b|\brsquared\b|\br square\b|coefficient (?:of )?determination|결정계수"),
    ("f1", r"\bf ?1\b"),
    ("precision", r"\bprecision\b"),
    ("recall", r"\brecall\b|sensitivity"),
    ("auc", r"\bauc\b"),
    ("accuracy", r"accuracy|\bmodel score\b|정확도"),
    ("intercept", r"intercept|절편"),
    ("slope", r"\bslope\b|\bcoef\b|regression coefficient|기울기|회귀계수"),
    ("statistic", r"statistic\b|\b[wtuf] (?:value|stat)\b|\bshapiro w\b|\bz value\b|\bchi (?:square|2)\b|통계량"),
    ("skewness", r"\bskew|왜도"),
    ("kurtosis", r"\bkurt|첨도"),
    ("correlation", r"^coefficient$|^rho$|^r$|correlation|\bcorr\b|\bpearson\b|\bspearman\b|\br value\b|상관"),
    ("within", r"within one|within 1|values within"),
    ("change", r"percentage change|pct change|변화율"),
    ("percentage", r"percent|\bpct\b|proportion|\bfraction\b|\brate\b|share|비율|비중|백분율"),
    ("std", r"\bstd\b|\bsd\b|\bstdev\b|\bstddev\b|standard dev|\bstd ?dev|deviation|표준편차"),
    ("variance", r"varianc|\bvar\b|분산"),
    ("median", r"median|중앙값|중위"),
    ("mode", r"\bmode\b|most (?:common|frequent)|최빈"),
    ("iqr", r"\biqr\b|interquartile range|사분위 ?범위"),
    ("q1", r"\bq1\b|first quartile|25th|lower quartile|1사분위"),
    ("q3", r"\bq3\b|third quartile|75th|upper quartile|3사분위"),
    ("percentile", r"\bp (?:[1-9]|[1-9]\d)\b|percentile|백분위"),
    ("range", r"\brange\b|범위"),
    ("unique", r"\bunique|distinct|고유"),
    ("mean", r"\bmean\b|average|\bavg\b|평균"),
    ("count", r"\bcount|^n [a-z]+$|\bnumber of|\bnum\b|\btotal (?:number|count)|how many|\bentries\b|\brows?\b|"
r"\bfrequency|개수|건수|인원|명수|\b수$|행 ?수"),
    ("min", r"\bmin\b|minimum|lowest|smallest|최솟값|최소"),
    ("max", r"\bmax\b|maximum|highest|largest|최댓값|최대"),
    ("sum", r"\bsum\b|\btotal\b|합계|총합|총"),
)  # fmt: skip
_STATISTIC = re.compile(r"[fthuwz](?: ?(?:값|value|stat|statistic|통계량))?")
# `mean with email null`: what is missing is a condition there, not what is asked.
_STATED = re.compile(r"^(.*\b(?:mean|average|median|std|sum|max|min)\b.*?)\b(?:with|where|when)\b.*\b(?:not ?)?null$")


def measure_of(
    slot: Slot, part: Part, question: str, columns: Sequence[str], *, asks_question: bool = True
) -> str | None:
    """The quantity of a part of a place: "decision" for allowed words, None when nothing tells it.

    Without `asks_question` it is told by the place alone, not by the question.
    """
    if _STATISTIC.fullmatch(" ".join(slot.words)) and part.kind == "number":
        return "statistic"
    if part.kind in ("boolean",) or len(part.words) > 1:
        name = " ".join(slot.words)
        return "has_missing" if re.search(r"\bhas (?:nan|missing|null)", name) else "decision"
    is_one = len(slot.parts) == 1
    texts = [" ".join(slot.words), " ".join(tokens(part.placeholder)), " ".join(tokens(part.description))]
    bare = _without_columns(slot.name, columns)
    if any(re.search(pattern, bare) for _, pattern in _PATTERNS):
        texts[0] = bare  # `max temperature` may be what a column is called
    if re.match(r"(?:mean|average|avg)\b.*\brange\b", texts[0]):
        return "mean"  # a mean of ranges
    texts = [_STATED.sub(r"\1", text) for text in texts]
    if not is_one:
        texts = [texts[1], texts[0], texts[2]]
    for text in texts:
        for name, pattern in _PATTERNS:
            if re.search(pattern, text):
                # `total` alone is a count where the answer is how many there are
                counts = (
                    name == "sum" and part.kind == "integer" and re.search(r"how many|\bcount\b|몇", question, re.I)
                )
                return "count" if counts else name
    if part.kind not in ("number", "integer") or not asks_question:
        return None
    if part.kind == "integer" and re.search(r"\bhow many\b|\bcount\b|몇 ?(?:명|건|개|번|회)|개수|건수", question, re.I):
        return "count"
    asked = _without_columns(question, columns)
    for name, pattern in _PATTERNS[1:]:
        if name not in ("outlier", "missing", "duplicates", "count", "statistic") and re.search(pattern, asked):
            return name
    return "count" if part.kind == "integer" else None


def is_quantity(word: str) -> bool:
    """Whether a word alone names a quantity."""
    return any(re.search(pattern, word) for _, pattern in _PATTERNS)


def _without_columns(name: str, columns: Sequence[str]) -> str:
    """The words of a place's name that aren't the name of a column."""
    kept, at = [], 0
    for one in find_mentions(name, columns):
        if one.score >= 75:
            kept.append(name[at : one.start])
            at = one.end
    return " ".join(tokens(" ".join([*kept, name[at:]])))
