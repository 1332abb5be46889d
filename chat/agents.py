"""Which agents there are, and which upstream runs each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chat.errors import UnknownAgent, UpstreamError
from chat.upstreams.base import Agent, Upstream

FRESH_SECONDS = 60.0
REFRESHES = 12  # within FRESH_SECONDS, for all users together: listing agents takes no place in any line
PATIENCE = 4.0  # seconds
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listing:
    """The agents that can be chosen. `away`: what the upstreams are called whose part is missing or out of date."""

    agents: tuple[Agent, ...]
    away: tuple[str, ...]
    preferred: str | None  # the agent to start with

    @property
    def stale(self) -> bool:
        return bool(self.away)


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """Which agents people see, by their ids: all but the hidden ones, those in `order` first and in that order."""

    hidden: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()


class AgentDirectory:
    """Asks the upstreams for their agents, and remembers the answer for a minute.

    One that hangs keeps nobody waiting: what is known is given at once, and asked for anew meanwhile.
    """

    def __init__(
        self, upstreams: Sequence[Upstream], *, preferred: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._upstreams = upstreams
        self._preferred = preferred
        self._choice = AgentChoice()
        self._clock = clock
        self._known: dict[str, list[Agent]] = {}
        self._away: set[str] = set()
        self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._refreshed: deque[float] = deque()

    def choose(self, choice: AgentChoice) -> None:
        """Show these agents from now on."""
        self._choice = choice

    async def listing(self, *, refresh: bool = False, with_hidden: bool = False) -> Listing:
        """The agents in the order of the choice, then the others in the order of their upstreams.

        Waits for a first answer, or on `refresh` for a new one, PATIENCE at most. Beyond REFRESHES it is as without.
        """
        refresh = refresh and self._may_refresh()
        if refresh or self._clock() - self._asked_at > FRESH_SECONDS:
            asking = self._ask_all()
            if refresh or not self._heard_all():
                await asyncio.wait({asking}, timeout=PATIENCE)
        elif self._asking and not self._heard_all():
            await asyncio.wait({self._asking}, timeout=PATIENCE)
        agents = self._chosen(with_hidden=with_hidden)
        ids = [agent.id for agent in agents]
        preferred = self._preferred if self._preferred in ids else (ids[0] if ids else None)
        away = (each for each in self._upstreams if each.name in self._away or each.name not in self._known)
        return Listing(agents, away=tuple(each.title or each.name for each in away), preferred=preferred)

    def name_of_upstream(self, agent_id: str) -> str | None:
        """The upstream that runs this agent, as far as is known by now."""
        known = self._who_has(agent_id)
        return known.name if known else None

    async def upstream_of(self, agent_id: str, *, or_hidden: bool = False) -> Upstream:
        """The upstream that runs this agent.

        Raises:
            UnknownAgent: it is hidden, or no upstream has it and none that was not heard yet may have it.
        """
        if agent_id in self._choice.hidden and not or_hidden:
            raise UnknownAgent
        if known := self._who_has(agent_id):
            return known
        await self.listing(refresh=True)
        if known := self._who_has(agent_id):
            return known
        # One that was never heard may have it: let it be asked, and say itself what is wrong. But only the one that
        # the id points to: what is meant for one service must not go to another.
        for upstream in self._upstreams:
            if upstream.name not in self._known and upstream.may_run(agent_id):
                return upstream
        raise UnknownAgent

    async def is_up(self) -> bool:
        """Whether all upstreams answer just now."""
        return all(await asyncio.gather(*(upstream.is_up() for upstream in self._upstreams)))

    async def close(self) -> None:
        if self._asking:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _may_refresh(self) -> bool:
        if self._asking and not self._asking.done():
            return True
        now = self._clock()
        while self._refreshed and self._refreshed[0] + FRESH_SECONDS <= now:
            self._refreshed.popleft()
        if len(self._refreshed) >= REFRESHES:
            return False
        self._refreshed.append(now)
        return True

    def _heard_all(self) -> bool:
        return all(upstream.name in self._known or upstream.name in self._away for upstream in self._upstreams)

    def _chosen(self, *, with_hidden: bool) -> tuple[Agent, ...]:
        known = [agent for upstream in self._upstreams for agent in self._known.get(upstream.name, ())]
        places = {agent_id: place for place, agent_id in enumerate(self._choice.order)}
        shown = [agent for agent in known if with_hidden or agent.id not in self._choice.hidden]
        return tuple(sorted(shown, key=lambda agent: places.get(agent.id, len(places))))

    def _who_has(self, agent_id: str) -> Upstream | None:
        for upstream in self._upstreams:
            if any(agent.id == agent_id for agent in self._known.get(upstream.name, ())):
                return upstream
        return None

    def _ask_all(self) -> asyncio.Task[None]:
        """Ask all upstreams in one task, which whoever comes meanwhile shares."""
        if self._asking is None or self._asking.done():
            self._asked_at = self._clock()
            self._asking = asyncio.create_task(self._ask_each())
        return self._asking

    async def _ask_each(self) -> None:
        await asyncio.gather(*(self._ask(upstream) for upstream in self._upstreams))

    async def _ask(self, upstream: Upstream) -> None:
        try:
            self._known[upstream.name] = [replace(agent, upstream=upstream.name) for agent in await upstream.agents()]
            self._away.discard(upstream.name)
        except UpstreamError as error:
            self._away.add(upstream.name)
            log.warning("The agents of %s can't be listed: %s", upstream.name, error.code)
