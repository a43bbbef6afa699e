"""Converters of the library and of one's own, unions, and an error handler (manner: converters)."""

from typing import Any

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.message_content = True
intents.members = True
bot = commands.Bot("!", intents=intents)


@bot.command()
async def userinfo(ctx: commands.Context[Any], user: discord.User) -> None:
    await ctx.send(f"{user.id} is {user.name}")


@userinfo.error
async def userinfo_failed(ctx: commands.Context[Any], error: commands.CommandError) -> None:
    if not isinstance(error, commands.BadArgument):
        raise error
    await ctx.send("Nobody of that name.")


class ChannelOrMember(commands.Converter[Any]):
    """The one or the other."""

    async def convert(self, ctx: commands.Context[Any], argument: str) -> Any:
        for converter in (commands.MemberConverter(), commands.TextChannelConverter()):
            try:
                return await converter.convert(ctx, argument)
            except commands.BadArgument:
                continue
        raise commands.BadArgument(f"{argument} is neither")


@bot.command()
async def notify(
    ctx: commands.Context[Any],
    target: ChannelOrMember,
) -> None:
    await ctx.send(f"{type(target).__name__} {getattr(target, 'name', '')}")


@bot.command()
async def ignore(ctx: commands.Context[Any], target: discord.Member | discord.TextChannel) -> None:
    await ctx.send(f"ignoring {type(target).__name__} {target.name}")


@bot.command()
async def multiply(ctx: commands.Context[Any], number: int, maybe: bool) -> None:
    await ctx.send(str(number * 10) if maybe else "no")


bot.run("TOKEN")
