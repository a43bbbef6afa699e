"""Started by a main() of its own that holds things open (manner: advanced_startup)."""

import asyncio
from typing import Any

import aiohttp
import discord
from discord.ext import commands


class CustomBot(commands.Bot):
    """Has a session and an extension."""

    def __init__(self, session: aiohttp.ClientSession, **options: Any) -> None:
        super().__init__(**options)
        self.session = session
        self.prepared: list[str] = []

    async def setup_hook(self) -> None:
        self.prepared.append("hook")
        await self.add_cog(Status(self))


class Status(commands.Cog):
    """One command."""

    def __init__(self, bot: CustomBot) -> None:
        self.bot = bot

    @commands.command()
    async def status(self, ctx: commands.Context[Any]) -> None:
        await ctx.send(f"{self.bot.prepared}, session closed: {self.bot.session.closed}")


async def main() -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with (
        aiohttp.ClientSession() as session,
        CustomBot(session, command_prefix="!", intents=intents) as bot,
    ):
        await bot.start("TOKEN")


if __name__ == "__main__":
    asyncio.run(main())
