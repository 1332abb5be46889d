"""The application behind a real socket, and people who call it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

PASSWORD = "a quite long password"


@dataclass(frozen=True)
class Event:
    """A Server-Sent Event as a client sees it."""

    number: int
    kind: str
    data: dict[str, Any]


class LiveServer:
    """Runs an application in a thread of its own while the `with` lasts."""

    def __init__(self, build: Callable[[], FastAPI], *, signup_key: str) -> None:
        """`build` is called in the server's own event loop: Gradio makes one, and leaves it open, where none runs."""
        self._build = build
        self._signup_key = signup_key
        self._server: uvicorn.Server | None = None
        self._app: FastAPI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._app, self._loop = self._build(), asyncio.get_running_loop()
        config = uvicorn.Config(self._app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        await self._server.serve(sockets=[self._socket])

    def __enter__(self) -> LiveServer:
        self._thread.start()
        deadline = time.monotonic() + 30
        while not (self._server and self._server.started):
            assert self._thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.should_exit = True
        self._thread.join(15)
        self._socket.close()

    def end_answers(self) -> None:
        """What the command that serves does before it lets go of its callers."""
        assert self._app and self._loop
        asyncio.run_coroutine_threadsafe(self._app.state.end_turns(), self._loop).result(15)

    def sign_up(self, username: str, *, language: str = "en") -> Person:
        body = {
            "username": username,
            "password": PASSWORD,
            "email": f"{username}@example.com",
            "auth_key": self._signup_key,
        }
        answer = httpx.post(f"{self.url}/api/auth/signup/", json=body, timeout=20).raise_for_status().json()
        return Person(self.url, username, answer["token"], language)


class Person:
    """Somebody who calls the API with a token."""

    def __init__(self, url: str, username: str, token: str, language: str) -> None:
        self.username = username
        self.token = token
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Token {token}", "Accept-Language": language}, timeout=20
        )

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def conversation(self, **values: str) -> str:
        """A new conversation's id."""
        body = {"agent_id": "scripted-agent-0001", **values}
        answer = self.http.post("/api/sessions/", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def ask(self, conversation_id: str, content: str = "Hello?", **values: Any) -> dict[str, str]:
        """Start a turn; the API's answer."""
        answer = self.http.post(f"/api/sessions/{conversation_id}/turns/", json={"content": content, **values})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def ask_and_wait(self, conversation_id: str, content: str = "Hello?", **values: Any) -> dict[str, str]:
        """Start a turn and watch it to its end."""
        turn = self.ask(conversation_id, content, **values)
        self.events(turn["turn_id"])
        return turn

    def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        return list(self.http.get(f"/api/sessions/{conversation_id}/").json()["messages"])

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        answer = self.http.post("/api/files", files={"file": (name, content)})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def events(self, turn_id: str, *, after: int | None = None) -> list[Event]:
        """All events of a turn after that number, to its end."""
        with self.watch(turn_id, after=after) as events:
            return list(events)

    @contextmanager
    def watch(self, turn_id: str, *, after: int | None = None) -> Iterator[Iterator[Event]]:
        headers = {"Last-Event-ID": str(after)} if after is not None else {}
        with self.http.stream("GET", f"/api/turns/{turn_id}/events", headers=headers) as response:
            response.raise_for_status()
            yield _events(response)


def _events(response: httpx.Response) -> Iterator[Event]:
    text = ""
    for piece in response.iter_text():
        text += piece
        *blocks, text = text.split("\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "event" in fields:
                yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
