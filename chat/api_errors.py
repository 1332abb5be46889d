"""How the API answers when something can't be done: each ChatError as a status, headers and JSON."""

from __future__ import annotations

import math
from typing import Any

from fastapi import Request
from starlette.responses import JSONResponse, Response

from chat.errors import ChatError, FieldError, LimitReached, NotFound, TurnRunning
from locales import language_of


def chat_error_response(request: Request, error: Exception) -> Response:
    """Answer a ChatError as the API promises it."""
    assert isinstance(error, ChatError)  # noqa: S101 -- registered for this class
    body = error_as_json(error, language_of(request.headers.get("accept-language")))
    return JSONResponse(body, error.status, error_headers(error))


def error_as_json(error: ChatError, language: str) -> dict[str, Any]:
    if isinstance(error, NotFound):
        return {"detail": "Not found."}
    if isinstance(error, FieldError):
        return {error.field: [error.sentence]}
    if isinstance(error, TurnRunning):
        return {"error": error.code, "turn_id": error.turn_id}
    body: dict[str, Any] = {"error": error.code, "message": error.notice(language)}
    if error.number:
        body["number"] = error.number
    if isinstance(error, LimitReached):
        body |= {"retry_after": error.retry_after, "current_usage": dict(error.current_usage)}
    return body


def error_headers(error: ChatError) -> dict[str, str]:
    """When to come back, and what is left until then."""
    headers = {}
    if error.retry_after is not None:
        # Whole seconds (RFC 9110, section 10.2.3), and never 0: that would be an invitation.
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, LimitReached) and "remaining_rpm" in error.current_usage:
        headers["X-RateLimit-Remaining"] = str(error.current_usage["remaining_rpm"])
    return headers
