"""Waiting for something to become true, with a deadline instead of a sleep."""

import asyncio
from collections.abc import Callable

POLL = 0.005


async def eventually(condition: Callable[[], object], within: float = 5.0) -> None:
    """Return as soon as ``condition()`` is true; fail after ``within`` seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"not true within {within} s"
        await asyncio.sleep(POLL)
