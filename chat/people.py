"""What each user has spent in their own minute and day, over all upstreams together."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from chat.windows import Window
from storage.models import now as wall_clock
from storage.spends import Spent

MINUTE = 60.0
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one user may: requests per minute and tokens per day; infinity = no limit."""

    rpm: float = math.inf
    tokens_per_day: float = math.inf


@dataclass(eq=False, slots=True)
class Person:
    """What one user has spent."""

    requests: Window = field(default_factory=lambda: Window(math.inf, MINUTE))
    tokens: Window = field(default_factory=lambda: Window(math.inf, DAY))


class People:
    """All users who have ever asked; shared by the limiters of all upstreams, which have one clock."""

    def __init__(self, allowance: Callable[[int], Allowance]) -> None:
        self._allowance = allowance
        self._people: dict[int, Person] = {}

    def of(self, user_id: int) -> Person:
        """A user, with the limits of this moment: a change is in force at once."""
        person = self._people.get(user_id)
        if person is None:
            person = self._people[user_id] = Person()
        allowance = self._allowance(user_id)
        person.requests.limit, person.tokens.limit = allowance.rpm, allowance.tokens_per_day
        return person

    def restore(self, spends: Iterable[Spent], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Count what was spent before a restart, oldest first; call before anything else."""
        for spent, at in on_the_clock(spends, clock):
            person = self.of(spent.user_id)
            person.requests.add(spent.requests, at)
            person.tokens.add(spent.tokens, at)


def on_the_clock(spends: Iterable[Spent], clock: Callable[[], float]) -> Iterable[tuple[Spent, float]]:
    """Spends with their times on another clock than the wall's."""
    now, wall = clock(), wall_clock()
    for spent in spends:
        # The wall clock may have been put back since: nothing was spent in the future.
        yield spent, now - max(0.0, (wall - spent.at).total_seconds())
