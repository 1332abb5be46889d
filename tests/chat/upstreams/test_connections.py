"""The connections to FabriX over real HTTP: servers that close idle ones, and how many there may be."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from chat.errors import AnswerInterrupted, UpstreamBroken, UpstreamError, UpstreamTimeout, UpstreamUnreachable
from chat.upstreams.base import Attachment, Question
from chat.upstreams.connections import Connections
from tests.chat.upstreams.asking import answer_of, question
from tests.chat.upstreams.conftest import Connect
from tests.fabrix_standin import Standin, chunk, last, sse

WHOLE = sse(chunk("안녕")) + sse(last())


class ScriptedServer:
    """Answers request by request as it is told: bytes are a body, the rest are ways to fail."""

    def __init__(self, *script: bytes | str) -> None:
        self.bodies: list[bytes] = []
        self.connections: list[int] = []  # for each request, which connection it came by
        self._script = list(script)
        self._count = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        number = self._count
        try:
            while (body := await _request_body(reader)) is not None:
                self.bodies.append(body)
                self.connections.append(number)
                if not await _act(self._script.pop(0), writer):
                    return
        except ConnectionError:
            return
        finally:
            writer.close()


async def _request_body(reader: asyncio.StreamReader) -> bytes | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
    except asyncio.IncompleteReadError:
        return None
    length = head.partition(b"content-length: ")[2].partition(b"\r")[0]
    return await reader.readexactly(int(length or 0))


async def _act(step: bytes | str, writer: asyncio.StreamWriter) -> bool:
    """Do one step of a script; whether the connection lives on."""
    if isinstance(step, bytes):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(step))
        writer.write(step)
        await writer.drain()
        return True
    if step == "reset":
        linger: socket.socket = writer.get_extra_info("socket")
        linger.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        )
    elif step == "nonsense":
        writer.write(b"what?\r\n\r\n")
    elif step == "text, then close":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + sse(chunk("a")))
        await writer.drain()
    return False


@asynccontextmanager
async def serving(*script: bytes | str) -> AsyncIterator[tuple[str, ScriptedServer]]:
    scripted = ScriptedServer(*script)
    server = await asyncio.start_server(scripted, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", scripted
        server.close()


@pytest.mark.parametrize("way", ["close", "reset"])
async def test_question_is_sent_again_when_the_idle_connection_had_died(connect: Connect, way: str) -> None:
    async with serving(WHOLE, way, WHOLE) as (base_url, server):
        upstream = connect(base_url)
        answers = [await answer_of(upstream) for _ in range(2)]
        await upstream.aclose()
    assert [answer.text for answer in answers] == ["안녕", "안녕"]
    assert server.connections == [1, 1, 2]
    assert server.bodies[1] == server.bodies[2]


async def test_question_is_sent_again_exactly_once(connect: Connect) -> None:
    async with serving(WHOLE, "close", "close", WHOLE) as (base_url, server):
        upstream = connect(base_url)
        await answer_of(upstream)
        answer = await answer_of(upstream)
        await upstream.aclose()
    assert type(answer.error) is UpstreamBroken
    assert len(server.bodies) == 3


@pytest.mark.parametrize(("way", "expected"), [("close", UpstreamBroken), ("reset", UpstreamUnreachable)])
async def test_question_on_a_new_connection_is_not_sent_again(
    connect: Connect, way: str, expected: type[UpstreamError]
) -> None:
    async with serving(way, WHOLE) as (base_url, server):
        upstream = connect(base_url)
        answer = await answer_of(upstream)
        await upstream.aclose()
    assert type(answer.error) is expected
    assert len(server.bodies) == 1


@pytest.mark.parametrize(("way", "expected"), [("nonsense", UpstreamBroken), ("text, then close", AnswerInterrupted)])
async def test_question_that_got_any_answer_is_not_sent_again(
    connect: Connect, way: str, expected: type[UpstreamError]
) -> None:
    async with serving(WHOLE, way, WHOLE) as (base_url, server):
        upstream = connect(base_url)
        await answer_of(upstream)
        answer = await answer_of(upstream)
        await upstream.aclose()
    assert type(answer.error) is expected
    assert len(server.bodies) == 2


async def test_slow_answer_on_an_old_connection_is_not_sent_again(standin: Standin, connect: Connect) -> None:
    upstream = connect(standin.base_url, read_seconds=0.2)
    await answer_of(upstream)
    answer = await answer_of(upstream, question(agent_id="standin-late-first-byte"))
    assert type(answer.error) is UpstreamTimeout
    assert len(standin.requests) == 2


async def test_file_is_sent_again_whole(connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"0123456789" * 20_000)
    asked = Question("a", ("?",), attachment=Attachment(path, "a.txt", path.stat().st_size))
    async with serving(WHOLE, "close", WHOLE) as (base_url, server):
        upstream = connect(base_url)
        await answer_of(upstream)
        answer = await answer_of(upstream, asked)
        await upstream.aclose()
    assert answer.text == "안녕"
    assert server.bodies[1] == server.bodies[2]
    assert path.read_bytes() in server.bodies[2]


async def test_full_pools_time_out(standin: Standin, connect: Connect) -> None:
    gate = standin.gate(before=1)
    upstream = connect(standin.base_url, max_connections=1, pool_seconds=0.1)
    async with aclosing(upstream.ask(question())) as first:
        await anext(first)
        await gate.when_reached()
        assert type((await answer_of(upstream)).error) is UpstreamTimeout


@pytest.mark.parametrize("count", [1, 5, 200, 256])
async def test_pools_hold_as_many_connections_as_allowed(count: int) -> None:
    connections = Connections(max_connections=count, timeout=httpx.Timeout(1))
    transports = [pool.client._transport for pool in connections._pools]
    assert sum(transport._pool._max_connections for transport in transports) == count  # type: ignore[attr-defined]
    await connections.aclose()
