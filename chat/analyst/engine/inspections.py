"""Computes what a table holds: rows, columns, missing values, outliers, duplicates and distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from chat.analyst.engine.database import ROW, quoted
from chat.analyst.engine.groupings import limited
from chat.analyst.engine.preparing import DEFAULT_FACTOR
from chat.analyst.engine.results import COUNT, TIMES, Result, result_of
from chat.analyst.engine.sources import Source
from chat.analyst.engine.sql import literal
from chat.analyst.queries import Query

_ROW = quoted(ROW)
_MOST_BINS = 30
_MOST_REPEATED = 1000
_DESCRIBED = ("sum", "mean", "std")
_ENDS = {"min": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "max": 1.0}


def _all_columns(source: Source) -> list[str]:
    return [column.name for column in source.columns]


def missing(query: Query, source: Source) -> Result:
    """How many values each column lacks, the most first."""
    names = list(query.measures) or _all_columns(source)
    counts = ",\n  ".join(f"count(*) - count({source.name(name)}) AS {source.name(name)}" for name in names)
    whole = " AND ".join(f"{source.name(name)} IS NOT NULL" for name in names)
    incomplete = f"count(*) FILTER (WHERE NOT ({whole})) AS {quoted('rows with any')}"
    sql = source.sql(f"SELECT {counts},\n  {incomplete}\nFROM {source.relation}")
    *lacking, some = (int(cell) for cell in source.frame(sql).iloc[0])
    height = source.counted(())[0]
    frame = pd.DataFrame({"column": names, "missing": lacking})
    frame["share"] = frame["missing"] / height * 100 if height else np.nan
    frame = frame.sort_values("missing", ascending=False, kind="stable", ignore_index=True)
    return result_of(source, frame=frame, values={"missing": sum(lacking), "incomplete": some}, sql=sql)


def outliers(query: Query, source: Source) -> Result:
    """Values far outside the quartiles (Tukey's rule), or many standard deviations from the mean ("z")."""
    method = query.method or "iqr"
    factor = query.factor or DEFAULT_FACTOR[method]
    rows = []
    for name in query.measures:
        cell = source.name(name)
        parts = (
            "quantile_cont({0}, 0.25)",
            "quantile_cont({0}, 0.75)",
            "avg({0})",
            "stddev_samp({0})",
            "min({0})",
            "max({0})",
        )
        listed = ", ".join(f"{part.format(cell)} AS c{number}" for number, part in enumerate(parts))
        found = source.row(f"SELECT {listed} FROM {source.relation}").values()
        q1, q3, mean, deviation, smallest, largest = (math.nan if value is None else float(value) for value in found)
        reach = factor * (q3 - q1 if method == "iqr" else deviation)
        low, high = (q1 - reach, q3 + reach) if method == "iqr" else (mean - reach, mean + reach)
        if smallest == largest:  # a mean may miss values that are all the same
            low, high = smallest, largest
        if math.isnan(low):
            rows.append((name, q1, q3, low, high, 0))
            continue
        beyond = _beyond(cell, low, high)
        count = source.row(f"SELECT count(*) AS n FROM {source.relation} WHERE {beyond}")["n"]
        rows.append((name, q1, q3, low, high, int(count)))
    result = pd.DataFrame(rows, columns=["column", "q1", "q3", "low", "high", "outliers"])
    values: dict[str, Any] = {"outliers": int(result["outliers"].sum()), "method": method, "factor": factor}
    if len(rows) == 1:
        sql, values["rows"] = _outlying_rows(source, rows[0])
        values["points"] = _box(source, rows[0])
    else:
        parts_sql = [
            f"SELECT {literal(name)} AS {quoted('column')}, count(*) AS outliers FROM {source.relation} "
            f"WHERE {_beyond(source.name(name), low, high)}"
            for name, _, _, low, high, _ in rows
        ]
        sql = source.sql("\nUNION ALL\n".join(parts_sql))
    return result_of(source, query.measures, frame=result, values=values, sql=sql)


def _beyond(cell: str, low: float, high: float) -> str:
    return "FALSE" if math.isnan(low) else f"({cell} < {literal(low)} OR {cell} > {literal(high)})"


def _outlying_rows(source: Source, row: tuple[Any, ...]) -> tuple[str, pd.DataFrame]:
    name, _, _, low, high, _ = row
    names = _all_columns(source)
    cell = source.name(name)
    middle = literal((low + high) / 2) if not math.isnan(low) else "0"
    shown = ", ".join(quoted(source.names[column]) for column in names)
    sql = source.sql(
        f"SELECT {shown}\nFROM {source.relation}\nWHERE {_beyond(cell, low, high)}\n"
        f"ORDER BY abs({cell} - {middle}) DESC, {_ROW}"
    )
    return sql, source.restored(source.frame(sql), names)


def _box(source: Source, row: tuple[Any, ...]) -> dict[str, float]:
    """What a box plot shows: the ends of what is no outlier, and the median."""
    name, _, _, low, high, _ = row
    cell = source.name(name)
    found = source.row(
        f"SELECT min({cell}) FILTER (WHERE NOT {_beyond(cell, low, high)}) AS low, "
        f"max({cell}) FILTER (WHERE NOT {_beyond(cell, low, high)}) AS high, median({cell}) AS median, "
        f"max(abs({cell})) AS largest FROM {source.relation}"
    )
    return {key: float(value) for key, value in found.items() if value is not None}


def preview(query: Query, source: Source) -> Result:
    """The first rows, with all columns or some."""
    return _cells(query, source, list(query.measures) or _all_columns(source))


def lookup(query: Query, source: Source) -> Result:
    """The cells of the measures in the rows that meet the conditions."""
    result = _cells(query, source, list(query.measures) or _all_columns(source))
    if len(result.frame) == 1 and len(result.frame.columns) == 1:
        value = result.frame.iloc[0, 0]
        result.values["value"] = value.item() if isinstance(value, np.generic) else value
    return result


def _cells(query: Query, source: Source, names: Sequence[str]) -> Result:
    shown = ", ".join(source.name(name) for name in names)
    sql = source.sql(f"SELECT {shown}\nFROM {source.relation}\nORDER BY {_ROW}{limited(query.limit)}")
    return result_of(source, frame=source.restored(source.frame(sql), names), sql=sql)


def columns(query: Query, source: Source) -> Result:
    """What each column holds, with examples."""
    names = list(query.measures) or _all_columns(source)
    parts = [
        f"{part} AS {quoted(f'{label} {name}')}"
        for name in names
        for part, label in (
            (f"count(*) - count({source.name(name)})", "missing"),
            (f"count(DISTINCT {source.name(name)})", "distinct"),
        )
    ]
    sql = source.sql("SELECT " + ",\n  ".join(parts) + f"\nFROM {source.relation}")
    counts = [int(cell) for cell in source.frame(sql).iloc[0]]
    listed = ", ".join(source.name(name) for name in names)
    start = source.frame(
        source.sql(f"SELECT {listed} FROM {source.relation} WHERE {_ROW} < 10000 ORDER BY {_ROW} LIMIT 1000")
    )
    rows = [
        (name, source.kind(name), counts[2 * n], counts[2 * n + 1], _examples(start.iloc[:, n]))
        for n, name in enumerate(names)
    ]
    frame = pd.DataFrame(rows, columns=["column", "kind", "missing", "distinct", "examples"])
    return result_of(source, frame=frame, values={"columns": len(source.columns)}, sql=sql)


def _examples(values: pd.Series) -> list[Any]:
    return list(values.dropna().drop_duplicates().head(3))


def describe(query: Query, source: Source) -> Result:
    """Count, missing, sum, mean, deviation and the five quantiles of number columns; the quantiles of dates."""
    cells = []
    for name in query.measures:
        keys = ["count", *(_DESCRIBED if source.kind(name) == "number" else ()), *_ENDS]
        cells += [(name, key, source.statistic(key, name)) for key in keys]
    listed = ",\n  ".join(f"{part} AS {quoted(f'{key} {name}')}" for name, key, part in cells)
    sql = source.sql(f"SELECT {listed}\nFROM {source.relation}")
    found = source.frame(sql).iloc[0]
    height = source.counted(())[0]
    rows: dict[str, dict[str, Any]] = {name: {} for name in query.measures}
    for (name, key, _), cell in zip(cells, found, strict=True):
        rows[name][key] = None if pd.isna(cell) else cell
        if key == "count":
            rows[name]["missing"] = height - int(cell)
    frame = pd.DataFrame(rows, dtype=object).T.rename_axis("column").reset_index()
    return result_of(source, query.measures, frame=frame, sql=sql)


def duplicates(query: Query, source: Source) -> Result:
    """The rows that repeat an earlier one, and how often each row occurs that occurs again."""
    names = list(query.measures) or _all_columns(source)
    listed = ", ".join(source.name(name) for name in names)
    counted = f"{listed}, count(*) AS {quoted(TIMES)}, min({_ROW}) AS first"
    again = f"SELECT {counted}\nFROM {source.relation}\nGROUP BY {listed}\nHAVING count(*) > 1"
    body = f"SELECT {listed}, {quoted(TIMES)}\nFROM again\nORDER BY {quoted(TIMES)} DESC, first\nLIMIT {_MOST_REPEATED}"
    sql = source.sql(body, ("again", again))
    frame = source.restored(source.frame(sql), [*names, TIMES])
    total = source.sql(f"SELECT sum({quoted(TIMES)} - 1) AS again, count(*) AS n FROM again", ("again", again))
    counts = source.frame(total).iloc[0]
    repeated = 0 if pd.isna(counts["again"]) else int(counts["again"])
    values = {"duplicates": repeated, "groups": int(counts["n"])}
    return result_of(source, frame=frame, values=values, sql=sql)


def distinct(query: Query, source: Source) -> Result:
    """The different values of a column and how often each occurs."""
    name = query.measures[0]
    cell = source.name(name)
    sql = source.sql(
        f"SELECT {cell}, count(*) AS {quoted(COUNT)}\nFROM {source.relation}\nWHERE {cell} IS NOT NULL\n"
        f"GROUP BY {cell}\nORDER BY 2 DESC, min({_ROW})"
    )
    frame = source.restored(source.frame(sql), [name, COUNT])
    return result_of(source, (name,), frame=frame, values={"distinct": len(frame)}, sql=sql)


def distribution(query: Query, source: Source) -> Result:
    """Counts within equally wide bins, as many as Freedman and Diaconis advise."""
    name = query.measures[0]
    cell = source.name(name)
    keys = ("mean", "median", "std", "min", "max")
    listed = ", ".join(f"{source.statistic(key, name)} AS {quoted(key)}" for key in keys)
    overview = source.row(f"SELECT {listed} FROM {source.relation}")
    finite = f"isfinite({cell}::DOUBLE)"
    facts = source.row(
        f"SELECT count(*) AS n, min({cell}) AS low, max({cell}) AS high, quantile_cont({cell}, 0.25) AS q1, "
        f"quantile_cont({cell}, 0.75) AS q3 FROM {source.relation} WHERE {finite}"
    )
    edges = _bin_edges(facts)
    parts = []
    for number, (low, high) in enumerate(pairwise(edges), 1):
        sign = "<=" if number == len(edges) - 1 else "<"
        inside = f"{cell} >= {literal(float(low))} AND {cell} {sign} {literal(float(high))}"
        parts.append(f"count(*) FILTER (WHERE {inside}) AS {quoted(f'{low:g} – {high:g}')}")
    sql = source.sql("SELECT " + ",\n  ".join(parts) + f"\nFROM {source.relation}")
    counts = [int(count) for count in source.frame(sql).iloc[0]]
    frame = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts})
    return result_of(source, (name,), frame=frame, values=overview, sql=sql)


def _bin_edges(facts: dict[str, Any]) -> NDArray[np.float64]:
    if not facts["n"]:
        return np.array([0.0, 1.0])
    low, high, count = float(facts["low"]), float(facts["high"]), int(facts["n"])
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    if not math.isfinite(high - low):
        raise OverflowError
    width = 2 * float(facts["q3"] - facts["q1"]) / count ** (1 / 3)
    wanted = (high - low) / width if width else 10
    return np.linspace(low, high, int(min(max(np.ceil(wanted), 5), _MOST_BINS)) + 1)
