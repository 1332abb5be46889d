"""Questions that go on from the one before: "그럼 2024년만?", "what about Busan?", "by month?", "그중 상위 3개만"."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.queries import AnyOf, Filter, NotClear, Query, is_statistic
from chat.analyst.understanding.drafts import Draft
from chat.analyst.understanding.questioning import Reading
from chat.analyst.understanding.roles import adds_up

_RANKS = {"top", "bottom", "superlative", "high", "low"}
_COMPLETE = {
    *("duplicates", "missing", "outliers", "correlation", "distribution", "columns", "describe", "profile", "preview"),
    *("regression", "predict", "influence", "normality", "chi_square", "t_test", "anova", "significant", "pivot"),
}
_CHANGES = {
    "count",
    "each",
    "rows",
    "entity",
    "compare",
    "whole",
    "until",
    "share",
    "growth",
    "trend",
    "cumulative",
} | {*("moving", "profile", "day", "week", "month", "quarter", "year", "weekday", "hour")}


def is_elliptical(reading: Reading, draft: Draft) -> bool:
    """Whether a question leaves open what the one before said: it says so, or names nothing to compute on."""
    keys = reading.keys()
    measures, groups = reading.measures(), reading.groups()
    if draft.cues == {"chart"} and (measures or groups or keys):
        return not measures and not keys & {*_COMPLETE, "count", "rows", "distinct"}
    if draft.cues:
        return not (measures and reading.statistics(keys) and groups)
    if keys & {*_COMPLETE, "count", "distinct"} or draft.having or "compared" in draft.options:
        return False
    if "rows" in keys and not keys & _RANKS:
        return False
    return not measures or not (keys or groups or draft.filters or draft.preparations)


def gone_on(last: Query, reading: Reading, draft: Draft) -> Query:
    """The last query with everything changed that the new question names. Raises NotClear when that makes no sense."""
    keys = reading.keys()
    if any(not is_statistic(key) for key in keys - _CHANGES - _RANKS):
        raise NotClear("unsure")
    reading.reject_leftovers(keys | {"top"})
    query = _with_conditions(last, tuple(draft.filters), tuple(draft.options.get("either", ())))
    query = replace(query, preparations=(*query.preparations, *draft.preparations))
    query = replace(query, corrections=draft.options.get("corrections", ()))
    if "count" in keys:
        kept = Query("count", filters=query.filters, either=query.either, preparations=query.preparations)
        return replace(kept, action="share", groups=reading.groups()) if reading.groups() else kept
    if measures := reading.measures():
        query = _with_measures(query, measures)
    if statistics := reading.statistics(keys):
        query = replace(_computing(query), statistics=statistics)
    if groups := reading.groups():
        query = _with_groups(query, groups)
    if period := reading.period(keys - _RANKS):
        dates = reading.table.dates()
        if len(dates) != 1:
            raise NotClear("needs_date" if not dates else "which_column", options=tuple(dates))
        action = query.action if query.action == "growth" else "trend"
        query = replace(query, action=action, date=dates[0], period=period, limit=None)
    if "share" in keys:
        query = replace(query, action="share", statistics=())
    if "growth" in keys:
        query = _growing(query, reading)
    if keys & _RANKS or (reading.limit() and query.limit):
        query = _ranked(query, reading, keys)
    for name in ("cumulative", "window", "alpha", "method", "factor", "versus", "chart"):
        if name in draft.options:
            query = replace(query, **{name: draft.options[name]})
    return query


def _with_conditions(query: Query, filters: tuple[Filter, ...], either: tuple[AnyOf, ...]) -> Query:
    """New conditions take the place of those on the same column; dates that of other dates."""
    columns = {item.column for item in filters}
    columns |= {item.column for any_of in either for one in any_of.alternatives for item in one}
    if not columns:
        return query
    kept = tuple(item for item in query.filters if item.column not in columns)
    rest = tuple(
        any_of
        for any_of in query.either
        if not columns.intersection(item.column for one in any_of.alternatives for item in one)
    )
    query = replace(query, filters=(*kept, *filters), either=(*rest, *either))
    if query.compared:
        return _comparing_anew(query, filters)
    single = {item.column for item in filters if item.operator == "in" and len(item.operands) == 1}
    if query.action == "aggregate":
        return replace(query, groups=tuple(name for name in query.groups if name not in single))
    return query


def _comparing_anew(query: Query, filters: tuple[Filter, ...]) -> Query:
    """Two other values of the column that was compared by; one alone ends the comparison."""
    for item in filters:
        if item.column in query.groups and item.operator == "in":
            if len(item.operands) == 2:
                return replace(query, compared=(str(item.operands[0]), str(item.operands[1])))
            return replace(query, compared=(), operation="", groups=())
    return query


def _with_measures(query: Query, measures: tuple[str, ...]) -> Query:
    if query.action in ("count", "share") and not query.measures and query.groups:
        return replace(query, action="aggregate", measures=measures)
    if query.action == "count":
        return replace(query, action="aggregate", measures=measures)
    return replace(query, measures=measures)


def _computing(query: Query) -> Query:
    """A statistic of what was only described, counted or told apart."""
    if query.action in ("describe", "distribution", "share", "lookup") and query.measures:
        return replace(query, action="aggregate")
    if not query.measures:
        raise NotClear("unsure")
    return query


def _with_groups(query: Query, groups: tuple[str, ...]) -> Query:
    if query.action == "count":
        return replace(query, action="share", groups=groups)
    if query.action == "trend" and query.limit is None:
        return replace(query, action="aggregate", groups=groups, date=None, period=None)
    if query.action in ("aggregate", "share", "top", "growth"):
        return replace(query, groups=groups)
    raise NotClear("unsure")


def _growing(query: Query, reading: Reading) -> Query:
    dates = reading.table.dates()
    date = query.date or (dates[0] if len(dates) == 1 else None)
    if date is None:
        raise NotClear("needs_date")
    return replace(query, action="growth", date=date)


def _ranked(query: Query, reading: Reading, keys: set[str]) -> Query:
    limit = reading.limit() or (5 if keys & {"top", "bottom"} and query.limit is None else query.limit or 1)
    ascending = bool(keys & {"bottom", "low"})
    if query.action == "aggregate" and query.groups:
        named = query.statistics or (() if all(adds_up(name) for name in query.measures) else ("mean",))
        return replace(
            query,
            action="top",
            measures=query.measures[:1],
            statistics=() if named == ("sum",) else named[:1],
            limit=limit,
            ascending=ascending,
        )
    if query.action in ("share", "trend", "top"):
        return replace(query, limit=limit, ascending=ascending)
    if query.measures and not query.groups and query.action in ("aggregate", "preview"):
        return replace(query, action="top", statistics=(), limit=limit, ascending=ascending)
    raise NotClear("unsure")
