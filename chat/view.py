"""The chat page: a Gradio Blocks app whose parts are drawn by Gradio and moved by the scripts in static/."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

# Templates hold no data and no words, ever: Gradio evaluates them as code. The scripts fill in both.
SIDE = """
<nav id="side-panel" data-name="page.conversations">
  <div class="side-top">
    <button id="fold" type="button" class="action menu" data-name="page.fold"></button>
    <span class="product" data-text="page.product"></span>
  </div>
  <button id="new-chat" type="button" data-name="page.new_chat"><span data-text="page.new_chat"></span></button>
  <label class="agent-choice"><span data-text="page.agent"></span><select id="agent"></select></label>
  <p id="agent-note" hidden></p>
  <div id="history"></div>
  <div class="account">
    <button id="account" type="button"><span id="user-name"></span></button>
    <a id="to-admin" href="/admin/" data-text="page.admin" hidden></a>
    <button id="sign-out" type="button" data-name="page.sign_out"><span data-text="page.sign_out"></span></button>
  </div>
</nav>
"""
HEADER = """
<header>
  <button id="menu" type="button" class="action menu" data-name="page.fold"></button>
  <h1 id="agent-name"></h1>
  <span id="local-note" data-text="page.local_only" hidden></span>
</header>
<div id="site-notice" role="status" hidden></div>
<p id="banner" hidden><span role="status"></span> <span id="banner-seconds"></span></p>
<p id="seen-by" hidden></p>
<button id="earlier" type="button" data-text="page.earlier" hidden></button>
<section id="welcome">
  <p class="greeting" data-text="page.welcome"></p>
  <p id="agent-description"></p>
  <p id="welcome-text"></p>
  <div id="examples"></div>
</section>
<p id="announcer" class="offstage" role="status" aria-live="polite"></p>
"""
COMPOSER = """
<p id="notice" role="alert" hidden></p>
<section id="intake" hidden></section>
<form id="ask">
  <div id="editing" hidden><span data-text="page.editing"></span>
    <button id="cancel-edit" type="button" data-text="page.cancel"></button></div>
  <div id="chips" hidden></div>
  <details id="files" hidden><summary></summary><ul data-place="files"></ul></details>
  <div class="row">
    <label id="attach" data-name="page.attach"><input type="file" multiple data-name="page.attach"></label>
    <textarea id="composer" rows="1" data-placeholder="page.placeholder" data-name="page.placeholder"></textarea>
    <button id="send" type="submit" data-name="page.send" disabled></button>
    <button id="stop" type="button" data-name="page.stop" hidden></button>
  </div>
</form>
<p id="cost" role="status" hidden></p>
<p class="fine-print"><span id="gauge" hidden></span><span data-text="page.fine_print"></span></p>
"""

# `watch` and `trigger` are Gradio's: what the script puts into props.value goes to the Chatbot when the bell rings.
MOUNT_COMPOSER = """
fabrix.page.mount('composer', element, (messages) => { props.value = {messages}; trigger('show'); });
"""


@dataclass(frozen=True)
class ChatPage:
    """The page's components, by what they are for."""

    blocks: gr.Blocks
    transcript: gr.Chatbot
    composer: gr.HTML


def chat_page() -> ChatPage:
    """Build the page. It knows nobody: who opens it is found out by the routes that its scripts call."""
    with gr.Blocks(title="FabriX Agent Chat", analytics_enabled=False, fill_height=True, fill_width=True) as blocks:
        with gr.Row(elem_id="app"):
            with gr.Column(elem_id="side", scale=0, min_width=0):
                _part(SIDE, "fabrix.page.mount('side', element)")
            with gr.Column(elem_id="main", scale=1, min_width=0):
                _part(HEADER, "fabrix.page.mount('header', element)", elem_id="top")
                transcript = gr.Chatbot(
                    elem_id="transcript",
                    height=None,
                    container=False,
                    show_label=False,
                    layout="bubble",
                    group_consecutive_messages=False,
                    allow_tags=False,
                    feedback_options=None,
                    buttons=[],
                    autoscroll=False,
                )
                composer = _part(COMPOSER, MOUNT_COMPOSER, elem_id="bottom")
        page = ChatPage(blocks, transcript, composer)
        _wire(page)
    return page


def _part(template: str, script: str, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(
        value={}, html_template=template, js_on_load=script, elem_id=elem_id, container=False, apply_default_css=False
    )


def _wire(page: ChatPage) -> None:
    # A browser-only event: no server function, so nothing of the conversation passes through Gradio's server side.
    page.composer.show(
        None, [page.composer], [page.transcript], js="(value) => [value.messages]", queue=False, show_progress="hidden"
    )
