"""The agents of this server answer about files and about the app, without any service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat.analyst.pool import Analyst
from chat.events import Delta, Finished, StreamEvent
from chat.upstreams.base import Attachment, Question, Upstream
from chat.upstreams.local import LocalUpstream


@pytest.fixture
async def upstream() -> AsyncIterator[LocalUpstream]:
    local = LocalUpstream(Analyst(max_processes=1))
    yield local
    await local.aclose()


@pytest.fixture
def attachment(tmp_path: Path) -> Attachment:
    path = tmp_path / "upload"
    path.write_text("지역,매출\n서울,3\n부산,4\n", encoding="utf-8")
    return Attachment(path=path, name="매출.csv", size=path.stat().st_size)


async def answer(upstream: Upstream, question: Question) -> str:
    events: list[StreamEvent] = [event async for event in upstream.ask(question)]
    assert isinstance(events[-1], Finished)
    return "".join(event.text for event in events if isinstance(event, Delta))


async def guide(upstream: Upstream, text: str) -> str:
    return await answer(upstream, Question("local-guide", (text,)))


async def test_agents_are_the_analyst_and_the_guide(upstream: LocalUpstream) -> None:
    assert [(agent.id, agent.capabilities) for agent in await upstream.agents()] == [
        ("local-analyst", ("chat", "file")),
        ("local-guide", ("chat",)),
    ]
    assert await upstream.is_up()


async def test_attached_file_is_analysed(upstream: LocalUpstream, attachment: Attachment) -> None:
    question = Question("local-analyst", ("매출 합계",), attachment=attachment, last_attachment=attachment)
    assert (await answer(upstream, question)).startswith("매출 합계: **7**")


async def test_later_question_is_about_the_last_file(upstream: LocalUpstream, attachment: Attachment) -> None:
    contents = ("이 파일을 분석해 주세요.", "…", "How many rows are there?")
    question = Question("local-analyst", contents, last_attachment=attachment)
    assert (await answer(upstream, question)).startswith("There are **2** rows.")


@pytest.mark.parametrize(
    ("text", "beginning"), [("안녕", "저는 내장 데이터 분석가입니다"), ("hello", "I am the built-in")]
)
async def test_analyst_without_a_file_explains_itself(upstream: LocalUpstream, text: str, beginning: str) -> None:
    assert (await answer(upstream, Question("local-analyst", (text,)))).startswith(beginning)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("비밀번호를 잊어버렸어요", "로그인"),
        ("파일은 어떻게 올려요?", "파일 올리기"),
        ("어떤 형식을 지원하나요?", "지원하는 파일 형식"),
        ("파일 크기 제한이 있나요?", "한도"),
        ("답변을 중지하려면?", "다시 요청, 수정, 중지"),
        ("지난 대화를 검색하고 싶어요", "대화 찾기"),
        ("내 대화를 누가 볼 수 있나요?", "개인정보와 보안"),
        ("FabriX 에이전트가 뭐예요?", "FabriX 에이전트"),
        ("How do I upload a file?", "Uploading files"),
        ("Which formats are supported?", "Supported file formats"),
        ("How do I stop an answer?", "Asking again, editing, stopping"),
        ("Who can see my chats?", "Privacy"),
        ("What are FabriX agents?", "FabriX agents"),
    ],
)
async def test_guide_finds_the_topic(upstream: LocalUpstream, text: str, title: str) -> None:
    assert (await guide(upstream, text)).startswith(f"**{title}**")


async def test_guide_says_when_it_does_not_know(upstream: LocalUpstream) -> None:
    text = await guide(upstream, "What is the weather?")
    assert text.startswith("I don't know the answer to that.")
    assert "- Signing in" in text
