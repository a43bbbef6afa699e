"""The gateway's rows: CPU per event against plain discord.py, and memory against guilds."""

from collections.abc import Iterator, Mapping

from loadtests._bench_row import Bench, Measured, Row
from loadtests._bench_sides import Gateway, Plain
from loadtests._bench_stage import Stage

WARM_UP = 2_000
FEW, MANY = 1_000, 100_000
GUILDS_RATE = 6_000.0
"""Guilds/s: slow enough that none waits for the broker, which would be memory of another kind."""
MIB = 1 << 20


def _cpu(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    with Stage(bench.directory / "gateway-cpu", environ) as stage:
        nats = stage.nats()
        for compress in ("zlib-stream", "zstd-stream"):
            ours, theirs = Gateway(stage, nats, compress), Plain(stage, compress, bench.events)
            ours.turn(bench.events, bench.rate)
            theirs.turn(bench.events, bench.rate)
            for _ in range(bench.turns):
                spent = [side.turn(bench.events, bench.rate).cpu_seconds for side in (ours, theirs)]
                mine, rival = (seconds * 1e6 / bench.events for seconds in spent)
                yield Measured(compress, mine, rival)


def _memory(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    with Stage(bench.directory / "gateway-memory", environ) as stage:
        gateway = Gateway(stage, stage.nats(), "zstd-stream")
        gateway.turn(WARM_UP, 0.0)
        gateway.turn(FEW, GUILDS_RATE, "guilds")
        few = gateway.rss
        gateway.turn(MANY - FEW, GUILDS_RATE, "guilds")
        yield Measured(f"{FEW} to {MANY} guilds", (gateway.rss - few) / MIB)


ROWS = (
    Row(
        "gateway-cpu",
        "process CPU per event, WebSocket to JetStream ack, against discord.py's empty on_message",
        "µs",
        bar=1.0,
        stretch=0.5,
        run=_cpu,
    ),
    Row(
        "gateway-memory",
        f"resident memory that {MANY - FEW} more guilds cost the gateway",
        "MiB",
        bar=20.0,
        stretch=None,
        run=_memory,
    ),
)
