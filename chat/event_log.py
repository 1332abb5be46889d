"""The numbered events of one running turn: written once, read by any number of watchers from any number on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

PACE = 0.05  # seconds between two reads of a watcher: what comes in between is joined and sent as one
HEARTBEAT = 15.0  # seconds of silence after which a watcher hears that the turn is still there


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as a watcher sees it; `kind` and `data` as the API promises them."""

    number: int
    kind: str
    data: dict[str, Any]


class EventLog:
    """An append-only list. `close` says that nothing more will come."""

    def __init__(self) -> None:
        self._events: list[tuple[str, dict[str, Any]]] = []
        self._news = asyncio.Event()
        self._closed = False

    @property
    def last(self) -> int:
        """The number of the newest event; they count from 1."""
        return len(self._events)

    def append(self, kind: str, data: dict[str, Any]) -> None:
        self._events.append((kind, data))
        self._tell()

    def close(self) -> None:
        self._closed = True
        self._tell()

    def since(self, after: int) -> list[LoggedEvent]:
        """The events after that number, neighbouring pieces of text joined under the last one's number.

        Of neighbouring places in line the last one tells all.
        """
        found: list[LoggedEvent] = []
        pieces: list[str] = []
        for number, (kind, data) in enumerate(self._events[after:], after + 1):
            joinable = kind in ("delta", "thinking")
            pieces.append(data["text"] if joinable else "")
            following = self._events[number][0] if number < len(self._events) else None
            if following == kind and (joinable or kind == "waiting"):
                continue
            found.append(LoggedEvent(number, kind, {"text": "".join(pieces)} if joinable else data))
            pieces = []
        return found

    async def watch(self, after: int) -> AsyncIterator[list[LoggedEvent]]:
        """Batches of the events after that number until the last; an empty batch is a sign of life."""
        kind = None
        while True:
            batch = self.since(after)
            if batch:
                after = batch[-1].number
                yield batch
                # The first piece of each kind is what a reader waits for: nothing holds it up.
                if not self._closed and batch[-1].kind == kind:
                    await asyncio.sleep(PACE)
                kind = batch[-1].kind
            if after < self.last:
                continue
            if self._closed:
                return
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self._news.wait()
            except TimeoutError:
                yield []

    def _tell(self) -> None:
        # Those who wait on the old bell wake; whoever waits next waits for the next event.
        self._news.set()
        self._news = asyncio.Event()
