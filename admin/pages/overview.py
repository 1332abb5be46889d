"""The tab that shows how the service does just now."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import gradio as gr

from admin.backups import Backups
from admin.days import day
from admin.desk import Changes, Desk, Visit
from admin.overview import overview
from chat.gateway import Gateway, UpstreamStatus
from storage.database import Database

EVERY = 3.0  # seconds
# The script builds everything from the value it is given, in place: nothing flickers.
SCRIPT = """
const show = () => fabrix.overview(element.querySelector('div'), props.value);
show();
watch('value', show);
"""


def overview_tab(
    desk: Desk, *, database: Database, data: Path, gateway: Gateway, backups: Backups, tab: gr.Tab
) -> None:
    """Build the tab's inside, and wire it."""
    board = gr.HTML(
        value={},
        html_template='<div id="overview"></div>',
        js_on_load=SCRIPT,
        container=False,
        apply_default_css=False,
    )
    notice = desk.line("notice")
    timer = gr.Timer(EVERY)

    async def look(_: Visit) -> Changes:
        now = await overview(database, data)
        made = await asyncio.to_thread(backups.listing)
        return {
            board: {
                "running": now.running,
                "waiting": now.waiting,
                "present": [person.username for person in now.present],
                "services": [_service(status) for status in gateway.status()],
                "disk": {"free": now.disk_free, "total": now.disk_total, "database": now.database_size},
                "backup": day(made[0][2]) if made else "",
            }
        }

    desk.on([tab.select, timer.tick], look, [], [board], notice=notice)


def _service(status: UpstreamStatus) -> dict[str, Any]:
    return {
        "name": "FabriX" if status.name == "fabrix" else status.name,
        "state": status.state,
        "retry_in": round(status.retry_in),
        "is_slow": status.is_slow,
        "recent": status.first_delta_recent,
        "usual": status.first_delta_usual,
        "minute": dict(status.minute) if status.minute else None,
    }
