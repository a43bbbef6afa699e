"""How much N workers can do, how long events wait, and how many workers a load needs.

Pure arithmetic. Rates are events/s, times are seconds, shares are 0 to 1. Three things bound a
fleet, and the smallest of them is its ceiling:

* its **workers**: an event occupies a worker's one thread for ``occupancy`` seconds;
* its **hottest lane**: a lane has one event in flight, whatever the number of workers;
* the **broker**, measured by itself.

Sources: Erlang (1917) for the delay formula; Allen (1990), "Probability, Statistics and Queueing
Theory", for the Allen-Cunneen approximation; Gunther (2007), "Guerrilla Capacity Planning", for
the Universal Scalability Law.
"""

import math
from dataclasses import dataclass


class NoAnswer(ValueError):  # noqa: N818 - the question has none; the text says why
    """No number of replicas does what is asked."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one event asks of a fleet.

    Attributes:
        occupancy: seconds that it holds the worker's thread: CPU time and blocking calls.
        service: seconds from the handler's begin to its end, waiting included.
        variation: standard deviation of ``service`` over its mean.
        entry: seconds from the intended time until the broker has the event, in the median.
        hand_over: seconds from there, or from the release of the lane, to the begin of the handler
            of a worker that has nothing else to do, in the median.
        jitter: standard deviation of the logarithm of ``entry`` and ``hand_over``.
        hot_share: the part of all events that the fullest lane has.
        concurrency: events that one worker handles at a time, at most.
        broker: events/s that the broker moves; infinite when it was not measured.
    """

    occupancy: float
    service: float
    variation: float = 0.0
    entry: float = 0.0
    hand_over: float = 0.0
    jitter: float = 0.0
    hot_share: float = 0.0
    concurrency: int = 64
    broker: float = math.inf

    def __post_init__(self) -> None:
        if not (self.occupancy > 0 and self.service >= 0 and self.variation >= 0):
            raise ValueError("occupancy must be above 0, service and variation not below it")
        if not (self.entry >= 0 and self.hand_over >= 0 and self.jitter >= 0):
            raise ValueError("entry, hand_over and jitter must not be below 0")
        if not (0 <= self.hot_share <= 1 and self.concurrency >= 1 and self.broker > 0):
            raise ValueError("hot_share is a share, concurrency at least 1, broker above 0")

    @property
    def alone(self) -> float:
        """Seconds from the intended time to the end when nothing else is going on."""
        return self.entry + self.hand_over + max(self.service, self.occupancy)

    @property
    def per_replica(self) -> float:
        """Events/s of one worker: its thread, or its slots by Little's law, whatever is less."""
        waiting = self.concurrency / self.service if self.service else math.inf
        return min(1 / self.occupancy, waiting)

    @property
    def lane_time(self) -> float:
        """Seconds that an event keeps its lane: nothing else of the lane runs meanwhile."""
        return max(self.service, self.occupancy) + self.hand_over

    @property
    def lane_ceiling(self) -> float:
        """Events/s of the whole fleet at which the hottest lane is full."""
        return 1 / (self.hot_share * self.lane_time) if self.hot_share else math.inf


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most events/s, and what sets it: ``workers``, ``hottest lane`` or ``broker``."""

    rate: float
    bound: str


def ceiling(demand: Demand, replicas: int) -> Ceiling:
    """What a fleet of so many workers can do."""
    candidates = [
        Ceiling(replicas * demand.per_replica, "workers"),
        Ceiling(demand.lane_ceiling, "hottest lane"),
        Ceiling(demand.broker, "broker"),
    ]
    return min(candidates, key=lambda each: each.rate)


def erlang_c(servers: int, load: float) -> float:
    """The probability that an arrival has to wait (M/M/c).

    Args:
        servers: c, at least 1.
        load: offered load in servers (arrival rate times service time).
    """
    if load >= servers:
        return 1.0
    if load <= 0:
        return 0.0
    blocked = 1.0  # Erlang-B by its recursion, which never overflows
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait(
    rate: float, servers: int, service: float, variation: float = 1.0, arrivals: float = 1.0
) -> float:
    """Allen-Cunneen: the mean seconds in the queue of a G/G/c system; infinite when overloaded.

    Args:
        rate: arrivals/s.
        servers: c.
        service: mean seconds of service.
        variation: coefficient of variation of the service times.
        arrivals: the same of the times between arrivals; 1 for Poisson.
    """
    load = rate * service
    if load >= servers:
        return math.inf
    spread = (arrivals**2 + variation**2) / 2
    return erlang_c(servers, load) * service / (servers - load) * spread


def wait_beyond(
    seconds: float, rate: float, servers: int, service: float, variation: float = 1.0
) -> float:
    """The probability of waiting longer: an exponential tail with the mean of ``mean_wait``."""
    waiting = erlang_c(servers, rate * service)
    mean = mean_wait(rate, servers, service, variation)
    if math.isinf(mean) or mean == 0:
        return 1.0 if mean else 0.0
    return waiting * math.exp(-waiting * seconds / mean)


def scalability(replicas: float, single: float, contention: float, coherence: float) -> float:
    """The Universal Scalability Law: events/s of N replicas.

    Args:
        replicas: N.
        single: events/s of one.
        contention: sigma, the share that must happen one after another.
        coherence: kappa, the price of every pair's agreement.
    """
    loss = 1 + contention * (replicas - 1) + coherence * replicas * (replicas - 1)
    return single * replicas / loss


def drain_time(outage: float, rate: float, capacity: float) -> float:
    """Seconds until the backlog of an outage is gone while ``rate`` keeps coming."""
    return outage * rate / (capacity - rate) if capacity > rate else math.inf


def scaler_threshold(per_replica: float, target: float, held: int = 0) -> int:
    """Messages of backlog per replica that an autoscaler should aim for.

    A replica that works at its ceiling has as many when an event takes ``target`` seconds (Little's
    law). KEDA counts messages in flight as well: the threshold must exceed the ``held`` messages
    that a worker has at a time without being behind, or a fleet would never scale down.
    """
    return max(1, held + 1, round(per_replica * target))


def largest_guild(demand: Demand, utilisation: float = 0.7) -> float:
    """Events/s that one guild may have, however many workers there are."""
    return utilisation / demand.lane_time
