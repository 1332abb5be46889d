"""OpenAI's routes, so that any OpenAI client can use the team's agents: a model is an agent."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from auth.errors import AuthError
from auth.guard import Guard
from chat import shapes
from chat.agents import AgentDirectory
from chat.api import AgentId, Content, WaitSeconds, agent_as_json, language
from chat.api_errors import error_headers
from chat.callers import answered
from chat.contents import ALL_THERE_IS, contents_of, system_as_user
from chat.direct import Call, Direct
from chat.errors import ChatError, FieldError, LimitReached, NotFound, UnknownAgent
from chat.events import Delta, Thinking
from chat.upstreams.base import Agent, Question
from storage.users import Login

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}  # else by hundreds
Json = dict[str, Any]


class Part(BaseModel):
    """A piece of a message; texts alone are understood."""

    type: str
    text: Content | None = None


class ChatMessage(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content | list[Part] | None = None

    def words(self) -> str:
        """Raises: FieldError."""
        if isinstance(self.content, list):
            if any(part.type != "text" or part.text is None for part in self.content):
                raise FieldError("messages", "Only parts of type 'text' are supported.")
            return "\n".join(part.text or "" for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    type: str


class ChatCompletion(BaseModel):
    """What else OpenAI knows, such as `temperature`, is accepted and has no effect."""

    model: AgentId = Field(description="an agent's id")
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, description="1 is the only number of answers")
    tools: list[Any] | None = Field(default=None, description="not supported")
    functions: list[Any] | None = Field(default=None, description="not supported")
    response_format: ResponseFormat | None = Field(default=None, description="`text` is the only one")
    wait_seconds: WaitSeconds | None = Field(default=None, description="seconds in line at most; not of OpenAI")

    def conversation(self) -> tuple[str, ...]:
        """The messages as FabriX wants to be sent them. Raises: FieldError."""
        self._refuse_what_no_agent_can()
        *history, question = ((message.role, message.words()) for message in self.messages)
        if question[0] != "user" or not question[1].strip():
            raise FieldError("messages", "The last message must be the user's, and not blank.")
        roles = [("system" if role == "developer" else role, words) for role, words in history]
        return contents_of(system_as_user(roles), question[1], ALL_THERE_IS)

    def _refuse_what_no_agent_can(self) -> None:
        """Where ignoring would give a caller something else than was asked for, the request is refused."""
        if self.n not in (None, 1):
            raise FieldError("n", "Only one answer at a time is supported.")
        for name in ("tools", "functions"):
            if getattr(self, name):
                raise FieldError(name, "Agents have no use of a caller's tools.")
        if self.response_format and self.response_format.type != "text":
            raise FieldError("response_format", "Agents answer with text only.")
        if any(message.role in ("tool", "function") for message in self.messages):
            raise FieldError("messages", "Results of tools are not supported.")


class OpenAiRoute(APIRoute):
    """A route whose errors are told as OpenAI's clients expect them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_or_tell(request: Request) -> Response:
            try:
                return await handle(request)
            except ChatError as error:
                return JSONResponse(
                    {"error": error_as_openai(error, language(request))}, _status(error), error_headers(error)
                )
            except AuthError as error:
                sentence = next(iter(error.body.values()))
                return refusal(401, sentence, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})
            except RequestValidationError as error:
                first = error.errors()[0]
                # Where a text is no JSON, the place in it is no field.
                names = () if first["type"] == "json_invalid" else first["loc"][1:]
                return refusal(400, first["msg"], param=".".join(str(part) for part in names) or None)
            except HTTPException as error:  # a body that can't be read
                return refusal(error.status_code, error.detail)

        return handle_or_tell


def openai_routes(*, guard: Guard, agents: AgentDirectory, direct: Direct) -> APIRouter:
    """Each route begins with its guard."""
    router = APIRouter(prefix="/v1", route_class=OpenAiRoute, tags=["OpenAI's paths"], responses=shapes.OPENAI_ERRORS)
    signed_in = Depends(guard.route)

    @router.get("/models", summary="List the agents as models", responses={200: {"model": shapes.Models}})
    async def list_models(request: Request, login: Login = signed_in) -> Json:
        found = (await agents.listing()).agents
        return {"object": "list", "data": [_model(agent, language(request)) for agent in found]}

    @router.get("/models/{model:path}", summary="One agent as a model", responses={200: {"model": shapes.Model}})
    async def show_model(model: str, request: Request, login: Login = signed_in) -> Json:
        for agent in (await agents.listing()).agents:
            if agent.id == model:
                return _model(agent, language(request))
        raise UnknownAgent

    @router.post(
        "/chat/completions",
        summary="Ask an agent; nothing is stored",
        response_model=None,
        responses={200: shapes.streamed_or(shapes.Completion)},
    )
    async def complete(body: ChatCompletion, request: Request, login: Login = signed_in) -> Response:
        question = Question(body.model, body.conversation(), language=language(request))
        call = direct.ask(question, login, patience=body.wait_seconds)
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return await answered(
            request, call, stream=bool(body.stream), frames=lambda call: _frames(call, with_usage), whole=_completion
        )

    @router.api_route("/{path:path}", methods=METHODS, include_in_schema=False)
    async def unknown(path: str, login: Login = signed_in) -> Json:
        raise NotFound

    return router


def error_as_openai(error: ChatError, language: str) -> Json:
    """OpenAI's object for an error, with the call's number."""
    status = _status(error)
    sentence = "There is no such address here." if isinstance(error, NotFound) else error.notice(language)
    told: Json = {"message": sentence, "type": _kind(status), "param": None, "code": error.code}
    if isinstance(error, FieldError):
        told["param"] = error.field
    if isinstance(error, UnknownAgent):
        told |= {"param": "model", "code": "model_not_found"}
    if error.number:
        told["number"] = error.number
    if isinstance(error, LimitReached):
        told |= {"retry_after": error.retry_after, "current_usage": dict(error.current_usage)}
    return told


def _status(error: ChatError) -> int:
    return 404 if isinstance(error, UnknownAgent) else error.status


def _kind(status: int) -> str:
    return KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")


def refusal(
    status: int,
    sentence: str,
    *,
    code: str | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """An answer that says no in OpenAI's shape."""
    error = {"message": sentence, "type": _kind(status), "param": param, "code": code}
    return JSONResponse({"error": error}, status, headers)


def _model(agent: Agent, language: str) -> Json:
    shown = agent_as_json(agent, language)
    # When an agent was made isn't known.
    return {
        "id": agent.id,
        "object": "model",
        "created": 0,
        "owned_by": "fabrix-agent-chat",
        "name": shown["label"],
        "description": shown["description"],
    }


def _completion(call: Call) -> Json:
    message: Json = {"role": "assistant", "content": call.answer, "refusal": None}
    if call.thinking:
        message["reasoning_content"] = call.thinking
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(call)}
    return {**_head(call, "chat.completion"), "choices": [choice], "usage": _usage(call), **_references(call)}


async def _frames(call: Call, with_usage: bool) -> AsyncIterator[str]:
    head = _head(call, "chat.completion.chunk")
    if with_usage:
        head["usage"] = None

    def chunk(delta: Json, *, finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _frame({**head, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    try:
        async for event in call.said():
            if isinstance(event, Delta):
                yield chunk({"content": event.text})
            elif isinstance(event, Thinking):
                yield chunk({"reasoning_content": event.text})
    except ChatError as error:
        yield _frame({"error": error_as_openai(error, call.question.language)})
        return
    yield chunk({}, finish=_finish(call), **_references(call))
    if with_usage:
        yield _frame({**head, "choices": [], "usage": _usage(call)})
    yield "data: [DONE]\n\n"


def _head(call: Call, kind: str) -> Json:
    created = int(call.created_at.timestamp())
    return {"id": f"chatcmpl-{call.id}", "object": kind, "created": created, "model": call.question.agent_id}


def _finish(call: Call) -> str:
    return "length" if call.truncated else "stop"


def _usage(call: Call) -> Json:
    tokens_in, tokens_out, estimated = call.usage
    told: Json = {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }
    return told | {"estimated": True} if estimated else told


def _references(call: Call) -> Json:
    """The sources that an answer names, for which OpenAI has no place."""
    if not call.references:
        return {}
    return {"references": [{"title": source.title, "url": source.url} for source in call.references]}


def _frame(data: Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
