"""Every transport: what is delivered again, when and how often. See ``runtime.core.topology``."""

import asyncio

import pytest

from runtime.bus.interface import Delivery
from tests.contracts.conftest import ACK_WAIT, MAX_DELIVER, Connect, QuickTopology
from tests.contracts.inbox import Inbox, event, interaction
from tests.eventually import eventually


async def test_a_message_that_nobody_acknowledged_comes_again_after_ack_wait(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.lane_consumer(0), held, credit=8)
        await bus.store(event(topology, "again"))
        await held.get()
        began = asyncio.get_running_loop().time()
        await held.wait_for(2)
        assert asyncio.get_running_loop().time() - began >= ACK_WAIT * 0.9
        assert [one.tries for one in held.deliveries] == [1, 2]
        assert held.deliveries[1].sequence == held.deliveries[0].sequence


async def test_a_message_that_comes_again_stays_before_its_successors(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.lane_consumer(0), held, credit=8)
        for body in ("first", "second"):
            await bus.store(event(topology, body))
        await held.wait_for(2)
        await held.deliveries[1].ack()
        await held.wait_for(3)
        assert held.bodies == ["first", "first", "second"]


async def test_credit_that_was_never_acknowledged_is_not_lost_for_ever(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.interaction_consumer, held, credit=2)
        for n in range(2):
            await bus.store(interaction(topology, str(n)))
        await held.wait_for(4)
        assert [one.tries for one in held.deliveries] == [1, 1, 2, 2]


async def test_progress_keeps_a_message_in_the_same_hands(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        busy, idle = Inbox(ack=False), Inbox(ack=False)
        await bus.consume(topology.lane_consumer(0), busy, credit=8)
        await bus.consume(topology.lane_consumer(1), idle, credit=8)
        for lane in (0, 1):
            await bus.store(event(topology, "slow", lane=lane))
        working_on = await busy.get()
        deadline = asyncio.get_running_loop().time() + 20 * ACK_WAIT
        while len(idle.deliveries) < MAX_DELIVER:  # two whole waits pass on the other lane
            assert asyncio.get_running_loop().time() < deadline
            await working_on.in_progress()
            await asyncio.sleep(ACK_WAIT / 20)
        assert len(busy.deliveries) == 1


async def test_a_message_handed_back_comes_after_its_delay_and_before_its_successors(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        for one in (bus, other):
            await one.consume(topology.lane_consumer(0), held, credit=8)
        for body in ("first", "second"):
            await bus.store(event(topology, body))
        delay = ACK_WAIT / 2
        began = asyncio.get_running_loop().time()
        await (await held.get()).nak(delay)
        await held.wait_for(2)
        assert asyncio.get_running_loop().time() - began >= delay * 0.9
        await held.deliveries[1].ack()
        await held.wait_for(3)
        assert held.bodies == ["first", "first", "second"]


async def test_a_message_handed_back_without_a_delay_comes_again_at_once(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        held = Inbox(ack=False)
        await bus.consume(topology.lane_consumer(0), held, credit=8)
        await bus.store(event(topology, "again"))
        began = asyncio.get_running_loop().time()
        await (await held.get()).nak()
        await held.wait_for(2)
        assert asyncio.get_running_loop().time() - began < ACK_WAIT * 0.9
        assert held.deliveries[1].tries == 2


@pytest.mark.parametrize("way", ["silence", "nak"])
async def test_a_message_whose_tries_are_used_up_comes_no_more_and_its_lane_goes_on(
    connect: Connect, topology: QuickTopology, way: str
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        tries: list[tuple[str, int]] = []

        async def handle(delivery: Delivery) -> None:
            body = delivery.message.body.decode()
            tries.append((body, delivery.tries))
            if body == "good":
                await delivery.ack()
            elif way == "nak":
                await delivery.nak()

        await bus.consume(topology.lane_consumer(0), handle, credit=8)
        for body in ("bad", "good"):
            await bus.store(event(topology, body))
        await eventually(lambda: ("good", 1) in tries)
        assert tries == [("bad", 1), ("bad", 2), ("bad", 3), ("good", 1)]


async def test_a_handler_that_raises_has_not_acknowledged(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        inbox = Inbox()

        async def fail_once(delivery: Delivery) -> None:
            if delivery.tries == 1 and delivery.message.body == b"bad":
                raise ValueError(delivery.sequence)
            await inbox(delivery)

        await bus.consume(topology.lane_consumer(0), fail_once, credit=8)
        for body in ("bad", "good"):
            await bus.store(event(topology, body))
        await inbox.wait_for(2)
        assert inbox.bodies == ["bad", "good"]
        assert inbox.deliveries[0].tries == 2


async def test_what_a_lost_worker_held_goes_to_another(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        lost, other = Inbox(ack=False), Inbox()
        async with connect() as dying:
            await dying.consume(topology.lane_consumer(0), lost, credit=8)
            for n in range(2):
                await bus.store(event(topology, str(n)))
            await lost.get()
        await bus.consume(topology.lane_consumer(0), other, credit=8)
        await other.wait_for(2)
        assert other.bodies == ["0", "1"]
        assert other.deliveries[0].tries == 2
