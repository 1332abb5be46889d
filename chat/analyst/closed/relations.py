"""Correlations, tests of normality and of groups, and the words that follow from them by the question's own rules."""

from __future__ import annotations

import re

from chat.analyst.closed.features import masked
from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.scopes import FRAME, Condition, equal, slot_conditions, subset
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import tokens

_C = r"⟦(\d+)⟧"
_CORRELATES = re.compile(r"correlat|relationship|pearson|spearman|linear(?:ly)? relat|association|상관", re.I)
_NEGATIVE = re.compile(
    r"^(?:not?(?:\b|_)|non|none|false|un|in(?:significant)|poor|weak|differ|no_|아니|없|비정규|유의하지)|"
    r"\bnot\b|\bno\b|않|없음|아님|_not_|insignificant",
    re.I,
)
_N = r"([-+]?\d*\.?\d+)"


def pair_of(plan: Plan, slot: Slot) -> tuple[str, str]:
    """The two columns whose correlation a place is about."""
    problem = plan.problem
    own = list(_numeric_in(plan, " ".join(slot.words)) + _letters_in(plan, slot))
    own = list(dict.fromkeys(own))
    if len(own) >= 2:
        return own[0], own[1]
    pairs = [
        pair
        for sentence in problem.sentences
        if _CORRELATES.search(sentence)
        for pair in [_pair_in(plan, sentence)]
        if pair
    ]
    if (len(own) == 1 and len(pairs) > 1) or (own and pairs and own[0] not in pairs[0]):
        for pair in pairs:
            if own[0] in pair:
                return pair
        others = [c for pair in pairs for c in pair if c != own[0]] + [one.name for one in problem.features]
        if others:
            return own[0], others[-1]
    if pairs:
        return pairs[0]
    made = [one.name for one in problem.features if not one.labels]
    rest = [c for c in plan.mentioned() if c not in made]
    if made and rest:
        return made[-1], rest[-1]
    grouping = {one.column for one in plan.conditions}
    free = [c for c in rest if c not in grouping] or rest
    if len(free) >= 2:
        return free[0], free[1]
    raise NotUnderstood(slot.name)


def _numeric_in(plan: Plan, text: str) -> list[str]:
    return [c for c in plan.problem.columns_in(text, at_least=50) if plan.problem.is_numeric(c)]


def _letters_in(plan: Plan, slot: Slot) -> list[str]:
    """`correlation_XY`, `MSFT_SPY_correlation`: names as the place writes them."""
    found = []
    for piece in re.split(r"[_\s]", slot.name):
        for column in plan.problem.columns:
            pieces = [one for one in re.split(r"\W", column) if len(one) > 1]
            if piece in (re.sub(r"\W", "", column), *pieces[:1]) and plan.problem.is_numeric(column):
                found.append(column)
    if not found:
        last = re.search(r"_([A-Z]{2,3})$", slot.name)
        singles = {c[0].upper(): c for c in plan.mentioned() if re.match(r"[A-Za-z](?:\b|[-_ ])", c)}
        if last and all(letter in singles for letter in last[1]):
            found = [singles[letter] for letter in last[1]]
    return found


def _pair_in(plan: Plan, sentence: str) -> tuple[str, str] | None:
    problem = plan.problem
    mask = masked(problem, sentence)
    text = mask.text
    chosen = [one.column for one in [*plan.conditions]]
    for pattern in (
        rf"(?:between|of|from)\s[^⟦\n]*{_C}[^⟦\n]*(?:\band\b|\bwith\b|\bto\b|,|&)[^⟦\n]*{_C}",
        rf"{_C}[^⟦\n]*?(?:와|과|\band\b|\bwith\b|\baffect\w*|\bon\b|\bto\b)[^⟦\n]*{_C}",
    ):
        for found in re.finditer(pattern, text, re.I):
            first, second = mask.at(found[1]), mask.at(found[2])
            if first != second and problem.is_numeric(first) and problem.is_numeric(second):
                return first, second
    numeric = [c for c in dict.fromkeys(mask.columns) if problem.is_numeric(c) and c not in chosen]
    if (
        problem.features
        and re.search(r"(?:this|the|new|created)\s+(?:new(?:ly)?\s+)?(?:created\s+)?[\w ]*feature", sentence, re.I)
        and numeric
    ):
        made = problem.features[-1].name
        other = [c for c in numeric if c != made]
        if other:
            return made, other[-1]
    return (numeric[0], numeric[1]) if len(numeric) >= 2 else None


def correlate(plan: Plan, slot: Slot) -> tuple[str, str]:
    """The variables of a correlation's coefficient and its p value."""
    first, second = pair_of(plan, slot)
    problem = plan.problem
    names = f"[[{problem.number(first)}, {problem.number(second)}]]"
    pair = problem.script.let("pair", f"{plan.frame(slot)}{names}.dropna()")
    function = {"pearson": "pearsonr", "spearman": "spearmanr", "kendall": "kendalltau"}[plan.facts.correlation]
    return problem.script.let_two(("r", "p_value"), f"stats.{function}({pair}[{first!r}], {pair}[{second!r}])")


def correlation_value(plan: Plan, slot: Slot, part: Part) -> str:
    """A correlation coefficient, or the strongest of several."""
    from chat.analyst.closed import models

    if models.correlates_predictions(plan):
        return models.predicted_correlation(plan, part)
    if re.search(r"strongest|highest|largest", " ".join(slot.words)) or plan.problem.says(
        r"pair with the (?:strongest|highest)"
    ):
        return plan.show(strongest_pair(plan)[1], part)
    chosen = strongest_with(plan)
    names = any(one.kind == "text" and not one.words for other in plan.problem.format.slots for one in other.parts)
    if chosen and names and not _numeric_in(plan, " ".join(slot.words)):
        return plan.show(chosen[1], part)
    r, _ = correlate(plan, slot)
    nothing = re.search(
        rf"absolute[^.\n]{{0,50}}(?:less than|below|<)\s*{_N}[^.\n]{{0,80}}(?:as|is|to) (?:zero|0)\b", plan.problem.low
    )
    return plan.show(f"0.0 if abs({r}) < {float(nothing[1])!r} else {r}" if nothing else r, part)


def strongest_pair(plan: Plan) -> tuple[str, str]:
    """The variables of the pair of columns with the strongest correlation, and of its coefficient."""
    problem, script = plan.problem, plan.problem.script
    columns = [c for c in plan.mentioned() if not problem.is_feature(c)]
    if len(columns) < 3:
        columns = [c for c in problem.columns if problem.kind(c) == "number"]
    names = ", ".join(problem.number(column) for column in columns)
    matrix = script.let("matrix", f"df[[{names}]].corr({_method(plan)})")
    script_lines = f"{matrix}.where(np.triu(np.ones({matrix}.shape, dtype=bool), 1)).stack()"
    pairs = script.let("pairs", script_lines)
    key = f"{pairs}.idxmax()" if problem.says(r"strongest positive|highest positive") else f"{pairs}.abs().idxmax()"
    if problem.says(r"strongest negative|most negative"):
        key = f"{pairs}.idxmin()"
    best = script.let("strongest", key)
    return best, f"{pairs}[{best}]"


def _method(plan: Plan) -> str:
    return "" if plan.facts.correlation == "pearson" else f"method={plan.facts.correlation!r}"


def strongest_with(plan: Plan) -> tuple[str, str] | None:
    """The variables of the column that correlates most with the question's one, and of its coefficient."""
    problem, script = plan.problem, plan.problem.script
    if not problem.says(
        r"(?:strongest|highest|most|largest|가장)[^.\n]{0,40}(?:correlat|상관)|correlat\w* (?:the "
        r")?(?:most|strongest|best)\b"
    ):
        return None
    targets = plan.mentioned()
    if not targets:
        return None
    listed: list[str] = []
    for sentence in problem.sentences:
        found = re.search(r"\bwhich of\b(.*?)\bcorrelat\w*.*?\bwith\b(.*)", sentence, re.I)
        if found and _numeric_in(plan, found[2]):
            targets, listed = _numeric_in(plan, found[2]), _numeric_in(plan, found[1])
    target = problem.number(targets[0])
    among = ", ".join(problem.number(c) for c in [*listed, targets[0]])
    numbers = script.let("numbers", f"df[[{among}]]" if len(listed) > 1 else "df.select_dtypes('number')")
    with_it = script.let("with_it", f"{numbers}.corr({_method(plan)})[{target}].drop({target})")
    key = f"{with_it}.idxmax()" if problem.says(r"strongest positive|highest positive") else f"{with_it}.abs().idxmax()"
    best = script.let("strongest", key)
    return best, f"{with_it}[{best}]"


def samples_of(plan: Plan, slot: Slot) -> tuple[str, list[str]]:
    """The column that groups are compared in, and the code of each group's values."""
    problem = plan.problem
    groups = _groups(plan)
    grouping = {one.column for group in groups for one in group}
    own = [c for c in plan.mentioned() if c not in grouping and c not in {one.column for one in plan.conditions}]
    grouped = None
    if not groups:
        column, groups = _group_column(plan)
        own = [c for c in own if c != column]
        grouped = column if len(groups) > 2 else None
    if not own:
        raise NotUnderstood(slot.name)
    told = {c.column for group in groups for c in group}
    if grouped is not None:
        if any(one.is_equality and one.column == grouped for one in plan.conditions):
            raise NotUnderstood(slot.name)  # only some groups count, and which ones isn't sure
        part = subset(problem, "df", plan.conditions)
        return own[0], [f"*[g.dropna() for _, g in {part}.groupby({grouped!r})[{problem.number(own[0])}]]"]
    general = [one for one in plan.conditions if one.column not in told]
    samples = []
    for group in groups:
        part = subset(problem, "df", [*general, *group], "group")
        samples.append(f"{part}[{problem.number(own[0])}].dropna()")
    return own[0], samples


def _groups(plan: Plan) -> list[list[Condition]]:
    """The groups that places are told apart by, else those that the question names values of."""
    problem = plan.problem
    found: list[list[Condition]] = []
    for slot in problem.format.slots:
        own = slot_conditions(problem, slot.words, slot.name)
        if own and own not in found:
            found.append(own)
    if len(found) > 1:
        return found
    from chat.analyst.closed.scopes import _comparisons, _ordinals, _values, _yes_no

    stated: list[Condition] = []
    for sentence in problem.sentences:
        stated += [one for one in _comparisons(problem, sentence, False) if one.is_equality]
        stated += _values(problem, sentence) + _yes_no(problem, sentence) + _ordinals(problem, _with_ordinals(sentence))
    unique = list(dict.fromkeys(stated))
    for column in dict.fromkeys(one.column for one in unique):
        values = [one for one in unique if one.column == column]
        if len(values) > 1:
            return [[one] for one in values]
    weekdays = slot_conditions(problem, ["weekday"], "weekday")
    if problem.says(r"weekdays?") and problem.says(r"weekends?") and weekdays:
        return [weekdays, slot_conditions(problem, ["weekend"], "weekend")]
    return []


def _with_ordinals(sentence: str) -> list[str]:
    """The words of a sentence, `1st and 3rd classes` said out as two."""
    said = re.sub(
        r"(\w+)\s*(?:and|&|,)\s*(\w+)\s+(class(?:es)?|grade|group|quarter)\b", r"\1 \3 \2 \3", sentence.lower()
    )
    said = re.sub(
        r"\b(\d)(?:st|nd|rd|th)\b",
        lambda one: ["", "first", "second", "third", "fourth", "fifth"][min(5, int(one[1]))],
        said,
    )
    return [re.sub(r"classes", "class", word) for word in tokens(said)]


def _group_column(plan: Plan) -> tuple[str, list[list[Condition]]]:
    """A column of groups that the question mentions, and each of its values as a group."""
    problem = plan.problem
    labelled = [one for one in problem.features if one.labels]
    if labelled:
        made = labelled[-1]
        return made.name, [
            [Condition(made.name, f"({FRAME}[{made.name!r}] == {label!r})", True, label)] for label in made.labels
        ]
    mentioned = [c for c in plan.mentioned(numeric=False) if c in problem.groups()]
    said = re.search(
        r"(?:between|among|across|by|for each|per)\s+(?:different\s+|the\s+|various\s+)?([\w ]{2,40})", problem.low
    )
    named = [c for c in problem.columns_in(said[1]) if c in problem.groups()] if said else []
    texts = [c for c in mentioned if problem.kind(c) == "text"]
    for column in [*texts, *named, *sorted(mentioned, key=lambda c: problem.frame[c].nunique())]:
        values = sorted(problem.distinct(column), key=str)
        return column, [[equal(problem, column, value)] for value in values]
    raise NotUnderstood("groups")


def group_test(plan: Plan, slot: Slot) -> tuple[str, str]:
    """The variables of a test's statistic and p value."""
    kind = plan.facts.group_test
    if kind == "chi2":
        return _chi_square(plan, slot)
    script = plan.problem.script
    _, samples = samples_of(plan, slot)
    if kind in ("t", "welch", "mannwhitney", "ks2", "paired", "wilcoxon") and len(samples) != 2:
        raise NotUnderstood(slot.name)
    function = {
        "t": "ttest_ind", "welch": "ttest_ind", "anova": "f_oneway", "kruskal": "kruskal",
        "mannwhitney": "mannwhitneyu",
        "levene": "levene", "bartlett": "bartlett", "ks2": "ks_2samp", "paired": "ttest_rel", "wilcoxon": "wilcoxon",
    }[kind or "t"]  # fmt: skip
    extra = ", equal_var=False" if kind == "welch" else ""
    return script.let_two(("statistic", "p_value"), f"stats.{function}({', '.join(samples)}{extra})")


def _chi_square(plan: Plan, slot: Slot) -> tuple[str, str]:
    columns = list(dict.fromkeys([*[one.name for one in plan.problem.features], *plan.mentioned(numeric=False)]))
    few = [c for c in columns if plan.problem.is_feature(c) or plan.problem.frame[c].nunique() <= 60]
    if len(few) < 2:
        raise NotUnderstood(slot.name)
    table = f"pd.crosstab(df[{few[0]!r}], df[{few[1]!r}])"
    return plan.problem.script.let_two(("statistic", "p_value"), f"stats.chi2_contingency({table})[:2]")


def normality(plan: Plan, slot: Slot, part: Part, column: str | None = None) -> tuple[str, str]:
    """The variables of a normality test's statistic and p value."""
    column = column or plan.column(slot, part)
    before = plan.problem.tested.get(column)
    if before and not re.search(r"transform|after|변환", " ".join([*slot.words, part.description])):
        return before, before  # the test that decided whether to transform
    values = plan.problem.script.let("values", f"{plan.series(plan.frame(slot), column)}.dropna()")
    kind = plan.facts.normality
    call = {
        "shapiro": f"stats.shapiro({values})", "dagostino": f"stats.normaltest({values})",
        "jarque": f"stats.jarque_bera({values})",
        "ks": f"stats.kstest({values}, 'norm', args=({values}.mean(), {values}.std()))",
    }.get(kind or "")  # fmt: skip
    if call is None:
        raise NotUnderstood(slot.name)
    return plan.problem.script.let_two(("statistic", "p_value"), call)


def test_value(plan: Plan, slot: Slot, part: Part, measure: str) -> str:
    """The p value or the statistic of the test that a place is about."""
    kind = _context(plan, slot, part)
    if kind == "normality":
        statistic, p = normality(plan, slot, part)
    elif kind == "correlation":
        statistic, p = correlate(plan, slot)
    else:
        statistic, p = group_test(plan, slot)
    return plan.show(p if measure == "p_value" else statistic, part)


def _context(plan: Plan, slot: Slot, part: Part) -> str:
    """Which test a place is about: the one that its words name, else the question's."""
    words = " ".join([*slot.words, *tokens(part.description)])
    has_normality = plan.facts.normality not in (None, "skewness")
    if has_normality and re.search(r"normal|shapiro|\bks\b|kolmogorov|distribution", words):
        return "normality"
    if plan.facts.group_test and not re.search(r"correlat", words):
        return "group"
    if re.search(r"correlat|relationship|linear", words) and _CORRELATES.search(plan.problem.body):
        return "correlation"
    if has_normality and not plan.problem.says(r"correlat|상관"):
        return "normality"
    if plan.problem.says(r"correlat|상관|relationship"):
        return "correlation"
    return "normality" if has_normality else "group"


def decision(plan: Plan, slot: Slot, part: Part) -> str:
    """The word that the question's rules lead to."""
    problem, words = plan.problem, part.words
    if len(slot.parts) > 1 and re.search(r"predictor|coefficient", slot.name, re.I):
        return _predictor(plan, slot, part)
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
        plan.facts.normality is None and problem.says(r"skewness|왜도") and not _CORRELATES.search(problem.body)
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
    kind = _context(plan, slot, part)
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
