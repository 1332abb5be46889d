"""The tab of the audit log."""

from __future__ import annotations

from urllib.parse import urlencode

import gradio as gr

from admin.audit import COLUMNS, AuditLog, cells, chosen_entries
from admin.desk import Changes, Desk, Visit, dataframe, rows

CSV = "/api/admin/audit.csv"


def audit_tab(desk: Desk, log: AuditLog, tab: gr.Tab) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    with gr.Row():
        action = gr.Dropdown([(t("all"), "")], value="", label=t("column.action"), elem_id="audit-action")
        person = gr.Textbox(label=t("audit_person"), max_lines=1, elem_id="audit-person")
        since = gr.Textbox(label=t("since"), placeholder="2026-01-31", max_lines=1, elem_id="audit-since")
        until = gr.Textbox(label=t("until"), placeholder="2026-01-31", max_lines=1, elem_id="audit-until")
        page = gr.Number(1, label=t("page"), precision=0, minimum=1, min_width=90)
    download = desk.link("audit_csv")
    notice = desk.line("notice")
    table = dataframe("audit-table")

    async def show(visit: Visit, action: str, person: str, since: str, until: str, page: float | None) -> Changes:
        chosen = chosen_entries(action or "", person or "", since or "", until or "")
        found = await log.entries(chosen, page=int(page or 1))
        query = urlencode({"action": action or "", "person": person or "", "since": since or "", "until": until or ""})
        return {
            table: rows([visit.say(f"column.{name}") for name in COLUMNS], [cells(entry) for entry in found]),
            download: f"{CSV}?{query}",
            notice: "" if found else visit.say("no_entries"),
        }

    async def opened(visit: Visit, *values: object) -> Changes:
        kinds = [(visit.say("all"), ""), *((kind, kind) for kind in await log.actions())]
        return {action: gr.update(choices=kinds), **await show(visit, *values)}  # type: ignore[arg-type]

    filters = [action, person, since, until, page]
    desk.on(tab.select, opened, filters, [action, table, download], notice=notice)
    bells = [action.change, person.change, since.submit, until.submit, since.blur, until.blur, page.change]
    desk.on(bells, show, filters, [table, download], notice=notice)
