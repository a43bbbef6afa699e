"""``python -m loadtests sweep``: many runs with real workers, one data set.

Every run has a fleet of its own, so that none inherits the backlog or the warmth of another, and
the order is random. The data set is written after each run: a sweep that was interrupted goes on
where it was.
"""

import json
import math
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loadtests._child import PartFailed
from loadtests._dataset import ForeignFile, read_rows, write_rows, write_sheet
from loadtests._fleet import Fleet, Plan
from loadtests._fleets import IMAGE, PROCESS, make_fleet
from loadtests._handlers import FROLF, HandlerSpec
from loadtests._load import run_locust, whole_seconds
from loadtests._metrics import Unreachable, backlogs
from loadtests._mix import ZIPF, lane_shares
from loadtests._points import (
    Point,
    Sample,
    left_to_do,
    points_of,
    row_of,
    used_between,
)
from loadtests._tally import Tally
from loadtests._verdict import LATENESS_LIMIT

__all__ = ["ForeignFile", "Sweep", "run"]
UNIT = 25.0
"""Events/s of one Locust user, about."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What to measure. Rates are events/s, times seconds."""

    out: Path
    directory: Path
    handlers: tuple[str, ...]
    workers: tuple[int, ...]
    rates: tuple[float, ...]
    per_worker: bool = False
    duration: float = 10.0
    warm_up: float = 2.0
    settle: float = 30.0
    repetitions: int = 1
    guilds: int = 1000
    zipf: tuple[float, ...] = (ZIPF,)
    interactions: float = 0.0
    lateness_limit: float = LATENESS_LIMIT
    seed: int = 1
    fleet: str = PROCESS
    image: str = IMAGE
    kill: bool = False
    """Whether each run loses a worker, without warning, in the middle of what is measured."""


def run(sweep: Sweep, environ: Mapping[str, str]) -> int:
    """Measure every combination; see ``measure``."""
    points = points_of(
        sweep.handlers,
        sweep.workers,
        sweep.rates,
        sweep.zipf,
        sweep.repetitions,
        per_worker=sweep.per_worker,
        seed=sweep.seed,
        kill=sweep.kill,
    )
    return measure(sweep, points, environ)


def measure(sweep: Sweep, points: Sequence[Point], environ: Mapping[str, str]) -> int:
    """Measure what is missing or invalid in ``sweep.out``; 0 when every run of it is valid, else 1.

    Raises:
        ForeignFile: ``sweep.out`` is something else.
        PartFailed: a part does not come up.
        NatsServerMissing: there is no nats-server.
    """
    rows = [row for row in read_rows(sweep.out) if row["valid"]]
    todo = left_to_do(points, rows)
    print(f"{len(points)} runs, {len(points) - len(todo)} of them done before", flush=True)
    for number, point in enumerate(todo, 1):
        row = _measure(sweep, point, environ)
        rows.append(row)
        write_rows(sweep.out, rows)
        write_sheet(sweep.out, _settings(sweep))
        print(f"[{number}/{len(todo)}] {_described(row)}", flush=True)
    invalid = sum(not row["valid"] for row in rows)
    print(f"{sweep.out}: {len(rows)} runs, {invalid} of them invalid")
    return 1 if invalid else 0


def _settings(sweep: Sweep) -> dict[str, Any]:
    shares = {f"{zipf:g}": lane_shares(sweep.guilds, sweep.seed, zipf) for zipf in sweep.zipf}
    shown = {**asdict(sweep), "lane_shares": shares}
    return {name: value for name, value in shown.items() if name not in ("out", "directory")}


def _described(row: Mapping[str, Any]) -> str:
    text = (
        f"{row['handler']} N={row['workers']} rate={row['rate']:g}/s:"
        f" {row['throughput']:.0f}/s, age p50 {row['age_p50'] * 1e3:.1f} ms,"
        f" p99 {row['age_p99'] * 1e3:.1f} ms"
    )
    text += f"; {row['notes']}" if row["notes"] else ""
    return text if row["valid"] else f"{text}; INVALID: {row['reasons']}"


def _measure(sweep: Sweep, point: Point, environ: Mapping[str, str]) -> dict[str, Any]:
    """One run with a fleet of its own; its files go when it went well."""
    directory = sweep.directory / "run"
    shutil.rmtree(directory, ignore_errors=True)
    app = HandlerSpec(point.handler).bot_app
    needs_discord = app == FROLF
    plan = Plan(
        directory,
        workers=point.workers,
        bot_app=app,
        gateway=needs_discord,
        simulator=("--rate", "0") if needs_discord else None,
    )
    watch = _Watch(sweep, point)
    results = directory / "results.json"
    with make_fleet(sweep.fleet, plan, environ, sweep.image) as fleet:
        log = directory / "locust.log"
        arguments = [*_arguments(sweep, point, fleet.nats_url), "--results", str(results)]
        limit = sweep.duration + sweep.settle
        run_locust(arguments, limit, environ, log, lambda: watch.look(fleet))
    if not results.exists():
        said = log.read_text(errors="replace").strip().rpartition("\n")[2]
        raise PartFailed(f"locust left no result; {log} ends with: {said}")
    result = json.loads(results.read_text())
    tally = Tally.from_json(result["tally"])
    end = float(result["stopped_at"])
    used = used_between(watch.samples, end - tally.window, end)
    shutil.rmtree(directory, ignore_errors=True)
    workload = {
        "guilds": sweep.guilds,
        "seed": sweep.seed,
        "interactions": sweep.interactions,
        "hot_share": max(lane_shares(sweep.guilds, sweep.seed, point.zipf)),
        "measured_at": end,
        "killed": watch.killed,
    }
    return row_of(point, tally, used, result["reasons"]) | workload


def _arguments(sweep: Sweep, point: Point, nats_url: str) -> Sequence[str]:
    users = max(1, round(point.rate / UNIT))
    options = {
        "--nats-url": nats_url,
        "--users": users,
        "--spawn-rate": users,
        "--event-rate": point.rate / users,
        "--run-time": whole_seconds(sweep.warm_up + sweep.duration),
        "--warm-up": sweep.warm_up,
        "--settle": sweep.settle,
        "--guilds": sweep.guilds,
        "--zipf": point.zipf,
        "--interactions": sweep.interactions,
        "--lateness-limit": sweep.lateness_limit,
        "--seed": sweep.seed,
    }
    return [text for name, value in options.items() for text in (name, str(value))]


class _Watch:
    """Looks at the fleet during a run, and kills a worker at half of it where that is wanted."""

    def __init__(self, sweep: Sweep, point: Point) -> None:
        self.samples: list[Sample] = []
        self.killed = ""
        self._kill_at = sweep.warm_up + sweep.duration / 2 if point.kill else math.inf
        self._began = math.inf

    def look(self, fleet: Fleet) -> None:
        """Called twice a second; the load began when the broker first held events."""
        self.samples.append(_sample(fleet))
        if self.samples[-1].backlog:
            self._began = min(self._began, self.samples[-1].at)
        if not self.killed and self.samples[-1].at >= self._began + self._kill_at:
            self.killed = fleet.workers[0]
            fleet.kill(self.killed)


def _sample(fleet: Fleet) -> Sample:
    """Look at the fleet; a broker too busy to answer has an unknown backlog."""
    fleet.check()
    try:
        waiting: int | None = sum(
            each.total
            for each in backlogs(fleet.monitoring_url)
            if not each.stream.startswith("KV_")
        )
    except Unreachable as wrong:
        print(f"no backlog: {wrong}", file=sys.stderr)
        waiting = None
    return Sample(time.time(), fleet.usage(), waiting)
