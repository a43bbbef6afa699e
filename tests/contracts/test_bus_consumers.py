"""Every transport: order, credit and backlog. See ``runtime.core.topology``."""

import asyncio

from runtime.bus.interface import Bus, Delivery
from runtime.core.topology import Consumer
from tests.contracts.conftest import Connect, QuickTopology
from tests.contracts.inbox import Inbox, event, interaction
from tests.eventually import eventually


async def test_a_delivery_tells_its_tries_and_its_sequence(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        inbox = Inbox()
        await bus.consume(topology.lane_consumer(0), inbox, credit=8)
        stored = [await bus.store(event(topology, str(n))) for n in range(2)]
        await inbox.wait_for(2)
        assert [one.sequence for one in inbox.deliveries] == [one.sequence for one in stored]
        assert [one.tries for one in inbox.deliveries] == [1, 1]


async def test_what_was_stored_before_anybody_read_is_delivered(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        for n in range(10):
            await bus.store(event(topology, str(n)))
        inbox = Inbox()
        await other.consume(topology.lane_consumer(0), inbox, credit=3)
        await inbox.wait_for(10)
        assert inbox.bodies == [str(n) for n in range(10)]


async def test_a_lane_keeps_its_order_whoever_reads_it(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        handled: list[str] = []

        async def handle(delivery: Delivery) -> None:
            await asyncio.sleep(0)
            handled.append(delivery.message.body.decode())
            await delivery.ack()

        for one in (bus, other):
            await one.consume(topology.lane_consumer(0), handle, credit=8)
        for n in range(200):
            bus.store(event(topology, str(n)))
        await eventually(lambda: len(handled) == 200)
        assert handled == [str(n) for n in range(200)]


async def test_a_lane_has_one_message_in_flight_and_waits_for_no_other_lane(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        held, marker = Inbox(ack=False), Inbox()
        for one in (bus, other):
            await one.consume(topology.lane_consumer(0), held, credit=8)
        await bus.consume(topology.lane_consumer(1), marker, credit=8)
        for n in range(3):
            await bus.store(event(topology, str(n)))
        first = await held.get()
        for n in range(5):
            await bus.store(event(topology, str(n), lane=1))
        await marker.wait_for(5)
        assert set(held.bodies) == {"0"}
        await first.ack()
        await eventually(lambda: "1" in held.bodies)
        assert "2" not in held.bodies


async def test_a_shared_consumer_gives_each_message_to_one_worker(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        inboxes = [Inbox(), Inbox()]
        for one, inbox in zip((bus, other), inboxes, strict=True):
            await one.consume(topology.interaction_consumer, inbox, credit=4)
        for n in range(100):
            bus.store(interaction(topology, str(n)))
        await eventually(lambda: sum(len(inbox.bodies) for inbox in inboxes) == 100)
        bodies = [body for inbox in inboxes for body in inbox.bodies]
        assert sorted(bodies, key=int) == [str(n) for n in range(100)]
        assert all(inbox.bodies for inbox in inboxes)


async def test_interactions_do_not_wait_for_one_another(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.interaction_consumer, held, credit=8)
        for n in range(3):
            await bus.store(interaction(topology, str(n)))
        await held.wait_for(3)
        assert held.bodies == ["0", "1", "2"]


async def test_no_more_than_the_credit_is_in_hand(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held, marker = Inbox(ack=False), Inbox()
        await bus.consume(topology.interaction_consumer, held, credit=4)
        await bus.consume(topology.lane_consumer(0), marker, credit=8)
        for n in range(20):
            await bus.store(interaction(topology, str(n)))
        await bus.store(event(topology, "marker"))
        await held.wait_for(4)
        await marker.wait_for(1)
        assert sorted(set(held.bodies)) == ["0", "1", "2", "3"]


async def test_an_acknowledgement_gives_credit_back(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.interaction_consumer, held, credit=4)
        for n in range(12):
            await bus.store(interaction(topology, str(n)))
        for n in range(12):
            await held.wait_for(n + 1)
            await held.deliveries[n].ack()
        assert held.bodies == [str(n) for n in range(12)]


async def test_what_a_stopped_reader_does_not_hold_goes_to_the_others(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        stopped, going_on = Inbox(ack=False), Inbox()
        reading = await bus.consume(topology.lane_consumer(0), stopped, credit=8)
        for n in range(5):
            await bus.store(event(topology, str(n)))
        first = await stopped.get()
        await reading.stop()
        await other.consume(topology.lane_consumer(0), going_on, credit=8)
        await first.ack()
        await going_on.wait_for(4)
        assert going_on.bodies == ["1", "2", "3", "4"]
        assert stopped.bodies == ["0"]


async def test_what_a_stopped_reader_holds_stays_with_it_until_ack_wait(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        stopped, going_on = Inbox(ack=False), Inbox()
        reading = await bus.consume(topology.interaction_consumer, stopped, credit=2)
        for n in range(2):
            await bus.store(interaction(topology, str(n)))
        await stopped.wait_for(2)
        await reading.stop()
        await other.consume(topology.interaction_consumer, going_on, credit=8)
        await stopped.deliveries[0].ack()
        await going_on.wait_for(1)
        assert going_on.bodies == ["1"]
        assert going_on.deliveries[0].tries == 2


async def test_no_handler_is_called_after_stop(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        stopped, going_on = Inbox(), Inbox()
        reading = await bus.consume(topology.interaction_consumer, stopped, credit=8)
        for n in range(200):
            bus.store(interaction(topology, str(n)))
        await stopped.wait_for(1)
        await reading.stop()
        handled = len(stopped.deliveries)
        await other.consume(topology.interaction_consumer, going_on, credit=8)
        await going_on.wait_for(200 - handled)
        assert len(stopped.deliveries) == handled


async def test_a_reader_may_stop_itself(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        inbox = Inbox()

        async def handle(delivery: Delivery) -> None:
            await reading.stop()
            await inbox(delivery)

        reading = await bus.consume(topology.lane_consumer(0), handle, credit=8)
        for n in range(3):
            await bus.store(event(topology, str(n)))
        await inbox.wait_for(1)
        assert await bus.backlog(topology.lane_consumer(0)) <= 3


async def test_the_backlog_counts_what_waits_and_what_is_in_hand(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        consumer = topology.lane_consumer(0)
        assert await bus.backlog(consumer) == 0
        for n in range(3):
            await bus.store(event(topology, str(n)))
        await bus.store(event(topology, "another lane", lane=1))
        assert await bus.backlog(consumer) == 3
        held = Inbox(ack=False)
        await bus.consume(consumer, held, credit=8)
        await (await held.get()).in_progress()
        assert await bus.backlog(consumer) == 3


async def test_the_backlog_shrinks_with_every_acknowledgement(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        for n in range(3):
            await bus.store(event(topology, str(n)))
        held = Inbox(ack=False)
        reading = await bus.consume(topology.lane_consumer(0), held, credit=8)
        first = await held.get()
        await reading.stop()
        await first.ack()
        await eventually(lambda: _backlog_is(bus, topology.lane_consumer(0), 2))


async def _backlog_is(bus: Bus, consumer: Consumer, expected: int) -> bool:
    return await bus.backlog(consumer) == expected
