"""What was computed: numbers and tables, not yet in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from chat.analyst.engine.sources import Source
from chat.analyst.tables import Column, Note

# Names of computed columns, which a file's columns hardly have.
PART, SHARE, COUNT, TIMES, TOTAL = "#part", "#share", "#count", "#times", "#total"
PREVIOUS, CHANGE, GROWTH, MOVING, CUMULATED = "#previous", "#change", "#growth", "#moving", "#cumulated"
DIFFERENCE, RATIO, PERCENT = "#difference", "#ratio", "#percent"
Sql = str


@dataclass(frozen=True, slots=True)
class Result:
    """What was computed.

    `rows` in the table, `matching` the conditions, `used` in the computation; `missing`: how many values of a column
    were left out for being empty. `frame` is the result's table, `values` single numbers by name. `sql` is what ran
    over the table `data`, `finish` the Python that makes the result of what it returned (called `rows`), if any.
    `columns` are those used, `made` those that the file doesn't have; `notes` say what the preparations did.
    `cannot` is set, and nothing else computed, when the computation isn't possible.
    """

    rows: int
    matching: int
    used: int
    missing: tuple[tuple[str, int], ...] = ()
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: dict[str, Any] = field(default_factory=dict)
    sql: Sql = ""
    finish: str = ""
    columns: tuple[str, ...] = ()
    made: tuple[Column, ...] = ()
    notes: tuple[Note, ...] = ()
    cannot: Note | None = None
    others: tuple[str, ...] = ()


def result_of(source: Source, columns: Sequence[str] = (), **more: Any) -> Result:
    """A result with its rows counted: used are those in which at least one of `columns` has a value."""
    matching, used, missing = source.before_summary or source.counted(columns)
    own = {column.name for column in source.table.columns}
    facts: dict[str, Any] = {
        "rows": source.rows,
        "matching": matching,
        "used": used,
        "missing": missing,
        "columns": source.used,
        "made": tuple(column for column in source.columns if column.name not in own),
        "notes": tuple(source.notes),
        "others": tuple(source.others),
    }
    return Result(**{**facts, **more})
