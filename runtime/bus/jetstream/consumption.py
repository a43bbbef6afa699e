"""Reading a durable consumer: open pull requests, deliveries and their acknowledgements."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription

from runtime.bus.interface import Consume, Message
from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.bus.pull import PullCredit
from runtime.core.topology import Consumer

log = logging.getLogger(__name__)

_encode = msgspec.json.encode


class Consumption:
    """One durable consumer, pulled into one inbox."""

    def __init__(
        self,
        client: Client,
        consumer: Consumer,
        handler: Consume,
        credit: int,
        forget: Callable[["Consumption"], None],
    ) -> None:
        self._client = client
        self._consumer = consumer
        self._handler = handler
        self._forget = forget
        self._inbox = client.new_inbox()
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}"
        self._sub: NatsSubscription | None = None
        self._reader: asyncio.Task[Any] | None = None
        self._stopping = False
        self._held: dict[JetStreamDelivery, None] = {}
        self._credit = PullCredit(consumer, credit)

    async def start(self) -> None:
        """Subscribe and ask for the first messages."""
        self._sub = await self._client.subscribe(self._inbox, cb=self._on_message)
        await self._pull()

    async def tick(self) -> None:
        """Take back the credit of what the broker has given to others; ask for more."""
        overdue = time.monotonic() - self._consumer.ack_wait
        for delivery in [held for held in self._held if held.alive_at < overdue]:
            self._held.pop(delivery, None)
            self._credit.settled()
        await self._pull()

    def reconnected(self) -> None:
        """The connection is new: the open request is gone."""
        self._credit.lost()

    async def _pull(self) -> None:
        if self._stopping or not self._client.is_connected:
            return
        request = self._credit.request(time.monotonic(), random.random())
        if request is not None:
            with suppress(*TRANSPORT_ERRORS):
                await self._client.publish(self._subject, _encode(request), reply=self._inbox)

    async def _on_message(self, msg: Msg) -> None:
        if not msg.reply:
            await self._on_status(msg)
            return
        delivery = JetStreamDelivery(msg, self._client.publish, self._settled)
        if self._stopping:
            await delivery.nak()
            return
        self._credit.delivered()
        self._held[delivery] = None
        self._reader = asyncio.current_task()
        await self._handler(delivery)

    async def _on_status(self, msg: Msg) -> None:
        status = (msg.headers or {}).get("Status", "")
        if status == "100":
            return
        expired = status in {"404", "408"}
        if not expired:
            log.debug("%s: %s", self._consumer.durable, (msg.headers or {}).get("Description"))
        self._credit.ended(time.monotonic(), failed=not expired)
        await self._pull()

    async def _settled(self, delivery: "JetStreamDelivery") -> None:
        if delivery in self._held:
            del self._held[delivery]
            self._credit.settled()
            await self._pull()

    async def stop(self) -> None:
        """Ask for nothing more; what is on its way goes back at once."""
        self._stopping = True
        self._forget(self)
        if self._sub is None:
            return
        with suppress(*TRANSPORT_ERRORS):
            if asyncio.current_task() is self._reader:  # draining would wait for ourselves
                await self._sub.unsubscribe()
            else:
                await self._sub.drain()


class JetStreamDelivery:
    """A message and the subject that its acknowledgement goes to.

    ``$JS.ACK.<stream>.<consumer>.<tries>.<stream seq>.<consumer seq>.<time>.<pending>``, or the
    same behind a domain and an account hash (12 tokens or more).
    """

    __slots__ = ("_message", "_msg", "_publish", "_settled", "alive_at", "sequence", "tries")

    def __init__(
        self,
        msg: Msg,
        publish: Callable[[str, bytes], Awaitable[None]],
        settled: Callable[["JetStreamDelivery"], Awaitable[None]],
    ) -> None:
        self._msg = msg
        self._publish = publish
        self._settled = settled
        self._message: Message | None = None
        self.alive_at = time.monotonic()
        tokens = msg.reply.split(".")
        first = 4 if len(tokens) < 11 else 6
        self.tries = int(tokens[first])
        self.sequence = int(tokens[first + 1])

    @property
    def message(self) -> Message:
        """What was stored."""
        if self._message is None:
            self._message = Message(self._msg.subject, self._msg.data, self._msg.headers or {})
        return self._message

    async def _answer(self, body: bytes) -> None:
        with suppress(*TRANSPORT_ERRORS):  # unanswered, it is delivered again
            await self._publish(self._msg.reply, body)

    async def ack(self) -> None:
        """Handled."""
        await self._answer(b"+ACK")
        await self._settled(self)

    async def nak(self, delay: float = 0.0) -> None:
        """Not handled."""
        body = b'-NAK {"delay":%d}' % int(delay * 1e9) if delay > 0 else b"-NAK"
        await self._answer(body)
        await self._settled(self)

    async def in_progress(self) -> None:
        """Still at it."""
        self.alive_at = time.monotonic()
        await self._answer(b"+WPI")
