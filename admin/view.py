"""The admin page: a Gradio app of its own for staff and administrators, with a tab for each part."""

from __future__ import annotations

import gradio as gr

from admin.audit import AuditLog
from admin.desk import Desk
from admin.pages.audit import audit_tab
from admin.pages.people import people_tab
from admin.people import PeopleDesk

# A constant template: the script fills in the words and takes the reader back to the chat.
HEADER = """
<header class="admin-header">
  <a href="/" data-text="admin.back"></a>
  <h1 data-text="admin.title"></h1>
</header>
"""


def admin_page(desk: Desk, *, people: PeopleDesk, audit: AuditLog) -> gr.Blocks:
    """Build the page. Its components hold no data: each tab asks for its own when it is opened."""
    with gr.Blocks(title="FabriX Agent Chat", analytics_enabled=False, fill_width=True) as page:
        gr.HTML(
            html_template=HEADER,
            js_on_load="fabrix.admin(element)",
            elem_id="admin-top",
            container=False,
            apply_default_css=False,
        )
        with gr.Tabs(elem_id="admin-tabs"):
            with gr.Tab(desk.t("tab.people"), id="people") as tab:
                people_tab(desk, people, tab)
            with gr.Tab(desk.t("tab.audit"), id="audit") as tab:
                audit_tab(desk, audit, tab)
    return page
