"""Says what was deleted, its own messages included (manner: deleted)."""

import discord


class MyClient(discord.Client):
    """Never forgets."""

    async def on_message(self, message: discord.Message) -> None:
        if message.content.startswith("!deleteme"):
            sent = await message.channel.send("I will delete myself now...")
            await sent.delete()
        if message.content.startswith("!goodbye"):
            await message.channel.send("Goodbye in 0 seconds...", delete_after=0.0)

    async def on_message_delete(self, message: discord.Message) -> None:
        await message.channel.send(f"{message.author} has deleted: {message.content}")


intents = discord.Intents.default()
intents.message_content = True
MyClient(intents=intents).run("TOKEN")
