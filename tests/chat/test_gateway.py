"""The way to the agents, in virtual time: the line, the tries, the breaker, and the figures."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from chat.agents import AgentChoice, AgentDirectory
from chat.breaker import LOST_IN_A_ROW, PROBE_SECONDS
from chat.errors import (
    AgentFailed,
    AnswerBlocked,
    AnswerEmpty,
    AnswerInterrupted,
    ChatError,
    ExtrasRejected,
    KeyRefused,
    LimitReached,
    QuestionRejected,
    UnknownAgent,
    UpstreamBroken,
    UpstreamBusy,
    UpstreamDown,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnreachable,
)
from chat.events import Delta, Finished, Status, StreamEvent, Thinking, Usage, Waiting
from chat.gateway import Gateway
from chat.limiter import MARGIN, Limiter, TeamLimits
from chat.people import Allowance, People
from chat.records import Caller, Record
from chat.upstreams.base import Attachment, Question
from storage.spends import Spent
from tests.scripted_upstream import AGENTS, ScriptedUpstream
from tests.virtual_time import clock, in_virtual_time


class NoJournal:
    def note(self, spent: Spent) -> None:
        pass

    note_grant = note

    async def written(self) -> None:
        pass


class Service:
    """A gateway before one scripted upstream."""

    def __init__(self, *, rpm: int = 100, tpm: int = 10_000, limited: bool = True, **values: Any) -> None:
        self.upstream = ScriptedUpstream()
        self.limiter = Limiter(
            "scripted",
            TeamLimits(rpm, tpm, concurrent=4),
            people=People(lambda _: Allowance()),
            journal=NoJournal(),
            clock=clock,
        )
        self.agents = AgentDirectory([self.upstream])
        self.gateway = Gateway(
            self.agents,
            limiters={"scripted": self.limiter} if limited else {},
            clock=clock,
            jitter=lambda: 1.0,
            **values,
        )
        self.record = Record()
        self.events: list[StreamEvent] = []

    async def ask(self, text: str = "Hello?", **caller: Any) -> list[StreamEvent]:
        """All events of one question; they are in `events`, too, when it fails."""
        self.record, self.events = Record(), []
        question = Question(agent_id=AGENTS[0].id, contents=(text,))
        answer = self.gateway.ask(question, Caller(**{"user_id": 1, **caller}), self.record)
        async with aclosing(answer) as events:
            async for event in events:
                self.events.append(event)
        return self.events

    async def failure(self, text: str = "Hello?", **caller: Any) -> ChatError:
        with pytest.raises(ChatError) as caught:
            await self.ask(text, **caller)
        return caught.value

    def figure(self, name: str) -> int:
        return self.limiter.figures()[name]


ANSWER = (Delta("answer"), Finished())


@in_virtual_time
async def test_an_answer_comes_through_at_once() -> None:
    service = Service()
    service.upstream.enqueue(Status("hm"), *ANSWER)
    assert await service.ask() == [Status("hm"), *ANSWER]
    assert clock() == 0.0


@in_virtual_time
async def test_an_agent_that_nobody_has_is_refused() -> None:
    service = Service()
    with pytest.raises(UnknownAgent):
        async for _ in service.gateway.ask(Question("nobody", ("q",)), Caller(1), Record()):
            pass


# ------------------------------------------------------------------- tries


@pytest.mark.parametrize("error", [UpstreamUnreachable(), UpstreamTimeout(), UpstreamUnavailable()])
def test_what_is_worth_it_is_tried_three_times(error: UpstreamError) -> None:
    @in_virtual_time
    async def test() -> None:
        service = Service()
        for _ in range(3):
            service.upstream.enqueue(error)
        assert await service.failure() is error
        assert (service.record.tries, len(service.upstream.questions)) == (3, 3)
        assert clock() == pytest.approx(0.5 + 1.0)

    test()


@pytest.mark.parametrize(
    "error",
    [
        UpstreamBroken(),
        UpstreamBroken(is_outage=True),
        KeyRefused(),
        QuestionRejected(status=400, reason="x"),
        AgentFailed(),
        AnswerBlocked(),
        AnswerEmpty(),
        AnswerInterrupted(),
    ],
)
def test_all_else_is_tried_once(error: UpstreamError) -> None:
    @in_virtual_time
    async def test() -> None:
        service = Service()
        service.upstream.enqueue(error)
        assert await service.failure() is error
        assert service.record.tries == 1

    test()


@in_virtual_time
async def test_a_second_try_may_succeed() -> None:
    service = Service()
    service.upstream.enqueue(UpstreamUnreachable())
    service.upstream.enqueue(*ANSWER)
    assert await service.ask() == list(ANSWER)
    assert service.record.tries == 2 and service.record.phases["backoff"] == pytest.approx(0.5)


@in_virtual_time
async def test_nothing_is_tried_again_after_the_first_delta() -> None:
    service = Service()
    service.upstream.enqueue(Delta("half"), UpstreamUnavailable())
    assert isinstance(await service.failure(), UpstreamUnavailable)
    assert service.record.tries == 1


@in_virtual_time
async def test_nothing_is_tried_again_after_thoughts_were_shown() -> None:
    service = Service()
    service.upstream.enqueue(Thinking("hm"), UpstreamUnreachable())
    await service.failure()
    assert service.record.tries == 1


@in_virtual_time
async def test_an_empty_piece_is_no_first_delta() -> None:
    service = Service()
    service.upstream.enqueue(Delta(""), UpstreamUnreachable())
    service.upstream.enqueue(1.0, *ANSWER)
    await service.ask()
    assert (service.record.tries, service.record.first_delta) == (2, 1.5)


@in_virtual_time
async def test_a_break_after_progress_alone_is_tried_again_but_a_time_out_is_not() -> None:
    service = Service()
    service.upstream.enqueue(Status("hm"), UpstreamUnreachable())
    service.upstream.enqueue(Status("hm"), UpstreamTimeout())
    assert isinstance(await service.failure(), UpstreamTimeout)
    assert service.record.tries == 2


@in_virtual_time
async def test_all_tries_have_one_idempotency_key_and_the_next_question_another() -> None:
    service = Service()
    service.upstream.enqueue(UpstreamUnreachable())
    await service.ask()
    await service.ask()
    first, second, other = (question.idempotency_key for question in service.upstream.questions)
    assert first == second != other and len(first) == 32


@in_virtual_time
async def test_each_try_takes_its_own_place_in_the_request_window() -> None:
    service = Service()
    service.upstream.enqueue(UpstreamUnreachable())
    await service.ask()
    assert service.figure("current_rpm") == 2


@in_virtual_time
async def test_a_try_that_finds_no_place_in_time_leaves_the_first_failure() -> None:
    service = Service(rpm=1)
    service.upstream.enqueue(UpstreamUnavailable())
    assert isinstance(await service.failure(patience=5.0), UpstreamUnavailable)
    assert len(service.upstream.questions) == 1


# ------------------------------------------------------------------- 429


@in_virtual_time
async def test_retry_after_is_honoured() -> None:
    service = Service()
    service.upstream.enqueue(UpstreamBusy(retry_after=4.0))
    service.upstream.enqueue(*ANSWER)
    events = await service.ask()
    assert clock() == pytest.approx(4.0, abs=0.01)
    assert isinstance(events[0], Waiting) and events[0].seconds == pytest.approx(4.0, abs=0.1)
    assert events[-2:] == list(ANSWER)


@in_virtual_time
async def test_a_429_pauses_the_whole_upstream() -> None:
    service = Service()
    service.upstream.enqueue(UpstreamBusy(retry_after=4.0))
    asking = asyncio.create_task(service.ask())
    await asyncio.sleep(0.1)
    other = service.gateway.ask(Question(AGENTS[0].id, ("q",)), Caller(2), Record())
    async with aclosing(other) as events:
        assert isinstance(await anext(events), Waiting)
    await asking


@in_virtual_time
async def test_a_retry_after_beyond_the_patience_goes_to_the_user_at_once() -> None:
    service = Service()
    service.upstream.enqueue(UpstreamBusy(retry_after=30.0))
    error = await service.failure(patience=10.0)
    assert isinstance(error, LimitReached)
    assert (error.limit, error.retry_after, clock()) == ("upstream", 30.0, 0.0)
    assert error.current_usage["current_rpm"] == 1


@in_virtual_time
async def test_an_error_names_its_upstream() -> None:
    service = Service()
    service.upstream.enqueue(KeyRefused())
    assert (await service.failure()).notice("en").startswith("Scripted refused the service's key.")
    service.upstream.enqueue(UpstreamBusy(retry_after=30.0))
    assert (await service.failure(patience=10.0)).notice("ko").startswith("Scripted의 한도에 도달하여")


@in_virtual_time
async def test_a_429_without_a_time_backs_off() -> None:
    service = Service()
    for _ in range(3):
        service.upstream.enqueue(UpstreamBusy())
    error = await service.failure()
    assert isinstance(error, LimitReached) and error.limit == "upstream"
    assert service.record.tries == 3
    assert clock() == pytest.approx(1.5, abs=0.05)


@in_virtual_time
async def test_a_try_without_what_an_old_server_does_not_know_takes_a_place_of_its_own_at_once() -> None:
    service = Service()
    service.upstream.enqueue(ExtrasRejected(status=400, reason="stream_options?"))
    assert isinstance((await service.ask())[-1], Finished)
    assert [question.plain for question in service.upstream.questions] == [False, True]
    figures = service.limiter.figures()
    assert figures and figures["current_rpm"] == 2
    assert (service.record.tries, clock()) == (2, 0.0)


@in_virtual_time
async def test_without_a_place_for_the_try_without_it_the_limit_is_told() -> None:
    service = Service(rpm=1)
    service.upstream.enqueue(ExtrasRejected(status=400, reason="stream_options?"))
    assert isinstance(await service.failure(), LimitReached)
    assert len(service.upstream.questions) == 1


# ------------------------------------------------------------------- the line


@in_virtual_time
async def test_a_turn_waits_in_line_and_says_so_each_second() -> None:
    service = Service(rpm=1)
    await service.ask()
    events = await service.ask(patience=100.0)
    waits = [event for event in events if isinstance(event, Waiting)]
    assert waits[0].place == 1 and waits[0].seconds == pytest.approx(60 + MARGIN, abs=0.1)
    assert len(waits) == pytest.approx(62, abs=1)
    assert waits[-1] == Waiting(0.0, 0)
    assert service.record.waited == pytest.approx(60 + MARGIN, abs=0.1)


@in_virtual_time
async def test_patience_that_is_given_while_a_turn_waits_keeps_it_in_line() -> None:
    service = Service(rpm=1, wait_seconds=5.0)
    await service.ask()
    caller = Caller(1)
    answer = service.gateway.ask(Question(AGENTS[0].id, ("q",)), caller, Record())
    async with aclosing(answer) as events:
        assert isinstance(await anext(events), Waiting)
        caller.leave.seconds += 60
        rest = [event async for event in events]
    assert isinstance(rest[-1], Finished)
    assert clock() == pytest.approx(60 + MARGIN, abs=0.1)


@in_virtual_time
async def test_patience_that_is_given_has_an_end_too() -> None:
    service = Service(rpm=1, wait_seconds=5.0)
    await service.ask()
    caller = Caller(1)
    answer = service.gateway.ask(Question(AGENTS[0].id, ("q",)), caller, Record())
    with pytest.raises(LimitReached):
        async with aclosing(answer) as events:
            async for _ in events:
                caller.leave.seconds = 20
    assert clock() == pytest.approx(25, abs=0.1)


@in_virtual_time
async def test_the_patience_of_the_settings_holds_where_the_caller_states_none() -> None:
    service = Service(rpm=1, wait_seconds=3.0)
    await service.ask()
    assert isinstance(await service.failure(), LimitReached)
    assert clock() == pytest.approx(3.0, abs=0.05)


@in_virtual_time
async def test_another_patience_is_in_force_for_whoever_comes_next() -> None:
    service = Service(rpm=1, wait_seconds=3.0)
    await service.ask()
    waiting = asyncio.create_task(service.failure())
    await asyncio.sleep(1.0)
    service.gateway.change_waits(wait_seconds=1.0, file_wait_seconds=2.0)
    assert isinstance(await service.failure(), LimitReached)
    assert clock() == pytest.approx(2.0, abs=0.05)
    await waiting
    assert clock() == pytest.approx(3.0, abs=0.05)


@in_virtual_time
async def test_a_question_with_a_file_has_the_other_patience() -> None:
    service = Service(rpm=1)
    await service.ask()
    service.gateway.change_waits(wait_seconds=1.0, file_wait_seconds=2.0)
    question = Question(AGENTS[0].id, ("q",), attachment=Attachment(Path("x"), "x.csv", 1))
    with pytest.raises(LimitReached):
        async for _ in service.gateway.ask(question, Caller(1), Record()):
            pass
    assert clock() == pytest.approx(2.0, abs=0.05)


@in_virtual_time
async def test_a_hidden_agent_is_asked_for_those_only_who_may() -> None:
    service = Service()
    service.agents.choose(AgentChoice(hidden=frozenset({AGENTS[0].id})))
    assert isinstance(await service.failure(), UnknownAgent) and not service.upstream.questions
    service.upstream.enqueue(*ANSWER)
    assert await service.ask(asks_hidden=True) == list(ANSWER)


@in_virtual_time
async def test_stopping_while_it_waits_leaves_the_line_at_once() -> None:
    service = Service(rpm=1)
    await service.ask()
    waiting = asyncio.create_task(service.ask(patience=100.0))
    await asyncio.sleep(1.0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert len(service.limiter._line.lanes) == 0 and service.record.tries == 0
    assert service.record.tokens_in is None


@in_virtual_time
async def test_stopping_at_the_very_moment_of_the_grant_gives_all_back() -> None:
    service = Service(tpm=100)
    blocking = service.limiter.join(user_id=2, tokens=100, interactive=True, patience=1.0)
    answer = service.gateway.ask(Question(AGENTS[0].id, ("q",)), Caller(1, patience=100.0), Record())
    async with aclosing(answer) as events:
        assert isinstance(await anext(events), Waiting)
        blocking.lease.settle(0)
        assert await anext(events) == Waiting(0.0, 0)
    assert (service.figure("current_tpm"), service.figure("current_rpm")) == (0, 1)
    assert service.upstream.questions == []


# ------------------------------------------------------------------- tokens and figures


@in_virtual_time
async def test_a_turn_reserves_its_estimate_and_settles_to_what_it_took() -> None:
    service = Service()
    service.upstream.enqueue(1.0, Delta("가" * 100), Finished())
    asking = asyncio.create_task(service.ask("가" * 400))
    await asyncio.sleep(0.5)
    assert service.figure("current_tpm") == 340
    await asking
    assert service.figure("current_tpm") == 340 + 85


@in_virtual_time
async def test_a_short_answer_gives_back_what_it_did_not_use() -> None:
    service = Service()
    await service.ask("Hello?")
    assert service.figure("current_tpm") < 20


@in_virtual_time
async def test_a_stopped_turn_keeps_what_it_used_only() -> None:
    service = Service(tpm=1000)
    service.upstream.enqueue(Delta("가" * 10), 100.0)
    asking = asyncio.create_task(service.ask("가" * 200))
    await asyncio.sleep(1.0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert service.figure("current_tpm") == 170 + 9


@in_virtual_time
async def test_a_refused_turn_gives_back_everything() -> None:
    service = Service()
    service.upstream.enqueue(KeyRefused())
    await service.failure("가" * 200)
    assert service.figure("current_tpm") == 0
    assert (service.record.tokens_in, service.record.estimated) == (None, False)


@in_virtual_time
async def test_a_long_answer_counts_while_it_comes() -> None:
    service = Service()
    service.upstream.enqueue(Delta("가" * 1000), 10.0, Finished())
    asking = asyncio.create_task(service.ask())
    await asyncio.sleep(1.0)
    assert service.figure("current_tpm") == 852
    await asking


@in_virtual_time
async def test_tokens_that_the_upstream_reports_are_taken_as_they_are() -> None:
    service = Service()
    service.upstream.enqueue(Delta("x"), Finished(usage=Usage(tokens_in=30, tokens_out=12)))
    await service.ask()
    record = service.record
    assert (record.tokens_in, record.tokens_out, record.estimated) == (30, 12, False)
    assert service.figure("current_tpm") == 42


@in_virtual_time
async def test_tokens_that_are_not_reported_are_estimated_and_marked() -> None:
    service = Service()
    service.upstream.enqueue(Delta("가" * 100), Finished())
    await service.ask("가" * 10)
    assert (service.record.tokens_in, service.record.tokens_out, service.record.estimated) == (9, 85, True)


@in_virtual_time
async def test_where_nothing_is_limited_no_tokens_are_told() -> None:
    service = Service(limited=False)
    await service.ask()
    assert (service.record.tokens_in, service.record.tokens_out) == (None, None)
    assert service.gateway.figures() is None


@in_virtual_time
async def test_the_record_has_the_times() -> None:
    service = Service()
    service.upstream.enqueue(2.0, Delta("x"), 3.0, Finished())
    await service.ask()
    record = service.record
    assert (record.waited, record.first_delta, record.total) == (0.0, 2.0, 5.0)
    assert (record.phases["first_delta"], record.phases["answer"]) == (2.0, 3.0)


# ------------------------------------------------------------------- the breaker and the banner


async def break_it(service: Service) -> None:
    for _ in range(LOST_IN_A_ROW):
        for _ in range(3):
            service.upstream.enqueue(UpstreamUnavailable())
        await service.failure()


@in_virtual_time
async def test_after_five_lost_turns_new_ones_fail_at_once() -> None:
    service = Service()
    await break_it(service)
    before = clock()
    error = await service.failure()
    assert isinstance(error, UpstreamDown) and clock() == before
    assert len(service.upstream.questions) == LOST_IN_A_ROW * 3  # turns were counted, not tries
    [status] = service.gateway.status()
    assert (status.name, status.state) == ("scripted", "open")


@in_virtual_time
async def test_a_probe_finds_out_that_it_is_back() -> None:
    service = Service()
    await break_it(service)
    await asyncio.sleep(PROBE_SECONDS)
    assert await service.ask()
    assert service.gateway.status()[0].state == "closed"


@in_virtual_time
async def test_a_probe_asks_once_and_others_fail_meanwhile() -> None:
    service = Service()
    await break_it(service)
    await asyncio.sleep(PROBE_SECONDS)
    asked = len(service.upstream.questions)
    service.upstream.enqueue(1.0, UpstreamUnreachable())
    probe = asyncio.create_task(service.failure())
    await asyncio.sleep(0.5)
    with pytest.raises(UpstreamDown):
        async for _ in service.gateway.ask(Question(AGENTS[0].id, ("q",)), Caller(2), Record()):
            pass
    assert isinstance(await probe, UpstreamUnreachable)
    assert len(service.upstream.questions) == asked + 1
    assert service.gateway.status()[0].state == "open"


@in_virtual_time
async def test_errors_of_a_question_do_not_open_the_breaker() -> None:
    service = Service()
    for _ in range(LOST_IN_A_ROW * 2):
        service.upstream.enqueue(QuestionRejected(status=400, reason="x"))
        await service.failure()
    assert service.gateway.status()[0].state == "closed"


@in_virtual_time
async def test_who_waited_in_line_while_it_went_down_is_not_sent_and_pays_nothing() -> None:
    service = Service(rpm=1)
    await service.ask()
    waiting = asyncio.create_task(service.failure(patience=100.0))
    await asyncio.sleep(55)
    breaker = service.gateway._doors["scripted"].breaker
    for _ in range(LOST_IN_A_ROW):
        breaker.lost(breaker.enter())
    assert isinstance(await waiting, UpstreamDown)
    assert (service.figure("current_rpm"), service.figure("current_tpm")) == (0, 0)


@in_virtual_time
async def test_slow_first_answers_are_told() -> None:
    service = Service(rpm=1000)
    for seconds in (1.0,) * 20 + (9.0,) * 5:
        service.upstream.enqueue(seconds, *ANSWER)
        await service.ask()
    [status] = service.gateway.status()
    assert (status.is_slow, status.first_delta_usual, status.first_delta_recent) == (True, 1.0, 9.0)
