"""The same script in two ways: as ``python bot.py``, and on a gateway and two workers."""

import asyncio
import logging
import runpy
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import discord

from runtime.bus.interface import Bus
from runtime.bus.jetstream import JetStreamBus
from runtime.gateway.service import GatewayService
from runtime.probes import Probes
from runtime.telemetry import Telemetry
from runtime.worker import bot_app
from runtime.worker.service import WorkerService
from simulator import FakeDiscord
from simulator.core.world import Json
from simulator.hosting import pointed
from tests.eventually import eventually
from tests.examples.people import Scene
from tests.examples.record import Record
from tests.integration.gateways import discord_py_restored
from tests.integration.hosting import settings_for

GUILDS = 2


@asynccontextmanager
async def fake_discord() -> AsyncIterator[Scene]:
    """An empty Discord whose replies are recorded."""
    async with FakeDiscord(rate=0, guilds=GUILDS) as fake:
        record = Record()
        fake.api.replies = record
        publish = fake.api.hub.publish

        def published(event: str, guild_id: int | None, data: Json) -> bool:
            record.published(event, data)
            return publish(event, guild_id, data)

        hub: Any = fake.api.hub
        hub.publish = published
        with _logins() as clients:
            yield Scene(fake, record, clients)


@asynccontextmanager
async def in_one_process(path: Path, ready: bool) -> AsyncIterator[Scene]:
    """``python bot.py``: the script in a thread, with discord.py alone."""
    async with fake_discord() as scene:
        clients = scene.clients
        with pointed(scene.fake.url, scene.fake.gateway_url):
            script = threading.Thread(target=_run, args=(path,))
            script.start()
            try:
                await eventually(lambda: clients and _is_there(clients[0], ready), within=30.0)
                yield scene
            finally:
                for client in clients:
                    asyncio.run_coroutine_threadsafe(client.close(), client.loop)
                await asyncio.to_thread(script.join, 30.0)
                assert not script.is_alive()


def _run(path: Path) -> None:
    main = sys.modules["__main__"]
    handlers = list(logging.getLogger("discord").handlers)
    try:
        runpy.run_path(str(path), run_name="__main__")
    finally:
        sys.modules["__main__"] = main
        logging.getLogger("discord").handlers[:] = handlers


@contextmanager
def _logins() -> Iterator[list[discord.Client]]:
    """The clients that log in while this lasts."""
    login, clients = discord.Client.login, list[discord.Client]()

    async def noted(client: discord.Client, token: str) -> None:
        clients.append(client)
        await login(client, token)

    client_type: Any = discord.Client
    client_type.login = noted
    try:
        yield clients
    finally:
        client_type.login = login


def _is_there(client: discord.Client, ready: bool) -> bool:
    known = [guild for guild in client.guilds if not guild.unavailable]
    return len(known) == GUILDS and (client.is_ready() or not ready)


@asynccontextmanager
async def on_two_workers(path: Path, nats_url: str, prefix: str) -> AsyncIterator[Scene]:
    """A gateway and two workers, each with the script of its own, on a real nats-server."""
    stop, main = asyncio.Event(), sys.modules["__main__"]
    async with fake_discord() as scene, AsyncExitStack() as stack:
        await stack.enter_async_context(discord_py_restored())
        buses = [await stack.enter_async_context(JetStreamBus(nats_url)) for _ in range(3)]
        telemetries = [Telemetry() for _ in buses]
        probes = [Probes(telemetry) for telemetry in telemetries]
        async with asyncio.TaskGroup() as running:
            try:
                for number, (bus, telemetry, probe) in enumerate(
                    zip(buses, telemetries, probes, strict=True)
                ):
                    service = _service(number, path, scene.fake, prefix, bus, telemetry, probe)
                    running.create_task(service.run(stop))
                await eventually(lambda: all(one.all_ready() for one in probes), within=60.0)
                await eventually(lambda: _handled(telemetries) >= GUILDS, within=30.0)
                yield scene
            finally:
                stop.set()
                sys.modules["__main__"] = main


def _service(
    number: int, path: Path, fake: FakeDiscord, prefix: str, bus: Bus, telemetry: Telemetry,
    probes: Probes,
) -> GatewayService | WorkerService:  # fmt: skip
    name = {"SUBJECT_PREFIX": prefix, "WORKER_NAME": f"worker-{number}", "DEFER_AFTER": "3"}
    settings = settings_for(fake, **name)
    if number == 0:
        return GatewayService(settings, bus, telemetry, probes)
    return WorkerService(settings, bus, bot_app.load(str(path)), telemetry, probes)


def _handled(telemetries: list[Telemetry]) -> float:
    """Events that were handled, by all workers: the first are the GUILD_CREATEs."""
    labels = {"traffic": "event", "outcome": "handled"}
    values = [
        telemetry.registry.get_sample_value("multipod_worker_events_total", labels)
        for telemetry in telemetries
    ]
    return sum(filter(None, values))
