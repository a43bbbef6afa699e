"""Guilds, channels, roles and permissions are right on every worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.ext import commands

from runtime.bus.memory import MemoryBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.worker.guild_state import GuildState
from tests.eventually import eventually
from tests.integration.hosting import hosting

SELF: Any = discord.Object(1)
TOPOLOGY = Topology(Subjects("guilds"))


def make_bot() -> commands.Bot:
    intents = discord.Intents.default()
    intents.message_content = True
    return commands.Bot("!", intents=intents, help_command=None)


async def test_a_command_sees_its_guild_and_channel_by_name() -> None:
    bot = make_bot()

    @bot.command()
    async def where(context: commands.Context[Any]) -> None:
        assert context.guild is not None
        assert isinstance(context.channel, discord.TextChannel)
        await context.send(f"{context.guild.name} #{context.channel.name}")

    async with hosting(bot) as hosted:
        said = await hosted.discord.user("ann").say("!where")
        assert not said["content"].startswith(" ")
        assert "#" in said["content"]
        assert said["content"].split(" #")[0] in {guild.name for guild in bot.guilds}


async def test_a_bot_is_ready_at_its_very_first_start_when_its_guilds_have_come() -> None:
    bot = make_bot()
    known: list[int] = []

    @bot.event
    async def on_ready() -> None:
        known.append(len([guild for guild in bot.guilds if not guild.unavailable]))

    async with hosting(bot):
        await eventually(lambda: known)
    assert known == [2]


async def test_permissions_are_computed_from_the_shared_roles() -> None:
    bot = make_bot()

    @bot.command()
    @commands.has_permissions(send_messages=True)
    async def may(context: commands.Context[Any]) -> None:
        assert isinstance(context.author, discord.Member)
        assert isinstance(context.channel, discord.TextChannel)
        allowed = context.channel.permissions_for(context.author)
        await context.send(f"send={allowed.send_messages}")

    async with hosting(bot) as hosted:
        assert (await hosted.discord.user("ann").say("!may"))["content"] == "send=True"


class Worker:
    """One worker's library and its share of the guild state."""

    def __init__(self, bus: MemoryBus, name: str) -> None:
        self.client = discord.Client(intents=discord.Intents.default())
        self.state: Any = self.client._connection
        self.state.user = SELF
        self.guilds = GuildState(bus, TOPOLOGY, self.state, name)

    async def handle(self, event_type: str, **data: Any) -> None:
        await self.guilds.before(event_type, data)
        self.state.parsers[event_type](data)
        await self.guilds.after(event_type, data)

    async def guild(self) -> discord.Guild:
        """As a handler of the guild's next event would see it."""
        await self.guilds.before("MESSAGE_CREATE", {"guild_id": "10"})
        return self.state._get_guild(10)  # type: ignore[no-any-return]


@asynccontextmanager
async def two_workers() -> AsyncIterator[tuple[Worker, Worker]]:
    async with MemoryBus() as bus:
        await bus.ensure(TOPOLOGY)
        first, second = Worker(bus, "first"), Worker(bus, "second")
        for worker in (first, second):
            await worker.client._async_setup_hook()
            await worker.guilds.open()
        yield first, second
        for worker in (first, second):
            await worker.guilds.close()


async def created(worker: Worker) -> None:
    channel = {"id": "20", "type": 0, "name": "general", "position": 0}
    role = {"id": "10", "name": "@everyone", "permissions": "0", "position": 0}
    role |= {"color": 0, "hoist": False, "managed": False, "mentionable": False}
    await worker.handle("GUILD_CREATE", id="10", name="G", channels=[channel], roles=[role],
                        members=[], unavailable=False)  # fmt: skip


async def test_what_one_worker_learns_the_other_knows_at_the_next_event() -> None:
    async with two_workers() as (first, second):
        await created(first)
        assert (await second.guild()).name == "G"
        await first.handle("CHANNEL_CREATE", id="21", guild_id="10", type=0, name="new", position=1)
        await asyncio.sleep(0)
        assert [channel.name for channel in (await second.guild()).channels] == ["general", "new"]


async def test_changes_from_both_sides_add_up() -> None:
    async with two_workers() as (first, second):
        await created(first)
        await first.handle("CHANNEL_CREATE", id="21", guild_id="10", type=0, name="a", position=1)
        await asyncio.sleep(0)
        await second.handle("CHANNEL_CREATE", id="22", guild_id="10", type=0, name="b", position=2)
        await asyncio.sleep(0)
        assert {c.id for c in (await first.guild()).channels} == {20, 21, 22}


async def test_a_worker_that_starts_later_knows_the_guilds_at_once() -> None:
    async with MemoryBus() as bus:
        await bus.ensure(TOPOLOGY)
        early = Worker(bus, "early")
        await early.client._async_setup_hook()
        await early.guilds.open()
        await created(early)
        late = Worker(bus, "late")
        await late.guilds.open()
        assert [guild.name for guild in late.client.guilds] == ["G"]


async def test_a_guild_that_the_bot_left_is_forgotten_by_all() -> None:
    async with two_workers() as (first, second):
        await created(first)
        assert (await second.guild()).name == "G"
        await first.handle("GUILD_DELETE", id="10")
        await asyncio.sleep(0)
        assert (await second.guild()).unavailable
