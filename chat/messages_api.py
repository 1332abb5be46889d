"""The routes of single messages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import StringConstraints
from starlette.responses import Response

from auth.guard import Guard
from chat import shapes
from chat.api import NewMessage, PageNumber, message_as_json
from chat.conversations import Conversations
from chat.messages import Messages
from storage.conversations import Message
from storage.users import Login

MOST_MESSAGES = 1000  # in one answer


class MessageForSession(NewMessage):
    session: Annotated[str, StringConstraints(min_length=1, max_length=100)]


def message_routes(*, guard: Guard, conversations: Conversations, messages: Messages) -> APIRouter:
    """Each route begins with its guard."""
    router = APIRouter(prefix="/api/messages", tags=["Messages"], responses=shapes.ROUTE_ERRORS)
    signed_in = Depends(guard.route)
    one = {"model": shapes.MessageOfSession}

    @router.get(
        "/",
        summary="List messages with all their versions, oldest first",
        responses={200: {"model": list[shapes.MessageOfSession]}, **shapes.NOT_FOUND},
    )
    async def list_messages(
        session: Annotated[str | None, Query(description="a conversation's id; without it, all of mine")] = None,
        ordering: Annotated[str, Query(description="created_at or -created_at")] = "created_at",
        page: PageNumber = 1,
        limit: Annotated[int, Query(ge=1, le=MOST_MESSAGES)] = MOST_MESSAGES,
        login: Login = signed_in,
    ) -> list[dict[str, Any]]:
        found = await messages.listing(
            login.user.id,
            session,
            newest_first=ordering == "-created_at",
            limit=limit,
            offset=(page - 1) * limit,
        )
        return [_as_json(*item) for item in found]

    @router.post(
        "/",
        status_code=201,
        summary="Store a message in a conversation; nobody is asked",
        responses={201: one, **shapes.NOT_FOUND, **shapes.RUNNING},
    )
    async def add_message(body: MessageForSession, login: Login = signed_in) -> dict[str, Any]:
        made = await conversations.add_message(login.user.id, body.session, role=body.role, content=body.content)
        return _as_json(body.session, made)

    @router.get("/{message_id}/", summary="One message", responses={200: one, **shapes.NOT_FOUND})
    async def show_message(message_id: str, login: Login = signed_in) -> dict[str, Any]:
        return _as_json(*await messages.find(login.user.id, message_id))

    @router.delete(
        "/{message_id}/",
        status_code=204,
        summary="Delete a message with all that follows it",
        responses={**shapes.NOT_FOUND, **shapes.RUNNING},
    )
    async def delete_message(message_id: str, login: Login = signed_in) -> Response:
        await messages.delete(login.user.id, message_id)
        return Response(status_code=204)

    return router


def _as_json(conversation_id: str, message: Message) -> dict[str, Any]:
    return {**message_as_json(message), "session": conversation_id}
