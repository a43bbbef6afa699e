"""A button that every worker knows by its pattern (manner: views/dynamic_counter)."""

import re
from typing import Any

import discord
from discord.ext import commands

Interaction = discord.Interaction[Any]


class DynamicCounter(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"counter:(?P<count>[0-9]+):user:(?P<id>[0-9]+)",
):
    """Its whole state is its custom id."""

    def __init__(self, user_id: int, count: int = 0) -> None:
        custom_id = f"counter:{count}:user:{user_id}"
        super().__init__(discord.ui.Button(label=f"Total: {count}", custom_id=custom_id))
        self.user_id = user_id
        self.count = count

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: Any, match: re.Match[str], /
    ) -> "DynamicCounter":
        return cls(int(match["id"]), count=int(match["count"]))

    async def interaction_check(self, interaction: Interaction) -> bool:
        if interaction.user.id == self.user_id:
            return True
        await interaction.response.send_message("Not yours", ephemeral=True)
        return False

    async def callback(self, interaction: Interaction) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(DynamicCounter(self.user_id, self.count + 1))
        await interaction.response.edit_message(view=view)


class DynamicCounterBot(commands.Bot):
    """Knows the pattern."""

    async def setup_hook(self) -> None:
        self.add_dynamic_items(DynamicCounter)


intents = discord.Intents.default()
intents.message_content = True
bot = DynamicCounterBot(command_prefix="$", intents=intents)


@bot.command()
async def counter(ctx: commands.Context[Any]) -> None:
    """Starts one."""
    view = discord.ui.View(timeout=None)
    view.add_item(DynamicCounter(ctx.author.id))
    await ctx.send("Your own:", view=view)


bot.run("TOKEN")
