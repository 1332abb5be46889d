"""Correlations, tests of normality and of groups, and the words that follow from them by the question's own rules."""

from __future__ import annotations

import re

from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.features import masked
from chat.analyst.closed.places import slot_conditions
from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.scopes import equal, subset
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import tokens

_C = r"⟦(\d+)⟧"
CORRELATES = re.compile(
    r"correlat|relationship|\brelated\b|pearson|spearman|linear(?:ly)? relat|association|상관", re.I
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
        if CORRELATES.search(sentence)
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
        filled = f"{part}.dropna(subset=[{problem.number(own[0])}])"  # a group without any value is none
        return own[0], [f"*[g for _, g in {filled}.groupby({grouped!r})[{problem.number(own[0])}]]"]
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
    from chat.analyst.closed.scopes import _comparisons, _values, _yes_no, ordinals

    stated: list[Condition] = []
    for sentence in problem.sentences:
        stated += [one for one in _comparisons(problem, sentence, False) if one.is_equality]
        stated += _values(problem, sentence) + _yes_no(problem, sentence) + ordinals(problem, _withordinals(sentence))
    unique = list(dict.fromkeys(stated))
    for column in dict.fromkeys(one.column for one in unique):
        values = [one for one in unique if one.column == column]
        if len(values) > 1:
            return [[one] for one in values]
    weekdays = slot_conditions(problem, ["weekday"], "weekday")
    if problem.says(r"weekdays?") and problem.says(r"weekends?") and weekdays:
        return [weekdays, slot_conditions(problem, ["weekend"], "weekend")]
    return []


def _withordinals(sentence: str) -> list[str]:
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
    kind = context_of(plan, slot, part)
    if kind == "normality":
        statistic, p = normality(plan, slot, part)
    elif kind == "correlation":
        statistic, p = correlate(plan, slot)
    else:
        statistic, p = group_test(plan, slot)
    return plan.show(p if measure == "p_value" else statistic, part)


def context_of(plan: Plan, slot: Slot, part: Part) -> str:
    """Which test a place is about: the one that its words name, else the question's."""
    words = " ".join([*slot.words, *tokens(part.description)])
    has_normality = plan.facts.normality not in (None, "skewness")
    if has_normality and re.search(r"normal|shapiro|\bks\b|kolmogorov|distribution", words):
        return "normality"
    if plan.facts.group_test and not re.search(r"correlat", words):
        return "group"
    if re.search(r"correlat|relationship|linear", words) and CORRELATES.search(plan.problem.body):
        return "correlation"
    if has_normality and not plan.problem.says(r"correlat|상관"):
        return "normality"
    if plan.problem.says(r"correlat|상관|relationship"):
        return "correlation"
    return "normality" if has_normality else "group"
