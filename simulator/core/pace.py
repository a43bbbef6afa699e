"""When each event is meant to happen: an open loop that never waits for the client.

The intended time of an event is fixed by the rate alone. A simulator or a client that falls behind
therefore shows as lag, never as a lower offered rate (no coordinated omission).
"""

from dataclasses import dataclass

from simulator.core.shapes import Shape

# Seconds. 500/s for 10 s is 5 000 events, although floats near 1.7e9 are 2.4e-7 apart.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time of constant rate, from `since` (seconds after the start) on.

    `count` is how many events were intended before it; a fraction is a part of the wait for the
    next one, so that many short stretches offer as much as one long one.
    """

    count: float
    since: float
    rate: float

    def progress(self, elapsed: float) -> float:
        return self.count + max(0.0, elapsed - self.since) * self.rate


class Pace:
    """Counts the events that are due and hands out their intended times, in order."""

    def __init__(
        self, rate: float, duration: float | None = None, shape: Shape | None = None
    ) -> None:
        self.rate = rate if shape is None else shape.rate(0)
        self.duration = duration
        self.shape = shape
        self.taken = 0
        self.started: float | None = None
        self.ends: float | None = None
        self._stretches: list[_Stretch] = []
        self._active = 0.0
        self._shaped_since = 0.0
        self._piece = 0

    def start(self, now: float) -> None:
        """Begin to offer events at `now`; a second call changes nothing."""
        if self.started is not None:
            return
        self.started = now
        self.ends = None if self.duration is None else now + self.duration
        self._shaped_since, self._piece = 0.0, 0
        if self.shape is not None:
            self.rate = self.shape.rate(0)
        self._stretches = [_Stretch(0, 0.0, self.rate)]

    def change(self, rate: float, now: float) -> None:
        """Offer `rate` events/s from `now` on; events already due keep their intended times."""
        self._follow(now)
        self.shape = None
        if self.started is not None:
            self._turn(rate, self._elapsed(now))
        self.rate = rate

    def follow(self, shape: Shape, now: float) -> None:
        """Let the rate follow a shape that begins at `now`."""
        self.change(shape.rate(0), now)
        self.shape, self._piece = shape, 0
        self._shaped_since = 0.0 if self.started is None else self._elapsed(now)

    def _follow(self, now: float) -> None:
        """Make the changes of rate that the shape asked for up to `now`."""
        shape = self.shape
        if shape is None or self.started is None:
            return
        until = self._elapsed(now)
        while (at := self._shaped_since + (self._piece + 1) * shape.pitch) <= until:
            self._piece += 1
            rate = shape.rate(self._piece)
            if rate != self.rate:
                self._turn(rate, at)
                self.rate = rate

    def _turn(self, rate: float, elapsed: float) -> None:
        last = self._stretches[-1]
        self._active = self._active_at(elapsed)
        count = last.progress(elapsed)
        if abs(count - round(count)) <= _ROUNDING * last.rate:
            count = round(count)
        self._stretches.append(_Stretch(count, elapsed, rate))

    def _elapsed(self, now: float) -> float:
        until = now if self.ends is None else min(now, self.ends)
        return until - (self.started or 0.0)

    def offered(self, now: float) -> int:
        """How many events were intended up to `now`."""
        if not self._stretches:
            return 0
        self._follow(now)
        last, elapsed = self._stretches[-1], self._elapsed(now)
        if elapsed < last.since:
            return int(last.count)
        return int(last.progress(elapsed + _ROUNDING))

    def due(self, now: float) -> int:
        """How many events are intended by `now` and not yet taken."""
        return self.offered(now) - self.taken

    def take(self, count: int) -> list[float]:
        """The next `count` events, which are due and count as taken: seconds after the start."""
        times: list[float] = []
        while len(times) < count:
            first, stretches = self.taken + 1, self._stretches
            while len(stretches) > 1 and first > stretches[1].count:
                del stretches[0]
            last = self.taken + count - len(times)
            if len(stretches) > 1:
                last = min(last, int(stretches[1].count))
            since, before, rate = stretches[0].since, stretches[0].count, stretches[0].rate
            times += [since + (number - before) / rate for number in range(first, last + 1)]
            self.taken = last
        return times

    def next_at(self) -> float | None:
        """When the next event is intended, or None while nothing is offered."""
        if not self._stretches or self._stretches[-1].rate <= 0:
            return None
        last = self._stretches[-1]
        return (self.started or 0.0) + last.since + (self.taken - last.count + 1) / last.rate

    def active(self, now: float) -> float:
        """Seconds during which the rate was not zero."""
        return self._active_at(self._elapsed(now)) if self._stretches else 0.0

    def _active_at(self, elapsed: float) -> float:
        last = self._stretches[-1]
        return self._active + (max(0.0, elapsed - last.since) if last.rate > 0 else 0.0)

    def over(self, now: float) -> bool:
        """Whether the duration has passed and every offered event was taken."""
        return self.ends is not None and now >= self.ends and self.due(now) <= 0

    def restart(self, now: float) -> None:
        """Count from zero again at `now`, at the present rate."""
        started = self.started is not None
        self.taken, self._active, self.started, self._stretches = 0, 0.0, None, []
        if started:
            self.start(now)
