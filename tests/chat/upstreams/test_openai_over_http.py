"""The client of OpenAI-compatible servers against the stand-in, over real HTTP, and behind the gateway."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from chat.agents import AgentDirectory
from chat.errors import (
    AgentFailed,
    AnswerBlocked,
    AnswerInterrupted,
    ChatError,
    ConversationTooLong,
    ExtrasRejected,
    KeyRefused,
    LimitReached,
    ModelMissing,
    QuestionRejected,
    UpstreamBroken,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnreachable,
)
from chat.events import Delta, Finished, Thinking, Usage
from chat.gateway import Gateway
from chat.records import Caller, Record
from chat.upstreams.base import Question
from chat.upstreams.openai import OpenAiUpstream
from storage.secret import Secret
from storage.settings import UpstreamSettings
from tests.chat.upstreams.asking import answer_of
from tests.openai_standin import FAULTS, HEALTHY, KEY, THOUGHT, USAGE, OpenAiStandin, running_openai

COST = Usage(USAGE["prompt_tokens"], USAGE["completion_tokens"])


@pytest.fixture(scope="module")
def shared() -> Iterator[OpenAiStandin]:
    with running_openai() as standin:
        yield standin


@pytest.fixture
def standin(shared: OpenAiStandin) -> Iterator[OpenAiStandin]:
    yield shared
    for gate in shared.gates:
        gate.open()
    shared.gates.clear()
    shared.requests.clear()


def upstream_at(base_url: str, key: str = KEY, **changes: float) -> OpenAiUpstream:
    return OpenAiUpstream(
        UpstreamSettings(name="gpu", base_url=base_url, key=Secret(key), max_connections=4, **changes)  # type: ignore[arg-type]
    )


@pytest.fixture
async def upstream(standin: OpenAiStandin) -> AsyncIterator[OpenAiUpstream]:
    made = upstream_at(standin.base_url)
    yield made
    await made.aclose()


def about(model: str) -> Question:
    return Question(f"gpu/{model}", ("매출은 어떤가요?",))


async def test_every_model_is_an_agent(upstream: OpenAiUpstream) -> None:
    assert [agent.id for agent in await upstream.agents()] == [f"gpu/{model}" for model in (HEALTHY, *FAULTS)]
    assert await upstream.is_up()


async def test_an_answer_arrives_whole_with_its_cost(upstream: OpenAiUpstream) -> None:
    answer = await answer_of(upstream, about(HEALTHY))
    assert "매출은 어떤가요?" in answer.text and answer.text.endswith("😊\n")
    assert answer.finished == Finished(usage=COST)


WHOLE = ("reasoning-content", "reasoning", "think-tags", "no-done", "null-content", "byte-by-byte", "tool-calls")


@pytest.mark.parametrize("fault", [*WHOLE, "plain-instead-of-stream"])
async def test_every_dialect_gives_the_same_text_and_cost(upstream: OpenAiUpstream, fault: str) -> None:
    answer = await answer_of(upstream, about(fault))
    assert answer.text.startswith("## 답변\n\n질문하신 내용은 “매출은") and answer.text.endswith("😊\n")
    assert answer.finished == Finished(usage=COST)


@pytest.mark.parametrize("fault", ["reasoning-content", "reasoning", "think-tags"])
async def test_thoughts_are_thinking(upstream: OpenAiUpstream, fault: str) -> None:
    events = (await answer_of(upstream, about(fault))).events
    thoughts = "".join(event.text for event in events if isinstance(event, Thinking))
    assert thoughts.strip() == THOUGHT


@pytest.mark.parametrize("fault", ["no-usage", "no-end-marker", "refuses-options"])
async def test_cost_that_is_not_reported_is_none(upstream: OpenAiUpstream, fault: str) -> None:
    answer = await answer_of(upstream, replace(about(fault), plain=fault == "refuses-options"))
    assert answer.text.endswith("😊\n") and answer.finished == Finished(usage=Usage(None, None))


@pytest.mark.parametrize("fault", ["empty", "truncated"])
async def test_an_end_is_an_end(upstream: OpenAiUpstream, fault: str) -> None:
    assert (await answer_of(upstream, about(fault))).finished == Finished(truncated=fault == "truncated")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("content-filter", AnswerBlocked),
        ("error-in-stream", AgentFailed),
        ("error-event", AgentFailed),
        ("context-in-stream", ConversationTooLong),
        ("cut-frame", AnswerInterrupted),
        ("reset-mid-frame", AnswerInterrupted),
        ("refuse-403", KeyRefused),
        ("model-missing", ModelMissing),
        ("wrong-path", QuestionRejected),
        ("context-too-long", ConversationTooLong),
        ("rejected", ExtrasRejected),
        ("html-500", UpstreamBroken),
        ("loading-503", UpstreamUnavailable),
        ("redirect", UpstreamBroken),
        ("html-200", UpstreamBroken),
    ],
)
async def test_every_fault_has_its_error(upstream: OpenAiUpstream, fault: str, expected: type[ChatError]) -> None:
    answer = await answer_of(upstream, about(fault))
    assert type(answer.error) is expected
    assert answer.finished is None and KEY not in answer.error.notice("en")


async def test_a_wrong_key_is_the_services_not_the_users(standin: OpenAiStandin) -> None:
    upstream = upstream_at(standin.base_url, "wrong")
    assert isinstance((await answer_of(upstream, about(HEALTHY))).error, KeyRefused)
    assert not await upstream.is_up()
    with pytest.raises(KeyRefused):
        await upstream.agents()
    await upstream.aclose()


@pytest.mark.parametrize(("fault", "expected"), [("late-first-byte", UpstreamTimeout), ("stall", AnswerInterrupted)])
async def test_silence_ends(standin: OpenAiStandin, fault: str, expected: type[UpstreamError]) -> None:
    upstream = upstream_at(standin.base_url, read_seconds=0.2)
    assert type((await answer_of(upstream, about(fault))).error) is expected
    await standin.requests[-1].when_cut_off()
    await upstream.aclose()


async def test_a_slow_drip_ends(standin: OpenAiStandin) -> None:
    upstream = upstream_at(standin.base_url, total_seconds=0.4)
    assert type((await answer_of(upstream, about("drip"))).error) is AnswerInterrupted
    await upstream.aclose()


async def test_closing_the_answer_closes_the_connection(standin: OpenAiStandin, upstream: OpenAiUpstream) -> None:
    standin.gate(before=2)
    async with aclosing(upstream.ask(about(HEALTHY))) as events:
        await anext(events)
    await standin.requests[-1].when_cut_off()


async def test_nobody_there(upstream: OpenAiUpstream) -> None:
    alone = upstream_at("http://127.0.0.1:9")
    assert type((await answer_of(alone, about(HEALTHY))).error) is UpstreamUnreachable
    assert not await alone.is_up()
    await alone.aclose()


# ---------------------------------------------------------------- behind the gateway


async def through_the_gateway(upstream: OpenAiUpstream, model: str) -> tuple[str, Record, ChatError | None]:
    directory = AgentDirectory([upstream])
    gateway, record, text = Gateway(directory, limiters={}, jitter=lambda: 0.0), Record(), ""
    try:
        async with aclosing(gateway.ask(about(model), Caller(1, patience=0.5), record)) as events:
            async for event in events:
                text += event.text if isinstance(event, Delta) else ""
    except ChatError as error:
        return text, record, error
    finally:
        await directory.close()
    return text, record, None


async def test_the_turn_notes_the_reported_cost(upstream: OpenAiUpstream) -> None:
    text, record, error = await through_the_gateway(upstream, HEALTHY)
    assert error is None and "매출" in text
    assert (record.tokens_in, record.tokens_out, record.estimated) == (COST.tokens_in, COST.tokens_out, False)


async def test_a_server_that_loads_its_model_is_asked_three_times(
    standin: OpenAiStandin, upstream: OpenAiUpstream
) -> None:
    _, record, error = await through_the_gateway(upstream, "loading-503")
    assert record.tries == 3 and isinstance(error, UpstreamUnavailable)
    assert error.notice("en").startswith("gpu is not available")
    assert len({request.header("idempotency-key")[0] for request in standin.requests if request.method == "POST"}) == 1


async def test_a_429_beyond_the_patience_names_its_service(upstream: OpenAiUpstream) -> None:
    started = time.monotonic()
    _, _, error = await through_the_gateway(upstream, "busy-seconds")
    assert isinstance(error, LimitReached) and error.retry_after == 7.0
    assert error.notice("en") == "gpu itself asks us to wait: its limit is reached."
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("refuse-403", "gpu refused the service's key."),
        ("model-missing", "gpu doesn't have the model"),
        ("context-too-long", "gpu can't take in so long a conversation."),
        ("html-500", "gpu sent something that can't be read."),
    ],
)
async def test_errors_say_which_service_it_was(upstream: OpenAiUpstream, model: str, sentence: str) -> None:
    _, _, error = await through_the_gateway(upstream, model)
    assert error is not None and error.notice("en").startswith(sentence)
    assert "gpu" in error.notice("ko") and "FabriX" not in error.notice("ko") + error.notice("en")


def test_the_stand_in_starts_by_hand() -> None:
    command = [sys.executable, "-u", "-m", "tests.openai_standin", "--port", "0", "--per-second", "0"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base_url = process.stdout.readline().removeprefix("base_url = ").strip()
        assert process.stdout.readline() == f"key = {KEY}\n"
        answer = httpx.get(f"{base_url}/models", headers={"authorization": f"Bearer {KEY}"})
        process.terminate()
    assert answer.json()["data"][0]["id"] == HEALTHY
