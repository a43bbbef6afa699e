"""What one process does for all: sweep events that kill their workers, watch the backlog.

An event whose deliveries are used up stays in its work queue and nobody gets it any more. The
broker's advisory about it waits in a stream of its own, also while nobody sweeps. Whoever holds the
lease makes a dead letter of the event, then removes it.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from runtime.bus.dead_letters import DeadLetters
from runtime.bus.interface import Bus, Delivery
from runtime.bus.lease import Lease
from runtime.core import advisory
from runtime.core.delivery import exhausted
from runtime.core.routing import TrafficClass
from runtime.core.topology import Topology
from runtime.errors import BusError, BusUnavailable, LeaseLost, MalformedEnvelope
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

LEASE = "sweeper"
BACKLOG_EVERY = 15.0
RETRY = 30.0
CREDIT = 8


class Caretaker:
    """Waits for the lease, then does the work for as long as it holds it.

    Args:
        holder: this process's name in the lease.
        buried: hears the class and the reason of every dead letter made here.
    """

    def __init__(
        self,
        bus: Bus,
        topology: Topology,
        holder: str,
        telemetry: Telemetry,
        buried: Callable[[str, str], None],
    ) -> None:
        self._bus = bus
        self._topology = topology
        self._holder = holder
        self._dead_letters = DeadLetters(bus, topology, buried)
        self._backlog = telemetry.gauge(
            "backlog", "Events that are not acknowledged; one worker tells", "traffic"
        )
        self._lease: Lease | None = None

    async def run(self) -> None:
        """Work for ever, whenever nobody else does."""
        leases = await self._bus.bucket(self._topology.leases)
        while True:
            lease = Lease(leases, LEASE, self._holder, self._topology.leases.ttl)
            await lease.acquire()
            self._lease = lease
            log.info("this process sweeps and watches the backlog")
            try:
                await self._work(lease)
            except* LeaseLost:
                log.info("another process sweeps")
            finally:
                self._lease = None
                self._backlog.clear()

    async def resign(self) -> None:
        """Let another process have the lease at once."""
        if self._lease is not None:
            await self._lease.release()

    async def _work(self, lease: Lease) -> None:
        async with AsyncExitStack() as ends, asyncio.TaskGroup() as tasks:
            tasks.create_task(lease.keep())
            for consumer in self._topology.advisory_consumers:
                subscription = await self._bus.consume(consumer, self.sweep, CREDIT)
                ends.push_async_callback(subscription.stop)
            await self._watch_backlog()

    async def sweep(self, delivery: Delivery) -> None:
        """Make a dead letter of the event that an advisory is about."""
        try:
            told = advisory.read(delivery.message.body)
        except MalformedEnvelope as error:
            log.warning("%s", error)
            await delivery.ack()
            return
        try:
            await self._bury(told)
        except BusError as error:
            log.error("an exhausted event cannot be swept, trying again: %s", error)  # noqa: TRY400
            await delivery.nak(RETRY)
            return
        await delivery.ack()

    async def _bury(self, told: advisory.Exhausted) -> None:
        queues = (self._topology.interactions, self._topology.events)
        queue = next((one for one in queues if one.name == told.stream), None)
        if queue is None:
            return
        found = await self._bus.find(queue, told.stream_seq - 1)
        if found is None or found.sequence != told.stream_seq:
            return  # handled after all, or swept before
        dead = exhausted(told.deliveries)
        await self._dead_letters.keep(found.message, found.sequence, told.deliveries, dead)
        await self._bus.remove(queue, found.sequence)
        log.error("dead letter: %s %s: %s", found.message.subject, dead.reason, dead.error)

    async def _watch_backlog(self) -> None:
        while True:
            with suppress(BusUnavailable):
                await self._count_backlog()
            await asyncio.sleep(BACKLOG_EVERY)

    async def _count_backlog(self) -> None:
        interactions = await self._bus.backlog(self._topology.interaction_consumer)
        events = sum([await self._bus.backlog(lane) for lane in self._topology.lane_consumers])
        self._backlog.labels(TrafficClass.INTERACTION).set(interactions)
        self._backlog.labels(TrafficClass.EVENT).set(events)
