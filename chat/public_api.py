"""FabriX's own routes, with the same bodies: a script moves here by changing its address and its token."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData
from starlette.responses import Response

from auth.guard import Guard
from chat import shapes
from chat.agents import AgentDirectory
from chat.api import AgentId, Content, PageNumber, WaitSeconds, agent_as_json, language
from chat.api_errors import error_as_json
from chat.callers import answered
from chat.contents import ALL_THERE_IS, contents_of, system_as_user
from chat.direct import Call, Direct
from chat.errors import ChatError, FieldError
from chat.events import Delta
from chat.files import Files
from chat.upstreams.base import Question
from locales import text
from storage.users import Login

FIELDS_BYTES = 2 << 20  # of a form besides its file, as of any other body
MOST_AGENTS = 1000  # on a page
PATHS = ("/agents", "/agent-messages", "/agent-messages/file")
BASES = ("/openapi/agent-chat/v1", "/api-agent/openapi/agent-chat/v1")  # what FabriX's own clients put before them
WaitQuery = Annotated[WaitSeconds | None, Query(description="Seconds in line at most; the body may say it, too.")]


def _as_text(agent_id: object) -> object:
    """One tenant's ids are numbers, and its clients send them as such."""
    return str(agent_id) if type(agent_id) is int else agent_id


def _sendable(value: dict[str, Any]) -> dict[str, Any]:
    """The same; what Python reads as JSON and FabriX could not be sent is refused: NaN, half surrogate pairs."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        raise PydanticCustomError("not_json", "Not valid JSON.") from None
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_sendable)]


class _Body(BaseModel):
    # Clients send more than is known here: what FabriX would ignore is ignored.
    model_config = ConfigDict(populate_by_name=True)

    agent_id: Annotated[AgentId, BeforeValidator(_as_text)] = Field(alias="agentId")
    is_stream: bool = Field(default=True, alias="isStream")
    wait_seconds: WaitSeconds | None = None


class EarlierMessage(BaseModel):
    role: Literal["user", "assistant", "system"]
    content: Content


class AgentMessage(_Body):
    """Either `contents`, whose last item is the question, or `message` with its `history`."""

    contents: list[Content] = Field(default=[], description="question, answer, question, answer, …, the new question")
    message: Content | None = None
    history: list[EarlierMessage | Content] = Field(
        default=[], description="`{role, content}` objects, or texts: question, answer, question, …"
    )
    is_rag_on: bool | None = Field(default=None, alias="isRagOn")
    execute_final_answer: bool | None = Field(default=None, alias="executeFinalAnswer")
    execute_rag_final_answer: bool | None = Field(default=None, alias="executeRagFinalAnswer")
    execute_rag_standalone_query: bool | None = Field(default=None, alias="executeRagStandaloneQuery")
    llm_config: JsonObject | None = Field(default=None, alias="llmConfig")
    system_prompt_variables: JsonObject | None = Field(default=None, alias="systemPromptVariables")

    def conversation(self) -> tuple[str, ...]:
        """The conversation as FabriX wants to be sent it; `contents` is that already. Raises: FieldError."""
        asked = "contents" if self.message is None else "message"
        question = self.contents[-1] if self.contents else self.message
        if question is None:
            raise FieldError(asked, "This field is required.")
        if not question.strip():
            raise FieldError(asked, "This field may not be blank.")
        if self.contents:
            return tuple(self.contents)
        history = [
            (item.role, item.content) if isinstance(item, EarlierMessage) else (("user", "assistant")[at % 2], item)
            for at, item in enumerate(self.history)
        ]
        return contents_of(system_as_user(history), question, ALL_THERE_IS)

    def options(self) -> dict[str, object]:
        """What FabriX is told besides, by its own names."""
        names = {
            "is_rag_on",
            "execute_final_answer",
            "execute_rag_final_answer",
            "execute_rag_standalone_query",
            "llm_config",
            "system_prompt_variables",
        }
        return self.model_dump(include=names, by_alias=True, exclude_none=True)


class FileMessage(_Body):
    contents: list[Content] = []
    is_stream: bool = Field(default=False, alias="isStream")


def public_routes(*, guard: Guard, agents: AgentDirectory, direct: Direct, files: Files) -> APIRouter:
    """Each route begins with its guard, which comes before the body is looked at: no login, no answer."""
    router = APIRouter(tags=["FabriX's own paths"], responses=shapes.DIRECT_ERRORS)
    signed_in = Depends(guard.program)

    @router.get("/agents", summary="List the agents, page by page", responses={200: {"model": shapes.AgentsPage}})
    async def list_agents(
        request: Request,
        page: PageNumber = 1,
        limit: Annotated[int, Query(ge=1, le=MOST_AGENTS)] = 50,
        login: Login = signed_in,
    ) -> dict[str, Any]:
        found = (await agents.listing()).agents
        shown = found[(page - 1) * limit : page * limit]
        items = [agent_as_json(agent, language(request)) for agent in shown]
        return {"items": items, "total": len(found), "page": page, "limit": limit}

    @router.post(
        "/agent-messages",
        summary="Ask an agent; nothing is stored",
        response_model=None,
        responses={200: shapes.streamed_or(shapes.AgentAnswer)},
    )
    async def ask(
        body: AgentMessage, request: Request, wait_seconds: WaitQuery = None, login: Login = signed_in
    ) -> Response:
        question = Question(body.agent_id, body.conversation(), language=language(request), options=body.options())
        call = direct.ask(question, login, patience=_patience(body, wait_seconds))
        return await answered(request, call, stream=body.is_stream, frames=_frames, whole=_answer)

    @router.post(
        "/agent-messages/file",
        summary="Ask an agent about a file; neither is stored",
        response_model=None,
        responses={200: shapes.streamed_or(shapes.FileAnswer)},
        openapi_extra=shapes.FILE_FORM,
    )
    async def ask_about_a_file(request: Request, wait_seconds: WaitQuery = None, login: Login = signed_in) -> Response:
        tongue = language(request)
        async with files.form(request, language=tongue, fields_bytes=FIELDS_BYTES) as form:
            body = _file_message(form)
            attachment = await files.borrow(form, login.user.id, language=tongue)
        contents = tuple(body.contents)
        if not contents or not contents[-1].strip():
            contents = (*contents[:-1], text("question.default", tongue))
        question = Question(body.agent_id, contents, attachment, attachment, language=tongue)
        call = direct.ask(question, login, patience=_patience(body, wait_seconds))
        return await answered(request, call, stream=body.is_stream, frames=_frames, whole=_file_answer)

    return router


def _patience(body: _Body, wait_seconds: float | None) -> float | None:
    return wait_seconds if body.wait_seconds is None else body.wait_seconds


def _file_message(form: FormData) -> FileMessage:
    """Raises: RequestValidationError."""
    fields: dict[str, Any] = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    fields["contents"] = [value for value in form.getlist("contents") if isinstance(value, str)]
    try:
        return FileMessage.model_validate(fields)
    except ValidationError as error:
        errors = [{**item, "loc": ("body", *item["loc"])} for item in error.errors(include_context=False)]
        raise RequestValidationError(errors) from None


def _answer(call: Call) -> dict[str, Any]:
    """A plain answer of FabriX."""
    sources = [{"title": source.title, "link": source.url} for source in call.references]
    return {
        "content": call.answer,
        "contentReferences": [{"references": sources}] if sources else [],
        "truncated": call.truncated,
        "finishReason": "length" if call.truncated else "stop",
        "status": "SUCCESS",
        "responseCode": "R20000",
    }


def _file_answer(call: Call) -> dict[str, Any]:
    file = call.question.attachment
    assert file is not None  # noqa: S101 -- these calls are made with one
    metadata = {"filename": file.name, "size": file.size, "processed_at": datetime.now(UTC).isoformat()}
    return {"content": call.answer, "metadata": metadata}


async def _frames(call: Call) -> AsyncIterator[str]:
    yield _frame({"type": "start", "content": ""})
    try:
        async for event in call.said():
            if isinstance(event, Delta):
                yield _frame({"type": "content", "content": event.text})
    except ChatError as error:
        told = error_as_json(error, call.question.language)
        yield _frame({"type": "error", "content": "", **told, "status": error.status})
        return
    end: dict[str, Any] = {"type": "end", "content": ""}
    if call.truncated:
        end["truncated"] = True
    if call.references:
        end["contentReferences"] = _answer(call)["contentReferences"]
    yield _frame(end)


def _frame(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
