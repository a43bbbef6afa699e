"""Gateway and worker in one process, stopped one after the other: what was taken in is handled."""

import asyncio

from runtime.bus.interface import Bus
from runtime.core.topology import Topology
from runtime.gateway.service import GatewayService
from runtime.worker.service import WorkerService

POLL = 0.05


async def run(
    gateway: GatewayService,
    worker: WorkerService,
    bus: Bus,
    topology: Topology,
    stop: asyncio.Event,
    grace: float,
) -> None:
    """Run both until ``stop``; then the worker goes on until its backlog is empty."""
    gateway_is_done = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run(gateway_is_done))
        await gateway.run(stop)
        try:
            async with asyncio.timeout(grace):
                await _work_off(bus, topology)
        except TimeoutError:
            pass
        gateway_is_done.set()


async def _work_off(bus: Bus, topology: Topology) -> None:
    """Wait until no event is left: this bus forgets them with the process."""
    for consumer in topology.consumers:
        while await bus.backlog(consumer):  # noqa: ASYNC110
            await asyncio.sleep(POLL)
