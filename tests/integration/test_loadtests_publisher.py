"""The load generator against a real server: outcomes, bounds, and honesty about a freeze."""

import asyncio
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import gevent
import pytest

from loadtests import _wire
from loadtests._connection import Connection, NatsUnreachable
from loadtests._generator import Generator, Offer, clock
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
    with gevent.Timeout(60):
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


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1:4222", "nats://:4222", "nats://127.0.0.1:many", "foo bar://"]
)
def test_what_is_not_a_url_of_nats_is_refused_as_such(url: str) -> None:
    with pytest.raises(NatsUnreachable, match="not the URL of a NATS server"):
        Connection(url)


def test_of_several_servers_the_first_that_is_there_is_taken(nats_server: NatsServer) -> None:
    connection = Connection(f"nats://127.0.0.1:1, {nats_server.url}")
    assert connection.shown == nats_server.url
    assert connection.max_payload == 1 << 20
    connection.close()


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """A server with a user and without JetStream."""
    directory = tmp_path_factory.mktemp("locked")
    (directory / "nats.conf").write_text('authorization { user: "ann", password: "p@ss" }\n')
    with NatsServer(directory, config=directory / "nats.conf", jetstream=False) as server:
        yield server


def test_a_server_that_refuses_us_says_why_and_the_password_is_not_shown(
    locked: NatsServer,
) -> None:
    wrong = locked.url.replace("://", "://ann:wrong@")
    with pytest.raises(NatsUnreachable, match="does not take us: Authorization Violation") as told:
        Connection(wrong)
    assert ":wrong@" not in str(told.value)


def test_a_server_without_jetstream_is_named_so(locked: NatsServer) -> None:
    connection = Connection(locked.url.replace("://", "://ann:p%40ss@"))
    with pytest.raises(NatsUnreachable, match="has no JetStream: start it as nats-server -js"):
        read_streams(connection, Topology(Subjects("nobody")), "_INBOX.test")
    connection.close()


@pytest.fixture
def http_server() -> Iterator[str]:
    """Where something listens that is not NATS."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"nats://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_is_not_nats_is_refused(http_server: str) -> None:
    with pytest.raises(NatsUnreachable, match="does not take us"):
        Connection(http_server)


def test_a_question_ends_when_the_connection_does(tmp_path: Path) -> None:
    with NatsServer(tmp_path) as server:
        connection = Connection(server.url)
        connection.subscribe("deaf", lambda _: None)
        gevent.spawn_later(0.2, server.stop)
        with pytest.raises(NatsUnreachable, match=r"NATS at nats://127.0.0.1:\d+: "):
            connection.request("deaf", "_INBOX.test", timeout=60.0)
        connection.close()


def test_events_that_the_server_would_not_take_are_refused_beforehand(
    nats_server: NatsServer,
) -> None:
    offer = Offer(nats_server.url, payload_size=2_000_000)
    with pytest.raises(NatsUnreachable, match="takes events of 1047552 bytes at most"):
        Generator(offer, lambda *_: None)


class Freeze:
    """An offer during which the server stands still for a while, and what really happened when."""

    def __init__(self, server: NatsServer, whole: float, frozen: float) -> None:
        self.ages: list[float] = []
        self.generator = Generator(Offer(server.url, event_rate=50.0, settle=60.0), self._report)
        units = [gevent.spawn(self.generator.run_unit) for _ in range(10)]
        gevent.sleep((whole - frozen) / 2)
        server.freeze()
        self.begin = clock()
        gevent.sleep(frozen)
        self.end = clock()
        server.thaw()
        gevent.sleep((whole - frozen) / 2)
        self.tally = self.generator.settle()
        gevent.killall(units)

    def _report(self, _series: str, seconds: float, _fault: str) -> None:
        self.ages.append(seconds)

    def owed(self, percent: float) -> float:
        """What whoever arrived meanwhile waited at least, counted event by event; seconds."""
        intended = self.generator.intended
        waits = [self.end - t if self.begin <= t <= self.end else 0.0 for t in intended]
        return quantile(waits, percent)


def quantile(values: list[float], percent: float) -> float:
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


@pytest.fixture(scope="module")
def freeze(tmp_path_factory: pytest.TempPathFactory) -> Freeze:
    with NatsServer(tmp_path_factory.mktemp("freeze")) as server:
        make_streams(server.url, "discord")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("loadtests._generator.QUIET", 0.1)  # there are no workers to wait for
            return Freeze(server, whole=10.0, frozen=2.0)


@pytest.mark.parametrize("percent", [85, 90, 95, 99])
def test_a_frozen_server_shows_in_the_percentiles(freeze: Freeze, percent: float) -> None:
    """Two of ten seconds frozen: the 99th percentile is 1.9 s. A closed loop would say 2 ms.

    Who arrives while nothing moves waits for the rest of the freeze, uniform on (0, F), so the
    q-quantile of all is F - (1 - q) T. F and T are as measured: a busy machine makes them longer.
    """
    whole, frozen = freeze.tally.window, freeze.end - freeze.begin
    owed = freeze.owed(percent)
    assert owed == pytest.approx(max(0.0, frozen - (1 - percent / 100) * whole), abs=0.3)
    assert freeze.tally.stored.percentile(percent) >= 0.999 * owed


def test_the_percentiles_are_those_of_the_single_events(freeze: Freeze) -> None:
    """Nothing is lost or rounded away between an acknowledgement and the histogram."""
    assert freeze.tally.acked == freeze.tally.offered == len(freeze.ages)
    for percent in (50, 90, 99, 100):
        exact = quantile(freeze.ages, percent)
        assert freeze.tally.stored.percentile(percent) == pytest.approx(exact, rel=0.02, abs=1e-4)
