"""A counter that only one person sees (manner: views/ephemeral)."""

from typing import Any

import discord
from discord.ext import commands

Interaction = discord.Interaction[Any]


class EphemeralBot(commands.Bot):
    """Has one command."""

    async def setup_hook(self) -> None:
        await self.tree.sync()


bot = EphemeralBot(command_prefix="$", intents=discord.Intents.default())


class Counter(discord.ui.View):
    """In private."""

    @discord.ui.button(label="0", style=discord.ButtonStyle.red)
    async def count(self, interaction: Interaction, button: Any) -> None:
        button.label = str(int(button.label) + 1)
        await interaction.response.edit_message(view=self)


class Opener(discord.ui.View):
    """In public."""

    @discord.ui.button(label="Click", style=discord.ButtonStyle.blurple)
    async def receive(self, interaction: Interaction, button: Any) -> None:
        button.disabled = True
        await interaction.response.edit_message(view=self)
        await interaction.followup.send("Enjoy!", view=Counter(), ephemeral=True)


@bot.tree.command(description="Opens")
async def counter(interaction: Interaction) -> None:
    await interaction.response.send_message("Click!", view=Opener())


bot.run("TOKEN")
