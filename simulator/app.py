"""The fake Discord: joins the core to the sockets and runs the open loop.

From a test:

    async with FakeDiscord(guilds=2) as discord:
        bot connects to discord.url and discord.gateway_url
        reply = await discord.user("ann").slash("round create", course="Maple Hill")
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from simulator.core import storms
from simulator.core.faults import Fault, Faults, parse
from simulator.core.hub import Hub, Identifies, daily
from simulator.core.ledger import Ledger
from simulator.core.mix import Mix
from simulator.core.offer import BATCH, Offer, Source
from simulator.core.pace import Pace
from simulator.core.recording import Playback, Schedule
from simulator.core.rest.context import Api
from simulator.core.rest.limits import Limits
from simulator.core.rest.route import Request, Response
from simulator.core.scene import Scenes
from simulator.core.shapes import Shape
from simulator.core.snowflake import Snowflakes
from simulator.core.storms import Storm, Storms
from simulator.core.terms import Terms
from simulator.core.world import Json, World
from simulator.errors import CannotStart, WrongValue
from simulator.servers.admin import Admin
from simulator.servers.gateway import RESUME_PATH, Gateway
from simulator.servers.rest import MAX_BODY, Rest
from simulator.settings import Settings
from simulator.users import User

if TYPE_CHECKING:
    import discord

_IDLE = 0.05  # seconds between turns when nothing is due
_TURN = 0.001
_LAST_ANSWERS = 5.0  # seconds to wait for what is owed when the duration is over


class FaultBox:
    """The faults of one fake Discord, as a test arms them."""

    def __init__(self, discord: "FakeDiscord") -> None:
        self._discord = discord

    def add(self, fault: Fault | str, **details: Any) -> Fault:
        """Arm a fault: `add("close", code=4000)`. Raises WrongValue."""
        armed = parse({"kind": fault, **details}) if isinstance(fault, str) else fault
        self._discord.add_fault(armed)
        return armed

    def clear(self) -> None:
        """Disarm everything."""
        self._discord.api.faults.clear()


class FakeDiscord:
    """One fake Discord on one port. Use as an async context manager, in the caller's loop."""

    def __init__(self, settings: Settings | None = None, **changes: Any) -> None:
        self.settings = replace(settings or Settings(), **changes)
        self._started = time.monotonic(), time.time()
        book, given = Ledger(), self.settings
        world, ids = World(given.guilds, given.seed), Snowflakes()
        faults = Faults(lambda kind: book.faults.update([kind]))
        total = daily(given.guilds) if given.identifies is None else given.identifies
        budget = Identifies(given.max_concurrency, total, given.identify_window)
        hub = Hub(world, book, faults, given.bounds, budget)
        scenes = Scenes(world)
        self.api = Api(
            world,
            hub,
            book,
            faults,
            ids,
            scenes,
            shards=given.shards,
            token=given.token,
            limits=Limits() if given.limits else None,
        )
        mix = Mix(world, scenes, ids, given.seed, given.profile, given.probes)
        self.pace = Pace(given.rate, given.duration, given.shape)
        source: Source = mix
        if given.replay is not None:
            self.pace = Schedule(given.replay, given.speed, given.duration)
            source = Playback(given.replay, world, ids)
        self._mix = mix
        self._storms = Storms(world, scenes, ids, mix, self.api.commands)
        self._planned = sorted(given.storms, key=lambda plan: plan[0])
        self.faults = FaultBox(self)
        self._offer = Offer(self.api, source, self.pace, given.grace, self._storms)
        self._gateway = Gateway(hub, self.clock)
        self._rest = Rest(self.api, self.clock, self.flush)
        self.outlets: list[Callable[[], None]] = []  # told, like the sockets, that events wait
        self._stack = contextlib.AsyncExitStack()
        self._stopping = asyncio.Event()
        self._final: Json | None = None
        self._checked_at = 0.0
        self._over_at: float | None = None

    # -- life

    def clock(self) -> float:
        """Seconds since the Unix epoch that never jump."""
        monotonic, wall = self._started
        return wall + time.monotonic() - monotonic

    async def __aenter__(self) -> Self:
        """Serve. Raises CannotStart when the port cannot be had."""
        app = web.Application(client_max_size=MAX_BODY)
        for path in ("/gateway", "/gateway/{rest:.*}", "/"):
            app.router.add_get(path, self._gateway.connect)
        app.router.add_routes(Admin(self).routes())
        app.router.add_route("*", "/api/{rest:.*}", self._rest.handle)
        app.router.add_get("/attachments/{id}/{name}", self._rest.file)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await self._listen(runner)
        for fault in self.settings.faults:
            self.add_fault(replace(fault))
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._stack.callback(self.stop)
        self._tasks.create_task(self._run(), name="offer")
        return self

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self.settings.host, self.settings.port
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await self._stack.aclose()
            reason = os.strerror(error.errno or 0).lower()
            raise CannotStart(f"cannot listen on {host}:{port}: {reason}") from None
        self.port: int = runner.addresses[0][1]
        self.api.gateway_url = self.gateway_url
        self._gateway.terms = Terms(
            self.settings.heartbeat, token=self.settings.token, allowed=self.settings.privileged,
            resume_url=self.gateway_url.removesuffix("/gateway") + RESUME_PATH,
            zlib_level=self.settings.zlib_level,
        )  # fmt: skip

    async def __aexit__(self, *reason: object) -> None:
        self._gateway.shut()
        await self._stack.aclose()

    def stop(self) -> None:
        """End the open loop."""
        self._stopping.set()

    async def finished(self) -> None:
        """Wait until the duration is over, or until `stop`."""
        await self._stopping.wait()

    async def _run(self) -> None:
        """Turn after turn: faults, events, writes; sleeps until the next event is intended."""
        while not self._stopping.is_set():
            now = self.clock()
            self._gateway.strike(now)
            self._break_out(now)
            emitted = self._offer.turn(now)
            self.flush()
            self._check(now)
            if self._is_over(now):
                self.stop()
            await asyncio.sleep(0 if emitted >= BATCH else self._pause(now))

    def flush(self) -> None:
        """Write what waits, to sockets and outlets."""
        self._gateway.flush()
        for told in self.outlets:
            told()

    def _pause(self, now: float) -> float:
        times = [at for at in (self.pace.next_at(), self._storms.next_at()) if at is not None]
        return min(_IDLE, max(_TURN, min(times) - now)) if times else _IDLE

    def _break_out(self, now: float) -> None:
        """Begin the storms that were planned for now."""
        started = self.pace.started
        while self._planned and started is not None and now >= started + self._planned[0][0]:
            storm = self._planned.pop(0)[1]
            try:
                self._storm(storm)
            except WrongValue:  # a flash crowd, and the bot has no command
                self._storms.counts[f"{storm.kind} impossible"] += 1

    def _check(self, now: float) -> None:
        if now - self._checked_at > 0.2:
            self._checked_at = now
            self._gateway.check()
            self.api.hub.expire(now)

    def _is_over(self, now: float) -> bool:
        if self.pace.ends is None or not self.pace.over(now):
            return False
        if self._over_at is None:
            self._over_at = now
        waiting = self._offer.owed(now) > 0 or self._gateway.has_unsent()
        return not waiting or now > self._over_at + _LAST_ANSWERS

    # -- what tests and the control API do

    @property
    def url(self) -> str:
        """Base of the REST API without its version, as DISCORD_API_URL expects it."""
        return f"http://{self.settings.host}:{self.port}/api"

    @property
    def gateway_url(self) -> str:
        """The WebSocket of a fresh connection."""
        return f"ws://{self.settings.host}:{self.port}/gateway"

    def ledger(self, final: bool = False) -> Json:
        """The book of this run as JSON."""
        book = self.api.ledger.as_json(self.pace, self.clock(), final)
        return {**book, "storms": dict(self._storms.counts), "stream": self._mix.digest()}

    def set_rate(self, rate: float) -> None:
        """Offer `rate` events/s from now on."""
        self.pace.change(rate, self.clock())

    def set_shape(self, shape: Shape) -> None:
        """Let the rate follow `shape` from now on."""
        self.pace.follow(shape, self.clock())

    def storm(self, kind: str, **details: Any) -> int:
        """Begin a storm: `storm("raid", events=500)`; returns its events. Raises WrongValue."""
        return self._storm(storms.parse({"kind": kind, **details}))

    def _storm(self, storm: Storm) -> int:
        if storm.kind not in storms.OF_CONNECTIONS:
            return self._storms.begin(storm, self.clock())
        self._storms.counts[storm.kind] += 1
        if storm.kind == "cold_start":
            self.faults.add("op9", resumable=False)
        else:  # away for some tries: the gap then comes all at once
            self.faults.add("refuse_upgrade", count=2)
            self.faults.add("tcp_reset")
        return 0

    async def call(self, request: Request) -> Response:
        """Answer a REST call that did not come over HTTP."""
        return await self._rest.answer(request)

    def add_fault(self, fault: Fault) -> None:
        """Arm a fault now."""
        self.api.faults.add(fault, self.clock())

    def reset(self, sessions: bool = False) -> None:
        """Count from zero; with `sessions`, cut every socket and forget every session."""
        if sessions:
            self._gateway.shut()
            self.api.hub.end_all()
            self.api.hub.first_ready_at = None
        self.api.ledger.reset()
        self._storms.counts.clear()
        self.api.ledger.commands_registered = len(self.api.commands)
        self.pace.restart(self.clock())
        self._over_at = None

    @contextlib.asynccontextmanager
    async def running(self, bot: "discord.Client") -> AsyncIterator[None]:
        """Run a discord.py bot, unmodified; begins once it knows every guild of its own."""
        from simulator import hosting  # noqa: PLC0415 - discord.py is needed here only

        with hosting.pointed(self.url, self.gateway_url):
            async with hosting.hosted(bot, self._tasks, self.api.world.size):
                yield

    def user(self, name: str, channel: int | str | None = None) -> User:
        """The person of that name or id, in a channel: the first of the first guild if not told."""
        world = self.api.world
        person = world.person(str(name))
        channel_id = int(channel) if channel else world.guild_ids()[0] + 1
        guild_id = world.guild_of(channel_id)
        if guild_id is not None:
            world.member(guild_id, int(person["id"]))
        return User(self.api, person, channel_id, self.clock, self.flush)
