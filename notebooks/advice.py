"""How many replicas for a load: the smallest N that meets every demand, and which demand sets it.

Pure arithmetic on top of ``capacity`` and ``simulation``. Rates are events/s, times seconds.
"""

import math
from dataclasses import dataclass

import numpy as np

from notebooks.capacity import (
    Demand,
    NoAnswer,
    ceiling,
    drain_time,
    largest_guild,
    scaler_threshold,
)
from notebooks.simulation import Floats, play, poisson

MOST_REPLICAS = 512
EVENTS = 20_000
"""Events that are played through per candidate, the first tenth as a warm-up."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is wanted.

    Attributes:
        rate: events/s to serve.
        slo: seconds within which ``percent`` of the events must have been handled.
        percent: 99 for a p99.
        headroom: share of the ceiling that stays free.
        outage: seconds without any worker that the fleet must make up for,
        recovery: within so many seconds.
        hottest_guild: events/s of the busiest guild, 0 if unknown.
    """

    rate: float
    slo: float
    percent: float = 99.0
    headroom: float = 0.3
    outage: float = 0.0
    recovery: float = 60.0
    hottest_guild: float = 0.0


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer. ``because`` names the demand that asks for the most replicas."""

    replicas: int
    because: str
    utilisation: float
    latency: float
    """Seconds: the predicted percentile."""
    ceiling: float
    drain: float
    """Seconds until the backlog of the outage is gone; 0 without one."""
    backlog_per_replica: int
    """Messages: the threshold for an autoscaler."""


def predicted_latency(
    demand: Demand, replicas: int, rate: float, percent: float, shares: Floats, seed: int = 1
) -> float:
    """A percentile of the age of events, by simulation; infinite when overloaded."""
    if rate >= ceiling(demand, replicas).rate:
        return math.inf
    random = np.random.default_rng(seed)
    seconds = EVENTS / rate
    played = play(demand, replicas, poisson(rate, seconds, random), shares, random)
    return played.since(seconds / 10).percentile(percent)


def advise(demand: Demand, need: Need, shares: Floats) -> Advice:
    """The smallest fleet that does what is needed.

    Raises:
        NoAnswer: no number of replicas does; the text says what stands in the way.
    """
    _refuse_the_impossible(demand, need)
    busy = need.rate / (1 - need.headroom) / demand.per_replica
    makes_up = (1 + need.outage / need.recovery) * need.rate / demand.per_replica
    asked = {
        "throughput with headroom": max(1, math.ceil(busy)),
        "making up for the outage": math.ceil(makes_up) if need.outage else 1,
    }
    replicas = max(asked.values())
    because = max(asked, key=lambda name: asked[name])
    latency = predicted_latency(demand, replicas, need.rate, need.percent, shares)
    while latency > need.slo:
        replicas, because = replicas + 1, "latency"
        if replicas > asked["throughput with headroom"] * 2 + 16 or replicas > MOST_REPLICAS:
            raise NoAnswer(_unreachable(demand, need, latency))
        latency = predicted_latency(demand, replicas, need.rate, need.percent, shares)
    top = ceiling(demand, replicas)
    return Advice(
        replicas=replicas,
        because=because,
        utilisation=need.rate / (replicas * demand.per_replica),
        latency=latency,
        ceiling=top.rate,
        drain=drain_time(need.outage, need.rate, top.rate) if need.outage else 0.0,
        backlog_per_replica=scaler_threshold(demand.per_replica, need.slo, demand.concurrency),
    )


def _refuse_the_impossible(demand: Demand, need: Need) -> None:
    """What no number of replicas can change."""
    if not (need.rate > 0 and need.slo > 0 and 0 <= need.headroom < 1 and 0 < need.percent < 100):
        raise NoAnswer("rate and SLO must be above 0, headroom a share below 1, percent below 100")
    if need.slo <= demand.alone:
        raise NoAnswer(
            f"an event alone takes {demand.alone * 1e3:.1f} ms: an SLO of {need.slo * 1e3:.1f} ms "
            "cannot be met by any number of workers; make the handler faster"
        )
    top = ceiling(demand, MOST_REPLICAS)
    if need.rate >= top.rate:
        raise NoAnswer(
            f"{need.rate:.0f} events/s are above {top.rate:.0f}/s, where the {top.bound} is full "
            f"even with {MOST_REPLICAS} workers"
        )
    if need.hottest_guild > largest_guild(demand, 1.0):
        raise NoAnswer(
            f"one guild has {need.hottest_guild:.0f} events/s, in order at most "
            f"{largest_guild(demand, 1.0):.0f}/s can be handled, however many workers there are"
        )


def _unreachable(demand: Demand, need: Need, latency: float) -> str:
    """More workers stopped helping: the wait is in a lane."""
    return (
        f"p{need.percent:g} stays at {latency * 1e3:.0f} ms, above {need.slo * 1e3:.0f} ms, "
        f"however many workers there are: the hottest lane (ceiling {demand.lane_ceiling:.0f}/s) "
        "makes its guilds wait"
    )
