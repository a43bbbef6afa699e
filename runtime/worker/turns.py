"""When a handler may be started: handlers that block the event loop get a turn of it each.

A loop runs all that is ready before it looks at its sockets and timers again. When every lane has a
message and each handler computes for 10 ms, the acknowledgement of the first would leave after the
last one's end, and its lane would stay closed all the while. So handlers are started only while
the turn is young; the others begin in the next turns, behind what the earlier ones have to send.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

TURN = 0.005
"""Seconds that a turn of the loop may have lasted when a handler is started in it."""


class Turns:
    """Admits handlers to one event loop, those of interactions first, the others in their order.

    The usual case, a young turn and nobody waiting, is ``is_free()`` and no more. At least one is
    admitted in each turn, however long the turn has lasted by then.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._under_way = False
        self._goes_on = False
        self._has_woken = False
        self._began = 0.0
        self._admitted = 0
        self._closed = False

    def is_free(self) -> bool:
        """Whether a handler may be started now; if so, it counts as started."""
        if self._waiting or self._has_woken or self._closed:
            return False
        if not self._under_way:
            self._begin()
        elif self._clock() - self._began >= TURN and self._admitted:
            return False
        self._admitted += 1
        return True

    async def wait(self, *, first: bool = False) -> None:
        """Wait for a turn in which a handler may be started; it then counts as started.

        Args:
            first: before all that wait without this.
        """
        number = next(self._numbers)
        loop = asyncio.get_running_loop()
        while True:
            woken: asyncio.Future[None] = loop.create_future()
            heapq.heappush(self._waiting, (not first, number, woken))
            if not self._under_way:
                self._begin()
            await woken
            if not self._closed and (not self._admitted or self._clock() - self._began < TURN):
                self._admitted += 1
                return

    def close(self) -> None:
        """Admit nobody any more; who waits waits until it is cancelled."""
        self._closed = True

    def _begin(self) -> None:
        self._under_way = True
        self._began = self._clock()
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        """The turn is over: wake some for the next.

        Twice as many as this one admitted: after handlers that blocked one or two, so that few are
        woken in vain; after quick ones soon all. They are woken before ``_end`` is called again,
        which is therefore last in their turn, and behind what was to be sent before. Who comes
        meanwhile might be before that, and so is not admitted at once: not in a turn for which
        somebody was woken, and not in the one after a long turn, which goes on for that one.
        """
        if not (self._waiting or self._goes_on) and self._clock() - self._began >= TURN:
            self._goes_on = True
            asyncio.get_running_loop().call_soon(self._end)
            return
        self._under_way = self._goes_on = False
        self._has_woken = bool(self._waiting)
        count = max(1, 2 * self._admitted)
        self._admitted = 0
        if not self._waiting or self._closed:
            return
        while self._waiting and count:
            _, _, woken = heapq.heappop(self._waiting)
            if not woken.done():
                woken.set_result(None)
                count -= 1
        self._begin()
