from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from storage import conversations, users
from storage.database import CONNECTIONS, Database, ping, sqlite_url
from storage.models import metadata
from storage.models import users as users_table


def people(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(users_table)).scalar_one()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("busy_timeout", 30000), ("foreign_keys", 1)],
)
def test_pragmas_are_set_on_each_connection(database: Database, pragma: str, value: object) -> None:
    assert database.read_now(lambda c: c.execute(text(f"PRAGMA {pragma}")).scalar()) == value


def test_page_caches_are_64_mb_in_all(database: Database) -> None:
    kib = database.read_now(lambda c: c.execute(text("PRAGMA cache_size")).scalar_one())
    assert -kib * CONNECTIONS == pytest.approx(64 * 1024, abs=CONNECTIONS)


def test_migrations_make_the_tables_of_the_models(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert database.read_now(differences) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    database.migrate()
    assert database.read_now(people) == 0


def insert_old_person(connection: Connection) -> None:
    """Somebody with a conversation and a login, as the first version of the tables has them."""
    moment = "'2026-01-01 00:00:00'"
    for statement in (
        f"INSERT INTO users VALUES (1, 'kim', 'kim', 'k@example.com', x'00', 'user', 1, {moment})",
        f"INSERT INTO conversations VALUES ('c', 1, 'a', 't', NULL, {moment}, {moment})",
        f"INSERT INTO logins VALUES (1, x'01', 1, '::1', {moment}, {moment}, '2099-01-01 00:00:00')",
    ):
        connection.execute(text(statement))


def test_people_of_before_keep_their_logins_and_conversations(tmp_path: Path) -> None:
    old = Database(sqlite_url(tmp_path))
    old.migrate("0001")
    old.write_now(insert_old_person)
    old.migrate()
    user = old.read_now(users.by_name, "kim")
    assert user is not None and (user.first_name, user.active) == ("", True)
    assert old.read_now(conversations.owned, "c", user.id) is not None
    since = datetime(2025, 1, 1, tzinfo=UTC)
    assert old.read_now(users.find_login, b"\x01", used_since=since) is not None
    old.close()


def test_turns_of_before_keep_their_rows_and_have_no_figures(tmp_path: Path) -> None:
    old = Database(sqlite_url(tmp_path))
    old.migrate("0001")

    def work(connection: Connection) -> None:
        insert_old_person(connection)
        values = "'t', 'c', 1, 'a', 'q', 'm', 'done', 3, '2026-01-01 00:00:00'"
        names = "id, conversation_id, user_id, agent_id, user_message_id, message_id, state, last_event, created_at"
        connection.execute(text(f"INSERT INTO turns ({names}) VALUES ({values})"))

    old.write_now(work)
    old.migrate()
    [row] = old.read_now(lambda c: c.execute(select(metadata.tables["turns"])).all())
    assert (row.id, row.state, row.tokens_in, row.tries) == ("t", "done", None, None)
    kim, _ = old.read_now(users.credentials, "kim") or (None, b"")
    assert kim is not None and (kim.id, kim.first_name, kim.last_name, kim.active) == (1, "", "", True)
    old.close()


async def test_a_change_that_raises_is_undone(database: Database) -> None:
    def change(connection: Connection) -> None:
        users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await database.write(change)
    assert await database.read(people) == 0


async def test_reading_changes_nothing(database: Database) -> None:
    await database.read(users.add_user, username="kim", email="k@example.com", password_hash=b"x")
    assert await database.read(people) == 0


def statements(database: Database, run) -> list[tuple[str, object]]:
    """The SELECTs that `run` executes, with their parameters."""
    seen: list[tuple[str, object]] = []

    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", note)
    try:
        database.read_now(run)
    finally:
        event.remove(database._engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize(
    "run",
    [
        lambda c: conversations.listing(c, 1),
        lambda c: conversations.path(c, "a", "b"),
        lambda c: conversations.last_turns(c, "a", "b", count=5),
        lambda c: users.credentials(c, "kim"),
    ],
    ids=["list", "path", "history", "sign-in"],
)
def test_the_real_queries_use_an_index(database: Database, run) -> None:
    for statement, parameters in statements(database, run):
        plan = database.read_now(
            lambda c, s=statement, p=parameters: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", p).all()
        )
        details = [row[3] for row in plan]
        scans = [line for line in details if line.startswith("SCAN") and "line" not in line]
        assert not scans, details


def test_the_list_of_conversations_needs_no_sorting_of_all(database: Database) -> None:
    [(statement, parameters)] = statements(database, lambda c: conversations.listing(c, 1))
    plan = database.read_now(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    assert any("ix_conversations_user_id_updated_at" in row[3] for row in plan)


def test_deleting_a_user_takes_everything_of_theirs(database: Database) -> None:
    def work(connection: Connection) -> int:
        user = users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x")
        made = conversations.add(connection, user_id=user.id, agent_id="a", title="t")
        conversations.add_message(connection, conversation_id=made.id, parent_id=None, role="user", content="x")
        connection.execute(users_table.delete().where(users_table.c.id == user.id))
        return connection.execute(select(func.count()).select_from(metadata.tables["messages"])).scalar_one()

    assert database.write_now(work) == 0


def test_a_broken_file_is_noticed(database: Database, tmp_path: Path) -> None:
    database.close()
    for name in ("chat.db", "chat.db-wal"):
        (tmp_path / name).write_bytes(b"garbage" * 10_000)
    broken = Database(sqlite_url(tmp_path))
    with pytest.raises(SQLAlchemyError):
        broken.read_now(ping)
    broken.close()


async def test_a_brief_write_queues_with_the_others_while_one_holds_the_lock(database: Database) -> None:
    holds, lets_go = threading.Event(), threading.Event()

    def add(connection: Connection, name: str) -> None:
        users.add_user(connection, username=name, email="k@example.com", password_hash=b"x")

    def hold(connection: Connection) -> None:
        add(connection, "first")
        holds.set()
        assert lets_go.wait(10), "the event loop stood still"

    for _ in range(2):  # the first brief write of all opens its connection, the next ones have it
        holding = asyncio.create_task(database.write(hold))
        await asyncio.to_thread(holds.wait)
        waiting = [asyncio.create_task(database.write_briefly(add, name)) for name in ("second", "third")]
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        lets_go.set()
        await asyncio.gather(holding, *waiting)
        assert database.read_briefly(people) == 3
        await database.write_briefly(lambda connection: connection.execute(users_table.delete()) and None)
        holds.clear()
        lets_go.clear()


async def test_a_brief_write_that_raises_is_undone(database: Database) -> None:
    def change(connection: Connection) -> None:
        users.add_user(connection, username="kim", email="k@example.com", password_hash=b"x")
        raise RuntimeError("no")

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await database.write_briefly(change)
        assert database.read_briefly(people) == 0


def test_errors_do_not_quote_what_was_to_be_stored(database: Database) -> None:
    def change(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": "a private text"})

    with pytest.raises(SQLAlchemyError) as caught:
        database.write_now(change)
    assert "a private text" not in str(caught.value)
