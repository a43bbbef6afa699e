"""Counts in a button's label (manner: views/counter)."""

from typing import Any

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(commands.when_mentioned_or("$"), intents=intents)


class Counter(discord.ui.View):
    """Red until five."""

    @discord.ui.button(label="0", style=discord.ButtonStyle.red)
    async def count(self, interaction: discord.Interaction[Any], button: Any) -> None:
        number = int(button.label) + 1
        if number >= 5:
            button.style = discord.ButtonStyle.green
            button.disabled = True
        button.label = str(number)
        await interaction.response.edit_message(view=self)


@bot.command()
async def counter(ctx: commands.Context[Any]) -> None:
    """Starts a counter."""
    await ctx.send("Press!", view=Counter())


bot.run("TOKEN")
