"""What a question about a small table may mean, as a value, and what it comes to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chat.analyst.lookups.cells import MONTH_NAMES, Moment, fold, moment, number, says, words, year_span
from chat.analyst.lookups.codes import country_of
from chat.analyst.lookups.grid import Grid, Key, is_empty

Test = Literal["is", "has", "starts", "eq", "gt", "ge", "lt", "le", "between", "none"]
Part = Literal["", "year", "month", "월", "years", "년", "days", "일", "country"]
Kind = Literal[
    "values",
    "count",
    "distinct",
    "sum",
    "mean",
    "extreme",
    "group",
    "neighbour",
    "difference",
    "of_two",
    "run",
    "yes_no",
    "same",
    "having",
    "count_having",
    "span",
    "beyond",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a cell of `column` must meet: "is" and "has" one of `operands` (texts), "starts": its first letters, the
    rest a number or a year; "between" includes both ends; "none": it says nothing, or nought. `negated` turns it
    round; `year` and `month` compare that of days, `day` whole days."""

    column: int
    test: Test
    operands: tuple[str | float, ...] = ()
    negated: bool = False
    year: bool = False
    month: bool = False
    day: bool = False


Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """Rows taken of those that are left: the `nth` from the top or the bottom of the table (`column` None), or by the
    order of a column; `largest` from its greatest value or from the bottom."""

    largest: bool
    column: int | None = None
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked: `kind` of the rows that meet `conditions`, `picks` of them in turn.

    values: the cells of `target`. count: the rows. distinct: the different cells of `target`. sum, mean, extreme
    (`largest`): of `target`'s numbers. group: the value of `target` that has most (`largest`) or least rows, or the
    most in sum of `measure`; of a `part` of its days, or of the countries whose codes it has, as of values and
    distinct. having: the values of `target` with as many rows as `test` and `threshold` say, count_having: how many
    there are. span: the years from the first to the last of `target`, told with the unit of `part`. neighbour: the row
    `offset` after those, its `target`; by the order of `measure` where it is there, from its greatest (`largest`) on.
    beyond: the rows on that side of those, or between those and the `others`. difference: of `target` between those
    rows and the `others` (rows counted where it is None; in days with the unit of `part`), or of `target` and `measure`
    in one row. of_two: who of those and the `others` has more (`largest`) of `measure` (rows counted where it is None).
    run: the longest run of rows. yes_no: whether those have more of `measure` (rows counted where it is None, their
    place compared with `offset`) than the `others`, or than the `threshold` (`inclusive`: as many will do); with
    `either` one of these words instead, the first for the greater. same: whether those and the `others` have the same
    `target`. `limit` is how many values are told.
    """

    kind: Kind
    target: int | None = None
    conditions: Conditions = ()
    picks: tuple[Pick, ...] = ()
    others: Conditions = ()
    measure: int | None = None
    largest: bool = True
    offset: int = 0
    limit: int | None = None
    threshold: float | None = None
    inclusive: bool = False
    either: tuple[str, str] | None = None
    part: Part = ""
    test: Test = "ge"

    @property
    def columns(self) -> frozenset[int]:
        """The columns that it speaks of."""
        every = [self.target, self.measure, *(one.column for one in (*self.conditions, *self.others))]
        return frozenset(one for one in (*every, *(pick.column for pick in self.picks)) if one is not None)

    @property
    def told(self) -> int | None:
        """The column whose cells it tells, if any."""
        return self.conditions[-1].column if self.kind == "of_two" else self.target


@dataclass(frozen=True, slots=True)
class Found:
    """What a form comes to: the values, and the rows that they stand on."""

    values: tuple[str | float | bool, ...]
    rows: tuple[int, ...]


def meets(grid: Grid, condition: Condition, row: int) -> bool:
    """Whether a row meets a condition."""
    text = grid.columns[condition.column][row]
    return _met(grid, condition, text, row) != condition.negated


def _met(grid: Grid, condition: Condition, text: str, row: int) -> bool:
    if condition.test in ("is", "has"):
        return any(says(text, str(operand), condition.test == "is") for operand in condition.operands)
    if condition.test == "starts":
        return re.sub(r"^\W+", "", fold(text)).startswith(tuple(str(operand) for operand in condition.operands))
    if condition.test == "none":
        return is_empty(text) or number(text) == 0
    value = compared(grid, condition, row)
    if value is None:
        return False
    first = float(condition.operands[0])
    if condition.test == "between":
        return first <= value <= float(condition.operands[1])
    return tested(condition.test, value, first)


def tested(test: Test, value: float, wanted: float) -> bool:
    """Whether a number compares with another as a test says."""
    return {
        "eq": value == wanted,
        "gt": value > wanted,
        "ge": value >= wanted,
        "lt": value < wanted,
        "le": value <= wanted,
    }[test]


def compared(grid: Grid, condition: Condition, row: int) -> float | None:
    """The number by which a cell is compared."""
    text = grid.columns[condition.column][row]
    if condition.day:
        when = moment(text)
        return day_number(when) if when and when[1] else None
    if condition.year or condition.month:
        day = moment(text)
        part = day[0 if condition.year else 1] if day else 0
        return float(part) if part else None
    return None if is_empty(text) else number(text)


def day_number(day: Moment) -> float:
    """A day as a number that orders days."""
    return float((day[0] * 100 + day[1]) * 100 + day[2])


def rows_of(grid: Grid, conditions: Conditions, among: tuple[int, ...] | None = None) -> tuple[int, ...]:
    """The rows that meet all conditions, in the table's order."""
    rows = grid.rows if among is None else among
    return tuple(row for row in rows if all(meets(grid, condition, row) for condition in conditions))


def picked(grid: Grid, picks: tuple[Pick, ...], rows: tuple[int, ...]) -> tuple[int, ...]:
    """Those of `rows` that the picks leave; of a column's order all that share the value."""
    for pick in picks:
        if pick.column is None:
            rows = rows[pick.nth - 1 : pick.nth] if not pick.largest else rows[::-1][pick.nth - 1 : pick.nth]
            continue
        keyed = [(grid.key(pick.column, row), row) for row in rows]
        keys = sorted({key for key, _ in keyed if key is not None}, reverse=pick.largest)
        if len(keys) < pick.nth:
            return ()
        rows = tuple(row for key, row in keyed if key == keys[pick.nth - 1])
    return rows


def evaluate(form: Form, grid: Grid) -> Found | None:
    """What a form comes to; None when there is nothing that it could."""
    rows = picked(grid, form.picks, rows_of(grid, form.conditions))
    found = _EVALUATE[form.kind](form, grid, rows)
    return found if found and found.values else None


def _target(form: Form) -> int:
    if form.target is None:
        raise ValueError(f"nothing is asked for: {form}")
    return form.target


def _values(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    texts = [part_of(grid.text(_target(form), row), form.part) for row in rows]
    kept = tuple(dict.fromkeys(text for text in texts if not is_empty(text)))
    return Found(kept[: form.limit], rows)


def _count(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    return Found((float(len(rows)),), rows)


def _distinct(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    found = _values(form, grid, rows)
    return Found((float(len(found.values)),), rows) if found else None


def _numbers(grid: Grid, column: int, rows: tuple[int, ...]) -> list[float]:
    found = [None if is_empty(grid.columns[column][row]) else number(grid.columns[column][row]) for row in rows]
    return [value for value in found if value is not None]


def _statistic(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    numbers = _numbers(grid, _target(form), rows)
    if not numbers:
        return None
    value = {
        "sum": sum(numbers),
        "mean": sum(numbers) / len(numbers),
        "extreme": max(numbers) if form.largest else min(numbers),
    }[form.kind]
    if form.kind == "extreme":
        texts = (grid.text(_target(form), row) for row in rows if number(grid.columns[_target(form)][row]) == value)
        return Found((min(texts, key=len),), rows)
    return Found((round(value, 6),), rows)


def _group(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    weights: Counter[str] = Counter()
    for row in rows:
        text = part_of(grid.text(_target(form), row), form.part)
        if is_empty(text):
            continue
        if form.measure is None:
            weights[text] += 1
        else:
            weights[text] += number(grid.columns[form.measure][row]) or 0  # type: ignore[assignment]
    if not weights:
        return None
    best = max(weights.values()) if form.largest else min(weights.values())
    return Found(tuple(text for text, weight in weights.items() if weight == best), rows)


def part_of(text: str, part: Part) -> str:
    """A cell, or the year or the month of its day, or the country whose code it has; "" without any."""
    if not part:
        return text
    if part == "country":
        return country_of(text) or ""
    year, month, _ = moment(text) or (0, 0, 0)
    if part == "year":
        return str(year) if year else ""
    return "" if not month else MONTH_NAMES[month - 1] if part == "month" else f"{month}월"


def _having(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    counts = Counter(text for text in (grid.text(_target(form), row) for row in rows) if not is_empty(text))
    wanted = form.threshold or 0.0
    kept = tuple(text for text, count in counts.items() if tested(form.test, count, wanted))
    if form.kind == "count_having":
        return Found((float(len(kept)),), rows)
    return Found(kept[: form.limit], rows)


def _span(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    years = [year_span(grid.text(_target(form), row)) for row in rows]
    if len(years) != 1 or years[0] is None:
        return None
    if form.part == "년":
        return Found((f"{years[0]}년",), rows)
    return Found((f"{years[0]} year{'s' * (years[0] != 1)}" if form.part else float(years[0]),), rows)


def _neighbour(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    if not rows:
        return None
    if form.measure is not None:
        return _next_by_order(form, grid, rows[0])
    place = grid.rows.index(rows[-1] if form.offset > 0 else rows[0]) + form.offset
    if not 0 <= place < len(grid.rows):
        return None
    text = grid.text(_target(form), grid.rows[place])
    return None if is_empty(text) else Found((text,), (grid.rows[place],))


def _next_by_order(form: Form, grid: Grid, anchor: int) -> Found | None:
    column = form.measure
    keys = {row: key for row in grid.rows if column is not None and (key := grid.key(column, row)) is not None}
    if anchor not in keys:
        return None
    order = sorted(set(keys.values()), reverse=form.largest)
    place = order.index(keys[anchor]) + 1
    beside = tuple(row for row, key in keys.items() if place < len(order) and key == order[place])
    return _values(form, grid, beside) if beside else None


def _beyond(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    if not rows:
        return None
    others = rows_of(grid, form.others) if form.others else ()
    if others:
        first, last = sorted((rows[0], others[0]))
        between = tuple(row for row in grid.rows if first < row < last)
        return Found((float(len(between)),), between)
    beyond = tuple(row for row in grid.rows if (row > rows[-1] if form.offset > 0 else row < rows[0]))
    return Found((float(len(beyond)),), beyond)


def amount(form: Form, grid: Grid, conditions: Conditions, column: int | None) -> float | None:
    """How much rows that meet conditions have of a column: of one row its number, of several the sum; or their
    number."""
    rows = rows_of(grid, conditions)
    if column is None:
        return float(len(rows))
    if grid.kinds[column] == "date":
        years = [day[0] for day in (moment(grid.columns[column][row]) for row in rows) if day]
        return float(years[0]) if len(set(years)) == 1 else None
    numbers = _numbers(grid, column, rows)
    return sum(numbers) if numbers else None


def _days_apart(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    """The days from the day of one row to that of another."""
    both = (*rows, *rows_of(grid, form.others))
    moments = [moment(grid.text(_target(form), row)) for row in both]
    if len(both) != 2 or rows_of(grid, form.others) == rows:
        return None
    try:
        first, last = sorted(date(*day) for day in moments if day)
    except ValueError:  # a day without its year or month, or none
        return None
    days = (last - first).days
    return Found((f"{days}일" if form.part == "일" else f"{days} day{'s' * (days != 1)}",), both)


def _difference(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    if form.part:
        return _days_apart(form, grid, rows)
    if form.measure is not None:
        one, other = (amount(form, grid, form.conditions, column) for column in (form.target, form.measure))
        both = rows
    else:
        one, other = (amount(form, grid, conditions, form.target) for conditions in (form.conditions, form.others))
        both = tuple(sorted({*rows, *rows_of(grid, form.others)}))
    if one is None or other is None:
        return None
    if one == other and form.target is not None and grid.has_full_dates[form.target]:
        return None  # days of one year lie apart, too
    return Found((round(abs(one - other), 6),), both)


def _of_two(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    others = rows_of(grid, form.others)
    sides = []
    for conditions, side in ((form.conditions, rows), (form.others, others)):
        if not side:
            return None
        key = _key_of(form, grid, conditions, side)
        if key is None:
            return None
        sides.append((key, conditions, side))
    (one, _, _), (other, _, _) = sides
    if one == other:
        return None
    greater = one > other  # type: ignore[operator]  # both are of one column, or numbers
    best = sides[0] if greater == form.largest else sides[1]
    return Found((_named(grid, best[1], best[2]),), (*rows, *others))


def _key_of(form: Form, grid: Grid, conditions: Conditions, side: tuple[int, ...]) -> Key | None:
    if form.offset:  # by their place in the table
        return float(side[0])
    if form.measure is not None and grid.kinds[form.measure] == "date":
        keys = [key for key in (grid.key(form.measure, row) for row in side) if key is not None]
        return min(keys) if keys else None
    return amount(form, grid, conditions, form.measure)


def _named(grid: Grid, conditions: Conditions, rows: tuple[int, ...]) -> str:
    """How the table calls what conditions name: its cell where it says little more."""
    condition = conditions[-1]
    text = grid.text(condition.column, rows[0])
    wanted = words(str(condition.operands[0]))
    return text if len(words(text)) <= len(wanted) + 4 else str(condition.operands[0])


def _run(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    longest, length, before = 0, 0, -2
    order = {row: place for place, row in enumerate(grid.rows)}
    for row in rows:
        length = length + 1 if order[row] == before + 1 else 1
        before, longest = order[row], max(longest, length)
    return Found((float(longest),), rows) if longest else None


def _yes_no(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    others = rows_of(grid, form.others) if form.others else ()
    if form.offset:
        one, other = float(rows[-1]) if rows else None, float(others[0]) if others else None
        one, other = other, one  # what stands above has the smaller number
    else:
        one = amount(form, grid, form.conditions, form.measure)
        other = amount(form, grid, form.others, form.measure) if form.threshold is None else form.threshold
    if one is None or other is None:
        return None
    both = tuple(dict.fromkeys((*rows, *others)))
    if form.either is not None:
        return Found((form.either[0] if one > other else form.either[1],), both) if one != other else None
    return Found(((one > other if form.largest else one < other) or (form.inclusive and one == other),), both)


def _same(form: Form, grid: Grid, rows: tuple[int, ...]) -> Found | None:
    others = rows_of(grid, form.others)
    sides = [{tuple(words(grid.text(_target(form), row))) for row in side} for side in (rows, others)]
    if any(len(side) != 1 or () in side for side in sides):
        return None
    return Found((sides[0] == sides[1],), (*rows, *others))


_EVALUATE = {
    "values": _values,
    "count": _count,
    "distinct": _distinct,
    "sum": _statistic,
    "mean": _statistic,
    "extreme": _statistic,
    "group": _group,
    "neighbour": _neighbour,
    "beyond": _beyond,
    "difference": _difference,
    "of_two": _of_two,
    "run": _run,
    "yes_no": _yes_no,
    "same": _same,
    "span": _span,
    "having": _having,
    "count_having": _having,
}
