"""Groups that a question defines by limits: `small classes are those with str below 20`, `18-29, 30-49 and 50+`."""

from __future__ import annotations

import re
from itertools import pairwise

from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.measures import measure_of
from chat.analyst.closed.mentions import same
from chat.analyst.closed.problems import Feature, Problem
from chat.analyst.closed.scopes import comparisons
from chat.analyst.closed.slots import Slot
from chat.analyst.closed.wording import FILLERS, plain, tokens

_N = r"(-?\d[\d,]*(?:\.\d+)?)"
_SPAN = rf"{_N}\s*(?:-|–|~|to)\s*{_N}"
_OPEN = (
    rf"{_N}\s*(?:[a-z]+\s+)?(?:\+|(?:or|and) (?:above|over|older|more|higher|up|later|longer)|plus\b)|"
    rf"(?:over|above)\s+{_N}"
)
_START = rf"(?:under|below|less than|up to)\s+{_N}|{_N}\s*(?:or|and) (?:under|below|younger|less|fewer)"
_RANGE = re.compile(rf"(?:{_SPAN}|{_OPEN}|{_START})", re.I)
_SORTS = re.compile(
    r"\b(?:bin|bins|binned|bands?|brackets?|buckets?|intervals?|ranges?|classes|categor\w+|groups?|group(?:ed|ing)?)\b|구간|그룹",
    re.I,
)
_EDGES = re.compile(
    rf"(?:\bbins?\b|\bedges?\b|\bcut(?:s|[- ]?points?| ?offs?)?\b|\bboundar(?:y|ies)\b|\bbreaks?(?:points)?\b|"
    rf"\bpd\.cut\b|경계)"
    rf"[^\d\[\n.]{{0,50}}[\[(]?\s*({_N}(?:\s*,\s*(?:and\s+)?{_N}|\s+and\s+{_N}){{2,}})",
    re.I,
)
_LABELS = re.compile(r"\blabel(?:s|led|ed)?\b[^\"'“‘\n]{0,30}((?:[\"'“‘][^\"'”’\n]{1,30}[\"'”’][\s,;and]*){2,})", re.I)
_CLAUSES = re.compile(
    r";|,(?!\d)|\bwhile\b|\bwhereas\b|\band\b(?!\s+(?:above|below|over|under|older|younger|more|less|later|higher|lower|"
    r"up|\d))",
    re.I,
)
_OTHERS = re.compile(r"\b(?:other|others|otherwise|rest|remaining|else)\b|나머지", re.I)


def add_definitions(problem: Problem) -> None:
    """Write the lines for the groups that the places' names speak of and that the question defines by limits."""
    if problem.features:
        return
    if _add_edges(problem) or _add_ranges(problem):
        return
    _add_limits(problem)


def _numeric_slots(problem: Problem) -> list[Slot]:
    return [
        slot
        for slot in problem.format.slots
        if len(slot.parts) == 1 and slot.parts[0].kind in ("number", "integer") and not slot.parts[0].words
    ]


def _sorted_column(problem: Problem, sentence: str) -> str | None:
    """The column whose values are sorted into ranges: said after `by`, or the only one of numbers in the sentence."""
    for text in (sentence, *[one for one in problem.sentences if _SORTS.search(one)], *problem.sentences):
        if text != sentence and not _SORTS.search(text):
            continue
        for found in re.finditer(
            r"\b(?:by|according to|based on|on|of|into|the|discreti[sz]e|bin|cut)\s+([^.,;:\n(]{2,60})", text, re.I
        ):
            before = text[max(0, found.start() - 60) : found.start(1)]
            if not re.search(
                r"group|bin|band|discreti|classif|bracket|bucket|categor|sort|cut|divid|split|interval", before, re.I
            ):
                continue
            columns = [c for c in problem.columns_in(found[1], at_least=45) if problem.kind(c) in ("number", "written")]
            if columns:
                return columns[0]
        columns = [c for c in problem.columns_in(text, at_least=70) if problem.kind(c) in ("number", "written")]
        if len(columns) == 1:
            return columns[0]
    return None


def _add_ranges(problem: Problem) -> bool:
    """Ranges without names, `0-9 years, 10-19 years and 20 or more`, that the places follow by digits or in order."""
    for sentence in problem.sentences:
        listed = _listed(sentence)
        if len(listed) < 2 or not any(_SORTS.search(one) for one in problem.sentences):
            continue
        ranges = [_bounds(one) for one in listed]
        labels = _labels(problem, ranges)
        column = _sorted_column(problem, sentence)
        if labels is None or column is None or len(ranges) < 2:
            continue
        values = f"df[{problem.number(column)}]"
        lines = ["df['group'] = pd.Series(dtype=object, index=df.index)"]
        for label, (low, high) in zip(labels, ranges, strict=True):
            following = min(
                (one[0] for one in ranges if one[0] is not None and high is not None and one[0] > high), default=None
            )
            upper = (
                f"({values} < {plain(following)!r})"
                if following is not None and following - (high or 0) <= 1
                else (f"({values} <= {plain(high)!r})" if high is not None else "")
            )
            if low is None and re.search(r"under|below|less than", listed[0], re.I):
                upper = f"({values} < {plain(high or 0)!r})"
            lower = f"({values} >= {plain(low)!r})" if low is not None else ""
            if low is not None and high is None and any(one[1] == low for one in ranges):
                lower = f"({values} > {plain(low)!r})"
            lines.append(f"df.loc[{' & '.join(filter(None, (lower, upper)))}, 'group'] = {label!r}")
        problem.script.add(*lines)
        problem.sources.add(column)
        problem.features.append(Feature("group", tuple(labels)))
        problem.defining.add(sentence)
        return True
    return False


def _listed(sentence: str) -> list[str]:
    """The ranges of a list of them: at most a few words stand between two."""
    found: list[str] = []
    end = 0
    for one in _RANGE.finditer(sentence):
        if found and (one.start() - end > 30 or re.search(r"\d", sentence[end : one.start()])):
            break
        found.append(one.group())
        end = one.end()
    return found


def _bounds(text: str) -> tuple[float | None, float | None]:
    said = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", said)]
    if len(numbers) > 1:
        return numbers[0], numbers[1]
    return (None, numbers[0]) if re.search(r"under|below|less|up to|younger|fewer", said, re.I) else (numbers[0], None)


def _labels(problem: Problem, ranges: list[tuple[float | None, float | None]]) -> list[str] | None:
    """The words by which places tell the ranges apart: their digits, or their whole names where they are as many."""
    slots = _numeric_slots(problem)
    digits = [" ".join(str(plain(bound)) for bound in one if bound is not None) for one in ranges]
    told = [[slot for slot in slots if f" {one} " in f" {' '.join(slot.words)} "] for one in digits]
    if all(told) and len(set(digits)) == len(digits):
        return digits
    names = [slot.name for slot in slots]
    if len(slots) == len(ranges) and not any(re.search(r"\d", name) for name in names):
        return names
    return None


def _add_edges(problem: Problem) -> bool:
    """Rows cut at given edges: `bins [0, 10, 20, 50] with labels "low", "middle" and "high"`."""
    found = _EDGES.search(problem.body)
    if found is None:
        return False
    edges = [
        float(one.replace(",", ""))
        for one in re.findall(r"-?\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3}\b)", "", found[1]))
    ]
    if edges != sorted(set(edges)) or len(edges) < 3:
        return False
    given = _LABELS.search(problem.body)
    labels: list[str] | None = re.findall(r"[\"'“‘]([^\"'”’\n]{1,30})[\"'”’]", given[1]) if given else None
    spans: list[tuple[float | None, float | None]] = list(pairwise(edges))
    labels = labels or _labels(problem, spans)
    sentence = next((one for one in problem.sentences if found.group()[:20] in one), problem.body)
    column = _sorted_column(problem, sentence)
    if labels is None or len(labels) != len(spans) or column is None:
        return False
    left = re.search(
        r"right\s*=\s*False|left[- ](?:closed|inclusive)|includ\w+ the (?:left|lower)|(?:left|lower) (?:edge|"
        r"bound|limit)s? "
        r"(?:is |are )?(?:included|inclusive)|(?:right|upper) (?:edge|bound|limit)s? (?:is |are )?exclu",
        problem.body,
        re.I,
    )
    lowest = ", include_lowest=True" if re.search(r"include_lowest|includ\w+ the lowest", problem.body, re.I) else ""
    shown = [plain(one) for one in edges]
    problem.script.add(
        f"df['group'] = pd.cut(df[{problem.number(column)}], {shown!r}, labels={labels!r}"
        f"{', right=False' if left else lowest}).astype(object)"
    )
    problem.sources.add(column)
    problem.features.append(Feature("group", tuple(labels)))
    problem.defining.add(sentence)
    return True


def _add_limits(problem: Problem) -> None:
    """Groups that have a name and a limit each: `a depth under 300 km is shallow, all others are deep`."""
    words = _label_words(problem)
    if not words:
        return
    found: dict[str, tuple[str, str]] = {}
    sentences: dict[str, str] = {}
    for sentence in problem.sentences:
        column: str | None = None
        inside: list[str] = []
        for clause in _CLAUSES.split(sentence):
            labels = [word for word in words if any(same(word, own) for own in tokens(clause))]
            numeric = [c for c in problem.columns_in(clause, at_least=70) if problem.kind(c) == "number"]
            conditions = _by_scores(problem, clause) or comparisons(problem, clause)
            if not conditions and column and re.search(r"\d", clause):
                conditions = comparisons(problem, f"{column} {clause}")
            column = numeric[0] if len(numeric) == 1 else column
            if len(labels) != 1 or labels[0] in found:
                continue
            if len(conditions) == 1:
                found[labels[0]] = (conditions[0].column, conditions[0].code.replace(FRAME, "df"))
                sentences[labels[0]] = sentence
                inside.append(labels[0])
            elif _OTHERS.search(clause) and inside:
                rest = " & ".join(f"~{found[one][1]}" for one in inside)
                found[labels[0]] = (found[inside[0]][0], f"{rest} & df[{found[inside[0]][0]!r}].notna()")
                sentences[labels[0]] = sentence
    for column in dict.fromkeys(column for column, _ in found.values()):
        labels = [label for label, (one, _) in found.items() if one == column]
        name = f"{column} group"
        problem.script.add(f"df[{name!r}] = pd.Series(dtype=object, index=df.index)")
        problem.script.add(*[f"df.loc[{found[label][1]}, {name!r}] = {label!r}" for label in labels])
        problem.sources.add(column)
        problem.features.append(Feature(name, tuple(labels)))
        problem.defining |= {sentences[label] for label in labels}


def _by_scores(problem: Problem, clause: str) -> list[Condition]:
    """Rows by how many standard deviations a column is from its mean: `the absolute z-score of price is above 2`."""
    found = re.search(
        rf"\bz-?\s?scores?\b[^\d\n]{{0,60}}?(?:above|over|greater than|more than|exceed\w*|larger than|>)\s*{_N}",
        clause,
        re.I,
    )
    columns = [c for c in problem.columns_in(clause, at_least=45) if problem.is_numeric(c)]
    if not found or len(columns) != 1:
        return []
    values = f"df[{problem.number(columns[0])}]"
    ddof = "" if problem.says(r"sample standard deviation|ddof\s*=\s*1") else "ddof=0"
    score = f"(({values} - {values}.mean()) / {values}.std({ddof}))"
    if re.search(r"absolute|\|z\||either direction|in magnitude", problem.low):
        score += ".abs()"
    return [Condition(columns[0], f"({score} > {plain(float(found[1]))!r})")]


def _label_words(problem: Problem) -> list[str]:
    """The words in places' names that are neither a quantity nor a column or value, and that the question says."""
    known = {word for column in map(str, problem.frame.columns) for word in tokens(column)}
    known |= {
        word
        for c in problem.groups()
        if problem.kind(c) == "text"
        for v in problem.distinct(c)
        for word in tokens(str(v))
    }
    said = set(tokens(problem.body))
    found: list[str] = []
    for slot in _numeric_slots(problem):
        for word in slot.words:
            single = Slot(word, slot.parts)
            is_quantity = measure_of(single, slot.parts[0], "", (), asks_question=False) is not None
            if len(word) < 3 or word in FILLERS or word.isdigit() or is_quantity or word in _NO_LABELS:
                continue
            if re.search(rf"\b(?:average|mean|median|total|sum|maximum|minimum)\s+{word}\b", problem.low):
                continue  # a quantity that the table may lack
            if any(same(word, own) for own in known) or not any(same(word, own) for own in said):
                continue
            found.append(word)
    return list(dict.fromkeys(found))


_NO_LABELS = frozenset(
    re.findall(
        r"\w+",
        "difference ratio gap before after total overall test score above below over under with without value "
        "number result days rows share percent percentage removed missing outlier outliers",
    )
)
