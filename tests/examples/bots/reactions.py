"""Says who reacts to what, from the library's cached message."""

import discord


class MyClient(discord.Client):
    """Attentive."""

    async def on_reaction_add(self, reaction: discord.Reaction, user: discord.Member) -> None:
        said = f"{user.name} +{reaction.emoji} {reaction.count} {reaction.message.content}"
        await reaction.message.channel.send(said)

    async def on_reaction_remove(self, reaction: discord.Reaction, user: discord.Member) -> None:
        said = f"{user.name} -{reaction.emoji} {reaction.count} {reaction.message.content}"
        await reaction.message.channel.send(said)


intents = discord.Intents.default()
intents.message_content = True
intents.members = True
MyClient(intents=intents).run("TOKEN")
