"""The ways a turn can fail, each with what the user must be told.

ChatError                     code, status, retry_after; notice(language) is the sentence for the user
├── NotFound                  404  someone else's, or missing: the same answer
├── TurnRunning               409  this conversation is still being answered
├── UnknownAgent              400  no upstream has it
├── SignedOut                 401  the login ended while a program was being answered
├── FieldError                400  a field of the request is wrong
├── LimitReached              429  the wait for a place was too long; says whose limit, and what is left of it
├── FileRejected              400  a file that can't be taken, with the reason
│   ├── FileTooLarge          413
│   ├── QuotaExceeded         413
│   └── FileUnreadable        422  it has been taken, but no table or text can be read from it here
│       ├── FileUnusable      422  … nor by anybody else: it is empty, encrypted or damaged
│       └── FileNotRead       422  … this time: it took too long or too much, or broke off
└── UpstreamError             502
    ├── UpstreamDown          503  the last turns were all lost: nobody is sent there just now
    ├── UpstreamUnreachable   503  no connection
    ├── UpstreamTimeout       504  nothing came in time
    ├── UpstreamBusy          429  its limit is reached; retry_after in seconds or None
    ├── UpstreamUnavailable   502  502, 503 or 504 from it
    ├── UpstreamBroken        502  another 5xx, a redirect, or an answer that can't be read
    ├── KeyRefused            502  401 or 403: our key, not the user's sign-in
    ├── QuestionRejected      400, 404, 413 or 422 as it said
    │   └── ExtrasRejected    … perhaps for what an older server doesn't know: worth a try without it
    ├── ModelMissing          404  it no longer has the model that the agent is
    ├── ConversationTooLong   400  more than its model can take in
    ├── FileNotText           400  it can be sent text alone, and the file is none
    ├── FileTooLong           413  the file is more text than it is sent
    ├── AgentFailed           502  a failure frame or an in-stream error
    ├── AnswerBlocked         502  its filter said no; the notice is its own sentence
    ├── AnswerEmpty           502  it ended well, but there was nothing in it
    ├── AnswerInterrupted     502  the transport broke after text: the turn ends as "interrupted"
    └── AnalysisFailed        400  the built-in analyst can't do this with this file
"""

from __future__ import annotations

from collections.abc import Mapping

from locales import table, text


class ChatError(Exception):
    """An error with a sentence for the user. `code` is its stable name, and the key of its sentence.

    `number` leads from what a program is told to the row of its call; None where there is no row.
    """

    code = "internal_error"
    status = 500
    retry_after: float | None = None
    number: str | None = None
    is_stored = True  # whether question and answer are kept, as its sentence may say; False for direct calls
    upstream = ""  # what people call the service that it is about; set by who knows

    def __init__(self, *, notices: dict[str, str] | None = None, **values: object) -> None:
        """`notices` (by language) replaces the stock sentence; `values` fill the stock sentence's places."""
        super().__init__(self.code)
        self._notices = notices or {}
        self._values = values

    def notice(self, language: str) -> str:
        """The sentence for the user, in Korean ("ko") or English."""
        own = self._notices.get(language) or next(iter(self._notices.values()), None)
        return own or self._stock(self.code, language)

    def _stock(self, key: str, language: str) -> str:
        upstream = self.upstream or text("error.some_upstream", language)
        name = f"error.{key}"
        if not self.is_stored and f"{name}.direct" in table(language):
            name = f"{name}.direct"
        return text(name, language, upstream=upstream, **self._values)


class NotFound(ChatError):
    code = "not_found"
    status = 404


class TurnRunning(ChatError):
    code = "turn_running"
    status = 409

    def __init__(self, turn_id: str) -> None:
        super().__init__()
        self.turn_id = turn_id


class UnknownAgent(ChatError):
    code = "unknown_agent"
    status = 400


class SignedOut(ChatError):
    code = "signed_out"
    status = 401


class FieldError(ChatError):
    code = "bad_field"
    status = 400

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(notices={"en": sentence})
        self.field = field
        self.sentence = sentence


class LimitReached(ChatError):
    """`limit` is a `chat.line.Limit`; `current_usage` holds the six figures of the upstream's minute, if any."""

    code = "rate_limit_exceeded"
    status = 429

    def __init__(
        self, limit: str, *, retry_after: float | None, current_usage: Mapping[str, int], **values: object
    ) -> None:
        super().__init__(notices=None, **values)
        self.limit = limit
        self.retry_after = retry_after
        self.current_usage = current_usage

    def notice(self, language: str) -> str:
        return self._stock(f"{self.code}.{self.limit}", language)


class FileRejected(ChatError):
    code = "file_rejected"
    status = 400


class FileTooLarge(FileRejected):
    code = "file_too_large"
    status = 413


class QuotaExceeded(FileRejected):
    code = "quota_exceeded"
    status = 413


class FileUnreadable(FileRejected):
    code = "file_unreadable"
    status = 422


class FileUnusable(FileUnreadable):
    code = "file_unusable"


class FileNotRead(FileUnreadable):
    code = "file_not_read"


class UpstreamError(ChatError):
    """`is_outage`: the upstream as a whole seems to be away. `is_refusal`: it did nothing with the question."""

    code = "upstream_error"
    status = 502
    is_outage = False
    is_refusal = False


class UpstreamDown(UpstreamError):
    code = "upstream_down"
    status = 503
    is_refusal = True

    def __init__(self, *, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


class UpstreamUnreachable(UpstreamError):
    code = "upstream_unreachable"
    status = 503
    is_outage = True
    is_refusal = True


class UpstreamTimeout(UpstreamError):
    code = "upstream_timeout"
    status = 504
    is_outage = True


class UpstreamBusy(UpstreamError):
    code = "upstream_busy"
    status = 429
    is_refusal = True

    def __init__(self, *, retry_after: float | None = None) -> None:
        super().__init__()
        self.retry_after = retry_after


class UpstreamUnavailable(UpstreamError):
    code = "upstream_unavailable"
    is_outage = True
    is_refusal = True


class UpstreamBroken(UpstreamError):
    code = "upstream_broken"

    def __init__(self, *, is_outage: bool = False) -> None:
        """`is_outage`: it was a 5xx, not just an answer that can't be read."""
        super().__init__()
        self.is_outage = self.is_refusal = is_outage


class KeyRefused(UpstreamError):
    code = "key_refused"
    is_refusal = True


class QuestionRejected(UpstreamError):
    code = "question_rejected"
    is_refusal = True

    def __init__(self, *, status: int, reason: str) -> None:
        super().__init__(reason=reason)
        self.status = status
        self.reason = reason


class ExtrasRejected(QuestionRejected):
    """The next try of the question is to be `Question.plain`."""


class ModelMissing(UpstreamError):
    code = "model_missing"
    status = 404
    is_refusal = True


class ConversationTooLong(UpstreamError):
    code = "conversation_too_long"
    status = 400
    is_refusal = True


class FileNotText(UpstreamError):
    code = "file_not_text"
    status = 400
    is_refusal = True


class FileTooLong(UpstreamError):
    code = "file_too_long"
    status = 413
    is_refusal = True


class AgentFailed(UpstreamError):
    code = "agent_failed"


class AnswerBlocked(UpstreamError):
    code = "answer_blocked"


class AnswerEmpty(UpstreamError):
    code = "answer_empty"


class AnswerInterrupted(UpstreamError):
    code = "answer_interrupted"


class AnalysisFailed(UpstreamError):
    """`reason` is the key of its sentence among the analyst's."""

    code = "analysis_failed"
    status = 400

    def __init__(self, reason: str = "", *, notices: dict[str, str] | None = None) -> None:
        super().__init__(notices=notices)
        self.reason = reason
