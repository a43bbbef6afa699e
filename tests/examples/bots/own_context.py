"""A context of one's own (manner: custom_context)."""

from typing import Any

import discord
from discord.ext import commands


class MyContext(commands.Context[Any]):
    """Ticks."""

    async def tick(self, value: bool) -> None:
        await self.message.add_reaction("\N{WHITE HEAVY CHECK MARK}" if value else "\N{CROSS MARK}")


class MyBot(commands.Bot):
    """Uses it."""

    async def get_context(self, origin: Any, /, *, cls: Any = MyContext) -> Any:
        return await super().get_context(origin, cls=cls)


intents = discord.Intents.default()
intents.message_content = True
bot = MyBot(command_prefix="!", intents=intents)


@bot.command()
async def guess(ctx: MyContext, number: int) -> None:
    await ctx.tick(number == 4)


bot.run("TOKEN")
