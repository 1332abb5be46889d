"""How long the everyday takes: when 50 people do the same at the same moment, and for one while 50 answers stream.

By hand: `python benchmarks/everyday.py [--users 50] [--runs 3] [--json FILE]`. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from figures import middle, p95, seconds, table
from people import PASSWORD, QUESTION, Person, WrongAnswer, ask_app, at_once, browser, call, new_conversation, sign_up
from servers import running_app, running_standin

DELTAS, PER_SECOND = 1500, 50  # half a minute: the streams outlast what is measured beside them
BCRYPT_ROUNDS = 10  # the app's default
CONVERSATIONS = 20  # that each has already
HEAD = ("what", "goal", "median", "p95", "longest", "beside streams", "p95", "longest")
Visit = tuple[Person, str]  # somebody, and a conversation of theirs
Operation = Callable[[aiohttp.ClientSession, Visit], Awaitable[None]]


@dataclass(slots=True)
class Measured:
    """All times of one operation in seconds: of everybody at once, and of one while answers stream."""

    name: str
    goal: float
    at_once: list[float] = field(default_factory=list)
    beside_streams: list[float] = field(default_factory=list)

    def row(self) -> list[str]:
        return [self.name, f"< {self.goal} s", *_figures(self.at_once), *_figures(self.beside_streams)]


async def sign_in(session: aiohttp.ClientSession, visit: Visit) -> None:
    person = visit[0]
    body = {"username": person.name, "password": PASSWORD}
    _expect("token" in await call(session, "POST", f"{person.url}/api/auth/login/", body=body))


async def list_agents(session: aiohttp.ClientSession, visit: Visit) -> None:
    found = await call(session, "GET", f"{visit[0].url}/api/agents/", person=visit[0])
    _expect(len(found["items"]) > 50)


async def list_conversations(session: aiohttp.ClientSession, visit: Visit) -> None:
    found = await call(session, "GET", f"{visit[0].url}/api/sessions/", person=visit[0])
    _expect(len(found) >= CONVERSATIONS)


async def store_message(session: aiohttp.ClientSession, visit: Visit) -> None:
    person, conversation_id = visit
    url = f"{person.url}/api/sessions/{conversation_id}/messages/"
    stored = await call(session, "POST", url, person=person, body={"role": "user", "content": QUESTION})
    _expect(stored["content"] == QUESTION)


async def read_first_text(session: aiohttp.ClientSession, visit: Visit) -> None:
    """Start a turn, and leave at the first delta."""
    person, conversation_id = visit
    url = f"{person.url}/api/sessions/{conversation_id}/turns/"
    turn = await call(session, "POST", url, person=person, body={"content": QUESTION})
    async with session.get(f"{person.url}/api/turns/{turn['turn_id']}/events", headers=person.headers) as response:
        async for line in response.content:
            if line == b"event: delta\n":
                return
    raise WrongAnswer("a turn without text")


OPERATIONS: tuple[tuple[str, float, Operation], ...] = (
    ("sign in", 1.0, sign_in),
    ("list of agents", 2.0, list_agents),
    ("list of conversations", 1.0, list_conversations),
    ("store a message", 0.5, store_message),
    ("first text of an answer", 3.0, read_first_text),
)


async def everyday(url: str, users: int, runs: int) -> list[Measured]:
    """All operations `runs` times, first by everybody at once, then one after another beside streams."""
    people = await sign_up(url, users)
    async with browser() as session:
        await at_once(lambda person: _furnish(session, person), people)
    measured = [Measured(name, goal) for name, goal, _ in OPERATIONS]
    for _ in range(runs):
        for entry, (_, _, operation) in zip(measured, OPERATIONS, strict=True):
            visits = await _visits(people)
            async with browser() as session:
                entry.at_once += await at_once(lambda visit, o=operation, s=session: _timed(o, s, visit), visits)
            await _stop_all(visits)
    async with _streams(people) as visits:
        await _beside(measured, visits[0][0], runs)
    return measured


async def _beside(measured: list[Measured], person: Person, runs: int) -> None:
    async with browser() as session:
        for _ in range(5 * runs):
            for entry, (_, _, operation) in zip(measured, OPERATIONS, strict=True):
                visit = person, await new_conversation(session, person)
                entry.beside_streams.append(await _timed(operation, session, visit))
                await _stop(session, visit)


async def _furnish(session: aiohttp.ClientSession, person: Person) -> None:
    for number in range(CONVERSATIONS):
        await new_conversation(session, person, title=f"Conversation {number}")


async def _visits(people: Sequence[Person]) -> list[Visit]:
    async with browser() as session:
        return [(person, await new_conversation(session, person)) for person in people]


@asynccontextmanager
async def _streams(people: Sequence[Person]) -> AsyncIterator[list[Visit]]:
    """Everybody reads an answer meanwhile."""
    visits = await _visits(people)
    async with browser() as session:
        reading = [asyncio.create_task(ask_app(session, *visit)) for visit in visits]
        await asyncio.sleep(3)
        yield visits
        _expect(not any(task.done() for task in reading))
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def _stop_all(visits: Sequence[Visit]) -> None:
    async with browser() as session:
        await at_once(lambda visit: _stop(session, visit), visits)


async def _stop(session: aiohttp.ClientSession, visit: Visit) -> None:
    """End whatever still runs in a conversation: deleting it stops its turn."""
    person, conversation_id = visit
    url = f"{person.url}/api/sessions/{conversation_id}/"
    async with session.delete(url, headers=person.headers) as response:
        _expect(response.status == 204)


async def _timed(operation: Operation, session: aiohttp.ClientSession, visit: Visit) -> float:
    started = time.perf_counter()
    await operation(session, visit)
    return time.perf_counter() - started


def _expect(right: bool) -> None:
    if not right:
        raise WrongAnswer("an answer is not what it should be, or the streams ended too early")


def _figures(times: Sequence[float]) -> Iterator[str]:
    return map(seconds, (middle(times), p95(times), max(times)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=50, help="how many at once (50)")
    parser.add_argument("--runs", type=int, default=3, help="of each operation; the figures are over all (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all times there, too")
    options = parser.parse_args()
    with (
        running_standin(deltas=DELTAS, per_second=PER_SECOND) as standin,
        running_app(standin, bcrypt_rounds=BCRYPT_ROUNDS) as app,
    ):
        measured = asyncio.run(everyday(app.url, options.users, options.runs))
    print(table(HEAD, [entry.row() for entry in measured]))
    if options.json:
        result = {"at": datetime.now(UTC).isoformat(), "measured": [asdict(entry) for entry in measured]}
        options.json.write_text(json.dumps(result, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
