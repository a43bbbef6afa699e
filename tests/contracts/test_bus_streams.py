"""Every transport: reading a stream without a consumer, removing from it, used up deliveries."""

import pytest

from runtime.bus.interface import Bus, Message
from runtime.core import advisory
from runtime.core.routing import TrafficClass
from runtime.core.topology import Stream
from runtime.errors import BusUnavailable
from tests.contracts.conftest import MAX_DELIVER, Connect, QuickTopology
from tests.contracts.inbox import Inbox, event
from tests.eventually import eventually


def dead(topology: QuickTopology, body: str, event_type: str = "MESSAGE_CREATE") -> Message:
    subject = topology.subjects.dead(TrafficClass.EVENT, event_type)
    return Message(subject, body.encode(), {"Dead-Reason": "failed"})


async def bodies(bus: Bus, stream: Stream, subject: str = ">") -> list[str]:
    found: list[str] = []
    after = 0
    while (kept := await bus.find(stream, after, subject)) is not None:
        found.append(kept.message.body.decode())
        after = kept.sequence
    return found


async def test_a_stream_is_read_in_order_and_keeps_what_was_read(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        assert await bodies(bus, topology.dead) == []
        for n in range(3):
            await bus.store(dead(topology, str(n)))
        for _ in range(2):
            assert await bodies(bus, topology.dead) == ["0", "1", "2"]


async def test_what_is_found_is_what_was_stored(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        message = Message(dead(topology, "").subject, bytes(range(256)) * 2000, {"a": "b", "c": ""})
        stored = await bus.store(message)
        found = await bus.find(topology.dead)
        assert found is not None
        assert (found.sequence, found.message) == (stored.sequence, message)


async def test_only_the_subjects_that_were_asked_for_are_found(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        for n, event_type in enumerate(("A", "B", "A")):
            await bus.store(dead(topology, str(n), event_type))
        wanted = topology.subjects.dead(TrafficClass.EVENT, "A")
        assert await bodies(bus, topology.dead, wanted) == ["0", "2"]


async def test_a_removed_message_is_gone_and_cannot_be_removed_again(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        for n in range(3):
            await bus.store(dead(topology, str(n)))
        assert await bus.remove(topology.dead, 2)
        assert not await bus.remove(topology.dead, 2)
        assert not await bus.remove(topology.dead, 99)
        assert await bodies(bus, topology.dead) == ["0", "2"]


async def test_what_is_removed_from_a_work_queue_is_not_delivered(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        for body in ("removed", "delivered"):
            await bus.store(event(topology, body))
        await bus.remove(topology.events, 1)
        inbox = Inbox()
        await bus.consume(topology.lane_consumer(0), inbox, credit=8)
        await inbox.wait_for(1)
        assert inbox.bodies == ["delivered"]


async def test_a_stream_that_nobody_made_cannot_be_read(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        with pytest.raises(BusUnavailable):
            await bus.find(topology.dead)
        with pytest.raises(BusUnavailable):
            await bus.remove(topology.dead, 1)


@pytest.mark.parametrize("way", ["silence", "nak"])
async def test_used_up_deliveries_are_told_to_whoever_sweeps(
    connect: Connect, topology: QuickTopology, way: str
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held, swept = Inbox(ack=False), Inbox()
        await bus.consume(topology.lane_consumer(0), held, credit=8)
        stored = await bus.store(event(topology, "bad"))
        for n in range(MAX_DELIVER if way == "nak" else 0):
            await held.wait_for(n + 1)
            await held.deliveries[n].nak()
        await eventually(lambda: len(held.deliveries) == MAX_DELIVER)
        for one in topology.advisory_consumers:  # nobody listened when it was said
            await bus.consume(one, swept, credit=8)
        await swept.wait_for(1)
        told = advisory.read(swept.deliveries[0].message.body)
        expected = (topology.events.name, "lane-00", stored.sequence)
        assert (told.stream, told.consumer, told.stream_seq) == expected
        assert await bus.remove(topology.events, told.stream_seq)
        assert await bus.backlog(topology.lane_consumer(0)) == 0
