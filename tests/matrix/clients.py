"""The clients under test, each as a command line that connects to the fake Discord and stays.

`python -m tests.matrix.clients discord.py API GATEWAY` runs one of the two that are installed with
this project; tests/clients has the others.
"""

import base64
import os
import sys
from pathlib import Path

from tests.clients.library import DISCORD_JS, LIBRARIES
from tests.matrix.guard import watch

NODE_GUARD = ("--require", str(Path(__file__).with_name("guard.cjs")))
PYTHON_GUARD = ("-m", "tests.matrix.guard")
TOKEN = base64.b64encode(b"1").decode() + ".x.y"  # hikari reads an id out of it


NAMES = ("discord.py", "hikari", *(library.name for library in (DISCORD_JS, *LIBRARIES)))


def commands(url: str, gateway_url: str, guarded: bool = False) -> dict[str, list[str]]:
    """Name of each client that can be had here, and how to start it; `guarded` needs GUARD_LOG."""
    python = [sys.executable, "-m", "tests.matrix.clients"]
    known = {name: [*python, name, url, gateway_url] for name in ("discord.py", "hikari")}
    for library in (DISCORD_JS, *LIBRARIES):
        flags = NODE_GUARD if library.runs_on_node else PYTHON_GUARD
        if library.version():
            known[library.name] = library.command(url, *(flags if guarded else ()))
    return known


def environment() -> dict[str, str]:
    """Of every client's process."""
    return DISCORD_JS.environment()


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
