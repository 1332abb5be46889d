"""Decides for each place of an answer which computed quantity it is, and writes the lines that compute and print it."""

from __future__ import annotations

import re
from dataclasses import replace

from chat.analyst.closed.choices import speaks_of_extremes
from chat.analyst.closed.computing import value_of
from chat.analyst.closed.facts import facts_of
from chat.analyst.closed.measures import measure_of
from chat.analyst.closed.mentions import same
from chat.analyst.closed.outliers import outlier_mask
from chat.analyst.closed.places import slot_conditions
from chat.analyst.closed.plans import Plan, of_range, of_series
from chat.analyst.closed.preparing import prepare
from chat.analyst.closed.problems import NotUnderstood, Problem
from chat.analyst.closed.rules import rule_in
from chat.analyst.closed.scopes import body_conditions, equal
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import letters, number

_WORD_PLACE = re.compile(
    r"labels?|types?|verdict|text|word|conclusion|decision|strength|result|significance|answer|판단|결론|결과", re.I
)


def plan(problem: Problem) -> list[str]:
    """Write the whole script; returns the names of places that couldn't be determined.

    Raises NotUnderstood when none could.
    """
    facts = facts_of(problem.body)
    problem.format = replace(problem.format, slots=tuple(_typed(problem, slot) for slot in problem.format.slots))
    whole = Plan(problem, facts)
    staged = any(whole.is_before(slot) for slot in problem.format.slots) or _asks_for_gaps(whole)
    if staged:
        problem.script.lines.append("before = df.copy()")
    prepare(problem)
    whole.before = "before" if staged else None
    _replaced_outliers(whole)
    unknown = problem.unknown_category()
    if unknown:
        raise NotUnderstood(unknown)
    whole.conditions = body_conditions(problem)
    _foremost(whole)
    _free_groups(whole)
    if problem.format.is_repeated:
        return _per_group(whole)
    return _slots(whole)


def _typed(problem: Problem, slot: Slot) -> Slot:
    """A place whose placeholder is a column of words, or stands for the words of a rule, as a place for a word."""
    part = slot.parts[0]
    if len(slot.parts) > 1 or part.kind != "number" or part.words or part.description:
        return slot
    rule = rule_in(problem.body)
    if rule and _WORD_PLACE.fullmatch(part.placeholder.strip()):
        return replace(slot, parts=(replace(part, kind="text", words=tuple(word for word, _ in rule.words)),))
    named = [c for c in problem.columns_in(part.placeholder, at_least=75) if c in map(str, problem.frame.columns)]
    named = named or [c for c in map(str, problem.frame.columns) if letters(c) == letters(part.placeholder) != ""]
    if not named and problem.says(r"\b(?:which|what|whose|name)\b"):
        named = [c for c in map(str, problem.frame.columns) if letters(c) == letters(slot.name)]
    if named and problem.kind(named[0]) == "text" and speaks_of_extremes(problem):
        return replace(slot, parts=(replace(part, kind="text"),))
    return slot


def _asks_for_gaps(whole: Plan) -> bool:
    """Whether a place counts the missing values that the question fills: those that were there before."""
    fills = whole.problem.says(r"\bfill|imput|replac\w* (?:\w+ ){0,3}(?:missing|null|nan)|대체|채우|채운")
    counted = [
        one
        for one in whole.problem.format.slots
        if re.search(r"missing|null|결측", one.name, re.I)
        and re.search(r"count|num|total|개수|수|^n$|^missing(?:_values?)?$", f"{one.name} {one.inside}", re.I)
    ]
    return bool(fills and counted)


def _foremost(whole: Plan) -> None:
    """Keep only the rows that are first in a column: `the mean age of the five players with the highest value`."""
    problem = whole.problem
    found = re.search(
        r"\b(two|three|four|five|six|seven|eight|nine|ten|\d{1,3}) ([a-z][\w ]{1,30}?) with the "
        r"(highest|largest|most|greatest|lowest|smallest|fewest|least) ([^.?\n]{2,60})",
        problem.low,
    )
    count = number(found[1]) if found else None
    lists = any(part.kind == "list" for slot in problem.format.slots for part in slot.parts)
    if found is None or count is None or count < 2 or lists:
        return
    by = [c for c in problem.columns_in(found[4], at_least=40) if problem.is_numeric(c)]
    singles = all(part.kind in ("number", "integer") for slot in problem.format.slots for part in slot.parts)
    groups = [c for c in problem.groups() if same(found[2].split()[-1], letters(c))]
    if not by or not singles or groups or whole.conditions:
        raise NotUnderstood(found.group())
    pick = "nsmallest" if found[3] in ("lowest", "smallest", "fewest", "least") else "nlargest"
    problem.script.add(f"df = df.{pick}({int(count)}, {problem.number(by[0])})")


def _free_groups(whole: Plan) -> None:
    """Take back the conditions on columns that places are told apart by."""
    told = {
        one.column
        for slot in whole.problem.format.slots
        for one in slot_conditions(whole.problem, slot.words, slot.name)
    }
    values = {
        column: {
            one.code
            for slot in whole.problem.format.slots
            for one in slot_conditions(whole.problem, slot.words, slot.name)
            if one.column == column
        }
        for column in told
    }
    made = {one.name for one in whole.problem.features if one.labels}
    whole.conditions = [
        one for one in whole.conditions
        if not (one.column in told and len(values[one.column]) > 1) and one.column not in made
    ]  # fmt: skip


def _slots(whole: Plan) -> list[str]:
    missing: list[str] = []
    computed: dict[str, list[str]] = {}
    for slot in whole.problem.format.slots:
        pieces = []
        mark = whole.problem.script.mark()
        try:
            for part in slot.parts:
                measure = measure_of(
                    slot, part, whole.problem.body, whole.problem.columns, asks_question=_says_about_what(whole, slot)
                )
                measure = of_series(whole, slot, of_range(whole, measure))
                pieces.append(_parted(slot, part, value_of(whole, slot, part, measure)))
        except NotUnderstood:
            whole.problem.script.back_to(mark)
            missing.append(slot.name)
            continue
        computed.setdefault(repr(pieces), []).append(slot.name)
        between = f", {slot.between!r}, "
        whole.problem.script.prints.append(f"{_opening(slot.name)}, {between.join(pieces)}, ']', sep='')")
    # Places of different names that come to the same can't have been told apart.
    alike = {name for names in computed.values() if len({*map(_unstaged, names)}) > 1 for name in names}
    if alike:
        script = whole.problem.script
        script.prints = [one for one in script.prints if not any(one.startswith(_opening(name)) for name in alike)]
        missing += [slot.name for slot in whole.problem.format.slots if slot.name in alike]
        computed = {key: names for key, names in computed.items() if not alike & set(names)}
    if not computed:
        raise NotUnderstood(", ".join(missing))
    return missing


def _says_about_what(whole: Plan, slot: Slot) -> bool:
    """Whether a place leaves what to compute to the question: one alone, or one that names a column or a group."""
    problem = whole.problem
    if len(problem.format.slots) == 1 or any(part.kind == "integer" for part in slot.parts):
        return True
    named = problem.columns_in(slot.name, at_least=45) or problem.columns_in(" ".join(slot.words), at_least=45)
    return bool(named or whole.slot_conditions(slot)) or any(whole.named(slot, part) for part in slot.parts)


def _parted(slot: Slot, part: Part, code: str) -> str:
    """The code of a list with what parts its elements, where that isn't the usual."""
    if part.kind != "list" or slot.between == ", " or not code.startswith("shown("):
        return code
    return f"{code[:-1]}, between={slot.between!r})"


def _opening(name: str) -> str:
    return f"print({f'@{name}['!r}"


def _unstaged(name: str) -> str:
    """A place's name without what says when: before and after may well be equal."""
    return re.sub(r"_?(?:before|after|pre|post|new|original)_?", "", name, flags=re.I)


def _per_group(whole: Plan) -> list[str]:
    """All places once for each value of the column that the question names after `for each`."""
    found = re.search(r"for each ([\w ]+)", whole.problem.low)
    columns = [c for c in whole.problem.columns_in(found[1] if found else "") if c in whole.problem.groups()]
    if not columns:
        columns = [
            c
            for c in whole.problem.groups()
            if any(letters(c) in letters(slot.name) for slot in whole.problem.format.slots)
        ]
    if not columns:
        raise NotUnderstood("for each")
    missing: list[str] = []
    for value in sorted(whole.problem.distinct(columns[0]), key=str):
        whole.extra = [equal(whole.problem, columns[0], value)]
        missing += _slots(whole)
    return list(dict.fromkeys(missing))


def _replaced_outliers(whole: Plan) -> None:
    """Outliers that a question replaces instead of leaving them out."""
    found = re.search(
        r"replac\w*[^.\n]{0,90}(?:outlier|standard deviations?)[^.\n]{0,60}\bwith\b[^.\n]{0,20}\b(mean|median)",
        whole.problem.low,
    )
    if not found or not whole.facts.outlier_method:
        return
    numeric = [c for c in whole.problem.columns_in(found.group()) if whole.problem.is_numeric(c)] or whole.mentioned()
    if not numeric:
        return
    column = numeric[0]
    mask = outlier_mask(whole, "df", column)
    values = whole.series("df", column)
    whole.problem.script.add(f"{values} = {values}.mask({mask}, {values}.{found[1]}())")
