"""The order to stop: how it comes, and how to wait for it and for work at the same time."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)


def stop_on_signals(stop: asyncio.Event, word: str, told: Callable[[], None] | None = None) -> None:
    """The first SIGINT or SIGTERM sets ``stop``, the second ends the process at once.

    Args:
        stop: what is set.
        word: what the log says that the process does then, such as ``draining``.
        told: called before ``stop`` is set.
    """
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        log.info("%s: %s", signal.Signals(number).name, word)
        if told is not None:
            told()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Do ``work`` to its end and return True, or leave it and return False when ``stop`` is set."""
    working = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    finally:
        waiting.cancel()
        working.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)
