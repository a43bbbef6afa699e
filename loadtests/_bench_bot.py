"""What workers run while they are measured.

``bot``
    discord.py with an empty ``on_message``.
``ages``
    a raw handler that says, after every ``BENCH_COUNT`` events, ``ages N P50 P99``: how old events
    were when it was called, in milliseconds since the gateway had read them.
"""

import os
import time

import discord

from runtime.core.envelope import Envelope

bot = discord.Client(intents=discord.Intents.all())

_ages: list[float] = []
_count = int(os.environ.get("BENCH_COUNT", "0"))
_seen = 0


@bot.event
async def on_message(message: discord.Message) -> None:
    """Do nothing."""


async def ages(event: Envelope) -> None:
    """Note the age."""
    global _seen  # noqa: PLW0603 - one process, one measurement
    if event.event_type != "MESSAGE_CREATE":
        return
    _ages.append((time.time_ns() - event.received_ns) / 1e6)
    _seen += 1
    if len(_ages) == _count:
        found = sorted(_ages)
        _ages.clear()
        half, most = found[_count // 2], found[_count * 99 // 100]
        print(f"ages {_seen} {half:.3f} {most:.3f}", flush=True)
