"""The tab of the settings: what is in force, where it comes from, and what can be changed at once."""

from __future__ import annotations

from typing import Any

import gradio as gr

from admin.desk import Changes, Desk, Visit, dataframe, rows
from admin.live_settings import AGENT_ORDER, HIDDEN_AGENTS, LIVE, SIGNUP_KEY, Listed, LiveSettings
from chat.agents import AgentDirectory
from chat.banner import LEVELS

# The sign-up key has a button of its own, and is typed like a password.
TYPED = tuple(name for name in LIVE if name != SIGNUP_KEY)
COLUMNS = ("setting", "value", "source", "without", "changed", "restart")


def settings_tab(desk: Desk, settings: LiveSettings, agents: AgentDirectory, tab: gr.Tab) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    notice = desk.line("notice")
    fields: list[gr.Textbox] = []
    for start in range(0, len(TYPED), 3):
        with gr.Row():
            for name in TYPED[start : start + 3]:
                fields.append(gr.Textbox(label=t(f"setting.{name}"), max_lines=1, elem_id=name.replace(".", "-")))
    with gr.Row(elem_classes="acts"):
        save = gr.Button(t("save"), variant="primary", size="sm", scale=0, elem_id="settings-save")
        new_key = gr.Button(t("new_signup_key"), size="sm", scale=0, elem_id="settings-new-key")
    with gr.Row():
        empty = t("banner_empty")
        banner = gr.Textbox(label=t("banner"), placeholder=empty, max_lines=2, scale=3, elem_id="settings-banner")
        level = gr.Dropdown([(t(f"banner.{name}"), name) for name in LEVELS], value=LEVELS[0], label=t("banner_level"))
        show = gr.Button(t("banner_show"), size="sm", scale=0, elem_id="settings-banner-show")
    with gr.Row():
        hidden = gr.Dropdown([], multiselect=True, label=t("agents_hidden"), elem_id="settings-hidden")
        order = gr.Dropdown([], multiselect=True, label=t("agents_first"), elem_id="settings-order")
        choose = gr.Button(t("save"), size="sm", scale=0, elem_id="settings-agents")
    with gr.Row():
        changed = gr.Dropdown([], label=t("changed_here"), elem_id="settings-changed")
        undo = gr.Button(t("undo"), size="sm", scale=0, elem_id="settings-undo")
    table = dataframe("settings-table")

    async def look(visit: Visit) -> Changes:
        found = await settings.listing(visit.actor)
        values = {item.name: item.value for item in found}
        known = (await agents.listing(with_hidden=True)).agents
        names = [(f"{agent.label} · {agent.id}", agent.id) for agent in known]
        here = [item.name for item in found if item.source == "here"]
        in_force = settings.in_force.banner
        return {
            **{field: _typed(values[name]) for field, name in zip(fields, TYPED, strict=True)},
            banner: in_force.text if in_force else "",
            level: in_force.level if in_force else LEVELS[0],
            hidden: gr.update(choices=names, value=list(values[HIDDEN_AGENTS])),
            order: gr.update(choices=names, value=list(values[AGENT_ORDER])),
            changed: gr.update(choices=here, value=here[0] if here else None),
            table: rows([visit.say(f"column.{name}") for name in COLUMNS], [_row(visit, item) for item in found]),
        }

    async def store(visit: Visit, *typed: str) -> Changes:
        await settings.change(visit.actor, {name: value or "" for name, value in zip(TYPED, typed, strict=True)})
        return {**await look(visit), notice: visit.say("settings_saved")}

    async def make_key(visit: Visit) -> Changes:
        key = await settings.new_signup_key(visit.actor)
        return {**await look(visit), notice: visit.say("new_key", digits=key)}

    async def set_banner(visit: Visit, text: str, level: str) -> Changes:
        await settings.show_banner(visit.actor, text or "", level=level or LEVELS[0])
        return {**await look(visit), notice: visit.say("banner_shown" if (text or "").strip() else "banner_gone")}

    async def choose_agents(visit: Visit, hidden: list[str] | None, order: list[str] | None) -> Changes:
        await settings.choose_agents(visit.actor, hidden=hidden or [], order=order or [])
        return {**await look(visit), notice: visit.say("settings_saved")}

    async def take_back(visit: Visit, name: str | None) -> Changes:
        if name:
            await settings.undo(visit.actor, name)
        return {**await look(visit), notice: visit.say("setting_undone", name=name) if name else ""}

    shown: list[Any] = [*fields, banner, level, hidden, order, changed, table]
    desk.on(tab.select, look, [], shown, notice=notice)
    desk.on(save.click, store, fields, shown, notice=notice)
    desk.on(new_key.click, make_key, [], shown, notice=notice)
    desk.on(show.click, set_banner, [banner, level], shown, notice=notice)
    desk.on(choose.click, choose_agents, [hidden, order], shown, notice=notice)
    desk.on(undo.click, take_back, [changed], shown, notice=notice)


def _typed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _row(visit: Visit, item: Listed) -> list[object]:
    changed = item.changed_at.astimezone().strftime("%Y-%m-%d %H:%M") if item.changed_at else ""
    return [
        item.name,
        _cell(visit, item, item.value),
        visit.say(f"source.{item.source}"),
        _cell(visit, item, item.without) if item.source == "here" else "",
        f"{changed} {item.changed_by}".strip(),
        "" if item.is_live else visit.say("needs_restart"),
    ]


def _cell(visit: Visit, item: Listed, value: Any) -> str:
    if item.is_secret:
        return visit.say("is_set" if value else "is_not_set")
    return "" if value is None else _typed(value)
