"""The tab of the conversations: whose, with which agent, when and how much. No titles and no texts,

except of a conversation that an administrator opens with a reason. Old ones are deleted here, too.
"""

from __future__ import annotations

import gradio as gr

from admin.clean_up import CleanUp
from admin.days import day
from admin.desk import Changes, Desk, Visit, dataframe, rows
from admin.openings import Openings
from admin.pages.clean_up import clean_up_part
from admin.pages.opening import opening_card
from storage import metadata
from storage.database import Database
from storage.metadata import Chosen, Metadata

PAGE = 50
COLUMNS = ("id", "owner", "agent", "begun", "updated_at", "messages", "turns", "files")
ORDERINGS = ("-updated_at", "-created_at", "owner", "agent_id", "-messages", "-files")


def conversations_tab(desk: Desk, database: Database, openings: Openings, clean_up: CleanUp, tab: gr.Tab) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    with gr.Row():
        owner = gr.Textbox(label=t("column.owner"), max_lines=1, elem_id="conversations-owner")
        agent = gr.Textbox(label=t("column.agent"), max_lines=1)
        orders = [(t(f"order.{name.strip('-')}"), name) for name in ORDERINGS]
        sort = gr.Dropdown(orders, value=ORDERINGS[0], label=t("sort"))
        page = gr.Number(1, label=t("page"), precision=0, minimum=1, min_width=90)
    count = desk.line("count")
    notice = desk.line("notice")
    table = dataframe("conversations-table")

    async def show(visit: Visit, owner: str, agent: str, sort: str, page: float | None) -> Changes:
        number = max(1, int(page or 1))
        found, total = await database.read(
            metadata.page,
            Chosen(owner=owner or "", agent=agent or ""),
            ordering=sort if sort in ORDERINGS else ORDERINGS[0],
            offset=(number - 1) * PAGE,
            limit=PAGE,
        )
        pages = max(1, -(-total // PAGE))
        return {
            table: rows([visit.say(f"column.{name}") for name in COLUMNS], [_row(item) for item in found]),
            count: visit.say("conversations_found", total=f"{total:,}", page=min(number, pages), pages=pages),
        }

    async def from_the_first(visit: Visit, owner: str, agent: str, sort: str) -> Changes:
        return {page: 1, **await show(visit, owner, agent, sort, 1)}

    filters = [owner, agent, sort, page]
    shown = [table, count]
    desk.on([tab.select, page.change], show, filters, shown, notice=notice)
    desk.on([owner.change, agent.change, sort.change], from_the_first, filters[:3], [*shown, page], notice=notice)
    opening_card(desk, openings, table)
    clean_up_part(desk, clean_up, again=show, listed=filters, shown=shown)


def _row(item: Metadata) -> list[object]:
    dates = [day(item.created_at), day(item.updated_at)]
    return [item.id, item.owner, item.agent_id, *dates, item.messages, item.turns, item.files]
