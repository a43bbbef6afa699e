"""Slash commands, options, choices, groups and context menus (manner: app_commands/basic)."""

from typing import Any

import discord
from discord import app_commands

Interaction = discord.Interaction[Any]


class MyClient(discord.Client):
    """Has a tree."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()


client = MyClient()


@client.tree.command()
async def hello(interaction: Interaction) -> None:
    """Says hello!"""
    await interaction.response.send_message(f"Hi, {interaction.user.mention}")


@client.tree.command()
@app_commands.rename(text_to_send="text")
@app_commands.describe(text_to_send="Text to send in the current channel")
async def send(interaction: Interaction, text_to_send: str) -> None:
    """Sends the text."""
    await interaction.response.send_message(text_to_send)


@client.tree.command()
@app_commands.describe(first="First number", second="Second number")
async def add(
    interaction: Interaction, first: int, second: app_commands.Range[int, 0, 10] = 3
) -> None:
    """Adds."""
    await interaction.response.send_message(f"{first + second}", ephemeral=True)


@client.tree.command()
async def joined(interaction: Interaction, member: discord.Member | None = None) -> None:
    """When a member came."""
    member = member or (interaction.user if isinstance(interaction.user, discord.Member) else None)
    assert member is not None
    assert member.joined_at is not None
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send(f"{member} {discord.utils.format_dt(member.joined_at)}")
    await interaction.followup.send("and a second one", ephemeral=True)


@client.tree.context_menu(name="Show Join Date")
async def show_join_date(interaction: Interaction, member: discord.Member) -> None:
    assert member.joined_at is not None
    await interaction.response.send_message(f"{member.name} {member.joined_at:%Y-%m-%d}")


@client.tree.context_menu(name="Report to Moderators")
async def report_message(interaction: Interaction, message: discord.Message) -> None:
    await interaction.response.send_message("Thanks for reporting.", ephemeral=True)
    assert interaction.guild is not None
    channel = interaction.guild.text_channels[1]
    embed = discord.Embed(title="Reported Message", description=message.content)
    embed.set_author(name=message.author.display_name)
    await channel.send(embed=embed)


class Fruits(app_commands.Group):
    """A group."""

    @app_commands.command()
    @app_commands.choices(
        fruit=[app_commands.Choice(name=n, value=n[0]) for n in ("apple", "pear")]
    )
    async def pick(self, interaction: Interaction, fruit: app_commands.Choice[str]) -> None:
        """Picks."""
        await interaction.response.send_message(f"{fruit.name}={fruit.value}")

    @app_commands.command()
    async def guess(self, interaction: Interaction, fruit: str) -> None:
        """Guesses."""
        await interaction.response.send_message(f"guessed {fruit}")

    @guess.autocomplete("fruit")
    async def complete(
        self, _interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        names = ("banana", "blackberry", "cherry")
        return [app_commands.Choice(name=n, value=n) for n in names if current in n]


client.tree.add_command(Fruits(name="fruits"))
client.run("TOKEN")
