"""Says what a message was before it was changed (manner: edits)."""

import asyncio

import discord


class MyClient(discord.Client):
    """Sees what was there."""

    async def on_message(self, message: discord.Message) -> None:
        if message.content.startswith("!editme"):
            sent = await message.channel.send("10")
            await asyncio.sleep(0)
            await sent.edit(content="40")

    async def on_message_edit(self, before: discord.Message, after: discord.Message) -> None:
        await before.channel.send(f"{before.author} wrote {before.content} -> {after.content}")


intents = discord.Intents.default()
intents.message_content = True
client = MyClient(intents=intents)

if __name__ == "__main__":
    client.run("TOKEN")
