"""The load generator against a real server: outcomes, bounds, and honesty about a freeze."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest

from loadtests import _wire
from loadtests._connection import Connection, NatsUnreachable
from loadtests._generator import Generator, Offer
from loadtests._nats_server import NatsServer
from loadtests._publisher import Ended, Outcome, Publisher
from loadtests._streams import NoStreams, read_streams
from loadtests._verdict import Streams
from runtime.bus.jetstream import JetStreamBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology


def make_streams(url: str, prefix: str) -> Topology:
    """As a gateway or worker does it."""
    topology = Topology(Subjects(prefix))

    async def ensure() -> None:
        async with JetStreamBus(url) as bus:
            await bus.ensure(topology)

    asyncio.run(ensure())
    return topology


@pytest.fixture
def connection(nats_server: NatsServer) -> Iterator[Connection]:
    connection = Connection(nats_server.url)
    yield connection
    connection.close()


def publish_all(
    publisher: Publisher, ended: list[Ended], subject: str, ids: list[str]
) -> Counter[Outcome]:
    for ticket, message_id in enumerate(ids):
        headers = _wire.header_block({"Nats-Msg-Id": message_id})
        publisher.publish(ticket, subject.encode(), headers, b"{}")
    with gevent.Timeout(10):
        while publisher.in_flight:
            gevent.sleep(0.005)
    return Counter(each.outcome for each in ended)


def test_every_publish_ends_once(
    connection: Connection, nats_server: NatsServer, subject_prefix: str
) -> None:
    make_streams(nats_server.url, subject_prefix)
    ended: list[Ended] = []
    publisher = Publisher(connection, ended.append, time.monotonic)
    subject = f"{subject_prefix}.v1.event.3.MESSAGE_CREATE"
    outcomes = publish_all(publisher, ended, subject, [f"s:{n % 900}" for n in range(1000)])
    publisher.close()
    assert outcomes == {Outcome.ACKED: 900, Outcome.DUPLICATE: 100}
    assert sorted(each.ticket for each in ended) == list(range(1000))


def test_a_subject_without_a_stream_is_rejected_at_once(connection: Connection) -> None:
    ended: list[Ended] = []
    publisher = Publisher(connection, ended.append, time.monotonic)
    assert publish_all(publisher, ended, "nobody.listens", ["a"]) == {Outcome.REJECTED: 1}
    publisher.close()
    assert ended[0].text == "no stream takes this subject"


def test_beyond_the_bound_events_are_skipped_not_kept(connection: Connection) -> None:
    ended: list[Ended] = []
    publisher = Publisher(connection, ended.append, time.monotonic, max_in_flight=10)
    for ticket in range(15):
        publisher.publish(ticket, b"nobody.listens", b"", b"")
    assert Counter(each.outcome for each in ended) == {Outcome.SKIPPED: 5}
    publisher.close()
    assert Counter(each.outcome for each in ended)[Outcome.TIMED_OUT] == 10


def test_streams_are_counted(
    connection: Connection, nats_server: NatsServer, subject_prefix: str
) -> None:
    topology = make_streams(nats_server.url, subject_prefix)
    assert read_streams(connection, topology, "_INBOX.test") == Streams(0, 0)


def test_streams_that_nobody_made_are_named(connection: Connection) -> None:
    with pytest.raises(NoStreams, match=r"no stream NOBODY_EVENTS .*start a gateway or a worker"):
        read_streams(connection, Topology(Subjects("nobody")), "_INBOX.test")


def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(NatsUnreachable, match=r"no NATS at nats://127\.0\.0\.1:1: "):
        Connection("nats://127.0.0.1:1")


def offer_with_a_freeze(server: NatsServer, offer: Offer, whole: float, frozen: float) -> Generator:
    """Offer for ``whole`` seconds; the server stands still for ``frozen`` of them."""
    generator = Generator(offer, lambda *_: None)
    units = [gevent.spawn(generator.run_unit) for _ in range(10)]
    gevent.sleep((whole - frozen) / 2)
    server.freeze()
    gevent.sleep(frozen)
    server.thaw()
    gevent.sleep((whole - frozen) / 2)
    generator.settle()
    gevent.killall(units)
    return generator


def test_a_frozen_server_shows_in_the_percentiles_as_theory_says(tmp_path: Path) -> None:
    """Whoever arrives while nothing moves waits for the rest of the freeze: uniform on (0, F).

    With F of T seconds frozen, the q-quantile of all is then F - (1 - q) T. A closed loop would
    hardly see it: its few users wait once each.
    """
    whole, frozen = 4.0, 1.0
    with NatsServer(tmp_path) as server:
        make_streams(server.url, "discord")
        offer = Offer(server.url, event_rate=50.0, settle=2.0)
        tally = offer_with_a_freeze(server, offer, whole, frozen).tally
    for percent in (85, 90, 95, 99):
        theory = frozen - (1 - percent / 100) * whole
        assert tally.stored.percentile(percent) == pytest.approx(theory, abs=0.12)
    assert tally.stored.percentile(50) < 0.05
    assert tally.acked == tally.offered == pytest.approx(whole * 500, rel=0.1)
    assert tally.lateness.percentile(99) < 0.05
