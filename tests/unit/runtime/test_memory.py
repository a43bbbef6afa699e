"""What only the broker inside the process shows: limits of streams, its own tasks, slow ears."""

import asyncio
from dataclasses import replace

import pytest

from runtime.bus.interface import Delivery, Message
from runtime.bus.memory import MemoryBus
from runtime.bus.memory.broker import payload_size
from runtime.bus.memory.listeners import Listener
from runtime.bus.memory.pump import Pump
from runtime.bus.memory.streams import StreamLog
from runtime.bus.memory.subjects import Routes
from runtime.core.routing import Subjects
from runtime.core.topology import Stream, Topology
from runtime.errors import BusUnavailable, StoreRejected
from tests.eventually import eventually

TOPOLOGY = Topology(Subjects("discord"))
EVENT = "discord.v1.event.0.MESSAGE_CREATE"


def dead_letters(**settings: float) -> Stream:
    """The stream of dead letters with other limits."""
    return replace(TOPOLOGY.dead, **settings)  # type: ignore[arg-type]


def letter(body: bytes = b"", msg_id: str = "") -> Message:
    """A dead letter."""
    headers = {"Nats-Msg-Id": msg_id} if msg_id else {}
    return Message("discord.v1.dead.event.MESSAGE_CREATE", body, headers)


async def test_a_stream_with_limits_forgets_the_oldest_when_it_is_full() -> None:
    log = StreamLog(dead_letters(max_bytes=100))
    for _ in range(5):
        log.store(letter(), size=40)
    assert list(log.messages) == [4, 5]


async def test_a_message_larger_than_the_whole_stream_is_rejected() -> None:
    log = StreamLog(dead_letters(max_bytes=100))
    with pytest.raises(StoreRejected):
        log.store(letter(), size=101)


async def test_a_stream_forgets_what_is_too_old() -> None:
    log = StreamLog(dead_letters(max_age=0.01))
    log.store(letter(), size=1)

    def only_the_newest_is_left() -> bool:
        log.store(letter(), size=1)
        return 1 not in log.messages

    await eventually(only_the_newest_is_left)


async def test_an_id_may_be_stored_again_after_the_duplicate_window() -> None:
    log = StreamLog(dead_letters(duplicate_window=0.01))
    log.store(letter(msg_id="a"), size=1)
    await eventually(lambda: not log.store(letter(msg_id="a"), size=1).duplicate)
    assert len(log.messages) == 2


def test_headers_count_as_nats_counts_them() -> None:
    plain = Message("subject", b"12345")
    assert payload_size(plain) == 5
    assert payload_size(replace(plain, headers={"A": "b"})) == 5 + len("NATS/1.0\r\nA: b\r\n\r\n")


async def test_an_error_of_the_body_stays_what_it_is() -> None:
    async def fail_inside() -> None:
        async with MemoryBus() as bus:
            await bus.subscribe("a", _never)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_inside()


async def test_leaving_ends_handlers_that_never_end() -> None:
    async with asyncio.timeout(5):
        async with MemoryBus() as bus:
            await bus.ensure(TOPOLOGY)
            begun = asyncio.Event()

            async def hang(delivery: Delivery) -> None:
                begun.set()
                await asyncio.Event().wait()

            await bus.consume(TOPOLOGY.lane_consumer(0), hang, credit=1)
            bus.store(Message(EVENT, b""))
            await begun.wait()


async def test_a_closed_bus_answers_with_bus_unavailable() -> None:
    bus = MemoryBus()
    async with bus:
        await bus.ensure(TOPOLOGY)
    for call in (
        bus.ensure(TOPOLOGY),
        bus.subscribe("a", _never),
        bus.serve("a", _echo),
        bus.request(Message("a", b""), 1),
        bus.bucket(TOPOLOGY.state),
        bus.backlog(TOPOLOGY.interaction_consumer),
    ):
        with pytest.raises(BusUnavailable):
            await call


async def test_what_was_not_made_is_named() -> None:
    async with MemoryBus() as bus:
        with pytest.raises(BusUnavailable, match="DISCORD_EVENTS"):
            await bus.backlog(TOPOLOGY.lane_consumer(0))
        with pytest.raises(BusUnavailable, match="discord_state"):
            await bus.bucket(TOPOLOGY.state)


async def test_a_listener_far_behind_misses_messages_instead_of_filling_memory(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener(Routes(), "a", _never, "")
    for _ in range(70_000):
        listener.hear(letter())
    assert listener.behind == 65_536
    assert len(caplog.records) == 1


async def test_a_handler_that_never_waits_leaves_the_loop_to_others() -> None:
    seen: list[int] = []

    async def note(item: int) -> None:
        seen.append(item)

    pump = Pump(note, "numbers")
    for n in range(1000):
        pump.put(n)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pump.run())
        await asyncio.sleep(0)
        assert 0 < len(seen) < 1000
        await eventually(lambda: len(seen) == 1000)
        pump.stop()


async def test_a_handler_that_awaits_something_cancelled_is_called_again() -> None:
    seen: list[int] = []

    async def await_cancelled(item: int) -> None:
        seen.append(item)
        cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        cancelled.cancel()
        await cancelled

    pump = Pump(await_cancelled, "numbers")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pump.run())
        for n in range(2):
            pump.put(n)
        await eventually(lambda: seen == [0, 1])
        pump.stop()


async def _never(message: Message) -> None:
    raise AssertionError(message)


async def _echo(message: Message) -> Message:
    return message
