"""Turns the pace into events: takes what is due, renders it, hands it to the hub, books it."""

from collections.abc import Callable
from typing import Protocol

from simulator.core.commands import Commands
from simulator.core.emission import Emission, Probe
from simulator.core.interactions import Interaction
from simulator.core.pace import Pace
from simulator.core.rest.context import Api
from simulator.core.storms import Storms

BATCH = 500  # events per turn, so that sockets are served in between


class Source(Protocol):
    """Where events come from: a seeded mix, or a recording."""

    def next(
        self,
        now: float,
        commands: Commands,
        readable: Callable[[int], bool],
        redact: bool,
        elapsed: float,
    ) -> Emission: ...


class Offer:
    """The open loop. It begins with the first READY and, up to `grace`, waits for commands."""

    def __init__(self, api: Api, source: Source, pace: Pace, grace: float, storms: Storms) -> None:
        self._api = api
        self._source = source
        self.pace = pace
        self._grace = grace
        self._storms = storms

    def turn(self, now: float) -> int:
        """Emit what is due, a batch at most; returns how many events of the mix were emitted."""
        if self.pace.started is None and self._may_start(now):
            self.pace.start(now)
        count = min(self.pace.due(now), BATCH)
        for _ in range(count):
            self._emit(self.pace.take())
        if count:
            self._api.ledger.emitted += count
            self._api.ledger.last_emitted_at = now
        for at, event in self._storms.take(now, BATCH):
            self._send(event, at)
        return count

    def _may_start(self, now: float) -> bool:
        ready_at = self._api.hub.first_ready_at
        if ready_at is None:
            return False
        return len(self._api.commands) > 0 or now - ready_at >= self._grace

    def _emit(self, intended: float) -> None:
        api = self._api
        hub = api.hub
        event = self._source.next(
            intended, api.commands, hub.reads_content, hub.redacting, self.pace.elapsed
        )
        self._send(event, intended)

    def _send(self, event: Emission, intended: float) -> None:
        name, guild, needed, d, redacted, owed, message = event
        api = self._api
        due = api.hub.publish_raw(name, guild, needed, d, redacted, intended)
        if message is not None:
            api.history.remember(message[0], message[1], d)
        if due and owed is not None:
            self._owe(owed, intended)

    def _owe(self, owed: Interaction | Probe, intended: float) -> None:
        if isinstance(owed, Probe):
            self._api.ledger.probes.send(owed.number, owed.channel, intended)
        else:
            self._api.owe(owed)
            self._api.ledger.interactions.send(owed.id, intended)

    def owed(self, now: float) -> int:
        """How many answers may still come in time."""
        ledger = self._api.ledger
        return ledger.interactions.pending(now) + ledger.probes.pending(now)
