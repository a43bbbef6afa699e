"""A task made by hand (manner: background_task_asyncio)."""

import asyncio

import discord


class Counting(discord.Client):
    """Says 1 and 2."""

    async def setup_hook(self) -> None:
        self.background = self.loop.create_task(self.count())

    async def count(self) -> None:
        await self.wait_until_ready()
        channel = min(self.guilds, key=lambda guild: guild.id).text_channels[0]
        for number in (1, 2):
            await channel.send(f"task {number}")
            await asyncio.sleep(0.05)


client = Counting(intents=discord.Intents.default())
client.run("TOKEN")
