from __future__ import annotations

import csv
import io

import pytest

from admin.audit_csv import COLUMNS, as_csv
from storage import audit
from storage.audit import Actor, Filter
from storage.database import Database


def rows(database: Database) -> list[dict[str, str]]:
    text = database.read_now(lambda c: "".join(as_csv(audit.all_entries(c, Filter()))))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_entry_is_a_row_with_its_time_zone(database: Database) -> None:
    database.write_now(audit.add, Actor(1, "boss", "admin", "::1"), "person.role", None, after="staff")
    [row] = rows(database)
    assert tuple(row) == COLUMNS
    assert (row["actor"], row["action"], row["address"], row["details"]) == (
        "boss",
        "person.role",
        "::1",
        '{"after": "staff"}',
    )
    assert row["at"].endswith("+00:00")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@"])
def test_no_cell_is_a_formula(database: Database, begin: str) -> None:
    database.write_now(audit.add, Actor(None, f"{begin}cmd|'/c calc'!A1", "", "::1"), "sign_in.failed")
    [row] = rows(database)
    assert row["actor"] == f"'{begin}cmd|'/c calc'!A1"
