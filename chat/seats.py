"""The few connections of a browser, shared by its tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Seats:
    """The streams of each signed-in browser. It allows six connections to a host, for all its tabs together.

    Whoever comes when all seats are taken gets the one that was taken first; so many tabs take turns, a second or
    two each, and there is always a connection left to ask and to stop with.
    """

    def __init__(self, *, each: int) -> None:
        self._each = each
        self._taken: dict[int, list[Callable[[], None]]] = {}

    @contextmanager
    def take(self, login_id: int, leave: Callable[[], None]) -> Iterator[None]:
        """Sit until the `with` ends; `leave` is called when the seat is needed."""
        taken = self._taken.setdefault(login_id, [])
        taken.append(leave)
        if len(taken) > self._each:
            taken.pop(0)()
        try:
            yield
        finally:
            if leave in taken:
                taken.remove(leave)
            if not taken:
                self._taken.pop(login_id, None)
