"""Calls of a handler that is a coroutine function: one after the other, in the order of delivery.

They run in a task of their own, as the handler may wait for what the reading task is yet to read.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Calls(Generic[T]):
    """The calls of one handler, each for a ``T``."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[T, Coroutine[Any, Any, None]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, what: T, call: Coroutine[Any, Any, None]) -> None:
        """Run a call when those before it have ended."""
        self._waiting.append((what, call))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._waiting:
            _, call = self._waiting.popleft()
            try:
                await call
            except Exception:
                log.exception("a handler failed")

    async def stop(self) -> list[T]:
        """Begin no other call and wait for the running one, unless it is that which asks; returns
        what the calls that did not begin were for."""
        unseen = []
        while self._waiting:
            what, call = self._waiting.popleft()
            call.close()
            unseen.append(what)
        if self._task is not None and self._task is not asyncio.current_task():
            await asyncio.wait([self._task])
        return unseen

    def cancel(self) -> None:
        """End the running call and begin no other."""
        if self._task is not None:
            self._task.cancel()
        while self._waiting:
            self._waiting.popleft()[1].close()
