"""What may reach the Gradio apps, and who: an allow-list, so that an upgrade of Gradio opens nothing new."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.errors import NoSuchPage, NotSignedIn
from auth.guard import Guard

# The whole of what a page needs when every event is set to queue=False.
ASSETS = re.compile(r"/(assets/[\w./-]+|static/js/[\w.-]+|theme\.css|favicon\.ico)")
EVENT = "/gradio_api/run/predict"
BODY_LIMIT = 2 << 20  # bytes of a request that isn't an upload
HASHES_REMEMBERED = 100_000
# Who may be asked for the page's address instead of our own Host header (they reach Gradio's links and redirects).
FORGEABLE = (b"x-forwarded-host", b"x-gradio-server")


@dataclass(frozen=True, slots=True)
class GradioApp:
    """A mounted Gradio app: its path ("" for the root), and whether it is open to everybody or to staff only."""

    path: str
    open: bool = False
    staff: bool = False


class Gate:
    """ASGI middleware in front of everything. Our own routes pass: each has a guard of its own."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        guard: Guard,
        apps: Sequence[GradioApp],
        ours: Sequence[str],
        upload_paths: Sequence[str],
        refusal: Callable[[str, int, str], Response],
    ) -> None:
        """`ours`: the paths of our own routes, and how they begin ("/…/"); `upload_paths` take bodies of any length.

        `refusal` makes the answer at a path of our own that says no: its status and its sentence.
        """
        self._app = app
        self._guard = guard
        self._apps = apps
        self._ours = frozenset(ours)
        self._beginnings = tuple(path for path in ours if path.endswith("/"))
        self._upload_paths = frozenset(upload_paths)
        self._refusal = refusal
        self._hashes: OrderedDict[str, int] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        scope["headers"] = [item for item in scope["headers"] if item[0] not in FORGEABLE]
        request = Request(scope)
        if scope["path"] not in self._upload_paths:
            try:
                receive = await _bounded(request, receive)
            except _TooLong:
                await self._refusal(scope["path"], 413, "The request is too large.")(scope, receive, send)
                return
        refusal = None
        if scope["path"] not in self._ours and not scope["path"].startswith(self._beginnings):
            refusal, receive = await self._gradio(request, receive)
        await (refusal or self._app)(scope, receive, send)

    async def _gradio(self, request: Request, receive: Receive) -> tuple[Response | None, Receive]:
        """The answer in Gradio's place, or None with what Gradio may receive."""
        path, method = request.url.path, request.method
        app = next(app for app in self._apps if path == app.path or path.startswith(app.path + "/"))
        inner = path.removeprefix(app.path)
        if app.staff and (refusal := await self._unless_staff(request)):
            return refusal, receive
        if method in ("GET", "HEAD"):
            if ASSETS.fullmatch(inner) and ".." not in inner:
                return None, receive
            return await self._page(request, app, inner), receive
        if method == "POST" and inner == EVENT:
            return await self._event(request, receive)
        return _not_found(), receive

    async def _unless_staff(self, request: Request) -> Response | None:
        try:
            await self._guard.staff(request)
        except NoSuchPage:
            return _not_found()
        except NotSignedIn as error:
            return JSONResponse(error.body, 401) if request.method == "POST" else _to_sign_in(request)
        return None

    async def _page(self, request: Request, app: GradioApp, inner: str) -> Response | None:
        if not app.open:
            try:
                await self._guard.page(request)
            except NotSignedIn:
                return _to_sign_in(request)
        if inner == "" and app.path:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{app.path}/{query}", 307)
        if inner != "/":
            return _not_found()
        # The page is to come uncompressed, so that its scripts can be given their nonce.
        request.scope["headers"] = [item for item in request.scope["headers"] if item[0] != b"accept-encoding"]
        return None

    async def _event(self, request: Request, receive: Receive) -> tuple[Response | None, Receive]:
        """An event needs a login, and a session hash belongs to the user who first used it."""
        try:
            login = await self._guard.page(request)
        except NotSignedIn as error:
            return JSONResponse(error.body, 401), receive
        message = await receive()
        try:
            session_hash = json.loads(message.get("body", b"")).get("session_hash")
        except (ValueError, AttributeError):
            return JSONResponse({"detail": "The body is not a JSON object."}, 400), receive
        if not isinstance(session_hash, str) or len(session_hash) > 64:
            return _not_found(), receive
        if self._hashes.setdefault(session_hash, login.user.id) != login.user.id:
            return _not_found(), receive
        self._hashes.move_to_end(session_hash)
        if len(self._hashes) > HASHES_REMEMBERED:
            self._hashes.popitem(last=False)
        return None, _again(message, receive)


class _TooLong(Exception):
    """A body has more than BODY_LIMIT bytes."""


async def _bounded(request: Request, receive: Receive) -> Receive:
    """Read the body, which is small, so that its length is known and not only stated."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return receive
    blocks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return _again(message, receive)
        blocks.append(message.get("body", b""))
        size += len(blocks[-1])
        if size > BODY_LIMIT:
            raise _TooLong
        more = message.get("more_body", False)
    return _again({"type": "http.request", "body": b"".join(blocks), "more_body": False}, receive)


def _again(first: Message, receive: Receive) -> Receive:
    """`receive` with a message in front that has been read already."""
    waiting: list[Message] = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _to_sign_in(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", "*/*") and "*/*" not in request.headers.get("accept", "*/*"):
        return JSONResponse(NotSignedIn().body, 401)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    suffix = f"?next={quote(wanted, safe='/')}" if wanted != "/" else ""
    return RedirectResponse(f"/login/{suffix}", 303, headers={"Cache-Control": "no-store"})


def _not_found() -> Response:
    body: dict[str, Any] = {"detail": "Not found."}
    return JSONResponse(body, 404)
