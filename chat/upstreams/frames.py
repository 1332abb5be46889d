"""What FabriX's frames say: the data of stream events, and plain JSON answers, as `chat.events` values.

Source of every rule: reference/fabrix-protocol.md, "Confirmed" and "Tolerate".
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chat.errors import AgentFailed, AnswerBlocked
from chat.events import Delta, Reference, Status, StreamEvent, Thinking
from chat.upstreams.halves import Halves, is_whole, without_halves
from chat.upstreams.refusals import clean_sentence, sentence_in
from chat.upstreams.sse import SseEvent
from locales import LANGUAGES, text

log = logging.getLogger(__name__)

# strict=False: a line end inside a string is text, as when a server cuts its JSON into several data lines.
_JSON = json.JSONDecoder(strict=False)
_BETWEEN_FRAMES = re.compile(r"(?:\s|data:)*")
_END_MARK = "[DONE]"
# Tuples, not sets: a frame may hold a list or an object where these are looked for.
_TEXT_TYPES = (None, "", "start", "content", "end")
_PROGRESS = ("STATUS", "REQUEST_ANALYSIS")

_CAMEL = {
    "event_status": "eventStatus",
    "event_data": "eventData",
    "finish_reason": "finishReason",
    "filter_block_reason": "filterBlockReason",
    "result_code": "resultCode",
    "content_references": "contentReferences",
}

Frame = Mapping[str, Any]


def value_of(frame: Frame, key: str) -> Any:
    """The value under a snake_case key or its camelCase twin; None where it is missing or null."""
    value = frame.get(key)
    if value is None and key in _CAMEL:
        return frame.get(_CAMEL[key])
    return value


class FrameDecoder:
    """Decodes one answer, frame after frame.

    `is_over` turns true at any of the end markers, `truncated` when the agent's length limit cut the answer, and
    `has_text` at the first `Delta`. What can't be read is counted in `unread` by kind, and never kept.
    """

    def __init__(self, *, mask: Callable[[str], str]) -> None:
        """`mask` takes secrets out of the sentences that go to the user."""
        self.is_over = False
        self.truncated = False
        self.unread: Counter[str] = Counter()
        self._mask = mask
        self._text: list[str] = []
        self._seen_json = False
        self._seen_plain = False
        self._length = 0  # of the event being read, in characters
        self._halves = Halves()
        self._titles: set[tuple[str, str | None]] = set()

    @property
    def has_text(self) -> bool:
        return bool(self._text)

    def decode(self, event: SseEvent) -> Iterator[StreamEvent]:
        """What one stream event says. Raises `AgentFailed` or `AnswerBlocked` where a frame says so."""
        if event.name == "done":
            self.is_over = True
            return
        self._length = len(event.data)
        yield from self._data(event.data)

    def decode_cut(self, event: SseEvent) -> Iterator[StreamEvent]:
        """What the unfinished last event of a stream says if it is whole but for its end; else raises `ValueError`."""
        if event.name == "done" or event.data.strip() == _END_MARK:
            self.is_over = True
            return
        frame = _loaded(event.data)
        if not isinstance(frame, dict | list):
            raise ValueError("not a frame")
        yield from self._value(frame)

    def decode_plain(self, body: str) -> Iterator[StreamEvent]:
        """What a plain JSON answer says. Raises `ValueError` when it is no JSON, else as `decode`."""
        answer = _loaded(body)
        self._length = len(body)
        yield from self._value(answer)
        if isinstance(answer, dict) and not self._text and not value_of(answer, "event_status"):
            # A plain answer is one whatever `type` it names.
            yield from self._delta(answer.get("content"))
            for group in _dicts(value_of(answer, "content_references")) if not self._text else []:
                yield from self._delta(group.get("answer"))

    def _data(self, data: str) -> Iterator[StreamEvent]:
        """One event's data: a frame, several glued together, an array of them, the end mark or plain text."""
        at = _next_frame(data, 0)
        if self._is_plain(data, at):
            yield from self._plain_text(data)
            return
        while at < len(data):
            if data.startswith(_END_MARK, at):
                self.is_over = True
                at += len(_END_MARK)
            else:
                try:
                    value, at = _JSON.raw_decode(data, at)
                except (ValueError, RecursionError):
                    self._cannot_read("broken JSON")
                    return
                yield from self._value(value)
            at = _next_frame(data, at)

    def _is_plain(self, data: str, at: int) -> bool:
        """Whether the data is text, not JSON; a text that looks like broken JSON is one only among other text."""
        if data.startswith(_END_MARK, at):
            return False
        if data.startswith(("{", "[{"), at):
            return self._seen_plain and not self._seen_json and not _is_json(data[at:])
        return not data.startswith("[", at) or not _is_json(data[at:])

    def _plain_text(self, data: str) -> Iterator[StreamEvent]:
        if data.strip() in ("", "null"):
            return
        if self._seen_json:
            self._cannot_read("text among JSON frames")
            return
        self._seen_plain = True
        yield from self._delta(data)

    def _value(self, value: object) -> Iterator[StreamEvent]:
        for frame in value if isinstance(value, list) else [value]:
            if isinstance(frame, dict):
                self._seen_json = True
                yield from self._frame(frame)
            elif frame is not None:
                self._cannot_read(f"a frame that is {type(frame).__name__}")

    def _frame(self, frame: Frame) -> Iterator[StreamEvent]:
        self._raise_failure(frame)
        content = frame.get("content")
        if content is not None and not isinstance(content, str):
            self._cannot_read(f"content that is {type(content).__name__}")
            content = None
        yield from self._said(frame, content or "")
        if (references := value_of(frame, "content_references")) is not None:
            yield from self._references(references)
        self._note_end(frame)

    def _said(self, frame: Frame, content: str) -> Iterator[StreamEvent]:
        """What the frame says by its status or type; a frame with neither is answer text."""
        status = value_of(frame, "event_status")
        if status == "CHUNK":
            yield from self._delta(content)
        elif status == "THINK":
            if content:
                yield Thinking(without_halves(content))
        elif status in _PROGRESS:
            if message := _message_in(value_of(frame, "event_data")) or content:
                yield Status(without_halves(message))
        elif status == "FINAL_ANSWER":
            yield from self._final(content)
        elif status or frame.get("type") not in _TEXT_TYPES:
            if content:
                self._cannot_read("an unknown event_status or type")
        else:
            yield from self._delta(content)

    def _delta(self, content: object) -> Iterator[StreamEvent]:
        if not isinstance(content, str) or not content:
            return
        if whole := self._halves.join(content):
            self._text.append(whole)
            yield Delta(whole)

    def _final(self, content: str) -> Iterator[StreamEvent]:
        """The whole answer once more: used if it is the first text, or goes on where the text so far ends."""
        so_far = "".join(self._text)
        if content.startswith(so_far):
            yield from self._delta(content[len(so_far) :])

    def _references(self, groups: object) -> Iterator[StreamEvent]:
        for group in _dicts(groups):
            nested = group.get("references")
            for reference in _dicts(nested) if nested is not None else [group]:
                title, url = _title_and_url(reference)
                if title and (title, url) not in self._titles:
                    self._titles.add((title, url))
                    yield Reference(title, url)

    def _note_end(self, frame: Frame) -> None:
        reason = value_of(frame, "finish_reason")
        if frame.get("truncated") is True or reason == "length":
            self.truncated = True
        if reason or frame.get("done") is True or frame.get("type") == "end":
            self.is_over = True

    def _raise_failure(self, frame: Frame) -> None:
        if error := frame.get("error"):
            raise self._failed(sentence_in(frame) if isinstance(error, str | dict) else "")
        blocked = value_of(frame, "filter_block_reason")
        if blocked is not None and (reason := _object_in(blocked)):
            code = value_of(reason, "result_code")
            if code and not (isinstance(code, str) and code.startswith("FR-2")):
                raise self._blocked(reason)
        status = frame.get("status")
        if status and not (isinstance(status, str) and status.upper() == "SUCCESS"):
            content = frame.get("content")
            raise self._failed(content if isinstance(content, str) and content.strip() else sentence_in(frame))

    def _failed(self, sentence: str) -> AgentFailed:
        if not (own := clean_sentence(sentence, self._mask)):
            return AgentFailed()
        return AgentFailed(notices={code: f"{text('error.agent_failed', code)} ({own})" for code in LANGUAGES})

    def _blocked(self, reason: Frame) -> AnswerBlocked:
        own = {code: reason.get(code) for code in LANGUAGES}
        return AnswerBlocked(
            notices={
                code: clean_sentence(sentence, self._mask)
                for code, sentence in own.items()
                if isinstance(sentence, str) and sentence.strip()
            }
        )

    def _cannot_read(self, kind: str) -> None:
        self.unread[kind] += 1
        log.debug("FabriX frame that can't be read: %s, in an event of %d characters", kind, self._length)


def _next_frame(data: str, at: int) -> int:
    """Where the next frame begins: behind blanks and `data:` prefixes that were sent twice."""
    between = _BETWEEN_FRAMES.match(data, at)
    return between.end() if between else at


def _loaded(body: str) -> object:
    """`body` read as JSON. Raises `ValueError` for anything else, also for what nests too deeply."""
    try:
        return json.loads(body, strict=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _is_json(data: str) -> bool:
    """Whether frames begin here: an object, or an array that holds objects or nothing."""
    try:
        value, _ = _JSON.raw_decode(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def _object_in(value: object) -> Frame:
    """An object, or the one inside a JSON string; empty where there is none."""
    if isinstance(value, str):
        try:
            value = _loaded(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


def _message_in(event_data: object) -> str:
    """The sentence of a status: `event_data` is a JSON string {"phase", "message"}, an object, or just text."""
    if isinstance(event_data, str) and not event_data.lstrip().startswith("{"):
        return event_data.strip()
    message = _object_in(event_data).get("message")
    return message.strip() if isinstance(message, str) else ""


def _dicts(value: object) -> list[Frame]:
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _title_and_url(reference: Frame) -> tuple[str, str | None]:
    """What a source is called, and its link if a browser may follow it: http(s) only."""
    link = reference.get("link") or reference.get("url")
    url = link.strip() if isinstance(link, str) else ""
    names = (reference.get("title"), reference.get("filename"), url)
    title = next((name.strip() for name in names if isinstance(name, str) and name.strip()), "")
    return without_halves(title), url if url.lower().startswith(("http://", "https://")) and is_whole(url) else None
