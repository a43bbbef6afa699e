"""What the benchmark measures, each in a process of its own, with the compression told.

``python -m loadtests._bench_client discord.py zlib-stream URL``
    plain discord.py that dispatches to an empty ``on_message``; says ``received N`` at the N that
    ``BENCH_COUNT`` names.
``python -m loadtests._bench_client gateway zlib-stream``
    our gateway, otherwise as ``python -m runtime gateway``.
"""

import os
import runpy
import sys
from typing import Any


def use(compress: str) -> None:
    """Make discord.py ask for this compression: it takes zstd when it finds ``zstandard``."""
    if compress == "zlib-stream":
        modules: dict[str, Any] = sys.modules
        modules["zstandard"] = None
        import discord.utils  # noqa: PLC0415 - what is hidden is looked for at import

        assert not hasattr(discord.utils, "_ZstdDecompressionContext")  # noqa: S101
        del modules["zstandard"]


def run_plain(url: str, count: int) -> None:
    """The smallest bot that hears messages."""
    import discord  # noqa: PLC0415 - after ``use``
    import discord.gateway  # noqa: PLC0415
    import yarl  # noqa: PLC0415

    discord.http.Route.BASE = f"{url}/api/v10"
    gateway = url.replace("http", "ws", 1) + "/gateway"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    client = discord.Client(intents=discord.Intents.all(), chunk_guilds_at_startup=False)
    seen = 0

    @client.event
    async def on_ready() -> None:
        print("ready", flush=True)

    @client.event
    async def on_message(message: discord.Message) -> None:  # noqa: ARG001
        nonlocal seen
        seen += 1
        if seen % count == 0:
            print(f"received {seen}", flush=True)

    client.run("any", log_handler=None)


def main(arguments: list[str]) -> None:
    """Become what was asked for."""
    what, compress = arguments[:2]
    use(compress)
    if what == "gateway":
        sys.argv = ["runtime", "gateway"]
        runpy.run_module("runtime", run_name="__main__", alter_sys=True)
    else:
        run_plain(arguments[2], int(os.environ["BENCH_COUNT"]))


if __name__ == "__main__":
    main(sys.argv[1:])
