"""FabriX's agent list in every shape that tenants send."""

from __future__ import annotations

import pytest

from chat.errors import UpstreamBroken
from chat.upstreams.base import Agent
from chat.upstreams.listing import MAX_PAGES, PAGE_SIZE, ListedAgent, all_agents


async def listed(*bodies: object) -> tuple[list[ListedAgent], int]:
    """The agents of these pages (the last one repeats for ever), and how many pages were asked for."""
    asked: list[int] = []

    async def page(number: int) -> object:
        asked.append(number)
        return bodies[min(number, len(bodies)) - 1]

    agents = await all_agents(page)
    assert asked == list(range(1, len(asked) + 1))
    return agents, len(asked)


def full_page(start: int = 0) -> list[dict[str, object]]:
    return [{"agentId": f"a{number}", "label": "x"} for number in range(start, start + PAGE_SIZE)]


@pytest.mark.parametrize("key", ["items", "data", "agents", "result", "results", "list", "content"])
async def test_list_is_found_under_every_known_key(key: str) -> None:
    agents, _ = await listed({key: [{"agentId": "a", "label": "하나", "description": "설명"}]})
    assert agents == [ListedAgent(Agent("a", "하나", "설명"), "a")]


async def test_list_may_be_bare_or_one_level_deeper() -> None:
    entry = [{"id": "a"}]
    assert (
        (await listed(entry))[0] == (await listed({"data": {"items": entry}}))[0] == [ListedAgent(Agent("a", "a"), "a")]
    )


@pytest.mark.parametrize("body", [None, "x", {}, {"items": None}, {"error": "x"}, 5])
async def test_page_without_a_list_is_broken(body: object) -> None:
    with pytest.raises(UpstreamBroken):
        await listed(body)


@pytest.mark.parametrize("key", ["agentId", "agent_id", "id"])
@pytest.mark.parametrize("wire_id", ["7b0c", 12])
async def test_id_is_text_for_us_and_remembered_in_its_type(key: str, wire_id: str | int) -> None:
    agents, _ = await listed([{key: wire_id, "name": "x"}])
    assert agents[0].agent.id == str(wire_id)
    assert agents[0].wire_id == wire_id


@pytest.mark.parametrize("key", ["name", "label", "agentName", "title"])
async def test_name_is_found_under_every_known_key(key: str) -> None:
    agents, _ = await listed([{"id": "a", key: "하나"}])
    assert agents[0].agent.label == "하나"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ([{"languageCode": "en", "content": "One"}, {"languageCode": "ko", "content": "하나"}], "하나"),
        ([{"languageCode": "ja", "content": "一"}, {"languageCode": "EN-us", "content": "One"}], "One"),
        ([{"languageCode": "ja", "content": "一"}, {"languageCode": "de", "content": "Eins"}], "一"),
        ([{"languageCode": "ko", "content": None}, {"languageCode": "en", "content": "One"}], "One"),
        ([{"content": "하나"}], "하나"),
        ([None, 5], "a"),
        (None, "a"),
        (" ", "a"),
    ],
)
async def test_name_is_korean_then_english_then_the_first(name: object, label: str) -> None:
    agents, _ = await listed([{"id": "a", "name": name, "description": None}])
    assert agents[0].agent == Agent("a", label)


async def test_items_without_an_id_are_left_out() -> None:
    agents, _ = await listed([{"name": "x"}, None, "y", {"id": None}, {"id": True}, {"id": ""}, {"id": 0}])
    assert [agent.wire_id for agent in agents] == [0]


async def test_paging_ends_at_a_short_page() -> None:
    agents, pages = await listed({"items": full_page()}, {"items": full_page(50)[:7]})
    assert (len(agents), pages) == (57, 2)


async def test_paging_ends_at_the_total() -> None:
    agents, pages = await listed({"items": full_page(), "total": 100}, {"items": full_page(50), "total": 100})
    assert (len(agents), pages) == (100, 2)


async def test_paging_ends_at_a_repeated_first_id() -> None:
    agents, pages = await listed(full_page())
    assert (len(agents), pages) == (50, 2)


async def test_paging_ends_after_fifty_pages() -> None:
    agents, pages = await listed(*(full_page(50 * number) for number in range(99)))
    assert (len(agents), pages) == (50 * MAX_PAGES, MAX_PAGES)
