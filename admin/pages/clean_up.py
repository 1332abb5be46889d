"""The part that deletes old conversations: first how much it would be, then a second click."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from admin.clean_up import CleanUp
from admin.desk import Changes, Desk, Visit

DAYS = 90


def clean_up_part(
    desk: Desk,
    clean_up: CleanUp,
    *,
    again: Callable[..., Awaitable[Changes]],
    listed: Sequence[Component],
    shown: Sequence[Any],
) -> None:
    """Build the part, and wire it. `again` makes the list anew from the values of `listed`, after a deletion."""
    t = desk.t
    with gr.Accordion(t("clean_up"), open=False, elem_id="clean-up"):
        with gr.Row():
            days = gr.Number(DAYS, label=t("clean_up_days"), precision=0, minimum=1, elem_id="clean-up-days")
        with gr.Row(elem_classes="acts"):
            attempt = gr.Button(t("clean_up_try"), elem_id="clean-up-try", size="sm", scale=0)
        notice = desk.line("notice")
        with gr.Column(visible=False, elem_classes="asking") as asking:
            question = desk.line("question")
            with gr.Row(elem_classes="acts"):
                no = gr.Button(t("cancel"), size="sm", scale=0)
                yes = gr.Button(t("clean_up_yes"), variant="stop", elem_id="clean-up-yes", size="sm", scale=0)

    closed = {asking: gr.update(visible=False)}

    async def ask(visit: Visit, days: float | None) -> Changes:
        chosen = int(days or 0)
        amount = await clean_up.preview(visit.actor, chosen)
        if not amount.conversations:
            return {**closed, notice: visit.say("clean_up_none")}
        said = visit.say(
            "clean_up_question",
            days=chosen,
            conversations=f"{amount.conversations:,}",
            messages=f"{amount.messages:,}",
            files=f"{amount.files:,}",
            size=f"{amount.size / 2**20:,.1f}",
        )
        return {asking: gr.update(visible=True), question: said}

    async def clean(visit: Visit, days: float | None, *where: Any) -> Changes:
        taken = await clean_up.clean(visit.actor, int(days or 0))
        said = visit.say(
            "cleaned_up",
            conversations=f"{taken.conversations:,}",
            messages=f"{taken.messages:,}",
            files=f"{taken.files:,}",
        )
        return {**closed, **await again(visit, *where), notice: said}

    async def close(_: Visit) -> Changes:
        return closed

    desk.on(attempt.click, ask, [days], [asking, question], notice=notice)
    desk.on(yes.click, clean, [days, *listed], [asking, *shown], notice=notice)
    # Another number is another question.
    desk.on([no.click, days.input], close, [], [asking], notice=notice)
