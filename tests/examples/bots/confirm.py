"""Asks for confirmation and waits for the press (manner: views/confirm)."""

from typing import Any

import discord
from discord.ext import commands

Interaction = discord.Interaction[Any]
intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(command_prefix="$", intents=intents)


class Confirm(discord.ui.View):
    """Yes or no."""

    value: bool | None = None

    @discord.ui.button(label="Confirm", style=discord.ButtonStyle.green)
    async def confirm(self, interaction: Interaction, _button: Any) -> None:
        await interaction.response.send_message("Confirming", ephemeral=True)
        self.value = True
        self.stop()

    @discord.ui.button(label="Cancel", style=discord.ButtonStyle.grey)
    async def cancel(self, interaction: Interaction, _button: Any) -> None:
        await interaction.response.send_message("Cancelling", ephemeral=True)
        self.value = False
        self.stop()


@bot.command()
async def ask(ctx: commands.Context[Any], patience: float = 120.0) -> None:
    """Asks."""
    view = Confirm(timeout=patience)
    await ctx.send("Do you want to continue?", view=view)
    await view.wait()
    await ctx.send({None: "Timed out...", True: "Confirmed...", False: "Cancelled..."}[view.value])


bot.run("TOKEN")
