"""The ways a turn can fail, each with what the user must be told.

ChatError                     code, status, retry_after; notice(language) is the sentence for the user
├── NotFound                  404  someone else's, or missing: the same answer
├── TurnRunning               409  this conversation is still being answered
├── UnknownAgent              400  no upstream has it
├── FieldError                400  a field of the request is wrong
├── FileRejected              400  a file that can't be taken, with the reason
│   ├── FileTooLarge          413
│   └── QuotaExceeded         413
└── UpstreamError             502
    ├── UpstreamUnreachable   503  no connection
    ├── UpstreamTimeout       504  nothing came in time
    ├── UpstreamBusy          429  its limit is reached; retry_after in seconds or None
    ├── UpstreamUnavailable   502  502, 503 or 504 from it
    ├── UpstreamBroken        502  another 5xx, a redirect, or an answer that can't be read
    ├── KeyRefused            502  401 or 403: our key, not the user's sign-in
    ├── QuestionRejected      400, 404, 413 or 422 as it said
    ├── AgentFailed           502  a failure frame or an in-stream error
    ├── AnswerBlocked         502  its filter said no; the notice is its own sentence
    ├── AnswerEmpty           502  it ended well, but there was nothing in it
    ├── AnswerInterrupted     502  the transport broke after text: the turn ends as "interrupted"
    └── AnalysisFailed        400  the built-in analyst can't do this with this file
"""

from __future__ import annotations

from locales import text


class ChatError(Exception):
    """An error with a sentence for the user. `code` is its stable name, and the key of its sentence."""

    code = "internal_error"
    status = 500
    retry_after: float | None = None

    def __init__(self, *, notices: dict[str, str] | None = None, **values: object) -> None:
        """`notices` (by language) replaces the stock sentence; `values` fill the stock sentence's places."""
        super().__init__(self.code)
        self._notices = notices or {}
        self._values = values

    def notice(self, language: str) -> str:
        """The sentence for the user, in Korean ("ko") or English."""
        own = self._notices.get(language) or next(iter(self._notices.values()), None)
        return own or text(f"error.{self.code}", language, **self._values)


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


class FieldError(ChatError):
    code = "bad_field"
    status = 400

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(notices={"en": sentence})
        self.field = field
        self.sentence = sentence


class FileRejected(ChatError):
    code = "file_rejected"
    status = 400


class FileTooLarge(FileRejected):
    code = "file_too_large"
    status = 413


class QuotaExceeded(FileRejected):
    code = "quota_exceeded"
    status = 413


class UpstreamError(ChatError):
    code = "upstream_error"
    status = 502


class UpstreamUnreachable(UpstreamError):
    code = "upstream_unreachable"
    status = 503


class UpstreamTimeout(UpstreamError):
    code = "upstream_timeout"
    status = 504


class UpstreamBusy(UpstreamError):
    code = "upstream_busy"
    status = 429

    def __init__(self, *, retry_after: float | None = None) -> None:
        super().__init__()
        self.retry_after = retry_after


class UpstreamUnavailable(UpstreamError):
    code = "upstream_unavailable"


class UpstreamBroken(UpstreamError):
    code = "upstream_broken"


class KeyRefused(UpstreamError):
    code = "key_refused"


class QuestionRejected(UpstreamError):
    code = "question_rejected"

    def __init__(self, *, status: int, reason: str) -> None:
        super().__init__(reason=reason)
        self.status = status


class AgentFailed(UpstreamError):
    code = "agent_failed"


class AnswerBlocked(UpstreamError):
    code = "answer_blocked"


class AnswerEmpty(UpstreamError):
    code = "answer_empty"


class AnswerInterrupted(UpstreamError):
    code = "answer_interrupted"


class AnalysisFailed(UpstreamError):
    code = "analysis_failed"
    status = 400
