"""Who waits, and in which order: round by user, not by arrival, and people before programs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Waiter:
    """A turn that waits for its place. `deadline` is when its patience ends, on the limiter's clock."""

    user_id: int
    tokens: int
    interactive: bool
    deadline: float
    is_retry: bool = False  # a further try of a turn that runs already: it needs a request, nothing else


class Lanes:
    """A lane for each user, in turn.

    Whoever was served goes to the end of the round, so somebody with twenty requests delays another by one at most.
    Within a lane it is first come, first served; a further try of a running turn goes first.
    """

    def __init__(self) -> None:
        # Dictionaries keep their order: it is the round, and moving a user to its end costs the same for any number.
        self._people: dict[int, deque[Waiter]] = {}
        self._programs: dict[int, deque[Waiter]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def join(self, waiter: Waiter) -> None:
        lane = self._round_of(waiter).setdefault(waiter.user_id, deque())
        if waiter.is_retry:
            lane.appendleft(waiter)
        else:
            lane.append(waiter)
        self._count += 1

    def leave(self, waiter: Waiter) -> None:
        """Take out somebody who waits no longer; their lane keeps its place in the round."""
        lane = self._round_of(waiter)[waiter.user_id]
        lane.remove(waiter)
        self._count -= 1
        if not lane:
            del self._round_of(waiter)[waiter.user_id]

    def serve(self, waiter: Waiter) -> None:
        """Take out the head of a lane: it was served, and its user goes to the end of the round."""
        lane = self._round_of(waiter).pop(waiter.user_id)
        lane.popleft()
        self._count -= 1
        if lane:
            self._round_of(waiter)[waiter.user_id] = lane

    def heads(self) -> Iterator[Waiter]:
        """The first of each lane, in the order in which they are to be served."""
        for circle in (self._people, self._programs):
            for lane in circle.values():
                yield lane[0]

    def in_order(self) -> Iterator[Waiter]:
        """All who wait, in the order in which they will be served if nobody comes or goes."""
        for circle in (self._people, self._programs):
            lanes = [iter(lane) for lane in circle.values()]
            while lanes:
                rest = []
                for lane in lanes:
                    if (waiter := next(lane, None)) is not None:
                        rest.append(lane)
                        yield waiter
                lanes = rest

    def _round_of(self, waiter: Waiter) -> dict[int, deque[Waiter]]:
        return self._people if waiter.interactive else self._programs
