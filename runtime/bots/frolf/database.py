"""Running a transaction: one function over a SQLAlchemy session, on either kind of database.

PostgreSQL is asked through SQLAlchemy's asyncio. SQLite is asked in a thread, a whole transaction
at a time: it has one write lock for all processes, and a transaction that returned to the event
loop between its statements would hold that lock for as long as the loop is busy.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from runtime.bots.frolf.migrations import upgrade

T = TypeVar("T")
Work = Callable[[Session], T]

READ_ONLY = {"frolf_read_only": True}
"""Execution options of a connection that will not write."""

# Replies are due in 3 s; whoever cannot write within 2 s had better fail and be tried again.
_BUSY_TIMEOUT_MS = 2000

# Any number will do, as long as every process takes the same.
_SETUP_LOCK = 4_711_000_001


class Database(Protocol):
    """What the store needs: each call is one transaction."""

    async def open(self) -> None:
        """Connect, and bring the tables up to date; several processes may at once."""

    async def change(self, work: Work[T]) -> T:
        """Run ``work`` and commit, or roll back when it raises."""

    async def read(self, work: Work[T]) -> T:
        """Run ``work``, which writes nothing."""

    async def close(self) -> None:
        """Let go of all connections."""


def connect(url: str) -> Database:
    """The database of a URL as SQLAlchemy writes it; connected to when first needed."""
    return _Sqlite(url) if url.startswith("sqlite") else _Server(url)


class _Sqlite:
    """A file, written by one thread of each process at a time."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(url.replace("+aiosqlite", ""))
        event.listen(self._engine, "connect", _prepare_sqlite)
        event.listen(self._engine, "begin", _begin_sqlite)
        self._writing = sessionmaker(self._engine, expire_on_commit=False)
        self._reading = sessionmaker(self._engine.execution_options(**READ_ONLY))
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="frolf-write")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="frolf-read")

    async def open(self) -> None:
        await self._run(self._writer, self._upgrade)

    def _upgrade(self) -> None:
        with self._engine.begin() as connection:  # holds the write lock, see _begin_sqlite
            upgrade(connection)

    async def change(self, work: Work[T]) -> T:
        return await self._run(self._writer, lambda: _in_session(self._writing, work))

    async def read(self, work: Work[T]) -> T:
        return await self._run(self._readers, lambda: _in_session(self._reading, work))

    async def _run(self, pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, call)

    async def close(self) -> None:
        await asyncio.to_thread(self._shut_down)

    def _shut_down(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._engine.dispose()


def _in_session(sessions: sessionmaker[Session], work: Work[T]) -> T:
    with sessions.begin() as session:
        return work(session)


class _Server:
    """A database server; its own locks let many change things at once."""

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(url, pool_pre_ping=True)
        self._writing = async_sessionmaker(self._engine, expire_on_commit=False)

    async def open(self) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SETUP_LOCK}
            )
            await connection.run_sync(upgrade)

    async def change(self, work: Work[T]) -> T:
        async with self._writing.begin() as session:
            return await session.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        return await self.change(work)

    async def close(self) -> None:
        await self._engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Have readers not wait for a writer. Whoever makes a new file holds a lock that SQLite does
    not wait for here, whatever the busy timeout is."""
    deadline = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start: a transaction that first reads and then writes would fail
    at once, without waiting, when another process wrote in between."""
    reading = connection.get_execution_options().get("frolf_read_only")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
