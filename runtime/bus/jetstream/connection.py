"""The bus over NATS and JetStream."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription

from runtime.bus.ending import end
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
from runtime.bus.jetstream.bucket import JetStreamBucket
from runtime.bus.jetstream.consumption import Consumption
from runtime.bus.jetstream.dialing import Address, dial
from runtime.bus.jetstream.direct import DirectClient
from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.bus.jetstream.kept import find, remove
from runtime.bus.jetstream.listening import Served, Subscribed
from runtime.bus.jetstream.making import make
from runtime.bus.jetstream.puback import settle
from runtime.bus.jetstream.publishing import publish
from runtime.bus.store_pipeline import StorePipeline
from runtime.core.topology import Bucket, Consumer, Stream, Topology
from runtime.errors import BusUnavailable, NobodyServes, StoreRejected

log = logging.getLogger(__name__)

API_TIMEOUT = 5
TICK = 0.5
ERROR_HEADER = "Bus-Error"


class JetStreamBus:
    """One connection; ``async with`` opens and closes it.

    Args:
        address: of the servers; a plain URL will do.
        replicas: servers that keep each stream and bucket.
        name: what the server shows for this connection.
        patience: seconds that a refused message is sent again before StoreRejected.

    Raises:
        StartError: on entering, when no server answers.
    """

    def __init__(
        self,
        address: Address | str,
        *,
        replicas: int = 1,
        name: str = "multipod",
        patience: float = 60.0,
    ) -> None:
        self._address = Address(address) if isinstance(address, str) else address
        self._replicas = replicas
        self._name = name
        self._client = DirectClient()
        self._js = self._client.jetstream(timeout=API_TIMEOUT)
        self._pipeline = StorePipeline(self._send_store, time.monotonic, patience)
        self._consumptions: set[Consumption] = set()
        self._served: set[asyncio.Task[None]] = set()
        self._tasks = asyncio.TaskGroup()
        self._background: list[asyncio.Task[None]] = []
        self._ack_prefix = ""
        self._closing = False

    async def __aenter__(self) -> Self:
        await dial(
            self._client,
            self._address,
            name=self._name,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_reconnected,
        )
        await self._tasks.__aenter__()
        inbox = self._client.new_inbox()
        self._ack_prefix = f"{inbox}."
        await self._client.subscribe(f"{inbox}.*", cb=self._on_puback)
        for run in (self._pipeline.run, self._tick):
            self._background.append(self._tasks.create_task(run()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        await self._tasks.__aexit__(kind, error, trace)

    @property
    def connected(self) -> bool:
        """Whether the connection stands."""
        return self._client.is_connected

    @property
    def connections(self) -> int:
        """1, and one more for each reconnect."""
        return 1 + int(self._client.stats["reconnects"])

    @property
    def max_payload(self) -> int:
        """As the server announced it, in bytes."""
        return self._client.max_payload

    @property
    def unacknowledged(self) -> int:
        """Messages handed to ``store`` and not acknowledged."""
        return self._pipeline.unacknowledged

    async def ensure(self, topology: Topology) -> None:
        """Make the streams, consumers and buckets that are missing."""
        await make(self._js, topology, self._replicas)

    def store(self, message: Message) -> asyncio.Future[Stored]:
        """Queue a message for its stream."""
        return self._pipeline.store(message)

    async def _send_store(self, message: Message, token: str) -> None:
        try:
            reply = self._ack_prefix + token
            await publish(self._client, message.subject, reply, message.headers, message.body)
        except nats.errors.MaxPayloadError:
            limit = self._client.max_payload
            raise StoreRejected(f"{len(message.body)} bytes are above {limit}") from None
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(str(error)) from error

    async def _on_puback(self, msg: Msg) -> None:
        settle(self._pipeline, msg.subject[len(self._ack_prefix) :], msg)

    async def publish(self, message: Message) -> None:
        """At most once; dropped while disconnected."""
        if not self._client.is_connected:
            return
        with suppress(*TRANSPORT_ERRORS):
            await self._client.publish(
                message.subject, message.body, headers=dict(message.headers) or None
            )

    async def subscribe(self, subject: str, handler: Hear, queue: str = "") -> Subscription:
        """Hear what is published."""

        async def heard(msg: Msg) -> None:
            await handler(Message(msg.subject, msg.data, msg.headers or {}))

        return Subscribed(await self._listen(subject, queue, heard))

    async def request(self, message: Message, timeout: float) -> Message:
        """Ask whoever serves the subject."""
        try:
            reply = await self._client.request(
                message.subject, message.body, timeout=timeout, headers=dict(message.headers)
            )
        except nats.errors.NoRespondersError:
            raise NobodyServes(f"nobody serves {message.subject}") from None
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"no answer from {message.subject}: {error}") from error
        headers = reply.headers or {}
        if ERROR_HEADER in headers:
            raise BusUnavailable(headers[ERROR_HEADER])
        return Message(reply.subject, reply.data, headers)

    async def serve(self, subject: str, handler: Respond) -> Subscription:
        """Answer requests, each in a task of its own."""

        async def answer(msg: Msg) -> None:
            request = Message(msg.subject, msg.data, msg.headers or {})
            try:
                reply = await handler(request)
            except Exception as error:
                log.exception("a request on %s failed", msg.subject)
                reply = Message(msg.reply, b"", {ERROR_HEADER: type(error).__name__})
            with suppress(*TRANSPORT_ERRORS):
                await self._client.publish(
                    msg.reply, reply.body, headers=dict(reply.headers) or None
                )

        async def heard(msg: Msg) -> None:
            task = self._tasks.create_task(answer(msg))
            self._served.add(task)
            task.add_done_callback(self._served.discard)

        return Served(self._client, await self._listen(subject, "serve", heard))

    async def _listen(
        self, subject: str, queue: str, heard: Callable[[Msg], Awaitable[None]]
    ) -> NatsSubscription:
        """Subscribe; when this returns the server knows of it."""
        try:
            sub = await self._client.subscribe(subject, queue=queue, cb=heard)
            await self._client.flush(API_TIMEOUT)
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"cannot listen to {subject}: {error!s}") from error
        return sub

    async def consume(self, consumer: Consumer, handler: Consume, credit: int) -> Subscription:
        """Pull from a durable consumer."""
        consumption = Consumption(self._client, consumer, handler, credit, self._forget)
        self._consumptions.add(consumption)
        await consumption.start()
        return consumption

    def _forget(self, consumption: Consumption) -> None:
        self._consumptions.discard(consumption)

    async def find(self, stream: Stream, after: int = 0, subject: str = ">") -> Kept | None:
        """Read a stream."""
        return await find(self._js, stream, after, subject)

    async def remove(self, stream: Stream, sequence: int) -> bool:
        """Delete from a stream."""
        return await remove(self._js, stream, sequence)

    async def bucket(self, bucket: Bucket) -> KeyValue:
        """Open a bucket."""
        try:
            kv = await self._js.key_value(bucket.name)
            return JetStreamBucket(kv, self._js, bucket.name)
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"bucket {bucket.name}: {error}") from error

    async def backlog(self, consumer: Consumer) -> int:
        """Pending and in flight."""
        try:
            info = await self._js.consumer_info(consumer.stream, consumer.durable)
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"consumer {consumer.durable}: {error}") from error
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def close(self) -> None:
        """Send what was handed over, then disconnect."""
        if self._client.is_closed:
            return
        self._closing = True
        if self._client.is_connected:
            with suppress(*TRANSPORT_ERRORS):
                await self._client.flush(2)
        self._pipeline.close()
        for consumption in self._consumptions:
            consumption.abandon()
        await end((*self._background, *self._served))
        await self._client.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            for consumption in tuple(self._consumptions):
                consumption.tick()

    async def _on_error(self, error: Exception) -> None:
        log.debug("nats: %s", error)

    async def _on_disconnected(self) -> None:
        if not self._closing:
            log.warning("nats: disconnected")
        self._pipeline.disconnected()

    async def _on_reconnected(self) -> None:
        log.info("nats: connected again")
        for consumption in self._consumptions:
            consumption.reconnected()
        self._pipeline.reconnected()
