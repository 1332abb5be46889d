"""Answers a question that looks something up in a small table, or leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from chat.analyst.lookups.cells import fold, name_of, tidy, words
from chat.analyst.lookups.choosing import Chosen, choose
from chat.analyst.lookups.grid import MOST_CELLS, Grid
from chat.analyst.lookups.operators import asks_how_many
from chat.analyst.lookups.scripts import script
from chat.analyst.lookups.settling import settles
from chat.analyst.lookups.telling import Written, number_of, reading_text, values_text
from chat.analyst.lookups.units import in_units
from chat.analyst.lookups.wording import Wording
from chat.analyst.queries import Query, Unclear
from chat.analyst.tables import Table

_LONGEST_QUESTION = 400
_APART = r"\b(?:by|per|(?:for|in) each|each)\s+{name}s?\s*[?.]?$|{name}별"
_FEW_ROWS = 2000
_NAMED = 0.6  # how surely a question names what the rows are
_YEARS = (1500, 2100)
_FEWEST_OF_A_SERIES = 3
_CONNECTING = frozenset({"of", "in", "the", "and", "for", "by", "to", "at", "on", "with"})
_MANY = 5  # groups that are equal
_ASKS_BACK = ("which_column", "which_value_column")
_OF_SHARES = r"share|percent|%|proportion|portion|ratio|비율|비중|퍼센트|점유|차지|구성"
_NOT_UNDERSTOOD = ("words", "unsure", "needs_number", "needs_date", "which_statistic")


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """What was found: `values` as the table writes them or as computed (numbers, yes and no), `text` as it is told,
    `reading` how the question was read, `code` a script with the same result ("" where there is none), the columns
    and rows that it stands on."""

    values: tuple[str | float | bool, ...]
    text: str
    reading: str
    code: str
    columns: tuple[str, ...]
    rows: int
    rows_used: int

    @property
    def pieces(self) -> tuple[str, str]:
        """The answer's paragraphs."""
        return self.text, self.reading

    @property
    def value(self) -> str | float | bool | list[str | float | bool]:
        """The one value, or all; numbers of a column of numbers as such."""
        values = [value.number if isinstance(value, Written) else _whole(value) for value in self.values]
        return values[0] if len(values) == 1 else values


def instead_of(
    query: Query | Unclear,
    question: str,
    table: Table,
    language: str,
    as_written: Callable[[], Table] | None = None,
) -> LookupAnswer | None:
    """What `question` looks up, where its strict reading leaves room for that: it is unclear, shows mere rows, ranks
    groups that are a row each, gives statistics of a single cell, or asks which column is meant though all that fit
    come to one value. `as_written` gives the table with its cells as
    the file wrote them, where `table` may lack them."""
    if not _is_open(query, table) and not _is_misread(query, question, table):
        return _settled(query, question, table, language, as_written)
    found = answer(question, as_written() if as_written else table, language)
    if found is not None and isinstance(query, Unclear) and set(_set_apart(question, table)) - set(found.columns):
        return None  # an answer for each of those groups is asked for
    if found is not None and len(found.values) > 1 and isinstance(query, Unclear) and query.reason == "which_statistic":
        return None  # groups of many rows each: which statistic compares them must be asked
    return None if found is None or (_is_bare(query) and found.rows_used != 1) else found


def _set_apart(question: str, table: Table) -> list[str]:
    """The columns that the question sets apart by: "by country", "for each country", "국가별"."""
    return [
        name
        for name in table.names()
        if re.search(
            rf"\b(?:by|per|(?:for|in) each|each)\s+{re.escape(name)}s?\s*[?.]?$|{re.escape(name)}별", question, re.I
        )
    ]


def _settled(
    query: Query | Unclear,
    question: str,
    table: Table,
    language: str,
    as_written: Callable[[], Table] | None,
) -> LookupAnswer | None:
    """What is looked up in place of asking which column is meant; None where that must be asked."""
    if not isinstance(query, Unclear) or query.reason not in _ASKS_BACK or table.height > _FEW_ROWS:
        return None
    table = as_written() if as_written else table
    grid, names = grid_of(table), table.names()
    if grid is None or len(question) > _LONGEST_QUESTION or not set(query.options) <= set(names):
        return None
    grid = in_units(grid, question)
    chosen = choose(question, grid)
    options = frozenset(names.index(name) for name in query.options)
    if chosen is None or not settles(chosen, options, bool(query.words), Wording(question, grid)):
        return None
    return _told(chosen, grid, table, language)


def told_alone(value: object, question: str, table: Table, language: str) -> str:
    """How a lookup tells the very value that was computed for `question`; "" where it comes to another, or to none."""
    if table.height > _FEW_ROWS or isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    found = answer(question, table, language)
    if found is None or len(found.values) != 1 or isinstance(found.value, list):
        return ""
    same = (
        fold(value) == fold(found.value)
        if isinstance(value, str) and isinstance(found.value, str)
        else value == found.value
    )
    return found.text if same else ""


def _is_open(query: Query | Unclear, table: Table) -> bool:
    if isinstance(query, Unclear):
        return query.reason in _NOT_UNDERSTOOD or _is_only_about_words(query)
    if query.preparations or query.percent is not None:
        return False  # what is computed first is no cell of the table
    if query.rank is not None:
        return query.action == "top" and table.height <= _FEW_ROWS and _ranks_rows(query, table)
    if table.height > _FEW_ROWS:
        return query.action == "preview"
    if _adds_up_years(query, table) or _adds_up_named_rows(query, table):
        return True
    if query.action == "top" and query.limit in (None, 1):
        return _ranks_rows(query, table)
    return query.action in ("preview", "lookup") or _is_bare(query)


def _is_misread(query: Query | Unclear, question: str, table: Table) -> bool:
    """Whether the strict reading leaves out what the question asks: it counts rows though nobody asks how many, or
    ranks groups by a sum that isn't named, though the question speaks of what the rows are."""
    if isinstance(query, Unclear) or table.height > _FEW_ROWS:
        return False
    if query.preparations or query.rank is not None or query.percent is not None:
        return False
    if _shares_nothing(query, question, table) or _has_too_many(query, table):
        return True
    if query.action == "count" and query.filters and not query.groups:
        return not asks_how_many(question)
    if query.action != "top" or query.statistics or query.limit not in (None, 1):
        return False
    grid = grid_of(table)
    if grid is None or grid.names[grid.entity] in query.groups:
        return False
    named = Wording(question, grid).columns.values()
    return any(by_column.get(grid.entity, 0.0) >= _NAMED for by_column in named)


def _is_only_about_words(query: Unclear) -> bool:
    """Whether it is unclear which column a word means that is in none of their names: "who", "at least"."""
    names = {part for option in query.options for part in words(option)}
    said = {part for word in query.words for part in words(word)}
    if query.reason in _ASKS_BACK and said and said <= _CONNECTING:
        return True  # "of" is in many names
    return query.reason in _ASKS_BACK and bool(said) and not names & said


def _ranks_rows(query: Query, table: Table) -> bool:
    """Whether the groups that it ranks are a row each."""
    return bool(query.groups) and all(table.is_unique(name) for name in query.groups)


def _adds_up_named_rows(query: Query, table: Table) -> bool:
    """Whether it tells the sum or mean of each of the rows that are named, though nobody asks for each of them."""
    if query.action != "aggregate" or query.statistics not in (("sum",), ("mean",)) or len(query.groups) != 1:
        return False
    if query.operation or query.compared:
        return False  # the sums are compared with one another
    return {one.column for one in query.filters} == set(query.groups) and _ranks_rows(query, table)


def _shares_nothing(query: Query, question: str, table: Table) -> bool:
    """Whether it gives shares, which nobody asks for: of groups that are a row each, of a value in itself, or where it
    is asked how many there are."""
    if query.action != "share" or re.search(_OF_SHARES, question.casefold()):
        return False
    return (
        _ranks_rows(query, table)
        or bool({one.column for one in query.filters} & set(query.groups))
        or asks_how_many(question)
    )


def _has_too_many(query: Query, table: Table) -> bool:
    """Whether groups are asked for that have more rows or values than there are rows."""
    counted = [one for one in query.having if one.statistic in ("count", "distinct")]
    return any(one.operator in ("gt", "ge", "eq") and one.operand > table.height for one in counted)


def _adds_up_years(query: Query, table: Table) -> bool:
    """Whether it is a sum that means nothing: of years, or of the numbers that count the rows."""
    if query.action != "aggregate" or query.statistics != ("sum",) or len(query.measures) != 1:
        return False
    if query.measures[0] not in table.frame.columns:
        return False
    values = table.frame[query.measures[0]].dropna()
    if not pd.api.types.is_numeric_dtype(values) or len(values) < _FEWEST_OF_A_SERIES:
        return False
    return bool(values.between(*_YEARS).all() or set(values.diff().dropna()) in ({1}, {-1}))


def _is_bare(query: Query | Unclear) -> bool:
    """Whether numbers of rows are asked for without a statistic, or merely how many there are."""
    if isinstance(query, Unclear) or query.action != "aggregate":
        return False
    return query.statistics in ((), ("count",)) and bool(query.filters) and not query.groups


def answer(question: str, table: Table, language: str) -> LookupAnswer | None:
    """What `question` looks up in `table`; None when that isn't certain, or the table is too large."""
    grid = grid_of(table)
    if grid is None or len(question) > _LONGEST_QUESTION:
        return None
    grid = in_units(grid, question)
    chosen = choose(question, grid)
    return None if chosen is None else _told(chosen, grid, table, language)


def _told(chosen: Chosen, grid: Grid, table: Table, language: str) -> LookupAnswer | None:
    """An answer that tells what was chosen; None where it can't be meant."""
    form, found = chosen.guess.form, chosen.found
    groups = {grid.text(form.target, row) for row in grid.rows} if form.target is not None else set()
    if (
        form.kind == "group"
        and len(found.values) > 1
        and len(found.values) in (len(groups), *range(_MANY, len(groups)))
    ):
        return None  # all or many are equal: something else than rows must be meant
    if grid.begins_with_names(form.told):
        names = (name_of(value) if isinstance(value, str) else value for value in found.values)
        found = replace(found, values=tuple(names))
    column = table.column(table.names()[form.target]) if form.target is not None else None
    if column is not None and column.kind == "number":
        found = replace(found, values=tuple(number_of(value, column.name) for value in found.values))
    return LookupAnswer(
        values=tuple(_plain(value) for value in found.values),
        text=values_text(found, language),
        reading=reading_text(form, found, grid, language),
        code=script(form, grid, table),
        columns=tuple(name for column, name in enumerate(grid.names) if column in form.columns),
        rows=len(grid.rows),
        rows_used=len(found.rows),
    )


def _whole(value: str | float | bool) -> str | float | bool:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: str | float | bool) -> str | float | bool:
    return " ".join(value.split()) if isinstance(value, str) and not isinstance(value, Written) else value


def grid_of(table: Table) -> Grid | None:
    """The table's cells as the file wrote them; None when there are too many, or none."""
    names = table.names()
    if not names or not table.height or table.height * len(names) > MOST_CELLS:
        return None
    texts = table.texts
    if texts is None:
        texts = tuple(tuple(_text(cell) for cell in table.frame[name]) for name in names)
    return Grid(
        tuple(_once(tidy(name)) for name in names), tuple(tuple(tidy(cell) for cell in column) for column in texts)
    )


def _once(name: str) -> str:
    """A name that two lines of headers both say, as its first line has it."""
    half, odd = divmod(len(name) - 1, 2)
    return name[:half] if not odd and name[half:].strip() == name[:half] else name


def _text(cell: object) -> str:
    if cell is None or cell is pd.NaT or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00")
