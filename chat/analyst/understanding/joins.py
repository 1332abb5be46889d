"""Joins the conversation's other files where a question names them or their columns."""

from __future__ import annotations

from dataclasses import replace

from chat.analyst.queries import NotClear, Preparation, Query
from chat.analyst.tables import Table
from chat.analyst.telling.markdown import groups_digits
from chat.analyst.understanding.joining import letters_of
from chat.analyst.understanding.lexicon import normal
from chat.analyst.understanding.scopes import Scope

_QUOTIENTS = {"quotient", "rate", "part", "gap", "per_row", "per_value"}
_SHARED = 0.8  # of the values of a key without a common name
_MOST_VALUES = 100_000
_MOST_NAMES = 20


def with_joins(query: Query, scope: Scope) -> Query:
    """The query with a join before its other steps for each other file that it names or whose columns it uses.

    Raises NotClear when no key or several fit, or when rows would be counted twice.
    """
    steps = []
    for other in scope.others:
        used = [name for name in _columns_of(query) if scope.owner(name) is other]
        named = scope.joined if scope.joined and any(one is other for one in scope.joined.others) else None
        if used or named:
            if not used:
                _reject_files_alike(scope.table, other)
            key = named.key if named else ""
            own, its = _named_key(key, scope.table, other) if key else _key(scope.table, other)
            _reject_repetition(query, scope, own, its, other)
            _reject_repeated_sums(query, scope, own, its, other)
            how = "inner" if named and named.inner else ""
            steps.append(Preparation("join", (own,), how, name="" if own == its else its, other=other.name))
    return replace(query, preparations=(*steps, *query.preparations)) if steps else query


def _reject_files_alike(table: Table, other: Table) -> None:
    """Files with the same columns that are to be "combined" hold more rows of the same, which no join adds."""
    shared = {letters_of(name) for name in table.names()} & {letters_of(name) for name in other.names()}
    if len(shared) > 1:
        raise NotClear("files_alike", words=(other.name,))


def _reject_repeated_sums(query: Query, scope: Scope, own: str, its: str, other: Table) -> None:
    """What another file says once of each thing is repeated for each of its rows here: no sum of that means anything.

    "Sales per square metre" would divide by the area of a store once for each sale.
    """
    if scope.table.is_unique(own) or not other.is_unique(its):
        return
    steps = {step.name: step for step in query.preparations if step.kind == "derive"}
    said = {*query.statistics, *(statistic for statistic, _ in query.pairs)}
    adding = (not said and query.action != "lookup") or bool(said & {"sum", "product", *_QUOTIENTS})
    for name in query.measures:
        step = steps.get(name)
        parts = step.columns if step and step.method in ("/", "%", "share", "gap") else (name,)
        if adding and any(scope.owner(part) is other for part in parts):
            raise NotClear("too_hard", words=parts)


def _columns_of(query: Query) -> list[str]:
    """Every column that the query uses."""
    names = [*query.measures, *query.groups, *query.within, query.across or "", query.date or ""]
    names += [condition.column for condition in query.filters]
    names += [item.column for any_of in query.either for one in any_of.alternatives for item in one]
    names += [condition.measure or "" for condition in query.having]
    names += [name for step in query.preparations for name in step.columns]
    return list(dict.fromkeys(name for name in names if name))


def _key(table: Table, other: Table) -> tuple[str, str]:
    """The columns of both tables that tell which rows belong together."""
    pairs = _same_names(table, other) or _same_values(table, other)
    if len(pairs) > 1:
        pairs = [pair for pair in pairs if other.is_unique(pair[1])] or pairs
    if len(pairs) == 1:
        return pairs[0]
    raise NotClear("which_column" if pairs else "needs_key", options=tuple(own for own, _ in pairs))


def _named_key(key: str, table: Table, other: Table) -> tuple[str, str]:
    """The columns of both tables that a question means by a key; that of one file may be called otherwise in the other.

    Raises NotClear when only one of them has it.
    """
    meant = letters_of(key)
    own = [name for name in table.names() if letters_of(name) == meant]
    its = [name for name in other.names() if letters_of(name) == meant]
    if own and its:
        return own[0], its[0]
    pairs = [pair for pair in _same_values(table, other) if pair[0] in own or pair[1] in its]
    if len(pairs) == 1:
        return pairs[0]
    listed = tuple(f"{one.name} ({', '.join(one.names()[:_MOST_NAMES])})" for one in (table, other))
    raise NotClear("no_shared_key", words=(key,), options=listed)


def _same_names(table: Table, other: Table) -> list[tuple[str, str]]:
    return [
        (own.name, its.name)
        for own in table.columns
        for its in other.columns
        if normal(own.name) == normal(its.name)
        and own.kind == its.kind
        and _tells_rows(table, other, own.name, its.name)
    ]


def _tells_rows(table: Table, other: Table, own: str, its: str) -> bool:
    """Whether a column can be a key: amounts are none, but numbers of things are."""
    number = table.column(own).kind == "number"
    return not number or not groups_digits(own) or other.is_unique(its) or table.is_unique(own)


def _same_values(table: Table, other: Table) -> list[tuple[str, str]]:
    found = []
    for own in table.columns:
        for its in other.columns:
            if own.kind == its.kind and own.kind != "date" and other.is_unique(its.name):
                values, known = set(table.distinct(own.name)), set(other.distinct(its.name))
                if values and len(values) <= _MOST_VALUES and len(values & known) >= _SHARED * len(values):
                    found.append((own.name, its.name))
    return found


def _reject_repetition(query: Query, scope: Scope, own: str, its: str, other: Table) -> None:
    """A row that meets several of the other file is repeated, which its numbers must not be."""
    if other.is_unique(its):
        return
    if scope.table.is_unique(own) and query.measures and all(scope.owner(name) is other for name in query.measures):
        return
    raise NotClear("repeats", words=(own,))
