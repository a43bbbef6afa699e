"""Ending tasks for sure."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

CANCEL_AGAIN = 0.5

T = TypeVar("T")


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended: a library that swallows a cancellation gets another."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN)


async def cancellable(doing: Awaitable[T]) -> T:
    """Wait for what may swallow a cancellation, or make an error or a result of it.

    A ``TaskGroup`` cancels its tasks once: one that did not notice is waited for without an end.

    Raises:
        CancelledError: this task was cancelled meanwhile, whatever else came of it.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        return await doing
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
