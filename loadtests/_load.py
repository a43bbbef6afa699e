"""``python -m loadtests load``: a short Locust run against a fleet that it starts and stops."""

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadtests._child import Child, PartFailed, stop_all
from loadtests._fleet import ROOT, Plan
from loadtests._fleets import IMAGE, PROCESS, make_fleet

LOOK = 0.5
MARGIN = 60.0
"""Seconds that Locust may take beyond the run itself."""


@dataclass(frozen=True, slots=True)
class Load:
    """What to run; ``rate`` is the sum over all users, events/s."""

    directory: Path
    duration: float = 20.0
    rate: float = 1000.0
    users: int = 20
    workers: int = 2
    bot_app: str = "loadtests._handlers:io_2ms"
    fleet: str = PROCESS
    image: str = IMAGE


def run(load: Load, environ: Mapping[str, str]) -> int:
    """Run it and return Locust's exit status: 0 only when the run is valid.

    Raises:
        PartFailed: a part does not come up, or Locust does not end.
        NatsServerMissing: there is no nats-server.
    """
    plan = Plan(load.directory, workers=load.workers, bot_app=load.bot_app)
    with make_fleet(load.fleet, plan, environ, load.image) as fleet:
        arguments = [
            *("--nats-url", fleet.nats_url),
            *("--users", str(load.users)),
            *("--spawn-rate", str(load.users)),
            *("--event-rate", f"{load.rate / load.users:g}"),
            *("--run-time", whole_seconds(load.duration)),
            *("--csv", str(load.directory / "locust")),
        ]
        return run_locust(arguments, load.duration, environ)


def whole_seconds(seconds: float) -> str:
    """As ``--run-time`` takes it, rounded up: Locust knows no fractions."""
    return f"{math.ceil(seconds)}s"


def run_locust(
    arguments: Sequence[str],
    duration: float,
    environ: Mapping[str, str],
    log: Path | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> int:
    """Run Locust headless in a process of its own; its exit status.

    It needs one of its own because importing it patches the standard library. With ``log`` its
    output goes there, else to ours. ``meanwhile`` is called twice a second.

    Raises:
        PartFailed: it does not end in time.
    """
    command = [sys.executable, "-m", "locust", "-f", "loadtests/events.py"]
    command += ["--headless", "--only-summary", "--loglevel", "WARNING", *arguments]
    child = Child("locust", command, log)
    try:
        child.start(environ, ROOT)
        deadline = time.monotonic() + duration + MARGIN
        while not child.wait(LOOK):
            meanwhile()
            if time.monotonic() > deadline:
                raise PartFailed(f"locust did not end {MARGIN:g} s after its run")
        return child.status or 0
    finally:
        stop_all([child], 5.0)
