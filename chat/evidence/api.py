"""The route by which people take a conversation away."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from auth.guard import Guard
from chat import shapes
from chat.api import language
from chat.evidence.service import Evidence
from storage.users import Login


class _Once(FileResponse):
    """A file that is deleted as soon as it is sent, or its reader has gone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)


def evidence_routes(*, guard: Guard, evidence: Evidence) -> APIRouter:
    """The route begins with its guard."""
    router = APIRouter(responses=shapes.ROUTE_ERRORS)
    signed_in = Depends(guard.route)

    @router.get(
        "/api/sessions/{conversation_id}/export",
        tags=["Conversations"],
        summary="Take a conversation away: a ZIP file with pages, tables, charts, notebook, inputs and a manifest",
        response_class=FileResponse,
        responses=shapes.ARCHIVE,
    )
    async def export(conversation_id: str, request: Request, login: Login = signed_in) -> Response:
        name, path = await evidence.pack(login.user.id, conversation_id, language=language(request))
        return _Once(path, filename=name, media_type="application/zip", headers={"Cache-Control": "no-store"})

    return router
