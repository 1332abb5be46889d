"""Computes statistics, of all rows or of groups: sums, shares, rankings, pivots and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from chat.analyst.engine.database import ROW, quoted
from chat.analyst.engine.preparing import part_of
from chat.analyst.engine.results import (
    COUNT,
    CUMULATED,
    DIFFERENCE,
    PART,
    PERCENT,
    RATIO,
    SHARE,
    TOTAL,
    Result,
    result_of,
)
from chat.analyst.engine.sources import Impossible, Source
from chat.analyst.engine.sql import comparison, literal, moment
from chat.analyst.engine.time_labels import label_of, labelled
from chat.analyst.queries import Having, Query, Statistic

OVERVIEW: tuple[Statistic, ...] = ("count", "sum", "mean", "median", "min", "max")
GROUP_OVERVIEW: tuple[Statistic, ...] = ("count", "sum", "mean")
_TEXT_OVERVIEW: tuple[Statistic, ...] = ("count", "distinct", "mode", "min", "max")
_MOST_ACROSS = 50
_OPERATIONS = {
    "difference": ("a - b", DIFFERENCE),
    "ratio": ("a * 1.0 / nullif(b, 0)", RATIO),
    "percent": ("(a - b) * 100.0 / nullif(b, 0)", PERCENT),
}


def count(query: Query, source: Source) -> Result:
    """The number of rows, or, with groups, of the groups that there are."""
    if query.groups:
        return _by_group(query, source)
    sql = source.sql(f"SELECT count(*) AS {quoted('rows')} FROM {source.relation}")
    found = int(source.frame(sql).iloc[0, 0])
    return result_of(source, values={"count": found}, sql=sql)


def aggregate(query: Query, source: Source) -> Result:
    """Statistics of the measures: of all rows, of each group, or of two things compared."""
    if query.operation:
        return _compared(query, source)
    if query.groups:
        return _by_group(query, source)
    if query.pairs:
        return _each_its_own(query, source)
    statistics = query.statistics or _overview(query, source)
    columns = [(measure, statistic) for measure in query.measures for statistic in statistics]
    listed = ",\n  ".join(f"{source.statistic(s, m)} AS {quoted(f'{s} {m}')}" for m, s in columns)
    sql = source.sql(f"SELECT {listed}\nFROM {source.relation}")
    cells = [_plain(value) for value in source.frame(sql).iloc[0]]
    width = len(statistics)
    rows = [cells[start : start + width] for start in range(0, len(cells), width)]
    frame = pd.DataFrame(rows, columns=list(statistics), dtype=object)
    frame.insert(0, "column", list(query.measures))
    values = dict(zip(statistics, rows[0], strict=True))
    if "mode" in statistics:
        values |= _modes(query.measures[0], source)
    return result_of(source, query.measures, frame=frame, values=values, sql=sql)


def _each_its_own(query: Query, source: Source) -> Result:
    """A row of the statistics, each of its own measure."""
    parts = measured(query, source, ())
    listed = ",\n  ".join(f"{part} AS {quoted(name)}" for part, name in parts)
    sql = source.sql(f"SELECT {listed}\nFROM {source.relation}")
    frame = source.restored(source.frame(sql), [name for _, name in parts])
    return result_of(source, query.measures, frame=frame, sql=sql)


def _overview(query: Query, source: Source) -> tuple[Statistic, ...]:
    return OVERVIEW if all(source.kind(name) == "number" for name in query.measures) else _TEXT_OVERVIEW


def _modes(measure: str, source: Source) -> dict[str, int]:
    """How often the most frequent value occurs, and how many values occur as often."""
    cell = source.name(measure)
    counts = f"SELECT count(*) AS n FROM {source.relation} WHERE {cell} IS NOT NULL GROUP BY {cell}"
    ranked = f"SELECT n, max(n) OVER () AS top FROM ({counts})"
    row = source.row(f"SELECT max(n) AS times, count(*) FILTER (WHERE n = top) AS tied FROM ({ranked})")
    return {"mode_times": int(row["times"] or 0), "mode_tied": int(row["tied"] or 0)}


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def having(query: Query, source: Source) -> str:
    """The conditions on groups, as a clause or nothing."""
    written = [_kept_group(item, source) for item in query.having]
    return "\nHAVING " + "\n  AND ".join(written) if written else ""


def _kept_group(item: Having, source: Source) -> str:
    statistic = source.statistic(item.statistic, item.measure) if item.measure else "count(*)"
    return f"{statistic} {comparison(item.operator)} {literal(item.operand)}"


def group_by(query: Query, source: Source, names: Sequence[str], parts: Sequence[tuple[str, str]]) -> str:
    """A SELECT of groups and of `parts`, which are (SQL, name)."""
    labels = [f"{label_of(name, query, source)} AS {source.name(name)}" for name in names]
    listed = ",\n  ".join([*labels, *(f"{part} AS {quoted(name)}" for part, name in parts)])
    places = ", ".join(str(number) for number in range(1, len(names) + 1))
    return f"SELECT {listed}\nFROM {source.relation}\nGROUP BY {places}{having(query, source)}"


def in_order(place: int, *, ascending: bool, labels: int) -> str:
    """Sorted by the column at `place`, empty ones last, and what is equal by the groups."""
    ties = "".join(f", {number} NULLS LAST" for number in range(1, labels + 1))
    return f"\nORDER BY {place} {'ASC' if ascending else 'DESC'} NULLS LAST{ties}"


def limited(limit: int | None) -> str:
    """A LIMIT clause or nothing."""
    return "" if limit is None else f"\nLIMIT {limit}"


def by_bins(query: Query, source: Source) -> str:
    """The order of the bins that rows are set apart by, as a part of ORDER BY; nothing without any."""
    named = [name for name in query.groups if name in source.bins]
    if not named or query.limit is not None:
        return ""
    listed = ", ".join(literal(label) for label in source.bins[named[0]])
    return f"list_position([{listed}], {source.name(named[0])}), "


def ordered(query: Query, value: str, order: str) -> str:
    """The end of a ranking's SELECT: all in `order`, or the first ones, the part or the rank that is asked for.

    What is equal by `value` has the same rank, and the next value the next one.
    """
    if query.rank is not None:
        return f"\nQUALIFY dense_rank() OVER (ORDER BY {value}) = {query.rank}\nORDER BY {order}"
    if query.percent is not None:
        return f"\nQUALIFY row_number() OVER (ORDER BY {order}) <= {part_of(query.percent)}\nORDER BY {order}"
    return f"\nORDER BY {order}{limited(query.limit)}"


def measured(query: Query, source: Source, statistics: Sequence[str]) -> list[tuple[str, str]]:
    """The statistics of the measures, or the number of rows without any, as (SQL, name)."""
    if query.pairs:
        return [(source.statistic(s, m), f"{s} {m}") if m else ("count(*)", COUNT) for s, m in query.pairs]
    if not query.measures:
        return [("count(*)", COUNT)]
    return [(source.statistic(s, m), f"{s} {m}") for m in query.measures for s in statistics]


def _by_group(query: Query, source: Source) -> Result:
    """A row per group, the largest first; groups without a name stay a group of their own. Boxes go by medians."""
    statistics = query.statistics or GROUP_OVERVIEW
    parts = measured(query, source, statistics)
    first = parts[0][1] if query.statistics or query.pairs or not query.measures else parts[1][1]
    if {"q1", "median", "q3"} <= set(query.statistics) and query.measures:
        first = f"median {query.measures[0]}"
    place = len(query.groups) + 1 + [name for _, name in parts].index(first)
    order = in_order(place, ascending=query.ascending, labels=len(query.groups))
    order = order.replace("ORDER BY ", f"ORDER BY {by_bins(query, source)}", 1)
    sql = source.sql(group_by(query, source, query.groups, parts) + order + limited(query.limit))
    frame = source.restored(source.frame(sql), [*query.groups, *(name for _, name in parts)])
    values: dict[str, Any] = {"by": first, "groups": len(frame), "count": len(frame)}
    if query.pairs:
        overall = source.row(f"SELECT {parts[0][0]} AS first FROM {source.relation}")["first"]
        values |= {"overall": _plain(overall)}
    elif query.measures:
        listed = ", ".join(f"{source.statistic(s, query.measures[0])} AS s{n}" for n, s in enumerate(statistics))
        whole = source.row(f"SELECT {listed} FROM {source.relation}").values()
        values |= {s: _plain(value) for s, value in zip(statistics, whole, strict=True)}
    else:
        values["overall"] = source.counted(())[0]
    return result_of(source, query.measures, frame=labelled(frame, query), values=values, sql=sql)


def share(query: Query, source: Source) -> Result:
    """The part that each group has in the number of rows, or in the sum of a measure."""
    measure = query.measures[0] if query.measures else None
    part = source.statistic("sum", measure) if measure else "count(*)"
    if not query.groups:
        return _share_of_conditions(query, source, part, measure)
    grouped = group_by(query, source, query.groups, [(part, PART)])
    whole = source.row(f"SELECT {part} AS total FROM {source.relation}")["total"]
    sizes = source.frame(source.sql(f"SELECT min({quoted(PART)}) AS low, count(*) AS n FROM ({grouped})")).iloc[0]
    comparable = bool(whole) and bool(sizes["low"] >= 0)
    shared = f"{quoted(PART)} * 100.0 / {literal(whole)}" if comparable else "NULL::DOUBLE"
    names = [source.name(name) for name in query.groups]
    direction = "ASC" if query.ascending else "DESC"
    value = f"{quoted(PART)} {direction} NULLS LAST"
    order = by_bins(query, source) + ", ".join([value, *(f"{name} NULLS LAST" for name in names)])
    shares = [*names, quoted(PART), f"{shared} AS {quoted(SHARE)}"]
    if query.cumulative:
        shares.append(f"sum({shared}) OVER (ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS {quoted(CUMULATED)}")
    listed = ",\n  ".join(shares)
    body = f"SELECT {listed}\nFROM shares{ordered(query, value, order)}"
    sql = source.sql(body, ("shares", grouped))
    computed = [PART, SHARE, *([CUMULATED] if query.cumulative else [])]
    frame = source.restored(source.frame(sql), [*query.groups, *computed])
    values = {"total": _plain(whole), "groups": int(sizes["n"])}
    return result_of(source, query.measures, frame=labelled(frame, query), values=values, sql=sql)


def _share_of_conditions(query: Query, source: Source, part: str, measure: str | None) -> Result:
    sql = source.sql(
        "SELECT part, total, part * 100.0 / nullif(total, 0) AS share\n"
        f"FROM (SELECT {part} AS part FROM {source.relation}), (SELECT {part} AS total FROM {source.unfiltered})"
    )
    row = source.frame(sql).iloc[0]
    values = {name: _plain(row[name]) for name in ("part", "total", "share")}
    return result_of(source, query.measures, values=values, sql=sql)


def top(query: Query, source: Source) -> Result:
    """The rows, or the named groups, with the highest or lowest values; within each of other groups, if so asked."""
    measure = query.measures[0]
    direction = "ASC" if query.ascending else "DESC"
    if query.groups:
        statistic = query.statistics[0] if query.statistics else "sum"
        by = f"{statistic} {measure}"
        names = list(dict.fromkeys((*query.within, *query.groups)))
        ranked = group_by(query, source, names, [(source.statistic(statistic, measure), by)])
        columns = [*names, by]
        cell = quoted(by)
        ties = [f"{source.name(name)} NULLS LAST" for name in names]
        shown = [*(source.name(name) for name in names), cell]
        named = [f"{source.name(name)} IS NOT NULL" for name in names]
    else:
        by, columns = measure, [column.name for column in source.columns]
        cell = source.name(measure)
        ties = [quoted(ROW)]
        shown = [quoted(source.names[name]) for name in columns]
        ranked = f"SELECT {', '.join([*shown, quoted(ROW)])}\nFROM {source.relation}"
        named = []
    order = [f"{cell} {direction}", *ties]
    body = f"SELECT {', '.join(shown)}\nFROM ranked\nWHERE {' AND '.join([f'{cell} IS NOT NULL', *named])}"
    if query.within and query.limit is not None:
        parts = [source.name(name) for name in query.within]
        each = f"PARTITION BY {', '.join(parts)}"
        if query.rank is not None:
            body += f"\nQUALIFY dense_rank() OVER ({each} ORDER BY {order[0]}) = {query.rank}"
        else:
            most = query.limit if query.percent is None else part_of(query.percent, each)
            body += f"\nQUALIFY row_number() OVER ({each} ORDER BY {', '.join(order)}) <= {most}"
        order = [*(f"{part} NULLS LAST" for part in parts), *order]
    if query.within:
        body += f"\nORDER BY {', '.join(order)}"
    else:
        body += ordered(query, order[0], ", ".join(order))
    sql = source.sql(body, ("ranked", ranked))
    frame = source.restored(source.frame(sql), columns)
    candidates, tied = _ranked(query, source, ranked, cell, frame[by], named)
    values = {"by": by, "candidates": candidates, "tied": tied}
    return result_of(source, (measure,), frame=labelled(frame, query), values=values, sql=sql)


def _ranked(
    query: Query, source: Source, ranked: str, cell: str, best: pd.Series, named: Sequence[str]
) -> tuple[int, int]:
    """How many values were ranked, and how many beyond the last one shown are equal to it."""
    if best.empty:
        return 0, 0
    last = _plain(best.iloc[-1])
    where = f" WHERE {' AND '.join(named)}" if named else ""
    equal = moment(last.isoformat()) if isinstance(last, pd.Timestamp) else literal(last)
    row = source.frame(
        source.sql(
            f"SELECT count({cell}) AS n, count(*) FILTER (WHERE {cell} = {equal}) AS same FROM ranked{where}",
            ("ranked", ranked),
        )
    ).iloc[0]
    shown = int((best == last).sum())
    return int(row["n"]), 0 if query.within else max(int(row["same"]) - shown, 0)


def pivot(query: Query, source: Source) -> Result:
    """The groups below each other, the values of another column side by side."""
    across = query.across or query.groups[-1]
    groups = tuple(name for name in query.groups if name != across)
    if not groups:
        raise Impossible("pivot_groups", column=across)
    statistic = (query.statistics or ("sum",))[0]
    measure = query.measures[0] if query.measures else None
    label = label_of(across, query, source)
    counts = source.frame(
        source.sql(
            f"SELECT {label} AS label, count(*) AS n FROM {source.relation} GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST"
        )
    )
    labels = sorted(counts["label"].dropna().head(_MOST_ACROSS))
    has_empty = bool(counts["label"].isna().any())
    expression = source.statistic(statistic, measure) if measure else "count(*)"
    parts = [
        (f"{expression} FILTER (WHERE {label} = {_as_literal(value)})", shown)
        for value, shown in zip(labels, _shown(labels, across, query), strict=True)
    ]
    if has_empty:
        parts.append((f"{expression} FILTER (WHERE {label} IS NULL)", "–"))
    parts.append((expression, TOTAL))
    first = group_by(query, source, groups, parts)
    order = "\nORDER BY " + ", ".join(f"{number} NULLS LAST" for number in range(1, len(groups) + 1))
    sql = source.sql(first + order)
    frame = source.restored(source.frame(sql), [*groups, *(name for _, name in parts)])
    values = {
        "statistic": statistic if measure else "count",
        "across": across,
        "groups": groups,
        "left_out": max(len(counts) - has_empty - _MOST_ACROSS, 0),
    }
    return result_of(source, (measure,) if measure else (), frame=labelled(frame, query), values=values, sql=sql)


def _as_literal(value: Any) -> str:
    return moment(value.isoformat(" ")) if isinstance(value, pd.Timestamp) else literal(_plain(value))


def _shown(labels: Sequence[Any], across: str, query: Query) -> list[str]:
    """The values as headings."""
    frame = labelled(pd.DataFrame({across: labels}), query)
    shown = []
    for value in frame[across]:
        if isinstance(value, pd.Timestamp):
            shown.append(f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M:%S}")
        elif isinstance(value, float) and value.is_integer():
            shown.append(str(int(value)))
        else:
            shown.append(str(value))
    return shown


def _compared(query: Query, source: Source) -> Result:
    """Two numbers and their difference or ratio: of two groups, two columns or two statistics."""
    if len(query.compared) == 2 and len(query.groups) > 1:
        return _compared_in_groups(query, source)
    sides = _sides(query, source)
    listed = ", ".join(f"{part} AS {name}" for (_, part), name in zip(sides, ("a", "b"), strict=True))
    sql = source.sql(
        f"SELECT {listed},\n  {_OPERATIONS[query.operation][0]} AS {query.operation}\nFROM {source.relation}"
    )
    row = source.frame(sql).iloc[0]
    a, b, value = (_plain(cell) for cell in row)
    names = [name for name, _ in sides]
    for name, number in zip(names, (a, b), strict=True):
        if number is None or (number == 0 and not query.measures):
            raise Impossible("nothing_of", name=name)
    if value is None:
        raise Impossible("divided_by_zero", name=names[1])
    frame = pd.DataFrame({"name": names, "value": pd.Series([a, b], dtype=object)})
    values = {"value": value, "a": a, "b": b}
    return result_of(source, query.measures, frame=frame, values=values, sql=sql)


def _compared_in_groups(query: Query, source: Source) -> Result:
    """The same for each of the groups after the first, in the order of time or the largest first."""
    (one, first), (other, second) = _sides(query, source)
    operation, name = _OPERATIONS[query.operation]
    names = query.groups[1:]
    labels = [f"{label_of(group, query, source)} AS {source.name(group)}" for group in names]
    listed = ",\n  ".join([*labels, f"{first} AS a", f"{second} AS b"])
    places = ", ".join(str(number) for number in range(1, len(names) + 1))
    sides = f"SELECT {listed}\nFROM {source.relation}\nGROUP BY {places}"
    cells = [source.name(group) for group in names]
    dated = any(source.kind(group) in ("date", "month") for group in names)
    order = ", ".join(
        [*([] if dated else [f"{quoted(name)} DESC NULLS LAST"]), *(f"{cell} NULLS LAST" for cell in cells)]
    )
    shown = ",\n  ".join([*cells, f"a AS {quoted(one)}", f"b AS {quoted(other)}", f"{operation} AS {quoted(name)}"])
    sql = source.sql(f"SELECT {shown}\nFROM sides\nORDER BY {order}", ("sides", sides))
    frame = source.restored(source.frame(sql), [*names, one, other, name])
    if frame[name].notna().sum() == 0:
        raise Impossible("nothing_of", name=one if frame[one].notna().sum() == 0 else other)
    return result_of(source, query.measures, frame=labelled(frame, query), values={"by": name, "value": None}, sql=sql)


def _sides(query: Query, source: Source) -> list[tuple[str, str]]:
    """What is compared, as (name, SQL)."""
    statistics = query.statistics or ("sum",)
    if query.groups and len(query.compared) == 2:
        part = source.statistic(statistics[0], query.measures[0]) if query.measures else "count(*)"
        label = label_of(query.groups[0], query, source)
        conditions = [is_value(query, source, label, value) for value in query.compared]
        return [
            (value, f"{part} FILTER (WHERE {condition})")
            for value, condition in zip(query.compared, conditions, strict=True)
        ]
    if len(query.measures) == 2:
        return [(name, source.statistic(statistics[0], name)) for name in query.measures]
    if len(query.measures) == 1 and len(statistics) == 2:
        return [(f"{name} {query.measures[0]}", source.statistic(name, query.measures[0])) for name in statistics]
    raise Impossible("two_to_compare")


def is_value(query: Query, source: Source, label: str, value: str) -> str:
    """The SQL of whether a row's group, which `label` is the SQL of, is the one that the question calls `value`."""
    group = query.groups[0]
    kind = source.kind(group)
    if kind == "number":
        return f"{label} = TRY_CAST({literal(value)} AS DOUBLE)"
    if kind in ("date", "month"):
        shape = {"year": "%Y", "month": "%Y-%m"}.get(query.period or "", "%Y-%m-%d")
        return f"strftime({label}, {literal(shape)}) = {literal(value)}"
    return f"{label} = {literal(value)}"
