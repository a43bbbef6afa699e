"""Which runs ``make capacity`` makes: some to fit the model, others that it must predict unseen.

The handler blocks for 10 ms: it occupies a worker as computing would, without a core, so that six
workers can be measured on two cores. Rates are events/s of the whole fleet, times seconds.
"""

from dataclasses import dataclass

ZIPF = 0.5
"""How uneven the guilds are: no lane is so hot that it, and not the workers, sets the ceiling."""
SERVICE = 0.010
HANDLER, UNEVEN_HANDLER = "block:10ms", "block:10ms:cv100"
QUIET, HALF, HIGH, VERY_HIGH, BEYOND = 30.0, 50.0, 82.0, 91.0, 130.0
"""Events/s of one worker, whose ceiling is near 96: about 0.3, 0.5, 0.85, 0.95 and 1.35 of it."""
LATENCIES = (0.03, 0.05, 0.08, 0.15, 0.3)
"""Seconds: targets for the 95th percentile of the age, for which replicas are recommended."""


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """One point of the protocol; each is measured several times."""

    workers: int
    rate: float
    handler: str = HANDLER
    variation: float = 0.0
    """Of the handler's time, as its name says."""
    zipf: float = ZIPF
    kill: bool = False
    """Whether a worker dies in the middle of what is measured."""

    @property
    def is_overload(self) -> bool:
        """Whether more is offered than the fleet can do, to see its ceiling."""
        return self.rate >= BEYOND * self.workers


def _fleets(counts: tuple[int, ...], rates: tuple[float, ...]) -> tuple[Planned, ...]:
    return tuple(Planned(count, count * rate) for count in counts for rate in rates)


CALIBRATION = _fleets((1, 2, 4), (QUIET, HALF, 65.0, BEYOND))
"""Low and middling load, and the ceilings."""

STEPS = {2 * HIGH: (2, 3), 4 * HIGH: (4, 5, 6)}
"""Rates that fleets of several sizes are offered: how many does a latency take?"""

HELD_OUT = tuple(
    dict.fromkeys(
        (
            *_fleets((3, 6), (HIGH, VERY_HIGH, BEYOND)),
            *_fleets((4,), (VERY_HIGH,)),
            *(Planned(count, rate) for rate, counts in STEPS.items() for count in counts),
            Planned(3, 3 * 65.0, UNEVEN_HANDLER, 1.0),
            Planned(4, 4 * HIGH, UNEVEN_HANDLER, 1.0),
            Planned(4, 4 * 60.0, kill=True),
        )
    )
)
"""Other numbers of workers, higher load, another mix of handler times, a worker that dies."""
