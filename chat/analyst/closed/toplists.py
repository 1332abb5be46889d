"""Lists of the first names by a quantity: `the three makes with the greatest power`, `top 5 states by income`."""

from __future__ import annotations

import re

from chat.analyst.closed.plans import Plan
from chat.analyst.closed.problems import NotUnderstood
from chat.analyst.closed.slots import Part, Slot
from chat.analyst.closed.wording import number

_COUNT = r"(?P<n>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
_MOST = r"highest|largest|most|greatest|biggest|best|longest|heaviest|oldest|strongest"
_LEAST = r"lowest|smallest|fewest|least|worst|shortest|lightest|youngest|weakest"
_LISTS = (
    rf"\b(?P<side>top|bottom)[- ]{_COUNT}\s+(?P<noun>[a-z][\w ]{{1,30}}?)\s+(?:by|according to|in terms of|"
    rf"based on|ranked by|with|in)\s+"
    r"(?P<by>[^.?;\n]{2,90})",
    rf"\b{_COUNT}\s+(?:different\s+)?(?P<noun>[a-z][\w ]{{1,30}}?)\s+(?:with|having|that have|which have|that "
    rf"had)\s+(?:the\s+)?"
    rf"(?P<side>{_MOST}|{_LEAST})\s+(?P<by>[^.?;\n]{{2,90}})",
    rf"\b{_COUNT}\s+(?P<side>most|least)\s+(?:common|frequent|often)\w*\s+(?P<noun>[^.?;\n]{{2,60}})(?P<by>)",
)  # fmt: skip
_HOW = (
    ("mean", r"\baverage|\bmean\b"),
    ("median", r"\bmedian\b"),
    ("sum", r"\btotal\b|\bsum"),
    ("max", r"\bmaximum\b"),
)


def top_list(plan: Plan, slot: Slot, part: Part) -> str | None:
    """The code of a list of names by rank; None where a place asks for none.

    Raises NotUnderstood when who is listed, or by what, isn't sure.
    """
    if part.kind != "list" or part.words:
        return None
    problem = plan.problem
    found = next((one for pattern in _LISTS for s in problem.sentences if (one := re.search(pattern, s, re.I))), None)
    count = number(found["n"]) if found else None
    if found is None or count is None:
        return None
    least = re.fullmatch(rf"bottom|{_LEAST}", found["side"], re.I) is not None
    by = found["by"]
    values = [c for c in problem.columns_in(by, at_least=45) if problem.is_numeric(c)]
    label = _label(plan, slot, found["noun"], values)
    frame = plan.frame(slot)
    if not values:
        if not re.search(r"common|frequent|often", found.group(), re.I) and not problem.says(
            r"\bcount\w*\b|\bnumber of (?:rows|records|entries)|\brows per\b"
        ):
            raise NotUnderstood(found.group())
        ranked = problem.script.let("counts", f"{frame}[{label!r}].value_counts()")
        return _shown(ranked, int(count), least)
    how = next((name for name, pattern in _HOW if re.search(pattern, plan.unnamed(by), re.I)), None)
    for sentence in problem.sentences[1:]:
        if how is None and values[0] in problem.columns_in(sentence, at_least=45):
            how = next((name for name, pattern in _HOW if re.search(pattern, plan.unnamed(sentence), re.I)), None)
    if problem.frame[label].is_unique:
        rows = f"{frame}.{'nsmallest' if least else 'nlargest'}({int(count)}, {problem.number(values[0])})"
        return f"shown(list({rows}[{label!r}].astype(str)))"
    if how is None:
        raise NotUnderstood(found.group())
    groups = f"{frame}.groupby({label!r})[{problem.number(values[0])}].{how}()"
    return _shown(problem.script.let("per_group", groups), int(count), least)


def _shown(ranked: str, count: int, least: bool) -> str:
    return f"shown(list({ranked}.sort_values(ascending={least}, kind='stable').index[:{count}].astype(str)))"


def _label(plan: Plan, slot: Slot, noun: str, values: list[str]) -> str:
    problem = plan.problem
    own = list(map(str, problem.frame.columns))
    for text in (noun, " ".join(slot.words), slot.inside):
        columns = [c for c in problem.columns_in(text, at_least=45) if c in own and c not in values]
        if columns:
            return columns[0]
    texts = [c for c in own if problem.kind(c) == "text"]
    unique = [c for c in texts if problem.frame[c].is_unique]
    if len(texts) == 1 or len(unique) == 1:
        return (unique or texts)[0]
    raise NotUnderstood(noun)
