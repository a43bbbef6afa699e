"""Commands that are both, a cog, and checks with error handlers."""

import asyncio
from typing import Any

import discord
from discord.ext import commands

Context = commands.Context[Any]


class Tools(commands.Cog):
    """Some."""

    @commands.hybrid_command(description="Say it back")  # type: ignore[arg-type]
    async def echo(self, ctx: Context, *, text: str) -> None:
        await ctx.send(text, ephemeral=True)

    @commands.hybrid_group(fallback="show", description="Tags")  # type: ignore[arg-type]
    async def tag(self, ctx: Context, name: str) -> None:
        await ctx.reply(f"tag {name}")

    @tag.command(description="Make one")  # type: ignore[arg-type]
    async def create(self, ctx: Context, name: str) -> None:
        await ctx.send(f"created {name}")

    @commands.command()
    @commands.is_owner()
    async def shutdown(self, ctx: Context) -> None:
        await ctx.send("never")

    @commands.command()
    @commands.cooldown(1, 600.0, commands.BucketType.guild)
    @commands.has_permissions(manage_guild=True)
    async def rare(self, ctx: Context) -> None:
        await ctx.send("rare")

    async def cog_command_error(self, ctx: Context, error: Exception) -> None:
        await ctx.send(f"cannot: {type(error).__name__}")


async def main() -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    bot = commands.Bot(commands.when_mentioned_or("!"), intents=intents, help_command=None)

    @bot.listen("on_ready")
    async def sync() -> None:
        await bot.tree.sync()
        channel = min(bot.guilds, key=lambda guild: guild.id).text_channels[2]
        await bot.get_partial_messageable(channel.id).typing()

    await bot.add_cog(Tools())
    async with bot:
        await bot.login("TOKEN")
        await bot.tree.sync()
        await bot.connect()


asyncio.run(main())
