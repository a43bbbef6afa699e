"""The real gateway service between a fake Discord and a real nats-server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import msgspec
import yarl

from runtime.bus.interface import Bus, Message
from runtime.bus.jetstream import JetStreamBus
from runtime.bus.manifests import Manifests
from runtime.core.envelope import EVENT_TYPE, MSG_ID
from runtime.core.manifest import Manifest
from runtime.core.routing import Subjects
from runtime.core.session import Patience
from runtime.core.topology import Topology
from runtime.gateway.service import GatewayService
from runtime.probes import Probes
from runtime.settings import Settings
from runtime.telemetry import Telemetry
from simulator import FakeDiscord
from tests.eventually import eventually

QUICK = Patience(
    tries=3, give_up_after=20.0, backoff_base=0.05, backoff_cap=0.2, invalid_wait=(0.01, 0.05)
)
"""Everything that a shard waits for, short."""


@dataclass
class Heard:
    """What the gateway has published, in order of arrival; repeats by ``Nats-Msg-Id`` left out."""

    events: dict[str, Message] = field(default_factory=dict)
    repeats: int = 0

    async def __call__(self, message: Message) -> None:
        """The handler."""
        key = message.headers.get(MSG_ID, "")
        self.repeats += key in self.events
        self.events.setdefault(key, message)

    def of(self, event_type: str) -> list[Any]:
        """The bodies of one type."""
        found = (m for m in self.events.values() if m.headers[EVENT_TYPE] == event_type)
        return [msgspec.json.decode(message.body) for message in found]

    @property
    def contents(self) -> list[str]:
        """The texts of all messages."""
        return [message["content"] for message in self.of("MESSAGE_CREATE")]


@dataclass
class Stage:
    """One gateway that runs, and everything around it."""

    fake: FakeDiscord
    bus: Bus
    topology: Topology
    heard: Heard
    telemetry: Telemetry
    probes: Probes
    running: "asyncio.Task[None]"
    stop: asyncio.Event
    written: int = 0

    def sessions(self, name: str) -> int:
        """A count of the simulator's ledger."""
        return int(self.fake.ledger()["sessions"][name])

    def write(self, count: int = 5) -> None:
        """Somebody writes messages 1, 2, 3 and so on."""
        for _ in range(count):
            self.written += 1
            self.fake.user("ann").write(str(self.written))

    async def until(self, condition: Callable[[], object], within: float = 10.0) -> None:
        """Wait for it; a gateway that ended fails the test at once with its own error."""

        def holds() -> object:
            if self.running.done():
                self.running.result()
            return condition()

        await eventually(holds, within)

    async def all_arrived(self) -> None:
        """Everything that was written arrives, in order."""
        wanted = [str(n + 1) for n in range(self.written)]
        await self.until(lambda: len(self.heard.contents) >= len(wanted))
        assert self.heard.contents == wanted

    def counter(self, name: str, **labels: str) -> float:
        """A sample of the gateway's metrics."""
        return self.telemetry.registry.get_sample_value(f"multipod_{name}", labels) or 0.0


def gateway_settings(fake: FakeDiscord, prefix: str, **changes: Any) -> Settings:
    """The settings of a gateway for this Discord and these subjects."""
    environ = {
        "BOT_MODE": "gateway",
        "DISCORD_TOKEN": "any",
        "DISCORD_API_URL": fake.url,
        "SUBJECT_PREFIX": prefix,
        "GRACE_PERIOD": "5",
    }
    return replace(Settings.from_env(environ), **changes)


@asynccontextmanager
async def discord_py_restored() -> AsyncIterator[None]:
    """The gateway points discord.py of this process elsewhere; undo that."""
    base = discord.http.Route.BASE
    gateway: yarl.URL = discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        discord.http.Route.BASE = base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


@asynccontextmanager
async def gateway_bus(
    url: str, topology: Topology, intents: int | None = None
) -> AsyncIterator[tuple[Bus, Heard]]:
    """A connection of the test's own, with a worker's manifest published and all events heard."""
    async with JetStreamBus(url) as bus:
        await bus.ensure(topology)
        wanted = discord.Intents.all().value if intents is None else intents
        await Manifests(await bus.bucket(topology.workers)).publish(
            Manifest("tester", "1", 1.0, wanted)
        )
        heard = Heard()
        for traffic in ("event", "interaction", "ambient"):
            await bus.subscribe(f"{topology.subjects.root}.{traffic}.>", heard)
        yield bus, heard


@asynccontextmanager
async def gateway(
    fake: FakeDiscord,
    url: str,
    prefix: str,
    *,
    patience: Patience = QUICK,
    intents: int | None = None,
    **changes: Any,
) -> AsyncIterator[Stage]:
    """A gateway that runs until the block ends, or until it ends by itself."""
    topology = Topology(Subjects(prefix))
    async with discord_py_restored(), gateway_bus(url, topology, intents) as (bus, heard):
        telemetry = Telemetry()
        probes, stop = Probes(telemetry), asyncio.Event()
        async with JetStreamBus(url) as own:
            settings = gateway_settings(fake, prefix, **changes)
            service = GatewayService(settings, own, telemetry, probes, patience)
            running = asyncio.ensure_future(service.run(stop))
            try:
                yield Stage(fake, bus, topology, heard, telemetry, probes, running, stop)
            finally:
                stop.set()
                await asyncio.wait([running], timeout=10)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
