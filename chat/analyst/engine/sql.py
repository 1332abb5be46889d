"""Writes conditions and values as DuckDB's SQL; nothing of a file or a question goes in unquoted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from chat.analyst.engine.database import quoted
from chat.analyst.queries import AnyOf, Filter
from chat.analyst.tables import Column

_COMPARISONS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<=", "from": ">=", "before": "<"}
_PARTS_OF_TIMES = {"month": "month", "weekday": "isodow", "hour": "hour"}
_PRESENCE = {"missing": "IS NULL", "present": "IS NOT NULL"}
_TEXTS = {"contains": "contains", "starts": "starts_with", "ends": "ends_with"}
_EXACT_DIGITS = 15


def comparison(operator: str) -> str:
    """The sign of an operator such as "ge"."""
    return _COMPARISONS[operator]


def literal(value: str | float | None) -> str:
    """A text or a number; numbers keep all their digits."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int) or (value.is_integer() and abs(value) < 2**53):
        return str(int(value))
    if not math.isfinite(value):
        return f"'{value}'::DOUBLE"
    written = repr(float(value))
    digits = sum(character.isdigit() for character in written)
    return written if "e" in written or digits <= _EXACT_DIGITS else f"{written}e0"


def moment(day: str | float) -> str:
    """A day or time as SQL has it."""
    return f"TIMESTAMP {literal(str(day))}"


class Writer:
    """Writes SQL over the columns of one table, and remembers which of them were used."""

    def __init__(self, columns: Sequence[Column], names: Mapping[str, str]) -> None:
        self.columns = {column.name: column for column in columns}
        self.used: dict[str, None] = {}
        self._names = names

    def name(self, column: str) -> str:
        """A column's quoted name."""
        self.used[column] = None
        return quoted(self._names[column])

    def condition(self, item: Filter) -> str:
        """A condition, which an empty cell never meets unless it asks for that."""
        column = self.name(item.column)
        if item.operator == "during":
            start, after = item.operands
            return f"{column} >= {moment(start)} AND {column} < {moment(after)}"
        if item.operator in _PARTS_OF_TIMES:
            listed = ", ".join(str(int(part)) for part in item.operands)
            return f"{_PARTS_OF_TIMES[item.operator]}({column}) IN ({listed})"
        if item.operator in _PRESENCE:
            return f"{column} {_PRESENCE[item.operator]}"
        if item.operator in _TEXTS:
            return f"{_TEXTS[item.operator]}(lower({column}), lower({literal(str(item.operands[0]))}))"
        operands = [self._operand(item.column, operand) for operand in item.operands]
        if item.operator in ("in", "not_in"):
            return f"{column} {'IN' if item.operator == 'in' else 'NOT IN'} ({', '.join(operands)})"
        if self.columns[item.column].kind == "text" and not isinstance(item.operands[0], str):
            if item.operator in ("eq", "ne"):
                return f"{column} {comparison(item.operator)} {literal(literal(item.operands[0]))}"
            column = f"TRY_CAST({column} AS DOUBLE)"
        return f"{column} {comparison(item.operator)} {operands[0]}"

    def _operand(self, column: str, operand: str | float) -> str:
        kind = self.columns[column].kind
        if kind in ("date", "month") and isinstance(operand, str):
            return moment(operand)
        if kind == "number" and isinstance(operand, str):
            return f"TRY_CAST({literal(operand)} AS DOUBLE)"
        return literal(operand)

    def conditions(self, filters: Sequence[Filter], either: Sequence[AnyOf] = ()) -> str:
        """All conditions, which must all hold."""
        written = [self.condition(item) for item in filters]
        for choice in either:
            alternatives = [" AND ".join(self.condition(item) for item in every) for every in choice.alternatives]
            written.append("(" + " OR ".join(f"({alternative})" for alternative in alternatives) + ")")
        return "\n  AND ".join(written)
