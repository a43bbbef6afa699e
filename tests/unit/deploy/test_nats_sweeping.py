"""Dead letters on the secured server: a worker makes them, the operator reads and replays them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.bus.bodies import Bodies
from runtime.bus.ending import end
from runtime.bus.interface import Bus, Delivery, Message
from runtime.bus.jetstream import JetStreamBus
from runtime.caretaker import Caretaker
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.telemetry import Telemetry
from tests.eventually import eventually
from tests.unit.deploy.secured import SecuredNats

TOPOLOGY = Topology(Subjects())
LARGE = b'{"content":"%s"}' % (b"x" * 1_500_000)
EVENT = "discord.v1.event.3.MESSAGE_CREATE"
HEADERS = {"Nats-Msg-Id": "s:1", "Event-Type": "MESSAGE_CREATE"}


@asynccontextmanager
async def sweeping(bus: Bus) -> AsyncIterator[list[tuple[str, str]]]:
    """The class and the reason of everything that was swept."""
    buried: list[tuple[str, str]] = []
    caretaker = Caretaker(bus, TOPOLOGY, "ann", Telemetry(), lambda *what: buried.append(what))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(caretaker.run())
        try:
            yield buried
        finally:
            await caretaker.resign()
            await end([running])


async def refuse(delivery: Delivery) -> None:
    """What a handler does that always fails, without the pauses."""
    await delivery.nak(0.0)


async def operate(secured: SecuredNats, *arguments: str) -> str:
    """What ``python -m runtime dead`` says to the operator."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "runtime", "dead", *arguments),
        env=secured.settings_of("operator"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said[-500:]
    return said.decode()


async def test_a_worker_sweeps_a_large_event_and_the_operator_reads_and_replays_it(
    secured: SecuredNats,
) -> None:
    async with (
        JetStreamBus(secured.address_of("gateway")) as gateway,
        JetStreamBus(secured.address_of("worker")) as worker,
    ):
        await gateway.ensure(TOPOLOGY)
        bodies = Bodies(await gateway.bucket(TOPOLOGY.bodies), gateway.max_payload)
        await gateway.store(await bodies.cut(Message(EVENT, LARGE, HEADERS)))
        failing = await worker.consume(TOPOLOGY.lane_consumer(3), refuse, 1)
        async with sweeping(worker) as buried:
            await eventually(lambda: buried == [("event", "max-deliveries")], within=60.0)
        await failing.stop()
        assert await gateway.find(TOPOLOGY.events) is None
        assert "max-deliveries" in await operate(secured, "list")
        assert "x" * 1_500_000 in await operate(secured, "show", "1")
        await operate(secured, "replay", "1")
        again = await gateway.find(TOPOLOGY.events)
        assert again is not None
        assert (await bodies.whole(again.message)).body == LARGE
