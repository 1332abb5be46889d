"""What an upstream says when it does not answer: a status, an exception or an error body, as one of our errors."""

from __future__ import annotations

import html
import json
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

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

MAX_SENTENCE = 300  # characters

# By the most specific class that fits; test_fabrix.py proves that no exception of httpx is missing.
BY_EXCEPTION: dict[type[httpx.RequestError], type[UpstreamError]] = {
    httpx.ConnectError: UpstreamUnreachable,
    httpx.ConnectTimeout: UpstreamUnreachable,
    httpx.ProxyError: UpstreamUnreachable,
    httpx.NetworkError: UpstreamUnreachable,
    httpx.ReadError: UpstreamUnreachable,
    httpx.WriteError: UpstreamUnreachable,
    httpx.CloseError: UpstreamUnreachable,
    httpx.TimeoutException: UpstreamTimeout,
    httpx.ReadTimeout: UpstreamTimeout,
    httpx.WriteTimeout: UpstreamTimeout,
    httpx.PoolTimeout: UpstreamTimeout,
    httpx.TransportError: UpstreamBroken,
    httpx.ProtocolError: UpstreamBroken,
    httpx.RemoteProtocolError: UpstreamBroken,
    httpx.LocalProtocolError: UpstreamBroken,
    httpx.UnsupportedProtocol: UpstreamBroken,
    httpx.DecodingError: UpstreamBroken,
    httpx.TooManyRedirects: UpstreamBroken,
}

_UNAVAILABLE = frozenset({502, 503, 504})
_REJECTED = frozenset({400, 404, 413, 422})
_REFUSED = frozenset({401, 403})

_SENTENCE_KEYS = ("message", "errorMessage", "error_message", "detail", "error", "fault", "description")
_TAG = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_WAIT = re.compile(r"\bwait\s+(\d+(?:\.\d+)?)\s*s", re.IGNORECASE)
_SECRETS = re.compile(
    r"(?i:\bbearer)\s+[^\s\"',;]+"
    r"|\beyJ[\w-]{5,}(?:\.[\w-]*){0,2}"  # a JWT: base64url of '{"'
    r"|(?i:\b(?:api[_-]?key|token|password|secret|x-[\w-]+))[\"']?\s*[:=]\s*[\"']?[^\s\"',;]+"
)
_MASK = "***"


def error_of_exception(error: httpx.RequestError) -> UpstreamError:
    """What a transport's exception is for the user."""
    for kind in type(error).__mro__:
        if kind in BY_EXCEPTION:
            return BY_EXCEPTION[kind]()
    return UpstreamBroken()


def error_of_response(response: httpx.Response, body: bytes, mask: Callable[[str], str]) -> UpstreamError:
    """What an answer with another status than 2xx is for the user; `body` is as much of it as was read."""
    status = response.status_code
    if status == 429:
        return UpstreamBusy(retry_after=retry_after(response.headers, body))
    if status in _REFUSED:
        return KeyRefused()
    if status in _REJECTED:
        return QuestionRejected(status=status, reason=sentence_of(body, mask) or f"HTTP {status}")
    return UpstreamUnavailable() if status in _UNAVAILABLE else UpstreamBroken(is_outage=status >= 500)


def sentence_of(body: bytes, mask: Callable[[str], str]) -> str:
    """The sentence of an error body, be it JSON, HTML or plain text: one line, without secrets, cut."""
    said = body.decode("utf-8", "replace")
    try:
        loaded = json.loads(said)
    except (ValueError, RecursionError):
        return clean_sentence(said, mask)
    return clean_sentence(sentence_in(loaded), mask)


def sentence_in(value: object, *, depth: int = 3) -> str:
    """The first sentence under a key that is known to hold one, also inside nested objects; "" without any."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value:
        return sentence_in(value[0], depth=depth)
    if not isinstance(value, dict) or depth == 0:
        return ""
    found = (sentence_in(value.get(key), depth=depth - 1) for key in _SENTENCE_KEYS)
    return next((sentence for sentence in found if sentence.strip()), "")


def clean_sentence(sentence: str, mask: Callable[[str], str]) -> str:
    """`sentence` on one line without HTML and secrets, at most `MAX_SENTENCE` characters."""
    start = sentence[: MAX_SENTENCE * 20]
    if "<" in start:
        start = html.unescape(_TAG.sub(" ", start))
    line = " ".join(start.encode("utf-8", "replace").decode("utf-8").split())
    # Masked first and cut afterwards: half a secret would not be recognised.
    masked = mask(line)
    return masked if len(masked) <= MAX_SENTENCE else masked[: MAX_SENTENCE - 1] + "…"


def masker(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that replaces `secrets`, and whatever looks like a token, by asterisks."""
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def mask(sentence: str) -> str:
        for secret in known:
            sentence = sentence.replace(secret, _MASK)
        return _SECRETS.sub(_MASK, sentence)

    return mask


def retry_after(headers: Mapping[str, str], body: bytes) -> float | None:
    """The seconds to wait: by the header (seconds or a date), else by the body's key, else by its sentence."""
    seconds = _seconds(headers.get("retry-after")) if "retry-after" in headers else None
    if seconds is not None:
        return seconds
    said = body.decode("utf-8", "replace")
    try:
        loaded = json.loads(said)
    except (ValueError, RecursionError):
        loaded = None
    if isinstance(loaded, dict) and (seconds := _seconds_in(loaded)) is not None:
        return seconds
    found = _WAIT.search(said)
    return float(found[1]) if found else None


def _seconds_in(body: Mapping[str, Any]) -> float | None:
    for holder in (body, body.get("error"), body.get("detail")):
        if isinstance(holder, dict):
            value = holder.get("retry_after", holder.get("retryAfter"))
            if (seconds := _seconds(value)) is not None:
                return seconds
    return None


def _seconds(value: object) -> float | None:
    """A number, a numeric text or an HTTP date (RFC 9110, section 10.2.3) as seconds from now, at least 0."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(str(value)).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
