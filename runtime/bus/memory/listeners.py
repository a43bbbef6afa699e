"""Who hears what is published, and who answers requests."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from runtime.bus.interface import Hear, Message, Respond
from runtime.bus.memory.pump import Pump
from runtime.bus.memory.subjects import Routes
from runtime.errors import BusUnavailable

logger = logging.getLogger(__name__)

Reply = Callable[[Message | BusUnavailable], None]
Run = Callable[[Coroutine[Any, Any, None]], None]

# How far a listener may fall behind before it misses messages.
_HEARD_LIMIT = 65_536


class Listener:
    """One plain subscription."""

    def __init__(self, routes: "Routes[Listener]", subject: str, handler: Hear, queue: str) -> None:
        self.queue = queue
        self._subject = subject
        self._routes = routes
        self._pump: Pump[Message] = Pump(handler, subject)
        self._missed = 0

    @property
    def behind(self) -> int:
        """Messages that the handler has not seen."""
        return len(self._pump)

    async def run(self) -> None:
        """Call the handler for what is heard until ``stop``."""
        await self._pump.run()

    def hear(self, message: Message) -> None:
        """A message came; it is lost when the handler is far behind."""
        if self.behind < _HEARD_LIMIT:
            self._pump.put(message)
            return
        if self._missed == 0:
            logger.warning("the listener to %s is too slow and misses messages", self._subject)
        self._missed += 1

    async def stop(self) -> None:
        """See ``Subscription``."""
        self._routes.remove(self)
        self._pump.stop()


class Server:
    """One who answers requests, each in a task of its own."""

    def __init__(self, routes: "Routes[Server]", handler: Respond, run: Run) -> None:
        self._routes = routes
        self._handler = handler
        self._run = run
        self._stopped = False

    def asked(self, message: Message, reply: Reply) -> None:
        """A request came; ``reply`` is called once, or not at all when the bus closes."""
        self._run(self._answer(message, reply))

    async def stop(self) -> None:
        """See ``Subscription``."""
        self._stopped = True
        self._routes.remove(self)

    async def _answer(self, message: Message, reply: Reply) -> None:
        if self._stopped:
            reply(BusUnavailable(f"nobody serves {message.subject} any more"))
            return
        try:
            reply(await self._handler(message))
        except Exception as error:
            logger.exception("a request on %s failed", message.subject)
            reply(BusUnavailable(f"{message.subject} failed: {type(error).__name__}"))
