"""Greets whoever comes (manner: new_member)."""

import discord


class MyClient(discord.Client):
    """Polite."""

    async def on_member_join(self, member: discord.Member) -> None:
        channel = member.guild.text_channels[0]
        await channel.send(f"Welcome {member.mention} to {member.guild.name}!")


intents = discord.Intents.default()
intents.members = True
client = MyClient(intents=intents)
client.run("TOKEN")
