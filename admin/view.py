"""The admin page: a Gradio app of its own for staff and administrators, with a tab for each part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from admin.audit import AuditLog
from admin.backups import Backups
from admin.clean_up import CleanUp
from admin.desk import Desk
from admin.doctor import Doctor
from admin.error_numbers import ErrorNumbers
from admin.live_settings import LiveSettings
from admin.openings import Openings
from admin.pages.audit import audit_tab
from admin.pages.conversations import conversations_tab
from admin.pages.doctor import doctor_tab
from admin.pages.errors import errors_tab
from admin.pages.logs import logs_tab
from admin.pages.overview import overview_tab
from admin.pages.people import people_tab
from admin.pages.settings import settings_tab
from admin.pages.usage import usage_tab
from admin.people import PeopleDesk
from admin.people_import import PeopleImport
from admin.reports import Reports
from chat.agents import AgentDirectory
from chat.gateway import Gateway
from logs.masking import Mask
from storage.database import Database

# A constant template: the script fills in the words.
HEADER = """
<header class="admin-header">
  <a href="/" data-text="admin.back"></a>
  <h1 data-text="admin.title"></h1>
</header>
"""


@dataclass(frozen=True)
class Office:
    """What the page's tabs work with."""

    database: Database
    data: Path
    people: PeopleDesk
    people_import: PeopleImport
    audit: AuditLog
    reports: Reports
    errors: ErrorNumbers
    settings: LiveSettings
    backups: Backups
    doctor: Doctor
    agents: AgentDirectory
    gateway: Gateway
    mask: Mask
    openings: Openings
    clean_up: CleanUp


def admin_page(desk: Desk, office: Office) -> gr.Blocks:
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
            with gr.Tab(desk.t("tab.overview"), id="overview") as tab:
                overview_tab(
                    desk,
                    database=office.database,
                    data=office.data,
                    gateway=office.gateway,
                    backups=office.backups,
                    tab=tab,
                )
            with gr.Tab(desk.t("tab.people"), id="people") as tab:
                people_tab(desk, office.people, office.people_import, tab)
            with gr.Tab(desk.t("tab.usage"), id="usage") as tab:
                usage_tab(desk, office.reports, office.database, tab)
            with gr.Tab(desk.t("tab.conversations"), id="conversations") as tab:
                conversations_tab(desk, office.database, office.openings, office.clean_up, tab)
            with gr.Tab(desk.t("tab.errors"), id="errors"):
                errors_tab(desk, office.errors)
            with gr.Tab(desk.t("tab.log"), id="log") as tab:
                logs_tab(desk, office.data, office.mask, tab)
            with gr.Tab(desk.t("tab.audit"), id="audit") as tab:
                audit_tab(desk, office.audit, tab)
            with gr.Tab(desk.t("tab.settings"), id="settings") as tab:
                settings_tab(desk, office.settings, office.agents, tab)
            with gr.Tab(desk.t("tab.doctor"), id="doctor"):
                doctor_tab(desk, office.doctor)
    return page
