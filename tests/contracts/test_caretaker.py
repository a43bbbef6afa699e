"""Every transport: events whose deliveries are used up become dead letters, the backlog is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.bus.ending import end
from runtime.bus.interface import Bus, Message
from runtime.caretaker import Caretaker
from runtime.core.advisory import Exhausted
from runtime.core.letter import Letter
from runtime.telemetry import Telemetry
from tests.contracts.conftest import MAX_DELIVER, Connect, QuickTopology
from tests.contracts.inbox import Inbox, event, interaction
from tests.eventually import eventually

Buried = list[tuple[str, str]]


@asynccontextmanager
async def caring(
    bus: Bus, topology: QuickTopology, buried: Buried, telemetry: Telemetry | None = None
) -> AsyncIterator[None]:
    caretaker = Caretaker(
        bus, topology, "ann", telemetry or Telemetry(), lambda *what: buried.append(what)
    )
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(caretaker.run())
        try:
            yield
        finally:
            await caretaker.resign()
            await end([running])


async def test_an_event_that_nobody_survives_becomes_a_dead_letter_and_leaves_its_lane(
    connect: Connect, topology: QuickTopology
) -> None:
    buried: Buried = []
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        async with caring(bus, topology, buried):
            await other.consume(topology.lane_consumer(0), Inbox(ack=False), credit=8)
            stored = await bus.store(event(topology, "bad", msg_id="s:1"))
            await eventually(lambda: buried, within=30.0)
        assert buried == [("event", "max-deliveries")]
        kept = await bus.find(topology.dead)
        assert kept is not None
        letter = Letter.read(kept.message.headers, kept.message.body)
        assert (letter.body, letter.headers["Nats-Msg-Id"]) == (b"bad", "s:1")
        assert (letter.reason, letter.tries) == ("max-deliveries", MAX_DELIVER)
        found = await bus.find(topology.events)
        assert found is None or found.sequence != stored.sequence


async def test_what_died_while_nobody_swept_is_swept_later(
    connect: Connect, topology: QuickTopology
) -> None:
    buried: Buried = []
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.interaction_consumer, held, credit=8)
        await bus.store(interaction(topology, "bad"))
        await held.wait_for(MAX_DELIVER)
        async with caring(bus, topology, buried):
            await eventually(lambda: buried, within=30.0)
        assert buried == [("interaction", "max-deliveries")]
        assert await bus.find(topology.interactions) is None


async def test_of_two_only_one_sweeps_and_the_other_takes_over(
    connect: Connect, topology: QuickTopology
) -> None:
    first, second = Telemetry(), Telemetry()
    async with connect() as bus:
        await bus.ensure(topology)
        await bus.store(event(topology, "waits"))
        async with caring(bus, topology, [], second):
            await eventually(lambda: backlog(second) == 1)
            async with caring(bus, topology, [], first):
                await eventually(lambda: backlog(second) == 1)
                assert backlog(first) is None


async def test_an_event_that_was_handled_after_all_is_left_alone(
    connect: Connect, topology: QuickTopology
) -> None:
    buried: Buried = []
    told = [Exhausted(topology.events.name, "lane-00", n, 3) for n in (1, 2)]
    async with connect() as bus:
        await bus.ensure(topology)
        for body in ("handled", "exhausted", "waiting"):
            await bus.store(event(topology, body))
        await bus.remove(topology.events, 1)
        async with caring(bus, topology, buried):
            for one in told:
                await bus.store(Message(one.subject, one.encode()))
            await eventually(lambda: buried)
        kept = await bus.find(topology.events)
    assert buried == [("event", "max-deliveries")]
    assert kept is not None
    assert kept.message.body == b"waiting"


def backlog(telemetry: Telemetry) -> float | None:
    return telemetry.registry.get_sample_value("multipod_backlog", {"traffic": "event"})
