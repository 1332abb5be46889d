from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from storage import audit
from storage.audit import Actor, Filter, shell, stranger
from storage.database import Database
from storage.models import audit as audit_table
from storage.models import now

BOSS = Actor(1, "boss", "admin", "10.0.0.1")


def test_an_entry_says_who_what_when_and_from_where(database: Database) -> None:
    database.write_now(audit.add, BOSS, "person.role", None, before="user", after="staff")
    [entry] = database.read_now(audit.entries, Filter())
    assert (entry.actor, entry.actor_id, entry.action, entry.address) == ("boss", 1, "person.role", "10.0.0.1")
    assert entry.details == {"before": "user", "after": "staff"}
    assert entry.at.tzinfo is not None and now() - entry.at < timedelta(minutes=1)


@pytest.mark.parametrize("change", [update(audit_table).values(actor="nobody"), delete(audit_table)])
def test_the_log_can_not_be_changed(database: Database, change) -> None:
    database.write_now(audit.add, BOSS, "sign_in")
    with pytest.raises(IntegrityError, match="only added to"):
        database.write_now(lambda connection: connection.execute(change) and None)
    assert len(database.read_now(audit.entries, Filter())) == 1


def test_line_breaks_and_escape_codes_forge_no_line(database: Database) -> None:
    database.write_now(audit.add, stranger("::1\r\nx"), "sign_in.failed", None, reason="a\nb\x1b[31m‮")
    [entry] = database.read_now(audit.entries, Filter())
    assert (entry.address, entry.details["reason"]) == ("::1��x", "a�b�[31m�")


def test_the_newest_comes_first_and_pages_go_on(database: Database) -> None:
    for number in range(5):
        database.write_now(audit.add, BOSS, f"act{number}")
    assert [e.action for e in database.read_now(audit.entries, Filter(), limit=2)] == ["act4", "act3"]
    assert [e.action for e in database.read_now(audit.entries, Filter(), offset=2, limit=2)] == ["act2", "act1"]


@pytest.mark.parametrize(
    ("chosen", "actions"),
    [
        (Filter(action="sign_in"), ["sign_in"]),
        (Filter(person="BOS"), ["sign_in"]),
        (Filter(person="%"), []),
        (Filter(person="command"), ["backup.made"]),
        (Filter(since=now() + timedelta(hours=1)), []),
        (Filter(until=now() - timedelta(hours=1)), []),
        (Filter(since=now() - timedelta(hours=1)), ["backup.made", "sign_in"]),
    ],
)
def test_entries_are_chosen(database: Database, chosen: Filter, actions: list[str]) -> None:
    database.write_now(audit.add, BOSS, "sign_in")
    database.write_now(audit.add, shell(), "backup.made")
    assert [entry.action for entry in database.read_now(audit.entries, chosen)] == actions
    assert [e.action for e in database.read_now(lambda c: list(audit.all_entries(c, chosen)))] == actions[::-1]
    assert database.read_now(audit.actions) == ["backup.made", "sign_in"]


def test_all_entries_come_however_many_there_are(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    for number in range(5):
        database.write_now(audit.add, BOSS, f"act{number}")
    found = database.read_now(lambda c: [e.action for e in audit.all_entries(c, Filter())])
    assert found == [f"act{number}" for number in range(5)]
