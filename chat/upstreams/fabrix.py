"""The client of FabriX's agent API: the agents, and the answer to a question as stream events."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing

import httpx

from chat.errors import UpstreamError
from chat.events import Finished, StreamEvent
from chat.upstreams.base import Agent, Attachment, Question
from chat.upstreams.connections import Connections
from chat.upstreams.exchange import (
    LISTING_PATIENCE,
    Build,
    Exchange,
    address_of,
    bare,
    checked_headers,
    sendable,
    timeout_of,
)
from chat.upstreams.frames import FrameDecoder
from chat.upstreams.listing import PAGE_SIZE, AgentId, all_agents
from chat.upstreams.patience import Patience
from chat.upstreams.refusals import masker
from storage.settings import FabrixApiSettings

log = logging.getLogger(__name__)


class FabrixUpstream:
    """`chat.upstreams.base.Upstream` over HTTP. Tries once: waiting and trying again is its caller's business."""

    name = "fabrix"
    title = "FabriX"

    def __init__(self, api: FabrixApiSettings, *, client: httpx.AsyncClient | None = None) -> None:
        """Raises `ValueError` with one sentence where a key can't stand in a header or the URL isn't one."""
        self._api = api
        self._url = api_url(api.base_url, api.path_prefix)
        self._headers = _headers(api)
        self._timeout = timeout_of(api)
        self._file_timeout = timeout_of(api, read=api.file_read_seconds)
        self._mask = masker((api.client_key.reveal().strip(), bare(api.openapi_token.reveal())))
        connections = Connections(max_connections=api.max_connections, timeout=self._timeout, client=client)
        self._exchange = Exchange(self.title, connections, mask=self._mask)
        self._wire_ids: dict[str, AgentId] = {}

    async def agents(self) -> list[Agent]:
        """All agents of the tenant; their ids are remembered in the JSON type that they came in."""
        patience = Patience(LISTING_PATIENCE)
        listed = await all_agents(lambda number: self._agents_page(number, PAGE_SIZE, patience))
        self._wire_ids |= {entry.agent.id: entry.wire_id for entry in listed}
        return [entry.agent for entry in listed]

    def may_run(self, agent_id: str) -> bool:
        return "/" not in agent_id and not agent_id.startswith("local-")

    async def prepared(self, question: Question) -> Question:
        """The same, with what is known of a file: FabriX takes files as they are."""
        return question.with_card() if question.attachment else question

    async def ask(self, question: Question) -> AsyncGenerator[StreamEvent, None]:
        question = await self.prepared(question)
        decoder = FrameDecoder(mask=self._mask)
        async with AsyncExitStack() as stack:
            build = await self._request(question, stack)
            answer = self._exchange.answer(build, decoder, Patience(self._api.total_seconds))
            async for event in await stack.enter_async_context(aclosing(answer)):
                yield event
        yield Finished(truncated=decoder.truncated)

    async def is_up(self) -> bool:
        return await self._exchange.is_up(lambda patience: self._agents_page(1, 1, patience))

    async def aclose(self) -> None:
        await self._exchange.aclose()

    async def _agents_page(self, number: int, limit: int, patience: Patience) -> object:
        """The JSON of one page of agents. Raises `UpstreamError`."""

        def build(client: httpx.AsyncClient) -> httpx.Request:
            params = {"page": number, "limit": limit}
            headers = {**self._headers, "accept": "application/json"}
            return client.build_request(
                "GET", f"{self._url}/agents", params=params, headers=headers, timeout=self._timeout
            )

        return await self._exchange.json(build, patience)

    async def _request(self, question: Question, stack: AsyncExitStack) -> Build:
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
            "contents": [sendable(content) for content in question.contents],
            "isStream": True,
            "isRagOn": api.is_rag_on,
            "executeFinalAnswer": api.execute_final_answer,
            "executeRagFinalAnswer": api.execute_rag_final_answer,
            "executeRagStandaloneQuery": api.execute_rag_standalone_query,
            **question.options,
        }

    async def _file_request(
        self, question: Question, attachment: Attachment, headers: dict[str, str], stack: AsyncExitStack
    ) -> Build:
        """A multipart POST; httpx reads the file in pieces of 64 KiB while it sends."""
        try:
            opened = stack.enter_context(await asyncio.to_thread(attachment.path.open, "rb"))
        except OSError as error:
            log.error("an attachment can't be opened: %s", type(error).__name__)
            raise UpstreamError from None
        fields = {
            "agentId": question.agent_id,
            "contents": [sendable(content) for content in question.contents],
            "isStream": "false",
        }
        files = {"file": (sendable(attachment.name), opened, attachment.media_type)}
        url, timeout = f"{self._url}/agent-messages/file", self._file_timeout
        return lambda client: client.build_request(
            "POST", url, data=fields, files=files, headers=headers, timeout=timeout
        )


def api_url(base_url: str, path_prefix: str) -> str:
    """The API's URL of a configured base: no '/' at its end, a pasted '/openapi…' tail cut.

    Raises `ValueError` where it is no http(s) URL.
    """
    host, path = address_of(base_url)
    path = re.sub(r"/openapi.*", "", path, flags=re.IGNORECASE)
    return f"{host}{path.rstrip('/')}/{path_prefix.strip().strip('/')}"


def _headers(api: FabrixApiSettings) -> dict[str, str]:
    """The headers of every request: one client header, `Bearer ` exactly once, no Authorization."""
    headers = {
        "x-openapi-token": f"Bearer {bare(api.openapi_token.reveal())}",
        api.client_header.strip().lower(): api.client_key.reveal().strip(),
    }
    if api.user_email:
        headers["x-generative-ai-user-email"] = api.user_email
    return checked_headers(headers)
