"""The banner: a text of the administrators that everybody reads, signed in or not."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fastapi import APIRouter

from auth.shapes import OPEN
from chat import shapes

LEVELS = ("info", "warning")


@dataclass(frozen=True, slots=True)
class Banner:
    """`id` is new with each change: who has put away one banner sees the next one."""

    id: str
    text: str
    level: str  # one of LEVELS


class BannerBoard:
    """Holds the one that hangs there now; None = none does."""

    def __init__(self) -> None:
        self.banner: Banner | None = None

    def as_json(self) -> dict[str, str] | None:
        return asdict(self.banner) if self.banner else None


def banner_routes(board: BannerBoard) -> APIRouter:
    router = APIRouter(tags=["Server"])

    @router.get(
        "/api/notice",
        summary="The administrators' banner",
        responses={200: {"model": shapes.Notice}},
        openapi_extra=OPEN,
    )
    async def notice() -> dict[str, dict[str, str] | None]:
        """Open to all: the sign-in page shows it, too."""
        return {"notice": board.as_json()}

    return router
