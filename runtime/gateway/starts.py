"""When a shard may connect and when it may IDENTIFY."""

import asyncio
import logging
import time

import aiohttp
import discord
import msgspec
from discord.http import Route

from runtime.bus.interface import KeyValue
from runtime.bus.lease import Lease
from runtime.core.identify import WINDOW, GatewayBot, identify_delay, spent_one
from runtime.errors import BusUnavailable, RevisionConflict
from runtime.gateway.forwarder import Forwarder

log = logging.getLogger(__name__)

RETRY = 2.0
POLL = 0.05
FRESH = 30.0
"""Seconds for which an answer of ``GET /gateway/bot`` is good."""


async def fetch_gateway(client: discord.Client) -> GatewayBot:
    """``GET /gateway/bot``.

    Raises:
        discord.HTTPException, aiohttp.ClientError, OSError: no usable answer.
    """
    data = await client.http.request(Route("GET", "/gateway/bot"))
    return msgspec.convert(data, GatewayBot)


class Starts:
    """The permit of all shards: one lease, one budget of IDENTIFYs.

    Args:
        client: asks Discord.
        lease: makes this the only gateway of its shards.
        forwarder: says whether there is room for events.
        state: shared by the gateways of all shard ranges; remembers the turns.
        gateway: the answer of ``GET /gateway/bot`` just now.
    """

    def __init__(
        self,
        client: discord.Client,
        lease: Lease,
        forwarder: Forwarder,
        state: KeyValue,
        gateway: GatewayBot,
    ) -> None:
        self._client = client
        self._lease = lease
        self._forwarder = forwarder
        self._state = state
        self._gateway = gateway
        self._asked_at = time.monotonic()
        self._asking = asyncio.Lock()

    async def to_connect(self) -> None:
        """Wait until the lease is sure and the bus has taken what was read before."""
        while not (self._lease.is_sure and self._forwarder.has_room):  # noqa: ASYNC110
            await asyncio.sleep(POLL)

    async def to_identify(self, shard: int) -> str:
        """Wait for the shard's turn; returns the base URL to IDENTIFY at.

        ``max_concurrency`` shards, one of each ``shard % max_concurrency``, per ``WINDOW``
        seconds (Discord Docs/Gateway, Rate Limiting).
        """
        gateway = await self._fetch()
        limit = gateway.session_start_limit
        delay = identify_delay(limit)
        if delay > 0:
            log.warning(
                "shard %d: %d of %d IDENTIFYs left today, waiting %.0f s",
                shard, limit.remaining, limit.total, delay,
            )  # fmt: skip
            await asyncio.sleep(delay)
        await self._take_turn(shard % max(1, limit.max_concurrency))
        await self.to_connect()
        self._gateway = spent_one(self._gateway)
        return gateway.url

    async def _take_turn(self, key: int) -> None:
        """One turn per window and key, for all processes and across restarts."""
        name = f"identify.{key}"
        while True:
            try:
                entry = await self._state.get(name)
                passed = time.time() - float(entry.value) if entry and entry.value else WINDOW
                if 0 <= passed < WINDOW:
                    await asyncio.sleep(WINDOW - passed + POLL)
                    continue
                value = repr(time.time()).encode()
                if entry is None:
                    await self._state.create(name, value)
                else:
                    await self._state.update(name, value, entry.revision)
            except RevisionConflict:
                await asyncio.sleep(POLL)
            except BusUnavailable:
                await asyncio.sleep(RETRY)
            else:
                return

    async def _fetch(self) -> GatewayBot:
        """Discord's answer, not older than ``FRESH``: its bucket has two requests in 5 s."""
        async with self._asking:
            while time.monotonic() - self._asked_at > FRESH:
                try:
                    self._gateway = await fetch_gateway(self._client)
                    self._asked_at = time.monotonic()
                except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                    log.warning("GET /gateway/bot failed, trying again: %s", error)
                    await asyncio.sleep(RETRY)
            return self._gateway
