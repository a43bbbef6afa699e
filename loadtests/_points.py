"""The points of a sweep and the row that each becomes. No I/O and no clock."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from itertools import product
from random import Random
from statistics import fmean, stdev
from typing import Any

from loadtests._child import Usage
from loadtests._handlers import HandlerSpec
from loadtests._tally import Tally

STEADY = 0.97
"""A fleet that handles a smaller part of what comes than this is overloaded."""


@dataclass(frozen=True, slots=True)
class Point:
    """One run. ``rate`` is the total over all workers, events/s."""

    handler: str
    workers: int
    rate: float
    zipf: float
    repetition: int
    kill: bool = False
    """Whether a worker dies in the middle of what is measured."""


def points_of(
    handlers: Sequence[str],
    workers: Sequence[int],
    rates: Sequence[float],
    zipf: Sequence[float],
    repetitions: int,
    *,
    per_worker: bool,
    seed: int,
    kill: bool = False,
) -> list[Point]:
    """All runs, shuffled."""
    points = [
        Point(handler, count, rate * count if per_worker else rate, uneven, repetition, kill)
        for handler, count, rate, uneven, repetition in product(
            handlers, workers, rates, zipf, range(repetitions)
        )
    ]
    return shuffled(points, seed)


def shuffled(points: Sequence[Point], seed: int) -> list[Point]:
    """In an order of chance: what drifts during a sweep must not look like an effect of N."""
    return Random(f"order {seed}").sample(points, len(points))


def left_to_do(points: Iterable[Point], rows: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The points that no row has yet."""
    names = [item.name for item in fields(Point)]
    done = {tuple(row.get(name, False) for name in names) for row in rows}
    return [point for point in points if astuple(point) not in done]


@dataclass(frozen=True, slots=True)
class Sample:
    """A look at the fleet: wall clock, usage by part, events not acknowledged."""

    at: float
    usage: Mapping[str, Usage]
    backlog: int | None
    """None when the broker did not answer."""


@dataclass(frozen=True, slots=True)
class Used:
    """What the fleet used during the window. Cores, bytes, events."""

    worker_cores: float = float("nan")
    nats_cores: float = float("nan")
    worker_rss: float = float("nan")
    backlog: float = float("nan")
    backlog_slope: float = float("nan")
    backlog_error: float = float("nan")
    """Standard error of ``backlog``, as if the looks at it were independent."""


def used_between(samples: Sequence[Sample], begin: float, end: float) -> Used:
    """Averages over the samples of the window; nothing known with fewer than two."""
    inside = [sample for sample in samples if begin <= sample.at <= end]
    if len(inside) < 2:
        return Used()
    first, last = inside[0], inside[-1]
    seconds = last.at - first.at
    cores = {
        name: (last.usage[name].cpu_seconds - usage.cpu_seconds) / seconds
        for name, usage in first.usage.items()
        if name in last.usage
    }
    workers = [name for name in last.usage if name.startswith("worker-")]
    seen = [(sample.at, sample.backlog) for sample in inside if sample.backlog is not None]
    return Used(
        worker_cores=sum(cores.get(name, 0.0) for name in workers),
        nats_cores=cores.get("nats", float("nan")),
        worker_rss=max((last.usage[name].rss_bytes for name in workers), default=0),
        **_backlog(seen),
    )


def _backlog(seen: Sequence[tuple[float, int]]) -> dict[str, float]:
    """Mean, its standard error and the slope from first to last; nothing with fewer than two."""
    if len(seen) < 2:
        return {}
    (begin, first), (end, last) = seen[0], seen[-1]
    counts = [count for _, count in seen]
    return {
        "backlog": fmean(counts),
        "backlog_slope": (last - first) / (end - begin),
        "backlog_error": stdev(counts) / math.sqrt(len(counts)),
    }


def check_little(used: Used, throughput: float, tally: Tally) -> str:
    """A note when L = lambda W does not hold, else nothing.

    L is the broker's count of events that are not acknowledged, W the age less what the way into
    the broker took: two instruments that share nothing, so their agreement says that both are
    right. Tolerated are 5 %, three standard errors of L, and what an acknowledgement is under way.
    A fleet that is offered more than it can do is in no steady state and is not judged.
    """
    if not tally.window or throughput < STEADY * tally.lateness.count / tally.window:
        return ""
    way = tally.stored.mean
    expected = throughput * (tally.age.mean - way)
    tolerance = 0.05 * expected + 3 * used.backlog_error + 2 * throughput * way
    if math.isnan(used.backlog) or abs(used.backlog - expected) <= max(1.0, tolerance):
        return ""
    return f"Little's law: {used.backlog:.1f} events were in hand, rate times age is {expected:.1f}"


def row_of(point: Point, tally: Tally, used: Used, reasons: Sequence[str]) -> dict[str, Any]:
    """One observation of the data set. Seconds, events/s, cores, bytes."""
    throughput = tally.done_in_window / tally.window if tally.window else 0.0
    row: dict[str, Any] = {
        **asdict(point),
        "kind": HandlerSpec(point.handler).kind,
        "nominal_service": HandlerSpec(point.handler).seconds,
        "window": tally.window,
        "offered": tally.offered,
        "stored": tally.acked,
        "handled": tally.handled,
        "handled_again": tally.handled_again,
        "reordered": tally.reordered,
        "offered_rate": tally.lateness.count / tally.window if tally.window else 0.0,
        "throughput": throughput,
        "service_mean": tally.service.mean,
        "service_deviation": tally.service.deviation,
        "age_mean": tally.age.mean,
        "age_max": tally.age.max,
        "stored_p50": tally.stored.percentile(50),
        "stored_p99": tally.stored.percentile(99),
        "lateness_p99": tally.lateness.percentile(99),
        "generator_cores": tally.cpu_share,
        **asdict(used),
        "cpu_per_event": used.worker_cores / throughput if throughput else float("nan"),
        "valid": not reasons,
        "reasons": "; ".join(reasons),
        "notes": check_little(used, throughput, tally),
    }
    for percent in (50, 90, 95, 99):
        row[f"age_p{percent}"] = tally.age.percentile(percent)
    return row
