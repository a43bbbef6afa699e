"""A small disnake bot. Usage: python disnake_bot.py API_URL; prints "ready" when it is.

Runs in an environment of its own, where disnake is and nothing of this project.
"""

import sys
from typing import Any

import disnake
from disnake.ext import commands

TOKEN = "MTAw.not-a.token"

disnake.http.Route.BASE = sys.argv[1] + "/v10"
intents = disnake.Intents(guilds=True, guild_messages=True, message_content=True)
bot = commands.InteractionBot(intents=intents, guild_ready_timeout=0.2)
counted, wrong = 0, 0  # messages, and those of them out of their turn


@bot.slash_command(description="Greets.")
async def hello(interaction: disnake.ApplicationCommandInteraction) -> None:
    button: Any = disnake.ui.Button(label="More", custom_id="more")
    await interaction.response.send_message("hello from disnake", components=[button])


@bot.event
async def on_button_click(interaction: Any) -> None:
    await interaction.response.edit_message("more")


@bot.event
async def on_message(message: Any) -> None:
    global counted, wrong  # noqa: PLW0603 - one bot, one count
    if message.content.startswith("gap "):
        wrong += message.content != f"gap {counted}"
        counted += 1
    if message.content == "!count":
        await message.channel.send(f"counted {counted}, wrong {wrong}")
    if message.content.startswith("!probe "):
        await message.channel.send(message.content[1:])


@bot.event
async def on_ready() -> None:
    print("ready", flush=True)  # noqa: T201 - what the test waits for


bot.run(TOKEN)
