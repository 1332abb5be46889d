"""The routes that tell how much of the minute is left, how the upstreams do, and what the banner says."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends

from auth.guard import Guard
from auth.shapes import SIGNED_OUT
from chat import shapes
from chat.banner import BannerBoard
from chat.gateway import Gateway
from chat.people import People
from chat.tokens import CHAT_MINIMUM, FILE_MINIMUM, WEIGHTS
from chat.windows import Window
from storage.users import Login


def limit_routes(
    *, guard: Guard, gateway: Gateway, people: People, board: BannerBoard, unused: Callable[[], Mapping[str, int]]
) -> APIRouter:
    """`unused` gives the six figures where no upstream has limits."""
    router = APIRouter(tags=["Limits"], responses=SIGNED_OUT)
    signed_in = Depends(guard.route)

    def figures() -> Mapping[str, int]:
        found = gateway.figures()
        return unused() if found is None else found

    @router.get(
        "/rate-limit-status",
        dependencies=[Depends(guard.program)],
        summary="The six figures of the team's minute",
        responses={200: {"model": shapes.Minute}},
    )
    async def rate_limit_status() -> dict[str, int]:
        return dict(figures())

    @router.get(
        "/api/limits",
        summary="What is left of the minute, and how the upstreams do",
        responses={200: {"model": shapes.Limits}},
    )
    async def limits(login: Login = signed_in) -> dict[str, Any]:
        minute = figures()
        person = people.of(login.user.id)
        now = time.monotonic()
        return {
            "minute": dict(minute),
            "remaining": _share(minute),
            "you": {"minute": _left(person.requests, now), "day": _left(person.tokens, now)},
            "upstreams": [asdict(status) for status in gateway.status()],
            "notice": board.as_json(),
            "estimate": {"chat_minimum": CHAT_MINIMUM, "file_minimum": FILE_MINIMUM, "weights": WEIGHTS},
        }

    return router


def _left(window: Window, now: float) -> dict[str, int] | None:
    """What is left of a person's own limit; None without one."""
    if window.limit == math.inf:
        return None
    return {"remaining": max(0, int(window.limit - window.total(now))), "limit": int(window.limit)}


def _share(minute: Mapping[str, int]) -> float:
    """How much of the minute is left, from 0 to 1: of requests or of tokens, whichever is scarcer."""
    shares = (minute[f"remaining_{name}"] / minute[f"{name}_limit"] for name in ("rpm", "tpm"))
    return round(min(shares), 3)
