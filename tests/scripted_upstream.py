"""An upstream that says what a test has written for it, and waits at gates until the test lets it on."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator

from chat.events import Delta, Finished, StreamEvent
from chat.upstreams.base import Agent, Question

AGENTS = [
    Agent("scripted-agent-0001", "Scripted", "Says what it was told to say."),
    Agent("another-agent-0002", "Another", "", capabilities=("chat",)),
]


class Gate:
    """A point in a script: `reached` tells the test, `release()` lets the agent go on."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    def release(self) -> None:
        self._open.set()

    def wait_until_reached(self) -> None:
        assert self._reached.wait(10), "the agent never came to this point"

    async def pass_through(self) -> None:
        self._reached.set()
        while not self._open.is_set():
            await asyncio.sleep(0.002)


Line = StreamEvent | Gate | Exception | float  # a number of seconds is waited


class ScriptedUpstream:
    """Plays the scripts in the order in which they were enqueued; without one it repeats the question."""

    name = "scripted"
    title = "Scripted"

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.scripts: deque[list[Line]] = deque()
        self.questions: list[Question] = []
        self.closed = threading.Event()
        self.agents_error: Exception | None = None
        self._gates: list[Gate] = []

    def enqueue(self, *lines: Line) -> None:
        self._gates += [line for line in lines if isinstance(line, Gate)]
        self.scripts.append(list(lines))

    def release_all(self) -> None:
        for gate in self._gates:
            gate.release()

    async def agents(self) -> list[Agent]:
        if self.agents_error:
            raise self.agents_error
        return AGENTS

    def may_run(self, agent_id: str) -> bool:
        return "/" not in agent_id

    async def prepared(self, question: Question) -> Question:
        return question

    async def ask(self, question: Question) -> AsyncIterator[StreamEvent]:
        self.questions.append(question)
        script = self.scripts.popleft() if self.scripts else [Delta(f"You said: {question.contents[-1]}"), Finished()]
        try:
            for line in script:
                if isinstance(line, Gate):
                    await line.pass_through()
                elif isinstance(line, Exception):
                    raise line
                elif isinstance(line, float):
                    await asyncio.sleep(line)
                else:
                    yield line
        finally:
            self.closed.set()

    async def is_up(self) -> bool:
        return self.agents_error is None

    async def aclose(self) -> None:
        self.closed.set()
