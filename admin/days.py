"""Days as administrators type and read them, in this machine's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from admin.errors import BadDate
from admin.reports import RangeError, Reports, Usage

USUAL = timedelta(days=30)


def here() -> tzinfo:
    """The time zone in which days begin and end."""
    return datetime.now().astimezone().tzinfo or UTC


def day_of(typed: str | None) -> date | None:
    """The day, None where nothing was typed. Raises: BadDate."""
    written = (typed or "").strip()
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise BadDate(typed=written[:20]) from None


def chosen_days(since: str | None, until: str | None) -> tuple[date, date]:
    """The first and the last day; where none was typed, the last 30 days. Raises: BadDate."""
    last = day_of(until) or datetime.now().astimezone().date()
    return day_of(since) or last - USUAL + timedelta(days=1), last


async def usage_of(reports: Reports, first: date, last: date) -> Usage:
    """The usage of these days, as this machine's calendar has them. Raises: BadDate."""
    try:
        return await reports.usage(first, last, here())
    except RangeError:
        raise BadDate(typed=f"{first} – {last}") from None


def day(at: datetime | None) -> str:
    """A date as tables show it, in this machine's time zone; empty for never."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""
