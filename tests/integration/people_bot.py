"""A real discord.py bot that answers everything that people of the fake Discord can do."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands


class PeopleBot(commands.Bot):
    """Says what it was told, in one line each."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.all())
        known: tuple[Any, ...] = (everything, panel, survey, whois, quote)
        for command in known:
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def _tell(self, channel: int, text: str) -> None:
        place = self.get_channel(channel)
        assert isinstance(place, discord.TextChannel)
        await place.send(text)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self._tell(event.channel_id, f"added {event.emoji}")

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self._tell(event.channel_id, f"removed {event.emoji}")

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        if event.message.author != self.user:
            await self._tell(event.channel_id, f"edited to {event.message.content}")

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await self._tell(event.channel_id, "deleted")

    async def on_raw_poll_vote_add(self, event: discord.RawPollVoteActionEvent) -> None:
        await self._tell(event.channel_id, f"vote for {event.answer_id}")

    async def on_member_join(self, member: discord.Member) -> None:
        await member.guild.text_channels[0].send(f"welcome {member.name}")

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        guild = self.get_guild(event.guild_id)
        assert guild is not None
        await guild.text_channels[0].send(f"bye {event.user.name}")

    async def on_voice_state_update(
        self, member: discord.Member, _: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        where = after.channel.name if after.channel else "nowhere"
        await member.guild.text_channels[0].send(f"{member.name} in {where}")


@app_commands.command()
async def everything(  # noqa: PLR0917 - one of each
    interaction: discord.Interaction, text: str, whole: int, size: float, truth: bool,
    who: discord.Member, where: discord.TextChannel, role: discord.Role,
    anyone: discord.Member | discord.Role, card: discord.Attachment,
    colour: Literal["red", "blue"],
) -> None:  # fmt: skip
    """Takes one of each."""
    content = (await card.read()).decode()
    parts = (text, whole, size, truth, who.name, where.name, role.name, anyone.name, content)
    await interaction.response.send_message(" ".join(map(str, (*parts, colour))))


class _Panel(discord.ui.View):
    @discord.ui.select(
        cls=discord.ui.Select, custom_id="plain",
        options=[discord.SelectOption(label="Red", value="r")],
    )  # fmt: skip
    async def plain(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(menu.values[0])

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="users")
    async def users(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(menu.values[0].name)

    @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="roles")
    async def roles(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(menu.values[0].name)

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="channels")
    async def channels(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(menu.values[0].name)

    @discord.ui.select(cls=discord.ui.MentionableSelect, custom_id="anyone", max_values=2)
    async def anyone(self, interaction: discord.Interaction, menu: Any) -> None:
        await interaction.response.send_message(" ".join(value.name for value in menu.values))


@app_commands.command()
async def panel(interaction: discord.Interaction) -> None:
    """Shows a menu of each kind."""
    await interaction.response.send_message("choose", view=_Panel())


class _Ask(discord.ui.View):
    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(_Survey())


class _Survey(discord.ui.Modal, title="Survey"):
    name: discord.ui.Label["_Survey"] = discord.ui.Label(
        text="Name", component=discord.ui.TextInput(custom_id="name")
    )
    friend: discord.ui.Label["_Survey"] = discord.ui.Label(
        text="Friend", component=discord.ui.UserSelect(custom_id="friend")
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        name, friend = self.name.component, self.friend.component
        assert isinstance(name, discord.ui.TextInput)
        assert isinstance(friend, discord.ui.UserSelect)
        text = f"{name.value} and {friend.values[0].name}"
        await interaction.response.edit_message(content=text, view=None)


@app_commands.command()
async def survey(interaction: discord.Interaction) -> None:
    """Asks by a modal below a button."""
    await interaction.response.send_message("press", view=_Ask())


@app_commands.context_menu()
async def whois(interaction: discord.Interaction, member: discord.Member) -> None:
    await interaction.response.send_message(f"this is {member.name}")


@app_commands.context_menu()
async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"> {message.content}", ephemeral=True)
