"""Control totals of a table, computed by DuckDB without any model, and what of an answer differs from them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chat.analyst.card_job import table_of
from chat.analyst.checking.claims import Claim, Reader
from chat.analyst.checking.told_words import Lexicon
from chat.analyst.engine.database import DATA, quoted
from chat.analyst.tables import TOTAL_ROW, Table

MOST_COLUMNS = 60  # of each kind that are told; all are compared
_MOST_COMPUTED = 500
_MOST_VALUES = 2000  # of a text column whose values are looked for in sentences
_LONGEST_VALUE = 60
# What makes "the whole table" mean two things: a last row that adds up the others, other tables beside this one.
_UNCERTAIN = frozenset({TOTAL_ROW, "other_sheets", "other_tables"})
_KEPT = 8  # files whose totals a worker keeps for the next answer
_SCALED = re.compile(r"천|만|억|thousand|million|billion|'000|\bin 000|\bk\b|\bmn?\b|\bbn\b", re.IGNORECASE)
_SCALES = (1.0, 1e3, 1e4, 1e6, 1e7, 1e8, 1e9)


@dataclass(frozen=True, slots=True)
class ColumnTotals:
    """A column's figures. `count` and `distinct` leave empty cells out; None where a text has none."""

    name: str
    unit: str
    count: int
    distinct: int
    sum: float | None = None
    mean: float | None = None
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """A table's figures; `is_certain` when they are surely what an answer means by the whole table."""

    rows: int
    columns: tuple[ColumnTotals, ...]
    is_certain: bool
    values: frozenset[str] = frozenset()
    has_total_row: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A total in an answer that isn't the computed one. `place`: where it stands, in characters."""

    statistic: str
    column: str | None
    told: str
    computed: float
    place: tuple[int, int]


def totals_job(request: Mapping[str, Any], tell: Any) -> dict[str, Any]:
    """The control totals of the first of `files`, each as `table_of` takes it, and what of `answer` differs.

    `questions` are those of the conversation up to the answer. Raises ReadingFailed.
    """
    file = request["files"][0]
    tell("reading")
    totals = _kept_totals(json.dumps(file, sort_keys=True), Path(file["path"]).stat().st_mtime_ns)
    tell("computing")
    agreeing, differing = compare(totals, request["answer"], request.get("questions", ()), name=file["name"])
    numbers = [column for column in totals.columns if column.sum is not None]
    return {
        "totals": {
            "file": file["name"],
            "rows": totals.rows,
            "total_row": totals.has_total_row,
            "columns": [
                {
                    "name": column.name,
                    "sum": _plain(column.sum),
                    "count": column.count,
                    "mean": _plain(column.mean),
                    "min": _plain(column.min),
                    "max": _plain(column.max),
                    "unit": column.unit,
                }
                for column in numbers[:MOST_COLUMNS]
            ],
            "distinct": [{"name": column.name, "count": column.distinct} for column in totals.columns[:MOST_COLUMNS]],
            "differing": [{**asdict(one), "computed": _plain(one.computed)} for one in differing],
            "agreeing": agreeing,
        }
    }


def totals_of(table: Table) -> Totals:
    """All figures of a table, in one pass over it."""
    kinds = {column.name: column for column in table.columns[:_MOST_COMPUTED]}
    wanted = ["count(*)"]
    for column in kinds.values():
        name = quoted(table.identifiers[column.name])
        wanted += [f"count({name})", f"count(DISTINCT {name})"]
        if column.kind == "number":
            # fsum: doubles are added without their rounding adding up.
            wanted += [f"fsum({name}::DOUBLE)", f"avg({name})", f"min({name})", f"max({name})"]
    named = ", ".join(f"{figure} AS f{number}" for number, figure in enumerate(wanted))
    row = list(table.database.row(f"SELECT {named} FROM {DATA}").values())  # noqa: S608 (all names are quoted)
    rows = row.pop(0)
    found: list[ColumnTotals] = []
    for column in kinds.values():
        count, distinct = row.pop(0), row.pop(0)
        figures = [_number(row.pop(0)) for _ in range(4)] if column.kind == "number" else [None] * 4
        found.append(ColumnTotals(column.name, column.unit, count, distinct, *figures))
    notes = {note.key for note in table.notes}
    return Totals(
        rows, tuple(found), is_certain=not notes & _UNCERTAIN, values=_values(table), has_total_row=TOTAL_ROW in notes
    )


def compare(totals: Totals, answer: str, questions: Sequence[str], *, name: str) -> tuple[int, list[Difference]]:
    """How many totals in an answer are the computed ones, and those that aren't."""
    if not totals.is_certain:
        return 0, []
    lexicon = Lexicon([one.name for one in totals.columns], [one.unit for one in totals.columns], [name])
    agreeing, differing = 0, {}
    for claim in Reader(lexicon, totals.values).claims(answer, questions):
        computed = _computed(claim, totals)
        if computed is None:
            continue
        if any(claim.told.fits(one, approximately=claim.approximately) for one in _readings(claim, totals, computed)):
            agreeing += 1
        else:
            place = (claim.told.start, claim.told.end)
            differing[place] = Difference(claim.statistic, claim.column, claim.told.written, computed, place)
    return agreeing, list(differing.values())


def _computed(claim: Claim, totals: Totals) -> float | None:
    if claim.statistic == "rows":
        return totals.rows
    column = next((one for one in totals.columns if one.name == claim.column), None)
    return None if column is None else getattr(column, claim.statistic)


def _readings(claim: Claim, totals: Totals, computed: float) -> list[float]:
    """The computed number and what else an answer may rightly call so."""
    column = next((one for one in totals.columns if one.name == claim.column), None)
    if column is None:
        return [computed]
    found = [computed]
    if claim.statistic == "mean" and column.sum is not None and totals.rows:
        found.append(column.sum / totals.rows)  # empty cells counted as 0
    if claim.statistic == "distinct" and column.count < totals.rows:
        found.append(column.distinct + 1)  # empty cells counted as a value
    if claim.loosely:
        found += [
            one for one in (column.mean, column.min, column.max, column.count, column.distinct) if one is not None
        ]
    if claim.statistic != "distinct" and _SCALED.search(f"{column.name} {column.unit}"):
        found += [one * scale for one in list(found) for scale in _SCALES]
        found += [one / scale for one in list(found) for scale in _SCALES]
    return found


@lru_cache(maxsize=_KEPT)
def _kept_totals(file: str, _changed: int) -> Totals:
    return totals_of(table_of(json.loads(file)))


def _values(table: Table) -> frozenset[str]:
    """The words that stand for some of the rows."""
    found: set[str] = set()
    for name in table.names("text"):
        values = table.distinct(name)
        if len(values) <= _MOST_VALUES:
            found |= {text for value in values if len(text := str(value).strip().casefold()) <= _LONGEST_VALUE}
    return frozenset(found)


def _number(value: Any) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(value)


def _plain(value: float | None) -> int | float | None:
    """A whole number as such, as far as it is exact."""
    return int(value) if value is not None and value == int(value) and abs(value) < 2**53 else value
