"""Handlers that wait for a user: for a press, a form, a message. That may take minutes."""

import asyncio
from collections.abc import Awaitable
from types import CodeType
from typing import Any, TypeVar

import discord

from runtime.worker import scope

T = TypeVar("T")


async def waiting(awaited: Awaitable[T]) -> T:
    """Wait for a user, so that the event in hand knows it."""
    scope.note_wait()
    return await awaited


_WAITS: frozenset[CodeType] = frozenset({waiting.__code__})


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


def install() -> None:
    """See the waiting for views and modals from now on; ``wait_for`` is the waiters' matter."""
    view: Any = discord.ui.view.BaseView
    if hasattr(view, "_unseen_wait"):
        return
    view._unseen_wait = view.wait  # noqa: SLF001

    async def wait(self: Any) -> bool:
        """As in discord.py."""
        return bool(await waiting(self._unseen_wait()))

    view.wait = wait
