"""Parts the thoughts from an answer that begins with <think>…</think>, as many open models send it."""

from __future__ import annotations

from collections.abc import Iterator

from chat.events import Delta, Thinking

_OPEN = "<think>"
_CLOSE = "</think>"


class ThoughtSplitter:
    """Takes the pieces of one answer, wherever they were cut. Only a block at the very start is one of thoughts."""

    def __init__(self) -> None:
        self._part = self._start
        self._held = ""  # what may turn out to be (a part of) a tag

    def feed(self, piece: str) -> Iterator[Thinking | Delta]:
        """What `piece` makes certain."""
        self._held += piece
        yield from self._part()

    def rest(self) -> Iterator[Thinking | Delta]:
        """What was held back, at the end of the answer."""
        held, self._held = self._held, ""
        if held and self._part == self._inside:
            yield Thinking(held)
        elif held and self._part == self._start:
            yield Delta(held)
        self._part = self._text

    def _start(self) -> Iterator[Thinking | Delta]:
        begun = self._held.lstrip()
        if begun.startswith(_OPEN):
            self._held, self._part = begun[len(_OPEN) :], self._inside
            yield from self._inside()
        elif not _OPEN.startswith(begun):
            self._part = self._text
            yield from self._text()

    def _inside(self) -> Iterator[Thinking | Delta]:
        thought, close, after = self._held.partition(_CLOSE)
        kept = 0 if close else _overlap(thought, _CLOSE)
        self._held = after if close else thought[len(thought) - kept :]
        if thought := thought[: len(thought) - kept]:
            yield Thinking(thought)
        if close:
            self._part = self._between
            yield from self._between()

    def _between(self) -> Iterator[Thinking | Delta]:
        """The line ends behind the tag belong to neither."""
        self._held = self._held.lstrip()
        if self._held:
            self._part = self._text
            yield from self._text()

    def _text(self) -> Iterator[Thinking | Delta]:
        held, self._held = self._held, ""
        if held:
            yield Delta(held)


def _overlap(text: str, tag: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    lengths = range(min(len(text), len(tag) - 1), 0, -1)
    return next((length for length in lengths if text.endswith(tag[:length])), 0)
