"""Which agents there are, and which upstream runs each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chat.errors import UnknownAgent, UpstreamError
from chat.upstreams.base import Agent, Upstream

FRESH_SECONDS = 60.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """The agents that can be chosen. `stale`: an upstream was away, and its part is what it last said."""

    agents: tuple[Agent, ...]
    stale: bool
    preferred: str | None  # the agent to start with


class AgentDirectory:
    """Asks the upstreams for their agents, and remembers the answer for a minute."""

    def __init__(
        self, upstreams: Sequence[Upstream], *, preferred: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._upstreams = upstreams
        self._preferred = preferred
        self._clock = clock
        self._known: dict[str, list[Agent]] = {}
        self._away: set[str] = set()
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def listing(self, *, refresh: bool = False) -> Listing:
        """All agents, FabriX's first; asks again when the last answer is older than a minute, or on `refresh`."""
        async with self._asking:
            if refresh or self._clock() - self._asked_at > FRESH_SECONDS:
                await asyncio.gather(*(self._ask(upstream) for upstream in self._upstreams))
                self._asked_at = self._clock()
        agents = tuple(agent for upstream in self._upstreams for agent in self._known.get(upstream.name, ()))
        ids = [agent.id for agent in agents]
        preferred = self._preferred if self._preferred in ids else (ids[0] if ids else None)
        return Listing(agents, stale=bool(self._away), preferred=preferred)

    async def upstream_of(self, agent_id: str) -> Upstream:
        """The upstream that runs this agent.

        Raises:
            UnknownAgent: every upstream was heard, and none has it.
        """
        # One that is known is not looked up again: a turn must not wait for the list of an upstream that hangs.
        if known := self._knows(agent_id):
            return known
        for refresh in (False, True):
            await self.listing(refresh=refresh)
            if known := self._knows(agent_id):
                return known
            # One that was never heard may have it: let it be asked, and say itself what is wrong.
            unheard = [upstream for upstream in self._upstreams if upstream.name not in self._known]
            if unheard:
                return unheard[0]
        raise UnknownAgent

    def _knows(self, agent_id: str) -> Upstream | None:
        for upstream in self._upstreams:
            if any(agent.id == agent_id for agent in self._known.get(upstream.name, ())):
                return upstream
        return None

    async def is_up(self) -> bool:
        """Whether all upstreams answer just now."""
        return all(await asyncio.gather(*(upstream.is_up() for upstream in self._upstreams)))

    async def _ask(self, upstream: Upstream) -> None:
        try:
            self._known[upstream.name] = await upstream.agents()
            self._away.discard(upstream.name)
        except UpstreamError as error:
            self._away.add(upstream.name)
            log.warning("The agents of %s can't be listed: %s", upstream.name, error.code)
