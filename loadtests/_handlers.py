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

from runtime.core.envelope import Envelope

_NAME = re.compile(r"(io|cpu|block)_(\d+)(ms|us)(?:_cv(\d+))?")
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


def __getattr__(name: str) -> Handler:
    found = _NAME.fullmatch(name)
    if found is None:
        raise AttributeError(f"no handler {name}: noop, io_20ms, cpu_2ms, block_5ms_cv100 and such")
    kind, number, unit, percent = found.groups()
    if int(number) == 0:
        raise AttributeError(f"handler {name} takes no time: say noop")
    return make_handler(kind, int(number) * _UNITS[unit], int(percent or 0) / 100)
