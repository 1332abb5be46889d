"""The tab that finds an error by its number, and shows the timeline of that turn without any content."""

from __future__ import annotations

import gradio as gr

from admin.desk import Changes, Desk, Visit, dataframe, rows
from admin.error_numbers import ErrorNumbers, Found, Step

PLACES = ("number", "code", "state", "who", "agent", "upstream", "kind", "tokens", "tries")


def errors_tab(desk: Desk, numbers: ErrorNumbers) -> None:
    """Build the tab's inside, and wire it."""
    t = desk.t
    with gr.Row():
        typed = gr.Textbox(label=t("error_number"), placeholder="E-7F3K", max_lines=1, elem_id="error-number")
        find = gr.Button(t("find"), variant="primary", size="sm", scale=0, elem_id="error-find")
    notice = desk.line("notice")
    about = dataframe("error-about")
    steps = dataframe("error-steps")

    async def look(visit: Visit, written: str) -> Changes:
        found = await numbers.find(written or "")
        empty = {about: rows([], []), steps: rows([], [])}
        if not found:
            return {**empty, notice: visit.say("no_such_number", written=(written or "").strip()[:20])}
        headings = [visit.say(f"error.{name}") for name in PLACES]
        timeline = [[at, visit.say(f"step.{what}"), said] for item in found for at, what, said in _timeline(item)]
        return {
            about: rows(headings, [_about(item) for item in found]),
            steps: rows([visit.say("column.at"), visit.say("step"), visit.say("column.details")], timeline),
        }

    desk.on([find.click, typed.submit], look, [typed], [about, steps], notice=notice)


def _about(found: Found) -> list[object]:
    asked = found.asked
    return [
        asked.error_number,
        asked.error_code,
        asked.state,
        asked.username,
        asked.agent_id,
        found.upstream,
        asked.kind,
        f"{asked.tokens_in or 0:,} + {asked.tokens_out or 0:,}",
        asked.tries,
    ]


def _timeline(found: Found) -> list[tuple[str, str, str]]:
    return [(_at(step), step.what, _said(step)) for step in found.steps]


def _at(step: Step) -> str:
    return step.at.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] if step.at else ""


def _said(step: Step) -> str:
    if isinstance(step.value, int) and step.what in ("waited", "first_delta", "ended"):
        return f"{step.value:,} ms"
    return "" if step.value is None else str(step.value)
