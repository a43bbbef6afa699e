"""How the offered load moves over a run. No I/O and no clock.

Each shape is the share of the peak at a share of the run: both from 0 to 1.
"""

import math
from collections.abc import Callable


def steady(_: float) -> float:
    """All of it, all the time."""
    return 1.0


def step(at: float) -> float:
    """A quarter more at each quarter: where does the latency bend?"""
    return min(1.0, (math.floor(at * 4) + 1) / 4)


def spike(at: float) -> float:
    """A fifth of the peak, but all of it in the middle fifth."""
    return 1.0 if 0.4 <= at < 0.6 else 0.2


def diurnal(at: float) -> float:
    """A day: a quiet night at both ends, the peak in the middle."""
    return 0.1 + 0.9 * math.sin(math.pi * at) ** 2


def storm(at: float) -> float:
    """After a reconnect all guilds come at once, then it fades to the usual."""
    return 0.25 if at < 0.3 else 0.25 + 0.75 * math.exp(-(at - 0.3) / 0.1)


SHAPES: dict[str, Callable[[float], float]] = {
    "steady": steady,
    "step": step,
    "spike": spike,
    "diurnal": diurnal,
    "storm": storm,
}


def users_at(shape: str, seconds: float, duration: float, peak: int) -> int | None:
    """Users wanted, at least one; None when the run is over.

    Raises:
        KeyError: there is no such shape.
    """
    if seconds >= duration:
        return None
    return max(1, round(peak * SHAPES[shape](seconds / duration)))
