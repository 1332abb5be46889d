"""The audit log as staff read it and take it away."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest

from admin.audit import chosen_entries
from admin.errors import BadDate
from storage.audit import Actor, add
from tests.admin.test_admin_page import promote

CSV = "/api/admin/audit.csv"


def as_browser(person) -> dict[str, str]:
    return {"Cookie": f"fabrix_chat={person.token}"}


def fetch(server, person, **query: str) -> httpx.Response:
    return httpx.get(f"{server.url}{CSV}", params=query, headers=as_browser(person))


def test_the_log_can_be_taken_away_as_csv(server, person, shared_database) -> None:
    promote(shared_database, person, "staff")
    actor = Actor(None, "=cmd()", "admin", "local")
    shared_database.write_now(add, actor, "test.written", None, note='한글, "quoted"')
    answer = fetch(server, person, action="test.written")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["content-disposition"]
    heading, row, *_ = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    found = dict(zip(heading, row, strict=True))
    assert (found["actor"], found["action"]) == ("'=cmd()", "test.written")
    assert json.loads(found["details"]) == {"note": '한글, "quoted"'}


def test_the_csv_is_for_staff_who_have_signed_in(server, person) -> None:
    assert httpx.get(f"{server.url}{CSV}").status_code == 401
    assert fetch(server, person).status_code == 404
    assert person.http.get(CSV).status_code in (401, 404)


def test_a_day_that_is_none_is_told(server, person, shared_database) -> None:
    promote(shared_database, person, "staff")
    answer = fetch(server, person, since="yesterday")
    assert (answer.status_code, answer.json()) == (400, {"detail": "yesterday: enter a day as 2026-01-31."})


@pytest.mark.parametrize("typed", ["31.01.2026", "2026-13-01", "x" * 500])
def test_days_are_typed_one_way(typed: str) -> None:
    with pytest.raises(BadDate):
        chosen_entries("", "", typed, "")


def test_both_days_are_included() -> None:
    chosen = chosen_entries("", "", "2026-01-31", "2026-01-31")
    assert chosen.since and chosen.until and (chosen.until - chosen.since).days == 1
