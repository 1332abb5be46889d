from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from chat.agents import FRESH_SECONDS, REFRESHES, AgentChoice, AgentDirectory
from chat.errors import UnknownAgent, UpstreamUnreachable
from chat.upstreams.base import Agent


class Source:
    """An upstream that counts how often it is asked for its agents."""

    def __init__(self, name: str, *ids: str) -> None:
        self.name = name
        self.title = name.title()
        self.ids = list(ids)
        self.error: Exception | None = None
        self.asked = 0

    async def agents(self) -> list[Agent]:
        self.asked += 1
        if self.error:
            raise self.error
        return [Agent(agent_id, agent_id.title()) for agent_id in self.ids]

    def may_run(self, agent_id: str) -> bool:
        return self.name == (agent_id.partition("/")[0] if "/" in agent_id else "fabrix")

    async def is_up(self) -> bool:
        return self.error is None


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_agents_of_all_upstreams_are_listed_in_order() -> None:
    directory = AgentDirectory([Source("fabrix", "b", "a"), Source("local", "c")])
    listing = await directory.listing()
    assert [agent.id for agent in listing.agents] == ["b", "a", "c"]
    assert listing.preferred == "b" and not listing.stale


async def test_the_preferred_agent_is_chosen_when_it_is_there() -> None:
    assert (await AgentDirectory([Source("s", "a", "b")], preferred="b").listing()).preferred == "b"
    assert (await AgentDirectory([Source("s", "a", "b")], preferred="z").listing()).preferred == "a"
    assert (await AgentDirectory([]).listing()).preferred is None


async def test_the_list_is_asked_for_once_a_minute(clock: Clock) -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source], clock=clock)
    await directory.listing()
    clock.now = FRESH_SECONDS
    await directory.listing()
    assert source.asked == 1
    clock.now = FRESH_SECONDS + 1
    await directory.listing()
    await until(lambda: source.asked == 2)


async def test_a_refresh_asks_at_once() -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source])
    await directory.listing()
    source.ids.append("b")
    assert len((await directory.listing(refresh=True)).agents) == 2


async def test_upstreams_are_not_flooded_by_refreshes_and_unknown_agents(clock: Clock) -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source], clock=clock)
    await directory.listing()
    for _ in range(REFRESHES):
        await directory.listing(refresh=True)
        with pytest.raises(UnknownAgent):
            await directory.upstream_of("z")
    assert source.asked == 1 + REFRESHES
    clock.now = FRESH_SECONDS
    source.ids.append("z")
    assert await directory.upstream_of("z") is source


async def test_an_upstream_that_is_away_leaves_its_last_list_and_says_so() -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source])
    await directory.listing()
    source.error = UpstreamUnreachable()
    listing = await directory.listing(refresh=True)
    assert [agent.id for agent in listing.agents] == ["a"] and listing.stale
    source.error = None
    assert not (await directory.listing(refresh=True)).stale


async def test_one_that_is_away_does_not_hide_the_others() -> None:
    away = Source("fabrix", "a")
    away.error = UpstreamUnreachable()
    listing = await AgentDirectory([away, Source("local", "b")]).listing()
    assert [agent.id for agent in listing.agents] == ["b"]


async def test_the_choice_orders_agents_and_leaves_hidden_ones_out() -> None:
    directory = AgentDirectory([Source("fabrix", "a", "b", "c"), Source("local", "d")], preferred="b")
    directory.choose(AgentChoice(hidden=frozenset({"b"}), order=("d", "gone", "c")))
    listing = await directory.listing()
    assert [agent.id for agent in listing.agents] == ["d", "c", "a"]
    assert listing.preferred == "d"
    everything = await directory.listing(with_hidden=True)
    assert [agent.id for agent in everything.agents] == ["d", "c", "a", "b"]


async def test_a_hidden_agent_is_unknown_to_all_who_may_not_ask_it() -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source])
    await directory.listing()
    directory.choose(AgentChoice(hidden=frozenset({"a"})))
    with pytest.raises(UnknownAgent):
        await directory.upstream_of("a")
    assert await directory.upstream_of("a", or_hidden=True) is source
    directory.choose(AgentChoice())
    assert await directory.upstream_of("a") is source


async def test_a_hidden_agent_of_an_unheard_upstream_is_unknown_too() -> None:
    away = Source("fabrix", "a")
    away.error = UpstreamUnreachable()
    directory = AgentDirectory([away])
    directory.choose(AgentChoice(hidden=frozenset({"a"})))
    with pytest.raises(UnknownAgent):
        await directory.upstream_of("a")


async def test_an_agent_belongs_to_the_upstream_that_lists_it() -> None:
    first, second = Source("fabrix", "a"), Source("local", "b")
    directory = AgentDirectory([first, second])
    assert await directory.upstream_of("b") is second


async def test_who_runs_a_known_agent_is_told_without_asking_again(clock: Clock) -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source], clock=clock)
    await directory.listing()
    clock.now = FRESH_SECONDS + 1
    assert await directory.upstream_of("a") is source and source.asked == 1


async def test_an_agent_that_is_new_is_found() -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source])
    await directory.listing()
    source.ids.append("new")
    assert await directory.upstream_of("new") is source


async def test_an_agent_that_nobody_has_is_an_error() -> None:
    with pytest.raises(UnknownAgent):
        await AgentDirectory([Source("s", "a")]).upstream_of("z")


async def test_an_unheard_upstream_may_have_any_agent() -> None:
    away = Source("fabrix", "a")
    away.error = UpstreamUnreachable()
    assert await AgentDirectory([away, Source("local", "b")]).upstream_of("a") is away


async def test_what_is_meant_for_one_service_is_not_sent_to_another() -> None:
    fabrix, gpu = Source("fabrix", "a"), Source("gpu", "gpu/m")
    fabrix.error = gpu.error = UpstreamUnreachable()
    directory = AgentDirectory([fabrix, gpu])
    assert await directory.upstream_of("gpu/m") is gpu
    assert await directory.upstream_of("a") is fabrix
    with pytest.raises(UnknownAgent):
        await directory.upstream_of("other/m")


async def test_a_listing_names_those_that_are_away() -> None:
    gpu, local = Source("gpu", "gpu/m"), Source("local", "b")
    gpu.error = UpstreamUnreachable()
    listing = await AgentDirectory([gpu, local]).listing()
    assert listing.away == ("Gpu",) and listing.stale


class Hanging(Source):
    """Accepts the question and never answers."""

    async def agents(self) -> list[Agent]:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError


async def test_one_that_hangs_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.agents.PATIENCE", 0.01)
    hanging, local = Hanging("fabrix"), Source("local", "b")
    directory = AgentDirectory([hanging, local])
    listing = await directory.listing()
    assert [agent.id for agent in listing.agents] == ["b"] and listing.stale
    assert await directory.upstream_of("b") is local
    assert await directory.upstream_of("a") is hanging
    assert hanging.asked == 1
    await directory.close()


async def test_a_known_agent_is_found_without_asking() -> None:
    source = Source("s", "a")
    directory = AgentDirectory([source])
    await directory.listing()
    source.error = UpstreamUnreachable()
    assert await directory.upstream_of("a") is source
    assert source.asked == 1
