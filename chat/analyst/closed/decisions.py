"""The words that follow from a computed value by the question's own rules: yes or no, linear, skewed, significant."""

from __future__ import annotations

import re

from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.relations import CORRELATES, context_of, correlate, group_test, normality, strongest_with
from chat.analyst.closed.rules import rule_in
from chat.analyst.closed.slots import Part, Slot

_NEGATIVE = re.compile(
    r"^(?:not?(?:\b|_)|non|none|false|un|in(?:significant)|poor|weak|differ|no_|아니|없|비정규|유의하지)|"
    r"\bnot\b|\bno\b|않|없음|아님|_not_|insignificant",
    re.I,
)
_N = r"([-+]?\d*\.?\d+)"


def decision(plan: Plan, slot: Slot, part: Part) -> str:
    """The word that the question's rules lead to."""
    problem, words = plan.problem, part.words
    if len(slot.parts) > 1 and re.search(r"predictor|coefficient", slot.name, re.I):
        return _predictor(plan, slot, part)
    ruled = _by_rule(plan, slot, part)
    if ruled:
        return ruled
    joined = " ".join([*slot.words, *words]).casefold()
    low = [word.casefold() for word in words]
    if re.search(r"missing[ _]values?[ _]handled", " ".join(slot.words)):
        return f"shown({words[0]!r})"
    if re.search(r"r ?squared|model fit|good fit", joined) or any("fit" in word for word in low):
        return _fit(plan, slot, words)
    sign = _sign_words(words)
    strong = {key: word for word in words for key in ("strong", "moderate", "weak") if key in word.casefold()}
    if len(strong) >= 2:
        return _strength(plan, slot, strong)
    skewed = re.search(r"skew|symmetr", joined) or (
        plan.facts.normality is None and problem.says(r"skewness|왜도") and not CORRELATES.search(problem.body)
    )
    if skewed and not (plan.facts.normality not in (None, "skewness") and "normal" in joined):
        return _skew(plan, slot, part, words, sign)
    if plan.facts.normality == "anderson" and re.search("normal|정규", joined):
        return _anderson(plan, slot, part, words)
    if (
        plan.facts.normality == "skewness"
        and re.search(r"normal|정규", joined + problem.low)
        and "linear" not in joined
    ):
        return _normal_by_skewness(plan, slot, part, words)
    if "linear" in joined.replace("nonlinear", "") or re.search("non-?linear", joined) or len(sign) >= 2:
        return _relation(plan, slot, words, sign)
    kind = context_of(plan, slot, part)
    told = _told_by_p(plan, words)
    if told and (kind != "group" or plan.facts.group_test):
        _, p = normality(plan, slot, part) if kind == "normality" else _tested(plan, slot, kind)
        return f"shown({told[0]!r} if {p} < {plan.facts.alpha!r} else {told[1]!r})"
    positive, negative = _polar(words)
    if kind == "normality":
        tests = [
            f"{normality(plan, slot, part, column)[1]} > {plan.facts.alpha!r}" for column in plan.all_judged(slot, part)
        ]
        return f"shown({positive!r} if {' and '.join(tests)} else {negative!r})"
    if kind == "correlation":
        return _significant_correlation(plan, slot, positive, negative)
    from chat.analyst.closed import models

    if kind == "group" and plan.facts.group_test is None:
        return models.significance(plan, slot, positive, negative)
    _, p = group_test(plan, slot)
    if re.search(
        r"\b(?:independen\w*|equal\w*|same|identical|homogen\w*)\b|독립|같|동일", f"{slot.name} {positive}", re.I
    ):
        positive, negative = negative, positive  # what the test's null hypothesis says
    return f"shown({positive!r} if {p} < {plan.facts.alpha!r} else {negative!r})"


def _by_rule(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The word by a rule that the question writes out for just the words of a place; None where it has none."""
    rule = rule_in(part.description) or rule_in(plan.problem.body)
    if rule is None or {word.casefold() for word, _ in rule.words} != {word.casefold() for word in part.words}:
        return None
    code = ""
    tests = [test for _, every in rule.words for test in every]
    of = {quantity: _value_of(plan, slot, part, quantity) for quantity in {test.quantity for test in tests}}
    for word, every in rule.words:
        if every:
            holds = " and ".join(f"{of[test.quantity]} {test.sign} {test.limit!r}" for test in every)
            code += f"{word!r} if {holds} else "
        else:
            return f"shown({code}{word!r})"
    return None


def _value_of(plan: Plan, slot: Slot, part: Part, quantity: str) -> str:
    if quantity in ("r", "abs_r"):
        r, _ = correlate(plan, slot)
        return f"abs({r})" if quantity == "abs_r" else r
    if quantity == "p":
        kind = context_of(plan, slot, part)
        return (normality(plan, slot, part) if kind == "normality" else _tested(plan, slot, kind))[1]
    column = plan.column(slot, part)
    if quantity == "kurt":
        return plan.problem.script.let("kurtosis", f"{plan.series(plan.frame(slot), column)}.kurt()")
    value = _skew_value(plan, slot, column)
    return f"abs({value})" if quantity == "abs_skew" else value


def _tested(plan: Plan, slot: Slot, kind: str) -> tuple[str, str]:
    return correlate(plan, slot) if kind == "correlation" else group_test(plan, slot)


def _told_by_p(plan: Plan, words: tuple[str, ...]) -> tuple[str, str] | None:
    """The words for a p value below the level and for one above, where the question says so of one of two words."""
    if len(words) != 2:
        return None
    text = " ".join(
        [plan.problem.body, *(part.description for slot in plan.problem.format.slots for part in slot.parts)]
    )
    low, high = r"(?:less|below|smaller|lower|<|작)", r"(?:greater|above|larger|higher|more|>|크)"
    for word in words:
        found = re.search(
            rf"[\"'“‘]{re.escape(word)}[\"'”’]\s*(?:if|when|where)\s+(?:the\s+)?(?:\w+\s+)?p(?:[- "
            rf"_]?value)?\s*(?:is\s+)?"
            rf"(?:({low})|({high}))([^\"“.;]*)",
            text,
            re.I,
        )
        if found and not re.search(r"\br\b|coefficient|\|r\|", found[3]):
            other = words[1 - words.index(word)]
            return (word, other) if found[1] else (other, word)
    return None


def _predictor(plan: Plan, slot: Slot, part: Part) -> str:
    """Whether the predictor of this place among several matters."""
    from chat.analyst.closed import models

    words = tuple(dict.fromkeys(piece.strip() for word in part.words for piece in word.split(",") if piece.strip()))
    positive, negative = _polar(words)
    _, p_values, inputs = models.least_squares(plan)
    if len(inputs) != len(slot.parts):
        raise NotUnderstood(slot.name)
    return f"shown({positive!r} if {p_values}[{1 + slot.parts.index(part)}] < {plan.facts.alpha!r} else {negative!r})"


def _polar(words: tuple[str, ...]) -> tuple[str, str]:
    """The word for yes and the word for no."""
    negative = [
        word for word in words if _NEGATIVE.search(word) and word.casefold() not in ("normal", "normal distribution")
    ]
    if len(negative) == 2 and sum(bool(re.search(r"\bnot?\b", word, re.I)) for word in negative) == 1:
        negative = [word for word in negative if re.search(r"\bnot?\b", word, re.I)]  # `differ`, `do not differ`
    positive = [word for word in words if word not in negative]
    if len(words) != 2 or len(negative) != 1 or len(positive) != 1:
        raise NotUnderstood("/".join(words))
    return positive[0], negative[0]


def _sign_words(words: tuple[str, ...]) -> dict[str, str]:
    return {key: word for word in words for key in ("positive", "negative") if key in word.casefold()}


def _fit(plan: Plan, slot: Slot, words: tuple[str, ...]) -> str:
    from chat.analyst.closed import models

    limit = re.search(rf"r[- ]?squared[^.\d]{{0,60}}{_N}", plan.problem.low)
    bad = [word for word in words if re.search(r"poor|bad|not|no\b|weak", word, re.I)]
    good = [word for word in words if word not in bad]
    if not limit or len(bad) != 1 or len(good) != 1:
        raise NotUnderstood(slot.name)
    return f"shown({good[0]!r} if {models.r_squared(plan)} >= {float(limit[1])!r} else {bad[0]!r})"


def _strength(plan: Plan, slot: Slot, strong: dict[str, str]) -> str:
    r, _ = correlate(plan, slot)
    said = " ".join(one for one in plan.problem.sentences if re.search(r"strong|moderate|weak", one, re.I))
    limits = sorted({abs(float(number)) for number in re.findall(r"[-+]?0?\.\d+", said)}, reverse=True)
    if not limits:
        raise NotUnderstood(slot.name)
    weak = strong.get("weak", strong.get("moderate", ""))
    code = f"{strong.get('strong', weak)!r} if abs({r}) >= {limits[0]!r} else "
    if "moderate" in strong and len(limits) > 1:
        code += f"{strong['moderate']!r} if abs({r}) >= {limits[1]!r} else "
    return f"shown({code}{weak!r})"


def _skew_value(plan: Plan, slot: Slot, column: str) -> str:
    from chat.analyst.closed.computing import skewness

    return plan.problem.script.let("skewness", skewness(plan, plan.frame(slot), column))


def _limit(plan: Plan, word: str, default: float) -> float:
    for pattern in (
        rf"{word}[^.\n]{{0,40}}?between\s*[-+−]?(\d*\.?\d+)\s*(?:and|to)\s*\+?(\d*\.?\d+)",
        r"[-−](\d*\.?\d+)\s*(?:to|and)\s*\+?(\d*\.?\d+)",
    ):
        found = re.search(pattern, plan.problem.low)
        if found:
            return float(found[2])
    found = re.search(
        rf"absolute value of {word}[^\d\n]{{0,40}}(\d*\.?\d+)|\|{word}\|[^\d\n]{{0,"
        rf"12}}(\d*\.?\d+)|{word}[^\d\n]{{0,40}}(\d*\.\d+)",
        plan.problem.low,
    )
    return float(next(group for group in found.groups() if group)) if found else default


def _skew(plan: Plan, slot: Slot, part: Part, words: tuple[str, ...], sign: dict[str, str]) -> str:
    value = _skew_value(plan, slot, plan.column(slot, part))
    right = [word for word in words if re.search(r"right|positive|양", word, re.I)]
    left = [word for word in words if re.search(r"left|negative|음", word, re.I)]
    rest = [word for word in words if word not in [*right, *left]]
    if right and left:
        limit = _limit(plan, "skewness", 0.0) if plan.problem.says(r"0?\.5|between") else 0.0
        neither = rest[0] if rest else right[0]
        return f"shown({right[0]!r} if {value} > {limit!r} else {left[0]!r} if {value} < {-limit!r} else {neither!r})"
    return _normal_by_skewness(plan, slot, part, words)


def _normal_by_skewness(plan: Plan, slot: Slot, part: Part, words: tuple[str, ...]) -> str:
    positive, negative = _polar(words)
    if re.search(r"skewed", positive):
        positive, negative = negative, positive
    # what is said about the place itself is nearer than what the question says
    near = re.search(r"skewness[^\d\n]{0,40}(\d*\.\d+)", part.description.lower())
    limit = float(near[1]) if near else _limit(plan, "skewness", 0.5)
    kurt = re.search(r"kurtosis[^.\n]{0,20}between\s*-?(\d*\.?\d+)\s*and\s*(\d*\.?\d+)", plan.problem.low)
    tests = []
    for column in plan.all_judged(slot, part):
        tests.append(f"abs({_skew_value(plan, slot, column)}) < {limit!r}")
        if kurt:
            tests.append(f"abs({plan.series(plan.frame(slot), column)}.kurt()) < {float(kurt[2])!r}")
    return f"shown({positive!r} if {' and '.join(tests)} else {negative!r})"


def _anderson(plan: Plan, slot: Slot, part: Part, words: tuple[str, ...]) -> str:
    positive, negative = _polar(words)
    column = plan.column(slot, part)
    values = plan.problem.script.let("values", f"{plan.series(plan.frame(slot), column)}.dropna()")
    test = plan.problem.script.let("test", f"stats.anderson({values}, 'norm')")
    # scipy's levels are 15, 10, 5, 2.5 and 1 %
    place = {0.15: 0, 0.1: 1, 0.05: 2, 0.025: 3, 0.01: 4}.get(plan.facts.alpha, 2)
    return f"shown({positive!r} if {test}.statistic < {test}.critical_values[{place}] else {negative!r})"


def _r_limit(plan: Plan) -> float | None:
    """The least |r| that the question's rules ask for."""
    for pattern in (
        r"(?:absolute value of\s*(?:the\s*)?(?:\w+\s+){0,3}?\(?r\)?|absolute r|\|r\||\br\b(?: "
        r"value)?|coefficient(?: \(r\))?|상관계수[^\d\n]{0,12}절[댓대]값)[^\d\n-]{0,60}?(?:>=|≥|greater "
        r"than|at least|above|more than|equal)[^\d\n]{0,25}(0?\.\d+)",
        r"absolute value[^\d\n]{0,60}(0?\.\d+)",
        r"\|r\|[^\d\n]{0,20}(0?\.\d+)",
        r"절[댓대]값[^\d\n]{0,12}(0?\.\d+)",
    ):
        found = re.search(pattern, plan.problem.low)
        if found:
            return float(found[1])
    return None


def _relation(plan: Plan, slot: Slot, words: tuple[str, ...], sign: dict[str, str]) -> str:
    strongest = strongest_with(plan)
    if strongest and len(sign) == 2:
        return f"shown({sign['positive']!r} if {strongest[1]} > 0 else {sign['negative']!r})"
    r, p = correlate(plan, slot)
    with_p = plan.problem.says(r"p[- _]?(?:value|값)|two-tailed|alpha|significance level|significance of|유의")
    alpha, limit = plan.facts.alpha, _r_limit(plan)
    none = [word for word in words if re.search(r"no significant", word, re.I)] or [
        word for word in words if re.search(r"^no|none|not", word, re.I) and not re.search(r"non-?linear", word, re.I)
    ]
    if len(sign) == 2:
        least = (
            limit
            if limit is not None and plan.problem.says(rf"(?:positive|negative|양|음)(?:[^.\n]|\.\d){{0,160}}{limit}")
            else 0.0
        )
        weak = [word for word in words if re.fullmatch(r"no correlation", word, re.I)]
        neither = (weak or none or [sign["negative"]])[0]
        above, below = (">=", "<=") if least else (">", "<")
        code = f"{sign['positive']!r} if {r} {above} {least!r} "
        code += f"else {sign['negative']!r} if {r} {below} {-least!r} else {neither!r}"
        if with_p and none:
            code = f"{none[0]!r} if {p} >= {alpha!r} else {code}"
        return f"shown({code})"
    curved = [word for word in words if re.search(r"non-?linear", word, re.I)]
    straight = [word for word in words if "linear" in word.casefold() and word not in curved]
    if not straight:
        raise NotUnderstood(slot.name)
    least = 0.5 if limit is None else limit
    other = (curved or none)[0]
    code = f"{straight[0]!r} if abs({r}) >= {least!r} else {other!r}"
    if with_p and none:
        code = f"{none[0]!r} if {p} >= {alpha!r} else {code}"
    return f"shown({code})"


def _significant_correlation(plan: Plan, slot: Slot, positive: str, negative: str) -> str:
    r, p = correlate(plan, slot)
    limit = _r_limit(plan)
    with_p = plan.problem.says(r"p[- _]?(?:value|값)|two-tailed|유의")
    tests = [f"{p} < {plan.facts.alpha!r}"] if with_p else []
    if limit is not None:
        tests.append(f"abs({r}) >= {limit!r}")
    if not tests:
        raise NotUnderstood(slot.name)
    return f"shown({positive!r} if {' and '.join(tests)} else {negative!r})"
