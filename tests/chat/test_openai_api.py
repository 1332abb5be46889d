"""OpenAI's paths, called by the official client over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI
from sqlalchemy import select

from chat import shapes
from chat.errors import AgentFailed, QuestionRejected, UpstreamTimeout, UpstreamUnreachable
from chat.events import Delta, Finished, Reference, Thinking, Usage
from storage.database import Database
from storage.models import calls
from tests.chat.direct_calls import AGENT, before_fabrix, frames, rows, wait_for
from tests.fabrix_standin import HEALTHY
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import AGENTS, Gate, ScriptedUpstream

HELLO: Any = [{"role": "user", "content": "Hello?"}]


def client_of(person: Person, **options: Any) -> OpenAI:
    language = {"Accept-Language": "en"}
    options = {"max_retries": 0, "default_headers": language, **options}
    return OpenAI(base_url=f"{person.http.base_url}/v1", api_key=person.token, **options)


@pytest.fixture
def client(person: Person, upstream: ScriptedUpstream) -> Iterator[OpenAI]:
    with client_of(person) as made:
        yield made


def last_row(database: Database) -> Any:
    """The newest call's figures."""
    statement = select(calls).order_by(calls.c.id.desc()).limit(1)
    return database.read_now(lambda connection: connection.execute(statement).one())


# ------------------------------------------------------------------- models


def test_the_agents_are_the_models(client: OpenAI, person: Person) -> None:
    listed = client.models.list()
    assert [model.id for model in listed] == [agent.id for agent in AGENTS]
    shapes.Models.model_validate(person.http.get("/v1/models").json())
    assert client.models.retrieve(AGENT).id == AGENT


def test_a_model_that_nobody_has_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("nobody")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="nobody", messages=HELLO)
    assert caught.value.code == "model_not_found" and caught.value.body["number"].startswith("E-")


# ------------------------------------------------------------------- answers


def test_a_completion_is_the_answer(client: OpenAI, upstream: ScriptedUpstream) -> None:
    upstream.enqueue(Thinking("hm"), Delta("안녕"), Delta("하세요"), Finished(usage=Usage(7, 3)))
    done = client.chat.completions.create(model=AGENT, messages=HELLO, temperature=0.2, max_tokens=50)
    [choice] = done.choices
    assert (choice.message.content, choice.message.role, choice.finish_reason) == ("안녕하세요", "assistant", "stop")
    assert choice.message.model_extra == {"reasoning_content": "hm"}
    assert (done.object, done.model, done.created > 1_700_000_000) == ("chat.completion", AGENT, True)
    assert done.usage is not None and done.usage.model_dump(exclude_none=True) == {
        "prompt_tokens": 7,
        "completion_tokens": 3,
        "total_tokens": 10,
    }


def test_a_completion_has_its_documented_shape(person: Person, upstream: ScriptedUpstream) -> None:
    upstream.enqueue(Thinking("hm"), Delta("x"), Reference("rules", "https://wiki/rules"), Finished())
    answer = person.http.post("/v1/chat/completions", json={"model": AGENT, "messages": HELLO}).json()
    shapes.Completion.model_validate(answer)
    assert answer["references"] == [{"title": "rules", "url": "https://wiki/rules"}]
    assert answer["usage"]["estimated"] is True and answer["usage"]["prompt_tokens"] > 0


def test_a_stream_has_its_pieces_and_its_usage_in_the_end(client: OpenAI, upstream: ScriptedUpstream) -> None:
    upstream.enqueue(Thinking("hm"), Delta("안녕"), Delta("!"), Finished(truncated=True, usage=Usage(7, 3)))
    stream = client.chat.completions.create(
        model=AGENT, messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "안녕!"
    assert chunks[1].choices[0].delta.model_extra == {"reasoning_content": "hm"}
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * 4 + ["length"]
    assert chunks[-1].choices == [] and chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 10
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_stream_has_no_usage_unless_it_is_wanted(person: Person, upstream: ScriptedUpstream) -> None:
    body = {"model": AGENT, "messages": HELLO, "stream": True}
    *chunks, end = frames(person.http.post("/v1/chat/completions", json=body))
    assert end == "[DONE]" and not any("usage" in chunk for chunk in chunks)
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_the_clients_own_streaming_helper_works(client: OpenAI, upstream: ScriptedUpstream) -> None:
    upstream.enqueue(Delta("one "), Delta("two"), Finished())
    with client.chat.completions.stream(model=AGENT, messages=HELLO) as stream:
        assert stream.get_final_completion().choices[0].message.content == "one two"


def test_messages_become_the_conversation_that_fabrix_wants(client: OpenAI, upstream: ScriptedUpstream) -> None:
    messages: Any = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "q1"}, {"type": "text", "text": "more"}]},
        {"role": "assistant", "content": "a1"},
        {"role": "developer", "content": "Be kind."},
        {"role": "user", "content": "q2"},
    ]
    client.chat.completions.create(model=AGENT, messages=messages)
    assert upstream.questions[0].contents == ("Be brief.\n\nq1\nmore", "a1", "Be kind.\n\nq2")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": None}]}, "messages"),
        ({"messages": [*HELLO, {"role": "assistant", "content": "so"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}, *HELLO]}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
        ({"model": ""}, "model"),
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
    ],
)
def test_what_no_agent_can_do_is_refused(
    client: OpenAI, upstream: ScriptedUpstream, changes: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**{"model": AGENT, "messages": HELLO, **changes})
    assert (caught.value.type, caught.value.param) == ("invalid_request_error", param)
    assert upstream.questions == []


# ------------------------------------------------------------------- errors


def test_a_wrong_token_is_an_authentication_error(client: OpenAI) -> None:
    for key in ("0" * 40, "sk-nonsense"):
        with pytest.raises(openai.AuthenticationError) as caught:
            client.with_options(api_key=key).models.list()
        assert (caught.value.code, caught.value.body["message"]) == ("invalid_api_key", "Invalid token.")


@pytest.mark.parametrize(
    ("error", "expected", "kind"),
    [
        (UpstreamUnreachable(), openai.InternalServerError, "server_error"),
        (UpstreamTimeout(), openai.InternalServerError, "server_error"),
        (AgentFailed(), openai.InternalServerError, "server_error"),
        (QuestionRejected(status=422, reason="x"), openai.UnprocessableEntityError, "invalid_request_error"),
        (QuestionRejected(status=400, reason="x"), openai.BadRequestError, "invalid_request_error"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_a_failure_is_the_clients_own_error(
    client: OpenAI,
    upstream: ScriptedUpstream,
    shared_database: Database,
    error: Any,
    expected: type[openai.APIStatusError],
    kind: str,
    stream: bool,
) -> None:
    for _ in range(3):
        upstream.enqueue(error)
    with pytest.raises(expected) as caught:
        client.chat.completions.create(model=AGENT, messages=HELLO, stream=stream)
    assert caught.value.status_code == error.status
    assert (caught.value.type, caught.value.code) == (kind, error.code)
    shapes.OpenAiErrorFacts.model_validate(caught.value.body)
    assert last_row(shared_database).error_number == caught.value.body["number"]


def test_a_stream_that_fails_after_its_first_piece_raises_in_the_client(
    client: OpenAI, upstream: ScriptedUpstream
) -> None:
    upstream.enqueue(Delta("a part"), AgentFailed())
    heard = []
    with pytest.raises(openai.APIError, match="could not finish") as caught:
        for chunk in client.chat.completions.create(model=AGENT, messages=HELLO, stream=True):
            heard.append(chunk.choices[0].delta.content)
    assert heard == ["", "a part"] and caught.value.code == "agent_failed"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("GET", "/v1/chat/completions"), ("PUT", "/v1/models")]
)
def test_an_unknown_address_is_told_in_openais_way(person: Person, method: str, path: str) -> None:
    answer = person.http.request(method, path)
    assert answer.status_code == 404
    shapes.OpenAiError.model_validate(answer.json())


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000])
def test_a_body_that_is_no_json_is_told_in_openais_way(person: Person, body: bytes) -> None:
    answer = person.http.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    shapes.OpenAiError.model_validate(answer.json())
    assert answer.json()["error"]["param"] is None


def test_a_reached_limit_is_a_rate_limit_error_and_the_client_tries_again(tmp_path: Path) -> None:
    limits = {"user_turns": 1, "wait_seconds": 0.1}
    with before_fabrix(tmp_path, limits=limits) as (server, standin), server.sign_up("kim") as kim:
        gate = standin.gate(before=1)
        client = client_of(kim)
        with client.chat.completions.create(model=HEALTHY, messages=HELLO, stream=True) as first:
            with pytest.raises(openai.RateLimitError) as caught:
                client.chat.completions.create(model=HEALTHY, messages=HELLO)
            error = caught.value
            assert error.body["current_usage"]["rpm_limit"] == 100 and error.body["number"].startswith("E-")
            assert int(error.response.headers["retry-after"]) >= 1
            assert error.response.headers["x-ratelimit-remaining"] == "99"
            body = {"wait_seconds": 0.4}
            with pytest.raises(openai.RateLimitError):
                client.chat.completions.create(model=HEALTHY, messages=HELLO, extra_body=body)
            assert rows(tmp_path)[-1].waited_ms >= 350
            gate.open()
            assert len(list(first)) > 20
        retrying = client_of(kim, max_retries=2)
        assert retrying.chat.completions.create(model=HEALTHY, messages=HELLO).choices[0].message.content


# ------------------------------------------------------------------- what is left behind


def test_a_call_leaves_its_figures(client: OpenAI, person: Person, shared_database: Database) -> None:
    client.chat.completions.create(model=AGENT, messages=HELLO)
    row = last_row(shared_database)
    assert row.user_id == person.http.get("/api/me").json()["user_id"]
    assert (row.agent_id, row.state, row.error_number, row.tries) == (AGENT, "done", None, 1)


def test_a_client_that_closes_its_stream_closes_the_upstream(
    client: OpenAI, upstream: ScriptedUpstream, shared_database: Database
) -> None:
    gate = Gate()
    upstream.enqueue(Delta("a"), gate, Finished())
    with client.chat.completions.create(model=AGENT, messages=HELLO, stream=True) as stream:
        next(stream)
        gate.wait_until_reached()
    assert upstream.closed.wait(5)
    wait_for(lambda: last_row(shared_database).state == "stopped")


def test_over_real_http_to_fabrix_and_back(tmp_path: Path) -> None:
    with before_fabrix(tmp_path, deltas=5) as (server, standin), server.sign_up("kim") as kim:
        client = client_of(kim)
        assert HEALTHY in [model.id for model in client.models.list()]
        done = client.chat.completions.create(model=HEALTHY, messages=HELLO)
        assert "“Hello?”" in str(done.choices[0].message.content)
        assert standin.requests[-1].contents == ["Hello?"]


async def test_fifty_at_once_all_get_theirs(server: LiveServer, person: Person, upstream: ScriptedUpstream) -> None:
    async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key=person.token, timeout=60) as client:

        async def one(number: int) -> str:
            messages: Any = [{"role": "user", "content": f"number {number}"}]
            done = await client.chat.completions.create(model=AGENT, messages=messages)
            return str(done.choices[0].message.content)

        answers = await asyncio.gather(*(one(number) for number in range(50)))
    assert answers == [f"You said: number {number}" for number in range(50)]


def test_a_token_is_as_good_as_a_bearer(person: Person) -> None:
    for scheme in ("Token", "Bearer"):
        headers = {"Authorization": f"{scheme} {person.token}"}
        assert httpx.get(f"{person.http.base_url}/v1/models", headers=headers).status_code == 200
