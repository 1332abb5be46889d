"""What FabriX says when it does not answer: every row of the failure table, error sentences and waiting times."""

from __future__ import annotations

import json
import time
from email.utils import formatdate

import httpx
import pytest

from chat.errors import (
    KeyRefused,
    QuestionRejected,
    UpstreamBroken,
    UpstreamBusy,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUnreachable,
)
from chat.upstreams.refusals import (
    BY_EXCEPTION,
    error_of_exception,
    error_of_response,
    masker,
    retry_after,
    sentence_of,
)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJl"
mask = masker(["s3cret-key", ""])


def exceptions_of(kind: type[httpx.RequestError]) -> list[type[httpx.RequestError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in exceptions_of(child))]


def test_every_exception_of_the_transport_is_mapped() -> None:
    everything = {kind for kind in exceptions_of(httpx.RequestError) if kind.__module__ == "httpx"}
    assert everything - {httpx.RequestError} == set(BY_EXCEPTION)


@pytest.mark.parametrize(
    ("error", "expected", "status"),
    [
        (httpx.ConnectError("x"), UpstreamUnreachable, 503),
        (httpx.ConnectTimeout("x"), UpstreamUnreachable, 503),
        (httpx.ReadTimeout("x"), UpstreamTimeout, 504),
        (httpx.PoolTimeout("x"), UpstreamTimeout, 504),
        (httpx.RemoteProtocolError("x"), UpstreamBroken, 502),
        (httpx.RequestError("x"), UpstreamBroken, 502),
    ],
)
def test_exception_becomes_its_error(error: httpx.RequestError, expected: type[UpstreamError], status: int) -> None:
    translated = error_of_exception(error)
    assert type(translated) is expected
    assert translated.status == status


@pytest.mark.parametrize(
    ("status", "expected", "ours"),
    [
        *((status, QuestionRejected, status) for status in (400, 404, 413, 422)),
        *((status, KeyRefused, 502) for status in (401, 403)),
        *((status, UpstreamUnavailable, 502) for status in (502, 503, 504)),
        *((status, UpstreamBroken, 502) for status in (301, 302, 307, 405, 500, 501, 599)),
        (429, UpstreamBusy, 429),
    ],
)
def test_status_becomes_its_error(status: int, expected: type[UpstreamError], ours: int) -> None:
    error = error_of_response(httpx.Response(status), b"", mask)
    assert type(error) is expected
    assert error.status == ours


def test_rejected_question_says_why() -> None:
    error = error_of_response(httpx.Response(404), b'{"message":"no such agent"}', mask)
    assert error.notice("en") == "The agent service did not accept the question: no such agent"
    assert error_of_response(httpx.Response(413), b"", mask).notice("en").endswith(": HTTP 413")


@pytest.mark.parametrize(
    "body",
    [
        "왜냐하면",
        "<html><head><style>p{}</style></head><body><p>왜냐하면</p></body></html>",
        *(json.dumps({key: "왜냐하면"}) for key in ("message", "errorMessage", "error_message", "detail", "error")),
        '{"error":{"message":"왜냐하면"}}',
        '{"fault":{"description":"왜냐하면"}}',
        '{"description":"왜냐하면","message":null}',
        '{"detail":[{"msg":"x","message":"왜냐하면"}]}',
        '"왜냐하면"',
        "  왜냐하면\r\n",
    ],
)
def test_sentence_is_found_wherever_it_stands(body: str) -> None:
    assert sentence_of(body.encode(), mask) == "왜냐하면"


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"message":5}', "null", '{"message":{"error":{}}}', "[" * 100_000])
def test_body_without_a_sentence_gives_none_or_itself(body: str) -> None:
    assert sentence_of(body.encode(), mask) in ("", "[" * 299 + "…")


def test_sentence_is_one_line_of_at_most_300_characters() -> None:
    sentence = sentence_of(("a\r\nb " * 500).encode(), mask)
    assert sentence.startswith("a b a b")
    assert len(sentence) == 300


@pytest.mark.parametrize(
    "secret",
    [
        "s3cret-key",
        "Bearer abc.def",
        "bearer  abcdef",
        JWT,
        "api_key=abcdef",
        'token": "abcdef',
        "x-openapi-token: abcdef",
    ],
)
def test_secrets_are_masked(secret: str) -> None:
    masked = mask(f"refused {secret} today")
    assert masked.startswith("refused ")
    assert masked.endswith("today")
    assert not any(part in masked for part in ("s3cret", "abc", "eyJ"))


def test_secret_at_the_cut_is_masked_whole() -> None:
    assert "s3cret" not in sentence_of(("x" * 295 + " s3cret-key").encode(), mask)


def test_hostile_markup_is_stripped_fast() -> None:
    started = time.perf_counter()
    sentence_of(b"<script" * 100_000, mask)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("header", "body", "seconds"),
    [
        ("7", b'{"retry_after": 99}', 7),
        ("0.5", b"", 0.5),
        ("-3", b"", 0),
        (None, b'{"retry_after": 12}', 12),
        (None, b'{"retryAfter": "12.5"}', 12.5),
        (None, b'{"error": {"retry_after": 3}}', 3),
        (None, b'{"message": "Wait 9 seconds"}', 9),
        (None, b"Please wait 9 seconds.", 9),
        ("soon", b"Wait 4 seconds", 4),
        ("inf", b"", None),
        ("nan", b"", None),
        (None, b'{"retry_after": true}', None),
        (None, b"", None),
        (formatdate(0, usegmt=True), b"", 0),
    ],
)
def test_waiting_time_is_read_and_the_header_wins(header: str | None, body: bytes, seconds: float | None) -> None:
    headers = httpx.Headers({"Retry-After": header} if header else {})
    assert retry_after(headers, body) == seconds


def test_waiting_time_may_be_a_date() -> None:
    headers = httpx.Headers({"Retry-After": formatdate(time.time() + 30, usegmt=True)})
    seconds = retry_after(headers, b"")
    assert seconds is not None
    assert 25 < seconds <= 30
