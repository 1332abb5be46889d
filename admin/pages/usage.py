"""The tab of the usage: turns, tokens, waits, errors and first-delta times by day, person and agent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import gradio as gr
import pandas as pd

from admin.days import chosen_days, usage_of
from admin.desk import Changes, Desk, Visit, dataframe, rows, whole_number
from admin.errors import BadLimit
from admin.reports import FIGURES, Reports, top
from admin.what_if import Limits, read, replay
from storage.database import Database
from storage.models import now

CHARTS = ("turns", "tokens_out", "failed", "waited", "first_delta_median")
KINDS = ("by_day", "by_person", "by_agent")
WHAT_IF = timedelta(days=14)


def usage_tab(desk: Desk, reports: Reports, database: Database, tab: gr.Tab) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    with gr.Row():
        since = gr.Textbox(label=t("since"), placeholder="2026-01-31", max_lines=1, elem_id="usage-since")
        until = gr.Textbox(label=t("until"), placeholder="2026-01-31", max_lines=1, elem_id="usage-until")
        figure = gr.Dropdown([(t(f"figure.{name}"), name) for name in CHARTS], value="turns", label=t("figure"))
        kind = gr.Dropdown([(t(f"usage.{name}"), name) for name in KINDS], value="by_day", label=t("usage.table"))
    notice = desk.line("notice")
    total = desk.line("count")
    chart = gr.BarPlot(
        x="day",
        y="value",
        x_title=" ",
        y_title=" ",
        x_label_angle=-60,
        height=280,
        show_label=False,
        elem_id="usage-chart",
    )
    with gr.Row():
        as_csv = desk.link("usage_csv")
        as_excel = desk.link("usage_excel")
    table = dataframe("usage-table")
    with gr.Row():
        top_people = dataframe("top-people")
        top_agents = dataframe("top-agents")
    with gr.Accordion(t("what_if"), open=False, elem_id="what-if"):
        with gr.Row():
            rpm = gr.Textbox("100", label=t("setting.rate_limit.rpm"), max_lines=1, elem_id="what-if-rpm")
            tpm = gr.Textbox("10000", label=t("setting.rate_limit.tpm"), max_lines=1, elem_id="what-if-tpm")
        go = gr.Button(t("what_if_go"), variant="primary", size="sm", scale=0, elem_id="what-if-go")
        outcome = desk.line("notice")

    async def show(visit: Visit, since: str, until: str, figure: str, kind: str) -> Changes:
        first, last = chosen_days(since, until)
        found = await usage_of(reports, first, last)
        frame: pd.DataFrame = getattr(found, kind)
        columns = [frame.columns[0], *FIGURES]
        days = found.by_day
        query = urlencode({"since": first.isoformat(), "until": last.isoformat(), "kind": kind})
        return {
            total: visit.say("usage_total", **_shown(found.total)),
            chart: pd.DataFrame({"day": [f"{day:%m-%d}" for day in days["day"]], "value": days[figure].fillna(0)}),
            table: _table(visit, frame[columns]),
            top_people: _table(visit, top(found.by_person, figure)[["username", figure]]),
            top_agents: _table(visit, top(found.by_agent, figure)[["agent_id", figure]]),
            as_csv: f"/api/admin/usage.csv?{query}",
            as_excel: f"/api/admin/usage.xlsx?{query}",
        }

    async def opened(visit: Visit, since_typed: str, until_typed: str, figure: str, kind: str) -> Changes:
        first, last = chosen_days(since_typed, until_typed)
        shown = await show(visit, first.isoformat(), last.isoformat(), figure, kind)
        return {since: first.isoformat(), until: last.isoformat(), **shown}

    async def ask_what_if(visit: Visit, rpm: str, tpm: str) -> Changes:
        limits = Limits(rpm=_limit(rpm), tpm=_limit(tpm))
        until = now()
        asked = await database.read(read, since=until - WHAT_IF, until=until)
        found = await asyncio.to_thread(replay, asked, limits)
        return {
            outcome: visit.say(
                "what_if_outcome",
                turns=f"{found.turns:,}",
                waited=f"{found.waited:,}",
                refused=f"{found.refused:,}",
                median=f"{found.wait_median or 0:.1f}",
                longest=f"{found.wait_longest or 0:.1f}",
            )
        }

    chosen = [since, until, figure, kind]
    shown = [total, chart, table, top_people, top_agents, as_csv, as_excel]
    desk.on(tab.select, opened, chosen, [since, until, *shown], notice=notice)
    bells = [since.submit, since.blur, until.submit, until.blur, figure.change, kind.change]
    desk.on(bells, show, chosen, shown, notice=notice)
    desk.on(go.click, ask_what_if, [rpm, tpm], [outcome], notice=notice)


def _limit(typed: str | None) -> int:
    number = whole_number(typed)
    if not number or number >= 10**9:
        raise BadLimit
    return number


def _table(visit: Visit, frame: pd.DataFrame) -> dict[str, Any]:
    headers = [visit.say(f"figure.{name}") for name in frame.columns]
    return rows(headers, [[_cell(value) for value in row] for row in frame.itertuples(index=False)])


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:,.2f}".removesuffix(".00")
    return f"{value:,}" if isinstance(value, int) or hasattr(value, "__index__") else str(value)


def _shown(total: pd.Series) -> dict[str, str]:
    return {name: _cell(float(total[name])) or "–" for name in FIGURES}
