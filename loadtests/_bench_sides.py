"""What is compared: discord.py and our gateway, each with a Discord that feeds it."""

import asyncio
import re
import time
from collections.abc import Callable

import discord

from loadtests._bench_feeder import GUILDS
from loadtests._bench_stage import (
    SETTLE,
    START_TIMEOUT,
    TURN_TIMEOUT,
    Stage,
    call_feed,
    minus,
    stream_state,
    usage,
)
from loadtests._child import POLL, Usage
from loadtests._nats_server import NatsServer
from runtime.bus.jetstream import JetStreamBus
from runtime.bus.manifests import Manifests
from runtime.core.manifest import Manifest
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

_SHARED = ("DISCORD_API_URL", "NATS_URL", "SUBJECT_PREFIX")


class Plain:
    """discord.py with an empty ``on_message``."""

    def __init__(self, stage: Stage, compress: str, count: int) -> None:
        self.feeder = stage.feeder(f"feeder-plain-{compress}")
        arguments = ["loadtests._bench_client", "discord.py", compress, self.feeder]
        self._child = stage.start(f"plain-{compress}", arguments, {"BENCH_COUNT": str(count)})
        self._child.find(re.compile("^ready$", re.MULTILINE), time.monotonic() + START_TIMEOUT)
        self._count, self._received = count, 0

    def turn(self, count: int, rate: float) -> Usage:
        """Take ``count`` events; what the process used for them."""
        before = usage(self._child)
        call_feed(self.feeder, "messages", count, rate)
        self._received += count
        if self._received % self._count == 0:
            line = re.compile(f"^received {self._received}$", re.MULTILINE)
            self._child.find(line, time.monotonic() + TURN_TIMEOUT)
        time.sleep(SETTLE)
        return minus(usage(self._child), before)


class Gateway:
    """Our gateway, as ``python -m runtime gateway``; an event is done when JetStream has it."""

    def __init__(self, stage: Stage, nats: NatsServer, compress: str) -> None:
        self.feeder = stage.feeder(f"feeder-gateway-{compress}")
        self._nats = nats
        self.topology = Topology(Subjects(f"bench-{compress}"))
        asyncio.run(_announce(nats.url, self.topology))
        settings = {
            "DISCORD_TOKEN": "any",
            "DISCORD_API_URL": f"{self.feeder}/api",
            "NATS_URL": nats.url,
            "SUBJECT_PREFIX": self.topology.subjects.prefix,
            "BUFFER_EVENTS": "1000000",
        }
        self.settings = {name: settings[name] for name in _SHARED}
        """Of a worker that belongs to it."""
        arguments = ["loadtests._bench_client", "gateway", compress]
        self._child = stage.start(f"gateway-{compress}", arguments, settings)
        self._await(lambda stored: stored >= GUILDS, START_TIMEOUT)

    def turn(self, count: int, rate: float, what: str = "messages") -> Usage:
        """Forward ``count`` events; what the process used for them."""
        before = usage(self._child)
        self.forward(count, rate, what)
        time.sleep(SETTLE)
        return minus(usage(self._child), before)

    def forward(self, count: int, rate: float, what: str = "messages") -> None:
        """Feed ``count`` events; returns when all of them are stored."""
        stored = self._stored()
        call_feed(self.feeder, what, count, rate)
        self._await(lambda now: now >= stored + count, TURN_TIMEOUT)

    @property
    def rss(self) -> int:
        """Resident octets now."""
        return usage(self._child).rss_bytes

    def _stored(self) -> int:
        return stream_state(self._nats, self.topology.events.name)["last_seq"]

    def _await(self, done: Callable[[int], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not done(self._stored()):
            self._child.fail_unless(self._child.is_running, deadline)
            time.sleep(POLL)


async def _announce(url: str, topology: Topology) -> None:
    """Say what a worker would say, or the gateway would wait for one."""
    async with JetStreamBus(url) as bus:
        await bus.ensure(topology)
        manifests = Manifests(await bus.bucket(topology.workers))
        await manifests.publish(Manifest("bench", "1", 1.0, discord.Intents.all().value))
