from __future__ import annotations

import json

from fastapi import Request

from chat.api_errors import chat_error_response
from chat.errors import ChatError, LimitReached, UpstreamDown, UpstreamTimeout
from chat.limiter import TeamLimits, figures_of

FIGURES = figures_of(TeamLimits(rpm=100, tpm=10_000, concurrent=4), requests=98, tokens=10_500)


def answer_to(error: ChatError, language: str = "en"):
    scope = {"type": "http", "headers": [(b"accept-language", language.encode())]}
    return chat_error_response(Request(scope), error)


def limit_reached(retry_after: float | None = 6.2) -> LimitReached:
    return LimitReached("team_tokens", retry_after=retry_after, current_usage=FIGURES, tokens=300, tpm=10_000)


def test_a_reached_limit_has_the_status_the_headers_and_the_six_figures() -> None:
    answer = answer_to(limit_reached())
    assert answer.status_code == 429
    assert (answer.headers["retry-after"], answer.headers["x-ratelimit-remaining"]) == ("7", "2")
    assert json.loads(answer.body) == {
        "error": "rate_limit_exceeded",
        "message": "The team's limit of 10,000 tokens a minute is reached; this question needs about 300.",
        "retry_after": 6.2,
        "current_usage": {
            "current_rpm": 98,
            "current_tpm": 10_500,
            "remaining_rpm": 2,
            "remaining_tpm": 0,
            "rpm_limit": 100,
            "tpm_limit": 10_000,
        },
    }


def test_it_speaks_korean_to_who_asks_for_it() -> None:
    assert "팀 한도" in json.loads(answer_to(limit_reached(), "ko").body)["message"]


def test_where_waiting_is_in_vain_no_time_is_told() -> None:
    assert "retry-after" not in answer_to(limit_reached(None)).headers


def test_an_upstream_that_is_down_says_when_to_try_again() -> None:
    answer = answer_to(UpstreamDown(retry_after=0.4))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_other_errors_have_no_figures() -> None:
    assert set(json.loads(answer_to(UpstreamTimeout()).body)) == {"error", "message"}
