"""Running somebody's discord.py bot in a test: it starts, it ends, and its errors are seen."""

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from simulator import FakeDiscord
from simulator.errors import NoReply
from tests.integration.simulator_bot import Bot, ShardedBot


async def test_the_library_is_pointed_elsewhere_only_for_as_long_as_the_bot_runs() -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with FakeDiscord(guilds=1) as fake, fake.running(Bot()) as _:
        assert fake.url + "/v10" == Route.BASE
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_it_begins_when_every_guild_has_come() -> None:
    bot = Bot()
    async with FakeDiscord(guilds=30) as fake, fake.running(bot):
        assert sum(not guild.unavailable for guild in bot.guilds) == 30


async def test_shards_are_waited_for() -> None:
    bot = ShardedBot()
    async with FakeDiscord(guilds=6, shards=2, max_concurrency=2) as fake, fake.running(bot):
        assert fake.ledger()["sessions"]["live"] == 2


async def test_a_refused_token_is_the_bot_s_own_error() -> None:
    with pytest.raises(discord.LoginFailure):
        async with FakeDiscord(token="another") as fake, fake.running(Bot()):
            pass


async def test_a_bot_that_shows_nothing_is_no_bot_that_did_not_connect() -> None:
    with pytest.raises(NoReply, match="'hi'"):
        async with FakeDiscord(guilds=1) as fake, fake.running(Bot()):
            await fake.user("ann").say("hi", wait=0.05)
