"""Messages on their way into a stream: pipelined, in order, sent again until acknowledged.

Nothing here knows NATS: sending is a coroutine that is handed in, acknowledgements come in through
``acknowledged`` and ``refused``. When the connection breaks, an acknowledgement is overdue or the
broker refuses for now, everything unacknowledged is sent again in its old order before anything
new (go-back-N). Repeats are harmless, since the broker refuses a ``Nats-Msg-Id`` it has seen.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from runtime.bus.interface import Message, Stored
from runtime.errors import BusError, BusUnavailable, StoreRejected

WINDOW = 4096
ACK_TIMEOUT = 5.0
RETRY_DELAY = 0.25


@dataclass(slots=True, eq=False)
class _Pending:
    token: str
    message: Message
    stored: asyncio.Future[Stored]
    sent_at: float = 0.0
    first_refused: float = field(default=0.0)


class StorePipeline:
    """One ordered pipeline; ``run`` is its only task."""

    def __init__(
        self,
        send: Callable[[Message, str], Awaitable[None]],
        clock: Callable[[], float],
        patience: float,
    ) -> None:
        self._send = send
        self._clock = clock
        self._patience = patience
        self._waiting: deque[_Pending] = deque()
        self._sent: dict[str, _Pending] = {}
        self._next = 0
        self._paused_until = 0.0
        self._connected = True
        self._closed = False
        self._wake = asyncio.Event()

    @property
    def unacknowledged(self) -> int:
        """Messages that the broker has not acknowledged."""
        return len(self._waiting) + len(self._sent)

    def store(self, message: Message) -> asyncio.Future[Stored]:
        """Queue a message; the future ends with the broker's word on it."""
        future: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._next += 1
        pending = _Pending(str(self._next), message, future)
        if self._closed:
            self._fail(pending, BusUnavailable("the bus is closed"))
        else:
            self._waiting.append(pending)
            self._wake.set()
        return future

    def acknowledged(self, token: str, stored: Stored) -> None:
        """The broker has it."""
        pending = self._sent.pop(token, None)
        if pending is not None and not pending.stored.done():
            pending.stored.set_result(stored)
        if self._waiting:
            self._wake.set()

    def refused(self, token: str, error: str, *, final: bool) -> None:
        """The broker does not take it: never (``final``), or not now."""
        pending = self._sent.get(token)
        if pending is None:
            return
        now = self._clock()
        pending.first_refused = pending.first_refused or now
        if final or now - pending.first_refused >= self._patience:
            del self._sent[token]
            self._fail(pending, StoreRejected(error))
        else:
            self._paused_until = now + RETRY_DELAY
            self._rewind()

    def disconnected(self) -> None:
        """Hold everything."""
        self._connected = False

    def reconnected(self) -> None:
        """Send again what was under way, then go on."""
        self._connected = True
        self._rewind()

    def close(self) -> None:
        """Give up on what is not acknowledged."""
        self._closed = True
        for pending in (*self._sent.values(), *self._waiting):
            self._fail(pending, BusUnavailable("the bus was closed before the broker answered"))
        self._sent.clear()
        self._waiting.clear()

    async def run(self) -> None:
        """Send, watch for overdue acknowledgements; ends when cancelled."""
        while True:
            await self._pump()
            self._wake.clear()
            if not self._can_send():
                await self._nap(self._idle_time())
            self._check_overdue()

    async def _pump(self) -> None:
        while self._can_send():
            pending = self._waiting.popleft()
            if pending.stored.done():
                continue
            self._sent[pending.token] = pending
            pending.sent_at = self._clock()
            try:
                await self._send(pending.message, pending.token)
            except StoreRejected as error:
                self._sent.pop(pending.token, None)
                self._fail(pending, error)
            except BusError:
                self._paused_until = self._clock() + RETRY_DELAY
                self._rewind()

    def _can_send(self) -> bool:
        return (
            bool(self._waiting)
            and self._connected
            and len(self._sent) < WINDOW
            and self._clock() >= self._paused_until
        )

    def _idle_time(self) -> float:
        pause = self._paused_until - self._clock()
        return pause if 0 < pause < 1.0 else 1.0

    async def _nap(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _check_overdue(self) -> None:
        oldest = next(iter(self._sent.values()), None)
        if oldest and self._connected and self._clock() - oldest.sent_at > ACK_TIMEOUT:
            self._rewind()

    def _rewind(self) -> None:
        self._waiting.extendleft(reversed(self._sent.values()))
        self._sent.clear()
        self._wake.set()

    @staticmethod
    def _fail(pending: _Pending, error: BusError) -> None:
        if not pending.stored.done():
            pending.stored.set_exception(error)
            pending.stored.exception()  # whoever does not look need not be warned
