"""Where a Discord event becomes a bus message.

The sequence is a consumer offset: an event counts as safe when the broker has acknowledged it, and
only the contiguous part of what is safe is ever written to the checkpoint.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import msgspec

from runtime import tracing
from runtime.bus.bodies import Bodies
from runtime.bus.interface import Bus, Message, Stored
from runtime.core import envelope
from runtime.core.frame import Frame
from runtime.core.routing import AMBIENT_TYPES, TrafficClass, classify
from runtime.core.session import Checkpoint
from runtime.core.topology import Topology
from runtime.core.watermark import Watermark
from runtime.errors import BusError, BusUnavailable
from runtime.telemetry import Telemetry

log = logging.getLogger(__name__)

LARGE = 1 << 19
"""Octets from which on a body is looked at more closely."""


def _nobody(_d: msgspec.Raw) -> None:
    """Nobody listens."""


class Progress:
    """What is received and what is safe of one shard's session."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.checkpoint = checkpoint
        self.received = checkpoint.seq
        self.watermark = Watermark(checkpoint.seq)

    def skip(self, sequence: int) -> None:
        """Note a dispatch that needs no storing."""
        self.received = sequence
        self.watermark.received(sequence)
        self.watermark.stored(sequence)

    @property
    def safe(self) -> Checkpoint:
        """The checkpoint as of now."""
        return msgspec.structs.replace(self.checkpoint, seq=self.watermark.value)


class Forwarder:
    """Publishes dispatches; bounded by ``bound`` unacknowledged events."""

    def __init__(self, bus: Bus, topology: Topology, telemetry: Telemetry, bound: int) -> None:
        self._bus = bus
        self._subjects = topology.subjects
        self._bucket = topology.bodies
        self._bodies: Bodies | None = None
        self._large = min(LARGE, bus.max_payload // 2)
        self._bound = bound
        self.unacknowledged = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.wanted: frozenset[str] | None = None
        """Event types to publish; None publishes all."""
        self.on_interaction: Callable[[msgspec.Raw], None] = _nobody
        """Hears the ``d`` of every interaction."""
        events = telemetry.counter("gateway_events", "Dispatches received", "traffic")
        stored = telemetry.counter("gateway_stored", "Events that the bus has", "traffic")
        shed = telemetry.counter("gateway_shed", "Ambient events dropped under load", "traffic")
        skipped = telemetry.counter("gateway_skipped", "Events that nobody asked for")
        self._duplicates = telemetry.counter("gateway_duplicates", "Events stored before")
        self._rejected = telemetry.counter("gateway_rejected", "Events that the bus refuses")
        self._unreadable = telemetry.counter("gateway_unreadable", "Events whose d is no object")
        self._oversized = telemetry.counter("gateway_oversized", "Events that travel in parts")
        self._events = {kind: events.labels(kind) for kind in TrafficClass}
        self._stored = {kind: stored.labels(kind) for kind in TrafficClass}
        self._shed = shed.labels(TrafficClass.AMBIENT)
        self._skipped = skipped
        telemetry.gauge(
            "gateway_unacknowledged", "Events that the bus has not acknowledged"
        ).set_function(lambda: self.unacknowledged)

    @property
    def is_full(self) -> bool:
        """Whether no more may be read from Discord."""
        return self.unacknowledged >= self._bound

    @property
    def has_room(self) -> bool:
        """Whether reading may begin again: well below the bound."""
        return self.unacknowledged <= self._bound // 2

    async def forward(self, progress: Progress, frame: Frame) -> None:
        """Hand one dispatch to the bus; waits for the broker only to store a body in parts.

        Raises:
            BusUnavailable: the parts are not stored; the dispatch does not count as received.
        """
        event_type, sequence = frame.t or "", frame.s or 0
        if self.wanted is not None and event_type not in self.wanted:
            self._skipped.inc()
            progress.skip(sequence)
            return
        message = self._message(progress, frame)
        if message is not None and len(message.body) > self._large:
            message = await self._cut(message)
        if message is None:
            progress.skip(sequence)
        elif event_type in AMBIENT_TYPES:
            progress.skip(sequence)
            await self._send_ambient(message)
        else:
            if event_type == "INTERACTION_CREATE":
                self.on_interaction(frame.d)
            progress.received = sequence
            progress.watermark.received(sequence)
            self._store(progress, sequence, message, classify(event_type))

    def _message(self, progress: Progress, frame: Frame) -> Message | None:
        event_type, body = frame.t or "", bytes(frame.d)
        headers = {
            envelope.MSG_ID: f"{progress.checkpoint.session_id}:{frame.s}",
            envelope.EVENT_TYPE: event_type,
            envelope.SHARD: str(progress.checkpoint.shard),
            envelope.RECEIVED_NS: str(time.time_ns()),
        }
        try:
            if event_type.isidentifier() and event_type.isascii():  # it becomes part of a subject
                return Message(self._subjects.of(event_type, body), body, headers)
        except msgspec.DecodeError:
            pass
        self._unreadable.inc()
        log.warning("a dispatch %.40r that cannot be read is left out", event_type)
        return None

    async def _cut(self, message: Message) -> Message | None:
        self._oversized.inc()
        if self._bodies is None:
            self._bodies = Bodies(await self._bus.bucket(self._bucket), self._bus.max_payload)
        try:
            return await self._bodies.cut(message)
        except BusUnavailable:
            raise
        except BusError as error:
            self._rejected.inc()
            log.error("an event is lost, the bus refuses its parts: %s", error)  # noqa: TRY400
            return None

    async def _send_ambient(self, message: Message) -> None:
        self._events[TrafficClass.AMBIENT].inc()
        if self._bus.connected and self.has_room:
            await self._bus.publish(message)
            self._stored[TrafficClass.AMBIENT].inc()
        else:
            self._shed.inc()

    def _store(
        self, progress: Progress, sequence: int, message: Message, traffic: TrafficClass
    ) -> None:
        self._events[traffic].inc()
        self.unacknowledged += 1
        self._idle.clear()
        if tracing.active is None:
            stored = self._bus.store(message)
        else:
            stored = self._store_traced(tracing.active, message)
        stored.add_done_callback(partial(self._on_stored, progress, sequence, traffic))

    def _store_traced(self, tracer: tracing.Tracing, message: Message) -> asyncio.Future[Stored]:
        headers = dict(message.headers)
        event_type, event_id = headers[envelope.EVENT_TYPE], headers[envelope.MSG_ID]
        span = tracer.sending(f"store {event_type}", headers, event_id=event_id)
        stored = self._bus.store(replace(message, headers=headers))
        stored.add_done_callback(lambda _: span.end())
        return stored

    def _on_stored(
        self,
        progress: Progress,
        sequence: int,
        traffic: TrafficClass,
        stored: asyncio.Future[Stored],
    ) -> None:
        self.unacknowledged -= 1
        if not self.unacknowledged:
            self._idle.set()
        error = None if stored.cancelled() else stored.exception()
        if stored.cancelled() or isinstance(error, BusUnavailable):
            return  # not safe: the next process asks Discord for it again
        if error is not None:
            self._rejected.inc()
            log.error("an event is lost, the bus refuses it: %s", error)
        elif stored.result().duplicate:
            self._duplicates.inc()
        else:
            self._stored[traffic].inc()
        progress.watermark.stored(sequence)

    async def flush(self, timeout: float) -> bool:
        """Wait until everything is acknowledged; false when that takes too long."""
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def announce_gap(self, progress: Progress, reason: str) -> None:
        """Tell the workers that events after a sequence may be missing."""
        body = msgspec.json.encode(
            {
                "shard": progress.checkpoint.shard,
                "session_id": progress.checkpoint.session_id,
                "after_seq": progress.received,
                "reason": reason,
            }
        )
        headers = {
            envelope.MSG_ID: f"gap:{progress.checkpoint.session_id}:{progress.received}",
            envelope.EVENT_TYPE: "GAP",
            envelope.SHARD: str(progress.checkpoint.shard),
            envelope.RECEIVED_NS: str(time.time_ns()),
        }
        self._bus.store(Message(self._subjects.of("GAP", body), body, headers))
