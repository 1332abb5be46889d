"""Conversations, agents and files over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from chat.errors import UpstreamUnreachable
from chat.events import Delta, Finished
from chat.files import safe_name
from storage import openings
from tests.live_server import Person
from tests.scripted_upstream import Gate, ScriptedUpstream


def test_a_conversation_begins_empty(person: Person) -> None:
    answer = person.http.post("/api/sessions/", json={"agent_id": "scripted-agent-0001"})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "agent_id", "title", "created_at", "updated_at", "pinned"}
    assert datetime.fromisoformat(body["created_at"]).tzinfo is not None
    assert person.messages(body["id"]) == []


@pytest.mark.parametrize("body", [{}, {"agent_id": ""}, {"agent_id": 5}, {"agent_id": "a", "title": "x" * 201}])
def test_a_bad_field_of_a_conversation_is_named(person: Person, body: dict[str, object]) -> None:
    answer = person.http.post("/api/sessions/", json=body)
    assert answer.status_code == 400
    assert list(answer.json()) == ["title" if "title" in body else "agent_id"]


def test_a_missing_field_is_required(person: Person) -> None:
    assert person.http.post("/api/sessions/", json={}).json() == {"agent_id": ["This field is required."]}


def test_the_list_has_the_newest_change_first(person: Person, upstream) -> None:
    first, second = person.conversation(title="first"), person.conversation(title="second")
    person.ask_and_wait(first)
    rows = person.http.get("/api/sessions/").json()
    assert [(row["id"], row["message_count"]) for row in rows] == [(first, 2), (second, 0)]
    by_title = person.http.get("/api/sessions/?ordering=-title").json()
    assert [row["title"] for row in by_title] == ["second", "first"]
    assert person.http.get("/api/sessions/?ordering=nonsense").json() == rows


def test_the_title_comes_from_the_first_question(person: Person, upstream) -> None:
    conversation = person.conversation()
    person.ask_and_wait(conversation, "\n  지역별 매출을 알려 줘  \n둘째 줄")
    person.ask_and_wait(conversation, "another")
    assert person.http.get(f"/api/sessions/{conversation}/").json()["title"] == "지역별 매출을 알려 줘"


def test_a_long_first_question_is_cut_for_the_title(person: Person, upstream) -> None:
    conversation = person.conversation()
    person.ask_and_wait(conversation, "x" * 500)
    title = person.http.get(f"/api/sessions/{conversation}/").json()["title"]
    assert len(title) == 60 and title.endswith("…")


def test_a_given_title_stays(person: Person, upstream) -> None:
    conversation = person.conversation(title="Mine")
    person.ask_and_wait(conversation, "a question")
    assert person.http.get(f"/api/sessions/{conversation}/").json()["title"] == "Mine"


def test_title_and_agent_can_be_changed(person: Person) -> None:
    conversation = person.conversation()
    answer = person.http.patch(f"/api/sessions/{conversation}/", json={"title": " New ", "agent_id": "b"})
    assert (answer.json()["title"], answer.json()["agent_id"]) == ("New", "b")
    assert person.http.patch(f"/api/sessions/{conversation}/", json={"title": " "}).status_code == 400


def test_a_message_can_be_stored_without_asking(person: Person, upstream: ScriptedUpstream) -> None:
    conversation = person.conversation()
    answer = person.http.post(
        f"/api/sessions/{conversation}/messages/", json={"role": "user", "content": "<b>note</b>"}
    )
    assert answer.status_code == 201
    assert answer.json()["content"] == "<b>note</b>" and answer.json()["role"] == "user"
    assert [m["content"] for m in person.messages(conversation)] == ["<b>note</b>"]
    assert upstream.questions == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "user"}, "content"),
        ({"role": "user", "content": ""}, "content"),
        ({"role": "robot", "content": "x"}, "role"),
        ({"content": "x"}, "role"),
    ],
)
def test_a_bad_message_is_named(person: Person, body: dict[str, str], field: str) -> None:
    answer = person.http.post(f"/api/sessions/{person.conversation()}/messages/", json=body)
    assert answer.status_code == 400 and list(answer.json()) == [field]


def test_deleting_takes_messages_and_files(person: Person, upstream, server_data: Path) -> None:
    conversation = person.conversation()
    file = person.upload("a.csv", b"a\n1\n")
    person.ask_and_wait(conversation, "look", file_id=file["file_id"])
    assert person.http.delete(f"/api/sessions/{conversation}/").status_code == 204
    assert person.http.get(f"/api/sessions/{conversation}/").status_code == 404
    assert person.http.get(f"/files/{file['file_id']}").status_code == 404
    assert not list(server_data.glob(f"files/*/{file['file_id']}"))


def test_deleting_stops_a_running_answer(person: Person, upstream: ScriptedUpstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    conversation = person.conversation()
    person.ask(conversation)
    gate.wait_until_reached()
    assert person.http.delete(f"/api/sessions/{conversation}/").status_code == 204
    assert upstream.closed.wait(1)
    assert person.http.get("/api/sessions/").json() == []


def test_someone_elses_conversation_is_answered_like_a_missing_one(person: Person, other: Person, upstream) -> None:
    conversation = person.conversation()
    message = person.ask_and_wait(conversation)["message_id"]

    def answers(conversation_id: str):
        path = f"/api/sessions/{conversation_id}/"
        yield other.http.get(path)
        yield other.http.patch(path, json={"title": "x"})
        yield other.http.delete(path)
        yield other.http.post(f"{path}messages/", json={"role": "user", "content": "x"})
        yield other.http.post(f"{path}turns/", json={"content": "x"})
        yield other.http.post(f"{path}version", json={"message_id": message})

    for theirs, missing in zip(answers(conversation), answers("0" * 32), strict=True):
        assert (theirs.status_code, theirs.json()) == (404, {"detail": "Not found."})
        assert theirs.content == missing.content
    assert len(person.messages(conversation)) == 2


def test_agents_are_listed(person: Person, upstream) -> None:
    body = person.http.get("/api/agents/?refresh=true").json()
    assert body["items"][0] == {
        "agentId": "scripted-agent-0001",
        "label": "Scripted",
        "description": "Says what it was told to say.",
        "capabilities": ["chat", "file"],
        "upstream": "scripted",
    }
    assert body["stale"] is False


def test_agents_are_stale_rather_than_gone(person: Person, upstream: ScriptedUpstream) -> None:
    upstream.agents_error = UpstreamUnreachable()
    body = person.http.get("/api/agents/?refresh=true").json()
    assert len(body["items"]) == 2 and body["stale"] is True
    assert body["away"] == ["Scripted"]
    upstream.agents_error = None
    assert person.http.get("/api/agents/?refresh=true").json()["stale"] is False


def test_health_tells_of_database_and_upstream(person: Person, upstream: ScriptedUpstream) -> None:
    body = person.http.get("/healthz").json()
    assert set(body) == {"status", "version", "database", "upstream"}
    assert (body["status"], body["database"], body["upstream"]) == ("ok", "ok", "ok")
    upstream.agents_error = UpstreamUnreachable()
    answer = person.http.get("/healthz")
    assert (answer.status_code, answer.json()["upstream"]) == (200, "down")


def test_health_tells_when_the_database_is_broken(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_connection) -> bool:
        raise OperationalError("SELECT", {}, Exception("malformed"))

    monkeypatch.setattr("app.ping", broken)
    answer = person.http.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (200, "down", "down")


def test_a_file_comes_back_as_it_went_in(person: Person) -> None:
    content = bytes(range(256)) * 100
    file = person.upload("자료 2024.csv", content)
    assert set(file) == {"file_id", "name", "size"}
    answer = person.http.get(f"/files/{file['file_id']}")
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''%EC%9E%90")
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "paper.pdf"])
def test_files_are_never_shown_in_place(person: Person, name: str) -> None:
    file = person.upload(name, b"<script>alert(1)</script>")
    answer = person.http.get(f"/files/{file['file_id']}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.content == b"<script>alert(1)</script>"


def test_the_limit_is_exact(person: Person) -> None:
    limit = 1 << 20
    assert person.http.post("/api/files", files={"file": ("a", b"x" * limit)}).status_code == 201
    answer = person.http.post("/api/files", files={"file": ("a.csv", b"x" * (limit + 1))})
    assert answer.status_code == 413
    assert "a.csv" in answer.json()["message"] and "1 MB" in answer.json()["message"]


def test_a_much_too_large_file_is_refused_while_it_comes(person: Person, server_data: Path) -> None:
    # What is made of other uploads meanwhile lies beside them, under names with endings.
    uploads = f"files/*/{'?' * 32}"
    before = len(list(server_data.glob(uploads)))
    assert person.http.post("/api/files", files={"file": ("a.csv", b"x" * (3 << 20))}).status_code == 413
    assert len(list(server_data.glob(uploads))) == before


def test_an_empty_file_is_refused_with_its_name(person: Person) -> None:
    answer = person.http.post("/api/files", files={"file": ("empty.csv", b"")})
    assert answer.status_code == 400 and "empty.csv" in answer.json()["message"]


def test_a_quota_holds_over_all_files(person: Person) -> None:
    for _ in range(3):
        person.upload("a.csv", b"x" * (1 << 20))
    answer = person.http.post("/api/files", files={"file": ("b.csv", b"x")})
    assert answer.status_code == 413 and answer.json()["error"] == "quota_exceeded"


def test_uploads_at_the_same_time_share_the_quota(person: Person) -> None:
    person.upload("a.csv", b"x" * (2 << 20 >> 1))
    person.upload("b.csv", b"x" * (1 << 20))

    def upload(_: int) -> int:
        content = b"x" * (700 << 10)
        return httpx.post(
            f"{person.http.base_url}/api/files", files={"file": ("c.csv", content)}, headers=person.http.headers
        ).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(upload, range(6))) == [201] + [413] * 5


def test_an_upload_that_was_not_sent_can_be_deleted(person: Person, other: Person, server_data: Path) -> None:
    file = person.upload("a.csv", b"a\n")["file_id"]
    assert other.http.delete(f"/files/{file}").status_code == 404
    assert person.http.delete(f"/files/{file}").status_code == 204
    assert person.http.get(f"/files/{file}").status_code == 404
    assert not list(server_data.glob(f"files/*/{file}"))


def test_a_file_that_was_sent_stays_with_its_question(person: Person, upstream) -> None:
    file = person.upload("a.csv", b"a\n")["file_id"]
    person.ask_and_wait(person.conversation(), "look", file_id=file)
    assert person.http.delete(f"/files/{file}").status_code == 404
    assert person.http.get(f"/files/{file}").status_code == 200


@pytest.mark.parametrize("content", [b"", b"nonsense", b"--b\r\n\r\nx\r\n--b--\r\n"])
def test_an_upload_without_a_file_is_a_clear_error(person: Person, content: bytes) -> None:
    for content_type in ("multipart/form-data; boundary=b", "multipart/form-data", "text/plain"):
        answer = person.http.post("/api/files", content=content, headers={"Content-Type": content_type})
        assert answer.status_code == 400, content_type
        assert list(answer.json()) == ["file"]


def test_someone_elses_file_is_not_found(person: Person, other: Person) -> None:
    file = person.upload("a.csv", b"a\n")
    assert other.http.get(f"/files/{file['file_id']}").status_code == 404
    answer = other.http.post(
        f"/api/sessions/{other.conversation()}/turns/", json={"content": "x", "file_id": file["file_id"]}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\users\\kim\\매출.xlsx", "매출.xlsx"),
        ("line\nbreak\x1b[31m.csv", "linebreak[31m.csv"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".parquet", "x" * 192 + ".parquet"),
    ],
)
def test_names_of_files_are_made_harmless(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_conversation_is_pinned_and_keeps_its_place(person: Person, other: Person) -> None:
    first, second = person.conversation(title="first"), person.conversation(title="second")
    answer = person.http.patch(f"/api/sessions/{first}/", json={"pinned": True})
    assert answer.json()["pinned"] is True
    assert [(row["id"], row["pinned"]) for row in person.http.get("/api/sessions/").json()] == [
        (second, False),
        (first, True),
    ]
    assert other.http.patch(f"/api/sessions/{first}/", json={"pinned": False}).status_code == 404
    assert person.http.patch(f"/api/sessions/{first}/", json={"pinned": False}).json()["pinned"] is False


def test_the_owner_is_told_who_opened_a_conversation_and_why(person: Person, other: Person, shared_database) -> None:
    conversation, unopened = person.conversation(), person.conversation()
    other_id = other.http.get("/api/me").json()["user_id"]
    made = shared_database.write_now(
        openings.add, conversation, administrator_id=other_id, name=other.username, reason="A good reason",
        lasts=timedelta(minutes=30),
    )  # fmt: skip
    seen = person.http.get(f"/api/sessions/{conversation}/").json()["seen_by"]
    assert seen == [{"name": other.username, "at": made.at.isoformat(), "reason": "A good reason"}]
    assert person.http.get(f"/api/sessions/{unopened}/").json()["seen_by"] == []
    assert other.http.get(f"/api/sessions/{conversation}/").status_code == 404
