"""What must run on one worker, not on N: ``tasks.loop`` and tasks that wait until the bot is ready.

One worker holds a lease. On the others a loop's iterations pass without calling its body, and a
background task that begins with ``await bot.wait_until_ready()``, as discord.py's guides have it,
waits until its worker is the one.
"""

import asyncio
import functools
import logging
from contextvars import ContextVar
from typing import Any

import discord
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

    def govern(self) -> None:
        """Take over the loops and the ``wait_until_ready`` of bots that run in this context."""
        loop_type: Any = tasks.Loop
        if not hasattr(loop_type, "_ungoverned_start"):
            loop_type._ungoverned_start = loop_type.start  # noqa: SLF001
            loop_type.start = _start
            client_type: Any = discord.Client
            client_type.wait_until_ready = _ready_and_leading
        _governing.set(self)

    async def led(self) -> None:
        """Wait until this worker is the one."""
        await self._leading.wait()


_governing: ContextVar[Leadership | None] = ContextVar("leadership", default=None)


_wait_until_ready = discord.Client.wait_until_ready


async def _ready_and_leading(client: discord.Client) -> None:
    """``Client.wait_until_ready``; a background task waits for the lease as well."""
    await _wait_until_ready(client)
    leadership = _governing.get()
    if leadership is not None and scope.is_background():
        await leadership.led()


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
