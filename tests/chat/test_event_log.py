from __future__ import annotations

import asyncio

import pytest

from chat import event_log
from chat.event_log import EventLog, LoggedEvent


def delta(number: int, text: str) -> LoggedEvent:
    return LoggedEvent(number, "delta", {"text": text})


def log_of(*events: tuple[str, str]) -> EventLog:
    log = EventLog()
    for kind, text in events:
        log.append(kind, {"text": text})
    return log


def test_events_count_from_one() -> None:
    assert [event.number for event in log_of(("status", "a"), ("thinking", "b"), ("delta", "c")).since(0)] == [1, 2, 3]


def test_neighbouring_deltas_are_joined_under_the_last_number() -> None:
    log = log_of(("delta", "a"), ("delta", "b"), ("status", "s"), ("delta", "c"))
    assert log.since(0) == [delta(2, "ab"), LoggedEvent(3, "status", {"text": "s"}), delta(4, "c")]


def test_status_lines_are_not_joined() -> None:
    assert len(log_of(("status", "a"), ("status", "b")).since(0)) == 2


def test_only_later_events_follow_a_number() -> None:
    log = log_of(("delta", "a"), ("delta", "b"), ("delta", "c"))
    assert log.since(1) == [delta(3, "bc")]
    assert log.since(3) == []


@pytest.mark.parametrize("cut", range(12))
async def test_a_stream_cut_anywhere_and_resumed_gives_the_same_text(cut: int) -> None:
    log = log_of(*[("delta", f"{number} ") for number in range(10)])
    log.close()
    first = log.since(0)[0].data["text"] if cut == 0 else "".join(f"{number} " for number in range(min(cut, 10)))
    rest = "" if cut == 0 else "".join([e.data["text"] async for batch in log.watch(cut) for e in batch])
    assert first + rest == "".join(f"{number} " for number in range(10))


async def collected(log: EventLog, after: int = 0) -> list[LoggedEvent]:
    return [event async for batch in log.watch(after) for event in batch]


async def test_every_watcher_sees_everything_to_the_end() -> None:
    log = EventLog()
    watchers = [asyncio.create_task(collected(log)) for _ in range(3)]
    for number in range(50):
        log.append("delta", {"text": f"{number},"})
        await asyncio.sleep(0)
    log.append("done", {"state": "done"})
    log.close()
    for events in await asyncio.gather(*watchers):
        assert "".join(event.data.get("text", "") for event in events) == "".join(f"{n}," for n in range(50))
        assert events[-1].kind == "done"


async def test_watching_a_closed_log_ends() -> None:
    log = log_of(("delta", "a"))
    log.close()
    assert await collected(log, after=1) == []


async def test_silence_is_broken_by_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "HEARTBEAT", 0.001)
    log = EventLog()
    async for batch in log.watch(0):
        assert batch == []
        break


async def test_the_first_piece_of_each_kind_is_not_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "PACE", 3600)
    log, seen = EventLog(), []
    watching = log.watch(0)
    async with asyncio.timeout(5):
        for kind in ("status", "thinking", "delta"):
            log.append(kind, {"text": "a"})
            seen += [event.kind for event in await anext(watching)]
    assert seen == ["status", "thinking", "delta"]
