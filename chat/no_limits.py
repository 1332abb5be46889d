"""The limiter of an upstream that has no limits, such as the agents within this server: nobody ever waits."""

from __future__ import annotations

import math
from collections.abc import Mapping


class NoLease:
    """What a turn holds while it runs."""

    async def written(self) -> None:
        """Wait until it is written down what this holds: before anything is sent."""

    def grow_to(self, tokens: int) -> None:
        """The turn has taken so many tokens by now; what goes beyond its estimate counts at once."""

    def settle(self, tokens: int) -> None:
        """The turn is over and has taken so many tokens."""

    def unsend(self) -> None:
        """The request of this place was not sent after all."""


class NoPlace:
    """A place in line; here it is always one's turn."""

    is_granted = True
    number = 0  # 1 is next
    seconds: float | None = 0.0  # until then, as far as can be told; None: a turn of one's own must end first

    def __init__(self) -> None:
        self.lease = NoLease()

    async def wait(self, seconds: float) -> bool:
        """Wait so many seconds at most; whether it is one's turn. Raises `LimitReached` when patience is at its end."""
        return True

    def extend(self, seconds: float) -> None:
        """Have so much more patience."""

    def leave(self) -> None:
        """Wait no longer. Without effect once it was one's turn."""


class NoLimits:
    """Says yes at once, and keeps no account."""

    counts = False  # whether tokens mean anything here
    most_tokens = math.inf  # of one question: more would never be let go

    def join(self, *, user_id: int, tokens: int, interactive: bool, patience: float, is_retry: bool = False) -> NoPlace:
        """Take a place in line. Raises `LimitReached` where waiting would be in vain."""
        return NoPlace()

    def pause(self, seconds: float) -> None:
        """The upstream wants to hear nothing for so long."""

    def figures(self) -> Mapping[str, int] | None:
        """The six figures of the minute; None where nothing is limited."""
        return None
