"""Differences and ratios between two values: "서울과 부산의 매출 차이", "ratio of Seoul to Busan"."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from chat.analyst.queries import AnyOf, Filter, NotClear, Period, Preparation, Query
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.roles import adds_up
from chat.analyst.understanding.scopes import Scope
from chat.analyst.understanding.sequences import found
from chat.analyst.understanding.value_ratios import count_for_ratio
from chat.analyst.understanding.words import Piece

Operation = Literal["", "difference", "ratio", "percent"]
_COMPARABLE = ("aggregate", "trend", "share", "count")
_LENGTHS: tuple[tuple[int, Period], ...] = ((1, "day"), (7, "week"), (31, "month"), (92, "quarter"), (366, "year"))


def take_comparison(draft: Draft, either: list[AnyOf]) -> None:
    """Take the words for a difference or a ratio, when the question names the two values or dates to compare."""
    if match := found(draft.pieces, "min|max column? min|max difference"):
        column = [piece for piece in draft.pieces[match.start : match.end] if piece.kind == "column"]
        draft.take(match, *column, Piece("word", "범위", key="range"))
        return
    operation = _operation(draft, either)
    if not operation or draft.has("significant", "t_test", "anova"):
        return
    compared = _two_values(draft) or _two_dates(either) or _two_sides(draft)
    if compared is None and operation == "ratio" and len(draft.number_columns()) == 2:
        if draft.text_columns() or draft.has("each", "day", "week", "month", "quarter", "year", "weekday", "hour"):
            raise NotClear("unsure")
        draft.drop("ratio")
        if not draft.has_statistic():
            draft.pieces.append(Piece("word", "합계", key="sum"))
        draft.options["operation"] = operation
        return
    if compared is None:
        if draft.has("difference"):
            raise NotClear("unsure")
        return
    if operation == "ratio":
        count_for_ratio(draft)
    draft.drop("difference", "ratio", "growth", "high", "low", *(("share",) if operation == "percent" else ()))
    draft.options |= {"compared": compared, "operation": operation}


def _operation(draft: Draft, either: list[AnyOf]) -> Operation:
    if draft.has("growth") and "versus" not in draft.options and either:  # "2024년은 2023년보다 얼마나 늘었어?"
        return "percent" if draft.has("share") else "difference"
    if draft.has("difference"):
        return "percent" if draft.has("share") else "difference"
    if draft.has("ratio"):
        return "ratio"
    return "percent" if draft.has("share") and draft.has("high", "low") and _two_values(draft) else ""


def _two_values(draft: Draft) -> tuple[str, str] | None:
    lists = [item.operands for item in draft.filters if item.operator == "in" and len(item.operands) == 2]
    return (str(lists[0][0]), str(lists[0][1])) if len(lists) == 1 else None


def _two_dates(either: list[AnyOf]) -> tuple[str, str] | None:
    if len(either) != 1 or len(either[0].alternatives) != 2:
        return None
    names = [period_of(conditions[0]) for conditions in either[0].alternatives if len(conditions) == 1]
    found_names = [name[1] for name in names if name is not None]
    return (found_names[0], found_names[1]) if len(found_names) == 2 else None


def _two_sides(draft: Draft) -> tuple[str, str] | None:
    """ "difference in salary by gender": a column with only two different values."""
    sides = [draft.scope.distinct(name) for name in draft.text_columns()]
    pairs = [sorted(str(value) for value in values) for values in sides if len(values) == 2]
    return (pairs[0][0], pairs[0][1]) if len(pairs) == 1 else None


def period_of(condition: Filter) -> tuple[Period, str] | None:
    """The period that a range of days is exactly, and its name: ("month", "2024-03")."""
    if condition.operator != "during":
        return None
    start, after = (pd.Timestamp(str(day)) for day in condition.operands)
    for days, period in _LENGTHS:
        if (after - start).days <= days and (period != "week"):
            code = {"day": "D", "month": "M", "quarter": "Q", "year": "Y"}[period]
            return period, str(start.to_period(code))
    return None


def set_apart(query: Query, keys: set[str], *, as_one: bool = False) -> Query:
    """ "서울과 부산의 매출 평균" may ask for one number or for one each: set apart, the answer has both.

    `as_one`: the question says "or", which makes one of them.
    """
    if as_one or query.action != "aggregate" or query.groups:
        return _with_default(query)
    if len(query.either) == 1 and (period := _one_period(query.either[0])):
        date = query.either[0].alternatives[0][0].column
        return _with_default(replace(query, action="trend", date=date, period=period))
    several = [item for item in query.filters if len(item.operands) > 1]
    months = [item.column for item in several if item.operator == "month"]
    if "compare" in keys and len(months) == 1:
        return replace(query, action="trend", date=months[0], period="month")
    values = [item.column for item in several if item.operator == "in"]
    return _with_default(replace(query, groups=(values[0],)) if len(values) == 1 else query)


def compared_in_groups(query: Query, scope: Scope) -> Query:
    """ "부서별 남녀 급여 차이", "월별 온라인과 오프라인의 차이": the compared column first, then what sets apart.

    Raises NotClear where it can't be told which column has the two values.
    """
    if not query.operation or len(query.compared) != 2 or query.action not in _COMPARABLE:
        return query
    period = _one_period(query.either[0]) if len(query.either) == 1 else None
    date = query.either[0].alternatives[0][0].column if period else None
    listed = [
        item.column for item in query.filters if item.operator == "in" and set(item.operands) == {*query.compared}
    ]
    sided = [name for name in query.groups if {str(value) for value in scope.distinct(name)} == {*query.compared}]
    column = date or next(iter([*listed, *sided]), None)
    over = () if query.action == "aggregate" or query.date in (None, column) else (query.date or "",)
    rest = tuple(name for name in (*over, *query.groups) if name != column)
    if column is None:
        return query
    if not rest and query.groups != (column,):  # "2023년과 2024년의 매출 차이", "주문 건수 차이"
        query = replace(query, action="aggregate", groups=(column,))
        return replace(query, date=date, period=period) if period else query
    if not rest and query.action == "share":  # "gender ratio" asks for the shares
        return replace(query, operation="", compared=())
    if not rest:
        return query
    if over and period:
        raise NotClear("too_hard", words=query.compared)
    if query.having or query.limit is not None or query.window or query.cumulative:
        raise NotClear("too_hard", words=query.compared)
    query = replace(query, action="aggregate", groups=(column, *rest))
    return replace(query, date=date, period=period) if period else query


def with_every_value_apart(query: Query, scope: Scope, *, as_one: bool) -> Query:
    """ "조별 합격/불합격 건수" names every value of a column, which keeps all rows: they are set apart."""
    if as_one or query.operation or query.action not in ("aggregate", "share") or not query.groups or query.either:
        return query
    listed = [item for item in query.filters if item.operator == "in" and len(item.operands) > 1]
    if len(listed) != 1 or listed[0].column in query.groups or query.having or query.limit is not None:
        return query
    item = listed[0]
    if {str(value) for value in scope.distinct(item.column)} != {str(value) for value in item.operands}:
        return query
    rest = tuple(one for one in query.filters if one is not item)
    groups = (*query.groups, item.column)
    if query.action == "share" and not query.measures and not query.cumulative and query.percent is None:
        return replace(query, action="pivot", filters=rest, groups=groups, across=item.column)
    if query.action == "share":
        return query
    return replace(query, filters=rest, groups=groups)


def within_dates(query: Query, scope: Scope) -> Query:
    """ "What share of sales came from Seoul in 2024?" is one of the sales of 2024: dates say what the whole is."""
    dates = tuple(item for item in query.filters if scope.column(item.column).kind in ("date", "month"))
    rest = tuple(item for item in query.filters if item not in dates)
    if query.action != "share" or query.groups or not dates or not rest:
        return query
    kept = Preparation("keep_rows", filters=dates)
    return replace(query, filters=rest, preparations=(*query.preparations, kept))


def _one_period(either: AnyOf) -> Period | None:
    periods = {found[0] for one in either.alternatives if len(one) == 1 and (found := period_of(one[0]))}
    alone = all(len(one) == 1 and one[0].operator == "during" for one in either.alternatives)
    return periods.pop() if alone and len(periods) == 1 else None


def _with_default(query: Query) -> Query:
    """What is compared without a statistic: sums, or means of what doesn't add up."""
    if not query.operation or query.statistics or query.action not in ("aggregate", "trend"):
        return query
    sums = all(adds_up(name) for name in query.measures)
    return replace(query, statistics=("sum",) if sums else ("mean",))
