"""A discrete-event simulation, with SimPy: lanes in order, workers with one thread each.

Formulas give means; percentiles near saturation, bursts, a hot guild and a worker that dies need
the thing played through. An event waits for its lane (one in flight), then for the thread of the
worker that the broker hands it to. The broker does not know who is busy: of the workers that ask
for a lane's events it serves one after another, in turn. A worker takes what it has in the order in
which it came; its acknowledgement leaves when the handler has ended, and then the lane goes on.

The turns are why a fleet does less than its workers together. They begin alike in all lanes, so the
first worker gets the first event of each; from then on a lane that leaves a worker goes to the
next, each gets as many as it gives, and nothing brings the queues level again. Who asks anew while
a lane waits in the long queue is behind that worker in turn, which makes the queue longer. Seen on
real workers at their ceiling: of 64 lanes one of four had 55 in hand and the others next to none.

Random numbers come from the caller, so a run can be repeated. Times are seconds.
"""

import math
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy

from notebooks.capacity import Demand

Floats = npt.NDArray[np.float64]
Steps = Generator[simpy.Event, Any, None]
ACK_WAIT = 5.0
"""Seconds after which the broker gives out again what a dead worker had (runtime/core/topology)."""
OPEN_FOR = (0.5, 10.0)
"""Seconds between which a worker's request for a lane's events is open (runtime/bus/pull); then it
asks anew and is the last in turn."""

UP_FOR = 3.0
"""Seconds from the start of a fleet's workers to the first event of a run, about."""


@dataclass(frozen=True, slots=True)
class Played:
    """What became of each event, in the order of arrival."""

    arrivals: Floats
    ages: Floats

    def since(self, warm_up: float) -> "Played":
        """Without the events that were due before."""
        counted = self.arrivals >= warm_up
        return Played(self.arrivals[counted], self.ages[counted])

    def percentile(self, percent: float) -> float:
        """Of the ages."""
        return float(np.percentile(self.ages, percent))

    def throughput(self, begin: float, end: float) -> float:
        """Events/s that ended between two times."""
        ends = self.arrivals + self.ages
        return float(np.count_nonzero((ends >= begin) & (ends <= end))) / (end - begin)


def poisson(rate: float, seconds: float, random: np.random.Generator) -> Floats:
    """Arrival times at a steady rate."""
    count = random.poisson(rate * seconds)
    return np.sort(random.uniform(0, seconds, count))


def stepped(steps: Sequence[tuple[float, float]], random: np.random.Generator) -> Floats:
    """Arrival times of a rate that changes: steps of (seconds, events/s), one after another."""
    begins = np.cumsum([0.0, *(seconds for seconds, _ in steps)])
    parts = [
        begin + poisson(rate, seconds, random)
        for begin, (seconds, rate) in zip(begins, steps, strict=False)
    ]
    return np.concatenate(parts)


def lognormal(mean: float, variation: float, events: int, random: np.random.Generator) -> Floats:
    """Positive durations with this mean and coefficient of variation."""
    if mean <= 0 or variation <= 0:
        return np.full(events, max(0.0, mean))
    sigma2 = np.log1p(variation**2)
    return random.lognormal(np.log(mean) - sigma2 / 2, np.sqrt(sigma2), events)


def _around(median: float, jitter: float, events: int, random: np.random.Generator) -> list[float]:
    """Log-normal durations with this median."""
    return [float(value) for value in median * np.exp(jitter * random.standard_normal(events))]


def play(
    demand: Demand,
    replicas: int,
    arrivals: Floats,
    shares: Floats,
    random: np.random.Generator,
    killed_at: float = math.inf,
    up_for: float = UP_FOR,
) -> Played:
    """Send these arrivals through a fleet.

    Args:
        demand: what an event asks.
        replicas: workers.
        arrivals: when events are due, ascending.
        shares: the part of the events that each lane has; empty for no lanes (no order).
        random: of lanes, of the workers' turns and of durations.
        killed_at: when one of the workers dies; what it had comes again after ``ACK_WAIT``.
        up_for: seconds that the workers were up before: in every lane they ask in the order in
            which they came up, until they have asked anew.
    """
    count = len(arrivals)
    scale = lognormal(1.0, demand.variation, count, random)
    lanes = random.choice(len(shares), count, p=shares) if len(shares) else np.arange(count)
    fleet = _Fleet(
        lanes=lanes.tolist(),
        entries=_around(demand.entry, demand.jitter, count, random),
        hand_overs=_around(demand.hand_over, demand.jitter, count, random),
        occupancy=(demand.occupancy * scale).tolist(),
        rest=(max(0.0, demand.service - demand.occupancy) * scale).tolist(),
        turns=max(len(shares), 1),
        replicas=replicas,
        up_for=up_for,
        chance=Random(int(random.integers(1 << 62))),
    )
    ends = fleet.run(arrivals.tolist(), killed_at)
    return Played(arrivals, np.asarray(ends) - arrivals)


class _Fleet:
    """One play-through. Events are numbers; each list has an entry for each event."""

    def __init__(
        self,
        lanes: list[int],
        entries: list[float],
        hand_overs: list[float],
        occupancy: list[float],
        rest: list[float],
        turns: int,
        replicas: int,
        up_for: float,
        chance: Random,
    ) -> None:
        self._chance = chance
        self._ends_at = [[self._open() - up_for for _ in range(replicas)] for _ in range(turns)]
        self._next_end = [min(ends) for ends in self._ends_at]
        self._env = simpy.Environment()
        self._lanes, self._entries, self._hand_overs = lanes, entries, hand_overs
        self._occupancy, self._rest = occupancy, rest
        self._turns = [deque(range(replicas)) for _ in range(turns)]
        self._in_flight: set[int] = set()
        self._behind: dict[int, deque[int]] = {}
        self._inboxes: list[deque[int]] = [deque() for _ in range(replicas)]
        self._at_work: list[int | None] = [None] * replicas
        self._dead: set[int] = set()
        self._ends = [0.0] * len(lanes)

    def run(self, arrivals: list[float], killed_at: float) -> list[float]:
        """The end of each event."""
        self._env.process(self._arrive(arrivals))
        if math.isfinite(killed_at) and len(self._inboxes) > 1:
            self._env.process(self._kill(killed_at))
        self._env.run()
        return self._ends

    def _arrive(self, arrivals: list[float]) -> Steps:
        for number, time in enumerate(arrivals):
            if time > self._env.now:
                yield self._env.timeout(time - self._env.now)
            self._after(self._entries[number], self._store, number)

    def _after(self, seconds: float, then: Any, number: int) -> None:
        """Call ``then(number)`` that much later."""
        timeout = self._env.timeout(seconds)
        assert timeout.callbacks is not None  # noqa: S101 - it has just been made
        timeout.callbacks.append(lambda _: then(number))

    def _store(self, number: int) -> None:
        lane = self._lanes[number]
        if lane in self._in_flight:
            self._behind.setdefault(lane, deque()).append(number)
        else:
            self._in_flight.add(lane)
            self._hand_out(number)

    def _hand_out(self, number: int) -> None:
        """To the worker whose turn it is."""
        place = self._lanes[number] % len(self._turns)
        turns = self._turns[place]
        if self._env.now >= self._next_end[place]:
            self._ask_anew(place)
        turns.rotate(-1)
        worker = turns[-1]
        if worker in self._dead:
            turns.pop()
            self._hand_out(number)
            return
        self._after(self._hand_overs[number], lambda each: self._deliver(each, worker), number)

    def _open(self) -> float:
        return self._chance.uniform(*OPEN_FOR)

    def _ask_anew(self, place: int) -> None:
        """Workers whose requests have ended meanwhile are the last in turn, in that order."""
        ends, turns = self._ends_at[place], self._turns[place]
        while (first := min(ends)) <= self._env.now:
            worker = ends.index(first)
            ends[worker] = first + self._open()
            if worker in turns:  # the dead ask no more
                turns.remove(worker)
                turns.append(worker)
        self._next_end[place] = first

    def _deliver(self, number: int, worker: int) -> None:
        if worker in self._dead:
            self._after(ACK_WAIT, self._hand_out, number)
            return
        self._inboxes[worker].append(number)
        if self._at_work[worker] is None:
            self._begin(worker)

    def _begin(self, worker: int) -> None:
        inbox = self._inboxes[worker]
        self._at_work[worker] = number = inbox.popleft() if inbox else None
        if number is not None:
            self._after(self._occupancy[number], lambda each: self._leave(each, worker), number)

    def _leave(self, number: int, worker: int) -> None:
        """The thread is free; the event ends now, or when what it waits for has come."""
        if worker in self._dead:
            return
        if self._rest[number] > 0:
            self._after(self._rest[number], self._end, number)
        else:
            self._end(number)
        self._begin(worker)

    def _end(self, number: int) -> None:
        self._ends[number] = self._env.now
        lane = self._lanes[number]
        behind = self._behind.get(lane)
        if behind:
            self._hand_out(behind.popleft())
        else:
            self._in_flight.discard(lane)

    def _kill(self, at: float) -> Steps:
        yield self._env.timeout(at)
        worker = 0
        self._dead.add(worker)
        held = list(self._inboxes[worker])
        current = self._at_work[worker]
        for number in held if current is None else [current, *held]:
            self._after(ACK_WAIT, self._hand_out, number)
