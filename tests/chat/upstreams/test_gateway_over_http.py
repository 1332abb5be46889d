"""The gateway before the stand-in, over real HTTP: what FabriX is sent in all."""

from __future__ import annotations

import time
from contextlib import aclosing

import pytest

from chat.agents import AgentDirectory
from chat.errors import ChatError, KeyRefused, LimitReached, UpstreamBroken, UpstreamUnavailable
from chat.events import Finished, StreamEvent
from chat.gateway import Gateway
from chat.limiter import Limiter, TeamLimits
from chat.people import Allowance, People
from chat.records import Caller, Record
from storage.spends import Spent
from tests.chat.upstreams.asking import question
from tests.chat.upstreams.conftest import Connect
from tests.fabrix_standin import HEALTHY, Standin, fault_id


class NoJournal:
    def note(self, spent: Spent) -> None:
        pass

    note_grant = note

    async def written(self) -> None:
        pass


class Asked:
    """One question through a gateway of its own, and what became of it."""

    def __init__(self, connect: Connect, standin: Standin) -> None:
        upstream = connect(standin.base_url)
        self.limiter = Limiter(
            "fabrix", TeamLimits(100, 10_000, 4), people=People(lambda _: Allowance()), journal=NoJournal()
        )
        self.gateway = Gateway(AgentDirectory([upstream]), limiters={"fabrix": self.limiter}, jitter=lambda: 0.0)
        self.standin = standin
        self.record = Record()
        self.events: list[StreamEvent] = []
        self.error: ChatError | None = None

    async def about(self, agent_id: str) -> Asked:
        try:
            async with aclosing(self.gateway.ask(question(agent_id=agent_id), Caller(1), self.record)) as events:
                self.events += [event async for event in events]
        except ChatError as error:
            self.error = error
        return self

    @property
    def request_ids(self) -> list[str]:
        posts = [request for request in self.standin.requests if request.method == "POST"]
        return [request.header("x-request-id")[0] for request in posts]


async def test_an_answer_comes_through(connect: Connect, standin: Standin) -> None:
    asked = await Asked(connect, standin).about(HEALTHY)
    assert asked.error is None and isinstance(asked.events[-1], Finished)
    assert asked.record.tokens_out and asked.record.estimated and len(asked.request_ids) == 1


async def test_three_tries_have_one_idempotency_key(connect: Connect, standin: Standin) -> None:
    asked = await Asked(connect, standin).about(fault_id("unavailable-503"))
    assert isinstance(asked.error, UpstreamUnavailable)
    assert len(asked.request_ids) == 3 and len(set(asked.request_ids)) == 1
    assert asked.limiter.figures()["current_rpm"] == 3


@pytest.mark.parametrize(("fault", "error"), [("html-500", UpstreamBroken), ("refuse-401", KeyRefused)])
async def test_what_would_not_help_is_not_tried_again(
    connect: Connect, standin: Standin, fault: str, error: type[ChatError]
) -> None:
    asked = await Asked(connect, standin).about(fault_id(fault))
    assert isinstance(asked.error, error) and len(asked.request_ids) == 1


async def test_a_500_counts_as_an_outage_and_a_page_of_html_does_not(connect: Connect, standin: Standin) -> None:
    for fault, is_outage in (("html-500", True), ("html-200", False)):
        error = (await Asked(connect, standin).about(fault_id(fault))).error
        assert isinstance(error, UpstreamBroken) and error.is_outage is is_outage


@pytest.mark.parametrize(("fault", "seconds"), [("busy-body", 12), ("busy-date", 30)])
async def test_a_429_beyond_the_patience_is_told_at_once(
    connect: Connect, standin: Standin, fault: str, seconds: int
) -> None:
    started = time.monotonic()
    asked = await Asked(connect, standin).about(fault_id(fault))
    assert time.monotonic() - started < 5
    assert isinstance(asked.error, LimitReached) and asked.error.limit == "upstream"
    assert asked.error.retry_after == pytest.approx(seconds, abs=1)
    assert len(asked.request_ids) == 1
