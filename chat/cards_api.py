"""The routes of intake cards: what is known of an upload, and how it is to be read instead."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import JSONResponse, Response

from auth.guard import Guard
from chat import shapes
from chat.card_text import note_sentences
from chat.cards import Cards
from locales import language_of
from storage.cards import StoredCard
from storage.conversations import StoredFile
from storage.users import Login


class ChosenReading(BaseModel):
    """How a file is to be read; what isn't stated is found out. `header` is a line, from 1; 0 says there is none."""

    model_config = ConfigDict(extra="forbid")

    encoding: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[\w .:+-]+$")] | None = None
    separator: Annotated[str, StringConstraints(min_length=1, max_length=5)] | None = None
    sheet: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    header: Annotated[int, Field(ge=0, le=100_000)] | None = None


def card_routes(*, guard: Guard, cards: Cards) -> APIRouter:
    """Each route begins with its guard."""
    router = APIRouter(tags=["Files"], responses=shapes.ROUTE_ERRORS)
    signed_in = Depends(guard.route)
    unreadable = {**shapes.NOT_FOUND, 422: {"description": "It can't be read, and why", "model": shapes.Failure}}

    @router.get(
        "/api/files/{file_id}/card",
        summary="What is known of an upload: its intake card",
        responses={200: {"model": shapes.FileCard}, 202: {"model": shapes.Reading}, **unreadable},
    )
    async def card(file_id: str, request: Request, login: Login = signed_in) -> Response:
        known = await cards.of(login.user.id, file_id)
        if known is None:
            return JSONResponse({"state": "reading"}, 202)
        return JSONResponse(card_as_json(file_id, known, _language(request)))

    @router.put(
        "/api/files/{file_id}/card",
        summary="Read an upload in another way",
        responses={200: {"model": shapes.FileCard}, **unreadable},
    )
    async def choose(file_id: str, body: ChosenReading, request: Request, login: Login = signed_in) -> Response:
        known = await cards.choose(login.user.id, file_id, body.model_dump())
        return JSONResponse(card_as_json(file_id, known, _language(request)))

    return router


def card_as_json(file_id: str, known: StoredCard, language: str) -> dict[str, Any]:
    """A card with its notes as sentences for the reader, and what of it its user has chosen."""
    card = dict(known.card or {})
    card["notes"] = [
        {"key": note["key"], "text": sentence, "lines": str(note.get("lines", ""))}
        for note, sentence in zip(card["notes"], note_sentences(card, language), strict=True)
    ]
    choice = {name: (known.choice or {}).get(name) for name in ChosenReading.model_fields}
    return {"file_id": file_id, "card": card, "choice": choice}


def file_as_json(file: StoredFile, known: StoredCard | None) -> dict[str, Any]:
    """A file of a conversation; rows and columns are null for what is no table, or has not been read."""
    card = known.card if known and known.card and known.card["kind"] == "table" else None
    return {
        "file_id": file.id,
        "name": file.name,
        "size": file.size,
        "rows": card["rows"] if card else None,
        "columns": card["width"] if card else None,
    }


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))
