"""How long it takes from choosing a file to its card, and what the serving process needs for it meanwhile.

By hand: `python benchmarks/uploads.py [--sizes 1 10 50 100] [--runs 3]`. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from figures import middle, seconds, table
from people import Person, browser, call, sign_up
from reading import write_file
from servers import Server, running_app, running_standin

GOALS = {10: 5, 50: 20, 100: 40}  # seconds by MB
SAMPLED_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until the file is stored and until its card is there, and the serving process's MB above the usual."""

    stored: float
    card: float
    memory: float


async def measured(person: Person, server: Server, path: Path, rows: int) -> Measured:
    """Upload a file, wait for its card and delete it."""
    before = peak = server.megabytes()
    start = time.perf_counter()

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, server.megabytes())
            await asyncio.sleep(SAMPLED_SECONDS)

    watching = asyncio.create_task(watch())
    async with browser() as session:  # a new one: a connection that idled meanwhile may be closed
        file_id = await _upload(session, person, path)
        stored = time.perf_counter() - start
        card = f"{person.url}/api/files/{file_id}/card"
        while "card" not in (told := await call(session, "GET", card, person=person)):
            pass
        there = time.perf_counter() - start
        watching.cancel()
        async with session.delete(f"{person.url}/files/{file_id}", headers=person.headers) as answer:
            answer.raise_for_status()
    if told["card"]["rows"] != rows:
        raise RuntimeError(f"{told['card']['rows']} rows were counted, not {rows}.")
    return Measured(stored, there, peak - before)


async def _upload(session: aiohttp.ClientSession, person: Person, path: Path) -> str:
    with path.open("rb") as file:
        form = aiohttp.FormData({"file": file})
        async with session.post(f"{person.url}/api/files", data=form, headers=person.headers) as answer:
            answer.raise_for_status()
            return str((await answer.json())["file_id"])


async def measure(sizes: list[int], runs: int) -> list[list[str]]:
    """A line of figures for each size."""
    lines = []
    with running_standin(deltas=1, per_second=1) as standin, running_app(standin, bcrypt_rounds=4) as server:
        (person,) = await sign_up(server.url, 1)
        with tempfile.TemporaryDirectory() as folder:
            for size in sizes:
                path = Path(folder, f"sales{size}.csv")
                rows = write_file(path, size)
                found = [await measured(person, server, path, rows) for _ in range(runs)]
                lines.append(
                    [
                        f"{size} MB",
                        f"{rows:,}",
                        f"< {GOALS[size]} s" if size in GOALS else "",
                        seconds(middle([each.stored for each in found])),
                        seconds(middle([each.card for each in found])),
                        seconds(max(each.card for each in found)),
                        f"{max(each.memory for each in found):.0f} MB",
                    ]
                )
    return lines


def main() -> None:
    """Measure every size, and print medians and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 50, 100], metavar="MB")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    head = ("size", "rows", "goal", "stored", "card there", "longest", "memory of the server")
    print(table(head, asyncio.run(measure(options.sizes, options.runs))))


if __name__ == "__main__":
    main()
