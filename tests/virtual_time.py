"""An event loop whose clock jumps over every wait, so that a minute of waiting is tested in no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` starts at 0 and moves only when everybody waits."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._really_select = self._selector.select
        self._selector.select = self._select  # type: ignore[method-assign]

    def time(self) -> float:
        return self._now

    def _select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "nothing will ever happen"
        self._now += timeout
        return self._really_select(0)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, with all its waiting skipped."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def in_virtual_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A decorator for tests."""

    def run_it() -> None:
        run(test())

    run_it.__name__ = test.__name__
    return run_it


def clock() -> float:
    """The virtual time, for what takes a clock."""
    return asyncio.get_running_loop().time()
