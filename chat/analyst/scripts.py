"""Writes the Python that computes an answer anew, runnable as it stands in the folder of the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chat.analyst.engine.results import Result
from chat.analyst.queries import Query
from chat.analyst.reading_calls import helpers_of, reading_code
from chat.analyst.tables import Table

_PRINT = """\
rows = duckdb.sql(sql)
print(*rows.columns, sep="\\t")
for row in rows.fetchall():
    print(*row, sep="\\t")"""


def script_of(
    query: Query, result: Result, table: Table, path: Path, others: Mapping[str, tuple[Table, Path]] | None = None
) -> str:
    """A script that reads the file, runs the SQL and prints the result; "" when nothing was computed."""
    if not result.sql:
        return ""
    shows_whole_rows = query.action in ("top", "outliers") and not query.groups
    parts = [reading_code(table, path, table.names() if shows_whole_rows else result.columns)]
    names = [step.other for step in query.preparations if step.kind == "join"]
    for variable, name in zip(result.others, names, strict=False):
        other, other_path = (others or {})[name]
        parts.append(reading_code(other, other_path, other.names(), variable))
    reading = "\n\n".join(code for code, _ in parts)
    is_plain = all(plain for _, plain in parts)
    finish = result.finish
    imports = ["import duckdb"]
    if "np." in finish:
        imports.append("import numpy as np")
    imports.append("import pandas as pd")
    if "stats." in finish:
        imports.append("from scipy import stats")
    quoted = f'"""\n{result.sql}\n"""' if '"""' not in result.sql and "\\" not in result.sql else repr(result.sql)
    ending = f"rows = duckdb.sql(sql).df()\n{finish}" if finish else _PRINT
    blocks = [_comment(table, is_plain=is_plain) + "\n" + "\n".join(imports)]
    blocks += [f"\n{source.rstrip()}" for source in helpers_of(reading)]
    start = "\n" if len(blocks) > 1 else ""
    return "\n\n".join([*blocks, f"{start}{reading}", f"sql = {quoted}", ending]) + "\n"


def _comment(table: Table, *, is_plain: bool) -> str:
    name = " ".join(table.name.split())
    if is_plain:
        return f"# Reads {name} and computes the answer; needs pandas, DuckDB and, for tests, SciPy."
    return (
        f"# {name} is too irregular for a plain reading call, so this reads the table as it was put right:\n"
        f'# python run.py analyse "{name}" --dump "{name} as read.csv"'
    )
