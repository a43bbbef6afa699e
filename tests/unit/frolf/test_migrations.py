"""The steps lead to the tables as they are declared, whatever they begin with."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from runtime.bots.frolf.store import Store
from runtime.bots.frolf.tables import Base, InboxRow


async def test_the_steps_make_the_tables_as_they_are_declared(url: str) -> None:
    store = Store(url)
    await store.open()

    def differences(session: Session) -> list[Any]:
        options = {"version_table": "frolf_version"}
        context = MigrationContext.configure(session.connection(), opts=options)
        return list(compare_metadata(context, Base.metadata))

    assert await store._database.read(differences) == []
    await store.close()


async def test_a_database_from_before_there_were_steps_keeps_its_rounds(url: str) -> None:
    await made_long_ago(url)
    store = Store(url)
    await store.open()
    assert (await store.open_round(1)).course == "Maple Hill"
    assert (await store.join(1, 2, "Ann", "s:1")).players[0].name == "Ann"
    await store.close()


async def made_long_ago(url: str) -> None:
    tables = [one for one in Base.metadata.sorted_tables if one.name != InboxRow.__tablename__]
    row = text(
        "INSERT INTO frolf_rounds (channel_id, course, pars, is_open, touched_at)"
        " VALUES (1, 'Maple Hill', '[3]', true, 1785000000.0)"
    )

    def make(connection: Connection) -> None:
        Base.metadata.create_all(connection, tables)
        connection.execute(row)

    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.begin() as connection:
            make(connection)
        engine.dispose()
        return
    server = create_async_engine(url)
    async with server.begin() as opened:
        await opened.run_sync(make)
    await server.dispose()
