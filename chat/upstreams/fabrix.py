"""The client of FabriX's agent API: the agents, and the answer to a question as stream events."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing

import httpx

from chat.errors import AnswerInterrupted, UpstreamBroken, UpstreamError, UpstreamTimeout
from chat.events import Finished, StreamEvent
from chat.upstreams.base import Agent, Attachment, Question
from chat.upstreams.body import AnswerBody
from chat.upstreams.connections import Connections
from chat.upstreams.frames import FrameDecoder
from chat.upstreams.listing import PAGE_SIZE, AgentId, all_agents
from chat.upstreams.patience import Patience
from chat.upstreams.refusals import error_of_exception, error_of_response, masker
from chat.upstreams.sse import StreamTooLarge
from storage.settings import FabrixApiSettings

log = logging.getLogger(__name__)

_UP_SECONDS = 10.0  # how long the answer of is_up() stays good
_UP_PATIENCE = 5.0  # how long is_up() waits
_LISTING_PATIENCE = 60.0
_ERROR_BYTES = 64 * 1024  # of an error body; its sentence is cut at 300 characters anyway


class FabrixUpstream:
    """`chat.upstreams.base.Upstream` over HTTP. Tries once: waiting and trying again is its caller's business."""

    name = "fabrix"

    def __init__(self, api: FabrixApiSettings, *, client: httpx.AsyncClient | None = None) -> None:
        """Raises `ValueError` with one sentence where a key can't stand in a header or the URL isn't one."""
        self._api = api
        self._url = api_url(api.base_url, api.path_prefix)
        self._headers = _headers(api)
        self._timeout = _timeout(api, read=api.read_seconds)
        self._file_timeout = _timeout(api, read=api.file_read_seconds)
        self._connections = Connections(max_connections=api.max_connections, timeout=self._timeout, client=client)
        self._mask = masker((api.client_key.reveal().strip(), _bare(api.openapi_token.reveal())))
        self._wire_ids: dict[str, AgentId] = {}
        self._up = False
        self._up_until = 0.0
        self._up_lock = asyncio.Lock()

    async def agents(self) -> list[Agent]:
        """All agents of the tenant; their ids are remembered in the JSON type that they came in."""
        patience = Patience(_LISTING_PATIENCE)
        listed = await all_agents(lambda number: self._agents_page(number, PAGE_SIZE, patience))
        self._wire_ids |= {entry.agent.id: entry.wire_id for entry in listed}
        return [entry.agent for entry in listed]

    async def ask(self, question: Question) -> AsyncGenerator[StreamEvent, None]:
        decoder = FrameDecoder(mask=self._mask)
        patience = Patience(self._api.total_seconds)
        try:
            async with aclosing(self._answer(question, decoder, patience)) as events:
                async for event in events:
                    yield event
        except (httpx.RequestError, OSError, StreamTooLarge, UpstreamBroken) as error:
            # OSError is a deadline, or an attachment that can't be read any more. After its end marker an answer is
            # whole, however the connection ends.
            if not decoder.is_over:
                raise _after(error, decoder) from None
        finally:
            decoder.log_unread()
        yield Finished(truncated=decoder.truncated)

    async def is_up(self) -> bool:
        async with self._up_lock:
            if time.monotonic() >= self._up_until:
                self._up = await self._lists_agents()
                self._up_until = time.monotonic() + _UP_SECONDS
            return self._up

    async def aclose(self) -> None:
        await self._connections.aclose()

    async def _lists_agents(self) -> bool:
        try:
            await self._agents_page(1, 1, Patience(_UP_PATIENCE))
        except (UpstreamError, RuntimeError):  # the latter from a client that is closed already
            return False
        return True

    async def _agents_page(self, number: int, limit: int, patience: Patience) -> object:
        """The JSON of one page of agents. Raises `UpstreamError`."""

        def build(client: httpx.AsyncClient) -> httpx.Request:
            params = {"page": number, "limit": limit}
            headers = {**self._headers, "accept": "application/json"}
            return client.build_request(
                "GET", f"{self._url}/agents", params=params, headers=headers, timeout=self._timeout
            )

        try:
            async with self._connections.response_to(build, patience) as response:
                await self._check(response, patience)
                body = await AnswerBody(response, patience).whole()
                loaded: object = json.loads(body)
                return loaded
        except (httpx.RequestError, TimeoutError, StreamTooLarge, ValueError, RecursionError) as error:
            raise _translated(error) from None

    async def _answer(
        self, question: Question, decoder: FrameDecoder, patience: Patience
    ) -> AsyncGenerator[StreamEvent, None]:
        async with AsyncExitStack() as stack:
            build = await self._request(question, stack)
            response = await stack.enter_async_context(self._connections.response_to(build, patience))
            await self._check(response, patience)
            body = AnswerBody(response, patience)
            events = await stack.enter_async_context(aclosing(body.events(decoder)))
            async for event in events:
                yield event

    async def _request(self, question: Question, stack: AsyncExitStack) -> Callable[[httpx.AsyncClient], httpx.Request]:
        """What builds the request for `question`; `stack` closes the attachment's file."""
        request_id = question.idempotency_key or uuid.uuid4().hex
        headers = {**self._headers, "accept": "text/event-stream, application/json", "x-request-id": request_id}
        if question.attachment is None:
            url, body = f"{self._url}/agent-messages", self._message(question)
            return lambda client: client.build_request("POST", url, json=body, headers=headers, timeout=self._timeout)
        return await self._file_request(question, question.attachment, headers, stack)

    def _message(self, question: Question) -> dict[str, object]:
        api = self._api
        return {
            "agentId": self._wire_ids.get(question.agent_id, question.agent_id),
            "contents": [_sendable(content) for content in question.contents],
            "isStream": True,
            "isRagOn": api.is_rag_on,
            "executeFinalAnswer": api.execute_final_answer,
            "executeRagFinalAnswer": api.execute_rag_final_answer,
            "executeRagStandaloneQuery": api.execute_rag_standalone_query,
        }

    async def _file_request(
        self, question: Question, attachment: Attachment, headers: dict[str, str], stack: AsyncExitStack
    ) -> Callable[[httpx.AsyncClient], httpx.Request]:
        """A multipart POST; httpx reads the file in pieces of 64 KiB while it sends."""
        try:
            opened = stack.enter_context(await asyncio.to_thread(attachment.path.open, "rb"))
        except OSError as error:
            log.error("an attachment can't be opened: %s", type(error).__name__)
            raise UpstreamError from None
        fields = {
            "agentId": question.agent_id,
            "contents": [_sendable(content) for content in question.contents],
            "isStream": "false",
        }
        files = {"file": (_sendable(attachment.name), opened, attachment.media_type)}
        url, timeout = f"{self._url}/agent-messages/file", self._file_timeout
        return lambda client: client.build_request(
            "POST", url, data=fields, files=files, headers=headers, timeout=timeout
        )

    async def _check(self, response: httpx.Response, patience: Patience) -> None:
        """Raises what a status other than 2xx stands for."""
        if response.is_success:
            return
        log.warning("FabriX answered %d", response.status_code)
        body = await AnswerBody(response, patience).start(_ERROR_BYTES)
        raise error_of_response(response, body, self._mask)


def api_url(base_url: str, path_prefix: str) -> str:
    """The API's URL of a configured base: no '/' at its end, a pasted '/openapi…' tail cut.

    Raises `ValueError` where it is no http(s) URL.
    """
    found = re.fullmatch(r"(https?://)(?:[^/@]*@)?([^/@]+)(.*?)(?:/openapi.*)?", base_url.strip(), re.IGNORECASE)
    if not found:
        raise ValueError("base_url must be an http(s) URL that ends in /api-agent")
    # Without a user name and password: httpx would send them as Authorization, and log them.
    scheme, host, path = found.groups()
    try:
        return str(httpx.URL(f"{scheme}{host}{path.rstrip('/')}/{path_prefix.strip().strip('/')}"))
    except httpx.InvalidURL:
        raise ValueError("base_url is not a valid URL") from None


def _timeout(api: FabrixApiSettings, *, read: float) -> httpx.Timeout:
    return httpx.Timeout(connect=api.connect_seconds, read=read, write=api.write_seconds, pool=api.pool_seconds)


def _headers(api: FabrixApiSettings) -> dict[str, str]:
    """The headers of every request: one client header, `Bearer ` exactly once, no Authorization."""
    headers = {
        "x-openapi-token": f"Bearer {_bare(api.openapi_token.reveal())}",
        api.client_header.strip().lower(): api.client_key.reveal().strip(),
        "accept-encoding": "identity",  # what compresses a stream also holds it back
    }
    if api.user_email:
        headers["x-generative-ai-user-email"] = api.user_email
    for name, value in headers.items():
        # Refused here, because the errors of the HTTP library quote the value.
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"the value for the header {name} has characters that a header can't hold")
    return headers


def _bare(token: str) -> str:
    """A token without the prefix that some configurations hold with it."""
    token = token.strip()
    while token[:7].lower() == "bearer ":
        token = token[7:].strip()
    return token


def _sendable(content: str) -> str:
    """`content` as UTF-8 can carry it: half surrogate pairs, which some browsers send, become '?'."""
    return content.encode("utf-8", "replace").decode("utf-8")


def _translated(error: Exception) -> UpstreamError:
    """One of our errors for whatever went wrong on the wire; its kind is logged, its text (which may quote) is not."""
    log.warning("FabriX request failed: %s", type(error).__name__)
    if isinstance(error, UpstreamError):
        return error
    if isinstance(error, httpx.RequestError):
        return error_of_exception(error)
    return UpstreamTimeout() if isinstance(error, TimeoutError) else UpstreamBroken()


def _after(error: Exception, decoder: FrameDecoder) -> UpstreamError:
    """What a broken answer is for the user: interrupted once text was shown, else by the table."""
    translated = _translated(error)
    return AnswerInterrupted() if decoder.has_text else translated
