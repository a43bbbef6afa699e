"""Every transport: storing, publishing, asking. See ``runtime.bus.interface``."""

import asyncio

import pytest

from runtime.bus.interface import Bus, Message
from runtime.core.envelope import MSG_ID
from runtime.errors import BusUnavailable, StoreRejected
from tests.contracts.conftest import Connect, QuickTopology
from tests.contracts.inbox import Ear, Inbox, event, interaction
from tests.eventually import eventually


async def settle(bus: Bus, topology: QuickTopology) -> None:
    """Let the broker take note of the subscriptions made on this connection."""
    await bus.ensure(topology)


async def test_a_bus_is_connected_until_it_is_closed(connect: Connect) -> None:
    async with connect() as bus:
        assert bus.connected
        assert bus.max_payload >= 1 << 20
        await bus.close()
        assert not bus.connected


async def test_making_the_topology_twice_keeps_what_is_stored(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await asyncio.gather(bus.ensure(topology), other.ensure(topology))
        await bus.store(event(topology, "kept"))
        await other.ensure(topology)
        assert await other.backlog(topology.lane_consumer(0)) == 1


async def test_messages_reach_the_stream_in_the_order_of_the_calls(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        stored = await asyncio.gather(
            *(bus.store(event(topology, str(n), lane=n % 2, msg_id=f"s:{n}")) for n in range(300))
        )
        assert [one.sequence for one in stored] == list(range(1, 301))
        assert not any(one.duplicate for one in stored)


async def test_an_id_is_refused_a_second_time(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        first = await bus.store(event(topology, "once", msg_id="s:1"))
        again = await other.store(event(topology, "once", msg_id="s:1"))
        assert (again.duplicate, again.sequence) == (True, first.sequence)
        assert await bus.backlog(topology.lane_consumer(0)) == 1


async def test_an_id_is_refused_after_its_message_was_acknowledged(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        inbox = Inbox()
        await bus.consume(topology.lane_consumer(0), inbox, credit=8)
        await bus.store(event(topology, "once", msg_id="s:1"))
        await inbox.wait_for(1)
        assert (await bus.store(event(topology, "once", msg_id="s:1"))).duplicate
        await bus.store(event(topology, "marker"))
        await inbox.wait_for(2)
        assert inbox.bodies == ["once", "marker"]


async def test_a_message_without_an_id_is_never_a_duplicate(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        first, second = [await bus.store(event(topology, "same")) for _ in range(2)]
        assert (first.duplicate, second.duplicate) == (False, False)
        assert second.sequence == first.sequence + 1


async def test_a_message_above_the_limit_is_rejected_and_the_next_is_taken(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        too_large = bus.store(event(topology, "x" * (bus.max_payload + 1)))
        fine = bus.store(event(topology, "fine"))
        with pytest.raises(StoreRejected):
            await too_large
        assert (await fine).sequence == 1


async def test_a_subject_that_no_stream_takes_is_rejected(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        with pytest.raises(StoreRejected):
            await bus.store(Message(f"{topology.subjects.root}.nowhere", b""))
        assert (await bus.store(event(topology, "fine"))).sequence == 1


async def test_a_full_stream_refuses_the_new_and_keeps_the_old(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        third = "x" * 400_000  # of 1 MiB
        for _ in range(2):
            await bus.store(event(topology, third))
        with pytest.raises(StoreRejected):
            await bus.store(event(topology, third))
        assert await bus.backlog(topology.lane_consumer(0)) == 2


async def test_a_full_stream_takes_messages_again_once_there_is_room(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        for _ in range(2):
            await bus.store(event(topology, "x" * 400_000))
        inbox = Inbox()
        await bus.consume(topology.lane_consumer(0), inbox, credit=8)
        await inbox.wait_for(2)
        assert (await bus.store(event(topology, "x" * 400_000))).sequence == 3


async def test_storing_on_a_closed_bus_ends_with_bus_unavailable(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        await bus.close()
        with pytest.raises(BusUnavailable):
            await asyncio.wait_for(bus.store(event(topology, "late")), 3)


async def test_a_plain_listener_hears_what_is_stored(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        ear = Ear()
        await bus.subscribe(f"{topology.subjects.root}.interaction.>", ear)
        await bus.store(interaction(topology, "heard"))
        await ear.wait_for(1)
        assert ear.bodies == ["heard"]
        assert await bus.backlog(topology.interaction_consumer) == 1


async def test_every_listener_hears_what_is_published(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        ears = [Ear(), Ear()]
        await bus.subscribe(topology.subjects.root, ears[0])
        await other.subscribe(topology.subjects.root, ears[1])
        await settle(other, topology)
        await bus.publish(Message(topology.subjects.root, b"hello", {"Shard": "3"}))
        for ear in ears:
            await ear.wait_for(1)
            assert ear.messages[0].body == b"hello"
            assert ear.messages[0].headers["Shard"] == "3"
            assert ear.messages[0].subject == topology.subjects.root


async def test_publishing_to_nobody_is_no_error(connect: Connect, subject_prefix: str) -> None:
    async with connect() as bus:
        await bus.publish(Message(f"{subject_prefix}.nobody", b"hello"))


async def test_a_listener_hears_in_the_order_of_publishing(
    connect: Connect, subject_prefix: str
) -> None:
    async with connect() as bus:
        ear = Ear()
        await bus.subscribe(subject_prefix, ear)
        for n in range(200):
            await bus.publish(Message(subject_prefix, str(n).encode()))
        await ear.wait_for(200)
        assert ear.bodies == [str(n) for n in range(200)]


@pytest.mark.parametrize(
    ("pattern", "heard"),
    [("a.*", ["a.b"]), ("a.>", ["a.b", "a.b.c"]), ("*.b", ["a.b"]), ("a.b", ["a.b"])],
)
async def test_a_pattern_reaches_the_subjects_that_it_means(
    connect: Connect, subject_prefix: str, pattern: str, heard: list[str]
) -> None:
    async with connect() as bus:
        ear, marker = Ear(), Ear()
        await bus.subscribe(f"{subject_prefix}.{pattern}", ear)
        await bus.subscribe(f"{subject_prefix}.marker", marker)
        for subject in ("a", "a.b", "a.b.c", "marker"):
            await bus.publish(Message(f"{subject_prefix}.{subject}", subject.encode()))
        await marker.wait_for(1)
        await ear.wait_for(len(heard))
        assert ear.bodies == heard


async def test_the_members_of_a_queue_share_what_is_published(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        ears = [Ear(), Ear()]
        await bus.subscribe(topology.subjects.root, ears[0], queue="workers")
        await other.subscribe(topology.subjects.root, ears[1], queue="workers")
        await settle(other, topology)
        for n in range(100):
            await bus.publish(Message(topology.subjects.root, str(n).encode()))
        await eventually(lambda: sum(len(ear.messages) for ear in ears) == 100)
        assert {body for ear in ears for body in ear.bodies} == {str(n) for n in range(100)}
        assert all(ear.messages for ear in ears)


async def test_a_stopped_listener_hears_no_more(connect: Connect, subject_prefix: str) -> None:
    async with connect() as bus:
        stopped, other = Ear(), Ear()
        subscription = await bus.subscribe(subject_prefix, stopped)
        await bus.subscribe(subject_prefix, other)
        await subscription.stop()
        await bus.publish(Message(subject_prefix, b"late"))
        await other.wait_for(1)
        assert stopped.messages == []


async def test_a_listener_that_fails_hears_the_next_message(
    connect: Connect, subject_prefix: str
) -> None:
    async with connect() as bus:
        ear = Ear()

        async def fail_first(message: Message) -> None:
            await ear(message)
            if message.body == b"bad":
                raise ValueError(message.body)

        await bus.subscribe(subject_prefix, fail_first)
        for body in (b"bad", b"good"):
            await bus.publish(Message(subject_prefix, body))
        await ear.wait_for(2)
        assert ear.bodies == ["bad", "good"]


async def test_headers_travel_with_a_stored_message(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        inbox = Inbox()
        await bus.consume(topology.lane_consumer(0), inbox, credit=8)
        message = event(topology, "body", msg_id="s:1")
        await bus.store(message)
        got = (await inbox.get()).message
        assert (got.subject, got.body) == (message.subject, message.body)
        assert got.headers[MSG_ID] == "s:1"
