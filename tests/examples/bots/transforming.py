"""Transformers (manner: app_commands/transformers)."""

from typing import Any, Literal, NamedTuple

import discord
from discord import app_commands
from discord.ext import commands

Interaction = discord.Interaction[Any]
bot = commands.Bot("!", intents=discord.Intents.default())


class Point(NamedTuple):
    """A place."""

    x: int
    y: int


class PointTransformer(app_commands.Transformer):
    """Reads x,y."""

    async def transform(self, _interaction: Interaction, value: str) -> Point:
        x, _, y = value.partition(",")
        return Point(int(x), int(y))


@bot.tree.command()
async def graph(
    interaction: Interaction, point: app_commands.Transform[Point, PointTransformer]
) -> None:
    """Shows a point."""
    await interaction.response.send_message(str(point))


@bot.tree.command()
async def shop(interaction: Interaction, action: Literal["Buy", "Sell"], what: str) -> None:
    """Buys and sells."""
    await interaction.response.send_message(f"{action} {what}")


@bot.tree.command()
@app_commands.checks.has_permissions(administrator=True)
@app_commands.check(lambda interaction: interaction.user.name == "root")
async def guarded(interaction: Interaction) -> None:
    """Not for everybody."""
    await interaction.response.send_message("root it is")


@bot.tree.error
async def on_error(interaction: Interaction, error: app_commands.AppCommandError) -> None:
    await interaction.response.send_message(f"no: {type(error).__name__}", ephemeral=True)


@bot.event
async def setup_hook() -> None:
    await bot.tree.sync()


bot.run("TOKEN")
