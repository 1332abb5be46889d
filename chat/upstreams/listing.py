"""FabriX's agent list: all pages, in every shape that tenants are known to send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from chat.errors import UpstreamBroken
from chat.upstreams.base import Agent

PAGE_SIZE = 50
MAX_PAGES = 50

_LIST_KEYS = ("items", "data", "agents", "result", "results", "list", "content")
_ID_KEYS = ("agentId", "agent_id", "id")
_NAME_KEYS = ("name", "label", "agentName", "agent_name", "title")
_LANGUAGES = ("ko", "en")

AgentId = str | int


@dataclass(frozen=True, slots=True)
class ListedAgent:
    """An agent, and its id in the JSON type that the tenant uses: that is what it wants back."""

    agent: Agent
    wire_id: AgentId


async def all_agents(page: Callable[[int], Awaitable[object]]) -> list[ListedAgent]:
    """The agents of all pages; `page` gives the JSON of one, counted from 1.

    Ends at a short page, at `total`, at a first id that was seen before, or after `MAX_PAGES`.
    """
    found: dict[str, ListedAgent] = {}
    for number in range(1, MAX_PAGES + 1):
        body = await page(number)
        items = _items(body)
        agents = [agent for item in items if (agent := _agent(item)) is not None]
        if agents and agents[0].agent.id in found:
            break
        for agent in agents:
            found.setdefault(agent.agent.id, agent)
        if len(items) < PAGE_SIZE or _is_all(body, len(found)):
            break
    return list(found.values())


def _items(body: object) -> list[Any]:
    """The list in a page. Raises `UpstreamBroken` where there is none."""
    found = _list_in(body, depth=2)
    if found is None:
        raise UpstreamBroken
    return found


def _list_in(body: object, *, depth: int) -> list[Any] | None:
    if isinstance(body, list):
        return body
    if isinstance(body, dict) and depth:
        inside = (_list_in(body.get(key), depth=depth - 1) for key in _LIST_KEYS)
        return next((found for found in inside if found is not None), None)
    return None


def _is_all(body: object, count: int) -> bool:
    total = body.get("total") if isinstance(body, dict) else None
    return isinstance(total, int) and count >= total


def _agent(item: object) -> ListedAgent | None:
    """One agent; None where an item has no id."""
    if not isinstance(item, dict):
        return None
    ids = (item.get(key) for key in _ID_KEYS)
    wire_id = next((id for id in ids if isinstance(id, str | int) and not isinstance(id, bool) and id != ""), None)
    if wire_id is None:
        return None
    names = (_in_language(item.get(key)) for key in _NAME_KEYS)
    label = next((name for name in names if name), str(wire_id))
    return ListedAgent(Agent(str(wire_id), label, _in_language(item.get("description"))), wire_id)


def _in_language(name: object) -> str:
    """A text, or the Korean, English or first of [{"languageCode", "content"}]."""
    if isinstance(name, str):
        return name.strip()
    if not isinstance(name, list):
        return ""
    texts = {
        str(entry.get("languageCode") or entry.get("language_code")).lower()[:2]: entry["content"].strip()
        for entry in reversed(name)  # reversed, so that of two with the same language the first stays
        if isinstance(entry, dict) and isinstance(entry.get("content"), str) and entry["content"].strip()
    }
    # `texts` is in reverse order, so the first is its last value.
    return next((texts[code] for code in _LANGUAGES if code in texts), next(reversed(texts.values()), ""))
