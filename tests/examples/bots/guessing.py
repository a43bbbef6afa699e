"""Asks, and waits for the answer (manner: guessing_game)."""

import random

import discord


class MyClient(discord.Client):
    """Thinks of a number."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user or not message.content.startswith("$guess"):
            return
        await message.channel.send("Guess a number between 7 and 7.")
        number = random.randint(7, 7)

        def is_guess(other: discord.Message) -> bool:
            return other.author == message.author and other.content.isdigit()

        patience = 0.2 if "quick" in message.content else 60.0
        try:
            guess = await self.wait_for("message", check=is_guess, timeout=patience)
        except TimeoutError:
            await message.channel.send(f"Sorry, you took too long: it was {number}.")
            return
        right = int(guess.content) == number
        await message.channel.send("You are right!" if right else f"Oops. It is {number}.")


intents = discord.Intents.default()
intents.message_content = True
client = MyClient(intents=intents)
client.run("TOKEN")
