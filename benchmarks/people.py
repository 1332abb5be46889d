"""People who use the servers all at once: signed up beforehand, each with a connection of their own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from servers import SIGN_UP_KEY, StandinAddress

AGENT = "7b0c0d1e-6f1a-4c55-9d53-0f6c1f0a0001"  # the stand-in's healthy one
PASSWORD = "correct horse battery"
QUESTION = "이번 분기의 매출을 요약해 주세요."
PATIENCE = aiohttp.ClientTimeout(total=120)
T = TypeVar("T")


class WrongAnswer(Exception):
    """An answer was refused, cut or changed on its way: then its times are worth nothing."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed up at the app."""

    url: str
    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Token {self.token}"}


@dataclass(frozen=True, slots=True)
class Answer:
    """When its first text and its end came, in seconds after the question, and what it says."""

    first: float
    whole: float
    text: str


@asynccontextmanager
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections that nobody shares the wait for; httpx would be the bottleneck here."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=PATIENCE) as session:
        yield session


async def at_once(work: Callable[[T], Awaitable[Any]], whom: Sequence[T]) -> list[Any]:
    """Do it for all of them, begun at the same moment."""
    return list(await asyncio.gather(*map(work, whom)))


async def call(
    session: aiohttp.ClientSession, method: str, url: str, *, person: Person | None = None, body: object = None
) -> Any:
    """The JSON of a good answer. Raises: WrongAnswer."""
    headers = person.headers if person else {}
    async with session.request(method, url, json=body, headers=headers) as response:
        if response.status >= 300:
            raise WrongAnswer(f"{method} {url}: {response.status} {await response.text()}")
        return await response.json()


async def sign_up(url: str, count: int) -> list[Person]:
    """New people, one after another."""
    people = []
    async with browser() as session:
        for number in range(count):
            name = f"person{number}"
            body = {"username": name, "password": PASSWORD, "email": f"{name}@example.com", "auth_key": SIGN_UP_KEY}
            answer = await call(session, "POST", f"{url}/api/auth/signup/", body=body)
            people.append(Person(url, name, answer["token"]))
    return people


async def new_conversation(session: aiohttp.ClientSession, person: Person, title: str = "") -> str:
    """Its id."""
    body = {"agent_id": AGENT, "title": title}
    made = await call(session, "POST", f"{person.url}/api/sessions/", person=person, body=body)
    return str(made["id"])


async def ask_app(session: aiohttp.ClientSession, person: Person, conversation_id: str) -> Answer:
    """Ask as the page does: start a turn, then watch it to its `done`."""
    started = time.perf_counter()
    turn = await call(
        session,
        "POST",
        f"{person.url}/api/sessions/{conversation_id}/turns/",
        person=person,
        body={"content": QUESTION},
    )
    async with session.get(f"{person.url}/api/turns/{turn['turn_id']}/events", headers=person.headers) as response:
        first, whole, stream = await _watched(response, started, first=b"event: delta", end=b"event: done")
    return Answer(first, whole, "".join(data["text"] for kind, data in events_in(stream) if kind == "delta"))


async def ask_relay(session: aiohttp.ClientSession, url: str, standin: StandinAddress) -> Answer:
    """Ask the relay, or the stand-in itself, what the app would ask."""
    started = time.perf_counter()
    body = {"agentId": AGENT, "contents": [QUESTION], "isStream": True}
    async with session.post(url, json=body, headers=standin.headers) as response:
        first, whole, stream = await _watched(response, started, first=b'"CHUNK"', end=b'"finish_reason"')
    frames = [data for _, data in events_in(stream)]
    return Answer(first, whole, "".join(frame["content"] for frame in frames if frame["event_status"] == "CHUNK"))


async def stored_answer(session: aiohttp.ClientSession, person: Person, conversation_id: str) -> str:
    """The last message of a conversation as the app has stored it."""
    found = await call(session, "GET", f"{person.url}/api/sessions/{conversation_id}/", person=person)
    return str(found["messages"][-1]["content"])


async def _watched(
    response: aiohttp.ClientResponse, started: float, *, first: bytes, end: bytes
) -> tuple[float, float, bytes]:
    """When these bytes came for the first time, and the whole stream, which is read afterwards."""
    stream = bytearray()
    first_at = end_at = None
    async for piece in response.content.iter_any():
        stream += piece
        # A mark may be cut in two by the network, so each look goes back a little.
        if first_at is None and first in stream:
            first_at = time.perf_counter() - started
        if end_at is None and end in stream[-len(piece) - len(end) :]:
            end_at = time.perf_counter() - started
    if first_at is None or end_at is None:
        raise WrongAnswer(f"status {response.status}, {len(stream)} bytes without text or end")
    return first_at, end_at, bytes(stream)


def events_in(stream: bytes) -> list[tuple[str, Any]]:
    """The name and the data of each Server-Sent Event of a stream that ours or the stand-in wrote."""
    found = []
    for block in stream.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and line)
        if "data" in fields:
            found.append((fields.get("event", ""), json.loads(fields["data"])))
    return found
