"""What one decision of the limiter costs with 1, 1,000 and 100,000 entries: `python -m benchmarks.limiter`.

Spent: a turn comes, goes at once and settles while so many earlier ones are in the window.
Waiting: so many wait, of 1,000 users at most; one is served, and another joins.
Shown: the places and seconds of all who wait, which the server works out four times a second at most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from chat.lanes import Waiter
from chat.line import Line
from chat.people import Allowance, People

SIZES = (1, 1_000, 100_000)
ROUNDS = 2_000
USERS = 1_000


def line(*, rpm: float = math.inf, tpm: float = math.inf) -> Line:
    return Line(rpm=rpm, tpm=tpm, concurrent=math.inf, people=People(lambda _: Allowance()), seconds=60.0)


def microseconds(work: Callable[[int], None], rounds: int = ROUNDS) -> float:
    started = time.perf_counter()
    for number in range(rounds):
        work(number)
    return (time.perf_counter() - started) / rounds * 1e6


def waiter(user_id: int) -> Waiter:
    return Waiter(user_id, 100, interactive=True, deadline=math.inf)


def spent(entries: int) -> float:
    """As many entries as the window holds, one of which leaves with each that comes."""
    made = line(rpm=entries + 1, tpm=(entries + 1) * 100)
    step = 60.0 / entries
    for number in range(entries):
        made.lanes.join(waiter(number % USERS))
        head, _ = made.next(number * step)
        assert head
        made.grant(head, number * step)

    def turn(number: int) -> None:
        now = 60.0 + number * step
        made.lanes.join(waiter(number % USERS))
        head, _ = made.next(now)
        assert head
        spend = made.grant(head, now)
        made.next(now)
        made.shrink(spend, 80, now)
        made.end(head.user_id)

    return microseconds(turn)


def waiting(entries: int) -> float:
    made = line()
    for number in range(entries):
        made.lanes.join(waiter(number % USERS))

    def turn(number: int) -> None:
        head, _ = made.next(float(number))
        assert head
        made.grant(head, float(number))
        made.lanes.join(waiter(number % USERS))

    return microseconds(turn)


def shown(entries: int) -> float:
    made = line(rpm=100, tpm=10_000)
    for number in range(entries):
        made.lanes.join(waiter(number % USERS))

    def look(_: int) -> None:
        assert sum(1 for _ in made.forecast(0.0)) == entries

    return microseconds(look, rounds=max(1, 2_000 // entries))


def main() -> None:
    print(f"{'entries':>9} {'spent':>12} {'waiting':>12} {'shown to all':>16} {'… to each':>12}")
    for entries in SIZES:
        told = shown(entries)
        print(
            f"{entries:>9,} {spent(entries):>9.1f} µs {waiting(entries):>9.1f} µs"
            f" {told:>13,.1f} µs {told / entries:>9.2f} µs"
        )


if __name__ == "__main__":
    main()
