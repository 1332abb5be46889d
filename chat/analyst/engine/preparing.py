"""Prepares rows and columns before anything is computed, each step as a part of the SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from chat.analyst.engine.database import ROW, quoted
from chat.analyst.engine.sources import Impossible, Others, Source
from chat.analyst.engine.sql import literal
from chat.analyst.engine.time_labels import truncated
from chat.analyst.queries import AnyOf, Filter, Preparation, Query
from chat.analyst.tables import Column, Table, note

_ROW = quoted(ROW)
DEFAULT_FACTOR = {"iqr": 1.5, "z": 3.0}


def prepared(query: Query, table: Table, others: Others) -> Source:
    """The rows that `query` is about. Raises Impossible."""
    source = Source(table)
    for number, step in enumerate(query.preparations, 1):
        before = _count(source)
        _STEPS[step.kind](source, step, f"step{number}", others)
        after = _count(source)
        if step.kind in ("drop_outliers", "drop_missing", "drop_duplicates", "keep_rows"):
            named = ", ".join(step.columns) or "*"
            source.notes.append(note(step.kind, count=before - after, columns=named))
        if step.kind == "join":
            source.rows = max(source.rows, after)
    source.keep(without_dates(query) if query.action == "growth" else query)
    return source


def without_dates(query: Query) -> Query:
    """The query without what it says of the column that growth follows: the time before may be compared with."""
    filters, either = about_dates(query)
    rest = tuple(item for item in query.filters if item not in filters)
    return replace(query, filters=rest, either=tuple(item for item in query.either if item not in either))


def about_dates(query: Query) -> tuple[tuple[Filter, ...], tuple[AnyOf, ...]]:
    """The conditions on the column of dates that a query follows, and on nothing else."""
    filters = tuple(item for item in query.filters if item.column == query.date)
    either = tuple(
        item
        for item in query.either
        if all(part.column == query.date for alternative in item.alternatives for part in alternative)
    )
    return filters, either


def _count(source: Source) -> int:
    return int(source.row(f"SELECT count(*) AS n FROM {source.relation}")["n"])


def _numbers(source: Source, names: Sequence[str]) -> list[str]:
    """The number columns meant: all of them when none is named."""
    found = [name for name in names or source.write.columns if source.kind(name) == "number"]
    if len(found) < len(names):
        raise Impossible("needs_numbers", columns=", ".join(name for name in names if name not in found))
    return found


def bounds(column: str, method: str, factor: float, relation: str) -> tuple[str, str]:
    """The SQL of the lowest and the highest value that is no outlier: by Tukey's rule, or by deviations ("z")."""
    written = literal(factor)
    if method == "z":
        middle, width = f"avg({column})", f"stddev_samp({column})"
        known = f"CASE WHEN min({column}) < max({column}) THEN {middle}"  # a mean may miss values that are all the same
        low, high = f"{known} - {written} * {width} END", f"{known} + {written} * {width} END"
    else:
        q1, q3 = f"quantile_cont({column}, 0.25)", f"quantile_cont({column}, 0.75)"
        low, high = f"{q1} - {written} * ({q3} - {q1})", f"{q3} + {written} * ({q3} - {q1})"
    return f"(SELECT {low} FROM {relation})", f"(SELECT {high} FROM {relation})"


def _drop_outliers(source: Source, step: Preparation, name: str, others: Others) -> None:
    method = step.method or "iqr"
    kept = []
    for column in _numbers(source, step.columns):
        cell = source.name(column)
        low, high = bounds(cell, method, step.factor or DEFAULT_FACTOR[method], source.relation)
        kept.append(f"({cell} BETWEEN {low}\n    AND {high}) IS NOT FALSE")  # empty cells and lone values stay
    source.step(name, f"SELECT *\nFROM {source.relation}\nWHERE " + "\n  AND ".join(kept))


def _drop_missing(source: Source, step: Preparation, name: str, others: Others) -> None:
    there = [f"{source.name(column)} IS NOT NULL" for column in step.columns or source.write.columns]
    source.step(name, f"SELECT *\nFROM {source.relation}\nWHERE " + "\n  AND ".join(there))


def _fill_missing(source: Source, step: Preparation, name: str, others: Others) -> None:
    numeric = step.method in ("mean", "median", "zero")
    columns = _numbers(source, step.columns) if numeric else list(step.columns or source.write.columns)
    filled = []
    count = 0
    for column in columns:
        cell = source.name(column)
        count += sum(lacking for _, lacking in source.counted((column,))[2])
        filled.append(f"{_filled(source, step, column, cell)} AS {cell}")
    listed = ",\n  ".join(filled)
    source.step(name, f"SELECT * REPLACE (\n  {listed}\n)\nFROM {source.relation}")
    source.notes.append(note("fill_missing", count=count, columns=", ".join(columns)))


def _filled(source: Source, step: Preparation, column: str, cell: str) -> str:
    if step.method == "previous":
        return f"coalesce({cell}, last_value({cell} IGNORE NULLS) OVER (ORDER BY {_ROW}))"
    if step.method in ("mean", "median", "mode"):
        statistic = source.statistic(step.method, column)
        return f"coalesce({cell}, (SELECT {statistic} FROM {source.relation}))"
    if step.method == "zero":
        return f"coalesce({cell}, 0)"
    if source.kind(column) == "number" and isinstance(step.operand, str):
        raise Impossible("needs_numbers", columns=column)
    text = source.kind(column) == "text" and not isinstance(step.operand, str)
    value = literal(literal(step.operand)) if text else literal(step.operand)
    return f"coalesce({cell}, {value})"


def _drop_duplicates(source: Source, step: Preparation, name: str, others: Others) -> None:
    columns = ", ".join(source.name(column) for column in step.columns or source.write.columns)
    once = f"row_number() OVER (PARTITION BY {columns} ORDER BY {_ROW}) = 1"
    source.step(name, f"SELECT *\nFROM {source.relation}\nQUALIFY {once}")


def _keep_rows(source: Source, step: Preparation, name: str, others: Others) -> None:
    where = source.write.conditions(step.filters)
    source.step(name, f"SELECT *\nFROM {source.relation}\nWHERE {where}")


def _keep_best(source: Source, step: Preparation, name: str, others: Others) -> None:
    """The rows with the highest or lowest values, of all or of each group; of equal ones those that come first."""
    cell = source.name(_numbers(source, step.columns[:1])[0])
    each = _partition(source, step)
    order = f"{each}ORDER BY {cell} {'ASC' if step.method == 'low' else 'DESC'}, {_ROW}"
    most = literal(step.operand) if step.factor is None else part_of(step.factor, each)
    body = f"SELECT *\nFROM {source.relation}\nWHERE {cell} IS NOT NULL"
    before = _count(source)
    source.step(name, f"{body}\nQUALIFY row_number() OVER ({order}) <= {most}")
    told: dict[str, str | int] = {"count": _count(source), "rows": before, "columns": step.columns[0]}
    key = f"keep_best_{step.method}"
    if step.within:
        key = f"{key}_within{_part(step)}"
        told |= {"most": _most(step), "by": ", ".join(step.within)}
    source.notes.append(note(key, **told))


def _drop_best(source: Source, step: Preparation, name: str, others: Others) -> None:
    """All rows but those with the highest or lowest values; those without a value stay."""
    cell = source.name(_numbers(source, step.columns[:1])[0])
    each = _partition(source, step)
    directions = {"high": ("DESC",), "low": ("ASC",), "both": ("DESC", "ASC")}[step.method]
    part = f"ceil({literal(step.factor)} * count({cell}) OVER ({each}) / 100.0)"
    most = literal(step.operand) if step.factor is None else part
    beyond = [
        f"row_number() OVER ({each}ORDER BY {cell} {direction} NULLS LAST, {_ROW}) > {most}" for direction in directions
    ]
    before = _count(source)
    source.step(name, f"SELECT *\nFROM {source.relation}\nQUALIFY {cell} IS NULL\n  OR " + f"({' AND '.join(beyond)})")
    told: dict[str, str | int] = {"count": before - _count(source), "columns": step.columns[0], "most": _most(step)}
    source.notes.append(note(f"drop_best_{step.method}{_part(step)}", **told))


def _partition(source: Source, step: Preparation) -> str:
    return f"PARTITION BY {', '.join(source.name(column) for column in step.within)} " if step.within else ""


def _most(step: Preparation) -> str:
    return f"{step.factor:g}" if step.factor is not None else str(step.operand)


def _part(step: Preparation) -> str:
    return "" if step.factor is None else "_part"


def part_of(percent: float, within: str = "") -> str:
    """The SQL of how many that part of all rows (`within`: of a partition) is, rounded up."""
    return f"ceil({literal(percent)} * count(*) OVER ({within}) / 100.0)"


def _keep_first(source: Source, step: Preparation, name: str, others: Others) -> None:
    """So many rows from the beginning or the end of the file."""
    order = f"ORDER BY {_ROW} {'DESC' if step.kind == 'keep_last' else 'ASC'}"
    source.step(
        name, f"SELECT *\nFROM {source.relation}\nQUALIFY row_number() OVER ({order}) <= {literal(step.operand)}"
    )
    source.notes.append(note(step.kind, count=_count(source)))


def _derive(source: Source, step: Preparation, name: str, others: Others) -> None:
    made, unit = _derived(source, step)
    _add(source, name, Column(step.name, "number", unit), made)


def _add(source: Source, name: str, column: Column, made: str) -> None:
    """Add a column, or put it in the place of one that is called so."""
    known = source.names.get(column.name)
    identifier = known or _free(column.name, source.names.values())
    if known:
        source.step(name, f"SELECT * REPLACE (\n  {made} AS {quoted(known)}\n)\nFROM {source.relation}")
    else:
        source.step(name, f"SELECT *,\n  {made} AS {quoted(identifier)}\nFROM {source.relation}")
    source.add(column, identifier)


def _free(name: str, taken: Iterable[str]) -> str:
    known = {one.casefold() for one in taken}
    free, number = name, 2
    while free.casefold() in known:
        free, number = f"{name}_{number}", number + 1
    return free


def _derived(source: Source, step: Preparation) -> tuple[str, str]:
    """The SQL of a new column and its unit."""
    if step.method == "meets":
        return f"CASE WHEN {source.write.conditions(step.filters)} THEN 100 ELSE 0 END", ""
    if step.method == "worded":
        cell = source.name(step.columns[0])
        first = str(source.row(f"SELECT any_value({cell}) AS v FROM {source.relation}")["v"])
        return _worded(cell), next((sign for sign in _MONEY if sign in first), "")
    if step.method == "length":
        return f"length({source.name(step.columns[0])}::VARCHAR)", ""
    if all(source.kind(column) in ("date", "month") for column in step.columns) and step.method == "-":
        later, earlier = (source.name(column) for column in step.columns)
        return f"epoch({later} - {earlier}) / 86400", ""
    if step.method == "per_value":
        group = source.name(step.columns[-1])
        cell = source.name(step.columns[0]) if len(step.columns) > 1 else "1"
        source.quotients[step.name] = (cell, group)
        return f"CASE WHEN {group} IS NOT NULL THEN {cell} END", ""
    columns = _numbers(source, step.columns)
    cells = [source.name(column) for column in columns]
    if step.method == "per_row":
        source.quotients[step.name] = (cells[0], "")
        return f"coalesce({cells[0]}, 0)", source.column(columns[0]).unit
    if step.method in ("+", "-", "*", "/"):
        if isinstance(step.operand, int | float):
            cells.append(literal(step.operand))
        if step.method == "/" and len(columns) == 2:
            source.quotients[step.name] = (cells[0], cells[1])
        return _calculated(step.method, cells), _unit_of(source, columns, step)
    if step.method == "where":
        return f"CASE WHEN {source.write.conditions(step.filters)} THEN {cells[0]} END", source.column(columns[0]).unit
    if step.method in ("gap", "mean_gap"):
        source.quotients[step.name] = (cells[0], cells[1])
        return f"{cells[0]} - {cells[1]}", _unit_of(source, columns, replace(step, method="-"))
    if step.method == "share":
        source.quotients[step.name] = (cells[0], cells[1])
        return f"{cells[0]} * 100.0 / nullif({cells[1]}, 0)", ""
    if step.method == "pair":
        source.quotients[step.name] = (cells[0], cells[1])
        return f"CASE WHEN {cells[0]} IS NOT NULL THEN {cells[1]} END", ""
    if step.method == "%":
        source.quotients[step.name] = (cells[0], cells[1])
        return f"({cells[0]} - {cells[1]}) * 100.0 / nullif({cells[1]}, 0)", ""
    if step.method in ("from", "into"):
        number = literal(step.operand)
        made = f"{number} - {cells[0]}" if step.method == "from" else f"{number} / nullif({cells[0]}, 0)"
        return made, _unit_of(source, columns, step)
    cell = cells[0]
    relation = source.relation
    functions = {
        "log": f"CASE WHEN {cell} > 0 THEN ln({cell}) END",
        "abs": f"abs({cell})",
        "square": f"{cell}::DOUBLE * {cell}",
        "root": f"CASE WHEN {cell} >= 0 THEN sqrt({cell}) END",
        "z": f"({cell} - (SELECT avg({cell}) FROM {relation})) / "
        f"nullif((SELECT stddev_samp({cell}) FROM {relation}), 0)",
        "above_mean": _above_mean(cell, _partition(source, step)),
        "min_max": f"({cell} - (SELECT min({cell}) FROM {relation})) / "
        f"nullif((SELECT max({cell}) - min({cell}) FROM {relation}), 0)",
    }
    return functions[step.method], source.column(columns[0]).unit if step.method in ("abs", "above_mean") else ""


_MONEY = ("$", "€", "£", "¥", "₩", "원", "달러")
_SIZES = {
    "thousand": 1e3,
    "million|mn": 1e6,
    "billion|bn": 1e9,
    "trillion|tn": 1e12,
    "만": 1e4,
    "억": 1e8,
    "조": 1e12,
}


def _worded(cell: str) -> str:
    """The number that a text such as "$10.8 billion" tells; brackets and signs before it make it less than nothing."""
    digits = f"TRY_CAST(replace(regexp_extract({cell}, '[0-9][0-9,]*(?:[.][0-9]+)?'), ',', '') AS DOUBLE)"
    sizes = " ".join(
        f"WHEN regexp_matches({cell}, '(?i)(?:{words})') THEN {literal(size)}" for words, size in _SIZES.items()
    )
    sign = f"CASE WHEN regexp_matches({cell}, '^[^0-9]*[-−(]') THEN -1 ELSE 1 END"
    return f"{sign} * {digits} * CASE {sizes} ELSE 1 END"


def _above_mean(cell: str, each: str) -> str:
    """How much a value is above the mean of its group; exactly nothing where all are the same."""
    same = f"min({cell}) OVER ({each}) = max({cell}) OVER ({each})"
    return f"CASE WHEN {same} THEN {cell} - {cell} ELSE {cell} - avg({cell}) OVER ({each}) END"


def _calculated(sign: str, cells: Sequence[str]) -> str:
    if sign == "*":
        return " * ".join(f"{cell}::DOUBLE" if number == 0 else cell for number, cell in enumerate(cells))
    if sign == "/":
        return " / ".join([cells[0], *(f"nullif({cell}, 0)" for cell in cells[1:])])
    return f" {sign} ".join(cells)


def _unit_of(source: Source, columns: Sequence[str], step: Preparation) -> str:
    units = {source.column(column).unit for column in columns}
    keeps = step.method in ("+", "-", "from") or (step.method in ("*", "/") and step.operand is not None)
    return next(iter(units)) if keeps and len(units) == 1 else ""


def _bin(source: Source, step: Preparation, name: str, others: Others) -> None:
    """Cut at the edges: with a label more than edges the ends are open, with one less what is beyond has no bin."""
    cell = source.name(_numbers(source, step.columns[:1])[0])
    edges = [literal(edge) for edge in step.edges]
    is_open = len(step.labels) != len(edges) - 1
    labels = step.labels or _labels(edges)
    source.bins[step.name] = tuple(labels)
    cases = []
    if is_open:
        lows: list[str | None] = [None, *edges]
        highs: list[str | None] = [*edges, None]
    else:
        lows, highs = list(edges[:-1]), list(edges[1:])
    for low, high, label in zip(lows, highs, labels, strict=True):
        parts = [f"{cell} >= {low}" if low else "", f"{cell} < {high}" if high else ""]
        cases.append(f"WHEN {' AND '.join(part for part in parts if part)} THEN {literal(label)}")
    made = "CASE " + "\n    ".join(cases) + " END"
    _add(source, name, Column(step.name, "text"), made)


def _labels(edges: Sequence[str]) -> list[str]:
    between = [f"{low} – {high}" for low, high in pairwise(edges)]
    return [f"< {edges[0]}", *between, f"≥ {edges[-1]}"]


def _summarise(source: Source, step: Preparation, name: str, others: Others) -> None:
    """One row in the place of those of each group; rows without a group or a date are in none."""
    groups = [source.column(column) for column in step.columns]
    cells = [source.name(group.name) for group in groups]
    there = f"SELECT *\nFROM {source.relation}\nWHERE " + " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
    source.step(f"{name}_rows", there)
    source.before_summary = source.counted((step.measure,) if step.measure else ())
    value = source.statistic(step.method, step.measure) if step.measure else "count(*)"
    labels = [
        truncated(cell, step.period) if step.period and group.kind in ("date", "month") else cell
        for cell, group in zip(cells, groups, strict=True)
    ]
    identifiers = {group.name: source.names[group.name] for group in groups}
    identifiers[step.name] = _free(step.name, identifiers.values())
    listed = ",\n  ".join(f"{label} AS {cell}" for label, cell in zip(labels, cells, strict=True))
    places = ", ".join(str(number) for number in range(1, len(cells) + 1))
    made = f"{listed},\n  {value} AS {quoted(identifiers[step.name])}"
    source.step(f"{name}_groups", f"SELECT {made}\nFROM {source.relation}\nGROUP BY {places}")
    order = f"row_number() OVER (ORDER BY {', '.join(cells)}) - 1 AS {_ROW}"
    source.step(name, f"SELECT *,\n  {order}\nFROM {source.relation}")
    keeps_unit = step.method in ("sum", "mean", "median", "min", "max", "std", "range", "iqr")
    unit = source.column(step.measure).unit if step.measure and keeps_unit else ""
    source.summarise([*groups, Column(step.name, "number", unit)], identifiers)
    source.notes.append(note("summarise", count=_count(source), columns=step.name))


def _join(source: Source, step: Preparation, name: str, others: Others) -> None:
    """Put the other table's columns beside the rows whose key is the same; rows without a partner stay, unless the
    method is "inner"."""
    other = others.get(step.other)
    if other is None:
        raise Impossible("no_other_file", name=step.other)
    theirs = (step.name,) if step.name else step.columns
    lacking = [key for key in step.columns if key not in source.names]
    lacking += [key for key in theirs if key not in other.identifiers]
    if lacking or not step.columns:
        raise Impossible("no_key", columns=", ".join(lacking), name=step.other)
    called = f"other{len(source.others) + 1}" if source.others else "other"
    source.table.database.add(called, other.frame, other.identifiers)
    source.others[called] = other
    same = " AND ".join(_same_key(source, other, *pair) for pair in zip(step.columns, theirs, strict=True))
    keys = ", ".join(quoted(other.identifiers[key]) for key in theirs)
    own_keys = ", ".join(source.name(key) for key in step.columns)
    if _repeats(source, source.relation, own_keys) and _repeats(source, called, keys):
        raise Impossible("key_repeats", columns=", ".join(step.columns), name=step.other)
    alone = _without_partner(source, source.relation, called, "l", "r", same)
    lost = _without_partner(source, called, source.relation, "r", "l", same) if _repeats(source, called, keys) else 0
    columns = []
    for column in other.columns:
        if column.name in theirs:
            continue
        shown = column.name if column.name not in source.names else f"{column.name} ({step.other})"
        identifier = _free(shown, source.names.values())
        columns.append(f"r.{quoted(other.identifiers[column.name])} AS {quoted(identifier)}")
        source.add(Column(shown, column.kind, column.unit), identifier)
    listed = ",\n  ".join([f"l.* EXCLUDE ({_ROW})", *columns])
    order = f"row_number() OVER (ORDER BY l.{_ROW}, r.{_ROW}) - 1 AS {_ROW}"
    how = "INNER" if step.method == "inner" else "LEFT"
    joined = f"FROM {source.relation} AS l\n{how} JOIN {called} AS r ON {same}"
    source.step(name, f"SELECT {listed},\n  {order}\n{joined}")
    told = "join_inner" if step.method == "inner" else "join"
    source.notes.append(note(told, count=alone, name=step.other, columns=", ".join(step.columns)))
    if lost and step.method != "inner":
        source.notes.append(note("join_lost", count=lost, name=step.other))


def _without_partner(source: Source, relation: str, others: str, alias: str, beside: str, same: str) -> int:
    """How many rows of one relation meet none of the other; `same` is the condition on their two aliases."""
    none = f"NOT EXISTS (SELECT 1 FROM {others} AS {beside} WHERE {same})"
    return int(source.row(f"SELECT count(*) AS n FROM {relation} AS {alias} WHERE {none}")["n"])


def _same_key(source: Source, other: Table, key: str, its: str) -> str:
    own, theirs = f"l.{source.name(key)}", f"r.{quoted(other.identifiers[its])}"
    kinds = source.kind(key), other.column(its).kind
    if kinds[0] != kinds[1] and "number" in kinds and "text" in kinds:
        return f"TRY_CAST({own} AS DOUBLE) = TRY_CAST({theirs} AS DOUBLE)"
    if kinds[0] != kinds[1] and "text" in kinds:
        raise Impossible("key_kinds", columns=key)
    return f"{own} = {theirs}"


def _repeats(source: Source, relation: str, keys: str) -> bool:
    repeated = f"SELECT 1 FROM {relation} WHERE ({keys}) IS NOT NULL GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"
    return bool(source.row(f"SELECT count(*) AS n FROM ({repeated})")["n"])


_STEPS: dict[str, Callable[[Source, Preparation, str, Others], None]] = {
    "drop_outliers": _drop_outliers,
    "drop_missing": _drop_missing,
    "fill_missing": _fill_missing,
    "drop_duplicates": _drop_duplicates,
    "keep_rows": _keep_rows,
    "keep_best": _keep_best,
    "drop_best": _drop_best,
    "keep_first": _keep_first,
    "keep_last": _keep_first,
    "derive": _derive,
    "bin": _bin,
    "join": _join,
    "summarise": _summarise,
}
