"""The tab of the last lines of the log, masked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import gradio as gr

from admin.desk import Changes, Desk, Visit, dataframe, rows
from admin.logs import LogLine, last_lines
from logs.masking import Mask

LEVELS = ("INFO", "WARNING", "ERROR")
COLUMNS = ("at", "level", "logger", "message", "details")


def logs_tab(desk: Desk, data: Path, mask: Mask, tab: gr.Tab) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    with gr.Row():
        level = gr.Dropdown(list(LEVELS), value="INFO", label=t("level"), elem_id="log-level")
        text = gr.Textbox(label=t("search"), max_lines=1, scale=3, elem_id="log-text")
        again = gr.Button(t("refresh"), size="sm", scale=0, elem_id="log-refresh")
    notice = desk.line("notice")
    table = dataframe("log-table")

    async def show(visit: Visit, level: str, text: str) -> Changes:
        chosen = level if level in LEVELS else "INFO"
        found = await asyncio.to_thread(last_lines, data, mask, level=chosen, text=text or "")
        return {
            table: rows([visit.say(f"column.{name}") for name in COLUMNS], [_row(line) for line in found]),
            notice: "" if found else visit.say("no_entries"),
        }

    bells = [tab.select, again.click, level.change, text.submit, text.blur]
    desk.on(bells, show, [level, text], [table], notice=notice)


def _row(line: LogLine) -> list[object]:
    at = line.at.astimezone().strftime("%m-%d %H:%M:%S") if line.at else ""
    details = " ".join(f"{key}={value}" for key, value in line.rest.items())
    message = f"{line.message}\n{line.traceback}" if line.traceback else line.message
    return [at, line.level, line.logger, message, details]
