"""The row of a hosted bot: a worker's CPU per event against the same bot in one process.

Both are fed the same messages over a WebSocket with zlib, which is what discord.py asks for as it
comes. The bot alone pays for its socket; of ours that is the gateway's work and not counted here.
"""

import signal
import time
from collections.abc import Iterator, Mapping

from loadtests._bench_row import Bench, Measured, Row
from loadtests._bench_sides import Gateway, Plain
from loadtests._bench_stage import SETTLE, Stage, minus, usage
from loadtests._bench_worker import Side
from loadtests._child import Usage
from loadtests._nats_server import NatsServer

COMPRESS = "zlib-stream"
BOT = "loadtests._bench_bot:bot"


class Hosted:
    """Our gateway and one worker; only the worker is measured."""

    def __init__(self, stage: Stage, nats: NatsServer) -> None:
        self._gateway = Gateway(stage, nats, COMPRESS)
        settings = {**self._gateway.settings, "BOT_APP": BOT}
        self._child = stage.start("worker", ["runtime", "worker"], settings)
        self._side = Side(self._child, nats, self._gateway.topology)

    def turn(self, count: int, rate: float) -> Usage:
        """Take ``count`` events that have been stored; what the worker used for them."""
        self._child.send(signal.SIGSTOP)
        try:
            self._gateway.turn(count, rate)
            before = usage(self._child)
        finally:
            self._child.send(signal.SIGCONT)
        self._side.await_empty()
        time.sleep(SETTLE)
        return minus(usage(self._child), before)


def _hosted(bench: Bench, environ: Mapping[str, str]) -> Iterator[Measured]:
    with Stage(bench.directory / "worker-hosted", environ) as stage:
        ours, theirs = Hosted(stage, stage.nats()), Plain(stage, COMPRESS, bench.events)
        for side in (ours, theirs):
            side.turn(bench.events, bench.rate)
        for _ in range(bench.turns):
            spent = [side.turn(bench.events, bench.rate).cpu_seconds for side in (ours, theirs)]
            mine, rival = (seconds * 1e6 / bench.events for seconds in spent)
            yield Measured("discord.py alone", mine, rival)


ROWS = (
    Row(
        "worker-hosted",
        "worker CPU per event with an empty on_message, against discord.py alone in one process",
        "µs",
        bar=1.5,
        stretch=1.2,
        run=_hosted,
    ),
)
