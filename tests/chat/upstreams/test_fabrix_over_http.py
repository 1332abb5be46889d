"""The FabriX client against the stand-in, over real HTTP."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from chat.errors import (
    AgentFailed,
    AnswerBlocked,
    AnswerInterrupted,
    KeyRefused,
    QuestionRejected,
    UpstreamBroken,
    UpstreamBusy,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnreachable,
)
from chat.events import Delta, Finished, Reference, Status, Thinking
from chat.upstreams.base import Attachment, Question
from tests.chat.upstreams.asking import answer_of, question
from tests.chat.upstreams.conftest import Connect
from tests.fabrix_standin import FAULTS, OPENAPI_TOKEN, REFUSALS, STREAMS, Standin, fault_id, running_standin

QUESTION = "매출은 어떤가요?"


def about(fault: str) -> Question:
    return question(QUESTION, agent_id=fault_id(fault))


async def test_healthy_answer_arrives_whole_and_in_order(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), question(QUESTION))
    assert answer.events[:2] == [Status("문서를 찾고 있습니다"), Thinking("질문의 뜻을 생각합니다.")]
    assert QUESTION in answer.text
    assert answer.text.endswith("😊\n")
    assert answer.finished == Finished(truncated=False)


async def test_deltas_arrive_one_by_one_while_the_agent_still_speaks(standin: Standin, connect: Connect) -> None:
    gate = standin.gate(before=3)
    async with aclosing(connect(standin.base_url).ask(question())) as events:
        deltas = 0
        async for event in events:
            deltas += isinstance(event, Delta)
            if deltas == 3:
                break
    await gate.when_reached()


WHOLE_TEXT = sorted(
    {*STREAMS, "plain-instead-of-stream"}
    - {"cut-frame", "filter-block", "failure-frame", "in-stream-error", "empty", "thinking-only", "comments"}
)


@pytest.mark.parametrize("fault", WHOLE_TEXT)
async def test_every_tolerated_shape_gives_the_text_and_finishes(
    standin: Standin, connect: Connect, fault: str
) -> None:
    answer = await answer_of(connect(standin.base_url), about(fault))
    assert QUESTION in answer.text.replace("\u2028\u2029\u0085", "")
    assert answer.text.startswith("## ")
    assert answer.finished is not None


async def test_line_separators_of_unicode_stay_in_the_text(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("line-separators"))
    assert answer.text.count("\u2028\u2029\u0085") == 20


async def test_answer_that_said_its_end_is_finished_though_the_server_keeps_it_open(
    standin: Standin, connect: Connect
) -> None:
    answer = await answer_of(connect(standin.base_url), about("open-after-end"))
    assert QUESTION in answer.text
    assert answer.finished == Finished()
    await standin.requests[0].when_cut_off()


async def test_answer_without_an_end_marker_is_finished_by_a_clean_close(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("no-end-marker"))
    assert answer.finished == Finished()


@pytest.mark.parametrize("fault", ["empty", "thinking-only"])
async def test_answer_without_text_is_finished(standin: Standin, connect: Connect, fault: str) -> None:
    answer = await answer_of(connect(standin.base_url), about(fault))
    assert answer.text == ""
    assert answer.finished == Finished(truncated=fault == "thinking-only")


async def test_cut_answer_says_that_it_was_cut(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("truncated"))
    assert answer.finished == Finished(truncated=True)


async def test_sources_keep_only_links_that_a_browser_may_follow(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("references"))
    sources = [event for event in answer.events if isinstance(event, Reference)]
    assert sources == [Reference("사내 규정", "https://wiki.example/rules"), Reference("나쁜 링크", None)]


@pytest.mark.parametrize("fault", ["reset-mid-frame", "cut-frame"])
async def test_break_in_mid_frame_keeps_the_text_and_interrupts(standin: Standin, connect: Connect, fault: str) -> None:
    answer = await answer_of(connect(standin.base_url), about(fault))
    assert answer.text.startswith("## ")
    assert isinstance(answer.error, AnswerInterrupted)


async def test_stall_after_text_interrupts_after_the_read_timeout(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url, read_seconds=0.2), about("stall"))
    assert answer.text.startswith("## ")
    assert isinstance(answer.error, AnswerInterrupted)


async def test_slow_drip_ends_at_the_total_deadline(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url, total_seconds=0.4), about("drip"))
    assert isinstance(answer.error, AnswerInterrupted)
    await standin.requests[0].when_cut_off()


async def test_time_that_the_reader_takes_does_not_count_for_the_deadline(standin: Standin, connect: Connect) -> None:
    gate = standin.gate(before=5)
    upstream = connect(standin.base_url, total_seconds=0.5)
    deltas = 0
    async for event in upstream.ask(question()):
        if isinstance(event, Delta) and not deltas:
            await asyncio.sleep(0.6)
            gate.open()
        deltas += isinstance(event, Delta)
    assert deltas == 20


async def test_nothing_before_the_read_timeout_is_a_timeout(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url, read_seconds=0.1), about("late-first-byte"))
    assert isinstance(answer.error, UpstreamTimeout)


async def test_nothing_before_the_total_deadline_is_a_timeout(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url, total_seconds=0.1), about("late-first-byte"))
    assert isinstance(answer.error, UpstreamTimeout)


async def test_no_server_is_unreachable(connect: Connect) -> None:
    with running_standin() as gone:
        base_url = gone.base_url
    answer = await answer_of(connect(base_url))
    assert isinstance(answer.error, UpstreamUnreachable)
    assert await connect(base_url).is_up() is False


REFUSED: dict[str, type[UpstreamError]] = {
    "refuse-401": KeyRefused,
    "refuse-403": KeyRefused,
    "refuse-404": QuestionRejected,
    "busy-seconds": UpstreamBusy,
    "busy-date": UpstreamBusy,
    "busy-body": UpstreamBusy,
    "busy-text": UpstreamBusy,
    "html-500": UpstreamBroken,
    "unavailable-503": UpstreamUnavailable,
    "redirect": UpstreamBroken,
    "html-200": UpstreamBroken,
}


@pytest.mark.parametrize("fault", REFUSALS)
async def test_every_refusal_becomes_its_error(standin: Standin, connect: Connect, fault: str) -> None:
    answer = await answer_of(connect(standin.base_url), about(fault))
    assert type(answer.error) is REFUSED[fault]
    assert answer.events == []


@pytest.mark.parametrize(("fault", "seconds"), [("busy-seconds", 7), ("busy-body", 12), ("busy-text", 9)])
async def test_busy_service_says_how_long_to_wait(
    standin: Standin, connect: Connect, fault: str, seconds: float
) -> None:
    answer = await answer_of(connect(standin.base_url), about(fault))
    assert answer.error is not None
    assert answer.error.retry_after == seconds


async def test_wrong_token_is_a_refused_key(standin: Standin, connect: Connect) -> None:
    upstream = connect(standin.base_url, openapi_token="wrong")
    assert isinstance((await answer_of(upstream)).error, KeyRefused)
    assert await upstream.is_up() is False


async def test_blocked_answer_brings_the_filter_s_own_sentences(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("filter-block"))
    assert isinstance(answer.error, AnswerBlocked)
    assert answer.error.notice("ko") == "개인정보가 있어 차단되었습니다."
    assert answer.error.notice("en") == "Blocked: personal data."


async def test_failure_frame_keeps_the_text_before_it_and_hides_the_key(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("failure-frame"))
    assert answer.text
    assert isinstance(answer.error, AgentFailed)
    assert "모델 오류 ***" in answer.error.notice("ko")
    assert OPENAPI_TOKEN not in answer.error.notice("en")


async def test_in_stream_error_is_a_failed_agent(standin: Standin, connect: Connect) -> None:
    answer = await answer_of(connect(standin.base_url), about("in-stream-error"))
    assert isinstance(answer.error, AgentFailed)
    assert "boom" in answer.error.notice("en")


async def test_closing_the_iterator_closes_the_connection_promptly(standin: Standin, connect: Connect) -> None:
    standin.gate(before=2)
    async with aclosing(connect(standin.base_url).ask(question())) as events:
        await anext(events)
    closed = time.monotonic()
    assert await standin.requests[0].when_cut_off() - closed < 0.1


async def test_cancelling_the_reader_closes_the_connection_promptly(standin: Standin, connect: Connect) -> None:
    gate = standin.gate(before=2)
    reading = asyncio.create_task(answer_of(connect(standin.base_url)))
    await gate.when_reached()
    reading.cancel()
    cancelled = time.monotonic()
    assert await standin.requests[0].when_cut_off() - cancelled < 0.1
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_connection_is_used_again_after_a_whole_answer(standin: Standin, connect: Connect) -> None:
    upstream = connect(standin.base_url)
    for _ in range(3):
        assert (await answer_of(upstream)).finished
    assert len(upstream._exchange._connections._pools[0].client._transport._pool.connections) == 1  # type: ignore[attr-defined]


async def test_all_pages_of_agents_are_listed_in_order(standin: Standin, connect: Connect) -> None:
    agents = await connect(standin.base_url).agents()
    assert [agent.id for agent in agents] == [entry["agentId"] for entry in standin.agents()]
    assert [request.query["page"] for request in standin.requests] == ["1", "2", "3"]
    assert agents[0].label == "일반 도우미"


async def test_integer_ids_are_text_for_us_and_go_back_as_integers(connect: Connect) -> None:
    with running_standin(integer_ids=True) as standin:
        upstream = connect(standin.base_url)
        agents = await upstream.agents()
        await answer_of(upstream, question(agent_id=agents[0].id))
        assert agents[0].id == "1"
        assert standin.requests[-1].body["agentId"] == 1


async def test_every_fault_can_be_picked_as_an_agent(standin: Standin, connect: Connect) -> None:
    ids = {agent.id for agent in await connect(standin.base_url).agents()}
    assert {fault_id(fault) for fault in FAULTS} <= ids


async def test_health_is_asked_once_in_a_while_only(standin: Standin, connect: Connect) -> None:
    upstream = connect(standin.base_url)
    assert await asyncio.gather(*(upstream.is_up() for _ in range(20))) == [True] * 20
    assert len(standin.requests) == 1


def attached(path: Path, *contents: str) -> Question:
    attachment = Attachment(path, '매출 "1분기".csv', path.stat().st_size, "text/csv")
    return Question(fault_id("none"), contents, attachment=attachment, last_attachment=attachment)


async def test_file_goes_with_the_whole_conversation(standin: Standin, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "stored-under-another-name"
    path.write_text("지점,매출\n서울,120\n", encoding="utf-8")
    answer = await answer_of(connect(standin.base_url), attached(path, "이전 질문", "이전 답변", "합계는?"))
    sent = standin.requests[0]
    assert sent.path.endswith("/agent-messages/file")
    assert (sent.file_name, sent.file_bytes) == ("매출 %221분기%22.csv", path.read_bytes())
    assert sent.contents == ["이전 질문", "이전 답변", "합계는?"]
    assert sent.body == {"agentId": fault_id("none"), "isStream": "false"}
    assert "지점,매출" in answer.text


async def test_what_is_known_of_the_file_stands_before_the_question(
    standin: Standin, connect: Connect, tmp_path: Path
) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"a,b\n1,2\n")
    asked = replace(attached(path, "이전 질문", "이전 답변", "합계는?"), card="- CSV, 1 row")
    upstream = connect(standin.base_url)
    await answer_of(upstream, await upstream.prepared(asked))
    assert standin.requests[0].contents == ["이전 질문", "이전 답변", "- CSV, 1 row\n\n합계는?"]


async def test_what_is_known_of_an_earlier_file_does_not_go_without_it(standin: Standin, connect: Connect) -> None:
    asked = Question(fault_id("none"), ("합계는?",), card="- CSV, 1 row")
    await answer_of(connect(standin.base_url), asked)
    assert standin.requests[0].contents == ["합계는?"]


async def test_file_answer_may_come_as_a_stream(standin: Standin, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"a,b\n1,2\n")
    asked = Question(fault_id("stream-instead-of-plain"), ("?",), attachment=Attachment(path, "a.csv", 8))
    answer = await answer_of(connect(standin.base_url), asked)
    assert "a,b" in answer.text
    assert answer.finished == Finished()


async def test_missing_attachment_is_an_upstream_error(standin: Standin, connect: Connect, tmp_path: Path) -> None:
    asked = Question("x", ("?",), attachment=Attachment(tmp_path / "gone", "a.csv", 8))
    answer = await answer_of(connect(standin.base_url), asked)
    assert isinstance(answer.error, UpstreamError)
    assert standin.requests == []


async def test_two_hundred_answers_at_once_arrive_whole(standin: Standin, connect: Connect) -> None:
    upstream = connect(standin.base_url, max_connections=256)
    answers = await asyncio.gather(*(answer_of(upstream, question(f"질문 {n}")) for n in range(200)))
    assert all(f"“질문 {n}”" in answer.text and answer.finished for n, answer in enumerate(answers))
