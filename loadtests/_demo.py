"""``python -m loadtests demo``: the whole path on real parts, for some seconds, with a verdict."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from loadtests._child import PartFailed
from loadtests._fleet import Plan, ProcessFleet
from loadtests._metrics import Metrics, Unreachable, backlogs, call_json
from loadtests._progress import Snapshot, faults, rates_between
from loadtests._screen import Screen
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

ONLINE_TIMEOUT = 30.0
DRAIN_TIMEOUT = 10.0
STORED_CLASSES = ("interaction", "event")


@dataclass(frozen=True, slots=True)
class Demo:
    """What to show: ``rate`` events/s for ``duration`` seconds."""

    directory: Path
    duration: float = 20.0
    rate: float = 500.0
    workers: int = 2
    probes: float = 0.05


def run(demo: Demo, environ: Mapping[str, str], console: Console) -> int:
    """Run it; 0 when everything arrived once and in time, else 1.

    Raises:
        PartFailed: a part does not come up or ends on its own.
        NatsServerMissing: there is no nats-server.
    """
    screen = Screen(console, demo.duration)
    screen.say(f"starting nats-server, fake Discord, gateway and {demo.workers} workers ...")
    plan = Plan(
        demo.directory,
        workers=demo.workers,
        simulator=("--rate", "0", "--probes", f"{demo.probes:g}"),
        gateway=True,
    )
    with ProcessFleet(plan, environ) as fleet:
        watch = _Watch(fleet)
        _await_bot(fleet)
        with screen:
            end = _load(demo, watch, screen)
        wrong = faults(end)
        screen.finish(end, wrong)
    return 1 if wrong else 0


def _await_bot(fleet: ProcessFleet) -> None:
    """Offered events count from here: the bot must be online and its commands registered."""
    deadline = time.monotonic() + ONLINE_TIMEOUT
    while True:
        fleet.check()
        ledger = call_json(fleet.simulator_url, "/sim/ledger")
        if ledger["commands_registered"] and ledger["sessions"]["live"]:
            return
        if time.monotonic() > deadline:
            missing = "come online" if ledger["commands_registered"] else "register its commands"
            log = fleet.plan.directory / "gateway.log"
            raise PartFailed(f"the bot did not {missing} within {ONLINE_TIMEOUT:g} s; see {log}")
        time.sleep(0.05)


def _load(demo: Demo, watch: "_Watch", screen: Screen) -> Snapshot:
    """Offer the load, then let everything end; the last look is returned."""
    watch.begin(demo.rate)
    end = watch.began + demo.duration
    tick = watch.began
    while (tick := tick + 1.0) < end:
        time.sleep(max(0.0, tick - time.monotonic()))
        screen.show(watch.look())
    time.sleep(max(0.0, end - time.monotonic()))
    watch.set_rate(0.0)
    snapshot = watch.look()
    deadline = time.monotonic() + DRAIN_TIMEOUT
    while not watch.is_drained(snapshot) and time.monotonic() < deadline:
        time.sleep(0.2)
        snapshot = watch.look()
    screen.show(snapshot)
    return snapshot


class _Watch:
    """Looks at all parts of a fleet."""

    def __init__(self, fleet: ProcessFleet) -> None:
        self._fleet = fleet
        self._last: Snapshot | None = None
        self.began = time.monotonic()

    def begin(self, rate: float) -> None:
        """Offer events; time counts from here, and rates from what was handled before."""
        self.began = time.monotonic()
        self.look()
        self.set_rate(rate)
        self.began = time.monotonic()

    def set_rate(self, rate: float) -> None:
        """Tell the fake Discord."""
        call_json(self._fleet.simulator_url, "/sim/rate", {"rate": rate})

    def look(self) -> Snapshot:
        """Ask everybody. Raises PartFailed when somebody is gone."""
        self._fleet.check()
        try:
            return self._look()
        except Unreachable as wrong:
            raise PartFailed(f"a part does not answer: {wrong}") from None

    def _look(self) -> Snapshot:
        fleet = self._fleet
        ledger: dict[str, Any] = call_json(fleet.simulator_url, "/sim/ledger")
        elapsed = time.monotonic() - self.began
        workers = {name: fleet.metrics(name) for name in fleet.workers}
        handled = {name: _ended(metrics, "handled") for name, metrics in workers.items()}
        topology = Topology(Subjects(fleet.plan.subject_prefix))
        ours = (topology.interactions.name, topology.events.name)
        streams = backlogs(fleet.nats.monitoring_url)
        self._last = Snapshot(
            elapsed=elapsed,
            ledger=ledger,
            handled=handled,
            rates=rates_between(self._last, elapsed, handled),
            stored=_sum(fleet.metrics("gateway"), "multipod_gateway_stored_total"),
            dead=sum(_ended(metrics, "dead") for metrics in workers.values()),
            backlog={each.stream: each.total for each in streams if each.stream in ours},
        )
        return self._last

    def is_drained(self, snapshot: Snapshot) -> bool:
        """Whether nothing is under way any more, counters included."""
        ended = snapshot.total_handled + snapshot.dead
        return snapshot.is_drained and ended >= snapshot.stored


def _sum(metrics: Metrics, name: str, **labels: str) -> int:
    """Over the classes that are stored; ambient events are not and may be shed."""
    return int(sum(metrics.total(name, traffic=each, **labels) for each in STORED_CLASSES))


def _ended(metrics: Metrics, outcome: str) -> int:
    return _sum(metrics, "multipod_worker_events_total", outcome=outcome)
