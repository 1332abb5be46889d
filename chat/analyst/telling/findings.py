"""Finds what stands out in a table, and what is wrong with it, for its profile."""

from __future__ import annotations

from typing import Any

import pandas as pd

from chat.analyst.engine.computing import compute
from chat.analyst.queries import Query
from chat.analyst.tables import Note, Table, note
from chat.analyst.telling.markdown import groups_digits

_MOST_COLUMNS = 30
_MOST_OF_A_KIND = 3
_SKEWED = 1.0
_DOMINATING = 80.0
_CORRELATED = 0.7
_MIXED = 0.2
_FEWEST_ROWS = 10


def outstanding(table: Table) -> list[Note]:
    """Skewed columns, dominating values, strong correlations, outliers and gaps in dates; `note.key` names a finding.

    Numbers in a note's values are meant for readers as they are.
    """
    if table.height < _FEWEST_ROWS:
        return []
    numbers = [name for name in table.names("number") if groups_digits(name)][:_MOST_COLUMNS]
    found = _dominating(table)
    if numbers:
        found += _skewed(table, numbers)
        found += _outliers(table, numbers)
    if len(numbers) > 1:
        found += _correlated(table, numbers)
    for name in table.names("date", "month")[:2]:
        found += _gaps(table, name)
    return found


def _skewed(table: Table, numbers: list[str]) -> list[Note]:
    result = compute(Query("aggregate", tuple(numbers), ("skew", "mean", "median", "distinct")), table)
    rows = [row for row in result.frame.to_dict("records") if row["skew"] is not None and row["distinct"] > 2]
    rows = sorted((row for row in rows if abs(row["skew"]) > _SKEWED), key=lambda row: -abs(row["skew"]))
    return [
        note(
            "skewed",
            column=row["column"],
            side="right" if row["skew"] > 0 else "left",
            skew=f"{row['skew']:.1f}",
            mean=_short(row["mean"]),
            median=_short(row["median"]),
        )
        for row in rows[:_MOST_OF_A_KIND]
    ]


def _short(value: Any) -> str:
    return f"{float(value):,.4g}" if abs(float(value)) < 1000 else f"{float(value):,.0f}"


def _dominating(table: Table) -> list[Note]:
    found = []
    for name in table.names("text")[:_MOST_COLUMNS]:
        result = compute(Query("share", groups=(name,), limit=1), table)
        top = result.frame.iloc[0]
        if result.values["groups"] == 1:
            found.append(note("constant", column=name))
        elif not pd.isna(top[name]) and top["#share"] >= _DOMINATING:
            found.append(note("dominates", column=name, value=str(top[name]), share=f"{top['#share']:.0f}"))
    return found[:_MOST_OF_A_KIND]


def _correlated(table: Table, numbers: list[str]) -> list[Note]:
    frame = compute(Query("correlation", tuple(numbers)), table).frame
    strong = frame[frame["r"].abs() >= _CORRELATED].head(_MOST_OF_A_KIND)
    return [note("correlated", a=row["a"], b=row["b"], r=f"{row['r']:.2f}") for row in strong.to_dict("records")]


def _outliers(table: Table, numbers: list[str]) -> list[Note]:
    frame = compute(Query("outliers", tuple(numbers), factor=3.0), table).frame
    frame = frame[frame["outliers"] > 0].sort_values("outliers", ascending=False).head(_MOST_OF_A_KIND)
    return [
        note("outliers", column=row["column"], count=row["outliers"], low=_short(row["low"]), high=_short(row["high"]))
        for row in frame.to_dict("records")
    ]


def _gaps(table: Table, name: str) -> list[Note]:
    """Periods without rows; days only where nearly all have some, as weekends are no gaps."""
    query = Query("trend", date=name)
    result = compute(query, table)
    periods = result.frame[name].dropna()
    if len(periods) < _FEWEST_ROWS // 2:
        return []
    whole = pd.period_range(periods.min(), periods.max(), freq=periods.dtype.freq)
    empty = whole.difference(pd.PeriodIndex(periods.unique()))
    if not len(empty) or (result.values["period"] == "day" and len(empty) > len(whole) / 10):
        return []
    return [note("gaps", column=name, count=len(empty), period=result.values["period"], example=str(empty[0]))]


def wrong(table: Table) -> list[Note]:
    """Missing values, repeated rows and columns of text that are partly numbers."""
    found = []
    result = compute(Query("missing"), table)
    lacking = result.frame[result.frame["missing"] > 0].head(5)
    if len(lacking):
        columns = ", ".join(f"{row['column']} {row['share']:.1f} %" for row in lacking.to_dict("records"))
        found.append(note("missing", columns=columns))
    if repeated := compute(Query("duplicates"), table).values["duplicates"]:
        found.append(note("duplicates", count=repeated))
    for name in table.names("text")[:_MOST_COLUMNS]:
        cells = table.head(2000)[name].dropna()
        share = cells.str.fullmatch(r"[+-]?[\d,]*\.?\d+").mean() if len(cells) else 0
        if _MIXED <= share < 1 - _MIXED / 4:
            found.append(note("mixed", column=name, share=f"{share * 100:.0f}"))
    return found
