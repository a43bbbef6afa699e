"""The database goes away under load: handlers fail and try again, nothing is lost or twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import discord
import pytest

import runtime
from runtime.bots.frolf.client import FrolfBot
from runtime.bots.frolf.store import Store
from tests.eventually import eventually
from tests.integration.hosting import hosting
from tests.postgres import PostgresServer

NOON = 1_785_000_000.0
ROUND, PLAYERS = 1, 12


class Joining(FrolfBot):
    """A message is a number, and that player joins: no player can join twice."""

    async def on_message(self, message: discord.Message, /) -> None:
        """One effect for each message."""
        if message.content.isdecimal():
            assert self._store is not None
            user = int(message.content)
            await self._store.join(ROUND, user, str(user), runtime.event_id())


class Sqlite:
    """A file; somebody else holds its lock during an outage."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite:///{path}"

    @contextmanager
    def outage(self) -> Iterator[None]:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")


class Postgres:
    """A server that is stopped during an outage."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url = server.new_database()

    @contextmanager
    def outage(self) -> Iterator[None]:
        self._server.stop()
        yield
        self._server.start()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sqlite | Postgres]:
    if request.param == "sqlite":
        yield Sqlite(tmp_path / "frolf.db")
        return
    with PostgresServer() as server:
        yield Postgres(server)


async def test_events_wait_out_an_outage_and_have_their_effect_once(
    database: Sqlite | Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.setattr("runtime.worker.consumer.random.random", lambda: 0.99)
    async with hosting(Joining()) as hosted:
        store = Store(database.url)
        await store.open()
        await store.create(ROUND, "Maple Hill", 3, NOON)
        ann = hosted.discord.user("ann")
        with database.outage():
            for player in range(1, PLAYERS + 1):
                ann.write(str(player))
            await eventually(lambda: hosted.handled(outcome="retried") >= 1, within=30.0)
            assert hosted.handled(outcome="dead") == 0
        await eventually(lambda: hosted.handled() >= PLAYERS + 2, within=20.0)  # and GUILD_CREATEs
        joined = [player.user_id for player in (await store.open_round(ROUND)).players]
        await store.close()
        assert hosted.handled(outcome="dead") == 0
    assert joined == list(range(1, PLAYERS + 1))


@pytest.mark.postgres
async def test_readiness_tells_while_nothing_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.worker.consumer.random.random", lambda: 0.3)
    with PostgresServer() as server:
        database = Postgres(server)
        monkeypatch.setenv("DATABASE_URL", database.url)
        async with hosting(Joining()) as hosted:
            ann = hosted.discord.user("ann")
            with database.outage():
                ann.write("1")
                await eventually(lambda: not hosted.probes.all_ready(), within=20.0)
            ann.write("no number")
            await eventually(hosted.probes.all_ready, within=20.0)
