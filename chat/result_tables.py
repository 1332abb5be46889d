"""Tables that an answer made: how they are kept, and how they are taken away."""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path

from chat.events import ResultTable
from chat.sheets import Cell, csv_of, workbook_of

# "2024-03" and "2024" are periods, not days; a spreadsheet has no such thing.
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_DAY = date(1900, 3, 1)  # before it a spreadsheet counts wrongly, or not at all


def packed(table: ResultTable) -> bytes:
    """The table as JSON, compressed; what isn't a number is None."""
    rows = [[_known(cell) for cell in row] for row in table.rows]
    text = json.dumps({**asdict(table), "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8", "replace"), compresslevel=6, mtime=0)


def unpacked(content: bytes) -> ResultTable:
    """The table that was packed."""
    kept = json.loads(gzip.decompress(content))
    rows = tuple(map(tuple, kept["rows"]))
    return ResultTable(kept["title"], tuple(kept["columns"]), tuple(kept["kinds"]), rows)


def as_csv(table: ResultTable) -> bytes:
    """For any program: UTF-8 with BOM, RFC 4180, dates as ISO texts."""
    return csv_of(table.columns, table.rows)


def as_excel(table: ResultTable) -> bytes:
    """For a spreadsheet: numbers are numbers and days days."""
    dates = [kind == "date" for kind in table.kinds]
    rows = [
        [_moment(cell) if is_date else cell for cell, is_date in zip(row, dates, strict=True)] for row in table.rows
    ]
    return workbook_of({table.title: (table.columns, rows)})


MAKERS: dict[str, Callable[[ResultTable], bytes]] = {"csv": as_csv, "xlsx": as_excel}


def made(path: Path, format: str) -> bytes:
    """The packed table in `path` in a format of MAKERS."""
    return MAKERS[format](unpacked(path.read_bytes()))


def _known(cell: str | int | float | None) -> str | int | float | None:
    if isinstance(cell, float) and not math.isfinite(cell):
        return None if math.isnan(cell) else str(cell)
    return cell


def _moment(cell: Cell) -> Cell:
    """The day or the time that an ISO text tells; what is something else, or too early for a spreadsheet, stays."""
    if not isinstance(cell, str) or not _DAY.match(cell):
        return cell
    try:
        # Spreadsheets know no time zones: the clock's hands stay where they are.
        found = datetime.fromisoformat(cell).replace(tzinfo=None)
    except ValueError:
        return cell
    if found.date() < _FIRST_DAY:
        return cell
    return found.date() if found.time() == time() and len(cell) == len("2026-01-01") else found


if __name__ == "__main__":  # of a process of its own, which a large table is made in
    sys.stdout.buffer.write(made(Path(sys.argv[1]), sys.argv[2]))
