"""FabriX's own paths over HTTP: lists, questions, files, limits, and what they leave behind."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import build
from chat import shapes
from chat.errors import (
    AgentFailed,
    AnswerBlocked,
    AnswerInterrupted,
    FileNotText,
    FileTooLarge,
    FileTooLong,
    KeyRefused,
    QuestionRejected,
    UpstreamBroken,
    UpstreamBusy,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from chat.events import Chart, Delta, Finished, Reference, Status, Thinking, Usage
from chat.public_api import BASES
from chat.upstreams.base import Attachment, Question
from chat.upstreams.fabrix import FabrixUpstream
from storage.settings import RateLimitSettings
from tests.chat.direct_calls import AGENT, before_fabrix, frames, rows, unread, wait_for
from tests.chat.upstreams.asking import answer_of, api
from tests.conftest import SIGNUP_KEY, settings_for
from tests.fabrix_standin import HEALTHY, Standin, StandinRequest, fault_id
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import AGENTS, Gate, ScriptedUpstream


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, ScriptedUpstream, Path]]:
    """A server with generous limits of its own, so that tokens are counted."""
    data, upstream = tmp_path_factory.mktemp("direct"), ScriptedUpstream()
    limits = RateLimitSettings(enforced=True, rpm=10_000, tpm=10_000_000)
    settings = dataclasses.replace(settings_for(data), rate_limit=limits)
    with LiveServer(lambda: build(settings, upstreams=[upstream]), signup_key=SIGNUP_KEY) as server:
        yield server, upstream, data


@pytest.fixture
def script(place: tuple[LiveServer, ScriptedUpstream, Path]) -> Iterator[ScriptedUpstream]:
    place[1].reset()
    yield place[1]
    place[1].release_all()


@pytest.fixture
def data(place: tuple[LiveServer, ScriptedUpstream, Path]) -> Path:
    return place[2]


@pytest.fixture
def program(place: tuple[LiveServer, ScriptedUpstream, Path], request: pytest.FixtureRequest) -> Iterator[Person]:
    with place[0].sign_up(f"p{abs(hash(request.node.name)) % 10**9}") as made:
        yield made


def ask(person: Person, **body: Any) -> httpx.Response:
    return person.http.post("/agent-messages", json={"agentId": AGENT, "contents": ["Hello?"], **body})


def ask_plainly(person: Person, **body: Any) -> httpx.Response:
    return ask(person, isStream=False, **body)


# ------------------------------------------------------------------- the agents


def test_the_agents_are_listed_page_by_page(program: Person, script: ScriptedUpstream) -> None:
    whole = program.http.get("/agents").json()
    shapes.AgentsPage.model_validate(whole)
    assert [item["agentId"] for item in whole["items"]] == [agent.id for agent in AGENTS]
    assert (whole["total"], whole["page"], whole["limit"]) == (2, 1, 50)
    second = program.http.get("/agents", params={"page": 2, "limit": 1}).json()
    assert [item["agentId"] for item in second["items"]] == [AGENTS[1].id]
    assert (second["total"], second["page"], second["limit"]) == (2, 2, 1)
    assert program.http.get("/agents", params={"page": 9}).json()["items"] == []


@pytest.mark.parametrize("query", [{"page": 0}, {"limit": 0}, {"limit": 1001}, {"page": "x"}, {"page": 10**30}])
def test_a_page_that_cannot_be_is_named(program: Person, query: dict[str, object]) -> None:
    answer = program.http.get("/agents", params=query)
    assert (answer.status_code, list(answer.json())) == (400, list(query))


# ------------------------------------------------------------------- FabriX's own clients


@pytest.mark.parametrize("tail", ["/api-agent", "/api-agent/", ""])
async def test_a_client_of_fabrix_moves_here_by_its_address_and_token(
    place: tuple[LiveServer, ScriptedUpstream, Path],
    program: Person,
    script: ScriptedUpstream,
    tmp_path: Path,
    tail: str,
) -> None:
    script.enqueue(Delta("안녕"), Delta("!"), Finished())
    script.enqueue(Delta("about the file"), Finished())
    file = tmp_path / "a.csv"
    file.write_bytes(b"a\n1\n")
    client = FabrixUpstream(api(place[0].url + tail, openapi_token=program.token))
    try:
        assert [agent.id for agent in await client.agents()] == [agent.id for agent in AGENTS]
        answer = await answer_of(client, Question(AGENT, ("Hello?",)))
        assert [event for event in answer.events if isinstance(event, Delta)] == [Delta("안녕"), Delta("!")]
        attachment = Attachment(file, "a.csv", 4)
        about = await answer_of(client, Question(AGENT, ("Look.",), attachment, attachment))
        assert (about.text, about.error) == ("about the file", None)
    finally:
        await client.aclose()
    assert [question.contents for question in script.questions] == [("Hello?",), ("Look.",)]
    received = script.questions[1].attachment
    assert received is not None and (received.name, received.size) == ("a.csv", 4)


@pytest.mark.parametrize("base", ["", *BASES])
@pytest.mark.parametrize("token", ["Bearer {}x", "{}", "Basic {}", ""])
def test_a_wrong_openapi_token_is_refused(program: Person, base: str, token: str) -> None:
    headers = {"x-openapi-token": token.format(program.token)}
    url = program.http.base_url.join(f"{base}/agents")
    # A cookie does not make a wrong header good.
    answer = httpx.get(url, headers=headers, cookies={"fabrix_chat": program.token})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})


def test_an_openapi_token_signs_in_to_the_direct_routes_alone(program: Person) -> None:
    headers = {"x-openapi-token": f"Bearer {program.token}"}
    with httpx.Client(base_url=program.http.base_url, headers=headers) as client:
        assert client.get("/agents").status_code == client.get("/rate-limit-status").status_code == 200
        assert client.get("/api/me").status_code == client.get("/v1/models").status_code == 401


@pytest.mark.parametrize("path", ["/openapi/x", "/api-agent/agents", *(f"{base}/agents/x" for base in BASES)])
def test_elsewhere_beneath_those_addresses_is_nothing(program: Person, path: str) -> None:
    for method in ("GET", "POST"):
        answer = program.http.request(method, path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("base", BASES)
def test_a_file_may_be_longer_than_other_bodies_beneath_those_addresses_too(
    program: Person, script: ScriptedUpstream, base: str
) -> None:
    # Refused by the rule of files, not by that of all bodies.
    file = {"file": ("a.csv", b"x" * (5 << 20))}
    answer = program.http.post(f"{base}/agent-messages/file", files=file, data={"agentId": AGENT})
    assert (answer.status_code, answer.json()["error"]) == (413, "file_too_large")


# ------------------------------------------------------------------- a question and its answer


def test_an_answer_is_streamed_unless_told_otherwise(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Status("hm"), Thinking("let me see"), Delta("안녕"), Delta("\u2028!"), Finished())
    assert frames(ask(program)) == [
        {"type": "start", "content": ""},
        {"type": "content", "content": "안녕"},
        {"type": "content", "content": "\u2028!"},
        {"type": "end", "content": ""},
    ]


def test_one_json_is_answered_where_no_stream_is_wanted(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Delta("one "), Delta("two"), Reference("rules", "https://wiki/rules"), Finished(truncated=True))
    answer = ask_plainly(program)
    shapes.AgentAnswer.model_validate(answer.json())
    assert answer.json() == {
        "content": "one two",
        "contentReferences": [{"references": [{"title": "rules", "link": "https://wiki/rules"}]}],
        "truncated": True,
        "finishReason": "length",
        "status": "SUCCESS",
        "responseCode": "R20000",
    }


def test_a_stream_ends_with_what_came_beside_the_text(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Delta("x"), Reference("rules", None), Finished(truncated=True))
    assert frames(ask(program))[-1] == {
        "type": "end",
        "content": "",
        "truncated": True,
        "contentReferences": [{"references": [{"title": "rules", "link": None}]}],
    }


def test_contents_are_passed_on_as_they_are(program: Person, script: ScriptedUpstream) -> None:
    ask_plainly(program, contents=["q1", "", "q2"], isRagOn=False, llmConfig={"temperature": 0.1}, unknown=1)
    [question] = script.questions
    assert question.contents == ("q1", "", "q2")
    assert question.options == {"isRagOn": False, "llmConfig": {"temperature": 0.1}}


@pytest.mark.parametrize(
    "history",
    [
        ["q1", "a1"],
        [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}],
    ],
)
def test_a_message_with_its_history_is_a_conversation(
    program: Person, script: ScriptedUpstream, history: list[object]
) -> None:
    body = {"agentId": AGENT, "message": "q2", "history": history, "isStream": False}
    assert program.http.post("/agent-messages", json=body).json()["content"] == "You said: q2"
    assert script.questions[0].contents == ("q1", "a1", "q2")


def test_what_the_system_says_stands_before_the_question(program: Person, script: ScriptedUpstream) -> None:
    history = [{"role": "system", "content": "Be brief."}]
    body = {"agentId": AGENT, "message": "q", "history": history, "isStream": False}
    program.http.post("/agent-messages", json=body)
    assert script.questions[0].contents == ("Be brief.\n\nq",)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contents": ["x"]}, "agentId"),
        ({"agentId": AGENT}, "contents"),
        ({"agentId": AGENT, "contents": []}, "contents"),
        ({"agentId": AGENT, "contents": ["q", " "]}, "contents"),
        ({"agentId": AGENT, "contents": "q"}, "contents"),
        ({"agentId": AGENT, "message": ""}, "message"),
        ({"agentId": AGENT, "message": "q", "history": [{"role": "robot", "content": "x"}]}, "history"),
        ({"agentId": AGENT, "contents": ["q"], "wait_seconds": 601}, "wait_seconds"),
        ({"agentId": AGENT, "contents": ["x" * 200_001]}, "contents"),
        ({"agentId": True, "contents": ["q"]}, "agentId"),
    ],
)
def test_a_bad_field_is_named_and_is_no_call(
    program: Person, script: ScriptedUpstream, data: Path, body: dict[str, object], field: str
) -> None:
    before = len(rows(data))
    answer = program.http.post("/agent-messages", json=body)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert (len(rows(data)), script.questions) == (before, [])


@pytest.mark.parametrize("field", ["llmConfig", "systemPromptVariables"])
@pytest.mark.parametrize("value", [b"NaN", b"1e999", b'"\\ud800"'])
def test_what_only_python_takes_for_json_is_refused(
    program: Person, script: ScriptedUpstream, field: str, value: bytes
) -> None:
    content = b'{"agentId": "%s", "contents": ["q"], "%s": {"x": %s}}' % (AGENT.encode(), field.encode(), value)
    answer = program.http.post("/agent-messages", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, list(answer.json()), script.questions) == (400, [field], [])


def test_an_answer_of_a_chart_alone_is_no_failure(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Chart("t", b"png", {}), Finished())
    assert ask_plainly(program).json()["content"] == ""


@pytest.mark.parametrize("path", ["/agents", "/rate-limit-status", "/v1/models"])
def test_nobody_is_answered_without_a_token(place: tuple[LiveServer, ScriptedUpstream, Path], path: str) -> None:
    assert httpx.get(place[0].url + path).status_code == 401


@pytest.mark.parametrize("path", ["/agent-messages", "/agent-messages/file", "/v1/chat/completions"])
def test_the_guard_comes_before_the_body(place: tuple[LiveServer, ScriptedUpstream, Path], path: str) -> None:
    wrong = httpx.post(place[0].url + path, json={}, headers={"Authorization": "Token nonsense"})
    assert httpx.post(place[0].url + path, json={}).status_code == wrong.status_code == 401


def test_a_wrong_token_is_told_so(place: tuple[LiveServer, ScriptedUpstream, Path]) -> None:
    answer = httpx.get(f"{place[0].url}/agents", headers={"Authorization": f"Token {'0' * 40}"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})


@pytest.mark.parametrize("path", ["/agent-messages", "/agents/x", "/agents/", "/agentsfoo", "/v1"])
def test_addresses_that_do_not_exist_lead_nowhere(program: Person, path: str) -> None:
    cookies = {"fabrix_chat": program.token}
    answer = httpx.get(str(program.http.base_url) + path, cookies=cookies, headers={"Accept": "application/json"})
    assert answer.status_code == 404


# ------------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UpstreamUnreachable(), 503),
        (UpstreamTimeout(), 504),
        (UpstreamBroken(), 502),
        (KeyRefused(), 502),
        (AgentFailed(), 502),
        (AnswerBlocked(notices={"en": "personal data"}), 502),
        (QuestionRejected(status=404, reason="x"), 404),
        (QuestionRejected(status=413, reason="x"), 413),
        (QuestionRejected(status=422, reason="x"), 422),
        (RuntimeError("a fault of ours"), 500),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_a_failure_has_its_status_and_leads_to_its_row(
    program: Person, script: ScriptedUpstream, data: Path, error: Exception, status: int, stream: bool
) -> None:
    for _ in range(3):
        script.enqueue(error)
    answer = ask(program, isStream=stream)
    assert answer.status_code == status
    shapes.Failure.model_validate(answer.json())
    row = rows(data)[-1]
    assert (row.error_code, row.error_number) == (answer.json()["error"], answer.json()["number"])
    assert (row.state, row.total_ms is not None) == ("failed", True)


def test_progress_is_no_reason_to_answer_before_the_status_is_known(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Status("searching"), AgentFailed())
    assert ask(program).status_code == 502


def test_an_agent_that_nobody_has_is_a_call_that_failed(program: Person, script: ScriptedUpstream, data: Path) -> None:
    answer = ask(program, agentId="nobody")
    assert (answer.status_code, answer.json()["error"]) == (400, "unknown_agent")
    assert rows(data)[-1].error_number == answer.json()["number"]


def test_an_empty_answer_is_told_as_one(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Finished())
    answer = ask(program)
    assert (answer.status_code, answer.json()["error"]) == (502, "answer_empty")


@pytest.mark.parametrize(
    ("error", "code", "state"),
    [(AgentFailed(), "agent_failed", "failed"), (AnswerInterrupted(), "answer_interrupted", "interrupted")],
)
def test_a_stream_that_fails_ends_with_an_error_frame(
    program: Person, script: ScriptedUpstream, data: Path, error: Exception, code: str, state: str
) -> None:
    script.enqueue(Delta("a part"), error)
    answer = ask(program)
    assert answer.status_code == 200
    start, content, last = frames(answer)
    assert (start["type"], content["content"], last["type"]) == ("start", "a part", "error")
    assert (last["error"], last["status"]) == (code, 502) and last["message"]
    assert (rows(data)[-1].state, rows(data)[-1].error_number) == (state, last["number"])


def test_errors_speak_the_language_of_the_caller(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(AgentFailed())
    answer = program.http.post(
        "/agent-messages", json={"agentId": AGENT, "contents": ["q"]}, headers={"Accept-Language": "ko"}
    )
    assert "에이전트" in answer.json()["message"]


# ------------------------------------------------------------------- what is left behind


def test_each_call_leaves_its_figures(program: Person, script: ScriptedUpstream, data: Path) -> None:
    before = len(rows(data))
    script.enqueue(Delta("가" * 100), Finished())
    ask_plainly(program, contents=["가" * 10])
    [row] = rows(data)[before:]
    assert row.user_id == program.http.get("/api/me").json()["user_id"]
    assert (row.agent_id, row.state, row.error_code, row.error_number) == (AGENT, "done", None, None)
    assert (row.tokens_in, row.tokens_out, row.tokens_estimated, row.tries) == (9, 85, True, 1)
    assert 0 <= row.waited_ms < 1000 and 0 <= row.first_delta_ms <= row.total_ms
    assert row.created_at <= row.ended_at


def test_reported_tokens_are_not_marked_as_estimated(program: Person, script: ScriptedUpstream, data: Path) -> None:
    script.enqueue(Delta("x"), Finished(usage=Usage(tokens_in=7, tokens_out=3)))
    ask(program)
    row = rows(data)[-1]
    assert (row.tokens_in, row.tokens_out, row.tokens_estimated) == (7, 3, False)


def test_no_text_is_kept(program: Person, script: ScriptedUpstream, data: Path) -> None:
    script.enqueue(Delta("ANSWER-of-a-program"), AgentFailed())
    ask(program, contents=["QUESTION-of-a-program"])
    file = {"file": ("FILE-of-a-program.csv", b"BYTES-of-a-program")}
    program.http.post("/agent-messages/file", files=file, data={"agentId": AGENT, "contents": "ASKED-of-a-program"})
    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert b"-of-a-program" not in kept and program.username.encode() in kept
    assert program.http.get("/api/sessions/").json() == []


# ------------------------------------------------------------------- limits


def test_a_reached_limit_answers_429_with_headers_and_figures(tmp_path: Path) -> None:
    with before_fabrix(tmp_path, limits={"rpm": 1, "wait_seconds": 0.2}) as (server, _), server.sign_up("kim") as kim:
        body = {"agentId": HEALTHY, "contents": ["안녕하세요?"]}
        assert kim.http.post("/agent-messages", json=body).status_code == 200
        for path in ("/agent-messages", "/agent-messages?wait_seconds=0"):
            answer = kim.http.post(path, json=body)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["retry-after"]) <= 61
            assert answer.headers["x-ratelimit-remaining"] == "0"
            told = answer.json()
            assert set(told) == {"error", "message", "retry_after", "current_usage", "number"}
            assert told["error"] == "rate_limit_exceeded" and told["retry_after"] > 0
            figures = kim.http.get("/rate-limit-status").json()
            shapes.Minute.model_validate(figures)
            assert told["current_usage"] == figures and (figures["current_rpm"], figures["rpm_limit"]) == (1, 1)
            row = rows(tmp_path)[-1]
            assert (row.error_code, row.error_number, row.tries) == ("rate_limit_exceeded", told["number"], 0)
        assert row.waited_ms < 150, "the query's wait_seconds was not heard"


def test_a_call_waits_in_line_as_long_as_its_body_says(tmp_path: Path) -> None:
    limits = {"user_turns": 1, "wait_seconds": 0}
    with before_fabrix(tmp_path, limits=limits) as (server, standin), server.sign_up("kim") as kim:
        gate = standin.gate(before=1)
        body = {"agentId": HEALTHY, "contents": ["q"]}
        with kim.http.stream("POST", "/agent-messages", json=body) as first:
            answer = kim.http.post("/agent-messages?wait_seconds=0", json={**body, "wait_seconds": 0.4})
            assert answer.status_code == 429 and "running already" in answer.json()["message"]
            assert 350 <= rows(tmp_path)[-1].waited_ms < 5000
            gate.open()
            first.read()


@pytest.mark.parametrize(("fault", "retry_after"), [("busy-seconds", "7"), ("busy-body", "12")])
def test_a_429_of_fabrix_goes_to_the_caller_when_it_is_too_long(tmp_path: Path, fault: str, retry_after: str) -> None:
    with before_fabrix(tmp_path, limits={"wait_seconds": 1}) as (server, _), server.sign_up("kim") as kim:
        answer = kim.http.post("/agent-messages", json={"agentId": fault_id(fault), "contents": ["q"]})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, retry_after)
        assert "FabriX itself" in answer.json()["message"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [("refuse-401", 502), ("refuse-403", 502), ("refuse-404", 404), ("html-500", 502), ("filter-block", 200)],
)
def test_what_fabrix_answers_becomes_the_status_of_the_protocol(tmp_path: Path, fault: str, status: int) -> None:
    with before_fabrix(tmp_path) as (server, _), server.sign_up("kim") as kim:
        answer = kim.http.post("/agent-messages", json={"agentId": fault_id(fault), "contents": ["q"]})
        assert answer.status_code == status
        if status == 200:
            assert frames(answer)[-1]["error"] == "answer_blocked"


def test_fabrix_is_told_what_a_program_wants_it_to_be_told(tmp_path: Path) -> None:
    with before_fabrix(tmp_path) as (server, standin), server.sign_up("kim") as kim:
        body = {"agentId": HEALTHY, "contents": ["q"], "isRagOn": False, "systemPromptVariables": {"team": "A"}}
        assert kim.http.post("/agent-messages", json=body).status_code == 200
        sent = standin.requests[-1].body
        assert (sent["isRagOn"], sent["executeFinalAnswer"]) == (False, True)
        assert sent["systemPromptVariables"] == {"team": "A"}


def test_agents_whose_ids_are_numbers_are_asked_by_number_or_text(tmp_path: Path) -> None:
    with before_fabrix(tmp_path, integer_ids=True) as (server, fabrix), server.sign_up("kim") as kim:
        for agent_id in (1, "1"):
            answer = kim.http.post("/agent-messages", json={"agentId": agent_id, "contents": ["q"]})
            assert answer.status_code == 200
        asked = [request.body["agentId"] for request in fabrix.requests if request.method == "POST"]
        assert [(type(each), each) for each in asked] == [(int, 1), (int, 1)]


def test_fabrix_pausing_with_a_short_wait_is_waited_for(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(UpstreamBusy(retry_after=0.2))
    assert ask(program).status_code == 200
    assert len(script.questions) == 2


# ------------------------------------------------------------------- callers who go away


def question_to(standin: Standin) -> StandinRequest:
    """The first question that the stand-in gets."""
    wait_for(lambda: any(request.method == "POST" for request in standin.requests))
    return next(request for request in standin.requests if request.method == "POST")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_caller_who_goes_away_closes_the_upstream(tmp_path: Path, stream: bool) -> None:
    with before_fabrix(tmp_path) as (server, standin), server.sign_up("kim") as kim:
        gate = standin.gate(before=2)
        with unread(kim, "/agent-messages", json={"agentId": HEALTHY, "contents": ["q"], "isStream": stream}):
            await gate.when_reached()
            assert rows(tmp_path) == []
        await question_to(standin).when_cut_off()
        wait_for(lambda: rows(tmp_path))
        [row] = rows(tmp_path)
        assert (row.state, row.error_code, row.tries) == ("stopped", None, 1)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_caller_who_goes_away_before_the_first_word_closes_the_upstream(tmp_path: Path, stream: bool) -> None:
    with before_fabrix(tmp_path) as (server, standin), server.sign_up("kim") as kim:
        body = {"agentId": fault_id("late-first-byte"), "contents": ["q"], "isStream": stream}
        with unread(kim, "/agent-messages", json=body):
            asked = question_to(standin)
        await asked.when_cut_off()


def test_who_leaves_the_line_is_not_asked_for(tmp_path: Path) -> None:
    limits = {"user_turns": 1, "wait_seconds": 30}
    with before_fabrix(tmp_path, limits=limits) as (server, standin), server.sign_up("kim") as kim:
        gate = standin.gate(before=1)
        body = {"agentId": HEALTHY, "contents": ["q"]}
        with kim.http.stream("POST", "/agent-messages", json=body) as first:
            with unread(kim, "/agent-messages", json=body):
                pass
            wait_for(lambda: [row.state for row in rows(tmp_path)] == ["stopped"])
            gate.open()
            first.read()
        assert sorted(row.state for row in rows(tmp_path)) == ["done", "stopped"]
        assert sum(request.method == "POST" for request in standin.requests) == 1


def test_a_login_that_ends_ends_its_calls(program: Person, script: ScriptedUpstream, data: Path) -> None:
    gate = Gate()
    script.enqueue(Delta("a"), gate, Finished())
    body = {"agentId": AGENT, "contents": ["q"]}
    with program.http.stream("POST", "/agent-messages", json=body) as response:
        gate.wait_until_reached()
        program.http.post("/api/auth/logout/")
        response.read()
        last = frames(response)[-1]
    assert (last["type"], last["error"], last["status"]) == ("error", "signed_out", 401)
    assert script.closed.wait(1)
    assert (rows(data)[-1].state, rows(data)[-1].error_number) == ("stopped", last["number"])


def test_a_server_that_ends_tells_its_callers(tmp_path: Path) -> None:
    upstream = ScriptedUpstream()
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    server = LiveServer(lambda: build(settings_for(tmp_path), upstreams=[upstream]), signup_key=SIGNUP_KEY)
    body = {"agentId": AGENT, "contents": ["q"]}
    with server, server.sign_up("kim") as kim, kim.http.stream("POST", "/agent-messages", json=body) as response:
        gate.wait_until_reached()
        server.end_answers()
        response.read()
        assert frames(response)[-1]["error"] == "answer_interrupted"
    [row] = rows(tmp_path)
    assert (row.state, row.error_code) == ("interrupted", "answer_interrupted")


# ------------------------------------------------------------------- files


def ask_about(person: Person, content: bytes = b"a,b\n1,2\n", name: str = "data.csv", **fields: Any) -> httpx.Response:
    data = {"agentId": AGENT, "contents": "Look.", **fields}
    return person.http.post("/agent-messages/file", files={"file": (name, content)}, data=data)


def stored_files(data: Path) -> list[Path]:
    return [path for path in (data / "files").rglob("*") if path.is_file()]


def test_a_file_is_asked_about_and_forgotten(program: Person, script: ScriptedUpstream, data: Path) -> None:
    gate = Gate()
    script.enqueue(gate, Delta("seen"), Finished())
    gate.release()
    answer = ask_about(program, name="매출 2026.csv")
    shapes.FileAnswer.model_validate(answer.json())
    assert answer.json()["content"] == "seen"
    metadata = answer.json()["metadata"]
    assert (metadata["filename"], metadata["size"]) == ("매출 2026.csv", 8) and metadata["processed_at"]
    [question] = script.questions
    assert question.contents == ("Look.",)
    assert question.attachment is not None and question.attachment.name == "매출 2026.csv"
    assert stored_files(data) == []


def test_fabrix_gets_the_file_and_all_contents(tmp_path: Path) -> None:
    with before_fabrix(tmp_path) as (server, standin), server.sign_up("kim") as kim:
        answer = kim.http.post(
            "/agent-messages/file",
            files={"file": ("a.csv", b"a\n1\n")},
            data={"agentId": HEALTHY, "contents": ["q1", "a1", "q2"]},
        )
        assert answer.status_code == 200 and "a.csv" in answer.json()["content"]
        sent = standin.requests[-1]
        assert (sent.file_name, sent.file_bytes, sent.contents) == ("a.csv", b"a\n1\n", ["q1", "a1", "q2"])
        assert stored_files(tmp_path) == []


def test_an_answer_about_a_file_can_be_streamed(program: Person, script: ScriptedUpstream) -> None:
    script.enqueue(Delta("seen"), Finished())
    assert [frame["type"] for frame in frames(ask_about(program, isStream="true"))] == ["start", "content", "end"]


@pytest.mark.parametrize("contents", [[], [" "], ["q", "a", ""]])
def test_a_file_without_a_question_is_analysed(program: Person, script: ScriptedUpstream, contents: list[str]) -> None:
    assert ask_about(program, contents=contents).status_code == 200
    assert script.questions[0].contents == (*contents[:-1], "Analyse this file.")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"agentId": ""}, "agentId"), ({"isStream": "maybe"}, "isStream"), ({"wait_seconds": "-1"}, "wait_seconds")],
)
def test_a_bad_field_of_a_form_is_named(
    program: Person, script: ScriptedUpstream, data: Path, fields: dict[str, str], field: str
) -> None:
    answer = ask_about(program, **fields)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert stored_files(data) == []


def test_a_form_without_a_file_is_refused(program: Person) -> None:
    answer = program.http.post("/agent-messages/file", data={"agentId": AGENT, "contents": "q"})
    assert (answer.status_code, list(answer.json())) == (400, ["file"])


def test_an_empty_file_is_refused(program: Person) -> None:
    assert ask_about(program, b"").json()["error"] == "file_rejected"


def test_a_file_over_the_limit_is_refused_and_not_kept(program: Person, data: Path) -> None:
    assert ask_about(program, b"x" * (1 << 20)).status_code == 200
    for size in ((1 << 20) + 1, 8 << 20):
        answer = ask_about(program, b"x" * size)
        assert (answer.status_code, answer.json()["error"]) == (413, "file_too_large")
    assert stored_files(data) == []


def test_a_failed_question_leaves_no_file(program: Person, script: ScriptedUpstream, data: Path) -> None:
    script.enqueue(AgentFailed())
    assert ask_about(program).status_code == 502
    assert stored_files(data) == []


def test_a_caller_who_goes_away_leaves_no_file(program: Person, script: ScriptedUpstream, data: Path) -> None:
    gate = Gate()
    script.enqueue(gate, Finished())
    with unread(program, "/agent-messages/file", files={"file": ("a", b"1")}, data={"agentId": AGENT}):
        gate.wait_until_reached()
        assert len(stored_files(data)) == 1
    assert script.closed.wait(5)
    wait_for(lambda: stored_files(data) == [])


def test_files_that_wait_for_their_answers_take_the_users_room(tmp_path: Path) -> None:
    upstream, gates = ScriptedUpstream(), [Gate(), Gate()]
    settings = settings_for(tmp_path)
    settings = dataclasses.replace(settings, server=dataclasses.replace(settings.server, user_quota_mb=2))
    with (
        LiveServer(lambda: build(settings, upstreams=[upstream]), signup_key=SIGNUP_KEY) as server,
        server.sign_up("kim") as kim,
        server.sign_up("lee") as lee,
    ):
        whole = {"files": {"file": ("a", b"x" * (1 << 20))}, "data": {"agentId": AGENT}}
        for gate in gates:
            upstream.enqueue(gate, Delta("seen"), Finished())
        with unread(kim, "/agent-messages/file", **whole):
            gates[0].wait_until_reached()
            with unread(kim, "/agent-messages/file", **whole):
                gates[1].wait_until_reached()
                refused = ask_about(kim, b"1")
                assert (refused.status_code, refused.json()["error"]) == (413, "quota_exceeded")
                assert "that still wait for their answers" in refused.json()["message"]
                assert kim.http.post("/api/files", files={"file": ("b", b"1")}).status_code == 413
                assert ask_about(lee, b"1").status_code == 200
        wait_for(lambda: stored_files(tmp_path) == [])
        assert ask_about(kim, b"x" * (1 << 20)).status_code == 200


def test_an_upload_that_fails_gives_its_room_back(
    place: tuple[LiveServer, ScriptedUpstream, Path], program: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise FileTooLarge(name="a", limit=1)

    with monkeypatch.context() as patch:
        patch.setattr("storage.files.FileStore.save", full)
        for _ in range(6):
            assert ask_about(program, b"x" * (1 << 20)).status_code == 413
    assert ask_about(program, b"x" * (1 << 20)).status_code == 200


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (AnswerInterrupted(), "Nothing of it is stored"),
        (RuntimeError("a fault of ours"), "Nothing was stored"),
        (FileNotText(name="a.bin"), "Send it to another agent"),
        (FileTooLong(name="a.txt", size=9, limit=1), "Send it to another agent"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_program_is_not_told_that_something_is_kept(
    program: Person, script: ScriptedUpstream, fault: Exception, sentence: str, language: str
) -> None:
    script.enqueue(fault)
    message = program.http.post(
        "/agent-messages",
        json={"agentId": AGENT, "contents": ["q"], "isStream": False},
        headers={"Accept-Language": language},
    ).json()["message"]
    assert (sentence in message) if language == "en" else re.search("저장되지 않|보내 주세요", message)
    assert not re.search("is kept|저장되어", message)
