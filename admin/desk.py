"""What each part of the admin page stands on: who rings, in which language, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from admin.errors import AdminError, BadFields, BadLimit
from auth.guard import Guard
from locales import LANGUAGES, language_of, table, text
from storage.audit import Actor, actor_of

# What an event may return: the components that change, with their new values.
Changes = dict[Any, Any]
Bell = Callable[..., Any]
Work = Callable[..., Awaitable[Changes]]
# Data reaches a page as a value that a script puts into text nodes; templates hold none, for Gradio evaluates them.
LINE = """
const line = element.querySelector('p');
const show = () => {
  line.textContent = props.value || '';
  line.hidden = !props.value;
};
show();
watch('value', show);
"""
LINK = """
const link = element.querySelector('a');
const show = () => {
  link.textContent = fabrix.T(`admin.${link.id}`);
  link.href = props.value || '';
  link.hidden = !props.value;
};
show();
watch('value', show);
"""
PREFIX = "admin."


@dataclass(frozen=True, slots=True)
class Visit:
    """One ring of an event: who it is, and the language they read."""

    actor: Actor
    language: str
    site: str  # how this server is reached: "https://chat.example.com"

    def say(self, key: str, **values: object) -> str:
        """The sentence `admin.<key>`."""
        return text(PREFIX + key, self.language, **values)


class Desk:
    """Wires events so that none can be rung by anybody but staff and administrators."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.words = gr.I18n(**{language: _admin_texts(language) for language in LANGUAGES})

    def t(self, key: str) -> Any:
        """A label that the browser draws in its reader's language."""
        return self.words(PREFIX + key)

    async def visit(self, request: gr.Request) -> Visit:
        """Who rings. Raises: NotSignedIn, NoSuchPage (whoever isn't staff is told nothing)."""
        login = await self._guard.staff(request)
        address = request.client.host if request.client else ""
        return Visit(
            actor=actor_of(login.user, address),
            language=language_of(request.headers.get("accept-language")),
            site=f"{request.url.scheme}://{request.headers.get('host', '')}",
        )

    def on(
        self,
        bells: Bell | Sequence[Bell],
        work: Work,
        inputs: Sequence[Component] = (),
        outputs: Sequence[Any] = (),
        *,
        notice: Component,
    ) -> None:
        """Do `work(visit, *inputs)` when one of the bells rings; `notice` tells what was refused."""

        async def handler(request: gr.Request, *values: Any) -> Changes:
            visit = await self.visit(request)
            return await _told(work(visit, *values), visit, notice)

        for bell in bells if isinstance(bells, Sequence) else (bells,):
            _wire(bell, handler, inputs, outputs, notice)

    def on_row(self, chosen: gr.Dataframe, work: Work, outputs: Sequence[Any] = (), *, notice: Component) -> None:
        """Do `work(visit, row)` when a row is chosen; `row` is what the browser says is in it."""

        async def handler(request: gr.Request, event: gr.SelectData) -> Changes:
            visit = await self.visit(request)
            row = [str(value) for value in event.row_value] if isinstance(event.row_value, list) else []
            return await _told(work(visit, row), visit, notice)

        _wire(chosen.select, handler, (), outputs, notice)

    def link(self, name: str) -> gr.HTML:
        """A link to a file, whose address an event fills in; hidden while there is none. It reads `admin.<name>`."""
        return gr.HTML(
            value="",
            html_template=f'<a id="{name}" class="download" download hidden></a>',
            js_on_load=LINK,
            container=False,
            apply_default_css=False,
        )

    def hint(self, name: str) -> gr.HTML:
        """A sentence that explains: `admin.<name>`."""
        return gr.HTML(
            html_template=f'<p class="hint" data-text="{PREFIX}{name}"></p>',
            js_on_load="fabrix.translate(element)",
            container=False,
            apply_default_css=False,
        )

    def line(self, kind: str) -> gr.HTML:
        """A line of text that an event fills in; hidden while it is empty. `kind` is its class in admin.css."""
        return gr.HTML(
            value="",
            html_template=f'<p class="{kind}" role="status" hidden></p>',
            js_on_load=LINE,
            container=False,
            apply_default_css=False,
        )


def rows(headers: Sequence[str], data: Sequence[Sequence[object]]) -> dict[str, Any]:
    """A Dataframe's value: everything is text, for any other kind would be drawn as Markdown or HTML."""
    return {"headers": list(headers), "data": [["" if cell is None else str(cell) for cell in row] for row in data]}


def whole_number(typed: str | None) -> int | None:
    """A number as it was typed; None where nothing was. Raises: BadLimit."""
    digits = (typed or "").replace(",", "").strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise BadLimit
    return int(digits)


def dataframe(name: str) -> gr.Dataframe:
    """A table that is only read."""
    return gr.Dataframe(
        datatype="str", interactive=False, show_label=False, elem_id=name, buttons=[], max_height=520, max_chars=80
    )


def _wire(
    bell: Bell,
    handler: Callable[..., Awaitable[Changes]],
    inputs: Sequence[Component],
    outputs: Sequence[Any],
    notice: Component,
) -> None:
    bell(
        handler,
        list(inputs),
        [*outputs, notice],
        queue=False,
        api_visibility="private",
        show_progress="hidden",
    )


async def _told(work: Awaitable[Changes], visit: Visit, notice: Component) -> Changes:
    try:
        return {notice: "", **await work}
    except BadFields as error:
        problems = " ".join(f"{field}: {' '.join(said)}" for field, said in error.errors.items())
        return {notice: f"{error.sentence(visit.language)} {problems}"}
    except AdminError as error:
        return {notice: error.sentence(visit.language)}


def _admin_texts(language: str) -> dict[str, str]:
    return {key: said for key, said in table(language).items() if key.startswith(PREFIX)}
