"""A button that is a link (manner: views/link)."""

from typing import Any
from urllib.parse import quote_plus

import discord
from discord.ext import commands

intents = discord.Intents.default()
intents.message_content = True
bot = commands.Bot(commands.when_mentioned_or("$"), intents=intents)


@bot.command()
async def look(ctx: commands.Context[Any], *, query: str) -> None:
    """Looks it up."""
    view = discord.ui.View()
    url = f"https://example.org/search?q={quote_plus(query)}"
    view.add_item(discord.ui.Button(label="Click here", url=url))
    await ctx.send(f"Result for: `{query}`", view=view)


bot.run("TOKEN")
