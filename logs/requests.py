"""Gives every request its id, tells it in the answer, counts the open streams, and names what was slow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logs import work
from logs.lines import fields

HEADER = b"x-request-id"
STREAM = b"text/event-stream"

log = logging.getLogger(__name__)


class OpenStreams:
    """How many answers are being watched just now."""

    def __init__(self) -> None:
        self.count = 0


class Requests:
    """ASGI middleware, the outermost one.

    A request is slow when its answer begins later than `slow_seconds` after it came: a slow reader isn't the server's
    fault. Streams don't count, nor do requests that answer a whole turn: what an agent takes is in the turn's figures.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        slow_seconds: float,
        streams: OpenStreams,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._slow_seconds = slow_seconds
        self._streams = streams
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        request_id = work.begin_request(given.decode("latin-1"))
        started = self._clock()
        is_stream = False

        async def told(message: Message) -> None:
            nonlocal is_stream
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                is_stream = any(name == b"content-type" and value.startswith(STREAM) for name, value in headers)
                self._streams.count += is_stream
                message = {**message, "headers": [*headers, (HEADER, request_id.encode())]}
                if not is_stream and (taken := self._clock() - started) > self._slow_seconds:
                    _tell_slow(scope, message["status"], taken)
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            self._streams.count -= is_stream


def _tell_slow(scope: Scope, status: int, seconds: float) -> None:
    if not work.current().turn_id:
        log.warning("Slow request", extra=fields(route=route_of(scope), status=status, seconds=round(seconds, 3)))


def route_of(scope: Scope) -> str:
    """The route as it is written in the program: no id, no name and no query is in it."""
    path = getattr(scope.get("route"), "path", None)
    # Within a mounted page the mount's own path leads.
    return f"{scope['method']} {scope.get('root_path', '')}{path or '/…'}"
