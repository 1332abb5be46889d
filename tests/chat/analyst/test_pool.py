"""Analyses run in processes of their own; whatever happens there, the caller hears one clear sentence."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from chat.analyst.pool import Analyst
from chat.errors import AnalysisFailed
from chat.events import Chart, Delta, Finished, ResultTable, Status, StreamEvent, Suggestions, Work
from tests.chat.analyst.conftest import SALES

# Stand-ins for the worker: each answers, or fails, in one certain way.
_HELLO = (
    "import sys, json, time, os\nfor line in sys.stdin:\n    print(json.dumps({'status': 'reading'}), flush=True)\n"
)
SLEEPS = _HELLO + "    time.sleep(600)\n"
DIES = _HELLO + "    os._exit(3)\n"
BABBLES = _HELLO + "    print('no JSON', flush=True)\n"
GROWS = _HELLO + "    held = bytearray(400_000_000)\n    held[::4096] = b'x' * len(held[::4096])\n    time.sleep(600)\n"
ANSWERS = _HELLO + "    print(json.dumps({'result': {'pieces': [str(os.getpid())]}}), flush=True)\n"


@asynccontextmanager
async def analyst(program: str | None = None, **limits: float) -> AsyncIterator[Analyst]:
    command = {"command": (sys.executable, "-c", program)} if program else {}
    pool = Analyst(**limits, **command)  # type: ignore[arg-type]
    try:
        yield pool
    finally:
        await pool.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "upload"
    file.write_text(SALES, encoding="cp949")
    return file


async def told(pool: Analyst, path: Path, question: str = "매출 합계") -> list[StreamEvent]:
    return [event async for event in pool.analyse(path, "매출.csv", question, "ko")]


def text_of(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


_strangers: set[int] = set()


@pytest.fixture(autouse=True)
def remember_strangers() -> None:
    """A server that other tests share may have workers of its own."""
    _strangers.clear()
    _strangers.update(child.pid for child in psutil.Process().children())


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.pid not in _strangers]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # what other processes do sets no event of ours
            await asyncio.sleep(0.01)


async def test_answer_comes_with_progress_text_chart_and_end(path: Path) -> None:
    async with analyst() as pool:
        events = await told(pool, path, "지역별 매출 합계")
    assert events[0] == Status("매출.csv 파일을 읽는 중입니다…")
    assert text_of(events).startswith("지역별 매출 합계 1위: 서울 **1,900** (전체 3,000)\n\n| 지역 |")
    assert [type(event) for event in events[-5:]] == [Chart, ResultTable, Work, Suggestions, Finished]


async def test_idle_worker_is_used_again(path: Path) -> None:
    async with analyst(ANSWERS) as pool:
        assert text_of(await told(pool, path)) == text_of(await told(pool, path))


async def test_worker_survives_a_file_that_cannot_be_read(path: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    async with analyst(max_processes=1) as pool:
        with pytest.raises(AnalysisFailed) as failure:
            await told(pool, empty)
        before = [child.pid for child in children()]
        assert "**3,000**" in text_of(await told(pool, path))
        assert [child.pid for child in children()] == before
    assert "데이터가 없습니다" in failure.value.notice("ko")
    assert "holds no data" in failure.value.notice("en")


async def test_full_pool_says_that_it_waits(path: Path) -> None:
    async with analyst(max_processes=1) as pool:
        both = await asyncio.gather(told(pool, path), told(pool, path))
    waited = [events for events in both if events[0] == Status("다른 분석이 끝나기를 기다리는 중입니다…")]
    assert len(waited) == 1
    assert all(isinstance(events[-1], Finished) for events in both)


@pytest.mark.parametrize(
    ("program", "limits", "sentence"),
    [
        (SLEEPS, {"seconds": 0.3}, "0.3초를 넘어 중단되었습니다"),
        (GROWS, {"memory_mb": 200}, "메모리 한도 200 MB보다 큽니다"),
        (DIES, {}, "예기치 않게 중단되었습니다"),
        (BABBLES, {}, "예기치 않게 중단되었습니다"),
    ],
)
async def test_failing_process_is_ended_with_a_clear_sentence(
    path: Path, program: str, limits: dict[str, float], sentence: str
) -> None:
    async with analyst(program, **limits) as pool:
        with pytest.raises(AnalysisFailed) as failure:
            await told(pool, path)
        assert children() == []
    assert sentence in failure.value.notice("ko")


async def test_real_worker_that_needs_too_much_is_ended(path: Path) -> None:
    async with analyst(memory_mb=60) as pool:
        with pytest.raises(AnalysisFailed) as failure:
            await told(pool, path)
    assert "memory limit of 60 MB" in failure.value.notice("en")


async def test_closing_the_answer_ends_the_process_at_once(path: Path) -> None:
    async with analyst(SLEEPS) as pool:
        events = pool.analyse(path, "매출.csv", "매출 합계", "ko")
        assert isinstance(await anext(events), Status)
        async with asyncio.timeout(1):
            await events.aclose()
        assert children() == []


async def test_cancelling_the_reader_ends_the_process_at_once(path: Path) -> None:
    async with analyst(SLEEPS) as pool:
        task = asyncio.create_task(told(pool, path))
        await until(lambda: len(children()) == 1)
        task.cancel()
        async with asyncio.timeout(1):
            await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert children() == []


async def test_place_is_free_again_after_a_failure(path: Path) -> None:
    async with analyst(DIES, max_processes=1) as pool:
        for _ in range(3):
            with pytest.raises(AnalysisFailed):
                await told(pool, path)


async def test_closed_pool_leaves_no_process(path: Path) -> None:
    async with analyst() as pool:
        await told(pool, path)
        assert len(children()) == 1
    assert children() == []


async def test_worker_sees_nothing_of_our_secrets(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FABRIX_KEY", "secret")
    program = _HELLO + "    print(json.dumps({'result': {'pieces': [str(sorted(os.environ))]}}), flush=True)\n"
    async with analyst(program) as pool:
        assert "FABRIX_KEY" not in text_of(await told(pool, path))


def test_serving_process_does_not_import_the_analysis() -> None:
    heavy = "{'pandas', 'numpy', 'pyarrow', 'vl_convert', 'python_calamine'}"
    program = f"import sys, chat.upstreams.local; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
