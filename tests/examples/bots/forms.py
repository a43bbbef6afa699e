"""Modals, with text inputs and with labels around other components (manner: modals/)."""

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


class Feedback(discord.ui.Modal, title="Feedback"):
    """Rows of inputs."""

    name: Any = discord.ui.TextInput(label="Name", placeholder="Your name here...", custom_id="n")
    feedback: Any = discord.ui.TextInput(
        label="How do you like it?", style=discord.TextStyle.long, required=False, custom_id="f"
    )

    async def on_submit(self, interaction: Interaction) -> None:
        if not self.feedback.value:
            raise ValueError("nothing was said")
        await interaction.response.send_message(f"Thanks, {self.name.value}!", ephemeral=True)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        await interaction.response.send_message(f"Oops! {error}", ephemeral=True)


class Timeout(discord.ui.Modal, title="Time out"):
    """Labels."""

    note: Any = discord.ui.TextDisplay("Be **kind**.")
    why: Any = discord.ui.Label(
        text="Why",
        component=discord.ui.Select(
            custom_id="why",
            options=[discord.SelectOption(label=one) for one in ("Spam", "Rude", "Other")],
        ),
    )
    more: Any = discord.ui.Label(
        text="More", description="If you like", component=discord.ui.TextInput(custom_id="more")
    )

    async def on_submit(self, interaction: Interaction) -> None:
        reasons = ", ".join(self.why.component.values)
        await interaction.response.send_message(f"{reasons}: {self.more.component.value}")


client = MyClient()


@client.tree.command(description="Give feedback")
async def feedback(interaction: Interaction) -> None:
    await interaction.response.send_modal(Feedback())


@client.tree.command(description="Send somebody out")
async def timeout(interaction: Interaction) -> None:
    form = Timeout()
    await interaction.response.send_modal(form)
    if not await form.wait():
        await interaction.followup.send("the form is done")


client.run("TOKEN")
