"""nats-py's client, but for one thing: a task that is cancelled while it waits stays cancelled."""

from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

from runtime.bus.ending import cancellable


class CancellableClient(Client):
    """nats-py 2.16 swallows a CancelledError that arrives while it flushes, and Python 3.11's
    ``asyncio.wait_for``, which it waits with, one that arrives together with the answer: the task
    goes on as if nobody had cancelled it, and whoever waits for its end waits for ever."""

    async def request(self, *args: Any, **kwargs: Any) -> Msg:
        """As nats-py's; what JetStream is asked goes through here, too."""
        return await cancellable(super().request(*args, **kwargs))

    async def flush(self, *args: Any, **kwargs: Any) -> None:
        """As nats-py's."""
        await cancellable(super().flush(*args, **kwargs))

    async def _flush_pending(self, force_flush: bool = False) -> Any:
        return await cancellable(super()._flush_pending(force_flush))
