"""Replies (manner: reply)."""

import io

import discord


class MyClient(discord.Client):
    """Answers."""

    async def on_ready(self) -> None:
        assert self.user is not None

    async def on_message(self, message: discord.Message) -> None:
        if message.author.id == (self.user.id if self.user else 0):
            return
        if message.content.startswith("!hello"):
            await message.reply("Hello!", mention_author=True)
        if message.content.startswith("!card"):
            embed = discord.Embed(title="Card", description=message.author.mention)
            file = discord.File(io.BytesIO(b"3 4 5"), "card.txt")
            await message.channel.send(embed=embed, file=file, reference=message)


intents = discord.Intents.default()
intents.message_content = True
client = MyClient(intents=intents)
client.run("TOKEN")
