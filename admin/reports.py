"""Who used what, and how it went: turns, tokens, waits, errors and first-delta times by day, person and agent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from storage import usage
from storage.database import Database
from storage.usage import STATES, UNKNOWN

WAITED_MS = 50  # less is no waiting in line, but the time that asking for a place takes
LONGEST_RANGE = timedelta(days=3660)
_NAMES = ("user_id", "state", "waited_ms", "first_delta_ms", "tokens_in", "tokens_out")
_Part = tuple[int, tuple[str, ...]]  # the place of a day in the range, and a row of its figures
FIGURES = (
    "turns",
    "failed",
    "stopped",
    "tokens_in",
    "tokens_out",
    "waited",
    "wait_median",
    "wait_p95",
    "first_delta_median",
    "first_delta_p95",
)


class RangeError(ValueError):
    """A range of dates that ends before it begins, or is longer than LONGEST_RANGE."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The figures of a range of dates. All frames have FIGURES as columns, times in seconds; NaN = nothing to say.

    `waited` counts turns that had to wait in line; the median and the 95th percentile are those of the turns that had
    to, and of the turns that said something. The first delta counts from the question, the waiting included.
    """

    by_day: pd.DataFrame  # with a column `day`: each date of the range, in order
    by_person: pd.DataFrame  # `username`, the most turns first
    by_agent: pd.DataFrame  # `agent_id`, the most turns first
    total: pd.Series  # FIGURES of all together


def top(frame: pd.DataFrame, figure: str, count: int = 10) -> pd.DataFrame:
    """The rows with the largest figures; whoever has none of it isn't among them."""
    chosen = frame[frame[figure] > 0]
    return chosen.sort_values(figure, ascending=False, kind="stable").head(count).reset_index(drop=True)


class Reports:
    """Reads the database; the arithmetic is done in a thread of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def usage(self, first: date, last: date, zone: tzinfo) -> Usage:
        """What happened from the first to the last day, both included, by the calendar of `zone`.

        Raises:
            RangeError
        """
        if not timedelta() <= last - first < LONGEST_RANGE:
            raise RangeError(f"From {first} to {last}")
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        parts, names = await self._database.read(_read, days, zone)
        return await asyncio.to_thread(_usage, days, parts, names)


def _read(connection: Connection, days: list[date], zone: tzinfo) -> tuple[list[_Part], dict[int, str]]:
    """The texts of each day and agent, and people's names by their ids."""
    parts = []
    for place, day in enumerate(days):
        since, until = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
        parts += [(place, row) for row in usage.columns(connection, _NAMES, since=since, until=until)]
    return parts, usage.usernames(connection)


def _usage(days: list[date], parts: list[_Part], names: dict[int, str]) -> Usage:
    turns = _turns(parts)
    by_day = _figures(turns, "day").reindex(range(len(days)))
    by_day.index = pd.Index(days, name="day")
    by_person = _figures(turns, "user_id")
    by_person.index = pd.Index([names.get(user_id, "") for user_id in by_person.index], name="username")
    counts = [name for name in FIGURES if not name.endswith(("_median", "_p95"))]
    by_day[counts] = by_day[counts].fillna(0).astype(int)
    return Usage(
        by_day=by_day.reset_index(),
        by_person=_ranked(by_person),
        by_agent=_ranked(_figures(turns, "agent_id")),
        total=_figures(turns.assign(all=0), "all").reindex([0]).iloc[0].fillna(dict.fromkeys(counts, 0)),
    )


def _turns(parts: list[_Part]) -> pd.DataFrame:
    """A row for each turn, from the texts of each day and agent."""
    arrays = [[np.fromstring(text, dtype=np.int64, sep=",") for text in row[1:]] for _, row in parts]
    lengths = [len(each[0]) for each in arrays]
    joined = [np.concatenate(column) if arrays else np.empty(0, np.int64) for column in zip(*arrays, strict=True)]
    frame = pd.DataFrame(dict(zip(_NAMES, joined or [np.empty(0, np.int64)] * len(_NAMES), strict=True)))
    frame["day"] = np.repeat(np.array([place for place, _ in parts], dtype=np.int64), lengths)
    agents = pd.Categorical([row[0] for _, row in parts])
    frame["agent_id"] = pd.Categorical.from_codes(np.repeat(agents.codes, lengths), agents.categories)
    for name in ("failed", "stopped"):
        frame[name] = frame["state"] == STATES.index(name)
    for name in ("tokens_in", "tokens_out"):
        frame[name] = frame[name].where(frame[name] != UNKNOWN, 0)
    frame["waited"] = frame["waited_ms"] >= WAITED_MS
    frame["wait"] = (frame["waited_ms"] / 1000).where(frame["waited"])
    frame["first_delta"] = (frame["first_delta_ms"] / 1000).where(frame["first_delta_ms"] != UNKNOWN)
    return frame


def _figures(turns: pd.DataFrame, key: str) -> pd.DataFrame:
    groups = turns.groupby(key, sort=False, observed=True)
    sums = groups[["failed", "stopped", "tokens_in", "tokens_out", "waited"]].sum()
    sums.insert(0, "turns", groups.size())
    shares = groups[["wait", "first_delta"]].quantile([0.5, 0.95]).round(3).unstack()
    shares = shares.reindex(columns=pd.MultiIndex.from_product([["wait", "first_delta"], [0.5, 0.95]]))
    for name in ("wait", "first_delta"):
        sums[f"{name}_median"], sums[f"{name}_p95"] = shares[name, 0.5], shares[name, 0.95]
    return sums[list(FIGURES)]


def _ranked(figures: pd.DataFrame) -> pd.DataFrame:
    return figures.sort_values("turns", ascending=False, kind="stable").reset_index()
