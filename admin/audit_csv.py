"""The audit log as a CSV file for a spreadsheet, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from chat.sheets import neutral
from storage.audit import Entry

COLUMNS = ("id", "at", "actor_id", "actor", "action", "subject_id", "subject", "address", "details")


def as_csv(entries: Iterable[Entry]) -> Iterator[str]:
    """The lines, a heading first. A mark at the beginning tells Excel that it is UTF-8; times are in UTC and say so."""
    yield "\ufeff" + _line(COLUMNS)
    for entry in entries:
        yield _line(
            (
                entry.id,
                entry.at.isoformat(timespec="seconds"),
                entry.actor_id,
                entry.actor,
                entry.action,
                entry.subject_id,
                entry.subject,
                entry.address,
                json.dumps(entry.details, ensure_ascii=False),
            )
        )


def _line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([neutral(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue()
