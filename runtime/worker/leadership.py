"""What must run on one worker, not on N: ``tasks.loop`` and tasks that wait until the bot is ready.

One worker holds a lease. On the others a loop's iterations pass without calling its body, and a
background task that begins with ``await bot.wait_until_ready()``, as discord.py's guides have it,
waits until its worker is the one.
"""

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

from discord.ext import tasks

from runtime.bus.lease import Lease
from runtime.errors import LeaseLost
from runtime.worker import scope

log = logging.getLogger(__name__)


class Leadership:
    """Whether this worker is the one."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._leading = asyncio.Event()

    @property
    def is_leading(self) -> bool:
        """Whether the bodies of loops run here."""
        return self._leading.is_set()

    async def run(self) -> None:
        """Be the one whenever nobody else is; for ever."""
        while True:
            await self._lease.acquire()
            self._leading.set()
            log.info("this worker runs the bot's background tasks")
            try:
                await self._lease.keep()
            except LeaseLost:
                log.info("another worker runs the bot's background tasks")
            finally:
                self._leading.clear()

    async def resign(self) -> None:
        """Let another one have it at once."""
        if self._leading.is_set():
            self._leading.clear()
            await self._lease.release()

    def govern(self, bot: Any) -> None:
        """Take over the bot's loops and its ``wait_until_ready``."""
        loop_type: Any = tasks.Loop
        if not hasattr(loop_type, "_ungoverned_start"):
            loop_type._ungoverned_start = loop_type.start  # noqa: SLF001
            loop_type.start = _start
        _governing.set(self)
        bot.wait_until_ready = self._waiting_until_ready(bot.wait_until_ready)

    def _waiting_until_ready(
        self, wait_until_ready: Callable[[], Coroutine[Any, Any, None]]
    ) -> Callable[[], Coroutine[Any, Any, None]]:
        async def ready_and_leading() -> None:
            await wait_until_ready()
            if scope.is_background():
                await self._leading.wait()

        return ready_and_leading


_governing: ContextVar[Leadership | None] = ContextVar("leadership", default=None)


def _start(loop: Any, *args: Any, **kwargs: Any) -> Any:
    """``Loop.start``, with a body that runs only while this worker is the one."""
    body, leadership = loop.coro, _governing.get()
    if leadership is not None and not hasattr(body, "is_governed"):

        @functools.wraps(body)
        async def governed(*inner: Any, **named: Any) -> Any:
            return await body(*inner, **named) if leadership.is_leading else None

        governed.is_governed = True  # type: ignore[attr-defined]
        loop.coro = governed
    return loop._ungoverned_start(*args, **kwargs)  # noqa: SLF001
