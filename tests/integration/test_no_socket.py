"""What a worker cannot do fails with an error that says so; members are asked for over REST."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord.ext import commands

from runtime.worker.no_socket import NoGatewayConnection
from tests.eventually import eventually
from tests.integration.hosting import hosting
from tests.integration.test_hosted_bots import make_bot


def present(bot: commands.Bot) -> Awaitable[Any]:
    return bot.change_presence()


def connect(bot: commands.Bot) -> Awaitable[Any]:
    return bot.guilds[0].voice_channels[0].connect()


def chunk(bot: commands.Bot) -> Awaitable[Any]:
    return bot.guilds[0].chunk()


def query_presences(bot: commands.Bot) -> Awaitable[Any]:
    return bot.guilds[0].query_members("a", presences=True)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (present, "the presence belongs to the gateway"),
        (connect, "voice needs a gateway connection"),
        (chunk, "there is no full list of members"),
        (query_presences, "presences come over a gateway connection"),
    ],
)
async def test_what_needs_the_gateway_connection_says_so(
    ask: Callable[[commands.Bot], Awaitable[Any]], says: str
) -> None:
    bot = commands.Bot("!", intents=discord.Intents.all())
    async with hosting(bot):
        await eventually(bot.is_ready)
        with pytest.raises(NoGatewayConnection, match=says):
            await ask(bot)


async def test_the_latency_of_a_connection_that_is_not_there_cannot_be_had() -> None:
    bot = make_bot()
    async with hosting(bot):
        with pytest.raises(
            NoGatewayConnection, match="latency: a worker has no gateway connection"
        ):
            _ = bot.latency


async def test_members_are_found_by_name_and_by_id_over_rest() -> None:
    bot = make_bot()

    @bot.command()
    async def who(context: commands.Context[Any], member: discord.Member) -> None:
        await context.send(f"{type(member).__name__} {member.name}")

    async with hosting(bot) as hosted:
        await eventually(bot.is_ready)
        bea = hosted.discord.user("bea")
        for named in ("bea", str(bea.id)):
            said = await hosted.discord.user("ann").say(f"!who {named}", wait=30.0)
            assert said["content"] == "Member bea"
        assert await bot.guilds[0].query_members(user_ids=[1]) == []
