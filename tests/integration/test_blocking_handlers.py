"""Handlers that hold the event loop, on a real NATS: what must go on between them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import discord

from loadtests._bench_stage import stream_state
from loadtests._nats_server import NatsServer
from runtime.bus.interface import Message
from runtime.bus.jetstream import JetStreamBus
from runtime.core.deadline import DISCORD_EPOCH
from runtime.core.envelope import Envelope
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.telemetry import Telemetry
from runtime.worker.consumer import Consumer
from runtime.worker.meters import Meters
from runtime.worker.turns import TURN
from tests.eventually import eventually
from tests.integration.hosting import hosting

LANES = range(16)
LONG = 3 * TURN
WITHIN = 10.0


@asynccontextmanager
async def consuming(
    bus: JetStreamBus, topology: Topology, handle: Callable[[Envelope], Awaitable[None]]
) -> AsyncIterator[Consumer]:
    """A worker's consumer; the block's end takes what it began with it."""
    consumer = Consumer(bus, topology, handle, Meters(Telemetry()), "test", 60.0)
    async with asyncio.TaskGroup() as tasks:
        beating = tasks.create_task(consumer.keep_in_progress())
        await consumer.start(tasks)
        yield consumer
        await consumer.drain(WITHIN)
        beating.cancel()


async def store(bus: JetStreamBus, subject: str, event_type: str, body: bytes, name: str) -> None:
    envelope = Envelope(name, event_type, 0, time.time_ns(), body)
    await bus.store(Message(subject, body, envelope.headers()))


async def store_one_a_lane(bus: JetStreamBus, topology: Topology, round_: int = 0) -> None:
    for lane in LANES:
        subject = f"{topology.subjects.prefix}.v1.event.{lane}.MESSAGE_CREATE"
        await store(bus, subject, "MESSAGE_CREATE", b"{}", f"e:{lane}:{round_}")


async def test_the_broker_has_each_acknowledgement_before_the_next_handler_is_through(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    topology = Topology(Subjects(subject_prefix))
    unacknowledged: list[int] = []

    async def on_event(envelope: Envelope) -> None:
        expected = len(LANES) - len(unacknowledged)
        deadline = time.monotonic() + WITHIN
        time.sleep(LONG)  # noqa: ASYNC251 - what is tested
        while (left := messages(nats_server, topology)) > expected and time.monotonic() < deadline:
            time.sleep(0.01)  # noqa: ASYNC251
        unacknowledged.append(left)

    async with JetStreamBus(nats_server.url) as bus:
        await bus.ensure(topology)
        await store_one_a_lane(bus, topology)
        async with consuming(bus, topology, on_event):
            await eventually(lambda: len(unacknowledged) == len(LANES), within=4 * WITHIN)
    assert unacknowledged == list(range(len(LANES), 0, -1))


def messages(nats: NatsServer, topology: Topology) -> int:
    return stream_state(nats, topology.events.name)["messages"]


async def test_an_interaction_is_not_behind_the_events_that_wait_for_the_loop(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    topology = Topology(Subjects(subject_prefix))
    ran: list[str] = []

    async def on_event(envelope: Envelope) -> None:
        ran.append(envelope.event_type)
        time.sleep(4 * LONG)  # noqa: ASYNC251 - what is tested

    young = str(int((time.time() - DISCORD_EPOCH) * 1000) << 22)
    body = json.dumps({"id": young, "type": 2}).encode()
    async with JetStreamBus(nats_server.url) as bus:
        await bus.ensure(topology)
        for round_ in range(2):
            await store_one_a_lane(bus, topology, round_)
        async with consuming(bus, topology, on_event):
            await eventually(lambda: ran)
            subject = f"{topology.subjects.prefix}.v1.interaction.command"
            await store(bus, subject, "INTERACTION_CREATE", body, "i:1")
            await eventually(lambda: len(ran) == 2 * len(LANES) + 1, within=4 * WITHIN)
    assert ran.index("INTERACTION_CREATE") < len(LANES)


async def test_a_worker_that_drains_hands_back_what_waits_for_the_loop(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    topology = Topology(Subjects(subject_prefix))
    first: list[str] = []
    second: list[str] = []
    drained = asyncio.Event()

    async def on_event(envelope: Envelope) -> None:
        if not drained.is_set():
            first.append(envelope.id)
            time.sleep(LONG)  # noqa: ASYNC251 - what is tested
        else:
            second.append(envelope.id)

    async with JetStreamBus(nats_server.url) as bus:
        await bus.ensure(topology)
        for round_ in range(4):
            await store_one_a_lane(bus, topology, round_)
        async with consuming(bus, topology, on_event) as consumer:
            await eventually(lambda: first)
            assert await consumer.drain(WITHIN) > 0
            drained.set()
        async with consuming(bus, topology, on_event):
            await eventually(lambda: len(first) + len(second) == 4 * len(LANES), within=WITHIN)
    for lane in LANES:
        rounds = [name for name in first + second if name.startswith(f"e:{lane}:")]
        assert rounds == [f"e:{lane}:{round_}" for round_ in range(4)]


async def test_a_bots_handlers_that_block_run_in_a_turn_each() -> None:
    bot = discord.Client(intents=discord.Intents.default())
    turn, used = 0, []

    @bot.event
    async def on_gap(_data: object) -> None:
        time.sleep(LONG)  # noqa: ASYNC251 - what is tested
        used.append(turn)

    async with hosting(bot) as hosted:
        for lane in LANES:
            event = Envelope(f"e:{lane}", "GAP", 0, time.time_ns(), b"{}")
            hosted.bus.store(Message(f"hosted.v1.event.{lane}.GAP", event.body, event.headers()))
        while len(used) < len(LANES):
            turn += 1
            await asyncio.sleep(0)
    assert len(set(used)) == len(LANES)
