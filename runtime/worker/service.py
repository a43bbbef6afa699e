"""The worker from start to drain: load the bot, log in through the gateway, consume, let go."""

import asyncio
import inspect
import logging
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import discord
from discord.http import Route

from runtime import discord_api
from runtime.bus.ending import end
from runtime.bus.interface import Bus
from runtime.bus.lease import Lease
from runtime.bus.manifests import Manifests
from runtime.caretaker import Caretaker
from runtime.core.manifest import Manifest, appearance
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.errors import BusError, BusUnavailable, StartError
from runtime.probes import Probes
from runtime.settings import Settings
from runtime.stopping import unless_stopped
from runtime.telemetry import Telemetry
from runtime.worker.bot_app import BotApp
from runtime.worker.bot_host import BotHost
from runtime.worker.consumer import Consumer, Handle
from runtime.worker.guild_state import GuildState
from runtime.worker.leadership import Leadership
from runtime.worker.lingering import Lingering
from runtime.worker.members import Members
from runtime.worker.meters import Meters
from runtime.worker.rest_client import RestClient
from runtime.worker.seen import Seen
from runtime.worker.waiters import Waiters

log = logging.getLogger(__name__)

RETRY = 0.5
STREAMS_WITHIN = 30.0
"""Seconds for a gateway that starts together with its workers."""


class WorkerService:
    """One worker process, or the worker half of a standalone one."""

    def __init__(
        self, settings: Settings, bus: Bus, app: BotApp, telemetry: Telemetry, probes: Probes
    ) -> None:
        self._settings = settings
        self._bus = bus
        self._app = app
        self._telemetry = telemetry
        self._topology = Topology(Subjects(settings.subject_prefix))
        self._name = settings.worker_name or f"{socket.gethostname()}-{os.getpid()}"
        self._meters = Meters(telemetry)
        self._consumer: Consumer | None = None
        self._stop_by = 0.0
        probes.ready("worker", lambda: self._consumer is not None and bus.connected)
        probes.ready("handlers", lambda: self._consumer is None or not self._consumer.is_failing())

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``, then drain.

        Raises:
            StartError: NATS does not do what is needed, or the bot cannot be started.
        """
        try:
            if not await unless_stopped(stop, self._find_streams()):
                return
            manifests = Manifests(await self._bus.bucket(self._topology.workers))
        except BusUnavailable as error:
            raise StartError(f"NATS does not do what is needed: {error}") from None
        async with asyncio.TaskGroup() as tasks, self._hosted(stop, manifests, tasks) as handle:
            if handle is None:
                return
            consumer = Consumer(
                self._bus, self._topology, handle, self._meters, self._name,
                self._settings.handler_timeout,
            )  # fmt: skip
            caretaker = Caretaker(
                self._bus, self._topology, self._name, self._telemetry, self._meters.buried
            )
            background = [
                tasks.create_task(consumer.keep_in_progress()),
                tasks.create_task(caretaker.run()),
            ]
            await consumer.start(tasks)
            self._consumer = consumer
            log.info("worker %s consumes", self._name)
            await stop.wait()
            self._consumer = None
            self._stop_by = asyncio.get_running_loop().time() + self._settings.grace_period
            left = await consumer.drain(self._settings.grace_period)
            log.info("worker stopped, %d events handed back", left)
            await caretaker.resign()
            await end(background)

    async def _find_streams(self) -> None:
        """What the gateway made will do: a worker need not have the right to make anything, and
        waits for a gateway that starts at the same time.

        Raises:
            BusUnavailable: there is nothing, and it cannot be made.
        """
        deadline = time.monotonic() + STREAMS_WITHIN
        while True:
            with suppress(BusUnavailable):
                await self._bus.backlog(self._topology.consumers[-1])
                return
            try:
                await self._bus.ensure(self._topology)
            except BusUnavailable:
                if time.monotonic() > deadline:
                    raise
            else:
                return
            log.info("waiting for the gateway, which makes the streams")
            await asyncio.sleep(RETRY)

    @asynccontextmanager
    async def _hosted(
        self, stop: asyncio.Event, manifests: Manifests, tasks: asyncio.TaskGroup
    ) -> AsyncIterator[Handle | None]:
        """The bot's way to handle an event; None when ``stop`` came first."""
        target = self._app.target
        if inspect.iscoroutinefunction(target):
            types = getattr(target, "event_types", None)
            wanted = discord.Intents.all() if types is None else discord.Intents.default()
            async with self._announced(manifests, wanted.value, types, tasks):
                yield target
            return
        discord_api.point_at(self._settings.discord_api_url)
        leadership = await self._leadership()
        leadership.govern()
        leading = tasks.create_task(leadership.run())
        async with self._app.client(tasks) as client, self._bot(client, tasks) as (host, rest):
            intents = client.intents.value
            async with self._announced(manifests, intents, host.event_types(), tasks):
                started = await unless_stopped(stop, self._start_bot(host, rest))
                yield host.handle if started else None
                await host.let_end(self._stop_by - asyncio.get_running_loop().time())
                await leadership.resign()
                await end([leading])

    @asynccontextmanager
    async def _bot(
        self, client: discord.Client, tasks: asyncio.TaskGroup
    ) -> AsyncIterator[tuple[BotHost, RestClient]]:
        subjects = self._topology.subjects
        rest = RestClient(self._bus, subjects.rest, self._name)
        state = client._connection  # noqa: SLF001
        guilds = GuildState(self._bus, self._topology, state, self._name)
        waiters = Waiters(self._bus, subjects, client, guilds, tasks)
        seen = Seen(self._bus, self._topology, client)
        lingering = Lingering(tasks, self._settings.handler_timeout, self._meters)
        members = Members(client)
        async with BotHost(
            client, rest, guilds, waiters, seen, members, lingering, self._meters
        ) as host:
            yield host, rest

    async def _leadership(self) -> Leadership:
        bucket = await self._bus.bucket(self._topology.leases)
        return Leadership(Lease(bucket, "background", self._name, self._topology.leases.ttl))

    async def _start_bot(self, host: BotHost, rest: RestClient) -> None:
        try:
            await self._await_gateway(rest)
            await host.start()
        except discord.HTTPException as error:
            raise StartError(f"the bot cannot log in: {error}") from None

    async def _await_gateway(self, rest: RestClient) -> None:
        """Wait until somebody executes our requests; discord.py can log in only once."""
        waiting = False
        while True:
            try:
                await rest.request(Route("GET", "/users/@me"))
            except discord.DiscordServerError as error:
                if error.status != 503:
                    raise
                if not waiting:
                    log.info("waiting for the gateway (%s)", error.text)
                    waiting = True
                await asyncio.sleep(RETRY)
            else:
                return

    @asynccontextmanager
    async def _announced(
        self,
        manifests: Manifests,
        intents: int,
        event_types: list[str] | None,
        tasks: asyncio.TaskGroup,
    ) -> AsyncIterator[None]:
        """Say what the bot needs for as long as this lasts."""
        version = self._settings.bot_version or self._app.version
        appeared = appearance(version, await manifests.read(), time.time())
        manifest = Manifest(self._name, version, appeared, intents, event_types)
        await manifests.publish(manifest)
        repeating = tasks.create_task(self._repeat(manifests, manifest))
        try:
            yield
        finally:
            await end([repeating])
            with suppress(BusError):
                await manifests.withdraw(self._name)

    async def _repeat(self, manifests: Manifests, manifest: Manifest) -> None:
        while True:
            await asyncio.sleep(self._topology.workers.ttl / 4)
            with suppress(BusError):
                await manifests.publish(manifest)
