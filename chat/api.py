"""The routes of agents, conversations, turns and files: one API for the page and for programs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import FileResponse, Response, StreamingResponse

from auth.guard import Guard
from auth.logins import Logins
from chat import shapes
from chat.agents import AgentDirectory, Listing
from chat.artifacts import Format, artifact_of_file
from chat.cards import Cards
from chat.cards_api import file_as_json
from chat.conversations import Ask, Conversations, Manner
from chat.errors import FieldError
from chat.event_log import LoggedEvent
from chat.files import Files
from chat.seats import Seats
from chat.taking_away import TakingAway
from chat.turns import Turns
from chat.upstreams.base import Agent
from locales import language_of
from storage.conversations import Conversation, Message
from storage.turns import LIVE, Turn
from storage.users import Login

LONGEST_QUESTION = 200_000  # characters
MOST_FILES = 20  # that come along with a question
LONGEST_WAIT = 600  # seconds in line, for those who choose to wait longer than usual
STREAMS_PER_BROWSER = 4
RECONNECT_MS = 1000
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
AgentId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]  # more is more than a database can count
WaitSeconds = Annotated[float, Field(ge=0, le=LONGEST_WAIT)]
Content = Annotated[str, StringConstraints(max_length=LONGEST_QUESTION)]


class NewConversation(BaseModel):
    agent_id: AgentId
    title: Title = ""


class ChangedConversation(BaseModel):
    title: Annotated[Title, StringConstraints(min_length=1)] | None = None
    agent_id: AgentId | None = None
    pinned: bool | None = None


class NewMessage(BaseModel):
    role: Literal["user", "assistant", "system"]
    content: Annotated[Content, StringConstraints(min_length=1)]


class NewTurn(BaseModel):
    content: Content = ""
    file_id: str | None = None
    other_file_ids: Annotated[tuple[str, ...], Field(max_length=MOST_FILES)] = ()
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    parent_id: str | None = None
    wait_seconds: WaitSeconds | None = None


class AnotherAnswer(BaseModel):
    wait_seconds: WaitSeconds | None = None


class LongerWait(BaseModel):
    seconds: Annotated[float, Field(gt=0, le=LONGEST_WAIT)]


class Version(BaseModel):
    message_id: str


def chat_routes(
    *,
    guard: Guard,
    logins: Logins,
    agents: AgentDirectory,
    conversations: Conversations,
    turns: Turns,
    files: Files,
    cards: Cards,
) -> APIRouter:
    """Each route begins with its guard, which comes before the body is looked at: no login, no answer."""
    router = APIRouter(responses=shapes.ROUTE_ERRORS)
    signed_in = Depends(guard.route)
    browsers = Seats(each=STREAMS_PER_BROWSER)
    taking_away = TakingAway(files)
    one_conversation = {200: {"model": shapes.Conversation}, **shapes.NOT_FOUND}
    new_message: dict[str, Any] = {
        "status_code": 201,
        "summary": "Store a message at the end of a conversation; nobody is asked",
        "responses": {201: {"model": shapes.Message}, **shapes.NOT_FOUND, **shapes.RUNNING},
    }
    new_turn: dict[str, Any] = {
        "status_code": 201,
        "responses": {201: {"model": shapes.Turn}, **shapes.NOT_FOUND, **shapes.RUNNING},
    }

    @router.get("/api/agents/", tags=["Agents"], summary="List all agents", responses={200: {"model": shapes.Agents}})
    async def list_agents(request: Request, refresh: bool = False, login: Login = signed_in) -> dict[str, Any]:
        return agents_as_json(await agents.listing(refresh=refresh), language(request))

    @router.post(
        "/api/sessions/",
        status_code=201,
        tags=["Conversations"],
        summary="Begin a conversation",
        responses={201: {"model": shapes.Conversation}},
    )
    async def create(body: NewConversation, login: Login = signed_in) -> dict[str, Any]:
        made = await conversations.create(login.user.id, agent_id=body.agent_id, title=body.title)
        return conversation_as_json(made)

    @router.get(
        "/api/sessions/",
        tags=["Conversations"],
        summary="List my conversations",
        responses={200: {"model": list[shapes.CountedConversation]}},
    )
    async def list_conversations(ordering: str = "-updated_at", login: Login = signed_in) -> list[dict[str, Any]]:
        rows = await conversations.listing(login.user.id, ordering=ordering)
        return [{**conversation_as_json(row), "message_count": count} for row, count in rows]

    @router.get(
        "/api/sessions/{conversation_id}/",
        tags=["Conversations"],
        summary="A conversation with the messages on its current path",
        responses={200: {"model": shapes.OpenConversation}, **shapes.NOT_FOUND},
    )
    async def open_conversation(conversation_id: str, login: Login = signed_in) -> dict[str, Any]:
        conversation, path = await conversations.open(login.user.id, conversation_id)
        context, room = conversations.context(conversation, path)
        seen = await conversations.seen_by(login.user.id, conversation_id)
        kept = await conversations.files(login.user.id, conversation_id)
        return {
            **conversation_as_json(conversation),
            "messages": [message_as_json(item) for item in path],
            "context": {
                "left_out_until": None if context.left_out is None else path[context.left_out].id,
                "tokens": context.tokens,
                "limit": room.tokens,
            },
            "files": [file_as_json(file, known) for file, known in kept],
            "seen_by": [{"name": item.name, "at": item.at.isoformat(), "reason": item.reason} for item in seen],
        }

    @router.put(
        "/api/sessions/{conversation_id}/",
        tags=["Conversations"],
        summary="Change the title or the agent, or pin it (the same as PATCH)",
        responses=one_conversation,
    )
    @router.patch(
        "/api/sessions/{conversation_id}/",
        tags=["Conversations"],
        summary="Change the title or the agent, or pin it",
        responses=one_conversation,
    )
    async def change(conversation_id: str, body: ChangedConversation, login: Login = signed_in) -> dict[str, Any]:
        changed = await conversations.change(
            login.user.id, conversation_id, title=body.title, agent_id=body.agent_id, pinned=body.pinned
        )
        return conversation_as_json(changed)

    @router.delete(
        "/api/sessions/{conversation_id}/",
        status_code=204,
        tags=["Conversations"],
        summary="Delete a conversation with its messages and files",
        responses=shapes.NOT_FOUND,
    )
    async def delete(conversation_id: str, login: Login = signed_in) -> Response:
        await conversations.delete(login.user.id, conversation_id)
        return Response(status_code=204)

    @router.post("/api/sessions/{conversation_id}/add_message/", tags=["Messages"], **new_message)
    @router.post("/api/sessions/{conversation_id}/messages/", tags=["Messages"], **new_message)
    async def add_message(conversation_id: str, body: NewMessage, login: Login = signed_in) -> dict[str, Any]:
        message = await conversations.add_message(login.user.id, conversation_id, role=body.role, content=body.content)
        return message_as_json(message)

    @router.post(
        "/api/sessions/{conversation_id}/version",
        status_code=204,
        tags=["Conversations"],
        summary="Go on from another version",
        responses={**shapes.NOT_FOUND, **shapes.RUNNING},
    )
    async def choose_version(conversation_id: str, body: Version, login: Login = signed_in) -> Response:
        await conversations.choose(login.user.id, conversation_id, body.message_id)
        return Response(status_code=204)

    @router.post(
        "/api/sessions/{conversation_id}/turns/",
        tags=["Turns"],
        summary="Ask a question in a conversation",
        **new_turn,
    )
    async def ask(conversation_id: str, body: NewTurn, request: Request, login: Login = signed_in) -> dict[str, Any]:
        if not body.file_id and "content" not in body.model_fields_set:
            raise FieldError("content", "This field is required.")
        question = Ask(
            content=body.content,
            file_id=body.file_id,
            other_file_ids=body.other_file_ids,
            client_id=body.client_id,
            parent_id=body.parent_id,
            at_leaf="parent_id" not in body.model_fields_set,
        )
        turn = await conversations.ask(
            login.user.id,
            conversation_id,
            question,
            language=language(request),
            manner=_manner(request, body.wait_seconds, role=login.user.role),
        )
        return turn_as_json(turn)

    @router.post(
        "/api/turns/{turn_id}/again", tags=["Turns"], summary="Ask the question of a turn once more", **new_turn
    )
    async def again(
        turn_id: str, request: Request, login: Login = signed_in, body: AnotherAnswer | None = None
    ) -> dict[str, Any]:
        manner = _manner(request, body.wait_seconds if body else None, role=login.user.role)
        turn = await conversations.again(login.user.id, turn_id, language=language(request), manner=manner)
        return turn_as_json(turn)

    @router.post(
        "/api/turns/{turn_id}/stop",
        tags=["Turns"],
        summary="Stop an answer; what has arrived is kept",
        responses={200: {"model": shapes.TurnId}, **shapes.NOT_FOUND},
    )
    async def stop(turn_id: str, login: Login = signed_in) -> dict[str, Any]:
        await conversations.stop(login.user.id, turn_id)
        return {"turn_id": turn_id}

    @router.post(
        "/api/turns/{turn_id}/wait",
        tags=["Turns"],
        summary="Let a turn that waits in line wait longer",
        responses={200: {"model": shapes.TurnId}, **shapes.NOT_FOUND},
    )
    async def wait_longer(turn_id: str, body: LongerWait, login: Login = signed_in) -> dict[str, Any]:
        await conversations.wait_longer(login.user.id, turn_id, body.seconds)
        return {"turn_id": turn_id}

    @router.get(
        "/api/turns/{turn_id}/events",
        tags=["Turns"],
        summary="Watch an answer as it comes, from any event on",
        response_class=StreamingResponse,
        responses={**shapes.EVENTS, **shapes.NOT_FOUND},
    )
    async def watch(turn_id: str, request: Request, login: Login = signed_in) -> Response:
        turn = await conversations.turn(login.user.id, turn_id)
        # EventSource sends the header when it reconnects by itself; a page that opens a new one can only say `after`.
        stated = request.headers.get("last-event-id") or request.query_params.get("after", "")
        after = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else None
        if after is not None and turn.state not in LIVE and after >= turn.last_event > 0:
            return Response(status_code=204)  # all has been seen: this tells EventSource not to come again
        seats = None if "authorization" in request.headers else browsers
        frames = _frames(turns.watch(turn, after=after), login, logins, seats)
        return StreamingResponse(frames, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @router.post(
        "/api/files",
        status_code=201,
        tags=["Files"],
        summary="Upload a file for a question",
        responses={201: {"model": shapes.File}, 413: {"model": shapes.Failure}},
        openapi_extra=shapes.UPLOAD_FORM,
    )
    async def upload(request: Request, login: Login = signed_in) -> dict[str, Any]:
        file = await files.take(request, login.user.id, language=language(request))
        cards.begin(file)
        return {"file_id": file.id, "name": file.name, "size": file.size}

    @router.delete(
        "/files/{file_id}",
        status_code=204,
        tags=["Files"],
        summary="Delete an upload that was not sent",
        responses=shapes.NOT_FOUND,
    )
    async def drop_unsent(file_id: str, login: Login = signed_in) -> Response:
        await files.drop(login.user.id, file_id)
        cards.forget(file_id)
        return Response(status_code=204)

    @router.get(
        "/files/{file_id}",
        tags=["Files"],
        summary="Download a file; a chart also as svg, a table as csv or xlsx",
        response_class=FileResponse,
        responses=shapes.DOWNLOAD,
    )
    async def download(
        file_id: str, request: Request, format: Format | None = None, login: Login = signed_in
    ) -> Response:
        what = await taking_away.take(login.user.id, file_id, format)
        in_place = what.shown and "download" not in request.query_params
        headers = {"Cache-Control": "no-store"}
        if isinstance(what.source, bytes):
            headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(what.name)}"
            return Response(what.source, media_type=what.media_type, headers=headers)
        return FileResponse(
            what.source,
            filename=what.name,
            media_type=what.media_type,
            content_disposition_type="inline" if in_place else "attachment",
            headers=headers,
        )

    return router


async def _frames(
    batches: AsyncIterator[list[LoggedEvent]], login: Login, logins: Logins, seats: Seats | None
) -> AsyncIterator[str]:
    """The bytes of a stream of Server-Sent Events, which ends with the turn, or within a second of the login.

    It also ends when its browser needs the connection (`seats`); EventSource comes back by itself after `retry`.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as limit:

            def end() -> None:
                limit.reschedule(loop.time())

            with logins.watch(login, end), seats.take(login.id, end) if seats else nullcontext():
                yield f"retry: {RECONNECT_MS}\n: open\n\n"
                async for batch in batches:
                    yield "".join(map(_frame, batch)) or ": still here\n\n"
    except TimeoutError:
        return


def _frame(event: LoggedEvent) -> str:
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n"


def _manner(request: Request, wait_seconds: float | None, *, role: str) -> Manner:
    """A token in a header means a program, which lets the people at their browsers go first."""
    return Manner(
        interactive="authorization" not in request.headers,
        patience=wait_seconds,
        asks_hidden=role != "user",
    )


def language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


def agents_as_json(listing: Listing, language: str) -> dict[str, Any]:
    return {
        "items": [agent_as_json(agent, language) for agent in listing.agents],
        "stale": listing.stale,
        "away": list(listing.away),
        "preferred": listing.preferred,
    }


def agent_as_json(agent: Agent, language: str) -> dict[str, Any]:
    label, description = agent.names.get(language, (agent.label, agent.description))
    return {
        "agentId": agent.id,
        "label": label,
        "description": description,
        "capabilities": list(agent.capabilities),
        "upstream": agent.upstream,
    }


def conversation_as_json(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "agent_id": conversation.agent_id,
        "title": conversation.title,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "pinned": conversation.pinned,
    }


def message_as_json(message: Message) -> dict[str, Any]:
    file = message.file
    return {
        "id": message.id,
        "parent_id": message.parent_id,
        "role": message.role,
        "content": message.content,
        "created_at": message.created_at.isoformat(),
        "agent_id": message.agent_id,
        "thinking": message.thinking,
        "truncated": message.truncated,
        "artifacts": [artifact_of_file(item) for item in message.artifacts] + message.links,
        "work": message.work,
        "suggestions": message.suggestions,
        "file": {"file_id": file.id, "name": file.name, "size": file.size} if file else None,
        "siblings": message.siblings,
        "turn_id": message.turn_id,
        "state": message.state,
        "error": message.error,
        "totals": message.totals,
    }


def turn_as_json(turn: Turn) -> dict[str, str]:
    return {"turn_id": turn.id, "user_message_id": turn.user_message_id, "message_id": turn.message_id}
