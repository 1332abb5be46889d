"""What many tests share: a database, and a running server with an agent that says what a test wrote for it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI

from admin.live_settings import LiveSettings
from app import build
from storage import users
from storage.audit import Actor, shell
from storage.database import Database, sqlite_url
from storage.secret import Secret
from storage.settings import AuthSettings, RateLimitSettings, SecuritySettings, ServerSettings, Settings
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import ScriptedUpstream

T = TypeVar("T")
SIGNUP_KEY = "246810"
_numbers = itertools.count(1)


def settings_for(data: Path) -> Settings:
    return Settings(
        data=data,
        server=ServerSettings(upload_limit_mb=1, user_quota_mb=3),
        auth=AuthSettings(admin_signup_key=Secret(SIGNUP_KEY)),
        # Far more than any test asks: what limits do has tests of its own.
        rate_limit=RateLimitSettings(rpm=100_000, tpm=100_000_000, user_turns=100),
        security=SecuritySettings(secret_key=Secret("s" * 40), bcrypt_rounds=4),
    )


@contextmanager
def limited(data: Path, **limits: Any) -> Iterator[tuple[LiveServer, ScriptedUpstream]]:
    """A server with limits of its own, and the agent behind it."""
    upstream = ScriptedUpstream()
    settings = replace(settings_for(data), rate_limit=RateLimitSettings(**limits))
    with LiveServer(lambda: build(settings, upstreams=[upstream]), signup_key=SIGNUP_KEY) as server:
        yield server, upstream
        upstream.release_all()


class Administered:
    """A server with limits of its own, whose settings a test changes while it runs."""

    def __init__(self, data: Path, limits: dict[str, Any]) -> None:
        self.upstream = ScriptedUpstream()
        self._data = data
        self._settings = replace(settings_for(data), rate_limit=RateLimitSettings(**limits))
        self.server = LiveServer(self._build, signup_key=SIGNUP_KEY)

    def _build(self) -> FastAPI:
        self._loop = asyncio.get_running_loop()
        app = build(self._settings, upstreams=[self.upstream])
        self._live: LiveSettings = app.state.parts.live
        return app

    def change(self, work: Callable[[LiveSettings, Actor], Coroutine[Any, Any, T]]) -> T:
        """Do `work` as an administrator, in the server's own loop; what it returns."""
        return asyncio.run_coroutine_threadsafe(work(self._live, shell()), self._loop).result(10)

    def promote(self, username: str, role: str) -> None:
        """Give somebody another role, past all rules, so that they stay signed in."""
        database = Database(sqlite_url(self._data))
        found = database.read_now(users.by_name, username)
        assert found is not None
        database.write_now(users.set_role, found.id, role)
        database.close()

    def set(self, **limits: Any) -> None:
        """Change settings of [rate_limit]."""
        self.change(lambda live, actor: live.change(actor, {f"rate_limit.{key}": limits[key] for key in limits}))


@contextmanager
def administered(data: Path, **limits: Any) -> Iterator[Administered]:
    made = Administered(data, limits)
    with made.server:
        yield made
        made.upstream.release_all()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(sqlite_url(tmp_path))
    made.migrate()
    yield made
    made.close()


@pytest.fixture(scope="session")
def server_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def shared_server(server_data: Path) -> Iterator[tuple[LiveServer, ScriptedUpstream]]:
    """One server for all tests that talk HTTP: each signs up people of its own."""
    upstream = ScriptedUpstream()
    with LiveServer(lambda: build(settings_for(server_data), upstreams=[upstream]), signup_key=SIGNUP_KEY) as server:
        yield server, upstream


@pytest.fixture
def server(shared_server: tuple[LiveServer, ScriptedUpstream]) -> LiveServer:
    return shared_server[0]


@pytest.fixture
def upstream(shared_server: tuple[LiveServer, ScriptedUpstream]) -> Iterator[ScriptedUpstream]:
    shared_server[1].reset()
    yield shared_server[1]
    shared_server[1].release_all()


@pytest.fixture
def person(server: LiveServer) -> Iterator[Person]:
    """Somebody who has just signed up, calling by token."""
    with server.sign_up(f"person{next(_numbers)}") as made:
        yield made


@pytest.fixture
def other(server: LiveServer) -> Iterator[Person]:
    """Somebody else."""
    with server.sign_up(f"other{next(_numbers)}") as made:
        yield made


@pytest.fixture
def shared_database(shared_server: tuple[LiveServer, ScriptedUpstream], server_data: Path) -> Iterator[Database]:
    """The running server's own database, as another process sees it."""
    made = Database(sqlite_url(server_data))
    yield made
    made.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's loop keeps running in this thread, where no other could run after it."""
    items.sort(key=lambda item: "browser" in item.path.parts)
