"""Turns the pace into events: takes what is due, renders it, hands it to the hub, books it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from simulator.core.commands import Commands
from simulator.core.emission import Emission, Probe
from simulator.core.pace import Pace
from simulator.core.rest.context import Api
from simulator.core.storms import Storms

BATCH = 500  # events per turn, so that sockets are served in between


class Source(Protocol):
    """Where events come from: a seeded mix, or a recording."""

    def batch(
        self,
        began: float,
        times: Sequence[float],
        commands: Commands,
        readable: Callable[[int], bool],
        redact: bool,
    ) -> list[Emission]: ...


def _millisecond(event: Emission) -> int:
    """Ids of one millisecond go up in the order in which they were made: storms come first."""
    return int(event.at * 1000)


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
        times = self.pace.take(count) if count > 0 else []
        began = self.pace.started or 0.0
        # No storm runs ahead of the mix: message ids tell the time, and go up in each channel.
        events = self._storms.take(began + times[-1] if count == BATCH else now, BATCH)
        if times:
            made = self._made(began, times)
            events = sorted([*events, *made], key=_millisecond) if events else made
            self._api.ledger.emitted += count
            self._api.ledger.last_emitted_at = now
        self._send(events)
        return count

    def _may_start(self, now: float) -> bool:
        ready_at = self._api.hub.first_ready_at
        if ready_at is None:
            return False
        return len(self._api.commands) > 0 or now - ready_at >= self._grace

    def _made(self, began: float, times: Sequence[float]) -> list[Emission]:
        hub, commands = self._api.hub, self._api.commands
        return self._source.batch(began, times, commands, hub.reads_content, hub.redacting)

    def _send(self, events: Sequence[Emission]) -> None:
        if not events:
            return
        api = self._api
        due = api.hub.emit(events)
        api.history.remember_all([(e.message, e.channel, e.d) for e in events if e.message])
        for event in [e for e in due if e.owed is not None]:
            self._owe(event)

    def _owe(self, event: Emission) -> None:
        owed = event.owed
        if isinstance(owed, Probe):
            self._api.ledger.probes.send(owed.number, owed.channel, event.at)
        elif owed is not None:
            self._api.owe(owed)
            self._api.ledger.interactions.send(owed.id, event.at)

    def owed(self, now: float) -> int:
        """How many answers may still come in time."""
        ledger = self._api.ledger
        return ledger.interactions.pending(now) + ledger.probes.pending(now)
