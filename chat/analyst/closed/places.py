"""The conditions that the name of a place adds: `mean_fare_male_class1`, `A반평균`, `casual_weekend`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.features import masked
from chat.analyst.closed.mentions import find_mentions, same
from chat.analyst.closed.problems import Problem
from chat.analyst.closed.scopes import COMMON, NEGATIONS, equal, flagged, named_flags, ordinals
from chat.analyst.closed.wording import letters, plain, tokens


def slot_conditions(problem: Problem, words: Sequence[str], name: str) -> list[Condition]:
    """The conditions that the words of a place's name state."""
    joined = "_".join(words)
    found: list[Condition] = []
    for feature in problem.features:
        for label in sorted(feature.labels, key=len, reverse=True):
            if _has(words, tokens(label)):
                found.append(Condition(feature.name, f"({FRAME}[{feature.name!r}] == {label!r})", True, label))
                break
    found += _slot_values(problem, _without_names(problem, name, words), name)
    found += _slot_flags(problem, words)
    found += ordinals(problem, words)
    found += _thresholds(problem, name)
    found += _halves(problem, words)
    found += _calendar(problem, joined)
    found += _nulls(problem, words)
    return list(dict.fromkeys(found))


def _without_names(problem: Problem, name: str, words: Sequence[str]) -> list[str]:
    """The words of a place's name that aren't the written name of a column: TMAX is no value in `mean_TMAX_F`."""
    left = list(words)
    for one in find_mentions(name, list(map(str, problem.frame.columns))):
        if one.score >= 90 or (letters(name).endswith(letters(one.column)) and len(tokens(one.column)) > 1):
            for word in tokens(one.column) if len(tokens(one.column)) > 1 else []:
                if word in left:
                    left.remove(word)
    return left


def _has(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return bool(wanted) and any(
        all(same(words[start + offset], part) for offset, part in enumerate(wanted))
        for start in range(len(words) - len(wanted) + 1)
    )


def _slot_values(problem: Problem, words: Sequence[str], name: str) -> list[Condition]:
    best: list[tuple[int, Condition]] = []
    made = [f.name for f in problem.features if not f.labels]
    for column in [*problem.groups()]:
        if problem.kind(column) != "text" and column.isascii():
            continue
        for value in problem.distinct(column):
            wanted = tokens(str(value))
            korean = len(letters(str(value))) > 1 and not str(value).isascii() and letters(str(value)) in letters(name)
            if korean or (letters(f"{value}{column}") in letters(name) and not column.isascii()):
                best.append((len(wanted) + 1, equal(problem, column, value)))  # `A반평균`
                continue
            if len(str(value)) == 1 and _is_letter_of(problem, column, str(value), words):
                best.append((1, equal(problem, column, value)))
                continue
            if letters(str(value)) in COMMON or len(letters(str(value))) < 2 or not all(len(w) > 0 for w in wanted):
                continue
            if wanted and all(word in words for word in wanted) and _exactly(words, wanted):
                best.append((len(wanted), equal(problem, column, value)))
    for feature in made:
        for value in re.findall(r"['\"]([A-Z]\w*\.)['\"]", problem.body):
            if tokens(value) and tokens(value)[0] in words:
                best.append((1, Condition(feature, f"({FRAME}[{feature!r}] == {value!r})", True, value)))
    said = problem.columns_in(problem.body, at_least=75)
    shared = {str(one.value) for _, one in best if sum(str(two.value) == str(one.value) for _, two in best) > 1}
    named = {str(one.value) for _, one in best if one.column in said}
    best = [one for one in best if not (str(one[1].value) in shared & named and one[1].column not in said)]
    by_column: dict[str, tuple[int, Condition]] = {}
    for length, condition in best:
        if condition.column not in by_column or length > by_column[condition.column][0]:
            by_column[condition.column] = (length, condition)
    return [condition for _, condition in by_column.values()]


def _is_letter_of(problem: Problem, column: str, value: str, words: Sequence[str]) -> bool:
    """Whether a place's name ends in a value of one letter that the question says with its column: `discipline A`."""
    said = " ".join(
        [problem.body, *[f"{slot.inside} {part.description}" for slot in problem.format.slots for part in slot.parts]]
    )
    told = rf"\b{re.escape(column)}\W{{1,3}}(?:(?:is|=|==)\W{{1,3}})?{re.escape(value)}\b"
    return value.isalpha() and value.casefold() in words[-1:] and bool(re.search(told, said, re.I))


def _exactly(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(list(words[start : start + len(wanted)]) == list(wanted) for start in range(len(words)))


def _slot_flags(problem: Problem, words: Sequence[str]) -> list[Condition]:
    found = []
    for column in named_flags(problem, words):
        parts = [part for part in tokens(column) if len(part) > 3]
        holds = _holds(words, parts)
        others = [_holds(slot.words, parts) for slot in problem.format.slots]
        if holds is not None and (not holds or False in others):
            found.append(flagged(problem, column, holds))
    return found


def _holds(words: Sequence[str], parts: Sequence[str]) -> bool | None:
    """Whether words say that a flag is set, `smokers`, or that it isn't, `nonsmokers`; None when they don't name it."""
    for index, word in enumerate(words):
        if word.startswith("non") and any(same(word.removeprefix("non"), part) for part in parts):
            return False
        if any(same(word, part) for part in parts):
            return not NEGATIONS & set(words[max(0, index - 2) : index])
    return None


def _thresholds(problem: Problem, name: str) -> list[Condition]:
    found = re.search(
        r"(above|over|below|under|between)_?(\d+(?:\.\d+)?)(?:_?(?:and|to)_?(\d+(?:\.\d+)?))?", name, re.I
    )
    if not found:
        return []
    for one in re.finditer(
        r"⟦(\d+)⟧s?\s*(?:is |are )?(?:below|above|between|under|over)", masked(problem, problem.body).text, re.I
    ):
        column = masked(problem, problem.body).at(one[1])
        if problem.is_numeric(column):
            literal, low = problem.number(column), plain(float(found[2]))
            if found[3]:
                return [Condition(column, f"{FRAME}[{literal}].between({low!r}, {plain(float(found[3]))!r})")]
            sign = ">" if found[1].lower() in ("above", "over") else "<"
            return [Condition(column, f"({FRAME}[{literal}] {sign} {low!r})")]
    return []


def _halves(problem: Problem, words: Sequence[str]) -> list[Condition]:
    """`high_damage`, `low_damage` where the question parts rows at the median or the mean of a column."""
    side = next((word for word in words if word in ("high", "low")), None)
    found = re.search(
        r"above and below the (median|mean|average)|(median|mean|average)[^.\n]{0,40}(?:threshold|cutoff|split)",
        problem.low,
    )
    if side is None or not found:
        return []
    after = words[words.index(side) + 1 : words.index(side) + 2]
    for column in problem.columns:
        if problem.is_numeric(column) and after and any(same(after[0], part) for part in tokens(column)):
            literal = problem.number(column)
            against = "median" if "median" in found.group() else "mean"
            sign = ">" if side == "high" else "<"
            return [Condition(column, f"({FRAME}[{literal}] {sign} df[{literal}].{against}())")]
    return []


def _calendar(problem: Problem, joined: str) -> list[Condition]:
    if not re.search(r"week_?days?|week_?ends?|주중|평일|주말", joined):
        return []
    if problem.says(r"(?:which|what) (?:day of (?:the )?week|weekday)"):
        return []  # one of the seven
    column = problem.date_column()
    if column is None:
        return []
    sign = ">=" if re.search(r"week_?end|주말", joined) else "<"
    return [Condition(column, f"({FRAME}[{problem.date(column)}].dt.day_of_week {sign} 5)")]


def _nulls(problem: Problem, words: Sequence[str]) -> list[Condition]:
    joined = "_".join(words)
    found = re.search(r"(not_?null|non_?null|null)", joined)
    if not found or "missing" in words or "count" in words or "percentage" in words or "entries" in words:
        return []
    for column in map(str, problem.frame.columns):
        if all(part in words for part in tokens(column)):
            test = "isna" if found[1] == "null" else "notna"
            return [Condition(column, f"{FRAME}[{column!r}].{test}()")]
    return []
