"""Turns over HTTP: asked, watched, stopped, resumed, settled."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import httpx
import pytest

from chat.errors import AgentFailed, AnswerBlocked, AnswerInterrupted, UpstreamTimeout
from chat.events import Chart, Delta, Finished, Reference, Status, Thinking
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import Gate, ScriptedUpstream


def wait_for(condition, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def kinds(events) -> list[str]:
    return [event.kind for event in events]


def text_of(events) -> str:
    return "".join(event.data["text"] for event in events if event.kind == "delta")


@pytest.fixture
def conversation(person: Person) -> str:
    return person.conversation()


def test_an_answer_is_streamed_and_stored(person: Person, conversation: str, upstream: ScriptedUpstream) -> None:
    upstream.enqueue(Status("reading"), Thinking("hm"), Delta("one "), Delta("two"), Finished())
    turn = person.ask(conversation)
    events = person.events(turn["turn_id"])
    assert kinds(events) == ["status", "thinking", "delta", "done"]
    assert events[-1].data == {"state": "done", "message_id": turn["message_id"]}
    question, answer = person.messages(conversation)
    assert (question["id"], question["role"], question["content"]) == (turn["user_message_id"], "user", "Hello?")
    assert (answer["id"], answer["role"], answer["content"]) == (turn["message_id"], "assistant", "one two")
    assert (answer["thinking"], answer["state"], answer["parent_id"]) == ("hm", "done", question["id"])


def test_numbers_rise_and_name_the_events(person: Person, conversation: str, upstream: ScriptedUpstream) -> None:
    numbers = [event.number for event in person.events(person.ask(conversation)["turn_id"])]
    assert numbers == sorted(set(numbers)) and numbers[0] >= 1


def test_texts_are_carried_byte_for_byte(person: Person, conversation: str, upstream: ScriptedUpstream) -> None:
    strange = "<b>\u2028\u2029\u0085\r\n\0 & `x` \ufeff 한글 😀 \\"
    upstream.enqueue(Delta(strange), Finished())
    turn = person.ask(conversation, strange)
    assert text_of(person.events(turn["turn_id"])) == strange
    assert [message["content"] for message in person.messages(conversation)] == [strange, strange]
    assert upstream.questions[-1].contents == (strange,)


def test_the_question_is_stored_before_the_agent_is_asked(
    person: Person, conversation: str, upstream: ScriptedUpstream
) -> None:
    gate = Gate()
    upstream.enqueue(gate, Delta("x"), Finished())
    person.ask(conversation, "first things first")
    gate.wait_until_reached()
    assert [(m["content"], m["state"]) for m in person.messages(conversation)] == [
        ("first things first", None),
        ("", "running"),
    ]


def test_the_text_so_far_is_stored_within_a_second(
    person: Person, conversation: str, upstream: ScriptedUpstream
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("half an answer"), gate, Delta(" and the rest"), Finished())
    turn = person.ask(conversation)
    gate.wait_until_reached()
    started = time.monotonic()
    wait_for(lambda: person.messages(conversation)[1]["content"] == "half an answer")
    assert time.monotonic() - started < 2
    gate.release()
    person.events(turn["turn_id"])
    assert person.messages(conversation)[1]["content"] == "half an answer and the rest"


def test_stop_closes_the_upstream_and_keeps_the_text(
    person: Person, conversation: str, upstream: ScriptedUpstream
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("so far"), gate, Delta(" never said"), Finished())
    turn = person.ask(conversation)
    gate.wait_until_reached()
    assert person.http.post(f"/api/turns/{turn['turn_id']}/stop").status_code == 200
    assert upstream.closed.wait(1)
    events = person.events(turn["turn_id"])
    assert events[-1].data == {"state": "stopped", "message_id": turn["message_id"]}
    assert person.messages(conversation)[1]["content"] == "so far"
    assert person.messages(conversation)[1]["state"] == "stopped"


def test_stopping_what_has_ended_changes_nothing(person: Person, conversation: str, upstream) -> None:
    turn = person.ask_and_wait(conversation)
    assert person.http.post(f"/api/turns/{turn['turn_id']}/stop").status_code == 200
    assert person.messages(conversation)[1]["state"] == "done"


def test_a_second_watcher_sees_the_text_so_far_and_goes_on_live(
    person: Person, conversation: str, upstream: ScriptedUpstream
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("before "), gate, Delta("after"), Finished())
    turn = person.ask(conversation)
    gate.wait_until_reached()
    with person.watch(turn["turn_id"]) as first, person.watch(turn["turn_id"]) as second:
        assert next(first).data == next(second).data == {"text": "before "}
        gate.release()
        assert next(first).data == next(second).data == {"text": "after"}


def test_after_a_number_only_later_events_follow(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Status("s"), Delta("a"), Thinking("t"), Delta("b"), Finished())
    turn = person.ask(conversation)
    everything = person.events(turn["turn_id"])
    assert person.events(turn["turn_id"], after=2) == everything[2:]
    answer = person.http.get(f"/api/turns/{turn['turn_id']}/events?after=3")
    assert "id: 4\n" in answer.text and "id: 3\n" not in answer.text


def test_after_the_last_number_there_is_no_content(person: Person, conversation: str, upstream) -> None:
    turn = person.ask(conversation)
    last = person.events(turn["turn_id"])[-1].number
    answer = person.http.get(f"/api/turns/{turn['turn_id']}/events", headers={"Last-Event-ID": str(last)})
    assert answer.status_code == 204


def test_when_the_log_is_gone_the_text_comes_whole(
    person: Person, conversation: str, upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.turns.LOG_KEPT_SECONDS", 0.0)
    upstream.enqueue(
        Thinking("hm"), Delta("a"), Status("s"), Delta("b"), Reference("R", "https://r.example/"), Finished()
    )
    turn = person.ask_and_wait(conversation)["turn_id"]
    wait_for(lambda: kinds(person.events(turn)) == ["thinking", "delta", "artifact", "done"])
    first_watch = person.events(turn)
    assert text_of(first_watch) == "ab"
    resumed = person.events(turn, after=2)
    assert kinds(resumed) == ["text", "thinking", "artifact", "done"]
    assert resumed[0].data == {"text": "ab"}


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (UpstreamTimeout(), "failed", "upstream_timeout"),
        (AgentFailed(), "failed", "agent_failed"),
        (AnswerInterrupted(), "interrupted", None),
        (RuntimeError("a fault of ours: secret text"), "failed", "internal_error"),
    ],
)
def test_a_failure_keeps_the_text_and_says_what_to_do(
    person: Person, conversation: str, upstream, error: Exception, state: str, code: str | None
) -> None:
    upstream.enqueue(Delta("half"), error)
    turn = person.ask(conversation)
    last = person.events(turn["turn_id"])[-1]
    answer = person.messages(conversation)[1]
    assert (answer["content"], answer["state"]) == ("half", state)
    if code is None:
        assert (last.kind, last.data["state"]) == ("done", "interrupted")
    else:
        assert last.kind == "error"
        assert set(last.data) == {"code", "notice", "number"}
        assert last.data == answer["error"]
        assert last.data["code"] == code and last.data["number"].startswith("E-")
        assert "secret" not in last.data["notice"]


def test_a_block_is_told_in_fabrix_own_words(server: LiveServer, upstream: ScriptedUpstream) -> None:
    notices = {"ko": "차단되었습니다.", "en": "Blocked."}
    for language in ("ko", "en"):
        with server.sign_up(f"blocked-{language}", language=language) as person:
            upstream.enqueue(AnswerBlocked(notices=notices))
            last = person.events(person.ask(person.conversation())["turn_id"])[-1]
            assert last.data["notice"] == notices[language]


def test_an_answer_without_any_text_is_a_failure(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Thinking("only thoughts"), Finished())
    last = person.events(person.ask(conversation)["turn_id"])[-1]
    assert last.data["code"] == "answer_empty"


def test_a_cut_answer_is_marked(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Delta("a lot"), Finished(truncated=True))
    person.ask_and_wait(conversation)
    assert person.messages(conversation)[1]["truncated"] is True


def test_a_chart_is_a_file_of_its_answer(person: Person, other: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Delta("see"), Chart("지역별 매출", b"\x89PNG...", {"mark": "bar"}), Finished())
    turn = person.ask(conversation)
    [artifact] = [event.data for event in person.events(turn["turn_id"]) if event.kind == "artifact"]
    assert (artifact["kind"], artifact["name"], artifact["size"]) == ("chart", "지역별 매출.png", 7)
    assert person.messages(conversation)[1]["artifacts"] == [artifact]
    shown = person.http.get(f"/files/{artifact['file_id']}")
    assert (shown.content, shown.headers["content-type"]) == (b"\x89PNG...", "image/png")
    assert shown.headers["content-disposition"].startswith("inline")
    assert other.http.get(f"/files/{artifact['file_id']}").status_code == 404


def test_references_are_links_of_their_answer(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Delta("see"), Reference("Handbook", "https://h.example/"), Finished())
    person.ask_and_wait(conversation)
    assert person.messages(conversation)[1]["artifacts"] == [
        {"kind": "link", "title": "Handbook", "url": "https://h.example/"}
    ]


def test_the_conversation_goes_along(person: Person, conversation: str, upstream: ScriptedUpstream) -> None:
    for number in (1, 2):
        upstream.enqueue(Delta(f"answer {number}"), Finished())
        person.ask_and_wait(conversation, f"question {number}")
    assert upstream.questions[-1].contents == ("question 1", "answer 1", "question 2")


def test_a_repeated_client_id_asks_once(person: Person, conversation: str, upstream: ScriptedUpstream) -> None:
    gate = Gate()
    upstream.enqueue(gate, Delta("x"), Finished())
    first = person.ask(conversation, client_id="c-1")
    second = person.ask(conversation, client_id="c-1")
    gate.release()
    person.events(first["turn_id"])
    third = person.ask(conversation, client_id="c-1")
    assert first == second == third
    assert len(person.messages(conversation)) == 2


def test_two_requests_with_one_client_id_at_once_make_one_turn(person: Person, conversation: str, upstream) -> None:
    turns = []
    threads = [
        threading.Thread(target=lambda: turns.append(person.ask(conversation, client_id="same")["turn_id"]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(turns) == 8 and len(set(turns)) == 1


def test_a_client_id_counts_within_its_conversation(person: Person, conversation: str, upstream) -> None:
    first = person.ask_and_wait(conversation, client_id="c")
    second = person.ask_and_wait(person.conversation(), client_id="c")
    assert first["turn_id"] != second["turn_id"]


def test_another_question_while_one_is_answered_is_refused(person: Person, conversation: str, upstream) -> None:
    gate = Gate()
    upstream.enqueue(gate, Delta("x"), Finished())
    turn = person.ask(conversation)
    answer = person.http.post(f"/api/sessions/{conversation}/turns/", json={"content": "me too"})
    assert (answer.status_code, answer.json()) == (409, {"error": "turn_running", "turn_id": turn["turn_id"]})
    assert len(person.messages(conversation)) == 2


def test_an_edited_question_is_a_sibling(person: Person, conversation: str, upstream) -> None:
    first = person.ask_and_wait(conversation, "first")
    second = person.ask_and_wait(conversation, "second")
    edited = person.ask_and_wait(conversation, "second, edited", parent_id=first["message_id"])
    path = person.messages(conversation)
    assert [m["content"] for m in path[::2]] == ["first", "second, edited"]
    assert path[2]["siblings"] == [second["user_message_id"], edited["user_message_id"]]


def test_the_first_question_can_be_edited_too(person: Person, conversation: str, upstream) -> None:
    person.ask_and_wait(conversation, "frist")
    person.ask_and_wait(conversation, "first", parent_id=None)
    path = person.messages(conversation)
    assert [m["content"] for m in path] == ["first", "You said: first"]
    assert len(path[0]["siblings"]) == 2


def test_an_answer_that_failed_before_its_first_word_is_no_version(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(AgentFailed())
    failed = person.ask_and_wait(conversation)
    assert person.messages(conversation)[1]["siblings"] == [failed["message_id"]]
    again = person.http.post(f"/api/turns/{failed['turn_id']}/again").json()
    person.events(again["turn_id"])
    assert person.messages(conversation)[1]["siblings"] == [again["message_id"]]


def test_a_long_conversation_says_what_no_longer_goes_along(person: Person, conversation: str, upstream) -> None:
    context = f"/api/sessions/{conversation}/"
    assert person.http.get(context).json()["context"] == {"left_out_until": None, "tokens": 0, "limit": 6000}
    turns = []
    for _ in range(3):
        upstream.enqueue(Delta("가" * 2500), Finished())
        turns.append(person.ask_and_wait(conversation))
    told = person.http.get(context).json()["context"]
    assert told["left_out_until"] == turns[0]["message_id"] and 4250 <= told["tokens"] <= 4270
    person.ask_and_wait(conversation, "And now?")
    assert len(upstream.questions[-1].contents) == 5


def test_an_earlier_version_can_be_chosen_again(person: Person, conversation: str, upstream) -> None:
    old = person.ask_and_wait(conversation, "old")
    person.ask_and_wait(conversation, "new", parent_id=None)
    answer = person.http.post(f"/api/sessions/{conversation}/version", json={"message_id": old["user_message_id"]})
    assert answer.status_code == 204
    assert [m["content"] for m in person.messages(conversation)] == ["old", "You said: old"]


def test_asking_again_gives_another_answer_beside_the_first(person: Person, conversation: str, upstream) -> None:
    first = person.ask_and_wait(conversation, "how?")
    answer = person.http.post(f"/api/turns/{first['turn_id']}/again")
    assert answer.status_code == 201
    again = answer.json()
    assert again["user_message_id"] == first["user_message_id"]
    person.events(again["turn_id"])
    path = person.messages(conversation)
    assert len(path) == 2
    assert path[1]["siblings"] == [first["message_id"], again["message_id"]]
    assert upstream.questions[-1].contents == ("how?",)


def test_asking_again_asks_the_agent_of_today(person: Person, conversation: str, upstream) -> None:
    first = person.ask_and_wait(conversation)
    person.http.patch(f"/api/sessions/{conversation}/", json={"agent_id": "another-agent-0002"})
    again = person.http.post(f"/api/turns/{first['turn_id']}/again").json()
    person.events(again["turn_id"])
    assert upstream.questions[-1].agent_id == "another-agent-0002"


def test_an_agent_that_is_gone_is_a_failure_that_says_so(person: Person, upstream) -> None:
    conversation = person.conversation(agent_id="gone")
    last = person.events(person.ask(conversation)["turn_id"])[-1]
    assert last.data["code"] == "unknown_agent"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "This field is required."),
        ({"content": ""}, "This field may not be blank."),
        ({"content": " \n\t"}, "This field may not be blank."),
    ],
)
def test_a_blank_question_is_refused(person: Person, conversation: str, body: dict[str, str], sentence: str) -> None:
    answer = person.http.post(f"/api/sessions/{conversation}/turns/", json=body)
    assert (answer.status_code, answer.json()) == (400, {"content": [sentence]})


def test_a_blank_question_with_a_file_becomes_the_default_one(person: Person, conversation: str, upstream) -> None:
    file = person.upload("판매.csv", b"a,b\n1,2\n")
    person.ask_and_wait(conversation, "", file_id=file["file_id"])
    question = upstream.questions[-1]
    assert question.contents == ("Analyse this file.",)
    assert question.attachment is not None and question.attachment.name == "판매.csv"
    assert question.attachment.path.read_bytes() == b"a,b\n1,2\n"
    assert person.messages(conversation)[0]["file"] == file
    assert person.http.get(f"/api/sessions/{conversation}/").json()["title"] == "판매.csv"


def test_the_last_file_is_known_to_later_questions(person: Person, conversation: str, upstream) -> None:
    file = person.upload("a.csv", b"a\n1\n")
    person.ask_and_wait(conversation, "look", file_id=file["file_id"])
    person.ask_and_wait(conversation, "and now?")
    question = upstream.questions[-1]
    assert question.attachment is None
    assert question.last_attachment is not None and question.last_attachment.name == "a.csv"


def test_what_is_known_of_the_file_goes_with_the_question(person: Person, conversation: str, upstream) -> None:
    file = person.upload("a.csv", b"a;b\n1;2\n3;4\n")
    person.ask_and_wait(conversation, "합계는?", file_id=file["file_id"])
    question = upstream.questions[-1]
    assert question.contents == ("합계는?",)
    assert "2행 × 2열" in question.card and "구분자 “;”" in question.card
    assert question.attachment is not None and question.attachment.table is not None
    assert question.attachment.table.is_file()
    assert next(message["content"] for message in person.messages(conversation)) == "합계는?"


def test_a_choice_goes_with_the_question(person: Person, conversation: str, upstream) -> None:
    file = person.upload("a.csv", b"a;b\n1;2\n3;4\n")["file_id"]
    assert person.http.put(f"/api/files/{file}/card", json={"header": 0}).status_code == 200
    person.ask_and_wait(conversation, "How many?", file_id=file)
    question = upstream.questions[-1]
    assert question.attachment is not None and question.attachment.choice == {"header": 0}
    assert "3 rows × 2 columns" in question.card


def test_all_tables_of_the_conversation_go_along_the_chosen_one_first(
    person: Person, conversation: str, upstream
) -> None:
    names = ("a.csv", "b.csv", "notes.md")
    one, two, note = (person.upload(name, b"a;b\n1;2\n3;4\n")["file_id"] for name in names)
    for file in (one, note, two):
        person.ask_and_wait(conversation, f"About {file}", file_id=file)
    assert [file.name for file in upstream.questions[-1].files] == ["b.csv", "a.csv"]
    assert not upstream.questions[-1].repeated
    person.ask_and_wait(conversation, "Again", file_id=one)
    question = upstream.questions[-1]
    assert [file.name for file in question.files] == ["a.csv", "b.csv"]
    assert question.repeated
    assert question.earlier == (f"About {one}", f"About {note}", f"About {two}")


def test_other_files_become_those_of_the_conversation_and_may_be_asked_about(
    person: Person, conversation: str, upstream
) -> None:
    one, two = (person.upload(name, b"a;b\n1;2\n3;4\n")["file_id"] for name in ("a.csv", "b.csv"))
    person.ask_and_wait(conversation, "Look", other_file_ids=[one, two])
    assert upstream.questions[-1].attachment is None
    person.ask_and_wait(conversation, "Join", file_id=two, other_file_ids=[one])
    assert [file.name for file in upstream.questions[-1].files] == ["b.csv", "a.csv"]
    files = person.http.get(f"/api/sessions/{conversation}/").json()["files"]
    assert [file["name"] for file in files] == ["a.csv", "b.csv"]
    assert [message["file"] and message["file"]["name"] for message in person.messages(conversation)][::2] == [
        None,
        "b.csv",
    ]


def test_one_file_that_is_not_there_and_nothing_is_asked(person: Person, other: Person, conversation: str) -> None:
    mine, theirs = person.upload("a.csv", b"a;b\n1;2\n")["file_id"], other.upload("b.csv", b"a;b\n1;2\n")["file_id"]
    for missing in (theirs, "nowhere"):
        body = {"content": "Look", "file_id": mine, "other_file_ids": [missing]}
        assert person.http.post(f"/api/sessions/{conversation}/turns/", json=body).status_code == 404
    session = person.http.get(f"/api/sessions/{conversation}/").json()
    assert (session["files"], session["messages"]) == ([], [])
    body = {"content": "Look", "other_file_ids": [mine] * 21}
    assert person.http.post(f"/api/sessions/{conversation}/turns/", json=body).status_code == 400


def test_the_card_takes_its_room_of_what_is_sent(person: Person, conversation: str, upstream) -> None:
    upstream.enqueue(Delta("x"), Finished())
    person.ask_and_wait(conversation, "a" * 23_900)  # 5,975 tokens of 6,000
    person.ask_and_wait(conversation, "And?", parent_id=person.messages(conversation)[-1]["id"])
    assert len(upstream.questions[-1].contents) == 3
    file = person.upload("a.csv", b"a;b\n1;2\n3;4\n")["file_id"]
    person.ask_and_wait(conversation, "And?", parent_id=person.messages(conversation)[1]["id"], file_id=file)
    assert upstream.questions[-1].contents == ("And?",)


def test_only_questions_of_the_branch_are_earlier_ones(person: Person, conversation: str, upstream) -> None:
    first = person.ask_and_wait(conversation, "One")
    person.ask_and_wait(conversation, "Two")
    person.ask_and_wait(conversation, "Three", parent_id=first["message_id"])
    assert upstream.questions[-1].earlier == ("One",)


def test_a_parent_of_another_conversation_is_refused(person: Person, conversation: str, upstream) -> None:
    elsewhere = person.ask_and_wait(person.conversation())
    answer = person.http.post(
        f"/api/sessions/{conversation}/turns/", json={"content": "x", "parent_id": elsewhere["message_id"]}
    )
    assert answer.status_code == 400 and list(answer.json()) == ["parent_id"]
    blank = person.http.post(f"/api/sessions/{conversation}/turns/", json={"content": "x", "parent_id": ""})
    assert blank.status_code == 400


def test_someone_elses_turn_is_not_found(person: Person, other: Person, conversation: str, upstream) -> None:
    turn = person.ask_and_wait(conversation)["turn_id"]
    missing = other.http.get("/api/turns/nothing/events")
    for answer in (
        other.http.get(f"/api/turns/{turn}/events"),
        other.http.post(f"/api/turns/{turn}/stop"),
        other.http.post(f"/api/turns/{turn}/again"),
    ):
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
        assert answer.content == missing.content


def test_a_stream_ends_within_a_second_of_its_login(
    server: LiveServer, person: Person, conversation: str, upstream
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Delta("b"), Finished())
    turn = person.ask(conversation)
    with person.watch(turn["turn_id"]) as events:
        assert next(events).data == {"text": "a"}
        httpx.post(f"{server.url}/api/auth/logout/", headers={"Authorization": f"Token {person.token}"})
        ended_at = time.monotonic()
        assert list(events) == []
        assert time.monotonic() - ended_at < 1.5


def test_signing_out_ends_no_running_turn(server: LiveServer, upstream) -> None:
    with server.sign_up("leaver") as leaver:
        gate = Gate()
        upstream.enqueue(Delta("a"), gate, Delta("b"), Finished())
        conversation = leaver.conversation()
        leaver.ask(conversation)
        gate.wait_until_reached()
        leaver.http.post("/api/auth/logout/")
        gate.release()
        body = {"username": "leaver", "password": "a quite long password"}
        token = httpx.post(f"{server.url}/api/auth/login/", json=body).json()["token"]
        leaver.http.headers["Authorization"] = f"Token {token}"
        wait_for(lambda: leaver.messages(conversation)[1]["content"] == "ab")


def test_a_browser_with_many_tabs_keeps_connections_free(
    server: LiveServer, person: Person, conversation: str, upstream
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    path = f"/api/turns/{person.ask(conversation)['turn_id']}/events"
    cookies = {"fabrix_chat": person.token}
    with httpx.Client(base_url=server.url, cookies=cookies, timeout=20) as browser, ExitStack() as stack:
        tabs = [stack.enter_context(browser.stream("GET", path)) for _ in range(6)]
        # The first two have been asked to make room: their streams end, the turn goes on.
        for tab in tabs[:2]:
            assert "event: done" not in "".join(tab.iter_text())
        gate.release()
        for tab in tabs[2:]:
            assert "event: done" in "".join(tab.iter_text())


def test_a_program_may_watch_as_much_as_it_likes(person: Person, conversation: str, upstream) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    turn = person.ask(conversation)["turn_id"]
    with ExitStack() as stack:
        watchers = [stack.enter_context(person.watch(turn)) for _ in range(8)]
        gate.release()
        assert all(list(watcher)[-1].kind == "done" for watcher in watchers)
