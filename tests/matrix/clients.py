"""The clients under test, each as a command line that connects to the fake Discord and stays.

`python -m tests.matrix.clients discord.py API GATEWAY` runs one here; Node.js runs discord.js.
"""

import base64
import os
import sys
from pathlib import Path

from tests.integration.test_simulator_discord_js import NODE, has_discord_js
from tests.matrix.guard import watch

SCRIPT = Path(__file__).parents[1] / "integration" / "simulator_bot.cjs"
TOKEN = base64.b64encode(b"1").decode() + ".x.y"  # hikari reads an id out of it


def commands(url: str, gateway_url: str) -> dict[str, list[str]]:
    """Name of each client that can be had here, and how to start it."""
    python = [sys.executable, "-m", "tests.matrix.clients"]
    known = {name: [*python, name, url, gateway_url] for name in ("discord.py", "hikari")}
    if has_discord_js():
        known["discord.js"] = [str(NODE), str(SCRIPT), url]
    return known


def discord_py(url: str, gateway_url: str) -> None:
    import discord  # noqa: PLC0415 - each process loads the one client that it is

    from simulator.hosting import pointed  # noqa: PLC0415

    with pointed(url, gateway_url):
        discord.Client(intents=discord.Intents.all()).run(TOKEN, log_handler=None)


def hikari(url: str, _: str) -> None:
    import hikari as library  # noqa: PLC0415

    bot = library.GatewayBot(
        TOKEN, rest_url=url + "/v10", banner=None, intents=library.Intents.ALL, logs=None
    )
    bot.run(check_for_updates=False)


if __name__ == "__main__":
    if "GUARD_LOG" in os.environ:
        watch(Path(os.environ["GUARD_LOG"]))
    {"discord.py": discord_py, "hikari": hikari}[sys.argv[1]](sys.argv[2], sys.argv[3])
