"""nats-py's client, but for one thing: a task that is cancelled while it sends stays cancelled."""

import asyncio
from typing import Any

from nats.aio.client import Client


class CancellableClient(Client):
    """nats-py 2.16 swallows a CancelledError that arrives while it flushes: the task goes on as if
    nobody had cancelled it, and whoever waits for its end waits for ever."""

    async def _flush_pending(self, force_flush: bool = False) -> Any:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        flushed = await super()._flush_pending(force_flush)
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
        return flushed
