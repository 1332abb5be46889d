"""What the API's answers look like, for its documentation; tests hold the answers to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from auth.shapes import SIGNED_OUT, Detail, FieldFailure, Responses, Shape

# ------------------------------------------------------------------- agents


class Agent(Shape):
    agentId: str
    label: str
    description: str
    capabilities: list[Literal["chat", "file"]]
    upstream: str


class Agents(Shape):
    """`stale`: the upstreams in `away` don't answer, and their part is what they last said.

    `preferred`: the agent to start with.
    """

    items: list[Agent]
    stale: bool
    away: list[str]
    preferred: str | None


class AgentsPage(Shape):
    items: list[Agent]
    total: int
    page: int
    limit: int


# ------------------------------------------------------------------- conversations


class Conversation(Shape):
    id: str
    agent_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    pinned: bool


class CountedConversation(Conversation):
    message_count: int


class File(Shape):
    """`size` in bytes."""

    file_id: str
    name: str
    size: int


class ConversationFile(File):
    """`rows` and `columns` are null for what is no table, or has not been read."""

    rows: int | None
    columns: int | None


class CardColumn(Shape):
    """`missing_share` is from 0 to 1; `personal`: what kind of personal data it looks like."""

    name: str
    kind: Literal["number", "date", "month", "text"]
    unit: str
    examples: list[str]
    missing: int
    missing_share: float
    distinct: int
    personal: Literal["resident_number", "phone", "email", "card_number"] | None


class CardSheet(Shape):
    name: str
    rows: int
    columns: int


class CardNote(Shape):
    """What was found, repaired or left out; `lines` says where, "" for nowhere in particular."""

    key: str
    text: str
    lines: str


class Card(Shape):
    """A file as it was read. What doesn't apply to its format is null or empty; lines count from 1.

    `columns` and `preview`, the first rows, hold at most 300 columns; `width` says how many there are.
    """

    name: str
    size: int
    kind: Literal["table", "document"]
    format: str
    encoding: str | None
    separator: str | None
    quote: str | None
    escape: str | None
    sheet: str | None
    sheets: list[CardSheet]
    header_lines: list[int]
    skipped_lines: list[int]
    rows: int
    width: int
    columns: list[CardColumn]
    duplicate_rows: int
    keys: list[str]
    notes: list[CardNote]
    preview: list[list[str]]
    characters: int | None
    pages: int | None


class ReadingChoice(Shape):
    """How its user wants a file read; null is as it was found."""

    encoding: str | None
    separator: str | None
    sheet: str | None
    header: int | None


class FileCard(Shape):
    file_id: str
    card: Card
    choice: ReadingChoice


class Reading(Shape):
    """The card is being made; ask again."""

    state: Literal["reading"]


class Artifact(Shape):
    """What an answer made: a chart or a table (files of ours), or a link.

    `formats` are those in which `GET /files/{file_id}?format=…` gives the file, the first of them unasked; `rows` is
    how many a table has, without its header.
    """

    kind: Literal["chart", "table", "link"]
    file_id: str | None = None
    name: str | None = None
    size: int | None = None
    title: str | None = None
    formats: list[Literal["png", "svg", "csv", "xlsx"]] | None = None
    rows: int | None = None
    url: str | None = None


class Work(Shape):
    """How an answer was computed: the columns used, the conditions in words, and rows used of all.

    `sql` is DuckDB's, over a table called data; `code` is Python that reads the file beside it. "" where there is none.
    """

    columns: list[str]
    conditions: str
    rows: int
    rows_used: int
    sql: str
    code: str


class TurnError(Shape):
    """`number` is what an administrator finds the turn by."""

    code: str
    notice: str
    number: str | None


class ColumnTotals(Shape):
    name: str
    unit: str
    count: int
    sum: float | None
    mean: float | None
    min: float | None
    max: float | None


class DistinctCount(Shape):
    name: str
    count: int


class Difference(Shape):
    """`statistic`: rows, sum, mean, min, max or distinct; `place`: where it is told, in characters of the answer."""

    statistic: str
    column: str | None
    told: str
    computed: float
    place: list[int]


class Totals(Shape):
    """Computed from the file itself; `total_row`: its last row looks like the sum of the others."""

    file: str
    rows: int
    total_row: bool
    columns: list[ColumnTotals]
    distinct: list[DistinctCount]
    differing: list[Difference]
    agreeing: int


class Message(Shape):
    """`state`, `turn_id` and `error` are those of the turn that made an answer; `siblings` are all its versions.

    `work` is how it was computed, where that is known, and `suggestions` are questions that are worth asking next.
    `totals` are null until the control totals are computed, and where there is no table.
    """

    id: str
    parent_id: str | None
    role: Literal["user", "assistant", "system"]
    content: str
    created_at: datetime
    agent_id: str | None
    thinking: str
    truncated: bool
    artifacts: list[Artifact]
    work: Work | None
    suggestions: list[str]
    file: File | None
    siblings: list[str]
    turn_id: str | None
    state: Literal["waiting", "running", "done", "stopped", "failed", "interrupted"] | None
    error: TurnError | None
    totals: Totals | None


class MessageOfSession(Message):
    session: str


class Context(Shape):
    """What the next question takes along: all after the message `left_out_until`; `tokens` of at most `limit`."""

    left_out_until: str | None
    tokens: int
    limit: int


class Seen(Shape):
    """An administrator opened the conversation: `name` is their user name."""

    name: str
    at: datetime
    reason: str


class OpenConversation(Conversation):
    """`seen_by`: the newest first; `files`: the uploads, the oldest first."""

    messages: list[Message]
    context: Context
    files: list[ConversationFile]
    seen_by: list[Seen]


class Turn(Shape):
    turn_id: str
    user_message_id: str
    message_id: str


class Running(Shape):
    error: Literal["turn_running"]
    turn_id: str


class TurnId(Shape):
    turn_id: str


# ------------------------------------------------------------------- limits


class Minute(Shape):
    """The team's last minute: requests (rpm) and tokens (tpm)."""

    current_rpm: int
    current_tpm: int
    remaining_rpm: int
    remaining_tpm: int
    rpm_limit: int
    tpm_limit: int


class UpstreamHealth(Shape):
    name: str
    state: str
    minute: Minute | None
    retry_in: float
    is_slow: bool
    first_delta_recent: float | None
    first_delta_usual: float | None


class Own(Shape):
    remaining: int
    limit: int


class SiteNotice(Shape):
    """The administrators' banner."""

    id: str
    text: str
    level: Literal["info", "warning"]


class Notice(Shape):
    notice: SiteNotice | None


class Limits(Shape):
    """`remaining`: the share of the minute that is left, from 0 to 1. `estimate`: how tokens are counted beforehand.

    `you`: what is left of your own requests in this `minute` and tokens in this `day`; null without a limit.
    """

    minute: Minute
    remaining: float
    you: dict[Literal["minute", "day"], Own | None]
    upstreams: list[UpstreamHealth]
    notice: SiteNotice | None
    estimate: dict[str, Any]


# ------------------------------------------------------------------- direct calls


class AgentAnswer(Shape):
    """A plain answer of FabriX."""

    content: str
    contentReferences: list[dict[str, Any]]
    truncated: bool
    finishReason: Literal["stop", "length"]
    status: Literal["SUCCESS"]
    responseCode: str


class FileFacts(Shape):
    """`size` in bytes."""

    filename: str
    size: int
    processed_at: datetime


class FileAnswer(Shape):
    content: str
    metadata: FileFacts


class Failure(Shape):
    """`number` leads an administrator to the call's figures; it is missing where the request never was a call."""

    error: str
    message: str
    number: str | None = None


class LimitFailure(Failure):
    retry_after: float | None
    current_usage: Minute | dict[str, int]


class Model(Shape):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    name: str
    description: str


class Models(Shape):
    object: Literal["list"]
    data: list[Model]


class Usage(Shape):
    """`estimated`: the agent reported no figures, so they are estimated from the texts."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    estimated: Literal[True] | None = None


class CompletionMessage(Shape):
    role: Literal["assistant"]
    content: str
    refusal: None
    reasoning_content: str | None = None


class Choice(Shape):
    index: int
    message: CompletionMessage
    logprobs: None
    finish_reason: Literal["stop", "length"]


class Completion(Shape):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    references: list[dict[str, Any]] | None = None


class OpenAiErrorFacts(Shape):
    message: str
    type: str
    param: str | None
    code: str | None
    number: str | None = None
    retry_after: float | None = None
    current_usage: Minute | dict[str, int] | None = None


class OpenAiError(Shape):
    error: OpenAiErrorFacts


_WRONG_FIELD = {"description": "A field is wrong, or no upstream has the agent", "model": FieldFailure | Failure}
_SIGNED_OUT = {"description": "No token, a wrong one, or one whose sign-in has ended", "model": Detail | Failure}

DIRECT_ERRORS: Responses = {
    400: _WRONG_FIELD,
    401: _SIGNED_OUT,
    404: {"description": "The agent service knows no such thing", "model": Failure},
    413: {"description": "The question or the file is too large", "model": Failure},
    422: {"description": "The agent service can't take the question", "model": Failure},
    429: {"description": "The wait for a place within the limits was too long", "model": LimitFailure},
    502: {"description": "The agent service failed", "model": Failure},
    503: {"description": "The agent service can't be reached", "model": Failure},
    504: {"description": "The agent service did not answer in time", "model": Failure},
}
OPENAI_ERRORS: Responses = {
    status: {"description": text, "model": OpenAiError}
    for status, text in {
        400: "The request is wrong",
        401: "No token, or a wrong one",
        404: "No such model",
        413: "The question is too large",
        422: "The agent service can't take the question",
        429: "The wait for a place within the limits was too long",
        502: "The agent service failed",
        503: "The agent service can't be reached",
        504: "The agent service did not answer in time",
    }.items()
}
ROUTE_ERRORS: Responses = {
    400: {"description": "A field is wrong", "model": FieldFailure},
    **SIGNED_OUT,
}
NOT_FOUND: Responses = {404: {"description": "Not there, or somebody else's", "model": Detail}}
RUNNING: Responses = {409: {"description": "The conversation is being answered", "model": Running}}
DOWNLOAD: Responses = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    **NOT_FOUND,
}
ARCHIVE: Responses = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
    **NOT_FOUND,
}
EVENTS: Responses = {
    200: {
        "description": "Server-Sent Events: waiting, status, thinking, delta, text, artifact, work, suggestions, "
        "then done or error",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "All has been seen"},
}


def streamed_or(model: type[BaseModel]) -> dict[str, Any]:
    """The documentation of an answer that is JSON or, where asked for, a stream."""
    stream = {"schema": {"type": "string"}, "example": 'data: {"type":"content","content":"Hello"}\n\n'}
    return {"model": model, "content": {"text/event-stream": stream}}


def _form(fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": fields, "required": required}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


_FILE = {"type": "string", "format": "binary"}
UPLOAD_FORM = _form({"file": _FILE}, ["file"])
FILE_FORM = _form(
    {
        "file": _FILE,
        "agentId": {"type": "string"},
        "contents": {
            "type": "array",
            "items": {"type": "string"},
            "description": "may repeat; the last is the question",
        },
        "isStream": {"type": "boolean", "default": False},
        "wait_seconds": {"type": "number"},
    },
    ["file", "agentId"],
)
