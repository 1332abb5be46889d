"""Signed-in browsers and programs: made at sign-in, found by their token, watched until they end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from auth.tokens import Tokens
from storage import audit, users
from storage.audit import actor_of
from storage.database import Database
from storage.models import now
from storage.users import Login

BROWSER_LENGTH = 200  # characters of what a browser calls itself
LOOKED_AT_EVERY = 0.5  # seconds between two looks at the logins that are watched
TOUCHED_EVERY = timedelta(minutes=1)  # a login's last use is written at most this often


class Logins:
    """Rows with the hash of a token; `idle` and `longest` end sign-ins by themselves, API tokens never."""

    def __init__(self, database: Database, *, tokens: Tokens, idle: timedelta, longest: timedelta) -> None:
        self._database = database
        self._tokens = tokens
        self._idle = idle
        self._longest = longest
        self._watched: dict[int, list[Callable[[], None]]] = {}
        self._watcher: asyncio.Task[None] | None = None

    async def start(self, user_id: int, *, address: str, browser: str = "") -> str:
        """A new login; the token that proves it (40 hex digits), which is stored nowhere."""
        return await self._database.write(self.begin, user_id, address=address, browser=browser)

    def begin(self, connection: Connection, user_id: int, *, address: str, browser: str = "") -> str:
        """The same within a transaction."""
        token = self._tokens.new()
        users.add_login(
            connection,
            user_id=user_id,
            token_hash=self._tokens.hash(token),
            address=address,
            browser=audit.plain(browser, BROWSER_LENGTH),
            expires_at=now() + self._longest,
        )
        return token

    async def find(self, token: str) -> Login | None:
        """The login of this token if it is still good; it counts as used now."""
        login = self._database.read_briefly(users.find_login, self._tokens.hash(token), used_since=self.used_since())
        # Half the idle time at most, so that a short idle time is never cut shorter by the saving.
        if login and (login.used_at is None or login.used_at < now() - min(TOUCHED_EVERY, self._idle / 2)):
            await self._database.write(users.touch_login, login)
        return login

    def used_since(self) -> datetime:
        """A sign-in that was last used before this moment has ended."""
        return now() - self._idle

    async def end(self, login: Login, *, address: str = "") -> None:
        """Sign out. Turns go on: they belong to the server."""

        def work(connection: Connection) -> None:
            users.delete_login(connection, login.id)
            audit.add(connection, actor_of(login.user, address), "sign_out", login.user)

        await self._database.write(work)
        self._tell_ended(login.id)

    @contextlib.contextmanager
    def watch(self, login: Login, on_end: Callable[[], None]) -> Iterator[None]:
        """Call `on_end` within a second of the login's end, whoever ended it."""
        callbacks = self._watched.setdefault(login.id, [])
        callbacks.append(on_end)
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            callbacks.remove(on_end)
            if not callbacks:
                self._watched.pop(login.id, None)

    async def _watch(self) -> None:
        # One query a second for all that are watched; another process may end a login, too.
        while self._watched:
            await asyncio.sleep(LOOKED_AT_EVERY)
            # A copy: whoever comes to be watched during the query hasn't been asked about.
            asked = set(self._watched)
            good = await self._database.read(users.good_logins, asked, used_since=self.used_since())
            for login_id in asked - good:
                self._tell_ended(login_id)

    def _tell_ended(self, login_id: int) -> None:
        for on_end in tuple(self._watched.get(login_id, ())):
            on_end()

    async def close(self) -> None:
        if self._watcher:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
