"""What a question says of days: "on 2 December 2007", "before April 17, 2012", "in June 2011"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.analyst.lookups.cells import MONTHS, Moment, moment
from chat.analyst.lookups.forms import Condition, Test, day_number
from chat.analyst.lookups.operators import said
from chat.analyst.lookups.wording import Wording

_MONTH = r"(?:" + "|".join(MONTHS) + r")[a-z]*\.?"
_DAY = re.compile(
    rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}}\b"
    rf"|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?!,? \d{{4}})"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b(?!,? \d{{4}})"
    rf"|\b{_MONTH},?(?: of)? \d{{4}}\b|(?<!\d)\d{{4}}-\d\d?-\d\d?(?!\d)|(?<!\d)\d{{1,2}}/\d{{1,2}}/\d{{4}}(?!\d)"
    r"|\d{4}년\s*\d{1,2}월(?:\s*\d{1,2}일)?|(?<!\d)\d{1,2}월\s*\d{1,2}일"
)
_BEFORE = re.compile(r"(?:before|prior to|previous to|until|earlier than)(?: the)? $")
_AFTER = re.compile(r"(?:after|later than|since|following)(?: the)? $")
_JOINED = r"\s*(?:to|and|until|through|-|부터|에서|~)\s*(?:the )?"
_EXTRA = {"lt": r"^\s*(?:이전|전에|전까지)", "gt": r"^\s*(?:이후|부터|뒤에)"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or a month of a year, that words of the question from `start` to `end` say, and what of it."""

    start: int
    end: int
    conditions: tuple[Condition, ...]


def days_of(wording: Wording) -> Iterator[Day]:
    """The days that the question names, with the conditions on columns of days that they may make."""
    ranges = list(_ranges(wording))
    yield from ranges
    for match in _DAY.finditer(wording.text):
        if any(one.start <= wording.run(match.start(), match.end())[0] < one.end for one in ranges):
            continue
        day = moment(match[0])
        if day is None or not day[1]:
            continue
        test, said = _tested(wording.text, match)
        start, end = wording.run(said.start() if said else match.start(), match.end())
        columns = [column for column, full in enumerate(wording.grid.has_full_dates) if full]
        made = (_condition(wording, column, day, test) for column in columns)
        found = tuple(condition for condition in made if condition is not None)
        if found:
            yield Day(start, end, found[:3])


def _ranges(wording: Wording) -> Iterator[Day]:
    """ "from 4 May 2011 to 6 June 2012": one range, and not two days."""
    if any(said(wording, name) for name in ("days_apart", "apart", "difference")):
        return  # how far the two are apart
    found = list(_DAY.finditer(wording.text))
    for first, last in itertools.pairwise(found):
        before, joined = wording.text[: first.start()], wording.text[first.end() : last.start()]
        opened = re.search(r"\b(?:from|between)(?: the)? $", before)
        if not re.fullmatch(_JOINED, joined) or not (opened or re.search("부터|에서|~", joined)):
            continue
        days = [moment(match[0]) for match in (first, last)]
        ends = [day_number(day) for day in days if day and all(day)]
        if len(ends) == 2 and ends[0] < ends[1]:
            start, end = wording.run(opened.start() if opened else first.start(), last.end())
            columns = (column for column, full in enumerate(wording.grid.has_full_dates) if full)
            yield Day(start, end, tuple(Condition(column, "between", tuple(ends), day=True) for column in columns)[:3])


def _tested(text: str, match: re.Match[str]) -> tuple[Test, re.Match[str] | None]:
    before = text[: match.start()]
    if said := _BEFORE.search(before):
        return "lt", said
    if said := _AFTER.search(before):
        return "gt", said
    after = text[match.end() :]
    return next((test for test, pattern in _EXTRA.items() if re.match(pattern, after)), "eq"), None  # type: ignore[misc]


def _condition(wording: Wording, column: int, day: Moment, test: Test) -> Condition | None:
    year, month, date = day
    cells = [moment(text) for text in wording.grid.columns[column]]
    known = [cell for cell in cells if cell]
    if not year:  # the only year in which there is such a day
        years = {cell[0] for cell in known if cell[1:] == (month, date)}
        if len(years) != 1:
            return None
        year = years.pop()
    elif not any(cell[0] for cell in known):
        year = 0
    if date or test != "eq":
        at = day_number((year, month, date if date or test == "lt" else 31))
        return Condition(column, test, (at,), day=True)
    return Condition(column, "between", (day_number((year, month, 0)), day_number((year, month, 31))), day=True)
