"""Real, unmodified clients pointed at a fake Discord."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands
from discord.ext import commands

from simulator import FakeDiscord
from tests.eventually import eventually

TOKEN = "MTAw.not-a.token"


def point_discord_py_at(discord_: FakeDiscord, patch: pytest.MonkeyPatch) -> None:
    """Both must be set, or a client would send its token to the real Discord."""
    patch.setattr(discord.http.Route, "BASE", discord_.url + "/v10")
    url = yarl.URL(discord_.gateway_url)
    patch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", url)


class Bot(commands.Bot):
    """A small bot, and a record of what it saw."""

    def __init__(self, **options: Any) -> None:
        super().__init__("!", intents=discord.Intents.all(), **options)
        self.seen: list[str] = []
        self.add_listener(self._connected, "on_connect")
        self.tree.add_command(_hello)
        self.tree.add_command(_Round())
        self.add_command(_probe)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def _connected(self) -> None:
        self.seen.append("connect")

    async def on_resumed(self) -> None:
        self.seen.append("resumed")

    async def on_shard_resumed(self, shard: int) -> None:
        self.seen.append(f"resumed {shard}")


class ShardedBot(Bot, commands.AutoShardedBot):
    """The same on several shards."""


@app_commands.command(name="hello")
async def _hello(interaction: discord.Interaction, who: str) -> None:
    """Greets."""
    await interaction.response.send_message(f"hello {who}", view=_Buttons())


class _Buttons(discord.ui.View):
    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="more")

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(_Name())


class _Name(discord.ui.Modal, title="Name"):
    name: discord.ui.TextInput["_Name"] = discord.ui.TextInput(label="Name", custom_id="name")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"you are {self.name.value}")


class _Round(app_commands.Group, name="round"):
    """Rounds of disc golf."""

    @app_commands.command()
    async def create(self, interaction: discord.Interaction, course: str) -> None:
        """Starts one, slowly."""
        await interaction.response.defer()
        await interaction.followup.send(f"round at {course}")

    @create.autocomplete("course")
    async def courses(self, _: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = ("Maple Hill", "Cedar Park")
        return [app_commands.Choice(name=n, value=n) for n in names if typed.lower() in n.lower()]


@commands.command(name="probe")
async def _probe(context: commands.Context[Any], number: int) -> None:
    await context.send(f"probe {number}")


@asynccontextmanager
async def connected(bot: discord.Client, fake: FakeDiscord, shards: int = 1) -> AsyncIterator[Any]:
    """A bot that is connected and has its commands registered; closed at the end."""
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bot.start(TOKEN))
        try:
            await eventually(lambda: fake.ledger()["sessions"]["live"] == shards, within=15)
            yield bot
        finally:
            await bot.close()
            running.cancel()
