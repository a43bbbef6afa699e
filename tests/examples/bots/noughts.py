"""Noughts and crosses (manner: views/tic_tac_toe)."""

from typing import Any

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(commands.when_mentioned_or("$"), intents=intents)
LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))


class Field(discord.ui.Button["Board"]):
    """One of nine."""

    def __init__(self, place: int) -> None:
        super().__init__(label="\u200b", row=place // 3, custom_id=f"field-{place}")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        board = self.view
        assert board is not None
        self.label, self.disabled = board.turn, True
        self.style = discord.ButtonStyle.danger
        board.turn = "O" if board.turn == "X" else "X"
        text = board.verdict() or f"It is {board.turn}'s turn"
        if board.verdict():
            for field in board.fields:
                field.disabled = True
            board.stop()
        await interaction.response.edit_message(content=text, view=board)


class Board(discord.ui.View):
    """The game."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = "X"
        self.fields = [Field(place) for place in range(9)]
        for field in self.fields:
            self.add_item(field)

    def verdict(self) -> str | None:
        for line in LINES:
            marks = {self.fields[place].label for place in line}
            if len(marks) == 1 and marks != {"\u200b"}:
                return f"{marks.pop()} won!"
        return None


@bot.command()
async def tic(ctx: commands.Context[Any]) -> None:
    """Starts a game."""
    await ctx.send("Noughts and crosses: X goes first", view=Board())


bot.run("TOKEN")
