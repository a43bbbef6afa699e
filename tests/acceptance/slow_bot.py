"""A bot for ``BOT_APP=tests.acceptance.slow_bot:bot``: its first ``/ping`` never comes to an end.

The worker that has it writes its name into ``NOTES``, so that a test knows which one to kill.
"""

import asyncio
import os

import discord
from discord import app_commands

from tests.acceptance.handlers import note, once


class SlowBot(discord.Client):
    """One command, registered at the start."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(ping)

    async def setup_hook(self) -> None:
        """Register it."""
        await self.tree.sync()


@app_commands.command()
@app_commands.describe(number="which one this is")
async def ping(interaction: discord.Interaction, number: int) -> None:
    """Answer with the worker's name; whoever is asked first does not."""
    worker = os.environ["WORKER_NAME"]
    if once(f"asked-{number}"):
        note("first", worker)
        await asyncio.sleep(600.0)
    await interaction.response.send_message(f"{worker} {number}")


bot = SlowBot()
