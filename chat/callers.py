"""A program that waits for its answer, and may go away: no byte before the agent's first word, no asking for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from chat.direct import Call

T = TypeVar("T")
NOBODY = 499  # what proxies log where the caller went away; it reaches nobody


class CallerLeft(Exception):
    """The connection of the caller was closed from the other side."""


async def answered(
    request: Request,
    call: Call,
    *,
    stream: bool,
    frames: Callable[[Call], AsyncIterator[str]],
    whole: Callable[[Call], dict[str, Any]],
) -> Response:
    """The response to a call: `frames` of a stream, or the JSON that `whole` makes when it has ended.

    It begins when the agent has said something that can't be taken back, so the status is true.

    Raises:
        ChatError: the call has failed before.
    """
    try:
        await while_connected(request.receive, call.begun() if stream else call.whole())
    except CallerLeft:
        await call.close()
        return Response(status_code=NOBODY)
    except BaseException:
        await call.close()
        raise
    return _Frames(call, frames(call)) if stream else JSONResponse(whole(call))


class _Frames(StreamingResponse):
    """A stream of Server-Sent Events that closes its call in the end, whoever ended it."""

    def __init__(self, call: Call, frames: AsyncIterator[str]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(frames, media_type="text/event-stream", headers=headers)
        self._call = call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await while_connected(receive, self.stream_response(send))
        except CallerLeft:
            return
        finally:
            await self._call.close()


async def while_connected(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled as soon as the caller goes away. The body has been read before.

    Raises:
        CallerLeft, and whatever `work` raises
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise CallerLeft
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
