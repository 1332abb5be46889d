"""The service after years of use: 1,000 people and 200,000 turns, and how long each report and list then takes.

Fills a data folder of its own with plain bulk inserts, and deletes it afterwards unless `--data` names one to keep.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from figures import seconds, table
from sqlalchemy import Connection, insert, select

import storage.conversations
import storage.usage
from admin import what_if
from admin.exports import excel_of
from admin.overview import overview
from admin.reports import Reports
from admin.what_if import Limits
from storage import metadata
from storage.database import Database, sqlite_url
from storage.identifiers import new_id
from storage.models import conversations, files, logins, messages, turns, users

DAYS = 90
AGENTS = ("fabrix-general", "fabrix-code", "fabrix-writing", "fabrix-rag", "local-analyst")
LONG = 1000  # messages of the one long conversation
AT_ONCE = 10_000


def fill(database: Database, *, people: int, turn_count: int, now: datetime) -> None:
    """People, their conversations, messages and turns, spread over DAYS with more of them by day than by night."""
    chance = random.Random(1)
    moments = sorted(_moment(chance, now) for _ in range(turn_count))
    database.write_now(_add_people, people, now)
    homes = [(new_id(), 1 + number % people) for number in range(max(people, turn_count // 10))]
    database.write_now(_add_conversations, homes, now, chance)
    made = list(_turns(chance, moments, homes))
    for start in range(0, len(made), AT_ONCE):
        database.write_now(_add_turns, made[start : start + AT_ONCE])
    database.write_now(_add_long, now)


def _moment(chance: random.Random, now: datetime) -> datetime:
    day = chance.randrange(DAYS)
    hour = chance.triangular(0, 24, 6)  # UTC: the afternoon in Seoul
    return now - timedelta(days=day, hours=24 - hour, seconds=chance.random())


def _add_people(connection: Connection, people: int, now: datetime) -> None:
    names = [f"person{number:04}" for number in range(1, people + 1)]
    values = {"password_hash": b"x", "role": "user", "active": True, "created_at": now - timedelta(days=DAYS)}
    connection.execute(
        insert(users),
        [{"username": name, "username_key": name, "email": f"{name}@example.com", **values} for name in names],
    )
    hours = timedelta(hours=12)
    connection.execute(
        insert(logins),
        [
            {
                "token_hash": number.to_bytes(32, "big"),
                "user_id": number,
                "address": "192.0.2.1",
                "created_at": now,
                "used_at": now - timedelta(minutes=number % 60),
                "expires_at": now + hours,
            }
            for number in range(1, people + 1)
        ],
    )


def _add_conversations(
    connection: Connection, homes: list[tuple[str, int]], now: datetime, chance: random.Random
) -> None:
    connection.execute(
        insert(conversations),
        [
            {
                "id": home,
                "user_id": user_id,
                "agent_id": chance.choice(AGENTS),
                "title": f"Conversation of {user_id}",
                "created_at": now - timedelta(days=DAYS),
                "updated_at": now - timedelta(seconds=chance.randrange(DAYS * 86_400)),
            }
            for home, user_id in homes
        ],
    )


def _turns(
    chance: random.Random, moments: list[datetime], homes: list[tuple[str, int]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each turn with its question and its answer."""
    for moment in moments:
        home, user_id = chance.choice(homes)
        agent_id = chance.choice(AGENTS)
        question, answer = new_id(), new_id()
        failed = chance.random() < 0.03
        waited = int(chance.expovariate(1 / 4000)) if chance.random() < 0.05 else 0
        first = waited + int(chance.lognormvariate(7, 0.6))
        total = first + int(chance.lognormvariate(9, 0.5))
        text = {"conversation_id": home, "thinking": "", "links": [], "truncated": False, "created_at": moment}
        yield (
            {
                "id": new_id(),
                "conversation_id": home,
                "user_id": user_id,
                "agent_id": agent_id,
                "user_message_id": question,
                "message_id": answer,
                "state": "failed" if failed else "done",
                "error_code": chance.choice(("upstream_timeout", "rate_limit_exceeded")) if failed else None,
                "error_number": f"E-{_number(chance)}" if failed else None,
                "last_event": 40,
                "created_at": moment,
                "ended_at": moment + timedelta(milliseconds=total),
                "waited_ms": waited,
                "first_delta_ms": None if failed else first,
                "total_ms": total,
                "tokens_in": chance.randrange(50, 900),
                "tokens_out": None if failed else chance.randrange(20, 700),
                "tries": 1 + (chance.random() < 0.02),
            },
            {"id": question, "parent_id": None, "role": "user", "content": "q " * 40, "agent_id": None, **text},
            {"id": answer, "parent_id": question, "role": "assistant", "content": "a " * 300, "agent_id": agent_id}
            | text,
        )


def _number(chance: random.Random) -> str:
    return "".join(chance.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(4))


def _add_turns(connection: Connection, made: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]) -> None:
    connection.execute(insert(messages), [text for _, question, answer in made for text in (question, answer)])
    connection.execute(insert(turns), [turn for turn, _, _ in made])


def _add_long(connection: Connection, now: datetime) -> None:
    """A conversation of LONG messages for the first person, with a chart."""
    home, parent = "f" * 32, None
    connection.execute(
        insert(conversations).values(
            id=home, user_id=1, agent_id=AGENTS[0], title="The long one", created_at=now, updated_at=now
        )
    )
    rows = []
    for number in range(LONG):
        made = new_id()
        role = "assistant" if number % 2 else "user"
        rows.append(
            {"id": made, "conversation_id": home, "parent_id": parent, "role": role, "content": "words " * 50}
            | {"thinking": "", "links": [], "truncated": False, "created_at": now}
        )
        parent = made
    connection.execute(insert(messages), rows)
    connection.execute(conversations.update().where(conversations.c.id == home).values(leaf_id=parent))
    connection.execute(
        insert(files).values(
            id=new_id(),
            user_id=1,
            conversation_id=home,
            message_id=parent,
            kind="chart",
            name="chart.png",
            media_type="image/png",
            size=1,
            sha256="",
            created_at=now,
        )
    )


def measure(database: Database, *, now: datetime, runs: int) -> list[tuple[str, float, float]]:
    """What is measured, its goal, and the median of its times, in seconds."""
    today = now.date()
    month, all_days = today - timedelta(days=29), today - timedelta(days=DAYS + 1)
    reports = Reports(database)
    asked = database.read_now(what_if.read, since=now - timedelta(days=14), until=now)
    number = database.read_now(
        lambda c: c.execute(select(turns.c.error_number).where(turns.c.error_number > "")).scalar()
    )
    whole = database.read_now(what_if.read, since=now - timedelta(days=DAYS + 2), until=now)
    packed = what_if.Asked((whole.at - whole.at[0]) * 14 / DAYS, whole.user_id, whole.tokens, whole.seconds)

    def usage(first: Any) -> Any:
        return lambda: asyncio.run(reports.usage(first, today, ZoneInfo("Asia/Seoul")))

    report = usage(all_days)()
    sheets = {"Day": report.by_day, "Person": report.by_person, "Agent": report.by_agent}
    works: list[tuple[str, float, Callable[[], Any]]] = [
        ("usage of 30 days", 1.0, usage(month)),
        ("usage of all 200,000 turns", 1.0, usage(all_days)),
        ("its workbook", 1.0, lambda: excel_of(sheets)),
        ("what if: 14 days, seldom reached", 1.0, lambda: what_if.replay(asked, Limits(100, 100_000))),
        (
            "what if: 200,000 turns in 14 days, limits often reached",
            10.0,
            lambda: what_if.replay(packed, Limits(60, 20_000)),
        ),
        ("what if: the same, always reached", 10.0, lambda: what_if.replay(packed, Limits(10, 5000))),
        ("an error number", 0.1, lambda: database.read_now(storage.usage.with_error_number, number)),
        ("a page of conversations, newest first", 1.0, lambda: database.read_now(metadata.page)),
        (
            "a page of conversations, most messages first",
            1.0,
            lambda: database.read_now(metadata.page, ordering="-messages"),
        ),
        ("the overview", 1.0, lambda: asyncio.run(overview(database, Path.cwd()))),
        ("a person's conversation list", 0.1, lambda: database.read_now(storage.conversations.listing, 1)),
        ("a conversation of 1,000 messages", 1.0, lambda: database.read_now(_long)),
    ]
    return [(name, goal, statistics.median(_seconds(work) for _ in range(runs))) for name, goal, work in works]


def _long(connection: Connection) -> int:
    found = storage.conversations.owned(connection, "f" * 32, 1)
    assert found is not None
    path = storage.conversations.path(connection, found.id, found.leaf_id)
    assert len(path) == LONG
    return len(path)


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="an empty folder to fill and keep")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    logging.getLogger("storage.database").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        if (data / "chat.db").exists():
            parser.error(f"{data} holds a database already")
        database = Database(sqlite_url(data))
        database.migrate()
        now = datetime.now(UTC)
        filling = _seconds(lambda: fill(database, people=options.people, turn_count=options.turns, now=now))
        print(f"Filled in {filling:.0f} s: {(data / 'chat.db').stat().st_size >> 20} MB\n")
        figures = measure(database, now=now, runs=options.runs)
        database.close()
    print(table(("what", "goal", "median"), [(name, f"< {goal} s", seconds(took)) for name, goal, took in figures]))


if __name__ == "__main__":
    main()
