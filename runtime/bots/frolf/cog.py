"""The commands, and how rounds read in a channel. Answers are short: a phone is in one hand."""

import time
from collections.abc import Awaitable

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import escape_markdown

from runtime import event_id
from runtime.bots.frolf import rounds
from runtime.bots.frolf.rounds import MAX_COURSE, MAX_HOLES, MAX_STROKES, Round, RuleBroken
from runtime.bots.frolf.store import Store

_LINES = 10
_NAME = 32

Holes = app_commands.Range[int, 1, MAX_HOLES]
Strokes = app_commands.Range[int, 1, MAX_STROKES]
Course = app_commands.Range[str, 1, MAX_COURSE]


class Rounds(
    commands.GroupCog, group_name="round", group_description="A round of disc golf in this channel"
):
    """``/round ...`` and ``!rounds``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @app_commands.command()
    @app_commands.describe(course="where you play", holes="how many holes, 18 unless told")
    async def create(
        self, interaction: discord.Interaction, course: Course, holes: Holes = 18
    ) -> None:
        """Open a round in this channel."""

        async def opened() -> str:
            channel = _channel(interaction)
            made = await self._store.create(channel, course, holes, time.time(), event_id())
            return f"{_headline(made)} is open. `/round join` to play."

        await _answer(interaction, opened())

    @app_commands.command()
    async def join(self, interaction: discord.Interaction) -> None:
        """Take part in this channel's round."""
        name = interaction.user.display_name[:_NAME]

        async def joined() -> str:
            made = await self._store.join(
                _channel(interaction), interaction.user.id, name, event_id()
            )
            return f"{escape_markdown(name)} plays {_course(made)}, {len(made.players)} in all."

        await _answer(interaction, joined())

    @app_commands.command()
    @app_commands.describe(hole="its number", strokes="how many throws you needed")
    async def score(self, interaction: discord.Interaction, hole: Holes, strokes: Strokes) -> None:
        """Note what you needed for a hole."""
        user = interaction.user.id

        async def scored() -> str:
            made = await self._store.score(
                _channel(interaction), user, hole, strokes, time.time(), event_id()
            )
            mine = rounds.standing(made, rounds.player_of(made, user))
            called = rounds.term(strokes, made.pars[hole - 1])
            so_far = f"{rounds.relative_text(mine.relative)} after {mine.played}"
            end = " The round is finished." if made.is_finished else ""
            return f"Hole {hole}: {called}. {escape_markdown(mine.name)} is {so_far}.{end}"

        await _answer(interaction, scored())

    @app_commands.command()
    async def leaderboard(self, interaction: discord.Interaction) -> None:
        """See who leads."""

        async def ranked() -> str:
            return leaderboard_text(await self._store.latest_round(_channel(interaction)))

        await _answer(interaction, ranked())

    @commands.command(name="rounds")
    async def list_rounds(self, ctx: commands.Context[commands.Bot]) -> None:
        """List the open rounds of this channel."""
        try:
            made = await self._store.open_round(ctx.channel.id)
        except RuleBroken as broken:
            await ctx.send(str(broken))
            return
        await ctx.send(f"{_headline(made)}, {len(made.players)} playing.")


def leaderboard_text(made: Round) -> str:
    """The leaderboard as a message, at most ten lines of players."""
    standings = rounds.leaderboard(made)
    if not standings:
        return f"Nobody plays {_course(made)} yet: `/round join`."
    lines = [_headline(made)]
    for place, one in enumerate(standings[:_LINES], start=1):
        where = f"{rounds.relative_text(one.relative)} after {one.played}" if one.played else "-"
        lines.append(f"{place}. {escape_markdown(one.name)} {where}")
    if len(standings) > _LINES:
        lines.append(f"and {len(standings) - _LINES} more")
    return "\n".join(lines)


def _course(made: Round) -> str:
    return f"**{escape_markdown(made.course)}**"


def _headline(made: Round) -> str:
    return f"{_course(made)} ({len(made.pars)} holes, par {made.par})"


def _channel(interaction: discord.Interaction) -> int:
    if interaction.channel_id is None:
        raise RuleBroken("Rounds are played in a channel.")
    return interaction.channel_id


async def _answer(interaction: discord.Interaction, work: Awaitable[str]) -> None:
    """Reply with the outcome; what the rules forbid only the player sees."""
    try:
        text = await work
    except RuleBroken as broken:
        await interaction.response.send_message(str(broken), ephemeral=True)
    else:
        await interaction.response.send_message(text)
