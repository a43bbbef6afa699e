"""Prefix commands, a group with sub-commands, and a member as an argument (manner: basic_bot)."""

import random
from typing import Any

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.members = True
intents.message_content = True
bot = commands.Bot(command_prefix="?", description="Rolls dice", intents=intents)


@bot.command()
async def add(ctx: commands.Context[Any], left: int, right: int) -> None:
    """Adds two numbers."""
    await ctx.send(str(left + right))


@bot.command()
async def roll(ctx: commands.Context[Any], dice: str) -> None:
    """Rolls dice, written NdM."""
    try:
        rolls, limit = map(int, dice.split("d"))
    except ValueError:
        await ctx.send("Write it as NdM!")
        return
    await ctx.send(", ".join(str(random.randint(1, limit)) for _ in range(rolls)))


@bot.command(description="For when you cannot decide")
async def choose(ctx: commands.Context[Any], *choices: str) -> None:
    """One of several."""
    await ctx.send(random.choice(choices))


@bot.command()
async def repeat(ctx: commands.Context[Any], times: int, content: str = "again") -> None:
    """Says it several times."""
    for number in range(times):
        await ctx.send(f"{content} {number}")


@bot.command()
async def joined(ctx: commands.Context[Any], member: discord.Member) -> None:
    """When somebody came."""
    when = "once" if member.joined_at is None else discord.utils.format_dt(member.joined_at)
    await ctx.send(f"{member} joined {when}")


@bot.group()
async def cool(ctx: commands.Context[Any]) -> None:
    """Who is cool."""
    if ctx.invoked_subcommand is None:
        await ctx.send(f"No, {ctx.subcommand_passed} is not cool")


@cool.command(name="bot")
async def cool_bot(ctx: commands.Context[Any]) -> None:
    """Is the bot?"""
    await ctx.send("Yes, the bot is cool.")


bot.run("TOKEN")
