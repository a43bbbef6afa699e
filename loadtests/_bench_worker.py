"""The worker's rows with raw events: CPU against bare nats-py and against FastStream.

Every side finds the same events stored and waiting: it is stopped (SIGSTOP) while they are stored,
so all of its CPU goes into taking them. Events/s are of CPU seconds: what one core of its own would
do. Wall time on a machine shared with the broker says more about the broker.
"""

import asyncio
import re
import signal
import time
from collections.abc import Iterator, Mapping

from loadtests._bench_feeder import message
from loadtests._bench_row import Bench, Measured, Row
from loadtests._bench_stage import (
    SETTLE,
    START_TIMEOUT,
    TURN_TIMEOUT,
    Stage,
    minus,
    stream_state,
    usage,
)
from loadtests._child import POLL, Child, Usage
from loadtests._fleet import NOWHERE
from loadtests._nats_server import NatsServer
from runtime.bus.interface import Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.envelope import Envelope
from runtime.core.routing import Subjects, TrafficClass
from runtime.core.topology import Consumer, Topology

GUILDS = 1_000
CONSUMES = re.compile(r"^(ready|.* consumes)$", re.MULTILINE)
NOOP = "loadtests._handlers:noop"


class OneConsumer(Topology):
    """Our streams with one consumer for all events, as anybody would have it without lanes."""

    @property
    def lane_consumers(self) -> tuple[Consumer, ...]:
        """One; with the limits that a server gives when nobody asks."""
        subject = self.subjects.all_of(TrafficClass.EVENT)
        return (Consumer(self.events.name, "all", subject, 30.0, 5, 1000),)


class Side:
    """A process that takes events out of a stream of its own."""

    def __init__(self, child: Child, nats: NatsServer, topology: Topology) -> None:
        self._child = child
        self._nats = nats
        self._topology = topology
        self._stored = 0
        child.find(CONSUMES, time.monotonic() + START_TIMEOUT)
        self.await_empty()

    def turn(self, count: int) -> Usage:
        """Take ``count`` events; what the process used for them."""
        self._child.send(signal.SIGSTOP)
        try:
            asyncio.run(_store(self._nats.url, self._topology.subjects, self._stored, count))
            self._stored += count
            before = usage(self._child)
        finally:
            self._child.send(signal.SIGCONT)
        self.await_empty()
        time.sleep(SETTLE)
        return minus(usage(self._child), before)

    def await_empty(self) -> None:
        """Wait until everything is acknowledged."""
        deadline = time.monotonic() + TURN_TIMEOUT
        while stream_state(self._nats, self._topology.events.name)["messages"]:
            self._child.fail_unless(self._child.is_running, deadline)
            time.sleep(POLL)


def worker(stage: Stage, nats: NatsServer) -> Side:
    """Our worker with an empty raw handler."""
    topology = Topology(Subjects("bench-worker"))
    asyncio.run(_make(nats.url, topology))
    settings = {
        "NATS_URL": nats.url,
        "SUBJECT_PREFIX": topology.subjects.prefix,
        "BOT_APP": NOOP,
        "DISCORD_API_URL": NOWHERE,
    }
    return Side(stage.start("worker", ["runtime", "worker"], settings), nats, topology)


def rival(stage: Stage, nats: NatsServer, what: str) -> Side:
    """Somebody else's."""
    topology = OneConsumer(Subjects(f"bench-{what}"))
    asyncio.run(_make(nats.url, topology))
    (consumer,) = topology.lane_consumers
    arguments = [what, nats.url, consumer.stream, consumer.durable, consumer.filter_subject]
    child = stage.start(what, ["loadtests._bench_rival", *arguments], {})
    return Side(child, nats, topology)


def _against(bench: Bench, environ: Mapping[str, str], *rivals: str) -> Iterator[Measured]:
    with Stage(bench.directory / f"worker-{rivals[0]}", environ) as stage:
        nats = stage.nats()
        ours = worker(stage, nats)
        for what in rivals:
            theirs = rival(stage, nats, what)
            for side in (ours, theirs):
                side.turn(bench.events)
            for _ in range(bench.turns):
                spent = [side.turn(bench.events).cpu_seconds for side in (ours, theirs)]
                mine, others = (bench.events / seconds for seconds in spent)
                yield Measured(what, mine, others)


def _nats(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    yield from _against(bench, environ, "nats-py")


def _faststream(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    yield from _against(bench, environ, "faststream")


def _faststream_batch(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    yield from _against(bench, environ, "faststream-batch")


async def _make(url: str, topology: Topology) -> None:
    async with JetStreamBus(url) as bus:
        await bus.ensure(topology)


async def _store(url: str, subjects: Subjects, first: int, count: int) -> None:
    async with JetStreamBus(url) as bus:
        stored = []
        for number in range(first, first + count):
            body = message(number, GUILDS)
            event = Envelope(f"bench:{number}", "MESSAGE_CREATE", 0, time.time_ns(), body)
            subject = subjects.of(event.event_type, body)
            stored.append(bus.store(Message(subject, body, event.headers())))
        await asyncio.gather(*stored)


ROWS = (
    Row(
        "worker-nats",
        "events/s of a core, raw empty handler, against bare nats-py fetch(100) and ack",
        "1/s",
        bar=0.6,
        stretch=0.8,
        run=_nats,
        more=True,
    ),
    Row(
        "worker-faststream",
        "the same against FastStream's pull subscriber, one message after the other",
        "1/s",
        bar=3.0,
        stretch=5.0,
        run=_faststream,
        more=True,
    ),
    Row(
        "worker-faststream-batch",
        "the same against FastStream with 100 messages in one call: no retry of its own for each",
        "1/s",
        bar=None,
        stretch=None,
        run=_faststream_batch,
        more=True,
    ),
)
