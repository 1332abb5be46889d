"""A server that speaks FabriX's protocol with all its shapes and faults: for tests, demonstrations and benchmarks.

By hand: `python tests/fabrix_standin.py --port 9999 [--deltas 200 --per-second 50 --fault NAME --integer-ids]`.
In tests: `with running_standin() as standin: …`. Each fault is also an agent, so that a person can pick it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, TypeVar

import uvicorn
from starlette.requests import Request

CLIENT_KEY = "standin-client-key"
OPENAPI_TOKEN = "standin-openapi-token"
BASE_PATH = "/secc/trial/api-agent"
API_PATH = f"{BASE_PATH}/openapi/agent-chat/v1"
CLIENT_HEADERS = ("x-fabrix-client", "x-generative-ai-client")
HEALTHY = "7b0c0d1e-6f1a-4c55-9d53-0f6c1f0a0001"

T = TypeVar("T")
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Refusal = tuple[int, dict[str, str], bytes]


# --- what was asked ---------------------------------------------------------------------------------------------------


@dataclass
class StandinRequest:
    """One request as it came, and how it ended. Times are of `time.monotonic`."""

    method: str
    path: str
    query: dict[str, str]
    headers: list[tuple[str, str]]
    body: dict[str, Any] = field(default_factory=dict)  # of a JSON body, or the fields of a form
    contents: list[str] = field(default_factory=list)
    file_name: str | None = None
    file_bytes: bytes = b""
    deltas_sent: int = 0
    cut_off: Future[float] = field(default_factory=Future)  # when the client went away before the end

    @property
    def cut_off_at(self) -> float | None:
        return self.cut_off.result() if self.cut_off.done() else None

    def header(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key == name]

    async def when_cut_off(self, seconds: float = 5.0) -> float:
        """When the client went away; raises `TimeoutError` if it stays."""
        return await _result(self.cut_off, seconds)


class Gate:
    """Holds every answer before its delta number `before`, until `open` is called."""

    def __init__(self, before: int) -> None:
        self.before = before
        self._reached: Future[None] = Future()
        self._opened: Future[None] = Future()

    async def when_reached(self, seconds: float = 5.0) -> None:
        await _result(self._reached, seconds)

    def open(self) -> None:
        settle(self._opened, None)

    async def hold(self) -> None:
        settle(self._reached, None)
        await asyncio.shield(asyncio.wrap_future(self._opened))


async def _result(future: Future[T], seconds: float) -> T:
    return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), seconds)


def settle(future: Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)


# --- what it says -----------------------------------------------------------------------------------------------------


def answer_text(asked: StandinRequest) -> str:
    """Korean Markdown as an agent writes it, with facts of what was asked."""
    question = asked.contents[-1] if asked.contents else ""
    if asked.file_name is not None:
        return _file_text(asked)
    return (
        f"## 답변\n\n질문하신 내용은 “{question}”입니다.\n\n"
        "| 항목 | 값 |\n|---|---:|\n"
        f"| 질문 글자 수 | {len(question):,} |\n| 지금까지의 대화 | {len(asked.contents)}개 |\n\n"
        "다음 코드로 확인할 수 있습니다.\n\n"
        "```python\nsales = {'1분기': 120, '2분기': 135}\nprint(sum(sales.values()))  # 255\n```\n\n"
        "1. **먼저** 자료를 모읍니다.\n2. 그다음 *비교*합니다.\n\n> 더 궁금한 점이 있으면 말씀해 주세요. 😊\n"
    )


def _file_text(asked: StandinRequest) -> str:
    lines = asked.file_bytes[:2000].decode("utf-8", "replace").splitlines()[:3]
    quoted = "\n".join(lines)
    return f"**{asked.file_name}** ({len(asked.file_bytes):,}바이트) 파일을 읽었습니다.\n\n```text\n{quoted}\n```\n"


def cut_into(text: str, count: int) -> list[str]:
    """`text`, repeated until it is long enough, in `count` pieces."""
    while len(text) < count:
        text += "\n" + text
    return [text[i * len(text) // count : (i + 1) * len(text) // count] for i in range(count)]


def sse(data: object, *, end: str = "\n\n") -> bytes:
    """One event; anything but a text is sent as JSON."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}{end}".encode()


def chunk(content: object, **more: object) -> dict[str, object]:
    return {"event_status": "CHUNK", "status": "SUCCESS", "content": content, **more}


def last(**more: object) -> dict[str, object]:
    passed = {"result_code": "FR-200", "ko": "", "en": ""}
    end = {"finish_reason": "stop", "response_code": "R20000", "truncated": False, "filter_block_reason": passed}
    return {**chunk(""), **end, **more}


def opening() -> list[dict[str, object]]:
    phase = json.dumps({"phase": "SEARCH", "message": "문서를 찾고 있습니다"}, ensure_ascii=False)
    return [
        {"event_status": "REQUEST_ANALYSIS", "status": "SUCCESS", "content": ""},
        {"event_status": "STATUS", "status": "SUCCESS", "content": "", "event_data": phase},
        {"event_status": "THINK", "status": "SUCCESS", "content": "질문의 뜻을 생각합니다."},
    ]


REFERENCES = [
    {
        "references": [
            {"title": "사내 규정", "content": "…", "link": "https://wiki.example/rules", "filename": "rules.pdf"},
            {"title": "나쁜 링크", "link": "javascript:alert(1)"},
        ]
    }
]
BLOCKED = {"result_code": "FR-403", "ko": "개인정보가 있어 차단되었습니다.", "en": "Blocked: personal data."}


def confirmed(pieces: list[str]) -> list[bytes]:
    """The frame sequence of most tenants."""
    return [sse(frame) for frame in [*opening(), *map(chunk, pieces), {"event_status": "FINAL_ANSWER"}, last()]]


def plain_answer(pieces: list[str], **more: object) -> dict[str, object]:
    passed = {"resultCode": "FR-200"}
    body = {"content": "".join(pieces), "contentReferences": [], "truncated": False, "finishReason": "stop"}
    return {**body, "filterBlockReason": passed, "status": "SUCCESS", "responseCode": "R20000", **more}


# Other shapes of a good or bad stream: the pieces of the answer in, the writes of the body out.
STREAMS: dict[str, Callable[[list[str]], list[bytes]]] = {
    "no-end-marker": lambda p: [sse(chunk(piece)) for piece in p],
    "cut-frame": lambda p: [*(sse(chunk(piece)) for piece in p), b'data: {"event_status":"CHUNK","cont'],
    "filter-block": lambda p: [sse(chunk(p[0])), sse(last(filter_block_reason=BLOCKED))],
    "failure-frame": lambda p: [
        sse(chunk(p[0])),
        sse({**chunk(f"모델 오류 Bearer {OPENAPI_TOKEN}"), "status": "FAIL"}),
    ],
    "in-stream-error": lambda p: [sse(chunk(p[0])), sse({"error": "http_error", "status": 500, "detail": "boom"})],
    "truncated": lambda p: [*(sse(chunk(piece)) for piece in p), sse(last(truncated=True, finish_reason="length"))],
    "empty": lambda p: [sse(opening()[0]), sse(last())],
    "glued": lambda p: [sse("data: ".join(json.dumps(chunk(piece)) for piece in p)), sse(last())],
    "arrays": lambda p: [sse([chunk(piece) for piece in p]), sse([last()])],
    "double-prefix": lambda p: [b"data: " + sse(chunk(piece)) for piece in p] + [sse(last())],
    "byte-by-byte": lambda p: [bytes([byte]) for write in confirmed(p) for byte in write],
    "cr-only": lambda p: [sse(chunk(piece), end="\r\r") for piece in p] + [sse(last(), end="\r\r")],
    "line-separators": lambda p: [sse(chunk(piece + "\u2028\u2029\u0085")) for piece in p] + [sse(last())],
    "content-only": lambda p: [sse({"content": piece}) for piece in p],
    "done-true": lambda p: [
        *(sse({"content": piece, "done": False}) for piece in p[:-1]),
        sse({"content": p[-1], "done": True}),
        b'event: done\ndata: {"message":"\xec\x99\x84\xeb\xa3\x8c"}\n\n',
    ],
    "types": lambda p: [
        sse({"type": "start"}),
        *(sse({"type": "content", "content": piece}) for piece in p),
        sse({"type": "end"}),
    ],
    "plain-lines": lambda p: [*(sse(piece) for piece in "".join(p).split("\n") if piece), sse("[DONE]")],
    "thinking-only": lambda p: [sse(opening()[2]), sse(last(truncated=True, finish_reason="length"))],
    "references": lambda p: [
        *(sse(chunk(piece)) for piece in p),
        sse({"event_status": "FINAL_ANSWER", "content_references": REFERENCES}),
        sse(last()),
    ],
    "comments": lambda p: [b"\xef\xbb\xbf: ping\nretry: 5\nid: 1\nevent: x\n\n" + sse(chunk(piece)) for piece in p],
}

_HTML = "<html><head><title>x</title></head><body><h1>Internal Server Error</h1></body></html>"
_JSON = {"content-type": "application/json"}

REFUSALS: dict[str, Callable[[], Refusal]] = {
    "refuse-401": lambda: (401, {"content-type": "text/plain"}, b"Unauthorized"),
    "refuse-403": lambda: (403, _JSON, b'{"message":"forbidden"}'),
    "refuse-404": lambda: (404, _JSON, b'{"error":{"message":"no such agent"}}'),
    "busy-seconds": lambda: (429, {"retry-after": "7"}, b'{"retry_after": 99}'),
    "busy-date": lambda: (429, {"retry-after": formatdate(time.time() + 30, usegmt=True)}, b""),
    "busy-body": lambda: (429, _JSON, b'{"retry_after": 12}'),
    "busy-text": lambda: (429, {"content-type": "text/plain"}, b"Too many requests. Wait 9 seconds."),
    "html-500": lambda: (500, {"content-type": "text/html"}, _HTML.encode()),
    "unavailable-503": lambda: (503, {"content-type": "text/plain"}, b"upstream connect error"),
    "redirect": lambda: (302, {"location": "http://127.0.0.1:9/elsewhere"}, b""),
    "html-200": lambda: (200, {"content-type": "text/html"}, _HTML.encode()),
}

# What is about time and the connection is done by Standin._misbehave.
MANNERS = (
    "late-first-byte",
    "stall",
    "drip",
    "reset-mid-frame",
    "plain-instead-of-stream",
    "stream-instead-of-plain",
    "open-after-end",
)
FAULTS = (*STREAMS, *REFUSALS, *MANNERS)


def fault_id(name: str) -> str:
    return f"standin-{name}"


# --- the server -------------------------------------------------------------------------------------------------------


class Reset(Exception):
    """Makes uvicorn drop the connection without ending the response."""


class Standin:
    """The ASGI application. `fault` is what every agent does; "" = each what its id says."""

    delta_mark = b'"CHUNK"'  # what a write holds that is a delta

    def __init__(self, *, deltas: int, per_second: float, fault: str = "", integer_ids: bool = False) -> None:
        self.requests: list[StandinRequest] = []
        self.gates: list[Gate] = []
        self.base_url = ""
        self.fault = fault
        self._deltas = deltas
        self._pause = 1 / per_second if per_second else 0.0
        self._integer_ids = integer_ids

    def gate(self, *, before: int) -> Gate:
        """A gate that holds answers before their delta number `before`, counted from 0."""
        self.gates.append(Gate(before))
        return self.gates[-1]

    def agents(self) -> list[dict[str, object]]:
        ids_and_labels = [(HEALTHY, "일반 도우미"), *((fault_id(name), f"고장: {name}") for name in FAULTS)]
        ids_and_labels += [(f"7b0c0d1e-6f1a-4c55-9d53-{n:012d}", f"부서 도우미 {n}") for n in range(1, 80)]
        return [
            {"agentId": n if self._integer_ids else id, "label": label, "description": f"{label}입니다"}
            for n, (id, label) in enumerate(ids_and_labels, start=1)
        ]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = await self._record(Request(scope, receive))
        answering = asyncio.create_task(self._answer(asked, send))
        leaving = asyncio.create_task(disconnected(receive))
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                settle(asked.cut_off, time.monotonic())
        finally:
            leaving.cancel()
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering

    async def _record(self, request: Request) -> StandinRequest:
        headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in request.headers.raw]
        asked = StandinRequest(request.method, request.url.path, dict(request.query_params), headers)
        media = request.headers.get("content-type", "")
        if media.startswith("application/json"):
            asked.body = await request.json()
            asked.contents = list(asked.body.get("contents", []))
        elif media.startswith("multipart/form-data"):
            await _record_form(asked, request)
        self.requests.append(asked)
        return asked

    async def _answer(self, asked: StandinRequest, send: Send) -> None:
        if not _may_ask(asked):
            await whole(send, 401, {"content-type": "text/plain"}, b"Unauthorized")
        elif asked.method == "GET" and asked.path == f"{API_PATH}/agents":
            await self._list(asked, send)
        elif asked.method == "POST" and asked.path.startswith(f"{API_PATH}/agent-messages"):
            await self._say(asked, send)
        else:
            await whole(send, 404, _JSON, b'{"message":"no such path"}')

    async def _list(self, asked: StandinRequest, send: Send) -> None:
        page, limit = int(asked.query.get("page", 1)), int(asked.query.get("limit", 50))
        agents = self.agents()
        await whole_json(send, {"items": agents[(page - 1) * limit : page * limit], "total": len(agents)})

    async def _say(self, asked: StandinRequest, send: Send) -> None:
        fault = self.fault or self._fault_of(str(asked.body.get("agentId")))
        pieces = cut_into(answer_text(asked), self._deltas)
        if fault in REFUSALS:
            await whole(send, *REFUSALS[fault]())
        elif fault in MANNERS:
            await self._misbehave(fault, pieces, asked, send)
        elif str(asked.body.get("isStream")).lower() == "true":
            await self._stream(STREAMS.get(fault, confirmed)(pieces), asked, send)
        elif fault in STREAMS:
            await whole_json(send, plain_answer(pieces, contentReferences=REFERENCES))
        else:
            await whole_json(send, plain_answer(pieces))

    def _fault_of(self, agent_id: str) -> str:
        if self._integer_ids:
            number = int(agent_id) - 2 if agent_id.isdigit() else -1
            return FAULTS[number] if 0 <= number < len(FAULTS) else ""
        return agent_id.removeprefix("standin-") if agent_id.startswith("standin-") else ""

    async def _misbehave(self, fault: str, pieces: list[str], asked: StandinRequest, send: Send) -> None:
        if fault == "late-first-byte":
            await asyncio.sleep(90)
        elif fault == "plain-instead-of-stream":
            await whole_json(send, plain_answer(pieces))
            return
        elif fault in ("stream-instead-of-plain", "open-after-end"):
            await self._stream(confirmed(pieces), asked, send, closes=fault != "open-after-end")
            return
        begun = [sse(chunk(piece)) for piece in pieces[:3]]
        await self._break_off(fault, begun, b'data: {"event_status":"CHUNK","con', asked, send)

    async def _break_off(self, fault: str, begun: list[bytes], cut: bytes, asked: StandinRequest, send: Send) -> None:
        """Begin an answer, and then reset the connection, drip or say nothing more."""
        await begin(send)
        for data in begun:
            await self._write(data, asked, send)
        if fault == "reset-mid-frame":
            await self._write(cut, asked, send)
            await asyncio.sleep(0.05)  # uvicorn sends what was written, and drops the rest with the connection
            raise Reset
        while fault == "drip":
            await send({"type": "http.response.body", "body": b":", "more_body": True})
            await asyncio.sleep(0.05)
        await asyncio.sleep(3600)

    async def _stream(self, writes: list[bytes], asked: StandinRequest, send: Send, *, closes: bool = True) -> None:
        await begin(send)
        started = time.monotonic()
        pause = self._pause * min(1.0, self._deltas / len(writes))  # byte by byte takes no longer than delta by delta
        for number, data in enumerate(writes):
            if pause and (early := started + number * pause - time.monotonic()) > 0:
                await asyncio.sleep(early)
            await self._write(data, asked, send)
        while not closes:
            await asyncio.sleep(0.05)
            await self._write(b": ping\n\n", asked, send)
        await send({"type": "http.response.body", "body": b""})

    async def _write(self, data: bytes, asked: StandinRequest, send: Send) -> None:
        for gate in self.gates:
            if gate.before == asked.deltas_sent:
                await gate.hold()
        asked.deltas_sent += self.delta_mark in data
        await send({"type": "http.response.body", "body": data, "more_body": True})


def _may_ask(asked: StandinRequest) -> bool:
    keys = [value for name in CLIENT_HEADERS for value in asked.header(name)]
    has_token = asked.header("x-openapi-token") == [f"Bearer {OPENAPI_TOKEN}"]
    return has_token and keys == [CLIENT_KEY] and not asked.header("authorization")


async def _record_form(asked: StandinRequest, request: Request) -> None:
    async with request.form() as form:
        for key, value in form.multi_items():
            if not isinstance(value, str):
                asked.file_name, asked.file_bytes = value.filename, await value.read()
            elif key == "contents":
                asked.contents.append(value)
            else:
                asked.body[key] = value


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def begin(send: Send) -> None:
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def whole(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(key.encode(), value.encode()) for key, value in {**headers, "content-length": str(len(body))}.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def whole_json(send: Send, body: object) -> None:
    await whole(send, 200, _JSON, json.dumps(body, ensure_ascii=False).encode())


# --- running it -------------------------------------------------------------------------------------------------------


def server_of(standin: Standin) -> uvicorn.Server:
    config = uvicorn.Config(
        standin,
        log_config=None,
        log_level=60,  # above critical: the resets would log a traceback each
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
    )
    return uvicorn.Server(config)


@contextmanager
def running_standin(
    *, deltas: int = 20, per_second: float = 0, fault: str = "", integer_ids: bool = False
) -> Iterator[Standin]:
    """A stand-in on a free port of this machine, in a thread. `per_second` 0 = as fast as it goes."""
    standin = Standin(deltas=deltas, per_second=per_second, fault=fault, integer_ids=integer_ids)
    with running(standin, BASE_PATH):
        yield standin


@contextmanager
def running(standin: Standin, path: str) -> Iterator[None]:
    """`standin` on a free port of this machine, in a thread; its base URL ends in `path`."""
    server = server_of(standin)
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        standin.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            for gate in standin.gates:
                gate.open()
            server.should_exit = True
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for FabriX on this machine.")
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--deltas", type=int, default=200)
    parser.add_argument("--per-second", type=float, default=50)
    parser.add_argument("--fault", choices=FAULTS, default="")
    parser.add_argument("--integer-ids", action="store_true")
    options = parser.parse_args()
    standin = Standin(
        deltas=options.deltas, per_second=options.per_second, fault=options.fault, integer_ids=options.integer_ids
    )
    serve(standin, options.port, BASE_PATH, f"client_key = {CLIENT_KEY}\nopenapi_token = {OPENAPI_TOKEN}")


def serve(standin: Standin, port: int, path: str, keys: str) -> None:
    """Run it by hand, until Ctrl+C."""
    with socket.create_server(("127.0.0.1", port), backlog=1024) as listening:
        print(f"base_url = http://127.0.0.1:{listening.getsockname()[1]}{path}\n{keys}", flush=True)
        server_of(standin).run(sockets=[listening])


if __name__ == "__main__":
    main()
