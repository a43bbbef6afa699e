"""One process's share of an open-loop load test: offers events, follows each to its end.

The time that counts is the intended one. It travels as ``Received-Ns``, so that the age that a
worker reports, and the receipt that it sends back, include every delay on the way: of this
process, of the broker, in the queue, in the handler.
"""

import gc
import secrets
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import gevent
import msgspec
from gevent.event import Event

from loadtests import _wire
from loadtests._arrivals import Arrivals
from loadtests._connection import Connection, NatsUnreachable
from loadtests._mix import ZIPF, Mix
from loadtests._publisher import Ended, Outcome, Publisher
from loadtests._tally import Tally
from runtime.core.envelope import Envelope
from runtime.core.routing import Subjects

TICK = 0.001
"""Seconds between two looks at the clock; events due in between leave together."""
ROOM_FOR_HEADERS = 1024
"""Bytes of the largest message that are not an event's body."""
QUIET = 8.0
"""Seconds without a completion after which a fleet is taken to have nothing left to do.

Longer than the broker waits (5 s) until it gives out again what a dead worker had.
"""

clock = time.perf_counter


@dataclass(frozen=True, slots=True)
class Offer:
    """What to offer. Rates are events/s of one unit, times are seconds."""

    nats_url: str = "nats://127.0.0.1:4222"
    subject_prefix: str = "discord"
    event_rate: float = 50.0
    guilds: int = 1000
    payload_size: int = 0
    interactions: float = 0.0
    zipf: float = ZIPF
    seed: int = 1
    warm_up: float = 0.0
    settle: float = 10.0
    max_in_flight: int = 100_000


class Receipt(msgspec.Struct):
    """What a worker says about an event that it was asked to report. Times: ns since 1970."""

    id: str
    received_ns: int
    started_ns: int
    done_ns: int
    worker: str = ""
    tries: int = 1


_decode_receipt = msgspec.json.Decoder(Receipt).decode
Report = Callable[[str, float, str], None]
"""Series (``publish`` or ``event``), seconds since the intended time, the fault or nothing."""


class Generator:
    """Connects at once; ``run_unit`` offers, ``settle`` ends it and completes ``tally``.

    Raises:
        NatsUnreachable: no server at ``offer.nats_url``, or it does not take such events.
    """

    def __init__(self, offer: Offer, report: Report) -> None:
        self.offer = offer
        self.tally = Tally()
        self.run = secrets.token_hex(6)
        self._report = report
        self._began = clock()
        self._cpu = time.process_time()
        self._wall_offset = time.time() - self._began
        self._measure_from = self._began + offer.warm_up
        self._measure_to = float("inf")
        self._units: list[Arrivals] = []
        self._numbered = 0
        self._offering = True
        self._offered_at = self._began
        self._wanted, self._settled = Event(), Event()
        self._intended = array("d")
        self._guild = array("l")
        self._seen = bytearray()
        self._newest: dict[int, tuple[int, int]] = {}
        gc.collect()
        gc.freeze()  # looking through all that was imported takes tens of ms, in which events wait
        self._open()
        self._pacer = gevent.spawn(self._pace)

    def _open(self) -> None:
        offer = self.offer
        self._mix = Mix(
            Subjects(offer.subject_prefix),
            guilds=offer.guilds,
            seed=offer.seed,
            draws=self.run,
            payload_size=offer.payload_size,
            interactions=offer.interactions,
            zipf=offer.zipf,
        )
        self._receipts = f"loadtests.{self.run}.receipts"
        self._headers: dict[str, bytes] = {}
        self._listening = Connection(offer.nats_url, name="loadtests receipts")
        largest = self._listening.max_payload - ROOM_FOR_HEADERS
        if offer.payload_size > largest:
            self._listening.close()
            raise NatsUnreachable(f"this NATS takes events of {largest} bytes at most")
        self._listening.subscribe(self._receipts, self._on_receipt)
        self._sending = Connection(offer.nats_url, name="loadtests publisher")
        self.publisher = Publisher(
            self._sending, self._on_end, clock, max_in_flight=offer.max_in_flight
        )
        self._sending.on_read = self._offer_if_time

    @property
    def intended(self) -> Sequence[float]:
        """When each event was due, by ``clock``, in the order of sending."""
        return self._intended

    def run_unit(self) -> None:
        """Offer one unit of rate until ``settle``, or until the greenlet is killed."""
        random = Random(f"unit {self.offer.seed} {self.run} {self._numbered}")
        self._numbered += 1
        arrivals = Arrivals(self.offer.event_rate, clock(), random)
        self._units.append(arrivals)
        self._wanted.set()
        try:
            self._settled.wait()
        finally:
            if self._offering:  # fewer users are wanted: what is due later was never offered
                self._units.remove(arrivals)

    def _pace(self) -> None:
        """One clock for all units: a greenlet each would wake a thousand times a second each."""
        while self._offering:
            self._wanted.wait()
            self._offer_due(clock())
            if self._units:
                gevent.sleep(max(TICK, min(each.next for each in self._units) - clock()))
            else:
                self._wanted.clear()

    def _offer_if_time(self) -> None:
        """Acknowledgements come more often than timers, which are good for 1 to 2 ms."""
        now = clock()
        if self._offering and now - self._offered_at >= TICK / 2:
            self._offer_due(now)

    def _offer_due(self, now: float) -> None:
        self._offered_at = now
        for arrivals in tuple(self._units):
            for intended in arrivals.due(now):
                self._send(intended)

    def _send(self, intended: float) -> None:
        now = clock()
        ticket = len(self._intended)
        wall = intended + self._wall_offset
        event = self._mix.draw(wall)
        self._intended.append(intended)
        self._guild.append(-1 if event.event_type == "INTERACTION_CREATE" else event.guild)
        self._seen.append(0)
        self.tally.offered += 1
        if intended >= self._measure_from:
            self.tally.lateness.record(now - intended)
        headers = self._headers_of(event.event_type) % (ticket, int(wall * 1e9))
        self.publisher.publish(ticket, event.subject, headers, event.body)

    def _headers_of(self, event_type: str) -> bytes:
        """The header block of a type, with places for the number and the time."""
        block = self._headers.get(event_type)
        if block is None:
            envelope = Envelope(
                id=f"{self.run}:%d",
                event_type=event_type,
                shard=0,
                received_ns=0,
                body=b"",
                receipt_to=self._receipts,
            )
            block = _wire.header_block({**envelope.headers(), "Received-Ns": "%d"})
            self._headers[event_type] = block
        return block

    def _on_end(self, ended: Ended) -> None:
        tally, outcome = self.tally, ended.outcome
        intended = self._intended[ended.ticket]
        seconds = clock() - intended
        fault = ""
        if outcome is Outcome.ACKED:
            tally.acked += 1
            if self._measure_from <= intended <= self._measure_to:
                tally.stored.record(seconds)
        else:
            setattr(tally, outcome.value, getattr(tally, outcome.value) + 1)
            fault = f"{outcome}: {ended.text}".rstrip(": ")
        self._report("publish", seconds, fault)

    def _is_measured(self, intended: float) -> bool:
        return self._measure_from <= intended <= self._measure_to

    def _on_receipt(self, message: _wire.Arrived) -> None:
        try:
            receipt = _decode_receipt(message.body)
            ticket = int(receipt.id.rpartition(":")[2])
            seen = self._seen[ticket]
        except (msgspec.DecodeError, ValueError, IndexError):
            return
        if seen:
            self.tally.handled_again += 1
            return
        self._seen[ticket] = 1
        self.tally.handled += 1
        self._follow_order(ticket, receipt)
        self._measure(ticket, receipt)

    def _measure(self, ticket: int, receipt: Receipt) -> None:
        tally = self.tally
        age = (receipt.done_ns - receipt.received_ns) / 1e9
        if self._is_measured(receipt.done_ns / 1e9 - self._wall_offset):
            tally.done_in_window += 1
        if self._is_measured(self._intended[ticket]):
            tally.age.record(age)
            tally.service.record((receipt.done_ns - receipt.started_ns) / 1e9)
        self._report("event", age, "")

    def _follow_order(self, ticket: int, receipt: Receipt) -> None:
        """Count an event that began before the one before it in its guild was done.

        Tickets grow in the order of publishing. A lane's next event is handed out after the ack
        of the one before, which the worker sends after its receipt: receipts arrive in order too.
        """
        guild = self._guild[ticket]
        if guild < 0:
            return
        newest, done_ns = self._newest.get(guild, (-1, 0))
        if ticket < newest or receipt.started_ns < done_ns:
            self.tally.reordered += 1
        if ticket > newest:
            self._newest[guild] = (ticket, receipt.done_ns)

    def settle(self) -> Tally:
        """Offer what is due, then wait until every event has its end, or nothing moves any more."""
        if self._offering:
            now = clock()
            self._offer_due(now)
            self._offering = False
            self._pacer.kill()
            self._settled.set()
            self._measure_to = now
            self.tally.window = max(0.0, now - self._measure_from)
            self.tally.wall_seconds = now - self._began
            self.tally.cpu_seconds = time.process_time() - self._cpu
            self._await_ends(now)
            self._close()
            gc.unfreeze()
        return self.tally

    def _await_ends(self, now: float) -> None:
        tally, latest = self.tally, now + self.offer.settle
        while self.publisher.in_flight and clock() < latest:
            gevent.sleep(0.01)
        handled, moved = tally.handled, clock()
        while tally.handled < tally.acked and clock() < min(latest, moved + QUIET):
            gevent.sleep(0.01)
            if tally.handled > handled:
                handled, moved = tally.handled, clock()

    def _close(self) -> None:
        self.publisher.close()
        self._sending.close()
        self._listening.close()
