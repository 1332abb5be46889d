"""The engine, its pragmas, and the only ways to the database: read() and write(), and briefly."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, make_url, select
from sqlalchemy.exc import OperationalError

from logs.lines import fields
from storage.models import users

P = ParamSpec("P")
T = TypeVar("T")

CONNECTIONS = 5  # two reading threads, one writing thread, and two for what is done at once
READERS = 2
SLOW_SECONDS = 0.5  # what takes longer is named in the log
PAGE_CACHE_KIB = 64 * 1024 // CONNECTIONS  # SQLite's cache is per connection; 64 MB in all

log = logging.getLogger(__name__)


def sqlite_url(data: Path) -> str:
    """The URL of the database file in the data folder."""
    return f"sqlite:///{(data / 'chat.db').as_posix()}"


def file_of(url: str) -> Path:
    """The file of an SQLite URL."""
    return Path(make_url(url).database or "")


class Database:
    """Runs whole transactions, each as one plain function in a thread of its own pool.

    One hop per transaction instead of one per statement costs a third of what async SQLAlchemy does
    (1.1 ms against 3.5 ms for four SELECTs and four INSERTs), and a transaction can't span an await by construction.
    One thread writes: writers queue here, in order, and never fight for SQLite's lock.

    What takes well under a millisecond may be done `briefly`, on the event loop itself: under load a thread waits for
    the interpreter far longer than that. With 50 questions at once the first text came after 0.22 s instead of 0.37 s.
    It never waits for the disk (no fsync outside of the writer's checkpoints) nor for a lock (see `write_briefly`).
    """

    def __init__(self, url: str) -> None:
        # The parameters are people's texts: an error that quotes them would carry them into the log.
        self._engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _set_pragmas)
            event.listen(self._engine, "begin", _begin_immediate)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="db-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        self._brief_reader: Connection | None = None
        self._brief_writer: Connection | None = None

    async def read(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query(connection, …)` and undo whatever it might have changed."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, copy_context().run, lambda: self.read_now(query, *args, **kwargs)
        )

    async def write(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `change(connection, …)` as one transaction: committed when it returns, undone when it raises.

        A caller that is cancelled does not take its transaction along: once begun, it is finished.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._writer, copy_context().run, lambda: self.write_now(change, *args, **kwargs)
        )

    def read_briefly(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` without leaving the event loop, for a look at a few rows by their keys, in one statement."""
        if self._brief_reader is None:
            self._brief_reader = self._engine.connect().execution_options(reads_only=True, reads_once=True)
        with _named_if_slow(query), self._brief_reader.begin() as transaction:
            try:
                return query(self._brief_reader, *args, **kwargs)
            finally:
                transaction.rollback()

    async def write_briefly(
        self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`write` without leaving the event loop, for a few rows; it queues with the others when another one writes."""
        if self._brief_writer is None:
            self._brief_writer = self._engine.connect()
            if self._engine.dialect.name == "sqlite":
                _never_wait(self._brief_writer)
        try:
            transaction = self._brief_writer.begin()
        except OperationalError:  # the lock is held; nothing has been done yet
            return await self.write(change, *args, **kwargs)
        with _named_if_slow(change), transaction:
            return change(self._brief_writer, *args, **kwargs)

    def read_now(self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for callers without an event loop."""
        with _named_if_slow(query), self._engine.connect().execution_options(reads_only=True) as connection:
            return query(connection, *args, **kwargs)

    def write_now(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` for callers without an event loop."""
        with _named_if_slow(change), self._engine.begin() as connection:
            return change(connection, *args, **kwargs)

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to the newest version (Alembic), or to the one that is named."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        with self._engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)

    def close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in (self._brief_reader, self._brief_writer):
            if connection is not None:
                connection.close()
        self._engine.dispose()


@contextmanager
def _named_if_slow(work: Callable[..., Any]) -> Iterator[None]:
    """Name a transaction that took long by its function: that says more than SQL would, and holds no parameters."""
    started = time.perf_counter()
    try:
        yield
    finally:
        if (taken := time.perf_counter() - started) > SLOW_SECONDS:
            name = f"{work.__module__}.{getattr(work, '__qualname__', type(work).__name__)}"
            log.warning("Slow query", extra=fields(query=name, seconds=round(taken, 3)))


def ping(connection: Connection) -> bool:
    """Whether the database answers, from a page that it has to read. Raises `SQLAlchemyError` if it can't."""
    connection.execute(select(users.c.id).limit(1)).all()
    return True


def _set_pragmas(dbapi_connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is off; _begin_immediate says when one begins.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    # With WAL this keeps every commit through a killed process, and the integrity through a power cut.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _never_wait(connection: Connection) -> None:
    # Past SQLAlchemy, which would begin a transaction first, and wait for the lock to do so.
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    # Moving the log into the file waits for the disk: the writing thread does that.
    cursor.execute("PRAGMA wal_autocheckpoint = 0")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail at once when another process wrote in between.
    options = connection.get_execution_options()
    if not options.get("reads_once"):  # a single SELECT is a transaction by itself
        connection.exec_driver_sql("BEGIN" if options.get("reads_only") else "BEGIN IMMEDIATE")
