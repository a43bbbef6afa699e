"""One connection to the broker: the ``Bus`` that the rest of the runtime holds."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from runtime.bus.interface import (
    Consume,
    Hear,
    Kept,
    KeyValue,
    Message,
    Respond,
    Stored,
    Subscription,
)
from runtime.bus.memory.broker import MemoryBroker
from runtime.bus.memory.consumers import Holder
from runtime.bus.memory.listeners import Listener, Server
from runtime.core.topology import Bucket, Consumer, Stream, Topology
from runtime.errors import BusError, BusUnavailable


class MemoryBus:
    """See ``Bus``. ``async with`` opens and closes it; handlers run inside.

    Args:
        broker: what to connect to, usually another bus's ``broker``; None makes one.
    """

    def __init__(self, broker: MemoryBroker | None = None) -> None:
        self.broker = broker or MemoryBroker()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[None]] = set()
        # Weak: the broker holds those that go on, nobody holds those that were stopped.
        self._subscriptions: WeakSet[Subscription] = WeakSet()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        # The group would wrap an error of the body; its own tasks are cancelled by now.
        await self._tasks.__aexit__(None, None, None)

    @property
    def connected(self) -> bool:
        """Whether it is open: nothing else can part it from its broker."""
        return self._loop is not None

    @property
    def connections(self) -> int:
        """Always the first."""
        return 1

    @property
    def max_payload(self) -> int:
        """See ``Bus``."""
        return self.broker.max_payload

    async def ensure(self, topology: Topology) -> None:
        """See ``Bus``."""
        self._require_open()
        self.broker.ensure(topology)

    def store(self, message: Message) -> asyncio.Future[Stored]:
        """See ``Bus``; the future has ended when this returns."""
        future = (self._loop or asyncio.get_running_loop()).create_future()
        try:
            self._require_open()
            future.set_result(self.broker.store(message))
        except BusError as error:
            future.set_exception(error)
            future.exception()  # whoever does not look need not be warned
        return future

    async def publish(self, message: Message) -> None:
        """See ``Bus``."""
        if self.connected:
            self.broker.publish(message)

    async def subscribe(self, subject: str, handler: Hear, queue: str = "") -> Subscription:
        """See ``Bus``."""
        listener = Listener(self.broker.listeners, subject, handler, queue)
        self._begin(listener, listener.run())
        self.broker.listeners.add(subject, listener)
        return listener

    async def request(self, message: Message, timeout: float) -> Message:
        """See ``Bus``."""
        answer: asyncio.Future[Message] = self._require_open().create_future()

        def reply(outcome: Message | BusUnavailable) -> None:
            if answer.done():
                return
            if isinstance(outcome, Message):
                answer.set_result(outcome)
            else:
                answer.set_exception(outcome)

        self.broker.ask(message, reply)
        try:
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError:
            raise BusUnavailable(f"no answer from {message.subject} in {timeout} s") from None

    async def serve(self, subject: str, handler: Respond) -> Subscription:
        """See ``Bus``."""
        self._require_open()
        server = Server(self.broker.servers, handler, self._run)
        self._subscriptions.add(server)
        self.broker.servers.add(subject, server)
        return server

    async def consume(self, consumer: Consumer, handler: Consume, credit: int) -> Subscription:
        """See ``Bus``."""
        holder = Holder(self.broker.consumer(consumer), handler, credit)
        self._begin(holder, holder.run())
        holder.join()
        return holder

    async def find(self, stream: Stream, after: int = 0, subject: str = ">") -> Kept | None:
        """See ``Bus``."""
        self._require_open()
        return self.broker.stream(stream).find(after, subject)

    async def remove(self, stream: Stream, sequence: int) -> bool:
        """See ``Bus``."""
        self._require_open()
        return self.broker.stream(stream).remove(sequence)

    async def bucket(self, bucket: Bucket) -> KeyValue:
        """See ``Bus``."""
        self._require_open()
        return self.broker.bucket(bucket)

    async def backlog(self, consumer: Consumer) -> int:
        """See ``Bus``."""
        self._require_open()
        return self.broker.consumer(consumer).backlog

    async def close(self) -> None:
        """See ``Bus``. Handlers that still run are cancelled; what they held is delivered again."""
        self._loop = None
        for subscription in tuple(self._subscriptions):
            await subscription.stop()
        for task in self._running:
            task.cancel()

    def _begin(self, subscription: Subscription, work: Coroutine[Any, Any, None]) -> None:
        self._run(work)
        self._subscriptions.add(subscription)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            self._require_open()
        except BusUnavailable:
            work.close()
            raise
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _require_open(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise BusUnavailable("the bus is not open")
        return self._loop
