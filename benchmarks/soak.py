"""Whether memory, connections and files stay as they are while people come and go for a day.

By hand: `python benchmarks/soak.py [--minutes 1440] [--people 10] [--json FILE]`. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

import aiohttp
from figures import table
from people import PASSWORD, QUESTION, Person, WrongAnswer, ask_app, browser, call, new_conversation, sign_up
from people import stored_answer as stored
from servers import Server, running_app, running_standin

DELTAS, PER_SECOND = 60, 50
BCRYPT_ROUNDS = 10  # the app's default
ROUND = 60.0  # seconds from one sample to the next
QUIET = 8.0  # … of which people finish and leave, for only what stays behind is to be counted
FILE = "월,매출\n1월,120\n2월,135\n".encode()
SHOWN = 12  # rows of the printed table
MOST_TOLD = 5  # sentences about what failed


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server holds while nobody is there. `minute` counts from the start."""

    minute: int
    memory: float  # MB
    descriptors: int
    connections: int
    threads: int
    turns: int  # that run or wait
    streams: int
    files: int  # people's, in the data folder
    database: float  # MB, with its journal


# How much more than after the warm-up may be there at the end: a share, and beside it a fixed amount. The pools of
# threads and connections fill and empty with chance; the database keeps a row of figures for each turn and sign-in
# on purpose, so it has no bound.
BOUNDS: dict[str, tuple[float, float]] = {
    "memory": (0.10, 5),
    "descriptors": (0, 10),
    "connections": (0, 5),
    "threads": (0, 10),
    "turns": (0, 0),
    "streams": (0, 0),
    "files": (0, 0),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """One figure at two ends of the run, each the median of a quarter of the samples after the warm-up."""

    name: str
    early: float
    late: float
    allowed: float

    @property
    def is_too_much(self) -> bool:
        return self.late > self.allowed

    def row(self) -> list[str]:
        return [
            self.name,
            f"{self.early:g}",
            f"{self.late:g}",
            f"{self.allowed:g}",
            "GROWS" if self.is_too_much else "ok",
        ]


class Crowd:
    """People who come, do something, and leave, over and over."""

    def __init__(self, people: Sequence[Person], *, seed: int) -> None:
        self._people = people
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    async def use_until(self, end: float) -> None:
        """Everybody makes one visit after another, and begins none after `end` (`time.monotonic`)."""
        await asyncio.gather(*(self._come_and_go(person, end) for person in self._people))

    async def _come_and_go(self, person: Person, end: float) -> None:
        while time.monotonic() < end:
            act = self._random.choice((self._ask, self._reconnect, self._stop, self._attach, self._upload_and_drop))
            try:
                async with browser() as session:
                    guest = await self._sign_in(session, person)
                    conversation = await new_conversation(session, guest, title="Soak")
                    await act(session, guest, conversation)
                    await self._leave(session, guest, conversation)
                self.done[act.__name__.strip("_")] += 1
            except (WrongAnswer, aiohttp.ClientError, TimeoutError) as error:
                self.failures[f"{act.__name__.strip('_')}: {type(error).__name__}: {str(error)[:200]}"] += 1

    async def _sign_in(self, session: aiohttp.ClientSession, person: Person) -> Person:
        """Sign in anew, and look at the page and at what it asks for first."""
        body = {"username": person.name, "password": PASSWORD}
        answer = await call(session, "POST", f"{person.url}/api/auth/login/", body=body)
        guest = Person(person.url, person.name, answer["token"])
        async with session.get(f"{person.url}/", headers=guest.headers) as response:
            _expect(response.status == 200 and b"FabriX" in await response.read(), "the page is not there")
        for path in ("/api/agents/", "/api/sessions/", "/api/limits"):
            await call(session, "GET", f"{person.url}{path}", person=guest)
        return guest

    async def _leave(self, session: aiohttp.ClientSession, guest: Person, conversation: str) -> None:
        """Delete the conversation, its files with it, and sign out; the login is good for nothing then."""
        async with session.delete(f"{guest.url}/api/sessions/{conversation}/", headers=guest.headers) as response:
            _expect(response.status == 204, f"deleting answers {response.status}")
        async with session.post(f"{guest.url}/api/auth/logout/", headers=guest.headers) as response:
            _expect(response.status < 300, f"signing out answers {response.status}")
        async with session.get(f"{guest.url}/api/me", headers=guest.headers) as response:
            _expect(response.status == 401, "a login outlived its end")

    async def _ask(self, session: aiohttp.ClientSession, guest: Person, conversation: str) -> None:
        for _ in range(2):
            answer = await ask_app(session, guest, conversation)
            _expect(answer.text == await stored(session, guest, conversation), "an answer was stored otherwise")

    async def _reconnect(self, session: aiohttp.ClientSession, guest: Person, conversation: str) -> None:
        """Lose the connection in the middle of an answer, and go on where it broke."""
        turn = await _begin(session, guest, conversation, content=QUESTION)
        async with browser() as first:
            text, last, was_over = await _watch(first, guest, turn, deltas=5)
        # Pieces that come quickly come as one, so on a busy machine the answer may be over before it breaks.
        rest, _, is_over = await _watch(session, guest, turn, after=last)
        _expect(was_over or is_over, "an answer went on without an end")
        _expect(text + rest == await stored(session, guest, conversation), "an answer lost text on its way")

    async def _stop(self, session: aiohttp.ClientSession, guest: Person, conversation: str) -> None:
        turn = await _begin(session, guest, conversation, content=QUESTION)
        text, last, _ = await _watch(session, guest, turn, deltas=5)
        async with session.post(f"{guest.url}/api/turns/{turn}/stop", headers=guest.headers) as response:
            _expect(response.status < 300, f"stopping answers {response.status}")
        await _watch(session, guest, turn, after=last)
        kept = await stored(session, guest, conversation)
        _expect(bool(text) and kept.startswith(text), "a stopped answer was not kept")

    async def _attach(self, session: aiohttp.ClientSession, guest: Person, conversation: str) -> None:
        file_id = await _upload(session, guest)
        turn = await _begin(session, guest, conversation, content=QUESTION, file_id=file_id)
        text, _, is_done = await _watch(session, guest, turn)
        _expect(is_done and bool(text), "an answer about a file is not whole")
        async with session.get(f"{guest.url}/files/{file_id}", headers=guest.headers) as response:
            _expect(await response.read() == FILE, "a file came back otherwise")

    async def _upload_and_drop(self, session: aiohttp.ClientSession, guest: Person, _: str) -> None:
        file_id = await _upload(session, guest)
        async with session.delete(f"{guest.url}/files/{file_id}", headers=guest.headers) as response:
            _expect(response.status < 300, f"dropping a file answers {response.status}")


async def soak(server: Server, data: Path, *, minutes: int, people: int, seed: int) -> tuple[list[Sample], Crowd]:
    """Use the server for so long; a sample at the end of each minute."""
    crowd = Crowd(await sign_up(server.url, people), seed=seed)
    samples: list[Sample] = []
    started = time.monotonic()
    for minute in range(1, minutes + 1):
        end = started + minute * ROUND
        await crowd.use_until(end - QUIET)
        await asyncio.sleep(max(1.0, end - time.monotonic()))
        samples.append(await sample(server, data, minute=minute))
        print(
            "  ".join(f"{name} {value:g}" for name, value in asdict(samples[-1]).items()), file=sys.stderr, flush=True
        )
    return samples, crowd


async def sample(server: Server, data: Path, *, minute: int) -> Sample:
    async with browser() as session, session.get(f"{server.url}/metrics") as response:
        metrics = await response.text()
    return Sample(
        minute=minute,
        memory=round(server.megabytes(), 1),
        descriptors=server.descriptors(),
        connections=server.connections(),
        threads=server.threads(),
        turns=_metric(metrics, "fabrix_chat_live_turns"),
        streams=_metric(metrics, "fabrix_chat_open_streams"),
        files=sum(path.is_file() for path in (data / "files").rglob("*")),
        database=round(sum(path.stat().st_size for path in data.glob("chat.db*")) / 1e6, 1),
    )


def growths(samples: Sequence[Sample]) -> list[Growth]:
    """How each bounded figure went, from the first to the last quarter of `samples`, which are those after warm-up."""
    quarter = max(1, len(samples) // 4)
    found = []
    for name, (share, amount) in BOUNDS.items():
        values = [float(getattr(sample, name)) for sample in samples]
        early = median(values[:quarter])
        found.append(Growth(name, early, median(values[-quarter:]), round(early * (1 + share) + amount, 1)))
    return found


async def _begin(session: aiohttp.ClientSession, guest: Person, conversation: str, **body: str) -> str:
    url = f"{guest.url}/api/sessions/{conversation}/turns/"
    return str((await call(session, "POST", url, person=guest, body=body))["turn_id"])


async def _watch(
    session: aiohttp.ClientSession, guest: Person, turn: str, *, after: str = "", deltas: int | None = None
) -> tuple[str, str, bool]:
    """The text of so many deltas (all, if not told), the last event's id, and whether the answer came to its end."""
    headers = {**guest.headers, **({"Last-Event-ID": after} if after else {})}
    text, event, last, left = "", "", after, deltas
    async with session.get(f"{guest.url}/api/turns/{turn}/events", headers=headers) as response:
        async for line in response.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                last = value
            elif name == "event":
                event = value
            elif name == "data" and event == "delta":
                text += json.loads(value)["text"]
                left = None if left is None else left - 1
            elif not name and event in ("done", "error"):
                return text, last, event == "done"
            if not name and left is not None and left <= 0:
                return text, last, False
    return text, last, False


async def _upload(session: aiohttp.ClientSession, guest: Person) -> str:
    form = aiohttp.FormData()
    form.add_field("file", FILE, filename="매출.csv", content_type="text/csv")
    async with session.post(f"{guest.url}/api/files", data=form, headers=guest.headers) as response:
        _expect(response.status == 201, f"an upload answers {response.status}")
        return str((await response.json())["file_id"])


def _metric(metrics: str, name: str) -> int:
    """The sum over all labels."""
    found = re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", metrics, re.MULTILINE)
    _expect(bool(found), f"no {name} in the metrics")
    return round(sum(map(float, found)))


def _expect(is_right: bool, otherwise: str) -> None:
    if not is_right:
        raise WrongAnswer(otherwise)


def _report(samples: Sequence[Sample], found: Sequence[Growth], crowd: Crowd) -> str:
    names = [item.name for item in fields(Sample)]
    chosen = samples[:: -(-len(samples) // SHOWN)]
    shown = [*chosen, *([samples[-1]] if chosen[-1] is not samples[-1] else [])]
    visits = ", ".join(f"{name} {count:,}" for name, count in sorted(crowd.done.items()))
    failed = [f"FAILED {count:,}×: {said}" for said, count in crowd.failures.most_common(MOST_TOLD)]
    return "\n".join(
        [
            table(names, [[f"{getattr(entry, name):g}" for name in names] for entry in shown]),
            "",
            table(("figure", "after warm-up", "at the end", "at most", ""), [entry.row() for entry in found]),
            "",
            f"{crowd.done.total():,} visits ({visits}), {crowd.failures.total():,} failed",
            *failed,
        ]
    )


def main() -> int:
    """Exit status 1: something grows beyond its bound, or a visit failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=24 * 60, help="how long, at least 4 (a day)")
    parser.add_argument("--people", type=int, default=10, help="who come and go at the same time (10)")
    parser.add_argument("--seed", type=int, default=1, help="decides who does what (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there, too")
    options = parser.parse_args()
    if options.minutes < 4:
        parser.error("--minutes must be at least 4")
    warm_up = min(30, options.minutes // 4)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_standin(deltas=DELTAS, per_second=PER_SECOND) as standin,
        running_app(standin, bcrypt_rounds=BCRYPT_ROUNDS, data=Path(folder)) as app,
    ):
        work = soak(app, Path(folder), minutes=options.minutes, people=options.people, seed=options.seed)
        samples, crowd = asyncio.run(work)
    found = growths(samples[warm_up:])
    print(_report(samples, found, crowd))
    if options.json:
        result = {"samples": [asdict(entry) for entry in samples], "visits": crowd.done, "failed": crowd.failures}
        options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False), encoding="utf-8")
    return int(bool(crowd.failures) or any(entry.is_too_much for entry in found))


if __name__ == "__main__":
    sys.exit(main())
