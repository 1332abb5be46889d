"""How long one answer may take in all: only the waiting counts, not what the reader of the answer does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Patience:
    """A budget of seconds that is spent by waiting; it ends a slow drip, which no timeout between bytes does."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    async def wait(self, coming: Awaitable[T]) -> T:
        """The result of `coming`. Raises `TimeoutError` when the budget ends first, and cancels `coming`."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._left):
                return await coming
        finally:
            self._left -= clock() - started
