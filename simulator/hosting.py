"""A discord.py bot, unmodified, run against a fake Discord inside a test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import discord
import yarl

from simulator.errors import CannotStart

TOKEN = "a-token-of-the-simulator"  # noqa: S105 - the fake takes any
_POLL = 0.01


@contextmanager
def pointed(url: str, gateway_url: str) -> Iterator[None]:
    """discord.py of this process talks to these addresses only.

    Both are needed: `Client` connects to a constant of the library and asks nobody for it, so with
    the REST address alone it would send its token to the real Discord.
    """
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE, socket.DEFAULT_GATEWAY = url + "/v10", yarl.URL(gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def hosted(
    bot: discord.Client, tasks: asyncio.TaskGroup, guilds: int, within: float = 15.0
) -> AsyncIterator[None]:
    """Start `bot` in `tasks`, go on once it knows all `guilds`, close it at the end.

    Raises:
        CannotStart: it is not there after `within` seconds; what it raised itself is raised as is.
    """
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    tasks.create_task(_start(bot, ended), name="bot")
    try:
        await _connected(bot, ended, guilds, within)
        yield
    finally:
        await bot.close()
        await asyncio.wait([ended])
        ended.exception()  # looked at, whichever error the block ends with
    ended.result()


async def _connected(
    bot: discord.Client, ended: "asyncio.Future[None]", guilds: int, within: float
) -> None:
    try:
        async with asyncio.timeout(within):
            while not _knows(bot, guilds):
                await asyncio.wait([ended], timeout=_POLL)
                if ended.done():
                    ended.result()
                    raise CannotStart("the bot ended before it was connected")
    except TimeoutError:
        raise CannotStart(f"the bot did not connect within {within:g} s") from None


async def _start(bot: discord.Client, ended: "asyncio.Future[None]") -> None:
    """What the bot raises is the test's to see; the task group must go on."""
    try:
        await bot.start(TOKEN)
    except Exception as error:  # noqa: BLE001 - it is handed on
        ended.set_exception(error)
    else:
        ended.set_result(None)


def _knows(bot: discord.Client, guilds: int) -> bool:
    """Whether every guild has come; without the intent for guilds READY alone tells of them."""
    come = [g for g in bot.guilds if not g.unavailable or not bot.intents.guilds]
    return len(come) == guilds
