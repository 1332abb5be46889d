"""Columns made along the rows in their order: moving averages, and changes from one row to the next."""

from __future__ import annotations

import re

from chat.analyst.closed.conditions import FRAME
from chat.analyst.closed.problems import Feature, NotUnderstood, Problem
from chat.analyst.closed.scopes import body_conditions
from chat.analyst.closed.wording import number

_HOW = r"(?P<how>average|mean|median|sum|maximum|minimum|standard deviation|std)"
_MOVING = (
    rf"\b(?P<n>\d+|two|three|four|five|six|seven|ten)[- ]?(?:\w+[- ])?(?:simple )?(?:moving|rolling) {_HOW}",
    rf"\b(?:moving|rolling) {_HOW}[^.\n]{{0,80}}?\b(?:window|period|span)s?(?: size| length)?(?: of| =|=|"
    rf":)?\s*(?P<n>\d+)",
    rf"\b(?:moving|rolling) {_HOW}[^.\n]{{0,60}}?\b(?:over|of|with an?)\s+(?P<n>\d+|two|three|four|five|six|"
    rf"seven|ten)[- ]"
    r"(?:row|day|week|month|year|quarter|period|observation|record|value)",
)  # fmt: skip
_METHODS = {"average": "mean", "maximum": "max", "minimum": "min", "standard deviation": "std"}
_RETURNS = re.compile(
    r"\b(?:daily|weekly|monthly|quarterly|annual|yearly|day-to-day|month-to-month|year-to-year|month-over-month|day-over-day|"
    r"year-over-year|quarter-over-quarter)\s+(?:percent(?:age)? |price |simple |relative )?(?P<what>returns?|"
    r"changes?|growth)\b",
    re.I,
)  # fmt: skip


SERIES = frozenset(("change", *(f"moving {how}" for how in ("mean", "median", "sum", "max", "min", "std"))))


def add_series(problem: Problem) -> None:
    """Write the lines of a moving statistic, or of the change from row to row, that a question asks for.

    Raises NotUnderstood when the column or the order of the rows isn't sure.
    """
    if problem.features:
        return
    for sentence in problem.sentences:
        moving = next((found for one in _MOVING if (found := re.search(one, sentence, re.I))), None)
        changes = _RETURNS.search(sentence)
        if moving is None and changes is None:
            continue
        column = _column(problem, sentence)
        _order(problem)
        values = f"df[{problem.number(column)}]"
        if moving is not None:
            window = int(number(moving["n"]) or 0)
            how = _METHODS.get(moving["how"].lower(), moving["how"].lower())
            fewer = ", min_periods=1" if problem.says(r"min_periods\s*=\s*1\b|incomplete windows") else ""
            centred = ", center=True" if problem.says(r"\bcent(?:er|re)d\b") else ""
            name, code = f"moving {how}", f"{values}.rolling({window}{fewer}{centred}).{how}()"
        elif changes is not None:
            is_rate = changes["what"].lower().startswith(("return", "growth")) or re.search(
                "percent|relative", changes.group(), re.I
            )
            factor = (
                " * 100"
                if is_rate
                and problem.says(r"\bpercent|%|\* ?100\b")
                and not problem.says("as decimals?|not in percent")
                else ""
            )
            name, code = "change", f"{values}.pct_change(){factor}" if is_rate else f"{values}.diff()"
        problem.script.add(f"df[{name!r}] = {code}")
        problem.features.append(Feature(name))
        problem.sources.add(column)
        return


def _column(problem: Problem, sentence: str) -> str:
    for text in (sentence, problem.body):
        columns = [
            c for c in problem.columns_in(text, at_least=45) if problem.is_numeric(c) and problem.kind(c) != "date"
        ]
        if len(columns) == 1:
            return columns[0]
    raise NotUnderstood(sentence)


def _order(problem: Problem) -> None:
    """Keep the rows that the question is about, and bring them to the order of time."""
    conditions = [one for one in body_conditions(problem) if one.is_equality]
    if conditions:
        codes = " & ".join(one.code.replace(FRAME, "df") for one in conditions)
        problem.script.add(f"df = df[{codes}].copy()")
    date = problem.date_column()
    if date is None:
        return
    if not conditions and problem.frame[date].duplicated().any():
        raise NotUnderstood(date)  # rows of several things are mixed
    problem.script.add(f"df = df.sort_values({problem.date(date)}, kind='stable')")
