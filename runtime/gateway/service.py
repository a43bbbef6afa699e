"""The gateway from start to hand-over: log in, take the lease, connect, forward, let go."""

import asyncio
import logging
import os
import secrets
import socket as sockets
import time
from contextlib import suppress

import discord

from runtime.bus.bodies import Bodies
from runtime.bus.ending import end
from runtime.bus.interface import Bus, KeyValue
from runtime.bus.lease import Lease, held_keys
from runtime.bus.manifests import Manifests
from runtime.core.identify import GatewayBot
from runtime.core.manifest import Manifest, newest, wanted_types
from runtime.core.rest import InvalidRequests
from runtime.core.routing import Subjects
from runtime.core.session import Patience
from runtime.core.shards import ShardRange, ordinal_of
from runtime.core.topology import Topology
from runtime.errors import BusUnavailable, StartError
from runtime.gateway.checkpoints import Checkpoints
from runtime.gateway.deadline_guard import DeadlineGuard
from runtime.gateway.forwarder import Forwarder
from runtime.gateway.login import find_intents, log_in
from runtime.gateway.registrar import Registrar
from runtime.gateway.rest_executor import RestExecutor
from runtime.gateway.shards import Shards
from runtime.gateway.starts import Starts
from runtime.probes import Probes
from runtime.settings import Settings
from runtime.stopping import unless_stopped
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

MANIFESTS_EVERY = 1.0
OVERLAP_POLL = 0.25
REQUESTS_WITHIN = 5.0
"""Seconds that requests in hand may hold up the hand-over."""

PATIENCE = 1.5
"""Lifetimes of a lease that a gateway waits for others of its shards to be gone."""


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
        self._bus = bus
        self._telemetry = telemetry
        self._subjects = Subjects(settings.subject_prefix)
        self._topology = Topology(self._subjects)
        self._forwarder = Forwarder(bus, self._topology, telemetry, settings.buffer_events)
        self._told_intents = 0
        self._invalid = InvalidRequests()
        self._guard = DeadlineGuard(bus, self._subjects, settings, telemetry)
        self._forwarder.on_interaction = self._guard.seen
        self._shards = Shards(self._forwarder, telemetry, patience)
        probes.ready("gateway", lambda: self._shards.are_connected)
        probes.live("gateway", lambda: self._shards.hear)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``; then leave sessions that the next process resumes.

        Raises:
            ConfigurationError: SHARDS and SHARD_ORDINAL name no shards.
            StartError: Discord cannot be reached or refuses; NATS does not do what is needed.
            LeaseLost, RevisionConflict: another gateway took over.
        """
        client, gateway = await log_in(self._settings, self._invalid)
        try:
            held = self._find_shards(client, gateway)
            await self._bus.ensure(self._topology)
            leases = await self._bus.bucket(self._topology.leases)
            lease = Lease(leases, held.lease, _own_name(), self._topology.leases.ttl)
            if await unless_stopped(stop, lease.acquire(_log_standby)):
                try:
                    await self._refuse_overlap(held, leases)
                    await self._serve(client, gateway, held, lease, stop)
                finally:
                    await lease.release()
        except BusUnavailable as error:
            raise StartError(f"NATS does not do what is needed: {error}") from None
        finally:
            await client.close()

    async def _refuse_overlap(self, held: ShardRange, leases: KeyValue) -> None:
        """Two gateways on one shard would store its events twice, each with ids of its own.

        Who was killed has its lease for a while, so this is patient.
        """
        deadline = time.monotonic() + PATIENCE * self._topology.leases.ttl
        while others := [key for key in await held_keys(leases) if held.overlaps(key)]:
            if time.monotonic() > deadline:
                raise StartError(
                    f"SHARDS {held} overlaps with a gateway that runs ({', '.join(others)}): "
                    "stop it, or give each its own range of one total"
                )
            await asyncio.sleep(OVERLAP_POLL)

    def _find_shards(self, client: discord.Client, gateway: GatewayBot) -> ShardRange:
        ordinal = self._settings.shard_ordinal
        if ordinal is None:
            ordinal = ordinal_of(sockets.gethostname())
        held = self._settings.shards.resolve(gateway.shards, ordinal)
        client.shard_count = client._connection.shard_count = held.total  # noqa: SLF001
        log.info("shards %s", held)
        return held

    async def _serve(
        self,
        client: discord.Client,
        gateway: GatewayBot,
        held: ShardRange,
        lease: Lease,
        stop: asyncio.Event,
    ) -> None:
        state = await self._bus.bucket(self._topology.state)
        manifests = Manifests(await self._bus.bucket(self._topology.workers))
        checkpoints = Checkpoints(state)
        bodies = Bodies(await self._bus.bucket(self._topology.bodies), self._bus.max_payload)
        executor = self._executor(client, state, manifests, bodies)
        # One authority for the rate limits: of several ranges, the one that leads.
        serving = (
            await self._bus.serve(self._subjects.rest, executor.answer) if held.leads else None
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                background = [
                    tasks.create_task(self._follow(manifests, client)),
                    tasks.create_task(lease.keep()),
                    tasks.create_task(self._shards.keep_saving(checkpoints)),
                    tasks.create_task(self._guard.run()),
                ]
                if await unless_stopped(stop, self._learn_intents(client, manifests, state)):
                    starts = Starts(client, lease, self._forwarder, state, gateway)
                    await self._shards.load(held, client, starts, checkpoints)
                    await self._shards.hold(stop)
                await end(background)
        finally:
            if serving is not None:
                await serving.stop()
        await self._hand_over(checkpoints, executor)

    def _executor(
        self, client: discord.Client, state: KeyValue, manifests: Manifests, bodies: Bodies
    ) -> RestExecutor:
        registrar = Registrar(
            client.http, state, _Deciding(manifests), prune=self._settings.prune_commands
        )
        return RestExecutor(client.http, registrar, bodies, self._invalid, self._telemetry)

    async def _learn_intents(
        self, client: discord.Client, manifests: Manifests, state: KeyValue
    ) -> None:
        client._connection._intents = await find_intents(manifests, state)  # noqa: SLF001

    async def _hand_over(self, checkpoints: Checkpoints, executor: RestExecutor) -> None:
        """Wait for the last acknowledgements and answers, then write where to resume."""
        flushed, _ = await asyncio.gather(
            self._forwarder.flush(self._settings.grace_period),
            executor.finished(min(REQUESTS_WITHIN, self._settings.grace_period)),
        )
        await self._shards.save(checkpoints)
        left = "" if flushed else f"; {self._forwarder.unacknowledged} events left to the next"
        log.info("gateway stopped, its sessions can be resumed%s", left)

    async def _follow(self, manifests: Manifests, client: discord.Client) -> None:
        """Publish what the workers want published."""
        while True:
            with suppress(BusUnavailable):
                found = await manifests.read()
                if found:
                    self._forwarder.wanted = wanted_types(found, self._settings.event_types)
                    self._compare_intents(client, found)
            await asyncio.sleep(MANIFESTS_EVERY)

    def _compare_intents(self, client: discord.Client, found: list[Manifest]) -> None:
        """A session keeps its intents; a bot that asks for others needs a new one."""
        deciding = newest(found)
        wanted = deciding.intents if deciding is not None else self._told_intents
        if wanted not in {client.intents.value, self._told_intents} and self._shards.are_connected:
            self._told_intents = wanted
            log.warning("the bot asks for other intents now: restart the gateway to use them")


class _Deciding:
    """Whether a worker runs the version whose commands count."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests

    async def __call__(self, worker: str) -> bool:
        found = await self._manifests.read()
        deciding = newest(found)
        mine = next((manifest for manifest in found if manifest.worker == worker), None)
        return deciding is None or mine is None or mine.version == deciding.version


def _own_name() -> str:
    """Different for every process, in containers too, which share host names and process ids."""
    return f"{sockets.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def _log_standby(holder: str) -> None:
    log.info("standing by: the gateway is %s", holder)
