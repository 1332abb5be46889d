"""The client of OpenAI-compatible servers, request by request: what it sends, and what it makes of single answers."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from chat.errors import (
    ConversationTooLong,
    ExtrasRejected,
    FileNotText,
    KeyRefused,
    ModelMissing,
    QuestionRejected,
    UpstreamBroken,
    UpstreamBusy,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnreachable,
)
from chat.events import Delta, Finished, Usage
from chat.upstreams.base import Attachment, Question, Upstream
from chat.upstreams.openai import OpenAiUpstream, api_url
from storage.secret import Secret
from storage.settings import UpstreamSettings
from tests.chat.upstreams.asking import answer_of
from tests.openai_standin import CONTEXT_SENTENCE, completion, delta, last, sse, usage

URL = "https://gpu.example/v1"
WHOLE = sse(delta("안녕")) + sse(last()) + sse(usage()) + sse("[DONE]")
QUESTION = Question("gpu/Qwen/Qwen3", ("one", "two", "세 번째"))

Connect = Callable[..., OpenAiUpstream]


def streamed(content: bytes = WHOLE) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content)


def refused(status: int, body: object, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, json=body)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    made: list[OpenAiUpstream] = []

    def make(key: str = "s3cret", **settings: Any) -> OpenAiUpstream:
        few = {"name": "gpu", "base_url": URL, "max_connections": 4, **settings}
        made.append(OpenAiUpstream(UpstreamSettings(key=Secret(key), **few)))
        return made[-1]

    yield make
    for upstream in made:
        await upstream.aclose()


@pytest.fixture
def chat(respx_mock: respx.MockRouter) -> respx.Route:
    return respx_mock.post(f"{URL}/chat/completions").mock(return_value=streamed())


@pytest.fixture
def models(respx_mock: respx.MockRouter) -> respx.Route:
    return respx_mock.get(f"{URL}/models")


def sent(route: respx.Route, number: int = -1) -> tuple[httpx.Headers, dict[str, Any]]:
    request = route.calls[number].request
    return request.headers, json.loads(request.content)


def test_client_is_an_upstream(connect: Connect) -> None:
    upstream: Upstream = connect()
    assert (upstream.name, upstream.title) == ("gpu", "gpu")


async def test_the_conversation_becomes_messages_with_roles(connect: Connect, chat: respx.Route) -> None:
    answer = await answer_of(connect(), QUESTION)
    assert answer.events == [Delta("안녕"), Finished(usage=Usage(21, 34))]
    assert sent(chat)[1] == {
        "model": "Qwen/Qwen3",
        "messages": [
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": "two"},
            {"role": "user", "content": "세 번째"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_half_a_character_does_not_break_the_request(connect: Connect, chat: respx.Route) -> None:
    await answer_of(connect(), Question("gpu/m", ("a\ud83d",)))
    assert sent(chat)[1]["messages"] == [{"role": "user", "content": "a?"}]


@pytest.mark.parametrize("key", ["s3cret", "Bearer s3cret", " bearer  s3cret "])
async def test_the_key_is_sent_with_the_prefix_once(connect: Connect, chat: respx.Route, key: str) -> None:
    await answer_of(connect(key), QUESTION)
    assert sent(chat)[0]["authorization"] == "Bearer s3cret"


async def test_without_a_key_none_is_sent(connect: Connect, chat: respx.Route) -> None:
    await answer_of(connect(""), QUESTION)
    assert "authorization" not in sent(chat)[0]


async def test_the_idempotency_key_goes_along(connect: Connect, chat: respx.Route) -> None:
    await answer_of(connect(), Question("gpu/m", ("?",), idempotency_key="k1"))
    assert sent(chat)[0]["idempotency-key"] == "k1" and "x-request-id" not in sent(chat)[0]


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://h:11434", "http://h:11434/v1"),
        ("http://h:11434/", "http://h:11434/v1"),
        (" http://h/v1 ", "http://h/v1"),
        ("http://h/v1/", "http://h/v1"),
        ("http://h/v1/chat/completions", "http://h/v1"),
        ("http://h/v1/chat/completions/", "http://h/v1"),
        ("http://h/v1/completions", "http://h/v1"),
        ("http://h/v1/models", "http://h/v1"),
        ("https://h/api/openai/v3?x=1", "https://h/api/openai/v3"),
        ("http://h/chat/completions", "http://h"),
        ("http://user:pass@h:8000/v1", "http://h:8000/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
    ],
)
def test_addresses_as_people_paste_them(base_url: str, url: str) -> None:
    assert api_url(base_url) == url


@pytest.mark.parametrize("base_url", ["h:8000", "ftp://h/v1", "http://", "http://h:port", ""])
def test_what_is_no_address_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        api_url(base_url)


def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(connect: Connect) -> None:
    with pytest.raises(ValueError, match="authorization") as caught:
        connect("geheim한")
    assert "geheim" not in str(caught.value)


# ---------------------------------------------------------------- agents


async def test_the_servers_models_are_the_agents(connect: Connect, models: respx.Route) -> None:
    names = ["qwen3:8b", "Qwen/Qwen3", "qwen3:8b"]
    models.respond(json={"object": "list", "data": [{"id": name} for name in names]})
    agents = await connect(labels={"qwen3:8b": "Qwen 3"}).agents()
    assert [(agent.id, agent.label) for agent in agents] == [
        ("gpu/qwen3:8b", "Qwen 3"),
        ("gpu/Qwen/Qwen3", "Qwen/Qwen3"),
    ]
    assert agents[0].names["ko"] == ("Qwen 3", "gpu에서 실행됩니다.") and agents[0].capabilities == ("chat", "file")


async def test_models_of_the_settings_are_not_asked_for(connect: Connect) -> None:
    agents = await connect(models=("a", "b"), file_kb=0).agents()
    assert [agent.id for agent in agents] == ["gpu/a", "gpu/b"]
    assert agents[0].capabilities == ("chat",)


@pytest.mark.parametrize(
    "body", [[{"id": "a"}], ["a"], {"data": [{"id": "a"}, None, {"id": 5}, {"id": " "}, {"id": "a\n"}]}]
)
async def test_other_shapes_of_the_list(connect: Connect, models: respx.Route, body: object) -> None:
    models.respond(json=body)
    assert [agent.id for agent in await connect().agents()] == ["gpu/a"]


async def test_a_name_that_no_conversation_can_hold_is_left_out(connect: Connect, models: respx.Route) -> None:
    models.respond(json={"data": [{"id": "a" * 197}, {"id": "a" * 196}]})
    assert [len(agent.id) for agent in await connect().agents()] == [200]


@pytest.mark.parametrize("body", [{}, {"data": {}}, 5, None])
async def test_what_is_no_list_is_an_error(connect: Connect, models: respx.Route, body: object) -> None:
    models.respond(json=body)
    with pytest.raises(UpstreamBroken):
        await connect().agents()


def test_ids_say_whose_they_are(connect: Connect) -> None:
    upstream = connect()
    assert upstream.may_run("gpu/x")
    assert not any(map(upstream.may_run, ("gpu2/x", "x", "gpu", "7b0c0d1e-6f1a", "local-guide")))


# ---------------------------------------------------------------- the wish to know the cost


async def test_a_server_that_refuses_the_option_is_asked_without_it_from_then_on(
    connect: Connect, chat: respx.Route
) -> None:
    chat.side_effect = [refused(400, {"error": "Unrecognized request argument"}), streamed(), streamed()]
    upstream = connect()
    assert isinstance((await answer_of(upstream, QUESTION)).error, ExtrasRejected)
    for question in (replace(QUESTION, plain=True), QUESTION):
        assert (await answer_of(upstream, question)).text == "안녕"
    assert ["stream_options" in sent(chat, number)[1] for number in range(3)] == [True, False, False]


async def test_what_is_refused_without_the_option_too_is_refused(connect: Connect, chat: respx.Route) -> None:
    chat.return_value = refused(422, {"error": {"message": "bad role"}})
    upstream = connect()
    assert isinstance((await answer_of(upstream, QUESTION)).error, ExtrasRejected)
    answer = await answer_of(upstream, replace(QUESTION, plain=True))
    assert type(answer.error) is QuestionRejected and answer.error.status == 422
    assert "bad role" in answer.error.notice("en")
    assert chat.call_count == 2


async def test_once_the_option_has_worked_a_refusal_is_about_the_question(connect: Connect, chat: respx.Route) -> None:
    chat.side_effect = [streamed(), refused(400, {"error": "no"}), streamed()]
    upstream = connect()
    await answer_of(upstream, QUESTION)
    assert isinstance((await answer_of(upstream, QUESTION)).error, QuestionRejected)
    assert chat.call_count == 2


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"error": {"message": "Incorrect API key provided: s3cret"}}, KeyRefused),
        (403, {"error": "forbidden"}, KeyRefused),
        (404, {"error": {"message": 'model "x" not found, try pulling it first'}}, ModelMissing),
        (404, {"object": "error", "message": "The model `x` does not exist."}, ModelMissing),
        (400, {"error": "Unknown model x"}, ModelMissing),
        (404, {"detail": "Not Found"}, QuestionRejected),
        (400, {"object": "error", "message": CONTEXT_SENTENCE}, ConversationTooLong),
        (
            400,
            {"error": {"message": "the request exceeds the available context size. try increasing it"}},
            ConversationTooLong,
        ),
        (500, {"error": {"message": "the request exceeds the available context size"}}, ConversationTooLong),
        (400, {"error": "The decoder prompt is longer than the maximum model length of 4096"}, ConversationTooLong),
        (413, {"error": "Payload Too Large"}, QuestionRejected),
        (429, {"error": {"message": "slow down"}}, UpstreamBusy),
        (500, {"error": {"message": "CUDA error"}}, UpstreamBroken),
        (502, {}, UpstreamUnavailable),
        (503, {"error": {"message": "Loading model"}}, UpstreamUnavailable),
        (302, {}, UpstreamBroken),
    ],
)
async def test_refusals_by_what_they_mean(
    connect: Connect, chat: respx.Route, status: int, body: object, expected: type[UpstreamError]
) -> None:
    chat.return_value = refused(status, body, location="https://elsewhere.example/")
    answer = await answer_of(connect(), QUESTION)
    assert type(answer.error) is expected
    assert "s3cret" not in answer.error.notice("en")
    assert {call.request.url.host for call in chat.calls} == {"gpu.example"}


async def test_retry_after_is_kept(connect: Connect, chat: respx.Route) -> None:
    chat.return_value = refused(429, {}, **{"retry-after": "7"})
    error = (await answer_of(connect(), QUESTION)).error
    assert isinstance(error, UpstreamBusy) and error.retry_after == 7.0


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (httpx.ConnectError, UpstreamUnreachable),
        (httpx.ConnectTimeout, UpstreamUnreachable),
        (httpx.ReadTimeout, UpstreamTimeout),
    ],
)
async def test_a_way_that_is_broken(
    connect: Connect, chat: respx.Route, fault: type[httpx.TransportError], expected: type[UpstreamError]
) -> None:
    chat.side_effect = fault("geheim")
    assert type((await answer_of(connect(), QUESTION)).error) is expected


async def test_a_whole_answer_in_json_is_taken_too(connect: Connect, chat: respx.Route) -> None:
    chat.return_value = httpx.Response(200, json=completion(["<think>hm</think>", "안녕"]))
    answer = await answer_of(connect(), QUESTION)
    assert answer.text == "안녕" and answer.finished == Finished(usage=Usage(21, 34))


async def test_a_clean_close_gives_what_might_have_become_a_tag(connect: Connect, chat: respx.Route) -> None:
    chat.return_value = streamed(sse(delta("<th")))
    answer = await answer_of(connect(), QUESTION)
    assert answer.text == "<th" and answer.finished


@pytest.mark.parametrize("body", [b"<html></html>", b"{}", b'{"choices":', b"hello"])
async def test_what_is_no_answer_is_broken(connect: Connect, chat: respx.Route, body: bytes) -> None:
    chat.return_value = httpx.Response(200, content=body)
    assert type((await answer_of(connect(), QUESTION)).error) is UpstreamBroken


async def test_neither_key_nor_texts_are_logged(
    connect: Connect, chat: respx.Route, caplog: pytest.LogCaptureFixture
) -> None:
    call = delta("비밀", tool_calls=[{"function": {"name": "look_up", "arguments": "비밀"}}])
    chat.return_value = streamed(sse(call) + sse("비밀") + sse(last()))
    with caplog.at_level(logging.DEBUG):
        await answer_of(connect(), QUESTION)
        chat.return_value = refused(400, {"error": "비밀 s3cret"})
        await answer_of(connect(), QUESTION)
    assert "gpu: could not be read or used: {'a tool call': 1, 'broken JSON': 1}" in caplog.text
    assert "gpu answered 400" in caplog.text
    assert not any(text in caplog.text for text in ("비밀", "s3cret", "세 번째"))


# ---------------------------------------------------------------- files


async def test_a_file_goes_along_as_text(connect: Connect, chat: respx.Route, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes("지역,매출\n서울,120\n".encode("cp949"))
    file = Attachment(path, "매출.csv", path.stat().st_size)
    answer = await answer_of(connect(), Question("gpu/m", ("합계는?",), attachment=file, last_attachment=file))
    assert answer.finished
    roles = [(message["role"], message["content"]) for message in sent(chat)[1]["messages"]]
    assert [role for role, _ in roles] == ["user", "assistant", "user"]
    assert "매출.csv" in roles[0][1] and "서울,120" in roles[0][1]
    assert roles[-1][1] == "합계는?"


async def test_a_file_that_can_not_go_along_is_not_sent(connect: Connect, chat: respx.Route, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"\x89PNG\0\0")
    file = Attachment(path, "a.png", 6)
    answer = await answer_of(connect(), Question("gpu/m", ("?",), attachment=file, last_attachment=file))
    assert isinstance(answer.error, FileNotText) and not chat.called


async def test_a_file_that_is_gone_is_an_error(connect: Connect, chat: respx.Route, tmp_path: Path) -> None:
    file = Attachment(tmp_path / "gone", "a.txt", 6)
    answer = await answer_of(connect(), Question("gpu/m", ("?",), attachment=file, last_attachment=file))
    assert type(answer.error) is UpstreamError and not chat.called


# ---------------------------------------------------------------- is it there?


@pytest.mark.parametrize(
    ("status", "named", "is_up"),
    [
        (200, (), True),
        (200, ("a",), True),
        (404, ("a",), True),
        (404, (), False),
        (401, ("a",), False),
        (503, (), False),
    ],
)
async def test_up_is_who_lists_models_or_is_known_to_have_some(
    connect: Connect, models: respx.Route, status: int, named: tuple[str, ...], is_up: bool
) -> None:
    models.respond(status, json={"data": []})
    upstream = connect(models=named)
    assert await upstream.is_up() is is_up
    assert await upstream.is_up() is is_up
    assert models.call_count == 1


async def test_a_closed_client_is_not_up(connect: Connect) -> None:
    upstream = connect()
    await upstream.aclose()
    assert not await upstream.is_up()
