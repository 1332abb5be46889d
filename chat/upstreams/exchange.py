"""Requests to one upstream over HTTP and what comes back, with whatever goes wrong as one of our errors."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Protocol

import httpx

from chat.errors import AnswerInterrupted, UpstreamBroken, UpstreamError, UpstreamTimeout
from chat.events import StreamEvent
from chat.upstreams.body import AnswerBody, Decoder
from chat.upstreams.connections import Connections
from chat.upstreams.patience import Patience
from chat.upstreams.refusals import error_of_exception, error_of_response
from chat.upstreams.sse import StreamTooLarge

log = logging.getLogger(__name__)

LISTING_PATIENCE = 60.0
_UP_SECONDS = 10.0  # how long the answer of is_up() stays good
_UP_PATIENCE = 5.0  # how long is_up() waits
_ERROR_BYTES = 64 * 1024  # of an error body; its sentence is cut at 300 characters anyway

Build = Callable[[httpx.AsyncClient], httpx.Request]
Refusal = Callable[[httpx.Response, bytes, Callable[[str], str]], UpstreamError]


class TimeLimits(Protocol):
    """The settings of an upstream's time limits, in seconds."""

    @property
    def connect_seconds(self) -> float: ...
    @property
    def read_seconds(self) -> float: ...
    @property
    def write_seconds(self) -> float: ...
    @property
    def pool_seconds(self) -> float: ...


class Exchange:
    """Tries once: waiting and trying again is its caller's business."""

    def __init__(
        self, title: str, connections: Connections, *, mask: Callable[[str], str], refusal: Refusal = error_of_response
    ) -> None:
        """`title` names the upstream in the log, `mask` takes secrets out of what it says.

        `refusal` tells what an answer with another status than 2xx stands for.
        """
        self._title = title
        self._connections = connections
        self._mask = mask
        self._refusal = refusal
        self._is_up = False
        self._up_until = 0.0
        self._up_lock = asyncio.Lock()

    async def json(self, build: Build, patience: Patience) -> object:
        """The JSON that a request is answered with. Raises `UpstreamError`."""
        try:
            async with self._response(build, patience) as response:
                loaded: object = json.loads(await AnswerBody(response, patience).whole())
                return loaded
        except (httpx.RequestError, TimeoutError, StreamTooLarge, ValueError, RecursionError) as error:
            raise self._translated(error) from None

    async def answer(self, build: Build, decoder: Decoder, patience: Patience) -> AsyncGenerator[StreamEvent, None]:
        """What an agent's answer says, as `decoder` reads it. Raises `UpstreamError`."""
        try:
            async with (
                self._response(build, patience) as response,
                aclosing(AnswerBody(response, patience).events(decoder)) as events,
            ):
                async for event in events:
                    yield event
        except (httpx.RequestError, OSError, StreamTooLarge, UpstreamBroken) as error:
            # OSError is a deadline, or an attachment that can't be read any more. After its end marker an answer is
            # whole, however the connection ends.
            if not decoder.is_over:
                translated = self._translated(error)
                raise (AnswerInterrupted() if decoder.has_text else translated) from None
        finally:
            if decoder.unread:
                log.warning("%s: could not be read or used: %s", self._title, dict(decoder.unread))

    async def is_up(self, look: Callable[[Patience], Awaitable[object]]) -> bool:
        """Whether `look`, which asks the upstream for something, succeeds; asked anew after some seconds."""
        async with self._up_lock:
            if time.monotonic() >= self._up_until:
                self._is_up = await _succeeds(look)
                self._up_until = time.monotonic() + _UP_SECONDS
            return self._is_up

    async def aclose(self) -> None:
        await self._connections.aclose()

    @asynccontextmanager
    async def _response(self, build: Build, patience: Patience) -> AsyncIterator[httpx.Response]:
        """A response with a status of 2xx, its body unread. Raises also what another status stands for."""
        async with self._connections.response_to(build, patience) as response:
            if not response.is_success:
                log.warning("%s answered %d", self._title, response.status_code)
                body = await AnswerBody(response, patience).start(_ERROR_BYTES)
                raise self._refusal(response, body, self._mask)
            yield response

    def _translated(self, error: Exception) -> UpstreamError:
        """One of our errors for what went wrong on the wire; its kind is logged, its text (which may quote) is not."""
        log.warning("%s: the request failed: %s", self._title, type(error).__name__)
        if isinstance(error, UpstreamError):
            return error
        if isinstance(error, httpx.RequestError):
            return error_of_exception(error)
        return UpstreamTimeout() if isinstance(error, TimeoutError) else UpstreamBroken()


async def _succeeds(look: Callable[[Patience], Awaitable[object]]) -> bool:
    try:
        await look(Patience(_UP_PATIENCE))
    except (UpstreamError, RuntimeError):  # the latter from a client that is closed already
        return False
    return True


def timeout_of(limits: TimeLimits, *, read: float | None = None) -> httpx.Timeout:
    """httpx's time limits; `read` takes the place of the usual seconds between two pieces."""
    return httpx.Timeout(
        connect=limits.connect_seconds,
        read=limits.read_seconds if read is None else read,
        write=limits.write_seconds,
        pool=limits.pool_seconds,
    )


def address_of(base_url: str) -> tuple[str, str]:
    """The "scheme://host:port" and the path of a configured address, without a '/' at the end.

    A user name and password are left out: httpx would send them as Authorization, and log them.
    Raises `ValueError` where it is no http(s) URL.
    """
    try:
        url = httpx.URL(base_url.strip())
    except httpx.InvalidURL:
        raise ValueError("base_url is not a valid URL") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url must be an http(s) URL")
    path = url.raw_path.decode("ascii").partition("?")[0].rstrip("/")
    return f"{url.scheme}://{url.netloc.decode('ascii')}", path


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The same headers. Raises `ValueError` where a value can't stand in one."""
    for name, value in headers.items():
        # Refused here, because the errors of the HTTP library quote the value.
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"the value for the header {name} has characters that a header can't hold")
    return {**headers, "accept-encoding": "identity"}  # what compresses a stream also holds it back


def bare(token: str) -> str:
    """A token without the prefix that some configurations hold with it."""
    token = token.strip()
    while token[:7].lower() == "bearer ":
        token = token[7:].strip()
    return token


def sendable(content: str) -> str:
    """`content` as UTF-8 can carry it: half surrogate pairs, which some browsers send, become '?'."""
    return content.encode("utf-8", "replace").decode("utf-8")
