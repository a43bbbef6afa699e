"""The small interface that everything which moves an event is written against.

Two verbs move messages: ``store`` (a stream keeps it until a consumer acknowledges it) and
``publish`` (whoever listens now gets it). ``consume`` reads what was stored, ``subscribe`` and
``serve`` hear what is published. Both implementations pass ``tests/contracts``.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runtime.core.topology import Bucket, Consumer, Stream, Topology


@dataclass(frozen=True, slots=True)
class Message:
    """What travels: a subject, a body and headers."""

    subject: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stored:
    """The broker's acknowledgement. ``duplicate``: its ``Nats-Msg-Id`` was stored before."""

    sequence: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as its stream keeps it."""

    sequence: int
    message: Message


class Delivery(Protocol):
    """A stored message in the hands of one consumer, until ``ack`` or ``nak``."""

    @property
    def message(self) -> Message:
        """What was stored."""

    @property
    def tries(self) -> int:
        """Deliveries so far, this one included."""

    @property
    def sequence(self) -> int:
        """Its position in the stream."""

    async def ack(self) -> None:
        """Handled: the work queue may forget it."""

    async def nak(self, delay: float = 0.0) -> None:
        """Not handled: deliver it again after ``delay`` seconds."""

    async def in_progress(self) -> None:
        """Still at it: start the consumer's ``ack_wait`` again."""


Consume = Callable[[Delivery], Coroutine[Any, Any, None] | None]
"""A plain function is called while the message is read; the calls of a coroutine function run one
after the other, beside the reading."""
Hear = Callable[[Message], Awaitable[None]]
Respond = Callable[[Message], Awaitable[Message]]


class Subscription(Protocol):
    """Something that goes on until it is stopped."""

    async def stop(self) -> None:
        """No call of the handler begins after this returns."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's value in a bucket. ``value`` is None when a watch reports a deletion."""

    key: str
    value: bytes | None
    revision: int


class KeyValue(Protocol):
    """A bucket. Revisions grow with every write; compare-and-set goes by them."""

    async def get(self, key: str) -> Entry | None:
        """The newest value, or None."""

    async def put(self, key: str, value: bytes) -> int:
        """Write; returns the revision."""

    async def create(self, key: str, value: bytes) -> int:
        """Write a key that must not exist; raises RevisionConflict when it does."""

    async def update(self, key: str, value: bytes, revision: int) -> int:
        """Write if the key still has ``revision``; raises RevisionConflict when not."""

    async def delete(self, key: str, revision: int | None = None) -> None:
        """Remove, if given only at ``revision`` (RevisionConflict when it has another)."""

    async def keys(self) -> list[str]:
        """All keys with a value."""

    def watch(self) -> AsyncGenerator[Entry, None]:
        """Every key's value now, then every change, until the iteration is closed."""


class Bus(Protocol):
    """One connection to the transport. Times are seconds.

    Every method that waits for the broker raises BusUnavailable when it does not answer.
    """

    @property
    def connected(self) -> bool:
        """Whether the broker can be reached now."""

    @property
    def connections(self) -> int:
        """How often the broker was reached anew: what was published in between went unheard."""

    @property
    def max_payload(self) -> int:
        """The largest body, headers included, in bytes."""

    async def ensure(self, topology: Topology) -> None:
        """Make the streams, consumers and buckets that are missing."""

    def store(self, message: Message) -> asyncio.Future[Stored]:
        """Publish into a stream, without waiting; ends when the broker has it.

        Messages reach the stream in the order of the calls. While the broker is away the message
        waits and is sent again, so an outcome other than ``Stored`` is StoreRejected (never will
        be taken) or BusUnavailable (the bus was closed first).
        """

    async def publish(self, message: Message) -> None:
        """At most once, to whoever listens now; dropped while the broker is away."""

    async def subscribe(self, subject: str, handler: Hear, queue: str = "") -> Subscription:
        """Hear what is published; of the members of one ``queue``, one hears each message."""

    async def request(self, message: Message, timeout: float) -> Message:
        """Ask whoever serves the subject; raises BusUnavailable when nobody answers in time."""

    async def serve(self, subject: str, handler: Respond) -> Subscription:
        """Answer requests, several at a time."""

    async def consume(self, consumer: Consumer, handler: Consume, credit: int) -> Subscription:
        """Have at most about ``credit`` of a consumer's messages in hand at a time.

        The handler is called for each message in the order of delivery and must return soon; a
        message stays in hand until its delivery's ``ack`` or ``nak``. ``stop`` leaves messages in
        hand to their holder.
        """

    async def find(self, stream: Stream, after: int = 0, subject: str = ">") -> Kept | None:
        """The oldest message behind the sequence ``after``, of those that ``subject`` means."""

    async def remove(self, stream: Stream, sequence: int) -> bool:
        """Take a message out of its stream, whoever was to have it; False when it is not there."""

    async def bucket(self, bucket: Bucket) -> KeyValue:
        """Open a bucket that ``ensure`` made."""

    async def backlog(self, consumer: Consumer) -> int:
        """Messages of a consumer that are not acknowledged yet, in flight included."""

    async def close(self) -> None:
        """Send what was handed over, then disconnect."""
