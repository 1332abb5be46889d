"""What every response tells the browser, and which origins may change something."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.guard import cookie_name

SCRIPT = re.compile(rb"<script\b(?![^>]*\bnonce=)")
# Gradio's browser-only events need 'unsafe-eval'; scripts written into a page by anybody else need the nonce.
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# What people have uploaded and answers have drawn is nobody's page: it loads nothing, runs nothing, and has no origin.
FILE_POLICY = (
    b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
SIGN_IN_PATHS = (
    "/api/auth/login/",
    "/api/auth/signup/",
    "/api/login/",
    "/api/signup/",
    "/api/register/",
    "/api/validate-auth/",
    "/api/auth/link/",
    "/api/auth/reset/",
    "/api/auth/first-admin/",
)


class ResponseHeaders:
    """ASGI middleware: the Content-Security-Policy with a nonce per page, and the other security headers.

    `heads` are the links of each page (by its path) to our own scripts and styles. They are put into the page here,
    because Gradio's own `head` is added by a script later on, after the components that need it, and in any order.
    """

    def __init__(self, app: ASGIApp, *, heads: Mapping[str, str]) -> None:
        self._app = app
        self._heads = {path: head.encode() for path, head in heads.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        path = scope["path"]
        page: list[bytes] = []
        start: Message | None = None

        async def with_headers(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                # Each response comes by here: raw pairs cost a tenth of what starlette's wrapper does.
                given = [pair for pair in message["headers"] if pair[0] != b"content-security-policy"]
                names = {name for name, _ in given}
                policy = FILE_POLICY if path.startswith("/files/") else POLICY.format(nonce=nonce).encode()
                own = (b"content-security-policy", policy)
                message["headers"] = [*given, own, *(pair for pair in ALWAYS if pair[0] not in names)]
                if path.startswith("/ui/"):
                    # Asked for anew each time, so that scripts never outlive their page.
                    MutableHeaders(scope=message)["Cache-Control"] = "no-cache"
                if path in self._heads and _is_page(message):
                    start = message  # held back until the length is known
                    return
            elif start is not None:
                page.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = b"".join(page).replace(b"</head>", self._heads[path] + b"</head>", 1)
                body = SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', body)
                headers = MutableHeaders(scope=start)
                headers["Content-Length"] = str(len(body))
                headers["Cache-Control"] = "no-store"
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._app(scope, receive, with_headers)


def _is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


class OriginCheck:
    """ASGI middleware: what changes something comes from our own pages, or proves itself by a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            problem = _origin_problem(Request(scope))
            if problem:
                await JSONResponse({"detail": problem}, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _origin_problem(request: Request) -> str | None:
    origin = request.headers.get("origin")
    if origin is not None:
        same = _host_of(origin) == request.headers.get("host", "").lower()
        return None if same else "Requests from other sites are refused."
    only_cookie = "authorization" not in request.headers and any(
        cookie_name(secure=secure) in request.cookies for secure in (True, False)
    )
    if only_cookie and request.url.path not in SIGN_IN_PATHS:
        return "Send an Origin header, or sign in with an Authorization header instead of the cookie."
    return None


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
