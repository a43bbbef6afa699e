"""The transports that must keep the same promises."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from loadtests._nats_server import NatsServer
from runtime.bus.interface import Bus
from runtime.bus.jetstream import JetStreamBus
from runtime.bus.memory import MemoryBroker, MemoryBus
from runtime.core.routing import Subjects
from runtime.core.topology import MIB, Bucket, Consumer, Stream, Topology

Connect = Callable[[], AbstractAsyncContextManager[Bus]]

ACK_WAIT = 0.4
MAX_DELIVER = 3
TTL = 0.8


class QuickTopology(Topology):
    """The shape of the real one with short times, two lanes and small streams."""

    def __init__(self, subjects: Subjects) -> None:
        super().__init__(subjects)
        self.leases = Bucket(self.leases.name, ttl=TTL)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All, of 1 MiB."""
        return tuple(replace(stream, max_bytes=MIB) for stream in super().streams)

    @property
    def interaction_consumer(self) -> Consumer:
        """As it is, but for its times."""
        return replace(super().interaction_consumer, ack_wait=ACK_WAIT, max_deliver=MAX_DELIVER)

    def lane_consumer(self, lane: int) -> Consumer:
        """As it is, but for its times."""
        return replace(super().lane_consumer(lane), ack_wait=ACK_WAIT, max_deliver=MAX_DELIVER)

    @property
    def lane_consumers(self) -> tuple[Consumer, ...]:
        """Two."""
        return (self.lane_consumer(0), self.lane_consumer(1))


@pytest.fixture
def topology(subject_prefix: str) -> QuickTopology:
    """Streams, consumers and buckets that only this test has."""
    return QuickTopology(Subjects(subject_prefix))


@pytest.fixture(
    params=[
        "memory",
        "jetstream",
        pytest.param("jetstream-2.9", marks=pytest.mark.debian_nats),
    ]
)
def connect(request: pytest.FixtureRequest) -> Connect:
    """Each call opens one more connection to the same broker."""
    if request.param == "memory":
        broker = MemoryBroker()
        return lambda: MemoryBus(broker)
    wanted = "nats_server" if request.param == "jetstream" else "debian_nats_server"
    server: NatsServer = request.getfixturevalue(wanted)
    return lambda: JetStreamBus(server.url, patience=0.5)
