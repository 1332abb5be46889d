"""The routes of the admin part: downloads, which Gradio would keep where whoever has the address may read them."""

from __future__ import annotations

import asyncio

import pandas as pd
from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from admin.audit import AuditLog, chosen_entries
from admin.days import chosen_days, usage_of
from admin.errors import AdminError
from admin.exports import csv_of, excel_of
from admin.reports import Reports
from auth.guard import Guard
from locales import language_of
from storage.users import Login

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def admin_routes(*, guard: Guard, audit: AuditLog, reports: Reports) -> APIRouter:
    """Each route is for staff and administrators who have signed in; an API token is not enough."""
    router = APIRouter(prefix="/api/admin", include_in_schema=False)

    async def staff(request: Request) -> Login:
        return await guard.staff(request)

    @router.get("/audit.csv", dependencies=[Depends(staff)])
    async def audit_csv(action: str = "", person: str = "", since: str = "", until: str = "") -> Response:
        content = await audit.csv(chosen_entries(action, person, since, until))
        return download("audit.csv", content, "text/csv; charset=utf-8")

    @router.get("/usage.csv", dependencies=[Depends(staff)])
    async def usage_csv(since: str = "", until: str = "", kind: str = "by_day") -> Response:
        found = await _usage(reports, since, until)
        frame = found[kind if kind in found else "by_day"]
        return download("usage.csv", csv_of(frame), "text/csv; charset=utf-8")

    @router.get("/usage.xlsx", dependencies=[Depends(staff)])
    async def usage_excel(since: str = "", until: str = "") -> Response:
        content = await asyncio.to_thread(excel_of, await _usage(reports, since, until))
        return download("usage.xlsx", content, EXCEL)

    return router


async def _usage(reports: Reports, since: str, until: str) -> dict[str, pd.DataFrame]:
    found = await usage_of(reports, *chosen_days(since, until))
    return {"by_day": found.by_day, "by_person": found.by_person, "by_agent": found.by_agent}


async def admin_error_response(request: Request, error: Exception) -> Response:
    """What the administration refused, in the reader's language."""
    assert isinstance(error, AdminError)  # noqa: S101 -- registered for this class
    return JSONResponse({"detail": error.sentence(language_of(request.headers.get("accept-language")))}, 400)


def download(name: str, content: bytes, media_type: str) -> Response:
    """A file to save under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
