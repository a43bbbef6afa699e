"""Raw handlers for load tests, by name: ``BOT_APP=loadtests._handlers:io_20ms``.

``noop``
    does nothing: what remains is the price of the path.
``io_20ms``
    waits as for a database or an API: the worker goes on with others.
``cpu_2ms``
    computes for so much CPU time: the worker does nothing else, and a core is busy.
``block_20ms``
    holds the worker's only thread without using a core. It stands for computing where there are
    fewer cores than workers: N such workers do N times the work of one on any machine.

The time may be followed by ``_cv50``: then it varies, log-normally, with a standard deviation of
50 % of the mean. Units are ms and us.
"""

import asyncio
import math
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from runtime.core.envelope import Envelope

_NAME = re.compile(r"(io|cpu|block)_(\d+)(ms|us)(?:_cv(\d+))?")
_SPEC = re.compile(r"(?P<kind>io|cpu|block):(?P<number>[1-9]\d*)(?P<unit>ms|us)(?::cv(?P<cv>\d+))?")
FROLF = "runtime.bots.frolf:bot"
_UNITS = {"ms": 1e-3, "us": 1e-6}

Handler = Callable[[Envelope], Awaitable[None]]


async def noop(envelope: Envelope) -> None:
    """Do nothing."""


def _draws(mean: float, variation: float) -> Callable[[], float]:
    """Durations in seconds with this mean and coefficient of variation."""
    if not variation:
        return lambda: mean
    sigma = math.sqrt(math.log1p(variation**2))
    location = math.log(mean) - sigma**2 / 2
    return lambda: random.lognormvariate(location, sigma)


def make_handler(kind: str, mean: float, variation: float = 0.0) -> Handler:
    """A handler that takes ``mean`` seconds; ``kind`` is io, cpu or block."""
    duration = _draws(mean, variation)

    async def wait(envelope: Envelope) -> None:  # noqa: ARG001
        await asyncio.sleep(duration())

    async def compute(envelope: Envelope) -> None:  # noqa: ARG001
        end = time.thread_time() + duration()
        while time.thread_time() < end:
            pass

    async def block(envelope: Envelope) -> None:  # noqa: ARG001
        time.sleep(duration())  # noqa: ASYNC251 - holding the thread is what it is for

    return {"io": wait, "cpu": compute, "block": block}[kind]


@dataclass(frozen=True, slots=True)
class HandlerSpec:
    """What the workers do with an event: ``io:20ms``, ``cpu:2ms:cv50``, ``noop``, ``frolf``.

    Raises:
        ValueError: the text is none of these.
    """

    text: str

    def __post_init__(self) -> None:
        if self.text not in ("noop", "frolf") and _SPEC.fullmatch(self.text) is None:
            raise ValueError(
                f"handler must be noop, frolf, or like io:20ms, cpu:2ms, block:5ms:cv50, "
                f"not {self.text}"
            )

    @property
    def bot_app(self) -> str:
        """The worker's BOT_APP."""
        if self.text == "frolf":
            return FROLF
        return "loadtests._handlers:" + self.text.replace(":", "_")

    @property
    def kind(self) -> str:
        """What it spends its time on: io, cpu, block, noop or frolf."""
        return self.text.partition(":")[0]

    @property
    def seconds(self) -> float:
        """The mean that was asked for; 0 where none was."""
        found = _SPEC.fullmatch(self.text)
        return int(found["number"]) * _UNITS[found["unit"]] if found else 0.0


def __getattr__(name: str) -> Handler:
    found = _NAME.fullmatch(name)
    if found is None:
        raise AttributeError(f"no handler {name}: noop, io_20ms, cpu_2ms, block_5ms_cv100 and such")
    kind, number, unit, percent = found.groups()
    if int(number) == 0:
        raise AttributeError(f"handler {name} takes no time: say noop")
    return make_handler(kind, int(number) * _UNITS[unit], int(percent or 0) / 100)
