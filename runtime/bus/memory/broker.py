"""The broker itself: streams, buckets, and who listens to what. Connections share one."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import TypeVar

from runtime.bus.interface import Message, Stored
from runtime.bus.memory.buckets import MemoryBucket
from runtime.bus.memory.consumers import DurableConsumer
from runtime.bus.memory.listeners import Listener, Reply, Server
from runtime.bus.memory.streams import StreamLog
from runtime.bus.memory.subjects import Routes
from runtime.core.topology import Bucket, Consumer, Stream, Topology
from runtime.errors import BusUnavailable, NobodyServes, StoreRejected

T = TypeVar("T")

MAX_PAYLOAD = 1 << 20
"""The default of nats-server, so that a bot meets the same limit in every mode."""

# NATS Docs/Client Protocol: "NATS/1.0" and two line ends, then ": " and a line end per header.
_HEADER_BLOCK = 12
_HEADER_LINE = 4


def payload_size(message: Message) -> int:
    """Bytes of headers and body, as NATS counts them (headers are ASCII)."""
    headers = message.headers
    if not headers:
        return len(message.body)
    size = _HEADER_BLOCK + len(message.body)
    for name, value in headers.items():
        size += len(name) + len(value) + _HEADER_LINE
    return size


class MemoryBroker:
    """Everything that connections have in common."""

    def __init__(self, max_payload: int = MAX_PAYLOAD) -> None:
        self.max_payload = max_payload
        self.listeners: Routes[Listener] = Routes()
        self.servers: Routes[Server] = Routes()
        self._streams: dict[str, StreamLog] = {}
        self._stream_routes: Routes[StreamLog] = Routes()
        self._buckets: dict[str, MemoryBucket] = {}
        self._turn = count()

    def ensure(self, topology: Topology) -> None:
        """Make what is missing. To be called in the event loop that will use it."""
        for stream in topology.streams:
            if stream.name not in self._streams:
                log = self._streams[stream.name] = StreamLog(stream, self._advise)
                for pattern in stream.subjects:
                    self._stream_routes.add(pattern, log)
        for consumer in topology.consumers:
            _found(self._streams, consumer.stream).add_consumer(consumer)
        for bucket in topology.buckets:
            if bucket.name not in self._buckets:
                self._buckets[bucket.name] = MemoryBucket(bucket, self.max_payload)

    def store(self, message: Message) -> Stored:
        """Put a message into its stream; plain listeners hear it too.

        Raises:
            StoreRejected: too large, no stream takes the subject, or the stream is full.
        """
        size = payload_size(message)
        if size > self.max_payload:
            raise StoreRejected(f"{size} bytes are above {self.max_payload}")
        self._tell(message)
        streams = self._stream_routes.of(message.subject)
        if not streams:
            raise StoreRejected(f"no stream takes {message.subject}")
        return streams[0].store(message, size)

    def publish(self, message: Message) -> None:
        """To whoever listens now; what is too large reaches nobody."""
        if payload_size(message) <= self.max_payload:
            self._tell(message)

    def ask(self, message: Message, reply: Reply) -> None:
        """Hand a request to one of those who serve the subject.

        Raises:
            BusUnavailable: nobody does, or the request is too large.
        """
        if payload_size(message) > self.max_payload:
            raise BusUnavailable(f"the request is above {self.max_payload} bytes")
        self._tell(message)
        servers = self.servers.of(message.subject)
        if not servers:
            raise NobodyServes(f"nobody serves {message.subject}")
        servers[next(self._turn) % len(servers)].asked(message, reply)

    def _advise(self, advisory: Message) -> None:
        """Say what happened to a message; a stream may keep the advice, nobody has to."""
        with suppress(StoreRejected):
            self.store(advisory)

    def stream(self, stream: Stream) -> StreamLog:
        """A stream.

        Raises:
            BusUnavailable: ``ensure`` did not make it.
        """
        return _found(self._streams, stream.name)

    def consumer(self, consumer: Consumer) -> DurableConsumer:
        """The state of a consumer.

        Raises:
            BusUnavailable: ``ensure`` did not make it.
        """
        return _found(self._streams, consumer.stream).consumer(consumer.durable)

    def bucket(self, bucket: Bucket) -> MemoryBucket:
        """A bucket.

        Raises:
            BusUnavailable: ``ensure`` did not make it.
        """
        return _found(self._buckets, bucket.name)

    def _tell(self, message: Message) -> None:
        listeners = self.listeners.of(message.subject)
        if not listeners:
            return
        groups: dict[str, list[Listener]] = {}
        for listener in listeners:
            if listener.queue:
                groups.setdefault(listener.queue, []).append(listener)
            else:
                listener.hear(message)
        for members in groups.values():
            members[next(self._turn) % len(members)].hear(message)


def _found(things: Mapping[str, T], name: str) -> T:
    try:
        return things[name]
    except KeyError:
        raise BusUnavailable(f"there is no {name}: was ensure called?") from None
