"""Signed-in browsers and programs: made at sign-in, found by their token, watched until they end."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta

from storage import users
from storage.database import Database
from storage.models import now
from storage.secret import Secret
from storage.users import Login

TOUCHED_EVERY = timedelta(minutes=1)  # a login's last use is written at most this often


class Logins:
    """Rows with a hashed token of 160 random bits; `idle` and `longest` end them by themselves."""

    def __init__(self, database: Database, *, secret_key: Secret, idle: timedelta, longest: timedelta) -> None:
        self._database = database
        self._key = secret_key.reveal().encode()
        self._idle = idle
        self._longest = longest
        self._watched: dict[int, list[Callable[[], None]]] = {}
        self._watcher: asyncio.Task[None] | None = None

    async def start(self, user_id: int, *, address: str) -> str:
        """A new login; the token that proves it (40 hex digits), which is stored nowhere."""
        token = secrets.token_hex(20)
        await self._database.write(
            users.add_login,
            user_id=user_id,
            token_hash=self._hash(token),
            address=address,
            expires_at=now() + self._longest,
        )
        return token

    async def find(self, token: str) -> Login | None:
        """The login of this token if it is still good; it counts as used now."""
        login = self._database.read_briefly(users.find_login, self._hash(token), used_since=now() - self._idle)
        # Half the idle time at most, so that a short idle time is never cut shorter by the saving.
        if login and login.used_at < now() - min(TOUCHED_EVERY, self._idle / 2):
            await self._database.write(users.touch_login, login.id)
        return login

    async def end(self, login: Login) -> None:
        await self._database.write(users.delete_login, login.id)
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
            await asyncio.sleep(0.8)
            # A copy: whoever comes to be watched during the query hasn't been asked about.
            asked = set(self._watched)
            good = await self._database.read(users.good_logins, asked, used_since=now() - self._idle)
            for login_id in asked - good:
                self._tell_ended(login_id)

    def _tell_ended(self, login_id: int) -> None:
        for on_end in tuple(self._watched.get(login_id, ())):
            on_end()

    async def close(self) -> None:
        if self._watcher:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)

    def _hash(self, token: str) -> bytes:
        return hmac.new(self._key, token.encode(), hashlib.sha256).digest()
