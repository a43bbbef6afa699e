"""Components v2: a container, a section with a button, text and a menu (manner: views/layout)."""

from typing import Any

import discord
from discord.ext import commands

Interaction = discord.Interaction[Any]
intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(commands.when_mentioned_or("$"), intents=intents)


class Like(discord.ui.Button["Settings"]):
    """Counts."""

    likes = 0

    async def callback(self, interaction: Interaction) -> None:
        self.likes += 1
        self.label = f"{self.likes} likes"
        await interaction.response.edit_message(view=self.view)


class Kind(discord.ui.ActionRow["Settings"]):
    """A menu."""

    @discord.ui.select(placeholder="Kind", options=[discord.SelectOption(label=n) for n in "AB"])
    async def choose(self, interaction: Interaction, select: Any) -> None:
        assert self.view is not None
        self.view.title.content = f"# Kind {select.values[0]}"
        await interaction.response.edit_message(view=self.view)


class Settings(discord.ui.LayoutView):
    """All of it."""

    def __init__(self) -> None:
        super().__init__()
        self.title: Any = discord.ui.TextDisplay("# Settings")
        section: Any = discord.ui.Section("Do you like it?", accessory=Like(label="Like"))
        self.add_item(
            discord.ui.Container(
                self.title, section, discord.ui.Separator(), Kind(), accent_colour=0x5865F2
            )
        )


@bot.command()
async def settings(ctx: commands.Context[Any]) -> None:
    """Shows them."""
    await ctx.send(view=Settings())


bot.run("TOKEN")
