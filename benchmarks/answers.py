"""How fast answers stream through the app with many users at once, beside a plain relay that does nothing else.

By hand: `python benchmarks/answers.py [--users 1 10 50 200] [--runs 3] [--json FILE]`. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from figures import middle, p95, seconds, table
from people import (
    Answer,
    Person,
    WrongAnswer,
    ask_app,
    ask_relay,
    at_once,
    browser,
    new_conversation,
    sign_up,
    stored_answer,
)
from servers import Server, StandinAddress, running_app, running_relay, running_standin

T = TypeVar("T")

DELTAS, PER_SECOND = 200, 50
HEAD = ("users", "server", "first delta", "p95", "whole answer", "p95", "CPU", "memory")


@dataclass(frozen=True, slots=True)
class Goal:
    """The most that the app may take: times of the relay's, and megabytes."""

    first: float
    whole: float
    megabytes: float | None = None


GOALS = {50: Goal(1.3, 1.05, 250), 200: Goal(1.3, 1.05)}
RELAY, UNLIMITED, LIMITED = "relay", "app, no limits", "app"


@dataclass(frozen=True, slots=True)
class Figures:
    """One run of one server, or the medians of several: times in seconds, memory in megabytes at the end."""

    first: float
    first_p95: float
    whole: float
    whole_p95: float
    cpu: float
    megabytes: float


class Bench:
    """The servers that are compared, and the people who ask them."""

    def __init__(self, standin: StandinAddress, apps: Mapping[str, Server], relay: Server) -> None:
        self._standin = standin
        self._apps = apps
        self._relay = relay
        self._people: dict[str, list[Person]] = {}
        self._expected = ""

    async def open(self, users: int) -> None:
        """Sign people up, hear from the stand-in itself what is right, and ask each server once to warm it up."""
        self._people = {name: await sign_up(app.url, users) for name, app in self._apps.items()}
        async with browser() as session:
            self._expected = (await ask_relay(session, self._standin.messages_url, self._standin)).text
        for name in (RELAY, *self._apps):
            await self.run(name, 1)

    async def run(self, name: str, users: int) -> Figures:
        """`users` people ask one of the servers at the same moment."""
        return await (self._relayed(users) if name == RELAY else self._asked(name, users))

    async def _asked(self, name: str, users: int) -> Figures:
        people = self._people[name][:users]
        async with browser() as session:
            made = [(person, await new_conversation(session, person)) for person in people]
        async with browser() as session:
            figures = await self._measured(self._apps[name], lambda conversation: ask_app(session, *conversation), made)
            stored = [await stored_answer(session, *conversation) for conversation in made]
        self._check(stored)
        return figures

    async def _relayed(self, users: int) -> Figures:
        async with browser() as session:
            url = f"{self._relay.url}/ask"
            return await self._measured(self._relay, lambda _: ask_relay(session, url, self._standin), range(users))

    async def _measured(self, server: Server, ask: Callable[[T], Awaitable[Answer]], askers: Sequence[T]) -> Figures:
        before = server.cpu_seconds()
        answers: list[Answer] = await at_once(ask, askers)
        cpu, megabytes = server.cpu_seconds() - before, server.megabytes()
        self._check([answer.text for answer in answers])
        first, whole = [answer.first for answer in answers], [answer.whole for answer in answers]
        return Figures(middle(first), p95(first), middle(whole), p95(whole), cpu, megabytes)

    def _check(self, texts: list[str]) -> None:
        wrong = sum(text != self._expected for text in texts)
        if wrong:
            raise WrongAnswer(f"{wrong} of {len(texts)} answers are not what the stand-in said")


@dataclass(frozen=True, slots=True)
class Comparison:
    """All runs with one number of users."""

    users: int
    runs: dict[str, list[Figures]]

    def rows(self) -> list[list[str]]:
        """Each server, and the app by the relay with the goals."""
        medians = {name: _median(runs) for name, runs in self.runs.items()}
        app, relay = medians[LIMITED], medians[RELAY]
        goal = GOALS.get(self.users)
        first = f"{app.first / relay.first:.2f}×" + (f" (goal {goal.first}×)" if goal else "")
        whole = f"{app.whole / relay.whole:.2f}×" + (f" (goal {goal.whole}×)" if goal else "")
        memory = f"(goal {goal.megabytes:.0f} MB)" if goal and goal.megabytes else ""
        ratios = [
            str(self.users),
            "app / relay",
            first,
            "",
            whole,
            "",
            f"{app.cpu / max(relay.cpu, 0.01):.1f}×",
            memory,
        ]
        return [*(self._row(name, figures) for name, figures in medians.items()), ratios]

    def _row(self, name: str, figures: Figures) -> list[str]:
        times = [seconds(value) for value in (figures.first, figures.first_p95, figures.whole, figures.whole_p95)]
        return [str(self.users), name, *times, f"{figures.cpu:.2f} s", f"{figures.megabytes:.0f} MB"]


def main() -> None:
    options = _options()
    with (
        running_standin(deltas=DELTAS, per_second=PER_SECOND) as standin,
        running_app(standin, bcrypt_rounds=4, limits=False) as unlimited,
        running_app(standin, bcrypt_rounds=4) as limited,
        running_relay(standin) as relay,
    ):
        apps = {UNLIMITED: unlimited, LIMITED: limited}
        found = asyncio.run(_compare(Bench(standin, apps, relay), options.users, options.runs))
    print("\n" + table(HEAD, [row for comparison in found for row in comparison.rows()]))
    if options.json:
        result = {"at": datetime.now(UTC).isoformat(), "comparisons": [asdict(comparison) for comparison in found]}
        options.json.write_text(json.dumps(result, indent=2), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--users", type=int, nargs="+", default=[1, 10, 50, 200], help="how many ask at once (1 10 50 200)"
    )
    parser.add_argument("--runs", type=int, default=3, help="of each number; the medians are shown (3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all runs there, too")
    return parser.parse_args()


async def _compare(bench: Bench, numbers: Sequence[int], runs: int) -> list[Comparison]:
    await bench.open(max(numbers))
    found = []
    for users in numbers:
        comparison = Comparison(users, {name: [] for name in (RELAY, UNLIMITED, LIMITED)})
        for run in range(runs):
            # By turns, so that whatever else the machine does meets them all.
            for name, figures in comparison.runs.items():
                figures.append(await bench.run(name, users))
            print(f"{users} users, run {run + 1} of {runs}", file=sys.stderr)
        found.append(comparison)
    return found


def _median(runs: Sequence[Figures]) -> Figures:
    names = Figures.__slots__
    return Figures(**{name: middle([getattr(run, name) for run in runs]) for name in names})


if __name__ == "__main__":
    main()
