"""Tells what was looked up: the values first, then how the question was read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chat.analyst.lookups.forms import Condition, Conditions, Form, Found
from chat.analyst.lookups.grid import Grid
from chat.analyst.telling.markdown import groups_digits, raw
from chat.analyst.telling.sentences import say

_MOST_TOLD = 50
_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")
_BARE = re.compile(r"-?(?:\d+\.0|\d{5,}(?:\.\d+)?)")


class Written(str):
    """A number of a column of numbers, as it is told: like the file wrote it, but for digits without groups."""

    number: float

    def __new__(cls, text: str, number: float) -> Written:
        """`text` is told and `number` is meant."""
        made = super().__new__(cls, text)
        made.number = number
        return made


def number_of(value: str | float | bool, column: str) -> str | float | bool:
    """A cell of a column of numbers as what it is; anything else stays."""
    text = value.strip() if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        return value
    plain = text.replace(",", "").replace("−", "-")
    number = float(plain) if "." in plain else int(plain)
    return Written(raw(number, grouping=groups_digits(column)) if _BARE.fullmatch(text) else text, number)


def values_text(found: Found, language: str) -> str:
    """The values, as the table writes them; computed numbers in groups of three digits."""
    told = [value_text(value, language) for value in found.values[:_MOST_TOLD]]
    more = len(found.values) - len(told)
    return ", ".join(told) + (say("lookup.more", language, count=more) if more else "")


def value_text(value: str | float | bool, language: str) -> str:
    """One value as it is told."""
    if isinstance(value, bool):
        return say("lookup.yes" if value else "lookup.no", language)
    if isinstance(value, str):
        return " ".join(value.split())
    return f"{int(value):,}" if value == int(value) else f"{value:,.6f}".rstrip("0")


def reading_text(form: Form, found: Found, grid: Grid, language: str) -> str:
    """How the question was read: what is told, of which rows, and how many there are."""
    what = say(
        f"lookup.{_what(form)}",
        language,
        column=_part_name(form, grid, language),
        measure=_name(grid, form.measure),
        others=conditions_text(form.others, grid, language),
        number=value_text(form.threshold or 0.0, language),
    )
    picks = [
        say(
            f"lookup.pick.{'place' if pick.column is None else 'order'}.{'last' if pick.largest else 'first'}",
            language,
            column=_name(grid, pick.column),
            nth=pick.nth,
        )
        for pick in form.picks
    ]
    conditions = ", ".join(_condition_text(one, grid, language, found.rows) for one in form.conditions)
    parts = [part for part in (conditions, *picks) if part]
    where = say("lookup.where", language, conditions="; ".join(parts)) if parts else ""
    rows = say("lookup.rows", language, used=len(found.rows), rows=len(grid.rows))
    return say("lookup.read_as", language, what=what, where=where, rows=rows)


def conditions_text(conditions: Conditions, grid: Grid, language: str) -> str:
    """Conditions as part of a sentence."""
    return ", ".join(_condition_text(condition, grid, language) for condition in conditions)


def _condition_text(condition: Condition, grid: Grid, language: str, rows: Sequence[int] = ()) -> str:
    """A condition; a value in the file's own writing where all rows that met it have the same."""
    key = f"lookup.{'not_' if condition.negated else ''}{'is' if condition.test == 'has' else condition.test}"
    part = "year" if condition.year else "month" if condition.month else ""
    name = _name(grid, condition.column)
    operands = [
        operand
        if isinstance(operand, str)
        else day_text(operand)
        if condition.day
        else f"{operand:g}"
        if part
        else value_text(operand, language)
        for operand in condition.operands
    ]
    cells = {grid.text(condition.column, row) for row in rows}
    if condition.test in ("is", "has") and not condition.negated and len(cells) == 1:
        operands = [value_text(cell, language) for cell in cells]
    name = say(f"lookup.{part}_of", language, column=name) if part else name
    if condition.test == "between":
        return say(key, language, column=name, first=operands[0], last=operands[1])
    return say(key, language, column=name, value=" / ".join(operands))


def day_text(number: float) -> str:
    """A day that `day_number` made a number, as ISO has it; without what it doesn't say."""
    year, rest = divmod(int(number), 10_000)
    return "-".join(part for part in (f"{year:04d}" * bool(year), f"{rest // 100:02d}", f"{rest % 100:02d}") if part)


def _what(form: Form) -> str:
    kind = form.kind
    if kind == "difference" and form.part:
        return "difference.days"
    if kind == "difference" and form.target is None:
        return "difference.rows"
    if kind == "difference" and form.measure is not None:
        return "difference.columns"
    if kind in ("extreme", "group", "of_two"):
        counted = (
            ".sum"
            if kind == "group" and form.measure is not None
            else ".rows"
            if form.measure is None and kind == "of_two" and not form.offset
            else ""
        )
        place = ".place" if kind == "of_two" and form.offset else ""
        return f"{kind}{counted}{place}.{'most' if form.largest else 'least'}"
    if kind in ("having", "count_having"):
        return f"{kind}.{form.test}"
    if kind == "neighbour" and form.measure is not None:
        return f"neighbour.{'lower' if form.largest else 'higher'}"
    if kind == "beyond" and form.others:
        return "beyond.between"
    if kind in ("neighbour", "beyond"):
        return f"{kind}.{'next' if form.offset > 0 else 'previous'}"
    if kind == "yes_no":
        return f"yes_no.{_judged(form)}"
    return kind


def _judged(form: Form) -> str:
    if form.offset:
        return "place"
    if form.threshold == 0.0 and form.measure is None:
        return "any"
    against = "" if form.threshold is None else "rows." if form.measure is None else "number."
    return f"{against}{'not_' * form.inclusive}{'most' if form.largest != form.inclusive else 'least'}"


def _part_name(form: Form, grid: Grid, language: str) -> str:
    name = _name(grid, form.target)
    part = form.part if form.part in ("year", "country") else "month"
    of_part = form.part and form.kind in ("group", "values", "distinct")
    return say(f"lookup.{part}_of", language, column=name) if of_part else name


def _name(grid: Grid, column: int | None) -> str:
    return "" if column is None else " ".join(grid.names[column].split())
