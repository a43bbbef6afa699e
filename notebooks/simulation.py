"""A discrete-event simulation of the path: lanes in order, workers with one thread each.

Formulas give means; percentiles near saturation, bursts and a hot guild need the thing played
through. An event waits for its lane (one in flight), then for the thread of the worker that the
broker hands it to (in turn, as it serves waiting pulls), occupies the thread, and ends after its
service time. Random numbers come from the caller, so a run can be repeated.
"""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

from notebooks.capacity import Demand

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Played:
    """What became of each event, in the order of arrival. Seconds."""

    arrivals: Floats
    ages: Floats

    def percentile(self, percent: float) -> float:
        """Of the ages, the first tenth left out as warm-up."""
        return float(np.percentile(self.ages[len(self.ages) // 10 :], percent))

    @property
    def throughput(self) -> float:
        """Events/s from the first arrival to the last end."""
        ends = self.arrivals + self.ages
        return len(self.ages) / float(ends.max() - self.arrivals[0])


def poisson(rate: float, events: int, random: np.random.Generator) -> Floats:
    """Arrival times at a steady rate."""
    return np.cumsum(random.exponential(1 / rate, events))


def bursts(
    rate: float, peak: float, period: float, share: float, events: int, random: np.random.Generator
) -> Floats:
    """Arrival times that alternate: for ``share`` of every ``period`` seconds at ``peak``/s.

    The rest of the time the rate is such that the mean is ``rate``.
    """
    calm = max(1e-9, (rate - share * peak) / (1 - share))
    # A unit-rate process, stretched: its n-th event happens when so much rate has accumulated.
    due = np.cumsum(random.exponential(1.0, events))
    rounds, rest = np.divmod(due, period * rate)
    in_peak = rest < share * period * peak
    late = share * period + (rest - share * period * peak) / calm
    return np.asarray(rounds * period + np.where(in_peak, rest / peak, late))


def lognormal(mean: float, variation: float, events: int, random: np.random.Generator) -> Floats:
    """Positive durations with this mean and coefficient of variation."""
    if mean <= 0 or variation <= 0:
        return np.full(events, max(0.0, mean))
    sigma2 = np.log1p(variation**2)
    return random.lognormal(np.log(mean) - sigma2 / 2, np.sqrt(sigma2), events)


def play(
    demand: Demand,
    replicas: int,
    arrivals: Floats,
    shares: Floats,
    random: np.random.Generator,
) -> Played:
    """Send these arrivals through a fleet.

    Args:
        demand: what an event asks.
        replicas: workers.
        arrivals: seconds, ascending.
        shares: the part of the events that each lane has; empty for no lanes (no order).
        random: of lanes and service times.
    """
    count = len(arrivals)
    scale = lognormal(1.0, demand.variation, count, random)
    lanes = random.choice(len(shares), count, p=shares) if len(shares) else np.arange(count)
    occupancy, service = demand.occupancy * scale, demand.service * scale
    ends = _run(arrivals, lanes, occupancy, np.maximum(service, occupancy), replicas, demand.path)
    return Played(arrivals, ends - arrivals)


def _run(
    arrivals: Floats,
    lanes: npt.NDArray[np.intp],
    occupancy: Floats,
    service: Floats,
    replicas: int,
    path: float,
) -> Floats:
    """The end of each event. ``ready`` holds (time at which its lane lets it go, number)."""
    waiting: dict[int, list[int]] = {}
    ready: list[tuple[float, int]] = []
    for number in range(len(arrivals) - 1, -1, -1):  # so that pop() takes the earliest
        waiting.setdefault(int(lanes[number]), []).append(number)
    for queue in waiting.values():
        first = queue.pop()
        heappush(ready, (float(arrivals[first]), first))
    threads = [0.0] * replicas
    ends = np.empty(len(arrivals))
    turn = 0
    while ready:
        time, number = heappop(ready)
        start = max(time + path / 2, threads[turn])
        threads[turn] = start + float(occupancy[number])
        turn = (turn + 1) % replicas
        end = start + float(service[number])
        ends[number] = end
        queue = waiting[int(lanes[number])]
        if queue:
            following = queue.pop()
            heappush(ready, (max(float(arrivals[following]), end + path / 2), following))
    return ends
