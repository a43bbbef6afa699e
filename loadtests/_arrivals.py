"""When events are due: an arrival process whose clock never resets. No I/O and no clock.

An open loop decides the times of its events beforehand and never waits for an answer, so that a
slow system cannot slow down who measures it.
"""

from random import Random


class Arrivals:
    """A Poisson process of ``rate`` events/s from ``start`` (seconds) on."""

    def __init__(self, rate: float, start: float, random: Random) -> None:
        if not rate > 0:
            raise ValueError(f"rate must be above 0, not {rate}")
        self._rate = rate
        self._random = random
        self._next = start + random.expovariate(rate)

    @property
    def next(self) -> float:
        """When the next event is due, seconds."""
        return self._next

    def due(self, now: float) -> list[float]:
        """The intended times of all events up to ``now`` that were not handed out before."""
        times = []
        while self._next <= now:
            times.append(self._next)
            self._next += self._random.expovariate(self._rate)
        return times
