"""How many of the ugly files in tests/ the ways to read CSV get exactly right: ours, plain pandas, DuckDB, CleverCSV.

By hand: `python benchmarks/readers.py` (CleverCSV joins when it is installed). README.md says what came out.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from figures import table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
UGLY = ROOT / "tests" / "chat" / "analyst" / "ugly"
TEXTS = (".csv", ".tsv", ".txt", ".dat")
ENCODINGS = ("utf-8-sig", "cp949", "latin-1")
Rows = list[list[str]]


def plain_text(path: Path) -> str:
    """The text by the usual guess, one encoding after another."""
    for encoding in ENCODINGS:
        try:
            return path.read_bytes().decode(encoding)
        except UnicodeError:
            continue
    raise UnicodeError(path.name)


def by_pandas(path: Path) -> Rows:
    for encoding in ENCODINGS:
        try:
            frame = pd.read_csv(path, encoding=encoding, dtype=str, keep_default_na=False, header=None)
        except UnicodeError:
            continue
        return [[str(cell) for cell in row] for row in frame.values.tolist()]
    raise UnicodeError(path.name)


def by_duckdb(path: Path) -> Rows:
    relation = duckdb.connect().execute("FROM read_csv(?, all_varchar = true, header = false)", [str(path)])
    return [["" if cell is None else cell for cell in row] for row in relation.fetchall()]


def by_sniffer(path: Path) -> Rows:
    text = plain_text(path)
    return list(csv.reader(text.splitlines(keepends=True), csv.Sniffer().sniff(text)))


def by_clevercsv(path: Path) -> Rows:
    import clevercsv

    text = plain_text(path)
    dialect = clevercsv.Sniffer().sniff(text)
    return [list(row) for row in clevercsv.reader(text.splitlines(keepends=True), dialect)]


def by_us(path: Path) -> Rows:
    from chat.analyst.reading import read

    reading = read(path, path.name)
    if reading.texts is None:
        return []
    columns = [["" if cell is None else cell for cell in column.to_pylist()] for column in reading.texts.columns]
    body = [list(row) for row in zip(*columns, strict=True)]
    return [*([list(reading.header)] if reading.header else []), *body]


def right(read: Callable[[Path], Rows], case: dict[str, Any]) -> str:
    """ "yes", "no", or "error"."""
    try:
        rows = read(UGLY / case["file"])
    except Exception:
        return "error"
    return "yes" if rows == case["table"] else "no"


def main() -> None:
    cases = [
        case
        for case in json.loads((UGLY / "cases.json").read_text(encoding="utf-8"))
        if "table" in case and case["file"].endswith(TEXTS)
    ]
    ways = {"pandas": by_pandas, "DuckDB": by_duckdb, "csv.Sniffer": by_sniffer}
    if importlib.util.find_spec("clevercsv"):
        ways["CleverCSV"] = by_clevercsv
    ways["ours"] = by_us
    lines = []
    for name, read in ways.items():
        outcomes = [right(read, case) for case in cases]
        lines.append([name, *(str(outcomes.count(outcome)) for outcome in ("yes", "no", "error"))])
    print(table(["way", f"exact, of {len(cases)}", "another table", "error"], lines))


if __name__ == "__main__":
    main()
