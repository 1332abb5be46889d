"""The documentation of the API for signed-in people, drawn by Swagger UI from files of this server alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from auth.errors import NotSignedIn
from auth.guard import Guard
from storage.users import Login

ASSETS = Path(fastapi_offline.__file__).with_name("static")
PAGE = Path(__file__).with_name("static") / "api_docs.html"
WORDS = """\
What the page can do, programs can do, too: conversations, questions whose answers are watched, files. On top, agents
can be asked directly on FabriX's own paths and on OpenAI's; of such calls nothing is stored but their figures.

Sign in with `POST /api/auth/login/` and send the token that it answers as `Authorization: Bearer …` (or `Token …`). A
token ends like any sign-in: when it isn't used for a while, and in any case after some hours. Errors speak the language
of `Accept-Language`, Korean or English."""
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "The token that signing in answers"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "fabrix_chat", "description": "A signed-in browser's own"},
}


def docs_routes(*, guard: Guard, describe: Callable[[], dict[str, Any]]) -> APIRouter:
    """`describe` gives the OpenAPI description of the whole application."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/openapi.json")
    async def description(login: Login = Depends(guard.route)) -> dict[str, Any]:
        return described(describe())

    @router.get("/api/docs")
    async def page(request: Request) -> Response:
        try:
            await guard.route(request)
        except NotSignedIn:
            return RedirectResponse("/login/?next=/api/docs", 303, headers={"Cache-Control": "no-store"})
        return HTMLResponse(PAGE.read_bytes())

    return router


def described(description: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's description with how to sign in, and without the 422 that it supposes: a wrong field is a 400 here."""
    components = {**description.get("components", {}), "securitySchemes": SECURITY}
    paths = {
        path: {method: _without_422(operation) for method, operation in operations.items()}
        for path, operations in description["paths"].items()
    }
    return {**description, "paths": paths, "components": components, "security": [{name: []} for name in SECURITY]}


def _without_422(operation: dict[str, Any]) -> dict[str, Any]:
    supposed = "HTTPValidationError" in str(operation["responses"].get("422"))
    responses = {status: each for status, each in operation["responses"].items() if status != "422" or not supposed}
    return {**operation, "responses": responses}
