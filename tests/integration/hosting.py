"""A bot in the runtime, in this process: fake Discord, gateway, bus and worker, nothing mocked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord

from runtime.bus.interface import Bus, Message
from runtime.bus.memory import MemoryBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.gateway.service import GatewayService
from runtime.probes import Probes
from runtime.settings import Settings
from runtime.telemetry import Telemetry
from runtime.worker.bot_app import BotApp, RawHandler
from runtime.worker.service import WorkerService
from simulator import FakeDiscord
from tests.eventually import eventually

PREFIX = "hosted"


@dataclass(frozen=True, slots=True)
class Hosted:
    """What a test sees of it."""

    discord: FakeDiscord
    bus: Bus
    topology: Topology
    telemetry: Telemetry
    probes: Probes

    def count(self, name: str, **labels: str) -> float:
        """A sample of the process's metrics; 0 when there is none."""
        return self.telemetry.registry.get_sample_value(f"multipod_{name}", labels) or 0.0

    def handled(self, traffic: str = "event", outcome: str = "handled") -> float:
        """Deliveries that ended so."""
        return self.count("worker_events_total", traffic=traffic, outcome=outcome)

    async def dead_letter(self) -> Message:
        """The next dead letter; waits for it."""
        letters: list[Message] = []

        async def hear(message: Message) -> None:
            letters.append(message)

        heard = await self.bus.subscribe(self.topology.subjects.all_dead, hear)
        await eventually(lambda: letters, within=20.0)
        await heard.stop()
        return letters[0]


def settings_for(fake: FakeDiscord, **more: str) -> Settings:
    environ = {"DISCORD_TOKEN": "any", "DISCORD_API_URL": fake.url, "SUBJECT_PREFIX": PREFIX}
    return Settings.from_env({**environ, "GRACE_PERIOD": "3", **more})


@asynccontextmanager
async def hosting(target: discord.Client | RawHandler, **more: str) -> AsyncIterator[Hosted]:
    """Run ``target`` until the block ends; begins when the bot is connected and consumes."""
    stop, telemetry = asyncio.Event(), Telemetry()
    probes = Probes(telemetry)
    async with FakeDiscord(rate=0, guilds=2) as fake, MemoryBus() as bus:
        settings = settings_for(fake, **more)
        gateway = GatewayService(settings, bus, telemetry, probes)
        worker = WorkerService(settings, bus, BotApp(target, "test"), telemetry, probes)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(gateway.run(stop))
            tasks.create_task(worker.run(stop))
            try:
                await eventually(probes.all_ready, within=30.0)
                topology = Topology(Subjects(PREFIX))
                yield Hosted(fake, bus, topology, telemetry, probes)
            finally:
                stop.set()
