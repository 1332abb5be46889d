"""The first line of every route and handler: who is asking, or NotSignedIn."""

from __future__ import annotations

from typing import Any

from starlette.requests import HTTPConnection

from auth.errors import NeedsSignIn, NoSuchPage, NotSignedIn
from auth.logins import Logins
from auth.tokens import TOKEN
from logs import work
from storage.users import Login

STAFF = ("staff", "admin")


class Guard:
    """Finds the login of a request: by cookie for pages, by cookie or Authorization header for routes."""

    def __init__(self, logins: Logins) -> None:
        self._logins = logins

    async def route(self, request: HTTPConnection) -> Login:
        """Who calls a route. A header decides alone: a bad token is not made good by a cookie.

        Raises:
            NotSignedIn
        """
        header = request.headers.get("authorization")
        return await self.page(request) if header is None else await self._by_header(header)

    async def program(self, request: HTTPConnection) -> Login:
        """Who calls a route that FabriX's own clients know, which tell their token in a header of FabriX's.

        Raises:
            NotSignedIn
        """
        header = request.headers.get("x-openapi-token")
        if header is None or "authorization" in request.headers:
            return await self.route(request)
        return await self._by_header(header)

    async def _by_header(self, header: str) -> Login:
        scheme, _, token = header.partition(" ")
        login = await self._find(token.strip()) if scheme.lower() in ("token", "bearer") else None
        if login is None:
            raise NotSignedIn(wrong_token=True)
        return login

    async def page(self, request: Any) -> Login:
        """Who opened a page or rang one of its events: by cookie alone. Takes a `gradio.Request`, too.

        Raises:
            NotSignedIn
        """
        login = await self._find(request.cookies.get(cookie_name(secure=request.url.scheme == "https"), ""))
        if login is None or login.token_name is not None:
            raise NotSignedIn
        return login

    async def owner(self, request: HTTPConnection) -> Login:
        """Who calls a route of their own account. An API token, which may lie in a script, is not enough for that.

        Raises:
            NotSignedIn, NeedsSignIn
        """
        login = await self.route(request)
        if login.token_name is not None:
            raise NeedsSignIn
        return login

    async def staff(self, request: Any) -> Login:
        """Who opened the admin page or rang one of its events. Whoever isn't staff is told that there is nothing.

        Raises:
            NotSignedIn, NoSuchPage
        """
        login = await self.page(request)
        if login.user.role not in STAFF:
            raise NoSuchPage
        return login

    async def _find(self, token: str) -> Login | None:
        login = await self._logins.find(token) if TOKEN.fullmatch(token) else None
        if login:
            work.note_user(login.user.id)
        return login


def cookie_name(*, secure: bool) -> str:
    """On TLS the prefix binds the cookie to this host and to TLS (RFC 6265bis, section 4.1.3.2)."""
    return "__Host-fabrix_chat" if secure else "fabrix_chat"
