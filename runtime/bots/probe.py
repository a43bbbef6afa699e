"""A bot that answers ``!probe <n>`` with ``probe <n>``, once, and does nothing else.

The simulator counts the answers: a number that is missing or comes twice was lost or doubled on
the way. ``load_extension("runtime.bots.probe")`` adds the command to any other bot.
"""

import discord
from discord.ext import commands


class Probe(commands.Cog):
    """The one command."""

    @commands.command()
    async def probe(self, ctx: commands.Context[commands.Bot], number: int) -> None:
        """Answer with the same number."""
        await ctx.send(f"probe {number}")


class ProbeBot(commands.Bot):
    """A bot with this command only."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(command_prefix="!", help_command=None, intents=intents)

    async def setup_hook(self) -> None:
        """Add the command."""
        await setup(self)


async def setup(to: commands.Bot) -> None:
    """What ``load_extension`` calls."""
    await to.add_cog(Probe())


bot = ProbeBot()
