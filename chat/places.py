"""A place in a limiter's line, and what a turn holds once it was its turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chat.errors import LimitReached
from chat.lanes import Waiter
from chat.line import Spend
from chat.no_limits import NoLease, NoPlace
from storage.identifiers import new_id
from storage.models import now as wall_clock

if TYPE_CHECKING:
    from chat.limiter import Limiter

TOO_SHORT = 0.002  # seconds that a timer of the event loop can't tell from nothing


class Place(NoPlace):
    """A place in the line of a `Limiter`."""

    def __init__(self, limiter: Limiter, waiter: Waiter) -> None:
        self._limiter = limiter
        self._waiter = waiter
        self._news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._refusal: LimitReached | None = None
        self.is_granted = False

    @property
    def number(self) -> int:  # type: ignore[override]
        return self._limiter.forecast(self._waiter)[0]

    @property
    def seconds(self) -> float | None:  # type: ignore[override]
        return self._limiter.forecast(self._waiter)[1]

    async def wait(self, seconds: float) -> bool:
        if not self._news.done():
            left = self._waiter.deadline - self._limiter.clock()
            await asyncio.wait((self._news,), timeout=max(0.0, min(seconds, left)))
        if not self._news.done():
            self._refusal = self._limiter.give_up(self._waiter)
        if self._refusal:
            raise self._refusal
        return self.is_granted

    def extend(self, seconds: float) -> None:
        self._limiter.extend(self._waiter, seconds)

    def leave(self) -> None:
        self._limiter.leave(self._waiter)

    def grant(self, lease: Lease) -> None:
        self.lease = lease
        self.is_granted = True
        self._tell()

    def refuse(self, refusal: LimitReached) -> None:
        self._refusal = refusal
        self._tell()

    def _tell(self) -> None:
        if not self._news.done():
            self._news.set_result(None)


class Lease(NoLease):
    """What a granted turn holds, or a further try of it (a request and nothing else)."""

    def __init__(self, limiter: Limiter, waiter: Waiter, spend: Spend) -> None:
        self._limiter = limiter
        self._waiter = waiter
        self._spend = spend
        self._id = new_id()
        self._at = wall_clock()
        self._reserved = self._held = 0 if waiter.is_retry else waiter.tokens
        self._requests = 1
        self._limiter.note_grant(self._id, waiter.user_id, at=self._at, tokens=self._held)

    async def written(self) -> None:
        await self._limiter.written()

    def grow_to(self, tokens: int) -> None:
        if tokens > self._held:
            self._limiter.grow(self._spend, tokens - self._held)
            self._held = tokens

    def settle(self, tokens: int) -> None:
        self.grow_to(tokens)
        self._limiter.settle(self._spend, self._waiter.user_id, tokens)
        self._note(min(tokens, self._reserved))
        if tokens > self._reserved:
            # What came on top counts from later on, in a row of its own.
            self._limiter.note(
                new_id(),
                self._waiter.user_id,
                at=wall_clock(),
                requests=0,
                tokens=tokens - self._reserved,
            )

    def unsend(self) -> None:
        self._requests = 0
        self._limiter.unsend(self._spend)
        self._note(min(self._held, self._reserved))

    def _note(self, tokens: int) -> None:
        self._limiter.note(self._id, self._waiter.user_id, at=self._at, requests=self._requests, tokens=tokens)
