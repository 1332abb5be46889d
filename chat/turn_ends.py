"""What a turn leaves behind: its last event, its error with a number, and its figures."""

from __future__ import annotations

import secrets
from typing import Any

from chat.errors import ChatError, LimitReached
from chat.records import Record
from storage.turns import Turn, TurnUsage

NUMBER_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another when read aloud


def new_number() -> str:
    """The short number of an error, which leads from the screen to the log and the row."""
    return "E-" + "".join(secrets.choice(NUMBER_LETTERS) for _ in range(4))


def told_error(error: ChatError, language: str) -> dict[str, Any]:
    """An error as the API tells it, with a number of its own."""
    told: dict[str, Any] = {"code": error.code, "notice": error.notice(language), "number": new_number()}
    if error.retry_after is not None or isinstance(error, LimitReached):
        told["retry_after"] = error.retry_after
    if isinstance(error, LimitReached):
        told["current_usage"] = dict(error.current_usage)
    return told


def usage_of(record: Record) -> TurnUsage:
    return TurnUsage(
        waited_ms=round(record.waited * 1000),
        first_delta_ms=None if record.first_delta is None else round(record.first_delta * 1000),
        total_ms=None if record.total is None else round(record.total * 1000),
        tokens_in=record.tokens_in,
        tokens_out=record.tokens_out,
        tokens_estimated=None if record.tokens_in is None and record.tokens_out is None else record.estimated,
        tries=record.tries,
    )


def last_event(state: str, message_id: str, error: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
    if state == "failed" and error:
        return "error", dict(error)
    return "done", {"state": state, "message_id": message_id}


def stored_error(turn: Turn) -> dict[str, Any] | None:
    if turn.error_code is None:
        return None
    return {"code": turn.error_code, "notice": turn.error_notice or "", "number": turn.error_number or ""}
