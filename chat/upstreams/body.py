"""The body of an agent's answer: a stream or plain JSON, told apart by what it holds and not only by what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from typing import Protocol

import httpx

from chat.errors import UpstreamBroken
from chat.events import StreamEvent
from chat.upstreams.patience import Patience
from chat.upstreams.sse import MAX_STREAM_BYTES, SseEvent, SseParser, StreamTooLarge

# How long an answer that said its end may be silent before it closes: then the connection can be used again.
_AFTER_END_SECONDS = 0.5

_ERROR_BODY_SECONDS = 5.0

_BLANK = b"\xef\xbb\xbf \t\r\n"  # a byte order mark's bytes, too
_SSE_STARTS = b"deir:"  # data, event, id, retry and comments


class Decoder(Protocol):
    """Reads one answer in an upstream's own language.

    `is_over` turns true at its end marker, `has_text` at the first text of the answer itself. What can't be read or
    used is counted in `unread` by kind, and never kept.
    """

    is_over: bool
    unread: Counter[str]

    @property
    def has_text(self) -> bool: ...

    def decode(self, event: SseEvent) -> Iterator[StreamEvent]:
        """What one event of a stream says. Raises the subclass of `UpstreamError` that it tells of."""
        ...

    def decode_cut(self, event: SseEvent) -> Iterator[StreamEvent]:
        """What the unfinished last event says if it is whole but for its end; else raises `ValueError`."""
        ...

    def decode_plain(self, body: str) -> Iterator[StreamEvent]:
        """What a plain JSON answer says. Raises `ValueError` when it is none, else as `decode`."""
        ...


class _Reader(Protocol):
    """One way to read a body. Raises `StreamTooLarge`, and `UpstreamBroken` where it is cut or no answer."""

    def feed(self, piece: bytes) -> Iterator[StreamEvent]: ...
    def end(self) -> Iterator[StreamEvent]: ...


class _StreamReader:
    """Reads Server-Sent Events."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._parser = SseParser()

    def feed(self, piece: bytes) -> Iterator[StreamEvent]:
        for event in self._parser.feed(piece):
            yield from self._decoder.decode(event)

    def end(self) -> Iterator[StreamEvent]:
        cut = self._parser.unfinished()
        if cut is None or self._decoder.is_over:
            return
        try:
            yield from self._decoder.decode_cut(cut)
        except ValueError:
            raise UpstreamBroken from None


class _PlainReader:
    """Reads one JSON answer, at its end."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._body = bytearray()

    def feed(self, piece: bytes) -> Iterator[StreamEvent]:
        self._body += piece
        if len(self._body) > MAX_STREAM_BYTES:
            raise StreamTooLarge("the body is longer than its limit")
        return iter(())

    def end(self) -> Iterator[StreamEvent]:
        try:
            yield from self._decoder.decode_plain(self._body.decode("utf-8", "replace"))
        except ValueError:
            raise UpstreamBroken from None


class AnswerBody:
    """Reads one response within its patience.

    All methods raise httpx's exceptions, `TimeoutError` and `StreamTooLarge`.
    """

    def __init__(self, response: httpx.Response, patience: Patience) -> None:
        self._response = response
        self._patience = patience
        self._pieces = response.aiter_bytes()

    async def start(self, size: int) -> bytes:
        """The first `size` bytes of the body, or all that came before it broke off."""
        patience, body = Patience(_ERROR_BODY_SECONDS), bytearray()
        try:
            while len(body) < size and (piece := await patience.wait(self._next())) is not None:
                body += piece
        except (httpx.RequestError, TimeoutError):
            pass  # the status says enough; what came is read
        return bytes(body[:size])

    async def whole(self) -> bytes:
        """All of the body."""
        body = bytearray()
        while (piece := await self._next()) is not None:
            body += piece
            if len(body) > MAX_STREAM_BYTES:
                raise StreamTooLarge("the body is longer than its limit")
        return bytes(body)

    async def events(self, decoder: Decoder) -> AsyncGenerator[StreamEvent, None]:
        """What the body says; an empty one says nothing. Raises also `UpstreamBroken` for what is cut or no answer."""
        reader: _Reader | None = None
        grace: Patience | None = None
        while (piece := await (grace.wait(self._next()) if grace else self._next())) is not None:
            if reader is None:
                piece = piece.lstrip(_BLANK)
                if not piece:
                    continue
                reader = self._reader_for(piece[:1], decoder)
            says = False
            for event in reader.feed(piece):
                says = True
                yield event
            if decoder.is_over and (says or grace is None):
                grace = Patience(_AFTER_END_SECONDS)
        if reader is not None:
            for event in reader.end():
                yield event

    def _reader_for(self, first: bytes, decoder: Decoder) -> _Reader:
        if first in (b"{", b"["):
            return _PlainReader(decoder)
        is_named_stream = self._response.headers.get("content-type", "").startswith("text/event-stream")
        if first == b"<" or not (is_named_stream or first in _SSE_STARTS):
            raise UpstreamBroken
        return _StreamReader(decoder)

    async def _next(self) -> bytes | None:
        return await self._patience.wait(anext(self._pieces, None))
