"""Suspended and deleted people, in another process than the server's: logins, streams and running turns end."""

from __future__ import annotations

import time

import httpx
import pytest

from chat.events import Delta, Finished
from storage import people, turns, users
from storage.database import Database
from tests.live_server import PASSWORD, LiveServer, Person
from tests.scripted_upstream import Gate, ScriptedUpstream


def begin(person: Person, upstream: ScriptedUpstream) -> tuple[str, str]:
    """A turn that has said something and would go on for ever; conversation and turn."""
    gate = Gate()
    upstream.enqueue(Delta("first"), gate, Delta("never"), Finished())
    conversation = person.conversation()
    turn = person.ask(conversation)["turn_id"]
    gate.wait_until_reached()
    return conversation, turn


def user_id_of(person: Person) -> int:
    return int(person.http.get("/api/me").json()["user_id"])


def suspend(database: Database, user_id: int) -> None:
    database.write_now(users.set_active, user_id, active=False)


def delete(database: Database, user_id: int) -> None:
    database.write_now(people.remove, user_id)


@pytest.mark.parametrize("act", [suspend, delete])
def test_streams_and_turns_end_within_a_second(
    server: LiveServer, person: Person, upstream: ScriptedUpstream, shared_database: Database, act
) -> None:
    _, turn = begin(person, upstream)
    user_id = user_id_of(person)
    with person.watch(turn) as events:
        assert next(events).data == {"text": "first"}
        act(shared_database, user_id)
        started = time.monotonic()
        assert upstream.closed.wait(5)
        rest = list(events)
    # A little more than a second: the machine that runs the tests has more to do.
    assert time.monotonic() - started < 1.5
    assert [event.kind for event in rest] in ([], ["done"])
    assert person.http.get("/api/me").status_code == 401


def test_a_turn_that_nobody_watches_ends_too_and_keeps_its_text(
    server: LiveServer, person: Person, upstream: ScriptedUpstream, shared_database: Database
) -> None:
    conversation, turn = begin(person, upstream)
    user_id = user_id_of(person)
    suspend(shared_database, user_id)
    assert upstream.closed.wait(5)
    deadline = time.monotonic() + 5
    while (found := shared_database.read_now(turns.owned, turn, user_id)) and found.state == "running":
        assert time.monotonic() < deadline
    assert found is not None and found.state == "stopped"
    shared_database.write_now(users.set_active, user_id, active=True)
    answer = httpx.post(f"{server.url}/api/auth/login/", json={"username": person.username, "password": PASSWORD})
    person.http.headers["Authorization"] = f"Token {answer.json()['token']}"
    assert person.messages(conversation)[1]["content"] == "first"


def test_others_turns_go_on(
    person: Person, other: Person, upstream: ScriptedUpstream, shared_database: Database
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("first"), gate, Delta(" and last"), Finished())
    kept = other.ask(other.conversation())["turn_id"]
    gate.wait_until_reached()
    begin(person, upstream)
    suspend(shared_database, user_id_of(person))
    assert upstream.closed.wait(5)
    gate.release()
    assert other.events(kept)[-1].data["state"] == "done"
