"""The part of the people's tab that adds many at once from a CSV file: a preview first, then all or none."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from admin.desk import Changes, Desk, Visit, dataframe, rows
from admin.errors import BadFile
from admin.people_import import PeopleImport, Row, read_people

COLUMNS = ("line", "username", "name", "email", "outcome")
# The browser reads the file; it comes with the event, and lies nowhere.
CHOOSER = """
<label class="chooser"><input id="people-file" type="file" accept=".csv,text/csv"></label>
"""
CHOOSE = """
element.querySelector('input').addEventListener('change', (event) => {
  const reader = new FileReader();
  reader.addEventListener('load', () => {
    props.value = reader.result.split(',')[1] || '';
    trigger('pick');
  });
  if (event.target.files[0]) reader.readAsDataURL(event.target.files[0]);
  event.target.value = '';
});
"""


def people_import_part(
    desk: Desk, people: PeopleImport, *, again: Callable[[Visit, str], Awaitable[Changes]], shown: list[Any]
) -> None:
    """Build it, and wire it; `again` shows the people after some were added."""
    with gr.Accordion(desk.t("import_people"), open=False, elem_id="import-people"):
        desk.hint("import_hint")
        chosen = gr.HTML(value="", html_template=CHOOSER, js_on_load=CHOOSE, container=False, apply_default_css=False)
        notice = desk.line("notice")
        preview = dataframe("import-table")
        add = gr.Button(desk.t("import_add"), variant="primary", size="sm", scale=0, elem_id="import-add")

    async def look(visit: Visit, content: str) -> Changes:
        checked = await people.preview(visit.actor, read_people(_decoded(content)))
        bad = sum(bool(row.problems) for row in checked)
        said = visit.say("import_bad", bad=bad) if bad else visit.say("import_good", count=len(checked))
        headings = [visit.say(f"column.{name}") for name in COLUMNS]
        return {preview: rows(headings, [_cells(visit, row) for row in checked]), notice: said}

    async def add_all(visit: Visit, content: str) -> Changes:
        added = await people.add_all(visit.actor, read_people(_decoded(content)))
        said = visit.say("import_added", count=len(added))
        return {**await again(visit, said), notice: said, preview: rows([], [])}

    desk.on(chosen.pick, look, [chosen], [preview], notice=notice)
    desk.on(add.click, add_all, [chosen], [preview, *shown], notice=notice)


def _decoded(content: Any) -> bytes:
    try:
        return base64.b64decode(content or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise BadFile("people.bad_csv", line=1) from None


def _cells(visit: Visit, row: Row) -> list[object]:
    person = row.person
    name = f"{person.last_name} {person.first_name}".strip()
    outcome = " ".join(row.problems) or visit.say("will_be_added")
    return [row.line, person.username, name, person.email, outcome]
