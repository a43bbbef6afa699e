"""A loop that counts into a channel (manner: background_task)."""

import discord
from discord.ext import tasks


class Counting(discord.Client):
    """Says 1, 2 and 3."""

    counted = 0

    async def setup_hook(self) -> None:
        self.count.start()

    @tasks.loop(seconds=0.1, count=30)
    async def count(self) -> None:
        if self.counted == 3:
            return
        self.counted += 1
        channel = min(self.guilds, key=lambda guild: guild.id).text_channels[0]
        await channel.send(f"loop {self.counted}")

    @count.before_loop
    async def before(self) -> None:
        await self.wait_until_ready()


Counting(intents=discord.Intents.default()).run("TOKEN")
