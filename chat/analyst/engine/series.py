"""Computes what changes over time: trends, moving averages, running totals and growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chat.analyst.engine.database import quoted
from chat.analyst.engine.groupings import group_by, measured, ordered
from chat.analyst.engine.preparing import about_dates
from chat.analyst.engine.results import CHANGE, CUMULATED, GROWTH, MOVING, PREVIOUS, Result, result_of
from chat.analyst.engine.sources import Impossible, Source
from chat.analyst.engine.time_labels import CALENDAR, a_year, label_of, length, periods_of, truncated
from chat.analyst.queries import Period, Query

_SHORT_DAYS = 62
_LONG_DAYS = 366 * 6


def trend(query: Query, source: Source) -> Result:
    """A row per period that has rows, in the order of time; with a group, a row for each of them."""
    date = query.date or ""
    period, by_period, first, names = _by_period(query, source)
    lines = [source.name(name) for name in query.groups]
    parted = f"PARTITION BY {', '.join(lines)} " if lines else ""
    more = []
    if query.window:
        more.append((_moving(query, source.name(date), quoted(first), period, parted), MOVING))
    if query.cumulative:
        over = f"OVER ({parted}ORDER BY {source.name(date)} ROWS UNBOUNDED PRECEDING)"
        more.append((f"sum({quoted(first)}) {over}", CUMULATED))
    if query.limit is not None:
        direction = "ASC" if query.ascending else "DESC"
        order = [f"{quoted(first)} {direction}", source.name(date), *(f"{line} NULLS LAST" for line in lines)]
        known = f"\nWHERE {quoted(first)} IS NOT NULL"
    else:
        order = [source.name(date), *(f"{line} NULLS LAST" for line in lines)]
        known = ""
    added = "".join(f",\n  {part} AS {quoted(name)}" for part, name in more)
    body = f"SELECT *{added}\nFROM periods{known}{ordered(query, order[0], ', '.join(order))}"
    sql = source.sql(body, ("periods", by_period))
    frame = source.restored(source.frame(sql), [*names, *(name for _, name in more)])
    frame[date] = periods_of(frame[date], period)
    there = source.sql(f"SELECT count(DISTINCT {source.name(date)}) AS n FROM periods", ("periods", by_period))
    periods = int(source.frame(there).iloc[0, 0])
    values: dict[str, Any] = {"period": period, "by": first, "periods": periods}
    return _dated(query, source, frame=frame, values=values, sql=sql)


def _moving(query: Query, date: str, value: str, period: Period, parted: str) -> str:
    """The SQL of the mean of a period and those before it, where there are so many.

    As growth has it, days follow each other as the file has them, other periods as the calendar does.
    """
    before = (query.window or 1) - 1
    over = f"OVER ({parted}ORDER BY {date} ROWS BETWEEN {before} PRECEDING AND CURRENT ROW)"
    whole = f"count({value}) {over} = {query.window}"
    if period in CALENDAR:
        whole += f" AND min({date}) {over} = {date} - {before} * {length(period)}"
    return f"CASE WHEN {whole} THEN avg({value}) {over} END"


def _by_period(query: Query, source: Source) -> tuple[Period, str, str, list[str]]:
    """The period, the SQL of a row for each, the name of its first statistic, and all its names."""
    date = query.date or ""
    period = query.period or natural_period(source, date)
    statistics: Sequence[str] = query.statistics or ("sum", "mean")
    if not query.pairs and (query.groups or query.window or query.cumulative or query.action == "growth"):
        statistics = statistics[:1]
    parts = measured(query, source, statistics)
    names = [date, *(name for name in query.groups if name != date)]
    source.step("dated", f"SELECT *\nFROM {source.relation}\nWHERE {source.name(date)} IS NOT NULL")
    query = replace(query, period=period)
    return period, group_by(query, source, names, parts), parts[0][1], [*names, *(name for _, name in parts)]


def _is_of_whole_periods(query: Query, source: Source, where: str) -> bool:
    """Whether a condition leaves no period in part: 2024 has whole months, the middle of March hasn't."""
    label = label_of(query.date or "", query, source)
    touched = f"SELECT {label} FROM {source.relation} WHERE {where}"
    row = source.row(
        f"SELECT count(*) FILTER (WHERE {where}) AS kept, count(*) FILTER (WHERE {label} IN ({touched})) AS whole\n"
        f"FROM {source.relation}"
    )
    return bool(row["kept"] == row["whole"])


def natural_period(source: Source, date: str) -> Period:
    """The period that makes a readable number of points of a column's dates."""
    cell = source.name(date)
    ends: dict[str, datetime | None] = source.row(
        f"SELECT min({cell}) AS first, max({cell}) AS last FROM {source.relation}"
    )
    first, last = ends["first"], ends["last"]
    days = (last - first).days if first and last else 0
    if days <= _SHORT_DAYS:
        return "day"
    return "month" if days <= _LONG_DAYS else "year"


def _dated(query: Query, source: Source, **more: Any) -> Result:
    """A result of rows that have a date; those without one count as missing."""
    date = query.date or ""
    used = source.counted(query.measures)[1]
    source.back()
    matching, _, missing = source.counted((date, *query.measures))
    return result_of(source, (date, *query.measures), matching=matching, missing=missing, used=used, **more)


def growth(query: Query, source: Source) -> Result:
    """Each period beside the one before, or the same one of the year before: the change and its share of it.

    Days follow each other as the file has them, other periods as the calendar does. A share of nothing, or of less
    than nothing, is none. Conditions on the date choose among the periods: the one before the first is compared with.
    """
    date = query.date or ""
    where = source.write.conditions(*about_dates(query))
    period = query.period or natural_period(source, date)
    if where and not _is_of_whole_periods(replace(query, period=period), source, where):
        source.step("within", f"SELECT *\nFROM {source.relation}\nWHERE {where}")
        where = ""
    period, by_period, first, names = _by_period(replace(query, period=period), source)
    lines = [source.name(name) for name in query.groups if name != date]
    now, value = source.name(date), quoted(first)
    is_listed = query.versus == "previous" and period == "day"
    parted = f"PARTITION BY {', '.join(lines)} " if lines else ""
    if is_listed:
        paired = f"SELECT *, lag({value}) OVER ({parted}ORDER BY {now}) AS {quoted(PREVIOUS)}\nFROM periods"
    else:
        back = a_year(period) if query.versus == "year" else length(period)
        same = "".join(f" AND b.{line} IS NOT DISTINCT FROM n.{line}" for line in lines)
        paired = (
            f"SELECT n.*, b.{value} AS {quoted(PREVIOUS)}\nFROM periods AS n\n"
            f"LEFT JOIN periods AS b ON b.{now} = n.{now} - {back}{same}"
        )
    change = f"{value} - {quoted(PREVIOUS)}"
    percent = f"CASE WHEN {quoted(PREVIOUS)} > 0 THEN ({change}) * 100.0 / {quoted(PREVIOUS)} END"
    order = ", ".join([now, *(f"{line} NULLS LAST" for line in lines)])
    body = f"SELECT *,\n  {change} AS {quoted(CHANGE)},\n  {percent} AS {quoted(GROWTH)}\nFROM paired"
    if where:
        label = truncated(now, period)
        body += f"\nWHERE {now} IN (SELECT {label} FROM dated WHERE {where})"
    body += f"\nORDER BY {order}"
    sql = source.sql(body, ("periods", by_period), ("paired", paired))
    frame = source.restored(source.frame(sql), [*names, PREVIOUS, CHANGE, GROWTH])
    frame[date] = periods_of(frame[date], period)
    known = frame.dropna(subset=[CHANGE])
    if known.empty:
        raise Impossible("no_period_before", date=date)
    values: dict[str, Any] = {"period": period, "by": first, "periods": int(frame[date].nunique())}
    if query.limit is not None:
        by = GROWTH if known[GROWTH].notna().any() else CHANGE
        frame = known.sort_values(by, ascending=query.ascending, kind="stable").head(query.limit)
        frame = frame.reset_index(drop=True)
    if where:  # what is counted is what is shown
        source.back()
        source.step("shown", f"SELECT *\nFROM {source.relation}\nWHERE {where}")
        source.step("shown_dated", f"SELECT *\nFROM {source.relation}\nWHERE {now} IS NOT NULL")
    return _dated(query, source, frame=frame, values=values, sql=sql)
