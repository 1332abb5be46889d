"""Columns of texts that tell numbers in words of size, such as "$10.8 billion" or "3억": read as numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from weakref import WeakKeyDictionary

from chat.analyst.queries import Preparation, Query
from chat.analyst.tables import Column, Table

_FOUND: WeakKeyDictionary[Table, tuple[Column, ...]] = WeakKeyDictionary()  # every question about a table asks
_MOST_VALUES = 5000
_SHARE = 0.9  # of a column's different values
_SIZES = "thousand|million|billion|trillion|mn|bn|tn|만|억|조"
_WORDED = re.compile(
    rf"[-−(]?\s*[$€£¥₩]?\s*[-−]?\d[\d,]*(?:\.\d+)?\s*(?:{_SIZES})\s*(?:원|달러|usd|krw|won|dollars)?\)?", re.IGNORECASE
)


def worded_columns(table: Table) -> tuple[Column, ...]:
    """The columns of texts of which nearly every value tells a number so, as columns of numbers."""
    if table not in _FOUND:
        _FOUND[table] = _find(table)
    return _FOUND[table]


def _find(table: Table) -> tuple[Column, ...]:
    return tuple(
        Column(column.name, "number")
        for column in table.columns
        if column.kind == "text" and _tells_numbers(table, column.name)
    )


def _tells_numbers(table: Table, name: str) -> bool:
    first = [str(value) for value in table.head(20)[name].dropna()]
    if not any(_WORDED.fullmatch(value.strip()) for value in first):
        return False
    values = [str(value) for value in table.distinct(name)]
    fitting = sum(bool(_WORDED.fullmatch(value.strip())) for value in values[:_MOST_VALUES])
    return fitting >= _SHARE * min(len(values), _MOST_VALUES)


def with_worded_numbers(query: Query, columns: tuple[Column, ...]) -> Query:
    """The query with a first step for each such column that it uses, which reads its numbers."""
    used = {*query.measures, *query.groups, *query.within, query.across or ""}
    used |= {item.column for item in query.filters} | {name for _, name in query.pairs}
    used |= {item.column for any_of in query.either for one in any_of.alternatives for item in one}
    used |= {item.measure or "" for item in query.having}
    for step in query.preparations:
        used |= {*step.columns, step.measure, *(item.column for item in step.filters)}
    steps = [
        Preparation("derive", (column.name,), "worded", name=column.name) for column in columns if column.name in used
    ]
    return replace(query, preparations=(*steps, *query.preparations)) if steps else query
