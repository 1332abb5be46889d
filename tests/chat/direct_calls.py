"""What the tests of direct calls share: rows, frames, and a server before the stand-in."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from app import build
from storage.database import Database, sqlite_url
from storage.models import calls
from storage.settings import AgentSettings, RateLimitSettings
from tests.chat.upstreams.asking import api
from tests.conftest import SIGNUP_KEY, settings_for
from tests.fabrix_standin import Standin, running_standin
from tests.live_server import LiveServer, Person

AGENT = "scripted-agent-0001"


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def rows(data: Path) -> list[Any]:
    """All rows of calls, oldest first."""
    database = Database(sqlite_url(data))
    try:
        return list(database.read_now(lambda c: c.execute(select(calls).order_by(calls.c.id)).all()))
    finally:
        database.close()


def frames(response: httpx.Response) -> list[Any]:
    """The data of a stream's events; text that is no JSON stays text."""
    assert response.headers["content-type"].startswith("text/event-stream")
    found = [block.removeprefix("data: ") for block in response.text.split("\n\n") if block]
    return [json.loads(data) if data.startswith("{") else data for data in found]


@contextmanager
def unread(person: Person, path: str, **request: Any) -> Iterator[None]:
    """Somebody who posts a request and goes away, without reading the answer, when the `with` ends."""
    built = person.http.build_request("POST", path, **request)
    connection = HTTPConnection(built.url.host, built.url.port or 80)
    connection.request("POST", path, body=built.read(), headers=dict(built.headers))
    try:
        yield
    finally:
        connection.close()


@contextmanager
def before_fabrix(
    data: Path, *, limits: dict[str, Any] | None = None, fabrix: dict[str, Any] | None = None, **standin: Any
) -> Iterator[tuple[LiveServer, Standin]]:
    """A whole server whose FabriX is a stand-in of its own."""
    with running_standin(**standin) as fake:
        settings = dataclasses.replace(
            settings_for(data),
            fabrix_api=api(fake.base_url, max_connections=8, **(fabrix or {})),
            agents=AgentSettings(local=False),
            rate_limit=RateLimitSettings(enforced=limits is not None, **(limits or {})),
        )
        with LiveServer(lambda: build(settings), signup_key=SIGNUP_KEY) as server:
            yield server, fake
