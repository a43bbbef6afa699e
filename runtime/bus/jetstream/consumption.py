"""Reading a durable consumer: open pull requests, deliveries and their acknowledgements."""

import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec
from nats.aio.subscription import Subscription as NatsSubscription

from runtime.bus.interface import Consume, Message
from runtime.bus.jetstream.calls import Calls
from runtime.bus.jetstream.direct import DirectClient, parse_headers
from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.bus.pull import PullCredit
from runtime.core.topology import Consumer

log = logging.getLogger(__name__)

_encode = msgspec.json.encode


class Consumption:
    """One durable consumer, pulled into one inbox."""

    def __init__(
        self,
        client: DirectClient,
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
        next_subject = f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.durable}"
        self._request = f"PUB {next_subject} {self._inbox} ".encode()
        self._sub: NatsSubscription | None = None
        self._calls: Calls[JetStreamDelivery] = Calls()
        self._stopping = False
        self._held: dict[JetStreamDelivery, None] = {}
        self._credit = PullCredit(consumer, credit)

    async def start(self) -> None:
        """Subscribe and ask for the first messages."""
        self._sub = await self._client.subscribe_directly(self._inbox, self._take)
        self._pull()

    def tick(self) -> None:
        """Take back the credit of what the broker has given to others; ask for more."""
        overdue = time.monotonic() - self._consumer.ack_wait
        for delivery in [held for held in self._held if held.alive_at < overdue]:
            self._held.pop(delivery, None)
            self._credit.settled()
        self._pull()

    def reconnected(self) -> None:
        """The connection is new: the open request is gone."""
        self._credit.lost()

    def _pull(self) -> None:
        if self._stopping or not self._client.is_connected:
            return
        request = self._credit.request(time.monotonic(), random.random())
        if request is not None:
            body = _encode(request)
            self._client.send(b"%b%d\r\n%b\r\n" % (self._request, len(body), body))

    def _take(self, subject: bytes, reply: bytes, headers: bytes, body: bytes) -> None:
        if not reply:
            self._on_status(parse_headers(headers))
            return
        delivery = JetStreamDelivery(self, subject, reply, headers, body)
        if self._stopping:
            delivery.answer(b"-NAK")
            return
        self._credit.delivered()
        self._held[delivery] = None
        call = self._handler(delivery)
        if call is not None:
            self._calls.put(delivery, call)

    def _on_status(self, headers: dict[str, str]) -> None:
        status = headers.get("Status", "")
        if status == "100":
            return
        expired = status in {"404", "408"}
        if not expired:
            log.debug("%s: %s", self._consumer.durable, headers.get("Description"))
        self._credit.ended(time.monotonic(), failed=not expired)
        self._pull()

    def send(self, command: bytes) -> None:
        """Tell the broker something."""
        self._client.send(command)

    def settled(self, delivery: "JetStreamDelivery") -> None:
        """A delivery is out of its holder's hands."""
        if delivery in self._held:
            del self._held[delivery]
            self._credit.settled()
            self._pull()

    async def stop(self) -> None:
        """Ask for nothing more; what is on its way goes back at once."""
        self._stopping = True
        self._forget(self)
        if self._sub is None:
            return
        with suppress(*TRANSPORT_ERRORS):
            await self._sub.drain()
        for delivery in await self._calls.stop():
            await delivery.nak()

    def abandon(self) -> None:
        """The connection goes: nothing of this goes on."""
        self._stopping = True
        self._calls.cancel()


class JetStreamDelivery:
    """A message and the subject that its acknowledgement goes to.

    ``$JS.ACK.<stream>.<consumer>.<tries>.<stream seq>.<consumer seq>.<time>.<pending>``, or the
    same behind a domain and an account hash (12 tokens or more).
    """

    __slots__ = (
        "_body", "_consumption", "_headers", "_message", "_reply", "_subject",
        "alive_at", "sequence", "tries",
    )  # fmt: skip

    def __init__(
        self, consumption: Consumption, subject: bytes, reply: bytes, headers: bytes, body: bytes
    ) -> None:
        self._consumption = consumption
        self._subject = subject
        self._reply = reply
        self._headers = headers
        self._body = body
        self._message: Message | None = None
        self.alive_at = time.monotonic()
        tokens = reply.split(b".")
        first = 4 if len(tokens) < 11 else 6
        self.tries = int(tokens[first])
        self.sequence = int(tokens[first + 1])

    @property
    def message(self) -> Message:
        """What was stored."""
        if self._message is None:
            headers = parse_headers(self._headers)
            self._message = Message(self._subject.decode(), self._body, headers)
        return self._message

    def answer(self, body: bytes) -> None:
        """Tell the broker; if it does not hear of it, the message is delivered again."""
        self._consumption.send(b"PUB %b %d\r\n%b\r\n" % (self._reply, len(body), body))

    async def ack(self) -> None:
        """Handled."""
        self.answer(b"+ACK")
        self._consumption.settled(self)

    async def nak(self, delay: float = 0.0) -> None:
        """Not handled."""
        self.answer(b'-NAK {"delay":%d}' % int(delay * 1e9) if delay > 0 else b"-NAK")
        self._consumption.settled(self)

    async def in_progress(self) -> None:
        """Still at it."""
        self.alive_at = time.monotonic()
        self.answer(b"+WPI")
