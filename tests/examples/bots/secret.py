"""Makes channels with permissions of their own (manner: secret)."""

from typing import Any

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.message_content = True
intents.members = True
bot = commands.Bot(command_prefix=commands.when_mentioned_or("$"), intents=intents)


@bot.group(hidden=True)
async def secret(ctx: commands.Context[Any]) -> None:
    """What is this?"""
    if ctx.invoked_subcommand is None:
        await ctx.send("Shh!")


@secret.command()
@commands.guild_only()
@commands.has_permissions(manage_channels=True)
async def text(ctx: commands.Context[Any], name: str, *objects: discord.Role) -> None:
    """A text channel for some."""
    assert ctx.guild is not None
    overwrites: dict[Any, discord.PermissionOverwrite] = {
        ctx.guild.default_role: discord.PermissionOverwrite(view_channel=False),
        ctx.guild.me: discord.PermissionOverwrite(view_channel=True),
    }
    overwrites |= {one: discord.PermissionOverwrite(view_channel=True) for one in objects}
    made = await ctx.guild.create_text_channel(name, overwrites=overwrites, topic="Secret!")
    await ctx.send(f"made {made.name} beside {len(ctx.guild.text_channels)} channels")


bot.run("TOKEN")
