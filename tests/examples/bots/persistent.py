"""A view that outlives its process (manner: views/persistent)."""

from typing import Any

import discord
from discord.ext import commands

Interaction = discord.Interaction[Any]


class Persistent(discord.ui.View):
    """Known by its custom ids."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Green", style=discord.ButtonStyle.green, custom_id="persistent:green")
    async def green(self, interaction: Interaction, _button: Any) -> None:
        await interaction.response.send_message("This is green.", ephemeral=True)

    @discord.ui.button(label="Red", style=discord.ButtonStyle.red, custom_id="persistent:red")
    async def red(self, interaction: Interaction, _button: Any) -> None:
        await interaction.response.edit_message(content="This is red.")


class PersistentBot(commands.Bot):
    """Adds it at its start."""

    async def setup_hook(self) -> None:
        self.add_view(Persistent())


intents = discord.Intents.default()
intents.message_content = True
bot = PersistentBot(command_prefix="$", intents=intents)


@bot.command()
@commands.has_permissions(manage_messages=True)
async def prepare(ctx: commands.Context[Any]) -> None:
    """Shows it."""
    await ctx.send("What is your favourite colour?", view=Persistent())


bot.run("TOKEN")
