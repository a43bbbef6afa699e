"""The gateway from start to hand-over: log in, take the lease, connect, forward, let go."""

import asyncio
import logging
import os
import socket as sockets
import time
from contextlib import suppress

import discord

from runtime.bus.interface import Bus, KeyValue
from runtime.bus.lease import Lease
from runtime.bus.manifests import Manifests
from runtime.core.identify import GatewayBot
from runtime.core.manifest import newest, wanted_types
from runtime.core.routing import Subjects
from runtime.core.session import Patience
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable, StartError
from runtime.gateway.checkpoints import Checkpoints
from runtime.gateway.connection import Shard
from runtime.gateway.forwarder import Forwarder
from runtime.gateway.login import find_intents, log_in
from runtime.gateway.registrar import Registrar
from runtime.gateway.rest_executor import RestExecutor
from runtime.gateway.starts import Starts
from runtime.probes import Probes
from runtime.settings import Settings
from runtime.stopping import unless_stopped
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

CHECKPOINT_EVERY = 0.25
MANIFESTS_EVERY = 1.0
SILENT_AFTER = 90.0
HANG_UP_WITHIN = 4.0


class GatewayService:
    """One gateway process, or the gateway half of a standalone one."""

    def __init__(
        self,
        settings: Settings,
        bus: Bus,
        telemetry: Telemetry,
        probes: Probes,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self._settings = settings
        self._patience = patience
        self._bus = bus
        self._telemetry = telemetry
        self._subjects = Subjects(settings.subject_prefix)
        self._topology = Topology(self._subjects)
        self._forwarder = Forwarder(bus, self._subjects, telemetry, settings.buffer_events)
        self._shards: list[Shard] = []
        self._connections = telemetry.counter(
            "gateway_connections", "Sessions begun or resumed", "kind"
        )
        probes.ready("gateway", self._is_connected)
        probes.live("gateway", self._hears)

    def _is_connected(self) -> bool:
        return bool(self._shards) and all(shard.is_live for shard in self._shards)

    def _hears(self) -> bool:
        now = time.monotonic()
        return all(now - shard.last_heard < SILENT_AFTER for shard in self._shards if shard.is_live)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``; then leave sessions that the next process resumes.

        Raises:
            StartError: Discord cannot be reached or refuses; NATS does not do what is needed.
            LeaseLost, RevisionConflict: another gateway took over.
        """
        client, gateway = await log_in(self._settings)
        try:
            await self._bus.ensure(self._topology)
            leases = await self._bus.bucket(self._topology.leases)
            holder = f"{sockets.gethostname()}-{os.getpid()}"
            lease = Lease(leases, "gateway", holder, self._topology.leases.ttl)
            if await unless_stopped(stop, lease.acquire(_log_standby)):
                try:
                    await self._serve(client, gateway, lease, stop)
                finally:
                    await lease.release()
        except BusUnavailable as error:
            raise StartError(f"NATS does not do what is needed: {error}") from None
        finally:
            await client.close()

    async def _serve(
        self, client: discord.Client, gateway: GatewayBot, lease: Lease, stop: asyncio.Event
    ) -> None:
        state = await self._bus.bucket(self._topology.state)
        manifests = Manifests(await self._bus.bucket(self._topology.workers))
        checkpoints = Checkpoints(state)
        executor = self._executor(client, state, manifests)
        serving = await self._bus.serve(self._subjects.rest, executor.answer)
        try:
            async with asyncio.TaskGroup() as tasks:
                background = [
                    tasks.create_task(self._follow(manifests)),
                    tasks.create_task(lease.keep()),
                    tasks.create_task(self._keep_saving(checkpoints)),
                ]
                if await unless_stopped(stop, self._learn_intents(client, manifests, state)):
                    starts = Starts(client, lease, self._forwarder, gateway)
                    await self._make_shards(client, starts, checkpoints)
                    await self._hold_shards(stop)
                for task in background:
                    task.cancel()
            await self._hand_over(checkpoints)
        finally:
            await serving.stop()

    def _executor(
        self, client: discord.Client, state: KeyValue, manifests: Manifests
    ) -> RestExecutor:
        registrar = Registrar(
            client.http, state, _Deciding(manifests), prune=self._settings.prune_commands
        )
        return RestExecutor(client.http, registrar, self._telemetry)

    async def _learn_intents(
        self, client: discord.Client, manifests: Manifests, state: KeyValue
    ) -> None:
        client._connection._intents = await find_intents(manifests, state)  # noqa: SLF001

    async def _make_shards(
        self, client: discord.Client, starts: Starts, checkpoints: Checkpoints
    ) -> None:
        count = client.shard_count or 1
        for number in range(count):
            checkpoint = await checkpoints.load(number, count)
            self._shards.append(
                Shard(
                    number,
                    client,
                    self._forwarder,
                    starts,
                    checkpoint,
                    self._on_connection,
                    self._patience,
                )
            )

    async def _hold_shards(self, stop: asyncio.Event) -> None:
        """Hold all shards until ``stop``; then hang up so that each can be resumed."""
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self._hold(shard)) for shard in self._shards]
            await stop.wait()
            await asyncio.gather(*(shard.stop() for shard in self._shards))
            _, late = await asyncio.wait(running, timeout=HANG_UP_WITHIN)
            for task in late:
                task.cancel()

    async def _hold(self, shard: Shard) -> None:
        refused = await shard.run()
        if refused is not None:
            raise StartError(f"Discord refuses the connection: {refused.value}")

    async def _hand_over(self, checkpoints: Checkpoints) -> None:
        """Wait for the last acknowledgements, then write where to resume."""
        flushed = await self._forwarder.flush(self._settings.grace_period)
        await self._save(checkpoints)
        left = "" if flushed else f"; {self._forwarder.unacknowledged} events left to the next"
        log.info("gateway stopped, its sessions can be resumed%s", left)

    async def _keep_saving(self, checkpoints: Checkpoints) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_EVERY)
            await self._save(checkpoints)

    async def _save(self, checkpoints: Checkpoints) -> None:
        for shard in self._shards:
            if shard.progress is not None:
                await checkpoints.save(shard.progress)

    async def _follow(self, manifests: Manifests) -> None:
        """Publish what the workers want published."""
        while True:
            with suppress(BusUnavailable):
                found = await manifests.read()
                if found:
                    self._forwarder.wanted = wanted_types(found, self._settings.event_types)
            await asyncio.sleep(MANIFESTS_EVERY)

    def _on_connection(self, shard: int, what: str, detail: str) -> None:
        if what in {"identified", "resumed"}:
            self._connections.labels("identify" if what == "identified" else "resume").inc()
        log.info("connection", extra={"fields": {"shard": shard, "state": what, "detail": detail}})


class _Deciding:
    """Whether a worker runs the version whose commands count."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests

    async def __call__(self, worker: str) -> bool:
        found = await self._manifests.read()
        deciding = newest(found)
        mine = next((manifest for manifest in found if manifest.worker == worker), None)
        return deciding is None or mine is None or mine.version == deciding.version


def _log_standby(holder: str) -> None:
    log.info("standing by: the gateway is %s", holder)
