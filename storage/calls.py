"""Direct calls of programs at rest: their figures, and nothing of what was asked or answered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert

from storage.models import calls, now
from storage.turns import TurnUsage


def add(
    connection: Connection,
    call_id: str,
    *,
    user_id: int,
    agent_id: str,
    state: str,
    error_code: str | None,
    error_number: str | None,
    created_at: datetime,
    usage: TurnUsage,
) -> None:
    """Store how a call ended. `state` is one of a turn's: done, stopped (its caller went away), failed, interrupted."""
    connection.execute(
        insert(calls).values(
            id=call_id,
            user_id=user_id,
            agent_id=agent_id,
            state=state,
            error_code=error_code,
            error_number=error_number,
            created_at=created_at,
            ended_at=now(),
            **asdict(usage),
        )
    )
