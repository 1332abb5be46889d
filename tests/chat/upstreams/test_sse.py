"""The Server-Sent Events parser, by the HTML standard's section 9.2.6."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.upstreams.sse import SseEvent, SseParser, StreamTooLarge


def parse(*pieces: bytes) -> list[SseEvent]:
    parser = SseParser()
    return [event for piece in pieces for event in parser.feed(piece)]


def cut_at(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


LINES = st.sampled_from(
    ["data: 안녕", "data:{}", "data", "data:  two", ": ping", "event: done", "id: 7", "id", "retry: 10", "x: y", "", ""]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
STREAMS = st.lists(st.tuples(LINES, ENDS), max_size=12).map(lambda lines: "".join(a + b for a, b in lines).encode())


@settings(deadline=None)
@given(STREAMS | st.binary(max_size=80), st.booleans(), st.lists(st.integers(0, 300), max_size=12))
def test_any_chunking_gives_the_same_events_as_one_piece(stream: bytes, has_bom: bool, places: list[int]) -> None:
    stream = b"\xef\xbb\xbf" * has_bom + stream
    assert parse(*cut_at(stream, places)) == parse(stream)
    assert parse(*(bytes([byte]) for byte in stream)) == parse(stream)


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 300), max_size=12))
def test_any_chunking_leaves_the_same_unfinished_event(stream: bytes, places: list[int]) -> None:
    whole, cut = SseParser(), SseParser()
    list(whole.feed(stream))
    for piece in cut_at(stream, places):
        list(cut.feed(piece))
    assert cut.unfinished() == whole.unfinished()


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), min_size=1))
def test_any_text_comes_back_as_it_was_sent(lines: list[str]) -> None:
    stream = "".join(f"data: {line}\n" for line in lines) + "\n"
    assert parse(stream.encode()) == [SseEvent("\n".join(lines))]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        ("data: a\n\n", [SseEvent("a")]),
        ("data: a\r\rdata: b\r\n\r\n", [SseEvent("a"), SseEvent("b")]),
        ("data:a\ndata: b\ndata:  c\n\n", [SseEvent("a\nb\n c")]),
        ("data\n\ndata:\ndata\n\n", [SseEvent(""), SseEvent("\n")]),
        ("event: done\ndata: x\n\ndata: y\n\n", [SseEvent("x", "done"), SseEvent("y")]),
        ("event: lost\n\ndata: y\n\n", [SseEvent("y")]),
        ("id: 1\ndata: x\n\ndata: y\n\nid\ndata: z\n\n", [SseEvent("x", id="1"), SseEvent("y", id="1"), SseEvent("z")]),
        ("id: a\0b\ndata: x\n\n", [SseEvent("x")]),
        (": ping\n\n:\nDATA: no\n data: no\ndata : no\n\n", []),
        ("data: a:b\n\n", [SseEvent("a:b")]),
        ("\ufeffdata: a\n\n", [SseEvent("a")]),
        ("\ufeff\ufeffdata: a\n\n", []),
        ("data: a\n\n\ufeffdata: b\n\n", [SseEvent("a")]),
        ("data: a\u2028b\u2029c\u0085d\x0b\x0c\x1c\n\n", [SseEvent("a\u2028b\u2029c\u0085d\x0b\x0c\x1c")]),
        ("data: unfinished", []),
        ("data: unfinished\n", []),
    ],
)
def test_rules_of_the_standard(stream: str, events: list[SseEvent]) -> None:
    assert parse(stream.encode()) == events


def test_event_is_dispatched_at_a_lone_cr_without_waiting_for_an_lf() -> None:
    parser = SseParser()
    assert list(parser.feed(b"data: a\r\r")) == [SseEvent("a")]
    assert list(parser.feed(b"\ndata: b\r\n\r")) == [SseEvent("b")]


def test_broken_utf8_becomes_a_replacement_character() -> None:
    assert parse(b"data: \xea\xb0\n\n", b"data: \xff!\n\n") == [SseEvent("\ufffd"), SseEvent("\ufffd!")]


def test_reconnection_time_is_read_from_digits_only() -> None:
    parser = SseParser()
    list(parser.feed(b"retry: 1500\nretry: soon\nretry: -1\n"))
    assert parser.retry == 1500


@pytest.mark.parametrize(
    ("stream", "unfinished"),
    [
        (b"", None),
        (b"data: a\n\n", None),
        (b"data: a\n\n: pi", None),
        (b"data: a\n\nid: 4\n", None),
        (b"data: a\n\ndata: b", SseEvent("b")),
        (b"data: a\n\ndata: b\n", SseEvent("b")),
        (b"event: done\n", SseEvent("", "done")),
        (b"data: a\n\nda", SseEvent("")),
    ],
)
def test_what_the_end_of_the_stream_cut_off_can_be_told(stream: bytes, unfinished: SseEvent | None) -> None:
    parser = SseParser()
    list(parser.feed(stream))
    assert parser.unfinished() == unfinished


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_too_long_a_line_is_refused_after_the_events_before_it(size: int) -> None:
    parser = SseParser(max_line=50)
    stream = b"data: a\n\ndata: " + b"x" * 50 + b"\n\n"
    events: list[SseEvent] = []
    with pytest.raises(StreamTooLarge, match="a line is longer"):
        for start in range(0, len(stream), size):
            for event in parser.feed(stream[start : start + size]):
                events.append(event)
    assert events == [SseEvent("a")]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_too_long_a_stream_is_refused(size: int) -> None:
    parser = SseParser(max_stream=50)
    stream = b"data: a\n\n" * 10
    with pytest.raises(StreamTooLarge, match="longer than its limit"):
        for start in range(0, len(stream), size):
            list(parser.feed(stream[start : start + size]))


def test_long_line_in_single_bytes_takes_linear_time() -> None:
    parser = SseParser()
    started = time.perf_counter()
    for _ in range(300_000):
        list(parser.feed(b"x"))
    assert time.perf_counter() - started < 5
