"""Runs analyses in worker processes and watches over their time and memory; imports nothing of the analysis."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import psutil

from chat.analyst.telling.sentences import notices, say
from chat.errors import AnalysisFailed
from chat.events import Chart, Delta, Finished, ResultTable, Status, StreamEvent, Suggestions, Work

_ROOT = Path(__file__).resolve().parents[2]
_MIB = 1024 * 1024
_LONGEST_LINE = 64 * _MIB
_WATCH_SECONDS = 0.1
_TIRED = 0.4  # the share of the memory limit above which a worker is not kept for the next job
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE", "LANG", "LD_LIBRARY_PATH")
_NEARLY_FULL = 0.8
WORKER = (sys.executable, "-X", "utf8", "-m", "chat.analyst.worker")


class Analyst:
    """Answers questions about data files, at most `max_processes` at a time; the others wait for their turn."""

    def __init__(
        self,
        *,
        max_processes: int = 2,
        memory_mb: int = 1500,
        seconds: int = 60,
        command: Sequence[str] = WORKER,
    ) -> None:
        self._memory_mb = memory_mb
        self._seconds = seconds
        limits = ("--memory-mb", str(memory_mb), "--seconds", str(seconds))
        self._command = (*command, *limits)
        self._places = asyncio.Semaphore(max_processes)
        self._idle: list[_Worker] = []
        self._workers: set[_Worker] = set()

    async def analyse(
        self,
        path: Path,
        name: str,
        question: str,
        language: str,
        *,
        choice: Mapping[str, Any] | None = None,
        table: Path | None = None,
        others: Sequence[Mapping[str, Any]] = (),
        earlier: Sequence[str] = (),
    ) -> AsyncGenerator[StreamEvent, None]:
        """Answer `question` about the file in `path`, which the user calls `name`.

        `choice` is how the file is to be read, `table` where its table lies if that has been kept; `others` are more
        files of the conversation, each as `file_as_json` makes them, and `earlier` its questions before this one.
        Closing the iterator ends the work at once. Raises AnalysisFailed.
        """
        request = {
            "files": [file_as_json(path, name, choice=choice, table=table), *others],
            "question": question,
            "language": language,
            "earlier": list(earlier),
        }
        async with aclosing(self._messages("answer", request, name)) as messages:
            async for message in messages:
                if "status" in message:
                    yield Status(say(f"status.{message['status']}", language, name=name))
                else:
                    for event in _events(message["result"]):
                        yield event
        yield Finished()

    async def run(self, job: str, request: dict[str, Any], name: str) -> dict[str, Any]:
        """The result of a job of `jobs.JOBS` about a file that the user calls `name`. Raises AnalysisFailed."""
        async with aclosing(self._messages(job, request, name)) as messages:
            result: dict[str, Any] = [message async for message in messages][-1]["result"]
        return result

    async def _messages(self, job: str, request: dict[str, Any], name: str) -> AsyncGenerator[dict[str, Any], None]:
        """What a worker says to a request: its steps, then its result. Raises AnalysisFailed."""
        if self._places.locked():
            yield {"status": "waiting"}
        async with self._places:  # held until the answer is there, not until its reader has taken it
            worker = await self._worker()
            watch = asyncio.create_task(worker.watch(self._seconds, self._memory_mb))
            try:
                await worker.send({"job": job, **request})
                while "result" not in (message := await worker.receive()):
                    if "error" in message:
                        raise self.failure(message["error"], name)
                    yield message
                worker.is_done = True
            except _WorkerGone as error:
                raise self.failure(worker.killed_for or self._likely_reason(worker), name) from error
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)
                await self._release(worker)
        yield message

    async def aclose(self) -> None:
        """End all workers; what is still being analysed fails."""
        self._idle.clear()
        for worker in list(self._workers):
            await self._end(worker)

    def failure(self, reason: str, name: str) -> AnalysisFailed:
        """What is told when a file that the user calls `name` can't be analysed for a `reason`."""
        limit = {"memory": self._memory_mb, "time": self._seconds}.get(reason, "")
        return AnalysisFailed(reason, notices=notices(f"failed.{reason}", name=name, limit=limit))

    def _likely_reason(self, worker: _Worker) -> str:
        """A process that dies with its memory nearly full has met the limit that it set itself."""
        return "memory" if worker.peak > _NEARLY_FULL * self._memory_mb * _MIB else "crash"

    async def _worker(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive:
                worker.is_done, worker.peak = False, 0
                return worker
            await self._end(worker)
        worker = _Worker(await _start(self._command))
        self._workers.add(worker)
        return worker

    async def _release(self, worker: _Worker) -> None:
        """Keep a worker that has finished its job and is fit for another one; end any other."""
        fit = worker.is_done and worker in self._workers and worker.is_alive
        if fit and worker.memory() < _TIRED * self._memory_mb * _MIB:
            self._idle.append(worker)
        else:
            await self._end(worker)

    async def _end(self, worker: _Worker) -> None:
        self._workers.discard(worker)
        await worker.end()


def file_as_json(
    path: Path, name: str, *, choice: Mapping[str, Any] | None = None, table: Path | None = None
) -> dict[str, Any]:
    """A file as the jobs' requests name it."""
    return {
        "path": str(path.resolve()),
        "name": name,
        "choice": dict(choice) if choice else None,
        "table": str(table.resolve()) if table else None,
    }


class _WorkerGone(Exception):
    """The process ended within a job, or said what no worker says."""


class _Worker:
    """One process. `killed_for`: "time" or "memory" when the watch ended it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.is_done = False
        self.killed_for: str | None = None
        self.peak = 0  # bytes, as far as the watch has seen
        self._process = process

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def send(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - both pipes are asked for in _start
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _WorkerGone from error

    async def receive(self) -> dict[str, Any]:
        """The next line of the worker's answer. A job that failed in good order leaves the worker fit."""
        assert self._process.stdout is not None  # noqa: S101
        try:
            message: dict[str, Any] = json.loads(await self._process.stdout.readline())
        except ValueError as error:  # the end of the stream, half a line, or one that is too long
            raise _WorkerGone from error
        self.is_done = "error" in message
        return message

    async def watch(self, seconds: float, memory_mb: int) -> None:
        """End the process when it takes too long or too much; polled, so that it holds on every system."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        while self.killed_for is None:
            await asyncio.sleep(_WATCH_SECONDS)
            self.peak = max(self.peak, self.memory())
            if self.peak > memory_mb * _MIB:
                self._kill_for("memory")
            elif clock() > deadline:
                self._kill_for("time")

    def memory(self) -> int:
        """Bytes that the process has in memory; 0 when it is gone."""
        try:
            resident: int = psutil.Process(self._process.pid).memory_info().rss
        except psutil.Error:
            return 0
        return resident

    def _kill_for(self, reason: str) -> None:
        self.killed_for = reason
        self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Kill the process and wait until it and its pipes are gone."""
        if self.is_alive:
            self._kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()
        if self._process.stdout is not None:
            await _drained(self._process.stdout)


async def _drained(stream: asyncio.StreamReader) -> None:
    """Read to the end, so that the pipe's transport closes."""
    with suppress(ValueError, RuntimeError):  # RuntimeError: a reader that was closed elsewhere still waits
        while await stream.read(_MIB):
            pass


async def _start(command: Sequence[str]) -> asyncio.subprocess.Process:
    """A worker with nothing of our environment but what a program needs to run: no keys, no passwords."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
        cwd=_ROOT,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _events(result: dict[str, Any]) -> list[StreamEvent]:
    """The answer's pieces, apart by blank lines, then what goes with them."""
    pieces: list[str] = result["pieces"]
    texts = [piece if number == 0 else f"\n\n{piece}" for number, piece in enumerate(pieces)]
    charts = [
        Chart(chart["title"], base64.b64decode(chart["png"]), chart["spec"], base64.b64decode(chart["svg"]))
        for chart in result.get("charts", ())
    ]
    tables = [
        ResultTable(table["title"], tuple(table["columns"]), tuple(table["kinds"]), tuple(map(tuple, table["rows"])))
        for table in result.get("tables", ())
    ]
    work = [Work(**{**told, "columns": tuple(told["columns"])})] if (told := result.get("work")) else []
    asked_next = [Suggestions(tuple(questions))] if (questions := result.get("suggestions")) else []
    return [*map(Delta, texts), *charts, *tables, *work, *asked_next]
