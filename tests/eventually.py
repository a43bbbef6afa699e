"""Waiting for something to become true, with a deadline instead of a sleep."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

POLL = 0.005


async def eventually(
    condition: Callable[[], object] | Callable[[], Awaitable[object]], within: float = 20.0
) -> None:
    """Return as soon as ``condition()``, awaited if need be, is true; fail after ``within`` s."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        result = condition()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return
        assert asyncio.get_running_loop().time() < deadline, f"not true within {within} s"
        await asyncio.sleep(POLL)
