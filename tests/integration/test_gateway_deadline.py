"""Slow bots: the gateway defers for them, and their late answers arrive all the same."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.eventually import eventually
from tests.integration.hosting import Hosted, hosting

DEFER_AFTER = 0.3
SLOW = 0.8
Interaction = discord.Interaction[Any]


class SlowBot(discord.Client):
    """Thinks for ``SLOW`` seconds before it answers anything."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)
        for callback in (self.public, self.private, self.quick, self.buttons, self.defers):
            self.tree.command(name=callback.__name__, description="does it")(callback)
        self.tree.command(name="choose", description="does it")(choose)

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()

    async def public(self, interaction: Interaction) -> None:
        await asyncio.sleep(SLOW)
        answer = await interaction.response.send_message("here it is")
        assert answer.message_id

    async def private(self, interaction: Interaction) -> None:
        await asyncio.sleep(SLOW)
        await interaction.response.send_message("for you", ephemeral=True)

    async def quick(self, interaction: Interaction) -> None:
        await interaction.response.send_message("at once")

    async def defers(self, interaction: Interaction) -> None:
        await asyncio.sleep(SLOW)
        await interaction.response.defer()
        await interaction.followup.send("after all")

    async def buttons(self, interaction: Interaction) -> None:
        await interaction.response.send_message("press", view=Buttons())


class Buttons(discord.ui.View):
    """Two slow buttons and one that opens a form."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="edit", custom_id="edit")
    async def edit(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        await asyncio.sleep(SLOW)
        await interaction.response.edit_message(content="pressed", view=None)

    @discord.ui.button(label="new", custom_id="new")
    async def new(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        await asyncio.sleep(SLOW)
        await interaction.response.send_message("another one")


async def _colours(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    await asyncio.sleep(SLOW)
    return [app_commands.Choice(name=typed, value=typed)]


@app_commands.autocomplete(colour=_colours)
async def choose(interaction: Interaction, colour: str) -> None:
    await interaction.response.send_message(colour)


@pytest.fixture
async def hosted() -> AsyncIterator[Hosted]:
    """The slow bot with a gateway that is not patient."""
    async with hosting(SlowBot(), DEFER_AFTER=str(DEFER_AFTER)) as running:
        yield running


def deferred(hosted: Hosted) -> float:
    return hosted.count("gateway_deferred_total", outcome="deferred")


def assert_all_answered(hosted: Hosted) -> None:
    seen = hosted.discord.ledger()["interactions"]
    assert (seen["answered"], seen["unanswered"], seen["late"]) == (seen["sent"], 0, 0)


async def test_a_late_reply_is_seen_and_no_interaction_stays_unanswered(hosted: Hosted) -> None:
    reply = await hosted.discord.user("ann").slash("public")
    assert reply["content"] == "here it is"
    assert deferred(hosted) == 1
    assert_all_answered(hosted)
    await eventually(lambda: hosted.handled("interaction") == 1)


async def test_a_late_reply_for_one_is_not_shown_to_all(hosted: Hosted) -> None:
    reply = await hosted.discord.user("ann").slash("private")
    assert reply["content"] == "for you"
    assert reply["flags"] & 64
    assert deferred(hosted) == 1


async def test_a_late_deferral_is_no_error(hosted: Hosted) -> None:
    assert (await hosted.discord.user("ann").slash("defers"))["content"] == "after all"


async def test_a_late_edit_reaches_the_message_of_its_button(hosted: Hosted) -> None:
    ann = hosted.discord.user("ann")
    message = await ann.slash("buttons")
    edited = await ann.click(message, "edit")
    assert (edited["id"], edited["content"]) == (message["id"], "pressed")
    assert deferred(hosted) == 1


async def test_a_late_new_message_leaves_the_message_of_its_button(hosted: Hosted) -> None:
    ann = hosted.discord.user("ann")
    message = await ann.slash("buttons")
    new = await ann.click(message, "new")
    assert (new["id"] != message["id"], new["content"]) == (True, "another one")
    assert deferred(hosted) == 1


async def test_a_quick_reply_is_not_deferred(hosted: Hosted) -> None:
    began = time.monotonic()
    await hosted.discord.user("ann").slash("quick")
    await hosted.discord.user("ann").slash("public")
    assert time.monotonic() - began > SLOW
    assert deferred(hosted) == 1


async def test_autocomplete_is_never_deferred(hosted: Hosted) -> None:
    choices = await hosted.discord.user("ann").autocomplete("choose", "colour", "red")
    assert choices == [{"name": "red", "value": "red"}]
    assert deferred(hosted) == 0
