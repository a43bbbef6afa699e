"""The rows of latency: from the gateway's reading of an event to the call of its handler.

Half load is half of what feeder, gateway, broker and worker do together on this machine, found in
the same run. Events are offered evenly, over more guilds than there are lanes.
"""

import re
import time
from collections.abc import Iterator, Mapping

from loadtests._bench_row import Bench, Measured, Row
from loadtests._bench_sides import Gateway
from loadtests._bench_stage import TURN_TIMEOUT, Stage
from loadtests._bench_worker import Side

AGES = "loadtests._bench_bot:ages"
COMPRESS = "zstd-stream"


def _measure(
    bench: Bench, environ: Mapping[str, str], name: str
) -> Iterator[tuple[str, float, float]]:
    """The offered rate, as a variant, and both percentiles in milliseconds, for each turn."""
    with Stage(bench.directory / name, environ) as stage:
        nats = stage.nats()
        gateway = Gateway(stage, nats, COMPRESS)
        settings = {**gateway.settings, "BOT_APP": AGES, "BENCH_COUNT": str(bench.events)}
        child = stage.start("worker", ["runtime", "worker"], settings)
        side = Side(child, nats, gateway.topology)
        for _ in range(2):  # the first warms up
            began = time.monotonic()
            gateway.forward(bench.events, 0.0)
            side.await_empty()
            rate = bench.events / (time.monotonic() - began) / 2
        for turn in range(3, 3 + bench.turns):
            gateway.forward(bench.events, rate)
            line = re.compile(rf"^ages {turn * bench.events} (\S+) (\S+)$", re.MULTILINE)
            found = child.find(line, time.monotonic() + TURN_TIMEOUT)
            yield f"{rate:.0f} events/s", float(found[1]), float(found[2])


def _median(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    for variant, half, _ in _measure(bench, environ, "event-age-p50"):
        yield Measured(variant, half)


def _tail(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    for variant, _, most in _measure(bench, environ, "event-age-p99"):
        yield Measured(variant, most)


ROWS = (
    Row(
        "event-age-p50",
        "added latency at half load, gateway to handler, median",
        "ms",
        bar=2.0,
        stretch=1.0,
        run=_median,
    ),
    Row(
        "event-age-p99",
        "added latency at half load, gateway to handler, 99th percentile",
        "ms",
        bar=20.0,
        stretch=5.0,
        run=_tail,
    ),
)
