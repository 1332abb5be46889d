"""The routes of the admin part: downloads, which Gradio would keep where whoever has the address may read them."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from admin.audit import AuditLog, chosen_entries
from admin.errors import AdminError
from auth.guard import Guard
from locales import language_of
from storage.users import Login


def admin_routes(*, guard: Guard, audit: AuditLog) -> APIRouter:
    """Each route is for staff and administrators who have signed in; an API token is not enough."""
    router = APIRouter(prefix="/api/admin", include_in_schema=False)

    async def staff(request: Request) -> Login:
        return await guard.staff(request)

    @router.get("/audit.csv", dependencies=[Depends(staff)])
    async def audit_csv(action: str = "", person: str = "", since: str = "", until: str = "") -> Response:
        content = await audit.csv(chosen_entries(action, person, since, until))
        return download("audit.csv", content, "text/csv; charset=utf-8")

    return router


async def admin_error_response(request: Request, error: Exception) -> Response:
    """What the administration refused, in the reader's language."""
    if not isinstance(error, AdminError):
        raise error
    return JSONResponse({"detail": error.sentence(language_of(request.headers.get("accept-language")))}, 400)


def download(name: str, content: bytes, media_type: str) -> Response:
    """A file to save under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
