"""Thoughts within <think>…</think> at the start of an answer, however it was cut into pieces."""

from __future__ import annotations

import pytest

from chat.events import Delta, Thinking
from chat.upstreams.thinking import ThoughtSplitter


def parted(*pieces: str) -> tuple[str, str]:
    """The thoughts and the answer."""
    splitter = ThoughtSplitter()
    events = [event for piece in pieces for event in splitter.feed(piece)] + list(splitter.rest())
    thoughts = "".join(event.text for event in events if isinstance(event, Thinking))
    return thoughts, "".join(event.text for event in events if isinstance(event, Delta))


@pytest.mark.parametrize(
    ("text", "thoughts", "answer"),
    [
        ("<think>a < b</think>\n\nanswer", "a < b", "answer"),
        ("\n <think>\nwhy</think>answer", "\nwhy", "answer"),
        ("<think></think>answer", "", "answer"),
        ("<think>never ends</thi", "never ends</thi", ""),
        ("<think>only thoughts</think>\n", "only thoughts", ""),
        ("answer <think>no thought</think>", "", "answer <think>no thought</think>"),
        ("<think>one</think>two<think>three</think>", "one", "two<think>three</think>"),
        ("<thinker>answer", "", "<thinker>answer"),
        ("  answer", "", "  answer"),
        ("<thi", "", "<thi"),
        ("<think>a</</think>b", "a</", "b"),
        ("</think>answer", "", "</think>answer"),
        ("\n", "", "\n"),
        ("", "", ""),
    ],
)
def test_where_it_is_cut_makes_no_difference(text: str, thoughts: str, answer: str) -> None:
    assert parted(text) == (thoughts, answer)
    assert parted(*text) == (thoughts, answer)
    for at in range(len(text)):
        assert parted(text[:at], text[at:]) == (thoughts, answer)


def test_nothing_is_held_back_longer_than_it_must_be() -> None:
    splitter = ThoughtSplitter()
    assert list(splitter.feed("<think>so far")) == [Thinking("so far")]
    assert list(splitter.feed(" on</")) == [Thinking(" on")]
    assert list(splitter.feed("think>\nand")) == [Delta("and")]
    assert list(splitter.feed(" so")) == [Delta(" so")]
