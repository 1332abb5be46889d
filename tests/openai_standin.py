"""A server that speaks OpenAI's protocol with its dialects and faults: for tests and demonstrations.

By hand: `python -m tests.openai_standin --port 9998 [--deltas 200 --per-second 50 --fault NAME]`.
In tests: `with running_openai() as standin: …`. Each fault is also a model, so that a person can pick it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.fabrix_standin import (
    Refusal,
    Send,
    Standin,
    StandinRequest,
    cut_into,
    running,
    serve,
    sse,
    whole,
    whole_json,
)

KEY = "standin-openai-key"
PATH = "/v1"
HEALTHY = "standin"
USAGE = {"prompt_tokens": 21, "completion_tokens": 34, "total_tokens": 55}
THOUGHT = "질문의 뜻을 <생각>합니다."

_JSON = {"content-type": "application/json"}
_DONE = sse("[DONE]")


def answer_text(asked: StandinRequest) -> str:
    """Korean Markdown with facts of what was asked."""
    messages = asked.body.get("messages", [])
    question = str(messages[-1]["content"]) if messages else ""
    return (
        f"## 답변\n\n질문하신 내용은 “{question}”입니다.\n\n"
        f"| 항목 | 값 |\n|---|---:|\n| 지금까지의 메시지 | {len(messages)}개 |\n\n"
        "```python\nprint(sum([120, 135]))  # 255\n```\n\n> 더 궁금한 점이 있으면 말씀해 주세요. 😊\n"
    )


def delta(content: object = None, **more: object) -> dict[str, Any]:
    said = {"content": content, **more}
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": said, "finish_reason": None}]}


def last(reason: str = "stop") -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def usage() -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [], "usage": USAGE}


def completion(pieces: list[str]) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(pieces)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"object": "chat.completion", "choices": [choice], "usage": USAGE}


def healthy(pieces: list[str]) -> list[bytes]:
    return [*map(sse, [delta("", role="assistant"), *map(delta, pieces), last(), usage()]), _DONE]


def _after(first: list[dict[str, Any]], pieces: list[str]) -> list[bytes]:
    return [*map(sse, first), *healthy(pieces)]


def _first_then(piece: str, *rest: object) -> list[bytes]:
    return [sse(delta(piece)), *map(sse, rest)]


def _tool_calls() -> list[dict[str, Any]]:
    begun = {"index": 0, "id": "call_1", "function": {"name": "look_up", "arguments": ""}}
    return [
        delta(tool_calls=[begun]),
        delta(tool_calls=[{"index": 0, "function": {"name": None, "arguments": '{"q":1}'}}]),
    ]


CONTEXT_SENTENCE = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."

# The shapes of a stream: the pieces of the answer in, the writes of the body out.
STREAMS: dict[str, Callable[[list[str]], list[bytes]]] = {
    "reasoning-content": lambda p: _after([delta(reasoning_content=piece) for piece in cut_into(THOUGHT, 3)], p),
    "reasoning": lambda p: _after([delta("", reasoning=piece) for piece in cut_into(THOUGHT, 3)], p),
    "think-tags": lambda p: healthy([*f"<think>\n{THOUGHT}</think>\n\n", *p]),
    "no-done": lambda p: healthy(p)[:-1],
    "no-end-marker": lambda p: [sse(delta(piece)) for piece in p],
    "no-usage": lambda p: [*(sse(delta(piece)) for piece in p), sse(last()), _DONE],
    "null-content": lambda p: _after([delta(None), {"choices": None}, {"choices": [{"delta": None}]}], p),
    "byte-by-byte": lambda p: [bytes([byte]) for write in healthy(p) for byte in write],
    "truncated": lambda p: [*(sse(delta(piece)) for piece in p), sse(last("length")), _DONE],
    "tool-calls": lambda p: _after(_tool_calls(), p),
    "content-filter": lambda p: _first_then(p[0], last("content_filter"), "[DONE]"),
    "error-in-stream": lambda p: _first_then(p[0], {"error": {"message": f"CUDA error, key {KEY}", "code": 500}}),
    "error-event": lambda p: [sse(delta(p[0])), b"event: error\n" + sse({"message": "worker died"})],
    "context-in-stream": lambda p: [sse({"error": {"message": CONTEXT_SENTENCE, "code": 400}}), _DONE],
    "cut-frame": lambda p: [*(sse(delta(piece)) for piece in p), b'data: {"choices":[{"delta":{"cont'],
    "empty": lambda p: [sse(delta("", role="assistant")), sse(last()), _DONE],
}

_HTML = b"<html><body><h1>Internal Server Error</h1></body></html>"

REFUSALS: dict[str, Callable[[], Refusal]] = {
    "refuse-401": lambda: (401, _JSON, b'{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}'),
    "refuse-403": lambda: (403, _JSON, b'{"error":"forbidden"}'),
    "model-missing": lambda: (404, _JSON, b'{"error":{"message":"model \'x\' not found, try pulling it first"}}'),
    "wrong-path": lambda: (404, _JSON, b'{"detail":"Not Found"}'),
    "context-too-long": lambda: (400, _JSON, b'{"object":"error","message":"' + CONTEXT_SENTENCE.encode() + b'"}'),
    "rejected": lambda: (400, _JSON, b'{"error":{"message":"temperature must be positive"}}'),
    "busy-seconds": lambda: (429, {"retry-after": "7"}, b'{"error":{"message":"Rate limit reached"}}'),
    "html-500": lambda: (500, {"content-type": "text/html"}, _HTML),
    "loading-503": lambda: (503, _JSON, b'{"error":{"message":"Loading model","code":503}}'),
    "redirect": lambda: (302, {"location": "http://127.0.0.1:9/elsewhere"}, b""),
    "html-200": lambda: (200, {"content-type": "text/html"}, _HTML),
}

MANNERS = ("late-first-byte", "stall", "drip", "reset-mid-frame", "plain-instead-of-stream", "refuses-options")
FAULTS = (*STREAMS, *REFUSALS, *MANNERS)


class OpenAiStandin(Standin):
    """The ASGI application. `fault` is what every model does; "" = each what its name says.

    Without a `key` none is wanted.
    """

    delta_mark = b'"delta"'

    def __init__(self, *, deltas: int, per_second: float, fault: str = "", key: str = KEY) -> None:
        super().__init__(deltas=deltas, per_second=per_second, fault=fault)
        self._key = key
        self.lists_models = True

    async def _answer(self, asked: StandinRequest, send: Send) -> None:
        wanted = [f"Bearer {self._key}"] if self._key else []
        if asked.header("authorization") != wanted:
            await whole(send, *REFUSALS["refuse-401"]())
        elif (asked.method, asked.path) == ("GET", f"{PATH}/models") and self.lists_models:
            models = [HEALTHY, *FAULTS]
            await whole_json(send, {"object": "list", "data": [{"id": name, "object": "model"} for name in models]})
        elif (asked.method, asked.path) == ("POST", f"{PATH}/chat/completions"):
            await self._say(asked, send)
        else:
            await whole(send, *REFUSALS["wrong-path"]())

    async def _say(self, asked: StandinRequest, send: Send) -> None:
        fault = self.fault or str(asked.body.get("model"))
        pieces = cut_into(answer_text(asked), self._deltas)
        if fault in REFUSALS:
            await whole(send, *REFUSALS[fault]())
        elif fault in MANNERS:
            await self._misbehave(fault, pieces, asked, send)
        elif not asked.body.get("stream"):
            await whole_json(send, completion(pieces))
        else:
            writes = STREAMS.get(fault, healthy)(pieces)
            wants_usage = asked.body.get("stream_options", {}).get("include_usage")
            await self._stream(
                writes if wants_usage else [each for each in writes if each != sse(usage())], asked, send
            )

    async def _misbehave(self, fault: str, pieces: list[str], asked: StandinRequest, send: Send) -> None:
        if fault == "late-first-byte":
            await asyncio.sleep(90)
        elif fault == "plain-instead-of-stream":
            await whole_json(send, completion(pieces))
        elif fault == "refuses-options" and "stream_options" in asked.body:
            await whole(send, 422, _JSON, b'{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs"}]}')
        elif fault == "refuses-options":
            await self._stream([each for each in healthy(pieces) if each != sse(usage())], asked, send)
        else:
            begun = [sse(delta(piece)) for piece in pieces[:3]]
            await self._break_off(fault, begun, b'data: {"choices":[{"del', asked, send)


@contextmanager
def running_openai(
    *, deltas: int = 20, per_second: float = 0, fault: str = "", key: str = KEY
) -> Iterator[OpenAiStandin]:
    """A stand-in on a free port of this machine, in a thread. `per_second` 0 = as fast as it goes."""
    standin = OpenAiStandin(deltas=deltas, per_second=per_second, fault=fault, key=key)
    with running(standin, PATH):
        yield standin


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for an OpenAI-compatible server on this machine.")
    parser.add_argument("--port", type=int, default=9998)
    parser.add_argument("--deltas", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=50)
    parser.add_argument("--fault", choices=FAULTS, default="")
    options = parser.parse_args()
    standin = OpenAiStandin(deltas=options.deltas, per_second=options.per_second, fault=options.fault)
    serve(standin, options.port, PATH, f"key = {KEY}")


if __name__ == "__main__":
    main()
