"""A test of one's own bot, whole: what a developer writes, at most 15 lines of code."""

import discord
from discord.ext import commands

from simulator import FakeDiscord

bot = commands.Bot("!", intents=discord.Intents.default())


@bot.event
async def setup_hook() -> None:
    await bot.tree.sync()


@bot.tree.command(description="Greets.")
async def hello(interaction: discord.Interaction, who: str) -> None:
    await interaction.response.send_message(f"Hello, {who}!")


async def test_hello_greets_by_name() -> None:
    async with FakeDiscord() as discord_, discord_.running(bot):
        reply = await discord_.user("ann").slash("hello", who="Bob")
    assert reply["content"] == "Hello, Bob!"
