"""What is wrong with a request's body, in the API's one shape: {"field": ["sentence"]} with status 400."""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse, Response

SENTENCES = {
    "missing": "This field is required.",
    "string_type": "Not a valid string.",
    "int_type": "A valid integer is required.",
    "bool_type": "Must be a valid boolean.",
    "list_type": "Expected a list of items.",
    "string_too_short": "This field may not be blank.",
    "json_invalid": "The body is not valid JSON.",
    "model_attributes_type": "The body must be a JSON object.",
    "dict_type": "The body must be a JSON object.",
}


def field_errors_response(_request: Request, error: Exception) -> Response:
    """Answer FastAPI's validation error by field; values are never repeated."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for this class
    fields: dict[str, list[str]] = {}
    for item in error.errors():
        names = [part for part in item["loc"][1:] if isinstance(part, str)]
        field = names[0] if names and item["type"] != "json_invalid" else "non_field_errors"
        fields.setdefault(field, []).append(SENTENCES.get(item["type"], item["msg"]))
    return JSONResponse(fields, 400)
