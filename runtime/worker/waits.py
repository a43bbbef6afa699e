"""Whether a task waits for a user: for a press, a form, a message. That may take minutes."""

import asyncio
from types import CodeType
from typing import Any

import discord

from runtime.worker.waiters import Waiters

_WAITS: frozenset[CodeType] = frozenset(
    {
        discord.ui.View.wait.__code__,
        discord.ui.Modal.wait.__code__,
        Waiters._tapped.__code__,  # noqa: SLF001 - what a hosted bot's wait_for is
    }
)


def for_a_user(task: asyncio.Task[Any]) -> bool:
    """Look at what the task is suspended in: its coroutine, what that awaits, and so on."""
    if task.done():
        return False
    awaited: Any = task.get_coro()
    while awaited is not None:
        if getattr(awaited, "cr_code", None) in _WAITS:
            return True
        awaited = getattr(awaited, "cr_await", None)
    return False
