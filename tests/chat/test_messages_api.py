"""Single messages over HTTP: listed, stored, read and deleted; and the other names of the conversation routes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from chat import shapes
from chat.events import Chart, Delta, Finished
from storage.database import Database
from storage.models import turns
from tests.live_server import Person
from tests.scripted_upstream import Gate, ScriptedUpstream


def listed(person: Person, **query: object) -> list[str]:
    answer = person.http.get("/api/messages/", params=query)
    assert answer.status_code == 200, answer.text
    return [item["content"] for item in answer.json()]


def contents(person: Person, conversation: str) -> list[str]:
    return [message["content"] for message in person.messages(conversation)]


def add(person: Person, conversation: str, content: str, role: str = "user") -> str:
    body = {"session": conversation, "role": role, "content": content}
    answer = person.http.post("/api/messages/", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def delete(person: Person, message_id: str) -> int:
    return person.http.delete(f"/api/messages/{message_id}/").status_code


# ------------------------------------------------------------------- other names


def test_a_conversation_can_be_put(person: Person) -> None:
    conversation = person.conversation()
    answer = person.http.put(f"/api/sessions/{conversation}/", json={"title": " New ", "agent_id": "b"})
    assert (answer.status_code, answer.json()["title"], answer.json()["agent_id"]) == (200, "New", "b")
    shapes.Conversation.model_validate(answer.json())


def test_a_message_is_added_under_the_other_name(person: Person) -> None:
    conversation = person.conversation()
    body = {"role": "user", "content": "note"}
    answer = person.http.post(f"/api/sessions/{conversation}/add_message/", json=body)
    assert answer.status_code == 201
    shapes.Message.model_validate(answer.json())
    assert contents(person, conversation) == ["note"]


# ------------------------------------------------------------------- list, store, read


def test_messages_are_listed_with_all_their_versions(person: Person, upstream: ScriptedUpstream) -> None:
    conversation, another = person.conversation(), person.conversation()
    turn = person.ask_and_wait(conversation, "q")
    again = person.http.post(f"/api/turns/{turn['turn_id']}/again").json()
    person.events(again["turn_id"])
    add(person, another, "elsewhere")
    everything = ["q", "You said: q", "You said: q", "elsewhere"]
    assert listed(person) == everything
    assert listed(person, ordering="-created_at") == everything[::-1]
    assert listed(person, session=conversation, ordering="nonsense") == everything[:3]
    assert listed(person, limit=2, page=2) == everything[2:]
    items = person.http.get("/api/messages/").json()
    for item in items:
        shapes.MessageOfSession.model_validate(item)
    assert [item["session"] for item in items] == [conversation] * 3 + [another]
    assert items[1]["siblings"] == items[2]["siblings"] == [items[1]["id"], items[2]["id"]]
    assert items[1]["state"] == "done"


@pytest.mark.parametrize("query", [{"limit": 1001}, {"limit": 0}, {"page": 0}, {"page": 10**30}])
def test_a_list_that_cannot_be_is_refused(person: Person, query: dict[str, int]) -> None:
    assert list(person.http.get("/api/messages/", params=query).json()) == list(query)


def test_a_stored_message_can_be_read(person: Person) -> None:
    conversation = person.conversation()
    message = add(person, conversation, "note", role="system")
    answer = person.http.get(f"/api/messages/{message}/").json()
    shapes.MessageOfSession.model_validate(answer)
    assert (answer["content"], answer["role"], answer["session"]) == ("note", "system", conversation)


def test_somebody_elses_messages_are_not_there(person: Person, other: Person) -> None:
    conversation = person.conversation()
    message = add(person, conversation, "mine")
    for answer in (
        other.http.get(f"/api/messages/{message}/"),
        other.http.delete(f"/api/messages/{message}/"),
        other.http.get("/api/messages/", params={"session": conversation}),
        other.http.post("/api/messages/", json={"session": conversation, "role": "user", "content": "x"}),
        other.http.get("/api/messages/nothing/"),
    ):
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert listed(other) == [] and listed(person) == ["mine"]


@pytest.mark.parametrize("field", ["session", "role", "content"])
def test_a_missing_field_is_named(person: Person, field: str) -> None:
    body = {"session": person.conversation(), "role": "user", "content": "x"}
    del body[field]
    assert list(person.http.post("/api/messages/", json=body).json()) == [field]


# ------------------------------------------------------------------- delete


def test_a_deleted_message_takes_what_follows_it_along(
    person: Person, upstream: ScriptedUpstream, shared_database: Database
) -> None:
    conversation = person.conversation()
    for question in ("q1", "q2", "q3"):
        person.ask_and_wait(conversation, question)
    second = person.messages(conversation)[2]
    assert second["content"] == "q2"
    assert delete(person, second["id"]) == 204
    assert contents(person, conversation) == listed(person) == ["q1", "You said: q1"]
    count = select(func.count()).where(turns.c.conversation_id == conversation)
    assert shared_database.read_now(lambda c: c.execute(count).scalar_one()) == 1
    person.ask_and_wait(conversation, "q4")
    assert upstream.questions[-1].contents == ("q1", "You said: q1", "q4")
    assert delete(person, second["id"]) == 404


def test_a_deleted_answer_leaves_its_question(person: Person, upstream: ScriptedUpstream) -> None:
    conversation = person.conversation()
    turn = person.ask_and_wait(conversation, "q")
    assert delete(person, turn["message_id"]) == 204
    assert contents(person, conversation) == ["q"]
    assert person.http.get(f"/api/turns/{turn['turn_id']}/events").status_code == 404


def test_a_deleted_beginning_leaves_an_empty_conversation(person: Person, upstream: ScriptedUpstream) -> None:
    conversation = person.conversation()
    turn = person.ask_and_wait(conversation, "q")
    assert delete(person, turn["user_message_id"]) == 204
    assert contents(person, conversation) == []
    person.ask_and_wait(conversation, "again")
    assert contents(person, conversation) == ["again", "You said: again"]


def test_another_version_takes_the_place_of_a_deleted_one(person: Person, upstream: ScriptedUpstream) -> None:
    conversation = person.conversation()
    turn = person.ask_and_wait(conversation, "old")
    person.ask_and_wait(conversation, "follow-up of old")
    edited = person.ask_and_wait(conversation, "new", parent_id=None)
    assert delete(person, edited["user_message_id"]) == 204
    assert contents(person, conversation)[0::2] == ["old", "follow-up of old"]
    assert person.messages(conversation)[0]["siblings"] == [turn["user_message_id"]]


def test_deleting_a_version_that_is_not_shown_changes_nothing_that_is(
    person: Person, upstream: ScriptedUpstream
) -> None:
    conversation = person.conversation()
    old = person.ask_and_wait(conversation, "old")
    person.ask_and_wait(conversation, "new", parent_id=None)
    assert delete(person, old["user_message_id"]) == 204
    assert contents(person, conversation) == ["new", "You said: new"] == listed(person)


def test_files_go_with_the_last_message_that_has_them(
    person: Person, upstream: ScriptedUpstream, server_data: Path
) -> None:
    conversation = person.conversation()
    file = person.upload("a.csv", b"a\n1\n")["file_id"]
    upstream.enqueue(Delta("see"), Chart("t", b"\x89PNG", {}), Finished())
    first = person.ask_and_wait(conversation, "one", file_id=file)
    chart = person.messages(conversation)[1]["artifacts"][0]["file_id"]
    second = person.ask_and_wait(conversation, "two", file_id=file)
    assert delete(person, second["user_message_id"]) == 204
    assert person.http.get(f"/files/{file}").status_code == person.http.get(f"/files/{chart}").status_code == 200
    assert delete(person, first["user_message_id"]) == 204
    for gone in (file, chart):
        assert person.http.get(f"/files/{gone}").status_code == 404
        assert not list(server_data.glob(f"files/*/{gone}"))


def test_nothing_is_deleted_while_an_answer_runs(person: Person, upstream: ScriptedUpstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    conversation = person.conversation()
    turn = person.ask(conversation)
    gate.wait_until_reached()
    answer = person.http.delete(f"/api/messages/{turn['user_message_id']}/")
    assert answer.status_code == 409
    assert shapes.Running.model_validate(answer.json()).turn_id == turn["turn_id"]
    gate.release()
    person.events(turn["turn_id"])
    assert delete(person, turn["user_message_id"]) == 204
