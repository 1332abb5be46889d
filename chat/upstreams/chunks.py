"""What OpenAI's protocol says in a stream's chunks and in whole completions, as `chat.events` values.

By the documented shape (platform.openai.com/docs/api-reference/chat-streaming), and by what vLLM, Ollama, llama.cpp,
LM Studio and Mistral's server send beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chat.errors import AgentFailed, AnswerBlocked, ConversationTooLong
from chat.events import Delta, StreamEvent, Thinking, Usage
from chat.upstreams.halves import Halves
from chat.upstreams.openai_refusals import is_too_long
from chat.upstreams.refusals import clean_sentence, sentence_in
from chat.upstreams.sse import SseEvent
from chat.upstreams.thinking import ThoughtSplitter
from locales import LANGUAGES, text

_END_MARK = "[DONE]"
# Where servers put the thoughts: DeepSeek, vLLM and llama.cpp the first, Ollama, OpenRouter and newer vLLM the second.
_THOUGHTS = ("reasoning_content", "reasoning")

Chunk = Mapping[str, Any]


class ChunkDecoder:
    """A `chat.upstreams.body.Decoder` for one answer.

    `truncated` says that the length limit cut it; `usage` is what it cost, as far as reported.
    """

    def __init__(self, *, mask: Callable[[str], str]) -> None:
        """`mask` takes secrets out of the sentences that go to the user."""
        self.is_over = False
        self.has_text = False
        self.truncated = False
        self.usage = Usage()
        self.unread: Counter[str] = Counter()
        self._mask = mask
        self._text_halves = Halves()
        self._thought_halves = Halves()
        self._splitter = ThoughtSplitter()

    def decode(self, event: SseEvent) -> Iterator[StreamEvent]:
        """What one stream event says. Raises `AgentFailed`, `AnswerBlocked` or `ConversationTooLong`."""
        data = event.data.strip()
        if data == _END_MARK:
            self.is_over = True
            return
        try:
            value = _loaded(data)
        except ValueError:
            if event.name == "error":
                raise self._failed(data) from None
            self.unread["broken JSON"] += 1
            return
        if event.name == "error" and not (isinstance(value, dict) and value.get("error")):
            value = {"error": value}
        yield from self._value(value)

    def decode_cut(self, event: SseEvent) -> Iterator[StreamEvent]:
        """What the unfinished last event of a stream says if it is whole but for its end; else raises `ValueError`."""
        if event.data.strip() == _END_MARK:
            self.is_over = True
            return
        value = _loaded(event.data)
        if not isinstance(value, dict | list):
            raise ValueError("not a chunk")
        yield from self._value(value)

    def decode_plain(self, body: str) -> Iterator[StreamEvent]:
        """What a whole completion says. Raises `ValueError` when it is none, else as `decode`."""
        answer = _loaded(body)
        if not (isinstance(answer, dict) and (_error_in(answer) or isinstance(answer.get("choices"), list))):
            raise ValueError("not a completion")
        yield from self._value(answer)
        self.is_over = True

    def rest(self) -> Iterator[StreamEvent]:
        """What was held back because it might have become a tag; call it when nothing more comes."""
        for event in self._splitter.rest():
            yield self._noted(event)

    def _value(self, value: object) -> Iterator[StreamEvent]:
        for chunk in value if isinstance(value, list) else [value]:
            if isinstance(chunk, dict):
                yield from self._chunk(chunk)
            elif chunk is not None:
                self.unread[f"a chunk that is {type(chunk).__name__}"] += 1

    def _chunk(self, chunk: Chunk) -> Iterator[StreamEvent]:
        if error := _error_in(chunk):
            raise self._failed(error)
        self._note_usage(chunk.get("usage"))
        choices = chunk.get("choices")
        # Only one answer is asked for; the last chunk, with the usage, holds none.
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            yield from self._choice(choice)

    def _choice(self, choice: Chunk) -> Iterator[StreamEvent]:
        said = choice.get("delta") or choice.get("message")
        if isinstance(said, dict):
            yield from self._message(said)
        reason = choice.get("finish_reason")
        if not reason:
            return
        yield from self.rest()
        if reason == "content_filter":
            raise AnswerBlocked
        if reason == "error":
            raise AgentFailed
        self.truncated = self.truncated or reason == "length"
        self.is_over = True

    def _message(self, message: Chunk) -> Iterator[StreamEvent]:
        # Some servers send the same thought under both names.
        thoughts = (message.get(key) for key in _THOUGHTS)
        if thought := next((each for each in thoughts if isinstance(each, str) and each), ""):
            yield from self._thought(thought)
        yield from self._content(message.get("content"))
        # A model's own "I can't help with that" is its answer.
        yield from self._content(message.get("refusal"))
        self._count_calls(message)

    def _content(self, content: object) -> Iterator[StreamEvent]:
        """A text, or a list of parts, as Mistral's server sends them where a model thinks."""
        if isinstance(content, str):
            yield from self._text(content)
        elif isinstance(content, list):
            for part in content:
                yield from self._part(part)
        elif content is not None:
            self.unread[f"content that is {type(content).__name__}"] += 1

    def _part(self, part: object) -> Iterator[StreamEvent]:
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield from self._text(part["text"])
        elif isinstance(part, dict) and part.get("type") == "thinking" and isinstance(part.get("thinking"), list):
            for thought in part["thinking"]:
                if isinstance(thought, dict) and isinstance(thought.get("text"), str):
                    yield from self._thought(thought["text"])
        else:
            self.unread["a part of content that is no text"] += 1

    def _text(self, piece: str) -> Iterator[StreamEvent]:
        if piece and (whole := self._text_halves.join(piece)):
            for event in self._splitter.feed(whole):
                yield self._noted(event)

    def _thought(self, piece: str) -> Iterator[StreamEvent]:
        if piece and (whole := self._thought_halves.join(piece)):
            yield Thinking(whole)

    def _noted(self, event: Thinking | Delta) -> Thinking | Delta:
        self.has_text = self.has_text or isinstance(event, Delta)
        return event

    def _count_calls(self, message: Chunk) -> None:
        """Nobody here runs tools: their calls are counted, once each, by the piece that holds the name."""
        calls = message.get("tool_calls")
        named = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
        for function in [*named, message.get("function_call")]:
            if isinstance(function, dict) and function.get("name"):
                self.unread["a tool call"] += 1

    def _note_usage(self, usage: object) -> None:
        if isinstance(usage, dict):
            tokens_in, tokens_out = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
            if tokens_in is not None or tokens_out is not None:
                self.usage = Usage(tokens_in, tokens_out)

    def _failed(self, error: object) -> AgentFailed | ConversationTooLong:
        sentence = error if isinstance(error, str) else sentence_in(error)
        if is_too_long(sentence):
            return ConversationTooLong()
        if not (own := clean_sentence(sentence, self._mask)):
            return AgentFailed()
        return AgentFailed(notices={code: f"{text('error.agent_failed', code)} ({own})" for code in LANGUAGES})


def _error_in(chunk: Chunk) -> object:
    """The error that a chunk is or holds; something false where it is none."""
    return chunk if chunk.get("object") == "error" else chunk.get("error")


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _loaded(data: str) -> object:
    """`data` read as JSON. Raises `ValueError` for anything else, also for what nests too deeply."""
    try:
        loaded: object = json.loads(data, strict=False)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return loaded
