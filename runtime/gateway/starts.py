"""When a shard may connect and when it may IDENTIFY."""

import asyncio
import logging
import time

import aiohttp
import discord
import msgspec
from discord.http import Route

from runtime.bus.lease import Lease
from runtime.core.identify import WINDOW, GatewayBot, identify_delay
from runtime.gateway.forwarder import Forwarder

log = logging.getLogger(__name__)

RETRY = 2.0
POLL = 0.05


async def fetch_gateway(client: discord.Client) -> GatewayBot:
    """``GET /gateway/bot``.

    Raises:
        discord.HTTPException, aiohttp.ClientError, OSError: no usable answer.
    """
    data = await client.http.request(Route("GET", "/gateway/bot"))
    return msgspec.convert(data, GatewayBot)


class Starts:
    """The permit of all shards: one lease, one budget of IDENTIFYs."""

    def __init__(
        self, client: discord.Client, lease: Lease, forwarder: Forwarder, gateway: GatewayBot
    ) -> None:
        self._client = client
        self._first: GatewayBot | None = gateway
        self._lease = lease
        self._forwarder = forwarder
        self._turns: dict[int, asyncio.Lock] = {}
        self._last: dict[int, float] = {}

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
        key = shard % max(1, limit.max_concurrency)
        async with self._turns.setdefault(key, asyncio.Lock()):
            since = time.monotonic() - self._last.get(key, -WINDOW)
            delay = max(identify_delay(limit), WINDOW - since)
            if delay > WINDOW:
                log.warning(
                    "shard %d: %d of %d IDENTIFYs left today, waiting %.0f s",
                    shard, limit.remaining, limit.total, delay,
                )  # fmt: skip
            await asyncio.sleep(max(0.0, delay))
            await self.to_connect()
            self._last[key] = time.monotonic()
        return gateway.url

    async def _fetch(self) -> GatewayBot:
        """Fresh, but for the first time: asking twice within 5 s would meet the rate limit."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        while True:
            try:
                return await fetch_gateway(self._client)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("GET /gateway/bot failed, trying again: %s", error)
                await asyncio.sleep(RETRY)
