"""Columns that sort rows into groups: by named ranges of a column, `'Child' (0-12 years old)`, or by percentiles."""

from __future__ import annotations

import re

from chat.analyst.closed.mentions import find_mentions
from chat.analyst.closed.problems import Feature, Problem
from chat.analyst.closed.wording import letters, plain

_Q = "\"'“”‘`"
_BARE_RANGE = re.compile(r"(?<![\w-])['\"‘“]?([A-Za-z가-힣][\w가-힣 -]{0,25}?)['\"’”]?\s*\(([^()\n]*\d[^()\n]*)\)")


def add_bins(problem: Problem, name: str) -> bool:
    """Rows sorted into named ranges of a column: `'Child' (0-12 years old)`, `morning (6:00 to 11:59)`."""
    ranges: dict[str, tuple[float | None, bool, float | None, bool]] = {}
    clocks = False
    for found in _BARE_RANGE.finditer(problem.body):
        label = re.split(r"\b(?:and|or|into|as|categories|groups)\b|[:,]", found[1])[-1].strip()
        bounds = _bounds(found[2])
        if label and bounds and letters(label) not in {letters(c) for c in map(str, problem.frame.columns)}:
            ranges.setdefault(label, bounds)
            clocks = clocks or ":" in found[2]
    if len(ranges) < 2:
        return _percentile_labels(problem, name)
    column = _binned(problem, clocks)
    if column is None:
        return False
    values = f"df[{problem.date(column)}].dt.hour" if clocks else f"df[{problem.number(column)}]"
    ordered = sorted(ranges.items(), key=lambda one: (one[1][0] is not None, one[1][0] or 0))
    conditions = []
    last: float | None = None
    for _, (low, low_in, high, high_in) in ordered:
        if clocks:
            conditions.append(f"values.between({int(low or 0)}, {int(high if high is not None else 23)})")
            continue
        if low is not None and last is not None and low_in and 0 < low - last <= 1:
            low, low_in = last, False  # 13-19 follows 0-12: nothing may fall between
        tests = [f"(values {'>=' if low_in else '>'} {plain(low)!r})"] if low is not None else []
        tests += [f"(values {'<=' if high_in else '<'} {plain(high)!r})"] if high is not None else []
        conditions.append(" & ".join(tests))
        last = high if high_in else None
    labels = [label for label, _ in ordered]
    problem.script.add(f"values = {values}", f"df[{name!r}] = pd.Series(dtype=object, index=df.index)")
    problem.script.add(*[f"df.loc[{c}, {name!r}] = {one!r}" for one, c in zip(labels, conditions, strict=True)])
    problem.features.append(Feature(name, tuple(labels)))
    return True


def _binned(problem: Problem, clocks: bool) -> str | None:
    if clocks:
        surest = sorted(problem.mentions, key=lambda one: -one.score)
        named = [one.column for one in surest if one.column in map(str, problem.frame.columns)]
        dates = [c for c in named if problem.kind(c) == "date" or re.search("time|dt|date", c, re.I)]
        return dates[0] if dates else problem.date_column()
    mentioned = [one.column for one in problem.mentions if problem.is_numeric(one.column)]
    for one in re.finditer(r"(\w+)\s*(?:<=|>=|<|>|≤|≥)", problem.body):
        for column in mentioned:
            if column.casefold() == one[1].casefold():
                return column
    ages = re.search(r"years? old|\bage\b|나이|연령|세\b", problem.low)
    for column in dict.fromkeys([*mentioned, *map(str, problem.frame.columns)]):
        if ages and re.fullmatch(r"age|ages|나이|연령", column, re.I):
            return column
    return mentioned[0] if mentioned else None


def _bounds(text: str) -> tuple[float | None, bool, float | None, bool] | None:
    """Lower and upper bound of a range and whether each belongs to it; None when the text is none."""
    said = re.sub(r"(\d{1,2}):(\d{2})", lambda one: one[1], text)
    said = re.sub(r"(?<=\d),(?=\d{3})", "", said.casefold())
    n = r"([-+]?\d+(?:\.\d+)?)"
    found = re.search(rf"{n}\s*(<=|<|≤)\s*[^\d<>≤≥]+?(<=|<|≤)\s*{n}", said)
    if found:
        return float(found[1]), found[2] != "<", float(found[4]), found[3] != "<"
    found = re.search(rf"{n}\s*(?:years?(?: old)?|세|점)?\s*(?:-|–|~|to|and|부터|에서)\s*{n}", said)
    if found:
        return float(found[1]), True, float(found[2]), True
    found = re.search(
        rf"(<=|≤|at most|up to)\s*{n}|{n}\s*(?:or (?:less|below|under|younger)|and (?:below|under|younger)|이하)", said
    )
    if found:
        return None, False, float(found[2] or found[3]), True
    found = re.search(rf"(?:<|below|under|less than|younger than)\s*{n}|{n}\D{{0,4}}미만", said)
    if found:
        return None, False, float(found[1] or found[2]), False
    found = re.search(
        rf"(?:>=|≥|at least|from)\s*{n}|{n}\s*(?:years?(?: old)?|[a-z%]+|점|세|명)?\s*(?:\+|and (?:above|over|"
        rf"older|up)|or (?:above|over|older|more)|이상)",
        said,
    )
    if found:
        return float(found[1] or found[2]), True, None, False
    found = re.search(rf"(?:>|above|over|more than|greater than|older than)\s*{n}|{n}\D{{0,4}}초과", said)
    if found:
        return float(found[1] or found[2]), False, None, False
    return None


def _percentile_labels(problem: Problem, name: str) -> bool:
    """'High', 'Medium' and 'Low' by the 75th and 25th percentile."""
    if len(re.findall(r"\d{1,2}(?:th|st|nd|rd)(?:\s+to\s+\d{1,2}th)? percentile", problem.low)) < 2:
        return False
    said = re.sub(rf"[{_Q}][^{_Q}\n]+[{_Q}](?=\s*(?:,|and\b|if\b|is\b|when\b|for\b|\.))", " ", problem.body)
    columns = [one.column for one in find_mentions(said, problem.columns) if problem.is_numeric(one.column)]
    columns = columns or [one.column for one in problem.mentions if problem.is_numeric(one.column)]
    if not columns:
        return False
    lines, labels = [], []
    for found in re.finditer(
        rf"[{_Q}]([\w ]+)[{_Q}][^.;\n]*?(greater|above|less|below|between)[^.;\n]*?(\d{{1,"
        rf"2}})(?:th|st|nd|rd)?(?:\s*(?:to|and)\s*(\d{{1,2}})th)?",
        problem.body,
    ):
        label, word, first, second = found[1], found[2].lower(), int(found[3]), found[4]
        equal = "=" if "equal" in found.group() else ""
        if word == "between" and second:
            condition = f"(values > values.quantile({first / 100})) & (values < values.quantile({int(second) / 100}))"
        else:
            condition = f"values {'>' if word in ('greater', 'above') else '<'}{equal} values.quantile({first / 100})"
        if label not in labels:
            labels.append(label)
            lines.append(f"df.loc[{condition}, {name!r}] = {label!r}")
    if len(labels) < 2:
        return False
    counts = max(dict.fromkeys(columns), key=columns.count)
    problem.script.add(
        f"values = df[{problem.number(counts)}]", f"df[{name!r}] = pd.Series(dtype=object, index=df.index)", *lines
    )
    problem.features.append(Feature(name, tuple(labels)))
    return True
