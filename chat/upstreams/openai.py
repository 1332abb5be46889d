"""The client of servers that speak OpenAI's protocol: their models as agents, their answers as stream events."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

import httpx

from chat.errors import ExtrasRejected, QuestionRejected, UpstreamBroken, UpstreamError
from chat.events import Finished, StreamEvent
from chat.upstreams.base import Agent, Question
from chat.upstreams.chunks import ChunkDecoder
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
from chat.upstreams.openai_refusals import refusal_of
from chat.upstreams.patience import Patience
from chat.upstreams.refusals import masker
from chat.upstreams.text_files import KB, with_file
from locales import LANGUAGES, text
from storage.settings import UpstreamSettings

log = logging.getLogger(__name__)

_LONGEST_ID = 200  # characters; what a conversation can store
_ROLES = ("user", "assistant")


class OpenAiUpstream:
    """`chat.upstreams.base.Upstream` for one [[upstream]] of the settings.

    An agent's id is "NAME/MODEL", so that two servers may have the same model. Tries once: waiting and trying again
    is its caller's business.
    """

    def __init__(self, api: UpstreamSettings, *, client: httpx.AsyncClient | None = None) -> None:
        """Raises `ValueError` with one sentence where the key can't stand in a header or the URL isn't one."""
        self.name = self.title = api.name
        self._api = api
        self._url = api_url(api.base_url)
        self._timeout = timeout_of(api)
        key = bare(api.key.reveal())
        self._headers = checked_headers({"authorization": f"Bearer {key}"} if key else {})
        self._mask = masker((key,))
        connections = Connections(max_connections=api.max_connections, timeout=self._timeout, client=client)
        self._exchange = Exchange(self.title, connections, mask=self._mask, refusal=refusal_of)
        # Whether the server knows `stream_options`, without which most don't report what an answer cost; None: not
        # found out yet.
        self._takes_options: bool | None = None

    async def agents(self) -> list[Agent]:
        """The models of the settings, else those that the server names."""
        models = self._api.models or await self._models(Patience(LISTING_PATIENCE))
        agents = [self._agent(model) for model in dict.fromkeys(models)]
        return [agent for agent in agents if len(agent.id) <= _LONGEST_ID]

    def may_run(self, agent_id: str) -> bool:
        return agent_id.startswith(f"{self.name}/")

    async def prepared(self, question: Question) -> Question:
        """The question with its file as text within the conversation."""
        if question.attachment is None and question.last_attachment is None:
            return question
        try:
            contents = await asyncio.to_thread(with_file, question, limit=self._api.file_kb * KB)
        except OSError as error:
            log.error("an attachment can't be read: %s", type(error).__name__)
            raise UpstreamError from None
        return replace(question, contents=contents, card="", attachment=None, last_attachment=None)

    async def ask(self, question: Question) -> AsyncGenerator[StreamEvent, None]:
        question = await self.prepared(question)
        patience = Patience(self._api.total_seconds)
        decoder = ChunkDecoder(mask=self._mask)
        options = self._takes_options is not False and not question.plain
        try:
            async with aclosing(self._said(question, decoder, patience, options=options)) as said:
                async for event in said:
                    self._takes_options = options
                    yield event
        except QuestionRejected as error:
            if self._takes_options is not None or question.plain or error.status not in (400, 422):
                raise
            # It may be our wish to know the cost that an old server doesn't understand.
            raise ExtrasRejected(status=error.status, reason=error.reason) from None
        yield Finished(truncated=decoder.truncated, usage=decoder.usage)

    async def is_up(self) -> bool:
        return await self._exchange.is_up(self._look)

    async def aclose(self) -> None:
        await self._exchange.aclose()

    async def _said(
        self, question: Question, decoder: ChunkDecoder, patience: Patience, *, options: bool
    ) -> AsyncGenerator[StreamEvent, None]:
        build = self._request(question, options=options)
        async with aclosing(self._exchange.answer(build, decoder, patience)) as events:
            async for event in events:
                yield event
        for event in decoder.rest():
            yield event

    def _request(self, question: Question, *, options: bool) -> Build:
        contents = map(sendable, question.contents)
        body: dict[str, object] = {
            "model": question.agent_id.removeprefix(f"{self.name}/"),
            "messages": [{"role": _ROLES[i % 2], "content": content} for i, content in enumerate(contents)],
            "stream": True,
        }
        if options:
            body["stream_options"] = {"include_usage": True}
        headers = {
            **self._headers,
            "accept": "text/event-stream, application/json",
            # Not x-request-id: vLLM takes that for its own, and refuses a second one while the first still runs.
            "idempotency-key": question.idempotency_key or uuid.uuid4().hex,
        }
        url = f"{self._url}/chat/completions"
        return lambda client: client.build_request("POST", url, json=body, headers=headers, timeout=self._timeout)

    async def _models(self, patience: Patience) -> list[str]:
        """The names of the server's models. Raises `UpstreamError`."""
        headers = {**self._headers, "accept": "application/json"}
        body = await self._exchange.json(
            lambda client: client.build_request("GET", f"{self._url}/models", headers=headers, timeout=self._timeout),
            patience,
        )
        listed = body.get("data") if isinstance(body, dict) else body
        if not isinstance(listed, list):
            raise UpstreamBroken
        names = (entry.get("id") if isinstance(entry, dict) else entry for entry in listed)
        return [name for name in names if isinstance(name, str) and name.strip() and name.isprintable()]

    async def _look(self, patience: Patience) -> None:
        """Raises `UpstreamError` where the server is away or refuses the key."""
        try:
            await self._models(patience)
        except QuestionRejected:
            if not self._api.models:
                raise
            # One that lists no models may well answer.

    def _agent(self, model: str) -> Agent:
        label = self._api.labels.get(model, model)
        names = {code: (label, text("server.runs_on", code, upstream=self.title)) for code in LANGUAGES}
        capabilities = ("chat", "file") if self._api.file_kb else ("chat",)
        return Agent(f"{self.name}/{model}", *names["en"], capabilities=capabilities, names=names)


def api_url(base_url: str) -> str:
    """The address before "/chat/completions": no '/' at its end, a pasted tail cut, and "/v1" where there is no path.

    Raises `ValueError` where it is no http(s) URL.
    """
    host, path = address_of(base_url)
    base = re.sub(r"/(chat/completions|completions|models)$", "", path)
    return f"{host}{base if path else '/v1'}"
