"""Who asks, and what asking took: the values around a turn's way through the gateway."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Leave:
    """Seconds that a turn may wait on top of its patience, given while it waits already."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose limits count. `patience`: the seconds that the turn may wait in line; None = as the settings say.

    `asks_hidden`: whether they may ask agents that are hidden from people.
    """

    user_id: int
    interactive: bool = True
    patience: float | None = None
    asks_hidden: bool = False
    leave: Leave = field(default_factory=Leave)


@dataclass(slots=True)
class Record:
    """What one turn took, filled in as it goes; None = not (yet) known. All times in seconds.

    `first_delta` and `total` count from the question, the waiting included. `phases` says where the time went: agents
    (finding the upstream), line, backoff, first_delta (from sending it), answer (from there to the end).
    """

    waited: float = 0.0
    first_delta: float | None = None
    total: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    estimated: bool = False
    tries: int = 0
    phases: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
        """Add the time inside of the `with` to a phase."""
        started = clock()
        try:
            yield
        finally:
            self.phases[name] = self.phases.get(name, 0.0) + clock() - started
