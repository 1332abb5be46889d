"""The card of a chosen conversation: a reason opens it, and then its messages are read here as plain text."""

from __future__ import annotations

from typing import Any

import gradio as gr

from admin.days import day
from admin.desk import Changes, Desk, Visit
from admin.errors import NoSuchConversation, NotAllowed
from admin.openings import LONGEST_REASON, Openings
from storage.conversations import Message

# A constant template: the script builds text nodes from the value, never HTML.
SCRIPT = """
const show = () => fabrix.opened(element.querySelector('div'), (props.value && props.value.messages) || []);
show();
watch('value', show);
"""
NOTHING: dict[str, Any] = {"messages": []}


def opening_card(desk: Desk, openings: Openings, table: gr.Dataframe) -> None:
    """Build the card, and wire it to the table whose rows begin with a conversation's id."""
    t = desk.t
    notice = desk.line("notice")
    with gr.Column(visible=False, elem_id="conversation-card") as box:
        with gr.Row():
            chosen = gr.Textbox(label=t("conversation_id"), interactive=False, elem_id="conversation-id")
            reason = gr.Textbox(
                label=t("opening_reason"), max_lines=1, max_length=LONGEST_REASON, elem_id="opening-reason", scale=2
            )
        with gr.Row(elem_classes="acts"):
            button = gr.Button(
                t("open_conversation"), variant="primary", elem_id="open-conversation", size="sm", scale=0
            )
            again = gr.Button(t("read_conversation"), elem_id="read-conversation", size="sm", scale=0)
        opened = gr.HTML(
            value=NOTHING,
            html_template='<div id="opened" tabindex="0" hidden></div>',
            js_on_load=SCRIPT,
            container=False,
            apply_default_css=False,
        )

    async def choose(visit: Visit, row: list[str]) -> Changes:
        if visit.actor.role != "admin":
            raise NotAllowed
        if not row:
            raise NoSuchConversation
        return {box: gr.update(visible=True), chosen: row[0], reason: "", opened: NOTHING}

    async def messages_of(visit: Visit, conversation_id: str) -> dict[str, Any]:
        _, messages = await openings.read(visit.actor, conversation_id)
        return {"messages": [_as_text(visit, message) for message in messages]}

    async def open_it(visit: Visit, conversation_id: str, reason: str) -> Changes:
        made = await openings.open(visit.actor, conversation_id or "", reason or "")
        return {
            opened: await messages_of(visit, conversation_id),
            notice: visit.say("conversation_opened", until=day(made.until)),
        }

    async def read(visit: Visit, conversation_id: str) -> Changes:
        try:
            return {opened: await messages_of(visit, conversation_id or "")}
        except (NotAllowed, NoSuchConversation) as error:
            return {opened: NOTHING, notice: error.sentence(visit.language)}

    desk.on_row(table, choose, [box, chosen, reason, opened], notice=notice)
    desk.on([button.click, reason.submit], open_it, [chosen, reason], [opened], notice=notice)
    desk.on(again.click, read, [chosen], [opened], notice=notice)


def _as_text(visit: Visit, message: Message) -> dict[str, Any]:
    named = [*([message.file] if message.file else []), *message.artifacts]
    return {
        "who": visit.say(f"said.{message.role}"),
        "at": day(message.created_at),
        "text": message.content,
        "files": [file.name for file in named],
    }
