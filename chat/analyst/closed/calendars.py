"""Conditions on years and months that a question names."""

from __future__ import annotations

import re

from chat.analyst.closed.conditions import FRAME, Condition
from chat.analyst.closed.problems import Problem

MONTHS = re.findall(r"\w+", "january february march april may june july august september october november december")


def year_conditions(problem: Problem, sentence: str) -> list[Condition]:
    """`for the years 2000 and beyond`, `from 2000 to 2010`, `in 2012`."""
    column = _year_column(problem)
    if column is None or any(re.search(r"(?:19|20)\d\d", str(name)) for name in problem.frame.columns):
        return []
    said = re.sub(r"[\"'“][^\"'”\n]*[\"'”]", "", sentence)
    if not re.search(r"(?:19|20)\d\d", said):
        return []
    frame = f"{FRAME}[{column!r}]"
    if problem.kind(column) == "date":
        frame = f"{FRAME}[{problem.date(column)}].dt.year"
    between = re.search(
        r"(?:from|between)\s+((?:19|20)\d\d)\s*(?:to|and|-|–)\s*((?:19|20)\d\d)|((?:19|"
        r"20)\d\d)년?\s*(?:부터|~|-)\s*((?:19|20)\d\d)",
        said,
    )
    if between:
        first, last = (int(year) for year in between.groups() if year)
        return [Condition(column, f"{frame}.between({first}, {last})")]
    for pattern, sign in (
        (r"((?:19|20)\d\d) and (?:beyond|later|after|onwards?|above)|since ((?:19|20)\d\d)|((?:19|"
r"20)\d\d)년\s*이후", ">="),
        (r"(?:after|beyond|later than) (?:the year )?((?:19|20)\d\d)", ">"),
        (r"before (?:the year )?((?:19|20)\d\d)", "<"),
        (r"(?:\bin|for|during|of) (?:the )?(?:year )?((?:19|20)\d\d)\b|((?:19|20)\d\d)년", "=="),
    ):  # fmt: skip
        found = re.search(pattern, said, re.I)
        if found:
            year = next(group for group in found.groups() if group)
            return [
                Condition(column, f"({frame} {sign} {int(year)})", sign == "==", int(year) if sign == "==" else None)
            ]
    return []


def month_conditions(problem: Problem, sentence: str) -> list[Condition]:
    """`in July`, `(December, January and February)`, `7월에`: the rows of months, where the table has dates."""
    column = problem.date_column()
    names = "|".join(name.capitalize() for name in MONTHS)
    found = re.search(rf"\b(?:in|during|for|of)\s+({names})\b|(?<!\d)(\d{{1,2}})월(?:에|의|달|\s)", sentence)
    several = re.search(rf"\b(?:{names})(?:(?:,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+)(?:{names})\b)+", sentence)
    if column is None or any(name[:3] in c.casefold() for name in MONTHS for c in problem.columns):
        return []
    if several:
        numbers = [MONTHS.index(name.casefold()) + 1 for name in re.findall(names, several.group())]
        return [Condition(column, f"{FRAME}[{problem.date(column)}].dt.month.isin({numbers!r})")]
    if not found:
        return []
    month = MONTHS.index(found[1].casefold()) + 1 if found[1] else int(found[2])
    return [Condition(column, f"({FRAME}[{problem.date(column)}].dt.month == {month})")]


def _year_column(problem: Problem) -> str | None:
    named = [c for c in map(str, problem.frame.columns) if re.fullmatch(r"years?|yr|연도|년도", c.strip(), re.I)]
    return named[0] if named else problem.date_column()
