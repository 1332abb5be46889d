"""Differences, ratios and the like of two values: of two places, two groups, two columns, or the extreme groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chat.analyst.closed import extremes
from chat.analyst.closed.conditions import Condition
from chat.analyst.closed.measures import measure_of
from chat.analyst.closed.mentions import same
from chat.analyst.closed.plans import Plan, of_range
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.scopes import equal, flagged, is_flag, named_flags, subset
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.spoken_values import named_values
from chat.analyst.closed.wording import tokens

_DIFFERENCE = r"\b(?:difference|diff|gap|lead|excess|delta|surplus|margin)\b|차이|격차"
_RATIO = r"\b(?:ratio|quotient|times|fold|multiple)\b|배수"
_RELATIVE = (
    r"\b(?:percent(?:age)?|pct|relative)\b.*\b(?:difference|diff|gap|increase|decrease|higher|lower|more|less)\b|"
    r"\b(?:difference|diff|gap|increase|decrease|higher|lower|more|less)\b.*\b(?:percent(?:age)?|pct)\b"
)
_ASKS = re.compile(
    r"\b(?:difference|gap)s?\b|\bratio\b|\bhow (?:many|much)(?: \w+){0,2} (?:more|fewer|less|higher|lower|"
    r"larger|greater|"
    r"longer|shorter|heavier|older|exceed)|\bhow many times\b|\bsubtract\w*|\bminus\b|\bdivid\w*|차이|격차|뺀",
    re.I,
)
_SEVERAL = frozenset(
    re.findall(
        r"\w+",
        "mean median std variance min max sum count correlation percentage percentile skewness kurtosis range unique "
        "q1 q3 rmse mae r2",
    )
)
_PHRASES = (
    (r"subtract\w*\s+(?P<b>[^.\n]{1,90}?)\s+from\s+(?P<a>[^.\n]{1,90})", "difference"),
    (r"divid\w*\s+(?P<a>[^.\n]{1,90}?)\s+by\s+(?P<b>[^.\n]{1,90})", "ratio"),
    (r"(?P<a>[^.,;:(\n]{1,60}?)\s+(?:minus|-|−|–)\s+(?P<b>[^.,;)\n]{1,60})", "difference"),
    (r"(?P<a>[^.,;:(\n]{1,60}?)\s+(?:divided by|relative to|over|/)\s+(?P<b>[^.,;)\n]{1,60})", "ratio"),
    (r"\bratio (?:of|between)\s+(?P<a>[^.\n]{1,80}?)\s+(?:to|and|over|vs\.?)\s+(?P<b>[^.\n]{1,80})", "ratio"),
    (r"\bhow many times\b(?P<a>[^.\n]{1,90}?)\b(?:than|as|that of)\b(?P<b>[^.\n]{1,90})", "ratio"),
    (
        r"\bhow (?:many|much)(?P<sign>(?: \w+){0,2} (?:more|fewer|less|higher|lower|larger|greater|longer|shorter|"
        r"heavier|older|exceed\w*))(?P<a>[^.\n]{1,90}?)\bthan\b(?P<b>[^.\n]{1,90})",
        "difference",
    ),
    (
        r"\b(?:difference|gap)\b[^.\n]{0,40}?\b(?:between|of|in)\s+(?P<a>[^.\n]{1,90}?)\s+(?:and|from|versus|vs\.?)\s+"
        r"(?P<b>[^.\n]{1,90})",
        "difference",
    ),
)  # fmt: skip
_LESS = re.compile(r"\b(?:fewer|less|lower|shorter)\b")
_ABSOLUTE = re.compile(
    r"\babsolute (?:value|difference|gap)|\bin absolute terms|regardless of (?:the )?sign|"
    r"\b(?:higher|larger|greater|bigger) (?:\w+ )?minus (?:the )?(?:lower|smaller)|절댓값|절대값",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Operand:
    """A value and the words that tell it from the other one."""

    code: str
    words: tuple[str, ...]


def difference(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The code of a place that asks how far two values are apart or how many times one is the other; None of others.

    Raises NotUnderstood when it asks for that and the two aren't sure.
    """
    if part.words or part.kind not in ("number", "integer") or len(slot.parts) > 1:
        return None
    how = _kind(plan, slot, part)
    if how is None:
        return None
    if how == "cv":
        return _variation(plan, slot, part)
    if how == "growth":
        return _growth(plan, slot, part)
    asking = [one for one in plan.problem.sentences if _ASKS.search(one)]
    for found in (_siblings(plan, slot, how), _groups(plan, slot, part, asking), _columns(plan, slot, part, asking)):
        if found is not None:
            return plan.show(_combined(plan, how, *_ordered(plan, found, how), unsigned="range" in slot.words), part)
    apart = _extremes(plan, slot, how)
    if apart is not None:
        return plan.show(apart, part)
    raise NotUnderstood(slot.name)


def _kind(plan: Plan, slot: Slot, part: Part) -> str | None:
    own = plan.problem.frame.columns
    name = " ".join(slot.words)
    if any(re.search(_DIFFERENCE + r"|\bratio\b", " ".join(tokens(str(column)))) for column in own):
        return None
    if re.search(r"\bcv\b|\bcoefficient (?:of )?variation\b|\bvariation coefficient\b|변동계수", name):
        return "cv"
    if re.search(r"\b(?:growth|change|increase|decrease|rise|return)\b", name) and plan.problem.says(
        r"\bfirst\b[^.\n]{0,40}\b(?:to|and)\b[^.\n]{0,20}\blast\b"
    ):
        return "growth"
    if (
        plan.problem.features
        and not any(one.labels for one in plan.problem.features)
        and not (plan.problem.says(r"difference (?:of|between) (?:the|these) two\b") and re.search(_DIFFERENCE, name))
    ):
        return None
    if re.search(_RELATIVE, name):
        return "relative"
    if re.search(_DIFFERENCE, name) or (
        re.search(r"\brange\b", name)
        and plan.problem.says(r"(?:range|distance|difference) between (?:these|those|the) two")
    ):
        return "difference"
    if "per" in slot.words and plan.problem.says(r"\bdivid\w*|\bratio of") and plan.problem.says(r"\bsum\b|\btotal\b"):
        return "ratio"
    return "ratio" if re.search(_RATIO, name) else None


def is_difference(slot: Slot) -> bool:
    """Whether a place's name asks for a difference or a ratio."""
    return bool(re.search(f"{_DIFFERENCE}|{_RATIO}|{_RELATIVE}", " ".join(slot.words)))


def _variation(plan: Plan, slot: Slot, part: Part) -> str:
    values = plan.series(plan.frame(slot), plan.column(slot, part))
    ddof = "ddof=0" if plan.facts.population else ""
    says = f"{part.says} {plan.problem.low}"
    percent = re.search(r"percent|%|백분율", says) and not re.search(r"not (?:in|as a) percent", says)
    return plan.show(f"{values}.std({ddof}) / {values}.mean()" + (" * 100" if percent else ""), part)


def _growth(plan: Plan, slot: Slot, part: Part) -> str:
    """From the first row in time to the last: in percent where the question says so."""
    problem = plan.problem
    date = problem.date_column()
    column = plan.column(slot, part)
    frame = plan.frame(slot)
    if date is None or column == date or (frame == "df" and problem.frame[date].duplicated().any()):
        raise NotUnderstood(slot.name)
    values = problem.script.let(
        "in_order", f"{frame}.sort_values({problem.date(date)})[{problem.number(column)}].dropna()"
    )
    if not problem.says(r"percent|%|relative|\brate\b"):
        return plan.show(f"{values}.iloc[-1] - {values}.iloc[0]", part)
    return plan.show(f"({values}.iloc[-1] / {values}.iloc[0] - 1) * 100", part)


def _siblings(plan: Plan, slot: Slot, how: str) -> list[_Operand] | None:
    """The two other places of one measure, where there are just two."""
    from chat.analyst.closed.computing import value_of

    others: dict[str, list[tuple[Slot, str]]] = {}
    for other in plan.problem.format.slots:
        part = other.parts[0]
        if other is slot or len(other.parts) > 1 or part.words or part.kind not in ("number", "integer"):
            continue
        if _kind(plan, other, part) is not None:
            continue
        measure = measure_of(other, part, plan.problem.body, plan.problem.columns, asks_question=False)
        if measure is None and plan.slot_conditions(other):
            measure = "mean" if plan.problem.says(r"\bmean\b|\baverage") and part.kind == "number" else None
        measure = of_range(plan, measure)
        if measure in _SEVERAL:
            others.setdefault(str(measure), []).append((other, str(measure)))
    own = _own_measure(plan, slot)
    pairs = [pair for measure, pair in others.items() if len(pair) == 2 and own in (None, measure, "range")]
    if len(pairs) != 1:
        return None
    operands = []
    for other, measure in pairs[0]:
        code = value_of(plan, other, other.parts[0], measure)
        raw = re.fullmatch(r"shown\((.*?)(?:, \d+)?\)", code)
        if raw is None:
            return None
        values = [str(one.value) for one in plan.slot_conditions(other) if one.is_equality]
        columns = plan.named(other, other.parts[0])
        operands.append((raw[1], [*other.words, *[word for text in [*values, *columns] for word in tokens(text)]]))
    shared = set(operands[0][1]) & set(operands[1][1])
    if operands[0][0] == operands[1][0]:
        return None
    return [_Operand(code, tuple(word for word in words if word not in shared)) for code, words in operands]


def _core(sentence: str) -> str:
    """What is said to be compared: the words after `difference between`."""
    found = re.search(
        r"\b(?:difference|gap|ratio|subtract\w*|divid\w*|how (?:many|much))\b([^,;.\n]{1,120})", sentence, re.I
    )
    return found[1] if found else ""


def _own_measure(plan: Plan, slot: Slot) -> str | None:
    """The measure that a place's name, or else the words of its comparison, name."""
    told = replace(slot.parts[0], placeholder="", description="")
    names = [_without_difference(slot).name, *[_core(one) for one in plan.problem.sentences if _ASKS.search(one)]]
    for name in names:
        measure = measure_of(replace(slot, name=name), told, "", plan.problem.columns, asks_question=False)
        if measure:
            return measure
    return None


def _without_difference(slot: Slot) -> Slot:
    left = re.sub(f"{_DIFFERENCE}|{_RATIO}", " ", " ".join(slot.words))
    return replace(slot, name=left)


def _groups(plan: Plan, slot: Slot, part: Part, asking: Sequence[str]) -> list[_Operand] | None:
    """One statistic of two groups that the question names as what is compared."""
    problem = plan.problem
    for sentence in asking:
        by_column: dict[str, dict[object, tuple[int, str]]] = {}
        for start, word, column, value in named_values(problem, sentence):
            by_column.setdefault(column, {}).setdefault(value, (start, word))
        pairs = {column: values for column, values in by_column.items() if len(values) == 2}
        if len(pairs) > 1:
            pairs = {column: values for column, values in pairs.items() if column in problem.columns_in(problem.body)}
        if not pairs:
            both = _flag(plan, slot, part, sentence)
            if both:
                return both
        if len(pairs) != 1:
            continue
        column, values = next(iter(pairs.items()))
        measure, value_column = _statistic(plan, slot, part, sentence, column)
        operands = []
        for value, (_, word) in sorted(values.items(), key=lambda one: one[1][0]):
            rows = _rows(plan, slot, column, value)
            operands.append(_Operand(_of(plan, rows, value_column, measure), (word, *tokens(str(value)))))
        return operands
    return None


def _flag(plan: Plan, slot: Slot, part: Part, sentence: str) -> list[_Operand] | None:
    """One statistic of the rows in which something holds and of the others: `who exited and who did not`."""
    flags = named_flags(plan.problem, tokens(sentence))
    negation = re.search(r"\b(?:not|didn't|don't|without|non)\b|\bnon-?(?=\w)|\bthe others\b", sentence, re.I)
    if len(flags) != 1 or negation is None:
        return None
    measure, value_column = _statistic(plan, slot, part, sentence, flags[0])
    general = [one for one in [*plan.conditions, *plan.slot_conditions(slot)] if one.column != flags[0]]
    codes = [
        _of(
            plan,
            subset(plan.problem, "df", [*general, flagged(plan.problem, flags[0], holds)], "group"),
            value_column,
            measure,
        )
        for holds in (True, False)
    ]
    named = [one.start for one in plan.problem.mentions_in(sentence) if one.column == flags[0]]
    told = [_Operand(codes[0], ()), _Operand(codes[1], ())]
    return told if not named or named[0] < negation.start() else told[::-1]


def _rows(plan: Plan, slot: Slot, column: str, value: object) -> str:
    general = [one for one in [*plan.conditions, *plan.slot_conditions(slot)] if one.column != column]
    conditions: list[Condition] = [*general, equal(plan.problem, column, value)]
    return subset(plan.problem, "df", conditions, "group")


def _statistic(plan: Plan, slot: Slot, part: Part, sentence: str, group: str) -> tuple[str, str | None]:
    """The measure of two operands and its column; None for rows that are counted."""
    problem = plan.problem
    bare = _without_difference(slot)
    told = replace(part, placeholder="", description="")
    measure = _own_measure(plan, slot)
    for text in (sentence, *problem.sentences):
        if measure is None:
            measure = measure_of(replace(bare, name=text), told, "", problem.columns, asks_question=False)
    if measure not in (
        "mean",
        "median",
        "std",
        "variance",
        "min",
        "max",
        "sum",
        "count",
        "skewness",
        "kurtosis",
        "range",
    ):
        raise NotUnderstood(slot.name)
    named = [c for c in plan.named(bare, told) if c != group]
    if measure == "count" and not named and not problem.columns_in(_core(sentence), at_least=70):
        return "count", None
    for text in (sentence, *problem.sentences):
        named = named or [c for c in problem.columns_in(text, at_least=40) if problem.is_numeric(c) and c != group]
    if measure == "count" and not named:
        return "count", None
    if len(named) > 1:
        sure = [c for c in named if c in problem.columns_in(sentence, at_least=70)]
        named = sure or named
    if not named:
        raise NotUnderstood(slot.name)
    return measure, named[0]


def _of(plan: Plan, frame: str, column: str | None, measure: str) -> str:
    from chat.analyst.closed.computing import statistic

    if column is None or measure == "count":
        return f"len({frame})"
    code = statistic(plan, frame, column, measure, Part("", "", 2, "number"))
    return re.sub(r"^shown\((.*?), \d+\)$", r"\1", code)


def _columns(plan: Plan, slot: Slot, part: Part, asking: Sequence[str]) -> list[_Operand] | None:
    """One statistic of two columns."""
    problem = plan.problem
    for sentence in asking:
        columns = [c for c in problem.columns_in(sentence, at_least=70) if problem.kind(c) == "number"]
        columns = [c for c in columns if not is_flag(problem, c)]
        if len(columns) != 2:
            continue
        told = replace(part, placeholder="", description="")
        measure = None
        for text in (_without_difference(slot).name, *map(plan.unnamed, (sentence, *problem.sentences))):
            measure = measure or measure_of(replace(slot, name=text), told, "", problem.columns, asks_question=False)
        if measure not in ("mean", "median", "std", "variance", "min", "max", "sum", "skewness", "kurtosis"):
            return None
        frame = plan.frame(slot)
        shared = set(tokens(columns[0])) & set(tokens(columns[1]))
        return [
            _Operand(_of(plan, frame, column, measure), tuple(word for word in tokens(column) if word not in shared))
            for column in columns
        ]
    return None


def _extremes(plan: Plan, slot: Slot, how: str) -> str | None:
    """How far the highest group is from the lowest, where another place asks for the one of them."""
    apart = re.search(
        r"\b(?:highest|largest|maximum|greatest|best)\b[^.\n]{0,90}\b(?:lowest|smallest|minimum|least|worst)\b|"
        r"\b(?:lowest|smallest|minimum|cheapest|driest)\b[^.\n]{0,90}\b(?:highest|largest|maximum|greatest)\b|"
        r"\b(?:exceed|more|higher|larger|greater)\b[^.\n]{0,60}\b\w+est\b",
        plan.problem.low,
    )
    if not apart:
        return None
    for other in plan.problem.format.slots:
        one = other.parts[0]
        if other is slot or len(other.parts) > 1 or one.words:
            continue
        try:
            groups, _ = extremes.groups_of(plan, other, one)
        except NotUnderstood:
            continue
        sign = " / " if how == "ratio" else " - "
        return f"{groups}.max(){sign}{groups}.min()"
    return None


def _ordered(plan: Plan, pair: Sequence[_Operand], how: str) -> tuple[str, str]:
    """The two values in the order in which the one is taken from, or divided by, the other."""
    first, second = pair
    for pattern, kind in _PHRASES:
        if kind != ("ratio" if how == "ratio" else "difference"):
            continue
        for sentence in plan.problem.sentences:
            for found in re.finditer(pattern, sentence, re.I):
                places = [
                    _says(found["a"], first),
                    _says(found["b"], second),
                    _says(found["a"], second),
                    _says(found["b"], first),
                ]
                swapped = bool("sign" in found.groupdict() and _LESS.search(found["sign"])) and not re.search(
                    r"\bor (?:fewer|less|lower|shorter)", found["sign"] + found["a"]
                )
                straight, crossed = places[0] and places[1], places[2] and places[3]
                if straight and not crossed:
                    return (second.code, first.code) if swapped else (first.code, second.code)
                if crossed and not straight:
                    return (first.code, second.code) if swapped else (second.code, first.code)
    return first.code, second.code


def _says(text: str, one: _Operand) -> bool:
    return any(same(word, own) or (len(own) > 3 and word.startswith(own)) for word in tokens(text) for own in one.words)


def _combined(plan: Plan, how: str, first: str, second: str, *, unsigned: bool = False) -> str:
    first, second = _bracketed(first), _bracketed(second)
    if how == "ratio":
        return f"{first} / {second}"
    if how == "relative":
        return f"({first} - {second}) / {second} * 100"
    return f"abs({first} - {second})" if _ABSOLUTE.search(plan.problem.body) or unsigned else f"{first} - {second}"


def _bracketed(code: str) -> str:
    return f"({code})" if re.search(r" [-+*/] ", code) and not re.fullmatch(r"\([^()]*\)", code) else code
