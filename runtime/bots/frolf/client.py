"""The bot itself: an ordinary ``commands.Bot``."""

from typing import Any

import discord
from discord.ext import commands

from runtime.bots.frolf.cog import Rounds
from runtime.bots.frolf.store import Store
from runtime.settings import read_environment


class FrolfBot(commands.Bot):
    """Its database is open from ``setup_hook`` to ``close``."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(
            command_prefix="!",
            help_command=None,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self._store: Store | None = None

    async def setup_hook(self) -> None:
        """Open the database, add the commands and have Discord know them."""
        self._store = Store(read_environment().database_url.reveal())
        await self._store.open()
        await self.add_cog(Rounds(self._store))
        await self.load_extension("runtime.bots.probe")
        await self.tree.sync()

    async def close(self) -> None:
        """Disconnect, then close the database."""
        await super().close()
        if self._store is not None:
            await self._store.close()

    async def on_command_error(
        self, context: commands.Context[Any], error: commands.CommandError, /
    ) -> None:
        """Tell a player what was wrong; what nobody asked us is not our business.

        Raises:
            Exception: whatever else a command raised, so that its event counts as failed.
        """
        if isinstance(error, commands.CommandNotFound):
            return
        if isinstance(error, commands.UserInputError):
            await context.send(str(error)[:200])
            return
        if isinstance(error, commands.CommandInvokeError):
            raise error.original
        await super().on_command_error(context, error)
