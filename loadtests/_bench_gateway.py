"""The gateway's rows: CPU per event against plain discord.py, and memory against guilds."""

import asyncio
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import discord

from loadtests._bench_row import Bench, Measured, Row
from loadtests._child import POLL, Child, PartFailed, Usage, stop_all
from loadtests._fleet import INHERITED, LISTENING, NATS_CONFIG, ROOT
from loadtests._metrics import call, call_json
from loadtests._nats_server import NatsServer
from runtime.bus.jetstream import JetStreamBus
from runtime.bus.manifests import Manifests
from runtime.core.manifest import Manifest
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

START_TIMEOUT = 30.0
TURN_TIMEOUT = 60.0
SETTLE = 0.3
WARM_UP = 2_000
FEW, MANY = 1_000, 100_000
GUILDS_RATE = 6_000.0
"""Guilds/s: slow enough that none waits for the broker, which would be memory of another kind."""
MIB = 1 << 20


class Stage:
    """The processes of one measurement; ends them all."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory
        self._environ = {name: environ[name] for name in INHERITED if name in environ}
        self._children: list[Child] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        stop_all(reversed(self._children), 10.0)
        self._stack.close()

    def nats(self) -> NatsServer:
        """A nats-server of the measurement's own."""
        self.directory.mkdir(parents=True, exist_ok=True)
        config = self.directory / "nats.conf"
        config.write_text(NATS_CONFIG)
        return self._stack.enter_context(NatsServer(self.directory / "nats", config=config))

    def start(self, name: str, arguments: list[str], settings: Mapping[str, str]) -> Child:
        """A Python process that runs a module of ours."""
        child = Child(name, [sys.executable, "-m", *arguments], self.directory / f"{name}.log")
        child.start({**self._environ, "PYTHONUNBUFFERED": "1", **settings}, ROOT)
        self._children.append(child)
        return child

    def feeder(self, name: str) -> str:
        """A Discord that only feeds; its URL."""
        child = self.start(name, ["loadtests._bench_feeder"], {})
        return child.find(LISTENING, time.monotonic() + START_TIMEOUT)[1]


class Plain:
    """discord.py with an empty ``on_message``."""

    def __init__(self, stage: Stage, compress: str, count: int) -> None:
        self._feeder = stage.feeder(f"feeder-plain-{compress}")
        arguments = ["loadtests._bench_client", "discord.py", compress, self._feeder]
        self._child = stage.start(f"plain-{compress}", arguments, {"BENCH_COUNT": str(count)})
        self._child.find(re.compile("^ready$", re.MULTILINE), time.monotonic() + START_TIMEOUT)
        self._count, self._received = count, 0

    def turn(self, count: int, rate: float) -> Usage:
        """Take ``count`` events; what the process used for them."""
        before = _usage(self._child)
        call_feed(self._feeder, "messages", count, rate)
        self._received += count
        if self._received % self._count == 0:
            line = re.compile(f"^received {self._received}$", re.MULTILINE)
            self._child.find(line, time.monotonic() + TURN_TIMEOUT)
        time.sleep(SETTLE)
        return _minus(_usage(self._child), before)


class Gateway:
    """Our gateway, as ``python -m runtime gateway``; an event is done when JetStream has it."""

    def __init__(self, stage: Stage, nats: NatsServer, compress: str) -> None:
        self._feeder = stage.feeder(f"feeder-gateway-{compress}")
        self._nats = nats
        self._topology = Topology(Subjects(f"bench-{compress}"))
        asyncio.run(_announce(nats.url, self._topology))
        settings = {
            "DISCORD_TOKEN": "any",
            "DISCORD_API_URL": f"{self._feeder}/api",
            "NATS_URL": nats.url,
            "SUBJECT_PREFIX": self._topology.subjects.prefix,
            "BUFFER_EVENTS": "1000000",
        }
        arguments = ["loadtests._bench_client", "gateway", compress]
        self._child = stage.start(f"gateway-{compress}", arguments, settings)
        self._await(lambda stored: stored >= 10, START_TIMEOUT)

    def turn(self, count: int, rate: float, what: str = "messages") -> Usage:
        """Forward ``count`` events; what the process used for them."""
        before, stored = _usage(self._child), self._stored()
        call_feed(self._feeder, what, count, rate)
        self._await(lambda now: now >= stored + count, TURN_TIMEOUT)
        time.sleep(SETTLE)
        return _minus(_usage(self._child), before)

    @property
    def rss(self) -> int:
        """Resident octets now."""
        return _usage(self._child).rss_bytes

    def _stored(self) -> int:
        found = call_json(self._nats.monitoring_url, "/jsz?streams=true")
        for account in found.get("account_details") or ():
            for stream in account.get("stream_detail") or ():
                if stream["name"] == self._topology.events.name:
                    return int(stream["state"]["last_seq"])
        return 0

    def _await(self, done: Callable[[int], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not done(self._stored()):
            self._child.fail_unless(self._child.is_running, deadline)
            time.sleep(POLL)


def _cpu(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    with Stage(bench.directory / "gateway-cpu", environ) as stage:
        nats = stage.nats()
        for compress in ("zlib-stream", "zstd-stream"):
            ours, theirs = Gateway(stage, nats, compress), Plain(stage, compress, bench.events)
            ours.turn(bench.events, bench.rate)
            theirs.turn(bench.events, bench.rate)
            for _ in range(bench.turns):
                spent = [side.turn(bench.events, bench.rate).cpu_seconds for side in (ours, theirs)]
                mine, rival = (seconds * 1e6 / bench.events for seconds in spent)
                yield Measured(compress, mine, rival)


def _memory(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    with Stage(bench.directory / "gateway-memory", environ) as stage:
        gateway = Gateway(stage, stage.nats(), "zstd-stream")
        gateway.turn(WARM_UP, 0.0)
        gateway.turn(FEW, GUILDS_RATE, "guilds")
        few = gateway.rss
        gateway.turn(MANY - FEW, GUILDS_RATE, "guilds")
        yield Measured(f"{FEW} to {MANY} guilds", (gateway.rss - few) / MIB)


def call_feed(feeder: str, what: str, count: int, rate: float) -> None:
    """Have a feeder send; returns when everything has left it.

    Raises:
        Unreachable, PartFailed: it does not answer, or refuses.
    """
    body = {"what": what, "count": count, "rate": rate}
    status, text = call(feeder, "/feed", body, TURN_TIMEOUT)
    if status != 200:
        raise PartFailed(f"{feeder}/feed answers {status}: {text}")


async def _announce(url: str, topology: Topology) -> None:
    """Say what a worker would say, or the gateway would wait for one."""
    async with JetStreamBus(url) as bus:
        await bus.ensure(topology)
        manifests = Manifests(await bus.bucket(topology.workers))
        await manifests.publish(Manifest("bench", "1", 1.0, discord.Intents.all().value))


def _usage(child: Child) -> Usage:
    usage = child.usage()
    if usage is None:
        raise PartFailed(f"{child.name} ended with status {child.status}; see {child.log}")
    return usage


def _minus(after: Usage, before: Usage) -> Usage:
    return Usage(after.cpu_seconds - before.cpu_seconds, after.rss_bytes - before.rss_bytes)


ROWS = (
    Row(
        "gateway-cpu",
        "process CPU per event, WebSocket to JetStream ack, against discord.py's empty on_message",
        "µs",
        bar=1.0,
        stretch=0.5,
        run=_cpu,
    ),
    Row(
        "gateway-memory",
        f"resident memory that {MANY - FEW} more guilds cost the gateway",
        "MiB",
        bar=20.0,
        stretch=None,
        run=_memory,
    ),
)
