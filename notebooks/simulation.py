"""A discrete-event simulation of the path: lanes in order, workers with one thread each.

Formulas give means; percentiles near saturation, bursts and a hot guild need the thing played
through. An event waits for its lane (one in flight), then for the thread of the worker that the
broker hands it to. The broker does not know who is busy: it serves the pulls that wait, lane by
lane, which over 64 lanes is as good as chance. The worker runs what it has, one after another, and
its acknowledgements leave when its loop comes round: only then do those lanes go on. Random numbers
come from the caller, so a run can be repeated.

A kept library (SimPy, Ciw) would do; a calendar in a heap is shorter than its adapter here.
"""

from collections import deque
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
        random: of lanes, workers and service times.
    """
    count = len(arrivals)
    scale = lognormal(1.0, demand.variation, count, random)
    lanes = random.choice(len(shares), count, p=shares) if len(shares) else np.arange(count)
    run = _Run(
        path=demand.path,
        lanes=lanes.tolist(),
        workers=random.integers(0, replicas, count).tolist(),
        occupancy=(demand.occupancy * scale).tolist(),
        rest=(np.maximum(0.0, demand.service - demand.occupancy) * scale).tolist(),
    )
    ends = run.play(arrivals.tolist(), replicas)
    return Played(arrivals, np.asarray(ends) - arrivals)


_ARRIVES, _DELIVERED, _ROUND_ENDS, _RELEASED = range(4)


class _Run:
    """One play-through: a calendar of (time, kind, number) and what waits where."""

    def __init__(
        self,
        path: float,
        lanes: list[int],
        workers: list[int],
        occupancy: list[float],
        rest: list[float],
    ) -> None:
        self._path = path
        self._lanes, self._workers = lanes, workers
        self._occupancy, self._rest = occupancy, rest
        self._calendar: list[tuple[float, int, int]] = []
        self._in_flight: set[int] = set()
        self._behind: dict[int, deque[int]] = {}
        self._ends = [0.0] * len(lanes)

    def play(self, arrivals: list[float], replicas: int) -> list[float]:
        """The end of each event."""
        self._calendar = [(time, _ARRIVES, number) for number, time in enumerate(arrivals)]
        self._delivered: list[list[int]] = [[] for _ in range(replicas)]
        self._is_running = [False] * replicas
        while self._calendar:
            time, kind, number = heappop(self._calendar)
            if kind == _ARRIVES:
                self._arrive(number, time)
            elif kind == _DELIVERED:
                self._deliver(number, time)
            elif kind == _ROUND_ENDS:
                self._begin_round(number, time)
            else:
                self._release(self._lanes[number], time)
        return self._ends

    def _arrive(self, number: int, time: float) -> None:
        lane = self._lanes[number]
        if lane in self._in_flight:
            self._behind.setdefault(lane, deque()).append(number)
        else:
            self._in_flight.add(lane)
            heappush(self._calendar, (time + self._path, _DELIVERED, number))

    def _release(self, lane: int, time: float) -> None:
        behind = self._behind.get(lane)
        if behind:
            heappush(self._calendar, (time + self._path, _DELIVERED, behind.popleft()))
        else:
            self._in_flight.discard(lane)

    def _deliver(self, number: int, time: float) -> None:
        worker = self._workers[number]
        self._delivered[worker].append(number)
        if not self._is_running[worker]:
            self._begin_round(worker, time)

    def _begin_round(self, worker: int, time: float) -> None:
        """Run what is there, one after another; acknowledgements leave when that is done."""
        batch, self._delivered[worker] = self._delivered[worker], []
        self._is_running[worker] = bool(batch)
        if not batch:
            return
        for number in batch:
            time += self._occupancy[number]
            self._ends[number] = time + self._rest[number]
        for number in batch:
            released = max(time, self._ends[number])
            heappush(self._calendar, (released, _RELEASED, number))
        heappush(self._calendar, (time, _ROUND_ENDS, worker))
