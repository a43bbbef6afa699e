"""The way from the broker to a handler: a queue, and a task that calls the handler in its order."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

# A handler that never waits would keep the event loop to itself; this many calls, then a breath.
_CALLS_PER_TURN = 64


class Pump(Generic[T]):
    """Calls one handler for each item, one after the other. A handler that raises is logged."""

    def __init__(self, handler: Callable[[T], Awaitable[None]], name: str) -> None:
        self._handler = handler
        self._name = name
        self._queue: deque[T] = deque()
        self._wake = asyncio.Event()
        self._stopped = False

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, item: T) -> None:
        """Hand over an item; the handler's call begins after the calls for earlier ones ended."""
        self._queue.append(item)
        self._wake.set()

    def stop(self) -> list[T]:
        """Let no call begin any more; returns the items whose turn did not come."""
        self._stopped = True
        self._wake.set()
        rest = list(self._queue)
        self._queue.clear()
        return rest

    async def run(self) -> None:
        """Work until ``stop``."""
        calls = 0
        while not self._stopped:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                continue
            await self._call(self._queue.popleft())
            calls += 1
            if calls % _CALLS_PER_TURN == 0:
                await asyncio.sleep(0)

    async def _call(self, item: T) -> None:
        try:
            await self._handler(item)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            logger.warning("the handler of %s was cancelled by its own doing", self._name)
        except Exception:
            logger.exception("the handler of %s failed", self._name)
