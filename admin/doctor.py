"""Tries the whole chain, one step after another, and says of each what to do where it fails.

What people do is done by an account that lives as long as the examination: ask, stop, attach a file, download.
Nothing of a setting that is secret is ever in a finding.
"""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from chat.conversations import Ask
from chat.errors import ChatError
from chat.event_log import LoggedEvent
from chat.upstreams.local import ANALYST_ID, LocalUpstream
from locales import text
from storage import audit, files, people, turns, users
from storage.audit import Actor, Filter
from storage.models import now
from storage.models import turns as turns_table
from storage.people import EXAMINER
from storage.secret import Secret
from storage.settings import Settings

if TYPE_CHECKING:  # the application brings Gradio along, for which commands that don't need it shouldn't wait
    from app import Parts

GOOD, BAD, SKIPPED = "good", "bad", "skipped"
LISTING_SECONDS = 30.0
ANSWER_SECONDS = 60.0
ANALYSIS_SECONDS = 90.0
LEFT_BEHIND = timedelta(hours=1)
ROOM = 1 << 30  # bytes
PNG = b"\x89PNG\r\n\x1a\n"
SALES = "지역,매출\n서울,120\n부산,80\n대구,60\n".encode("cp949")
GREETING = "짧게 인사해 주세요. (Say hello, briefly.)"
CHART = "지역별 매출 합계를 막대 차트로 보여 주세요"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one step went. `detail` names a sentence with what was measured, or is what went wrong, already masked."""

    step: str
    state: str  # GOOD, BAD, SKIPPED
    detail: str = ""
    values: dict[str, object] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return text(f"doctor.{self.step}", language, **self.values)

    def what(self, language: str) -> str:
        """What was found, as a sentence."""
        return text(self.detail, language, **self.values) if self.detail.startswith("doctor.") else self.detail

    def advice(self, language: str) -> str:
        """What to do; "" where nothing is wrong."""
        return text(f"doctor.{self.step}.fix", language) if self.state == BAD else ""

    def line(self, language: str) -> str:
        parts = [self.title(language), self.what(language), self.advice(language)]
        return f"[{text(f'doctor.{self.state}', language)}] " + " – ".join(filter(None, parts))


class Doctor:
    def __init__(self, parts: Parts, settings: Settings) -> None:
        self._parts = parts
        self._data = settings.data
        self._database = parts.people.database
        self._secrets = sorted({value for value in _secrets_in(settings) if len(value) > 3}, key=len, reverse=True)

    async def examine(self, actor: Actor) -> AsyncIterator[Finding]:
        """The findings as they come. Call it for administrators and staff only: it writes and it asks agents."""
        yield await self._write(actor)
        for upstream in self._parts.upstreams:
            if upstream.name != LocalUpstream.name:
                async for finding in self._service(upstream):
                    yield finding
        if all(upstream.name == LocalUpstream.name for upstream in self._parts.upstreams):
            yield Finding("sign_in", SKIPPED, "doctor.no_service", {"name": "FabriX"})
        async with aclosing(self._as_a_person()) as findings:  # type: ignore[type-var]
            async for finding in findings:
                yield finding
        yield self._disk()
        yield await self._clock()

    async def _write(self, actor: Actor) -> Finding:
        """That this was begun is an act to be written down: so it is, and read back."""
        mark = secrets.token_hex(4)
        started = time.monotonic()
        try:
            await self._database.write(audit.add, actor, "doctor", None, mark=mark)
            found = await self._database.read(audit.entries, Filter(action="doctor"), limit=1)
        except SQLAlchemyError as fault:
            return self._bad("database", fault)
        is_there = bool(found) and found[0].details.get("mark") == mark
        return _took("database", started) if is_there else Finding("database", BAD)

    async def _service(self, upstream: Any) -> AsyncIterator[Finding]:
        named: dict[str, object] = {"name": upstream.name}
        try:
            async with asyncio.timeout(LISTING_SECONDS):
                agents = await upstream.agents()
        except TimeoutError:
            yield Finding("sign_in", BAD, "doctor.late", {**named, "seconds": round(LISTING_SECONDS)})
            return
        except ChatError as error:
            yield self._bad("sign_in", error, named)
            return
        yield Finding("sign_in", GOOD, "", named)
        yield Finding("agents", GOOD if agents else BAD, "doctor.count", {**named, "count": len(agents)})

    async def _as_a_person(self) -> AsyncIterator[Finding]:
        """What a person does, in an account of its own, of which nothing is left."""
        await self._remove_left_behind()
        password_hash = await self._parts.people.passwords.hash(secrets.token_hex(20))
        name = f"doctor-{secrets.token_hex(6)}"
        try:
            user = await self._database.write(
                users.add_user, username=name, email="", password_hash=password_hash, role=EXAMINER
            )
        except SQLAlchemyError as fault:
            yield self._bad("first_delta", fault)
            return
        try:
            async for finding in self._asked(user.id):
                yield finding
            async for finding in self._analysed(user.id):
                yield finding
        finally:
            self._parts.turns.stop_all_of(user.id)
            self._parts.people.store.discard(await self._database.write(people.remove, user.id))

    async def _remove_left_behind(self) -> None:
        gone = await self._database.write(people.remove_examiners, now() - LEFT_BEHIND)
        self._parts.people.store.discard(gone)

    async def _asked(self, user_id: int) -> AsyncIterator[Finding]:
        """The first piece of an answer, and the end of one that is stopped."""
        agent_id = (await self._parts.agents.listing()).preferred
        if agent_id is None:
            yield Finding("first_delta", BAD)
            return
        started = time.monotonic()
        turn: turns.Turn | None = None
        heard: str | None = None
        try:
            turn = await self._begin(user_id, agent_id, GREETING)
            async with asyncio.timeout(ANSWER_SECONDS):
                heard = await self._first(turn, ("delta", "thinking", "error", "done"))
        except TimeoutError:
            yield Finding("first_delta", BAD, "doctor.late", {"seconds": round(ANSWER_SECONDS)})
        except (ChatError, SQLAlchemyError) as fault:
            yield self._bad("first_delta", fault)
        else:
            yield _took("first_delta", started) if heard == "" else Finding("first_delta", BAD, self._masked(heard))
        if turn is not None:
            yield await self._stopped(user_id, turn)

    async def _stopped(self, user_id: int, turn: turns.Turn) -> Finding:
        started = time.monotonic()
        self._parts.turns.stop(turn.id)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._parts.turns.settled(turn.id)
        except TimeoutError:
            return Finding("stop", BAD, "doctor.late", {"seconds": round(ANSWER_SECONDS)})
        state = (await self._parts.conversations.turn(user_id, turn.id)).state
        return (
            _took("stop", started)
            if state not in turns.LIVE
            else Finding("stop", BAD, "doctor.ended", {"state": state})
        )

    async def _analysed(self, user_id: int) -> AsyncIterator[Finding]:
        """A table in a Korean encoding, the analyst's Korean answer with a chart, and the chart's bytes."""
        if all(agent.id != ANALYST_ID for agent in (await self._parts.agents.listing()).agents):
            yield Finding("analysis", SKIPPED, "doctor.no_analyst")
            return
        started = time.monotonic()
        try:
            file_id = await self._upload(user_id)
            turn = await self._begin(user_id, ANALYST_ID, CHART, file_id=file_id)
            async with asyncio.timeout(ANALYSIS_SECONDS):
                said, chart_id, error = await self._whole(turn)
        except TimeoutError:
            yield Finding("analysis", BAD, "doctor.late", {"seconds": round(ANALYSIS_SECONDS)})
            return
        except (ChatError, SQLAlchemyError, OSError) as fault:
            yield self._bad("analysis", fault)
            return
        if error or "서울" not in said or chart_id is None:
            yield Finding("analysis", BAD, self._masked(error) or "doctor.no_chart")
            return
        yield _took("analysis", started)
        yield await self._downloaded(user_id, chart_id)

    async def _upload(self, user_id: int) -> str:
        store = self._parts.people.store
        file_id, size, sha256 = await asyncio.to_thread(store.save, BytesIO(SALES), limit=1 << 20)
        await self._database.write(
            files.add,
            file_id=file_id,
            user_id=user_id,
            name="매출.csv",
            media_type="text/csv",
            size=size,
            sha256=sha256,
        )
        return file_id

    async def _downloaded(self, user_id: int, chart_id: str) -> Finding:
        started = time.monotonic()
        try:
            file, path = await self._parts.files.find(user_id, chart_id)
            content = await asyncio.to_thread(path.read_bytes)
        except (ChatError, OSError) as fault:
            return self._bad("download", fault)
        is_whole = content.startswith(PNG) and len(content) == file.size
        return _took("download", started) if is_whole else Finding("download", BAD)

    async def _begin(self, user_id: int, agent_id: str, content: str, *, file_id: str | None = None) -> turns.Turn:
        made = await self._parts.conversations.create(user_id, agent_id=agent_id, title="doctor")
        return await self._parts.conversations.ask(user_id, made.id, Ask(content, file_id=file_id), language="ko")

    async def _first(self, turn: turns.Turn, kinds: tuple[str, ...]) -> str:
        """ "" when an answer has begun or ended well; else the notice of the error that ended it."""
        async with aclosing(self._events(turn)) as events:  # type: ignore[type-var]
            async for event in events:
                if event.kind in kinds:
                    return str(event.data["notice"]) if event.kind == "error" else ""
        return ""

    async def _whole(self, turn: turns.Turn) -> tuple[str, str | None, str]:
        """The text of an answer, the id of its first chart, and the notice of an error."""
        said, chart_id, error = "", None, ""
        async for event in self._events(turn):
            if event.kind == "delta":
                said += str(event.data["text"])
            elif event.kind == "artifact" and event.data.get("kind") == "chart":
                chart_id = chart_id or str(event.data["file_id"])
            elif event.kind == "error":
                error = str(event.data["notice"])
        return said, chart_id, error

    async def _events(self, turn: turns.Turn) -> AsyncIterator[LoggedEvent]:
        async for batch in self._parts.turns.watch(turn, after=None):
            for event in batch:
                yield event

    def _disk(self) -> Finding:
        probe = self._data / f".doctor-{secrets.token_hex(4)}"
        try:
            probe.write_bytes(b"x")
            probe.unlink()
            free = shutil.disk_usage(self._data).free
        except OSError as fault:
            return self._bad("disk", fault)
        return Finding("disk", GOOD if free >= ROOM else BAD, "doctor.free", {"mb": free >> 20})

    async def _clock(self) -> Finding:
        """Nothing in the database may be from the future: then the clock has been put back, or is behind."""
        try:
            newest = await self._database.read(_newest)
        except SQLAlchemyError as fault:
            return self._bad("clock", fault)
        if newest is not None and newest > now() + timedelta(minutes=2):
            return Finding("clock", BAD, "doctor.future", {"at": f"{newest:%Y-%m-%d %H:%M}"})
        return Finding("clock", GOOD, f"{now().astimezone():%Y-%m-%d %H:%M:%S %z}")

    def _bad(self, step: str, fault: Exception, values: dict[str, object] | None = None) -> Finding:
        told = fault.notice("en") if isinstance(fault, ChatError) else type(fault).__name__
        return Finding(step, BAD, self._masked(told), values or {})

    def _masked(self, told: str) -> str:
        for secret in self._secrets:
            told = told.replace(secret, "***")
        return told


def report(findings: list[Finding], language: str) -> str:
    """The findings as a text to save or to send."""
    return "\n".join(finding.line(language) for finding in findings) + "\n"


def _took(step: str, started: float) -> Finding:
    return Finding(step, GOOD, "doctor.seconds", {"seconds": f"{time.monotonic() - started:.2f}"})


def _newest(connection: Connection) -> Any:
    last = connection.execute(select(func.max(turns_table.c.created_at))).scalar()
    entry = audit.entries(connection, Filter(), limit=1)
    return max(filter(None, [last, entry[0].at if entry else None]), default=None)


def _secrets_in(value: Any) -> Iterator[str]:
    """All secret texts in the settings, however deep."""
    if isinstance(value, Secret):
        yield value.reveal()
        yield value.reveal().removeprefix("Bearer ").strip()
    elif dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            yield from _secrets_in(getattr(value, item.name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _secrets_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secrets_in(item)
