"""``python -m loadtests publisher``: how much one generator process can offer, and how promptly.

A nats-server of its own, the bot's streams, no workers. For each rate the whole way of an event
counts: its intended time, the drawing of its body, the socket, the broker's acknowledgement.
"""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gevent

from loadtests._fleet import NATS_CONFIG
from loadtests._generator import Generator, Offer
from loadtests._nats_server import NatsServer
from loadtests._tally import Tally
from runtime.bus.jetstream import JetStreamBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

UNITS = 20
WARM_UP = 2.0
PROMPT = 0.005
"""Seconds within which 99 % must be acknowledged for a rate to count."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What to try; rates are events/s of the whole process, each for ``duration`` seconds."""

    directory: Path
    rates: Sequence[float]
    duration: float = 10.0


def run(ceiling: Ceiling) -> int:
    """Print a line for each rate: from the intended time to the broker's acknowledgement, and to
    the sending, of which the rest is the broker's; 0 when the first one was kept promptly, else 1.

    Raises:
        NatsServerMissing: there is no nats-server.
    """
    print("events/s offered  stored   p50 ms   p99 ms   max ms  sent p50 ms      p99 ms      CPU")
    kept = [_try(ceiling, rate) for rate in ceiling.rates]
    best = max((rate for rate, good in zip(ceiling.rates, kept, strict=True) if good), default=0.0)
    print(f"kept with p99 below {PROMPT * 1e3:g} ms: {best:.0f} events/s")
    return 0 if kept[0] else 1


def _try(ceiling: Ceiling, rate: float) -> bool:
    place = ceiling.directory / f"{rate:.0f}"
    shutil.rmtree(place / "store", ignore_errors=True)  # an earlier run's
    place.mkdir(parents=True, exist_ok=True)
    config = place / "nats.conf"
    config.write_text(NATS_CONFIG)
    with NatsServer(place, config=config) as server:
        asyncio.run(_make_streams(server.url))
        tally = _offer(server.url, rate, ceiling.duration)
    late = tally.stored.percentile(99)
    stored = tally.stored.count / tally.window
    cells = [tally.stored.percentile(50), late, tally.stored.max]
    shown = "".join(f"{cell * 1e3:9.1f}" for cell in cells)
    sent = "".join(f"{tally.lateness.percentile(share) * 1e3:12.1f}" for share in (50, 99))
    print(f"{rate:16.0f}{stored:8.0f}{shown}{sent}{tally.cpu_share:9.0%}", flush=True)
    return tally.acked == tally.offered and late < PROMPT


async def _make_streams(url: str) -> None:
    async with JetStreamBus(url) as bus:
        await bus.ensure(Topology(Subjects("discord")))


def _offer(url: str, rate: float, duration: float) -> Tally:
    offer = Offer(url, event_rate=rate / UNITS, warm_up=WARM_UP, settle=1.0)
    generator = Generator(offer, lambda *_: None)
    units = [gevent.spawn(generator.run_unit) for _ in range(UNITS)]
    gevent.sleep(WARM_UP + duration)
    tally = generator.settle()
    gevent.killall(units)
    return tally
