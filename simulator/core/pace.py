"""When each event is meant to happen: an open loop that never waits for the client.

The intended time of an event is fixed by the rate alone. A simulator or a client that falls behind
therefore shows as lag, never as a lower offered rate (no coordinated omission).
"""

from dataclasses import dataclass

# Seconds. 500/s for 10 s is 5 000 events, although floats near 1.7e9 are 2.4e-7 apart.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time of constant rate: event number `count` is the first, intended at `since`."""

    count: int
    since: float
    rate: float


class Pace:
    """Counts the events that are due and hands out their intended times, in order."""

    def __init__(self, rate: float, duration: float | None = None) -> None:
        self.rate = rate
        self.duration = duration
        self.taken = 0
        self.started: float | None = None
        self.ends: float | None = None
        self._stretches: list[_Stretch] = []
        self._active = 0.0

    def start(self, now: float) -> None:
        """Begin to offer events at `now`; a second call changes nothing."""
        if self.started is not None:
            return
        self.started = now
        self.ends = None if self.duration is None else now + self.duration
        self._stretches = [_Stretch(0, now, self.rate)]

    def change(self, rate: float, now: float) -> None:
        """Offer `rate` events/s from `now` on; events already due keep their intended times."""
        if self.started is not None:
            count = self.offered(now)
            self._active = self.active(now)
            self._stretches.append(_Stretch(count, now, rate))
        self.rate = rate

    def offered(self, now: float) -> int:
        """How many events were intended up to `now`."""
        if not self._stretches:
            return 0
        last = self._stretches[-1]
        until = now if self.ends is None else min(now, self.ends)
        return last.count + max(0, int((until - last.since + _ROUNDING) * last.rate))

    def due(self, now: float) -> int:
        """How many events are intended by `now` and not yet taken."""
        return self.offered(now) - self.taken

    def take(self) -> float:
        """The intended time of the next event, which counts as taken."""
        while len(self._stretches) > 1 and self.taken >= self._stretches[1].count:
            del self._stretches[0]
        stretch = self._stretches[0]
        offset = (self.taken - stretch.count + 1) / stretch.rate
        self.taken += 1
        return stretch.since + offset

    def next_at(self) -> float | None:
        """When the next event is intended, or None while nothing is offered."""
        if not self._stretches or self._stretches[-1].rate <= 0:
            return None
        last = self._stretches[-1]
        return last.since + (self.taken - last.count + 1) / last.rate

    def active(self, now: float) -> float:
        """Seconds during which the rate was not zero."""
        if not self._stretches:
            return 0.0
        last = self._stretches[-1]
        until = now if self.ends is None else min(now, self.ends)
        return self._active + (max(0.0, until - last.since) if last.rate > 0 else 0.0)

    def over(self, now: float) -> bool:
        """Whether the duration has passed and every offered event was taken."""
        return self.ends is not None and now >= self.ends and self.due(now) <= 0

    def restart(self, now: float) -> None:
        """Count from zero again at `now`, at the present rate."""
        started = self.started is not None
        self.taken, self._active, self.started, self._stretches = 0, 0.0, None, []
        if started:
            self.start(now)
