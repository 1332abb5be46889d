from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from chat.events import Delta, Finished
from logs import work
from logs.requests import OpenStreams, Requests
from storage import database as database_module
from storage import users
from storage.database import Database
from tests.live_server import LiveServer, Person
from tests.scripted_upstream import ScriptedUpstream


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


class Service:
    """A small application behind the middleware, whose routes take as long as they say."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.streams = OpenStreams()
        self.seen_open: list[int] = []
        inner = FastAPI()
        mounted = FastAPI()

        @inner.get("/api/slow/{name}")
        async def slow(name: str) -> str:
            self.clock.now += 3
            return work.current().request_id

        @inner.get("/api/turn/{name}")
        async def whole_turn(name: str) -> None:
            work.note_turn("t")
            self.clock.now += 3

        @inner.get("/api/stream")
        async def stream() -> StreamingResponse:
            self.clock.now += 3
            return StreamingResponse(self._events(), media_type="text/event-stream")

        @mounted.get("/deep/{name}")
        async def deep(name: str) -> None:
            self.clock.now += 3

        inner.mount("/login", mounted)
        self.app = Requests(inner, slow_seconds=2.0, streams=self.streams, clock=self.clock)

    async def _events(self) -> AsyncIterator[str]:
        self.seen_open.append(self.streams.count)
        yield "data: 1\n\n"

    async def get(self, path: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, headers=headers)


def slow_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.fields for record in caplog.records if record.getMessage().startswith("Slow")]  # type: ignore[attr-defined]


async def test_every_answer_tells_the_id_that_the_work_had() -> None:
    answer = await Service().get("/api/slow/x")
    assert answer.json() == answer.headers["x-request-id"]


async def test_an_id_that_comes_along_is_kept() -> None:
    answer = await Service().get("/api/slow/x", **{"X-Request-ID": "proxy-1.a_b"})
    assert answer.headers["x-request-id"] == "proxy-1.a_b"


async def test_a_slow_request_is_named_by_its_route_alone(caplog: pytest.LogCaptureFixture) -> None:
    await Service().get("/api/slow/secret-name?q=secret")
    assert slow_lines(caplog) == [{"route": "GET /api/slow/{name}", "status": 200, "seconds": 3}]


async def test_a_slow_page_is_named_with_its_mount(caplog: pytest.LogCaptureFixture) -> None:
    await Service().get("/login/deep/secret")
    assert [line["route"] for line in slow_lines(caplog)] == ["GET /login/deep/{name}"]


async def test_an_unknown_address_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    service = Service()
    service.app = Requests(_late_404(service.clock), slow_seconds=2.0, streams=service.streams, clock=service.clock)
    await service.get("/secret/path")
    assert [line["route"] for line in slow_lines(caplog)] == ["GET /…"]


def _late_404(clock: Clock) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        clock.now += 3
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


@pytest.mark.parametrize("path", ["/api/stream", "/api/turn/x"])
async def test_streams_and_whole_turns_are_not_slow(path: str, caplog: pytest.LogCaptureFixture) -> None:
    await Service().get(path)
    assert slow_lines(caplog) == []


async def test_open_streams_are_counted_until_they_end() -> None:
    service = Service()
    await service.get("/api/stream")
    await service.get("/api/slow/x")
    assert service.seen_open == [1] and service.streams.count == 0


async def test_a_stream_that_breaks_is_no_longer_open() -> None:
    streams = OpenStreams()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        raise OSError

    async def ignore(_: Any) -> None: ...

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(OSError):
        await Requests(app, slow_seconds=2, streams=streams)(scope, ignore, ignore)  # type: ignore[arg-type]
    assert streams.count == 0


async def test_a_slow_query_is_named_without_its_parameters(database: Database, caplog, monkeypatch) -> None:
    monkeypatch.setattr(database_module, "SLOW_SECONDS", -1.0)
    work.begin_request("req-1")
    values = {"username": "kim", "email": "secret@example.com", "password_hash": b"x"}
    await database.write(users.add_user, **values)
    await database.write_briefly(users.set_active, 1, active=True)
    await database.read(users.count_administrators)
    database.read_briefly(users.count_administrators)
    queries = [line["query"] for line in slow_lines(caplog)]
    counted = "storage.users.count_administrators"
    assert queries == ["storage.users.add_user", "storage.users.set_active", counted, counted]
    assert "secret" not in caplog.text


async def test_a_quick_query_is_not_named(database: Database, caplog) -> None:
    await database.read(users.count_administrators)
    assert slow_lines(caplog) == []


async def test_a_database_thread_knows_what_it_works_for(database: Database) -> None:
    work.begin_request("req-1")
    assert (await database.read(lambda _: work.current())).request_id == "req-1"
    assert (await database.write(lambda _: work.current())).request_id == "req-1"


def test_a_turn_leaves_one_line_with_who_and_figures_and_without_a_word(
    server: LiveServer, upstream: ScriptedUpstream, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    seen: list[work.Work] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "Turn done":
                seen.append(work.current())

    keep = Keep()
    logging.getLogger("chat.turns").addHandler(keep)
    upstream.enqueue(Delta("top-secret-answer"), Finished())
    conversation = person.conversation()
    answer = person.http.post(
        f"/api/sessions/{conversation}/turns/",
        json={"content": "top-secret-question"},
        headers={"X-Request-ID": "from-the-proxy"},
    )
    turn_id = answer.json()["turn_id"]
    person.events(turn_id)
    logging.getLogger("chat.turns").removeHandler(keep)
    assert answer.headers["x-request-id"] == "from-the-proxy"
    user_id = person.http.get("/api/me").json()["user_id"]
    assert seen == [work.Work("from-the-proxy", user_id, turn_id)]
    [line] = [r for r in caplog.records if r.getMessage() == "Turn done"]
    assert line.fields.keys() >= {"waited_ms", "first_delta_ms", "total_ms", "tries"}  # type: ignore[attr-defined]
    assert "top-secret" not in caplog.text
