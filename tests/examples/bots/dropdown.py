"""A menu (manner: views/dropdown)."""

from typing import Any

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(commands.when_mentioned_or("$"), intents=intents)


class Colour(discord.ui.Select[Any]):
    """Three."""

    def __init__(self) -> None:
        options = [discord.SelectOption(label=one, emoji="🟥") for one in ("Red", "Green", "Blue")]
        super().__init__(placeholder="Your favourite colour...", options=options, max_values=2)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"You like {', '.join(self.values)}")


@bot.command()
async def colour(ctx: commands.Context[Any]) -> None:
    """Asks for one."""
    view = discord.ui.View()
    view.add_item(Colour())
    await ctx.send("Pick:", view=view)


bot.run("TOKEN")
