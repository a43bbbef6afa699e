"""Before a connection: the token is good, Discord's addresses are known, so are the intents."""

import asyncio
import logging
import time
import types

import aiohttp
import discord

from runtime import discord_api
from runtime.bus.interface import KeyValue
from runtime.bus.manifests import Manifests
from runtime.core.identify import GatewayBot
from runtime.core.manifest import newest
from runtime.core.rest import InvalidRequests
from runtime.errors import StartError
from runtime.gateway.starts import fetch_gateway
from runtime.settings import Settings

log = logging.getLogger(__name__)

POLL = 0.25


async def log_in(settings: Settings, invalid: InvalidRequests) -> tuple[discord.Client, GatewayBot]:
    """A discord.py client that may make requests and open connections; it keeps no state.

    Every answer that Discord counts against the address is noted in ``invalid``, those too that
    discord.py retries by itself.

    Raises:
        StartError: Discord cannot be reached, or refuses the token.
    """
    url = settings.discord_api_url
    discord_api.point_at(url)
    client = discord.Client(
        intents=discord.Intents.none(), max_messages=None, http_trace=_noting(invalid)
    )
    try:
        await client.login(settings.discord_token.reveal())
        gateway = await fetch_gateway(client)
    except discord.LoginFailure:
        await client.close()
        raise StartError("Discord refuses DISCORD_TOKEN: copy it again") from None
    except (aiohttp.ClientError, OSError, TimeoutError, discord.HTTPException) as error:
        await client.close()
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise StartError(f"cannot reach Discord at {url} ({reason})") from None
    discord_api.point_at(url, gateway.url)
    return client, gateway


def _noting(invalid: InvalidRequests) -> aiohttp.TraceConfig:
    async def note(
        _session: aiohttp.ClientSession,
        _context: types.SimpleNamespace,
        ended: aiohttp.TraceRequestEndParams,
    ) -> None:
        shared = ended.response.headers.get("X-RateLimit-Scope") == "shared"
        invalid.note(ended.response.status, time.monotonic(), shared=shared)

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(note)
    return trace


async def find_intents(manifests: Manifests, state: KeyValue) -> discord.Intents:
    """The intents of the newest bot version that runs, else the last that were known.

    Waits for a first worker when there has never been one.
    """
    waiting = False
    while True:
        manifest = newest(await manifests.read())
        if manifest is not None:
            await state.put("intents", str(manifest.intents).encode())
            return discord.Intents._from_value(manifest.intents)  # noqa: SLF001
        known = await state.get("intents")
        if known is not None and known.value:
            return discord.Intents._from_value(int(known.value))  # noqa: SLF001
        if not waiting:
            log.info("waiting for a worker that says which intents the bot needs")
            waiting = True
        await asyncio.sleep(POLL)
