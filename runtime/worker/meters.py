"""What a worker measures of its events."""

from collections.abc import Callable
from functools import partial
from itertools import product

import msgspec

from runtime.core.command import command_of
from runtime.core.delivery import REASONS
from runtime.core.envelope import Envelope
from runtime.core.routing import TrafficClass
from runtime.telemetry import AGE_BUCKETS, Telemetry

MAX_COMMANDS = 500
"""Names that are told apart; a bot with commands of each guild's own may have any number."""


class Meters:
    """Counters, histograms and gauges of one worker."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._events = telemetry.counter("worker_events", "Events", "traffic", "outcome")
        age = telemetry.histogram(
            "worker_event_age_seconds", "Received by the gateway until start and until done",
            "traffic", "point", buckets=AGE_BUCKETS,
        )  # fmt: skip
        seconds = telemetry.histogram("worker_handler_seconds", "Handlers", "traffic")
        self._commands = telemetry.histogram(
            "worker_command_seconds", "Handlers of interactions and prefix commands", "command"
        )
        self._tries = telemetry.counter(
            "worker_tries", "Deliveries by their number", "traffic", "number"
        )
        self._dead = telemetry.counter("dead_letters", "Dead letters", "traffic", "reason")
        # From 0 on: of a series that begins with 1 Prometheus sees no increase.
        for kind, reason in product((TrafficClass.INTERACTION, TrafficClass.EVENT), REASONS):
            self._dead.labels(kind, reason)
        self._started = {kind: age.labels(kind, "start") for kind in TrafficClass}
        self._done = {kind: age.labels(kind, "done") for kind in TrafficClass}
        self._seconds = {kind: seconds.labels(kind) for kind in TrafficClass}
        self._handled = {kind: self._events.labels(kind, "handled") for kind in TrafficClass}
        self._first = {kind: self._tries.labels(kind, 1) for kind in TrafficClass}
        self._names: set[str] = set()
        self._in_flight = telemetry.gauge("worker_in_flight", "Deliveries in hand", "traffic")

    def observe(self, in_flight: Callable[[TrafficClass], float]) -> None:
        """Ask this, whenever somebody looks, how many deliveries of a class are in hand."""
        for kind in (TrafficClass.INTERACTION, TrafficClass.EVENT):
            self._in_flight.labels(kind).set_function(partial(in_flight, kind))

    def delivered(self, traffic: TrafficClass, tries: int) -> None:
        """An event came, for the first time or again."""
        (self._first[traffic] if tries == 1 else self._tries.labels(traffic, tries)).inc()

    def started(self, traffic: TrafficClass, event: Envelope, now_ns: int) -> None:
        """A handler begins."""
        self._started[traffic].observe((now_ns - event.received_ns) / 1e9)

    def done(self, traffic: TrafficClass, event: Envelope, started: int, now_ns: int) -> None:
        """A handler ended well."""
        seconds = (now_ns - started) / 1e9
        self._seconds[traffic].observe(seconds)
        self._done[traffic].observe((now_ns - event.received_ns) / 1e9)
        if traffic is TrafficClass.INTERACTION:
            self._commands.labels(self._command(event)).observe(seconds)

    def handled(self, traffic: TrafficClass) -> None:
        """An event was handled."""
        self._handled[traffic].inc()

    def ended(self, traffic: TrafficClass, outcome: str) -> None:
        """An event ended otherwise: ``retried``, ``dead``, ``failed``."""
        self._events.labels(traffic, outcome).inc()

    def buried(self, traffic: str, reason: str) -> None:
        """A dead letter was stored."""
        self._dead.labels(traffic, reason).inc()

    def prefix_command(self, name: str, seconds: float) -> None:
        """The handlers of a message that called a command came to their end, good or bad."""
        self._commands.labels(self._known(name)).observe(seconds)

    def _command(self, event: Envelope) -> str:
        try:
            return self._known(command_of(event.body))
        except (msgspec.DecodeError, msgspec.ValidationError):
            return "unknown"

    def _known(self, name: str) -> str:
        if name not in self._names and len(self._names) >= MAX_COMMANDS:
            return "other"
        self._names.add(name)
        return name
