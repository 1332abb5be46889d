"""Server-Sent Events from bytes, by the letter of the WHATWG algorithm (HTML standard, section 9.2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_LINE_BYTES = 1024 * 1024
MAX_STREAM_BYTES = 16 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"


class StreamTooLarge(Exception):
    """A line or the whole stream is longer than anything that an agent says. The message holds no text of it."""


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One dispatched event. `name` is "message" unless the stream named it; `id` is the last id that it set."""

    data: str
    name: str = "message"
    id: str = ""


class SseParser:
    """Turns pieces of a stream into events; how the bytes are cut into pieces makes no difference.

    Lines end in CR, LF or CRLF and in nothing else: U+2028, U+2029 and U+0085 are text. `retry` is the last
    reconnection time that the stream named, in milliseconds.
    """

    def __init__(self, *, max_line: int = MAX_LINE_BYTES, max_stream: int = MAX_STREAM_BYTES) -> None:
        """`max_line` and `max_stream` are in bytes."""
        self.retry: int | None = None
        self._max_line = max_line
        self._left = max_stream
        self._line = bytearray()  # the unfinished last line
        self._at_start = True
        self._after_cr = False
        self._data: list[str] = []
        self._name = ""
        self._id = ""

    def feed(self, piece: bytes) -> Iterator[SseEvent]:
        """The events that `piece` completes. Consume them all before the next piece.

        Raises `StreamTooLarge` after the events that came before the limit.
        """
        is_too_much = len(piece) > self._left
        piece = piece[: self._left]
        self._left -= len(piece)
        for line in self._complete_lines(piece):
            if line:
                self._read_field(line)
            elif (event := self._dispatch()) is not None:
                yield event
        if is_too_much:
            raise StreamTooLarge("the stream is longer than its limit")

    def unfinished(self) -> SseEvent | None:
        """The event that the end of the stream cut off, which the standard discards; None after a clean close.

        Its data may be whole (only the blank line is missing) or end anywhere: the caller can tell by reading it.
        Call this once, at the end of the stream.
        """
        is_line_cut = bool(self._line) and not self._line.startswith(b":")
        name_before = self._name
        if is_line_cut:
            self._read_field(self._take_line(b""))
        if not self._data and not is_line_cut and not name_before:
            return None
        return SseEvent("\n".join(self._data), self._name or "message", self._id)

    def _complete_lines(self, piece: bytes) -> Iterator[bytes]:
        """The lines that `piece` ends, without their ends. bytes.splitlines knows CR, LF and CRLF only."""
        if self._after_cr and piece:
            # The CR has ended its line already, so that nobody waits for an LF that may never come.
            self._after_cr = False
            piece = piece.removeprefix(b"\n")
        for line in piece.splitlines(keepends=True):
            if line.endswith((b"\n", b"\r")):
                yield self._take_line(line.rstrip(b"\r\n"))
            else:
                self._line += line
                self._check_length(len(self._line))
        if piece.endswith(b"\r"):
            self._after_cr = True

    def _take_line(self, end: bytes) -> bytes:
        line = end
        if self._line:
            line = bytes(self._line) + end
            self._line.clear()
        self._check_length(len(line))
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        return line

    def _check_length(self, length: int) -> None:
        if length > self._max_line:
            raise StreamTooLarge("a line is longer than its limit")

    def _read_field(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value.decode("utf-8", "replace"))
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif field == b"retry" and value.isdigit() and len(value) < 16:
            self.retry = int(value)

    def _dispatch(self) -> SseEvent | None:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        if not data:
            return None
        return SseEvent("\n".join(data), name or "message", self._id)
