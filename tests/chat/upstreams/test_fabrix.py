"""The FabriX client, request by request: what it sends, and what it makes of single answers."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from chat.errors import (
    AnswerInterrupted,
    KeyRefused,
    UpstreamBroken,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from chat.events import Delta, Finished
from chat.upstreams.base import Upstream
from chat.upstreams.fabrix import FabrixUpstream, api_url
from chat.upstreams.refusals import BY_EXCEPTION
from tests.chat.upstreams.asking import answer_of, api, question
from tests.chat.upstreams.conftest import Connect
from tests.fabrix_standin import CLIENT_KEY, OPENAPI_TOKEN, chunk, last, sse

BASE = "https://fabrix.example/secc/trial/api-agent"
API = f"{BASE}/openapi/agent-chat/v1"
WHOLE = sse(chunk("안녕")) + sse(last())


def streamed(content: bytes = WHOLE, media: str = "text/event-stream") -> httpx.Response:
    return httpx.Response(200, headers={"content-type": media}, content=content)


class Broken(httpx.AsyncByteStream):
    """A body that says something and then fails."""

    def __init__(self, *pieces: bytes, error: Exception) -> None:
        self._pieces, self._error = pieces, error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        raise self._error


def sent(route: respx.Route) -> httpx.Request:
    request: httpx.Request = route.calls.last.request
    return request


@pytest.fixture
def messages(respx_mock: respx.MockRouter) -> respx.Route:
    return respx_mock.post(f"{API}/agent-messages").mock(return_value=streamed())


def test_client_is_an_upstream(connect: Connect) -> None:
    upstream: Upstream = connect(BASE)
    assert upstream.name == "fabrix"


# --- what it sends ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base_url",
    [
        BASE,
        f"{BASE}/",
        f" {BASE}// ",
        f"{BASE}/openapi/agent-chat/v1",
        f"{BASE}/openapi/agent-chat/v1/agents",
        f"{BASE}/openapi",
    ],
)
def test_url_is_made_of_the_base_however_it_was_pasted(base_url: str) -> None:
    assert api_url(base_url, "/openapi/agent-chat/v1") == API


def test_host_that_begins_like_the_tail_is_no_tail() -> None:
    assert api_url("https://openapi.example/api-agent", "other/v2/") == "https://openapi.example/api-agent/other/v2"


@pytest.mark.parametrize("base_url", ["", "fabrix.example/api-agent", "ftp://host/", "https://", "https://host:port/"])
def test_url_that_is_none_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        FabrixUpstream(api(base_url))


@pytest.mark.parametrize("token", ["t0ken", "Bearer t0ken", " bearer  t0ken\n", "Bearer Bearer t0ken"])
async def test_bearer_stands_before_the_token_exactly_once(connect: Connect, messages: respx.Route, token: str) -> None:
    await answer_of(connect(BASE, openapi_token=token))
    assert sent(messages).headers["x-openapi-token"] == "Bearer t0ken"


@pytest.mark.parametrize("name", ["x-fabrix-client", "x-generative-ai-client"])
async def test_exactly_one_client_header_is_sent(connect: Connect, messages: respx.Route, name: str) -> None:
    await answer_of(connect(BASE, client_header=name))
    clients = [(key, value) for key, value in sent(messages).headers.multi_items() if key.endswith("-client")]
    assert clients == [(name, CLIENT_KEY)]


@pytest.mark.parametrize(("email", "expected"), [(None, None), ("", None), ("a@b.example", "a@b.example")])
async def test_user_email_is_sent_when_it_is_set(
    connect: Connect, messages: respx.Route, email: str | None, expected: str | None
) -> None:
    await answer_of(connect(BASE, user_email=email))
    assert sent(messages).headers.get("x-generative-ai-user-email") == expected


async def test_authorization_is_never_sent_nor_a_password_logged(
    connect: Connect, messages: respx.Route, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await answer_of(connect(BASE.replace("://", "://user:p4ssword@")))
    assert "authorization" not in sent(messages).headers
    assert "p4ssword" not in caplog.text


async def test_cookies_are_not_carried_from_one_question_to_the_next(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=httpx.Response(200, headers={"set-cookie": "node=7; Path=/"}, content=WHOLE))
    upstream = connect(BASE)
    await answer_of(upstream)
    await answer_of(upstream)
    assert "cookie" not in sent(messages).headers


async def test_every_question_has_an_id_of_its_own(connect: Connect, messages: respx.Route) -> None:
    upstream = connect(BASE)
    await answer_of(upstream)
    await answer_of(upstream)
    assert len({call.request.headers["x-request-id"] for call in messages.calls}) == 2


async def test_contents_are_the_conversation(connect: Connect, messages: respx.Route) -> None:
    await answer_of(connect(BASE, is_rag_on=False), question("질문", "답", "다음 질문", agent_id="a1"))
    assert json.loads(sent(messages).content) == {
        "agentId": "a1",
        "contents": ["질문", "답", "다음 질문"],
        "isStream": True,
        "isRagOn": False,
        "executeFinalAnswer": True,
        "executeRagFinalAnswer": True,
        "executeRagStandaloneQuery": True,
    }


async def test_half_characters_in_a_question_can_be_sent(connect: Connect, messages: respx.Route) -> None:
    answer = await answer_of(connect(BASE), question("a\ud83d"))
    assert answer.finished
    assert json.loads(sent(messages).content)["contents"] == ["a?"]


@pytest.mark.parametrize("wire_id", ["7b0c", "12", 12])
async def test_id_goes_back_in_the_json_type_that_it_came_in(
    connect: Connect, messages: respx.Route, respx_mock: respx.MockRouter, wire_id: str | int
) -> None:
    respx_mock.get(f"{API}/agents").mock(return_value=httpx.Response(200, json=[{"agentId": wire_id, "name": "x"}]))
    upstream = connect(BASE)
    await upstream.agents()
    await answer_of(upstream, question(agent_id=str(wire_id)))
    assert json.loads(sent(messages).content)["agentId"] == wire_id


async def test_id_that_was_never_listed_is_sent_as_text(connect: Connect, messages: respx.Route) -> None:
    await answer_of(connect(BASE), question(agent_id="12"))
    assert json.loads(sent(messages).content)["agentId"] == "12"


@pytest.mark.parametrize("name", ["client_key", "openapi_token"])
def test_key_that_no_header_can_hold_is_refused_without_being_shown(name: str) -> None:
    with pytest.raises(ValueError, match="characters that a header can't hold") as caught:
        FabrixUpstream(api(BASE, **{name: "비밀\nkey"}))  # type: ignore[arg-type]
    assert "비밀" not in repr(caught.value)


# --- what it makes of answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("media", ["application/json", "text/event-stream", "text/plain", ""])
@pytest.mark.parametrize("body", [WHOLE, b'\xef\xbb\xbf\r\n{"content":"\xec\x95\x88\xeb\x85\x95","status":"SUCCESS"}'])
async def test_body_is_read_for_what_it_is_whatever_it_is_called(
    connect: Connect, messages: respx.Route, media: str, body: bytes
) -> None:
    messages.mock(return_value=streamed(body, media))
    assert (await answer_of(connect(BASE))).events == [Delta("안녕"), Finished()]


@pytest.mark.parametrize("body", [b"hello", b"<html>login</html>", b'{"content":"a', "안녕".encode()])
async def test_body_that_is_no_answer_is_broken(connect: Connect, messages: respx.Route, body: bytes) -> None:
    messages.mock(return_value=streamed(body, "text/html"))
    assert type((await answer_of(connect(BASE))).error) is UpstreamBroken


async def test_empty_body_is_an_empty_answer(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=streamed(b"\r\n"))
    assert (await answer_of(connect(BASE))).events == [Finished()]


async def test_last_frame_that_lacks_only_its_blank_line_counts(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=streamed(sse(chunk("a")) + sse(chunk("b"), end="")))
    answer = await answer_of(connect(BASE))
    assert (answer.text, answer.finished) == ("ab", Finished())


async def test_last_frame_that_is_cut_interrupts(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=streamed(sse(chunk("a")) + sse(chunk("b"))[:-8]))
    answer = await answer_of(connect(BASE))
    assert (answer.text, type(answer.error)) == ("a", AnswerInterrupted)


async def test_cut_before_any_text_is_a_broken_answer(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=streamed(sse(chunk("a"))[:-8]))
    assert type((await answer_of(connect(BASE))).error) is UpstreamBroken


@pytest.mark.parametrize("kind", BY_EXCEPTION)
async def test_transport_error_interrupts_once_text_was_shown(
    connect: Connect, messages: respx.Route, kind: type[httpx.RequestError]
) -> None:
    messages.mock(return_value=httpx.Response(200, stream=Broken(sse(chunk("a")), error=kind("x"))))
    answer = await answer_of(connect(BASE))
    assert (answer.text, type(answer.error)) == ("a", AnswerInterrupted)


@pytest.mark.parametrize("kind", BY_EXCEPTION)
async def test_transport_error_before_text_follows_the_table(
    connect: Connect, messages: respx.Route, kind: type[httpx.RequestError]
) -> None:
    thinking = sse({"event_status": "THINK", "content": "음"})
    messages.mock(return_value=httpx.Response(200, stream=Broken(thinking, error=kind("x"))))
    assert type((await answer_of(connect(BASE))).error) is BY_EXCEPTION[kind]


async def test_transport_error_behind_the_end_marker_does_no_harm(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=httpx.Response(200, stream=Broken(WHOLE, error=httpx.ReadError("x"))))
    assert (await answer_of(connect(BASE))).finished == Finished()


async def test_text_behind_an_end_marker_is_still_text(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=streamed(sse(chunk("a", finish_reason="stop")) + sse(chunk("b")) + sse("[DONE]")))
    assert (await answer_of(connect(BASE))).text == "ab"


async def test_too_long_a_stream_keeps_the_text_and_interrupts(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=streamed(sse(chunk("a")) + b"data: " + b"x" * 1_100_000))
    answer = await answer_of(connect(BASE))
    assert (answer.text, type(answer.error)) == ("a", AnswerInterrupted)


async def test_redirect_is_not_followed_with_the_key(connect: Connect, messages: respx.Route) -> None:
    messages.mock(return_value=httpx.Response(307, headers={"location": f"{API}/agent-messages"}))
    assert type((await answer_of(connect(BASE))).error) is UpstreamBroken
    assert messages.call_count == 1


async def test_errors_and_logs_hold_no_key_and_no_text(
    connect: Connect, messages: respx.Route, caplog: pytest.LogCaptureFixture
) -> None:
    said = f'{{"message":"bad key {OPENAPI_TOKEN} for {CLIENT_KEY}"}}'.encode()
    messages.mock(return_value=httpx.Response(400, content=said))
    with caplog.at_level(logging.DEBUG):
        error = (await answer_of(connect(BASE), question("비밀 질문"))).error
    assert error is not None
    told = f"{error!s} {error!r} {error.notice('ko')} {caplog.text}"
    assert "bad key *** for ***" in error.notice("en")
    assert not [secret for secret in (OPENAPI_TOKEN, CLIENT_KEY, "비밀") if secret in told]


# --- agents and health ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (httpx.Response(401), KeyRefused),
        (httpx.Response(200, content=b"<html>"), UpstreamBroken),
        (httpx.Response(200, json={"no": "list"}), UpstreamBroken),
        (httpx.ConnectError("x"), UpstreamUnreachable),
        (httpx.ReadTimeout("x"), UpstreamTimeout),
    ],
)
async def test_agent_list_that_fails_raises_our_errors_only(
    connect: Connect, respx_mock: respx.MockRouter, response: httpx.Response | Exception, expected: type[UpstreamError]
) -> None:
    respx_mock.get(f"{API}/agents").mock(side_effect=[response])
    with pytest.raises(UpstreamError) as caught:
        await connect(BASE).agents()
    assert type(caught.value) is expected


async def test_health_is_true_when_agents_are_listed_and_asks_for_one(
    connect: Connect, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.get(f"{API}/agents").mock(return_value=httpx.Response(200, json=[]))
    assert await connect(BASE).is_up() is True
    assert dict(sent(route).url.params) == {"page": "1", "limit": "1"}


async def test_health_never_raises(connect: Connect, respx_mock: respx.MockRouter) -> None:
    respx_mock.get(f"{API}/agents").mock(side_effect=httpx.ConnectError("x"))
    upstream = connect(BASE)
    assert await upstream.is_up() is False
    await upstream.aclose()
    assert await connect(BASE).is_up() is False


async def test_health_of_a_closed_client_is_false() -> None:
    upstream = FabrixUpstream(api(BASE))
    await upstream.aclose()
    assert await upstream.is_up() is False


async def test_client_that_is_given_is_used_and_closed() -> None:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: streamed()))
    upstream = FabrixUpstream(api(BASE), client=client)
    assert (await answer_of(upstream)).text == "안녕"
    await upstream.aclose()
    assert client.is_closed


async def test_frames_that_can_not_be_read_are_logged_by_kind(
    connect: Connect, messages: respx.Route, caplog: pytest.LogCaptureFixture
) -> None:
    messages.mock(return_value=streamed(sse(chunk({"text": "geheim"})) + WHOLE))
    assert (await answer_of(connect(BASE))).text == "안녕"
    assert "FabriX: could not be read or used: {'content that is dict': 1}" in caplog.text
    assert "geheim" not in caplog.text
