"""Streams: what is stored, refused as a duplicate, and forgotten."""

import asyncio
from collections import deque
from collections.abc import Callable

from runtime.bus.interface import Kept, Message, Stored
from runtime.bus.memory.consumers import DurableConsumer
from runtime.bus.memory.subjects import Routes, matches
from runtime.core import advisory
from runtime.core.envelope import MSG_ID
from runtime.core.topology import Consumer, Retention, Stream
from runtime.errors import BusUnavailable, StoreRejected


class StreamLog:
    """The messages of one stream, by sequence from 1 on."""

    def __init__(
        self, settings: Stream, advise: Callable[[Message], None] = lambda _: None
    ) -> None:
        self.settings = settings
        self._advise = advise
        self.messages: dict[int, Message] = {}
        self._loop = asyncio.get_running_loop()
        self._times: dict[int, tuple[float, int]] = {}
        self._bytes = 0
        self._first = 1
        self._last = 0
        self._ids: dict[str, int] = {}
        self._id_ages: deque[tuple[float, str]] = deque()
        self._consumers: dict[str, DurableConsumer] = {}
        self._routes: Routes[DurableConsumer] = Routes()

    def store(self, message: Message, size: int) -> Stored:
        """Keep a message of ``size`` bytes and offer it to the consumers that want it.

        Raises:
            StoreRejected: the stream is full and refuses new messages.
        """
        now = self._loop.time()
        self._forget_old(now)
        msg_id = message.headers.get(MSG_ID)
        if msg_id is not None and msg_id in self._ids:
            return Stored(self._ids[msg_id], duplicate=True)
        self._make_room(size)
        self._last = sequence = self._last + 1
        self.messages[sequence] = message
        self._times[sequence] = (now, size)
        self._bytes += size
        if msg_id is not None:
            self._ids[msg_id] = sequence
            self._id_ages.append((now, msg_id))
        for consumer in self._routes.of(message.subject):
            consumer.offer(sequence)
        return Stored(sequence, duplicate=False)

    def acknowledged(self, sequence: int) -> None:
        """A consumer is done with a message: a work queue forgets it."""
        if self.settings.retention is Retention.WORK_QUEUE:
            self.remove(sequence)

    def exhausted(self, durable: str, sequence: int, tries: int) -> None:
        """A consumer will not deliver a message any more; it stays until it is removed."""
        found = advisory.Exhausted(self.settings.name, durable, sequence, tries)
        self._advise(Message(found.subject, found.encode()))

    def find(self, after: int, subject: str) -> Kept | None:
        """The oldest message behind a sequence, of those that ``subject`` means."""
        self._forget_old(self._loop.time())
        for sequence, message in self.messages.items():
            if sequence > after and matches(subject, message.subject):
                return Kept(sequence, message)
        return None

    def add_consumer(self, settings: Consumer) -> None:
        """Make a durable consumer unless it is there; it begins with what the stream holds."""
        if settings.durable in self._consumers:
            return
        consumer = DurableConsumer(self, settings)
        self._consumers[settings.durable] = consumer
        self._routes.add(settings.filter_subject, consumer)
        for sequence, message in self.messages.items():
            if matches(settings.filter_subject, message.subject):
                consumer.offer(sequence)

    def consumer(self, durable: str) -> DurableConsumer:
        """A consumer by name.

        Raises:
            BusUnavailable: nobody made it yet.
        """
        try:
            return self._consumers[durable]
        except KeyError:
            raise BusUnavailable(f"{self.settings.name} has no consumer {durable}") from None

    def remove(self, sequence: int) -> bool:
        """Forget a message; False when it is not there."""
        if self.messages.pop(sequence, None) is None:
            return False
        self._bytes -= self._times.pop(sequence)[1]
        return True

    def _make_room(self, size: int) -> None:
        while self._bytes + size > self.settings.max_bytes:
            if self.settings.discard_new or not self.messages:
                raise StoreRejected(f"stream {self.settings.name} is full")
            self.remove(self._oldest())

    def _forget_old(self, now: float) -> None:
        window, ages = self.settings.duplicate_window, self._id_ages
        while ages and now - ages[0][0] >= window:
            del self._ids[ages.popleft()[1]]
        if self.settings.max_age:
            while self.messages:
                oldest = self._oldest()
                if now - self._times[oldest][0] < self.settings.max_age:
                    break
                self.remove(oldest)

    def _oldest(self) -> int:
        while self._first not in self.messages:
            self._first += 1
        return self._first
