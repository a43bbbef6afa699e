"""`--direct`: events go straight to a real nats-server and a real worker answers them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import discord
import msgspec
import pytest
from discord import app_commands

from loadtests._nats_server import NatsServer
from runtime.bots.probe import ProbeBot
from runtime.bus.interface import Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.envelope import Envelope
from runtime.core.routing import Subjects, TrafficClass
from runtime.probes import Probes
from runtime.settings import Settings
from runtime.telemetry import Telemetry
from runtime.worker.bot_app import BotApp
from runtime.worker.service import WorkerService
from simulator import FakeDiscord
from simulator.direct import publishing
from simulator.errors import CannotStart, WrongValue
from tests.eventually import eventually
from tests.integration.test_simulator_cli import failure


class Bot(ProbeBot):
    """Answers probes and one command."""

    async def setup_hook(self) -> None:
        await super().setup_hook()
        self.tree.add_command(_hello)
        await self.tree.sync()


@app_commands.command(name="hello")
async def _hello(interaction: discord.Interaction) -> None:
    """Greets."""
    await interaction.response.send_message("hello")


@pytest.fixture
async def bus(nats_server: NatsServer) -> AsyncIterator[JetStreamBus]:
    async with JetStreamBus(nats_server.url) as connected:
        yield connected


async def run_worker(
    fake: FakeDiscord, bus: JetStreamBus, prefix: str, stop: asyncio.Event
) -> None:
    environ = {"BOT_MODE": "worker", "DISCORD_API_URL": fake.url, "SUBJECT_PREFIX": prefix}
    telemetry = Telemetry()
    app = BotApp(Bot(), "test")
    settings = Settings.from_env(environ)
    await WorkerService(settings, bus, app, telemetry, Probes(telemetry)).run(stop)


async def test_a_worker_answers_and_the_ledger_counts_it(
    nats_server: NatsServer, bus: JetStreamBus, subject_prefix: str
) -> None:
    stop = asyncio.Event()
    async with (
        asyncio.TaskGroup() as tasks,
        FakeDiscord(rate=100, duration=2, probes=0.2, guilds=4, grace=20) as fake,
        publishing(fake, nats_server.url, subject_prefix),
    ):
        tasks.create_task(run_worker(fake, bus, subject_prefix, stop))
        await asyncio.wait_for(fake.finished(), 30)
        book = fake.ledger(final=True)
        stop.set()
    assert book["probes"]["sent"] == book["probes"]["answered"] > 0
    assert [book["probes"][key] for key in ("lost", "duplicated", "reordered")] == [0, 0, 0]
    assert book["interactions"]["sent"] == book["interactions"]["answered"] > 0
    assert (book["emitted"], book["rest"]["unlisted"]) == (200, 0)


async def test_events_wear_the_envelope_of_the_runtime(
    nats_server: NatsServer, bus: JetStreamBus, subject_prefix: str
) -> None:
    heard: list[Message] = []

    async def hear(message: Message) -> None:
        heard.append(message)

    subjects = Subjects(subject_prefix)
    for traffic in TrafficClass:
        await bus.subscribe(subjects.all_of(traffic), hear)
    async with (
        FakeDiscord(rate=300, duration=1, grace=0, guilds=3, probes=0, profile="presence") as fake,
        publishing(fake, nats_server.url, subject_prefix),
    ):
        await asyncio.wait_for(fake.finished(), 10)
        await eventually(lambda: len(heard) >= fake.ledger()["dispatched"])
        book = fake.ledger()
    assert len(heard) == book["dispatched"] == sum(book["direct"].values())
    envelopes = [Envelope.parse(message.headers, message.body) for message in heard]
    assert len({envelope.id for envelope in envelopes}) == len(heard)
    kinds = Counter(envelope.event_type for envelope in envelopes)
    assert (kinds["READY"], kinds["GUILD_CREATE"]) == (1, 3)
    assert all(msgspec.json.decode(e.body) for e in envelopes)
    assert all(m.subject == subjects.of(e.event_type, e.body)
               for m, e in zip(heard, envelopes, strict=True))  # fmt: skip


async def test_a_reset_of_sessions_begins_a_new_one(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    async with FakeDiscord(grace=0) as fake, publishing(fake, nats_server.url, subject_prefix):
        fake.reset(sessions=True)
        fake.flush()
        await eventually(lambda: fake.ledger()["sessions"]["identify"] == 1)
        assert fake.ledger()["sessions"]["live"] == 1


async def test_without_nats_it_cannot_start() -> None:
    status, told = await failure("--port", "0", "--direct", "nats://127.0.0.1:1")
    assert (status, told.count("\n")) == (3, 1)
    assert "cannot reach NATS at nats://127.0.0.1:1" in told


@pytest.mark.usefixtures("no_patience_with_nats")
async def test_a_prefix_of_several_tokens_is_told(nats_server: NatsServer) -> None:
    async with FakeDiscord() as fake:
        with pytest.raises(WrongValue, match="SUBJECT_PREFIX"):
            async with publishing(fake, nats_server.url, "a.b"):
                pass
        with pytest.raises(CannotStart):
            async with publishing(fake, "nats://127.0.0.1:1"):
                pass
