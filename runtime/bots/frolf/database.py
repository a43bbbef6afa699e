"""The engine: what each database must be told so that several processes can share it."""

from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from runtime.bots.frolf.tables import Base

READ_ONLY = {"frolf_read_only": True}
"""Execution options of an engine or connection that will not write."""

# Replies are due in 3 s; whoever cannot write within 2 s had better fail and be tried again.
_BUSY_TIMEOUT_MS = 2000

# Any number will do, as long as every process takes the same.
_SETUP_LOCK = 4_711_000_001


def make_engine(url: str) -> AsyncEngine:
    """An engine that has not connected yet; ``url`` as SQLAlchemy writes it."""
    engine = create_async_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def writers_at_once(engine: AsyncEngine) -> int:
    """Changes that one process should have under way. SQLite takes one at a time and lets the
    others poll for their turn with growing pauses, so that queueing for it here is quicker."""
    return 1 if engine.dialect.name == "sqlite" else 10


async def make_tables(engine: AsyncEngine) -> None:
    """Make the tables that are missing; several processes may do so at once."""
    async with engine.begin() as connection:
        await _lock_setup(connection)
        await connection.run_sync(Base.metadata.create_all)


async def _lock_setup(connection: AsyncConnection) -> None:
    """Wait for others who make tables; SQLite's write transaction does that by itself."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SETUP_LOCK})


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for a writer
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start: a transaction that first reads and then writes would fail
    at once, without waiting, when another process wrote in between."""
    reading = connection.get_execution_options().get("frolf_read_only")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
