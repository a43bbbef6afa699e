"""The heartbeat of one connection, and the verdict on a peer that no longer answers it."""

import asyncio
import random
from collections.abc import Awaitable, Callable


class Heartbeat:
    """Beats until cancelled, or until a beat is not acknowledged before the next is due.

    Discord Docs/Gateway, Sending Heartbeats: the first one after ``interval * random``.

    Args:
        interval: seconds, from HELLO.
        send: sends one; never raises for a connection that is going down.
    """

    def __init__(self, interval: float, send: Callable[[], Awaitable[None]]) -> None:
        self._interval = interval
        self._send = send
        self._acknowledged = True

    def acknowledged(self) -> None:
        """The peer has answered."""
        self._acknowledged = True

    async def run(self) -> None:
        """Returns when the peer is dead: events may still flow, but nobody hears us."""
        await asyncio.sleep(self._interval * random.random())
        while self._acknowledged:
            self._acknowledged = False
            await self._send()
            await asyncio.sleep(self._interval)
