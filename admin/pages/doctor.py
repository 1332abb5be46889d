"""The tab that tries the whole chain and says what to do where it breaks."""

from __future__ import annotations

from urllib.parse import quote

import gradio as gr

from admin.desk import Changes, Desk, Visit, dataframe, rows
from admin.doctor import Doctor, report

COLUMNS = ("state", "step", "finding", "advice")


def doctor_tab(desk: Desk, doctor: Doctor) -> None:
    """Build the tab's inside, and wire it."""
    run = gr.Button(desk.t("doctor_run"), variant="primary", size="sm", scale=0, elem_id="doctor-run")
    notice = desk.line("notice")
    table = dataframe("doctor-table")
    save = desk.link("doctor_save")

    async def begin(visit: Visit) -> Changes:
        return {notice: visit.say("doctor_runs"), table: rows([], []), save: ""}

    async def examine(visit: Visit) -> Changes:
        findings = [finding async for finding in doctor.examine(visit.actor)]
        language = visit.language
        bad = sum(finding.state == "bad" for finding in findings)
        told = [
            [visit.say(f"finding.{item.state}"), item.title(language), item.what(language), item.advice(language)]
            for item in findings
        ]
        return {
            table: rows([visit.say(f"column.{name}") for name in COLUMNS], told),
            save: "data:text/plain;charset=utf-8," + quote(report(findings, language)),
            notice: visit.say("doctor_bad", count=bad) if bad else visit.say("doctor_good"),
        }

    # The first says at once that it has begun; the second takes as long as the chain does.
    desk.on(run.click, begin, [], [table, save], notice=notice)
    desk.on(run.click, examine, [], [table, save], notice=notice)
