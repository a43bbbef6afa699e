"""Gives a role for a reaction and takes it back (manner: reaction_roles)."""

import discord


class MyClient(discord.Client):
    """Both ways."""

    emoji = "\N{LARGE RED CIRCLE}"

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        guild = self.get_guild(payload.guild_id or 0)
        if guild is None or payload.member is None or str(payload.emoji) != self.emoji:
            return
        await payload.member.add_roles(guild.roles[1])

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        guild = self.get_guild(payload.guild_id or 0)
        if guild is None or str(payload.emoji) != self.emoji:
            return
        member = guild.get_member(payload.user_id)
        if member is None:
            return
        await member.remove_roles(guild.roles[1])


intents = discord.Intents.default()
intents.members = True
client = MyClient(intents=intents)
client.run("TOKEN")
