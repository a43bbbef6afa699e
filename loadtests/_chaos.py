"""``python -m loadtests chaos``: gateways die, the broker goes away, and nothing may be lost.

Three phases on one fleet of real processes under load: the gateway is restarted again and again,
half of the time with SIGTERM, half with SIGKILL, at random moments; nats-server is stopped for a
while; a second gateway stands by and takes over from one that is killed. After each phase the load
pauses until everything has ended, and the books are compared.
"""

import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadtests._chaos_book import Book, Limits, lines, violations
from loadtests._child import POLL, Child, PartFailed, stop_all
from loadtests._fleet import INHERITED, PROBES, ROOT, START_TIMEOUT, Plan, ProcessFleet
from loadtests._metrics import Unreachable, call, call_json
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

PHASES = ("restarts", "outage", "standby")
HEARTBEAT = 2.0
TAKEOVER_WITHIN = 15.0
SETTLE_TIMEOUT = 90.0
STANDING_BY = "standing by"


@dataclass(frozen=True, slots=True)
class Chaos:
    """What to do. Times are seconds."""

    directory: Path
    rate: float = 500.0
    restarts: int = 20
    outage: float = 10.0
    workers: int = 2
    seed: int = 1
    phases: tuple[str, ...] = PHASES


def run(chaos: Chaos, environ: Mapping[str, str]) -> int:
    """Do it and print the book of each phase; 0 when nothing was violated, else 1.

    Raises:
        PartFailed: a part does not come up or ends on its own.
        NatsServerMissing: there is no nats-server.
    """
    simulator = ("--rate", "0", "--probes", "0.05", "--heartbeat", f"{HEARTBEAT:g}")
    plan = Plan(chaos.directory, 0, "runtime.bots.probe:bot", simulator)
    wrong: list[str] = []
    with ProcessFleet(plan, environ) as fleet:
        gateways = Gateways(fleet, environ)
        try:
            gateways.start()
            fleet.scale(chaos.workers)
            gateways.await_ready()
            for name in chaos.phases:
                wrong += _Run(chaos, fleet, gateways).phase(name)
        finally:
            gateways.stop()
    print("\n".join(f"VIOLATED {text}" for text in wrong) or "OK: nothing lost, nothing twice")
    return 1 if wrong else 0


class Gateways:
    """The gateway processes of the run; the newest is the one that is meant to serve."""

    def __init__(self, fleet: ProcessFleet, environ: Mapping[str, str]) -> None:
        self._fleet = fleet
        self._environ = {name: environ[name] for name in INHERITED if name in environ}
        self._running: list[Child] = []
        self._count = 0

    @property
    def newest(self) -> Child:
        """The one that was started last."""
        return self._running[-1]

    def start(self) -> Child:
        """Start another one; does not wait for it."""
        self._count += 1
        log = self._fleet.plan.directory / f"gateway-{self._count}.log"
        child = Child(f"gateway-{self._count}", [sys.executable, "-m", "runtime", "gateway"], log)
        settings = {
            "PYTHONUNBUFFERED": "1",
            "DISCORD_TOKEN": "the-simulator-takes-any",
            "DISCORD_API_URL": f"{self._fleet.simulator_url}/api",
            "NATS_URL": self._fleet.nats_url,
            "HTTP_PORT": "auto",
            "GRACE_PERIOD": "8",
        }
        child.start({**self._environ, **settings}, ROOT)
        self._running.append(child)
        return child

    def await_ready(self, child: Child | None = None, within: float = START_TIMEOUT) -> float:
        """Wait until it has a live session; returns how many seconds that took."""
        child, began = child or self.newest, time.monotonic()
        url = child.find(PROBES, began + within)[1]
        while not _answers_ok(url):
            child.fail_unless(child.is_running, began + within)
            time.sleep(POLL)
        return time.monotonic() - began

    def end(self, child: Child, number: signal.Signals) -> None:
        """Signal it and see it end: with SIGTERM at status 0, or by the signal itself."""
        child.send(number)
        if not child.wait(15.0):
            raise PartFailed(f"{child.name} did not end within 15 s of {number.name}; {child.log}")
        self._running.remove(child)
        if child.status not in {0, -number}:
            raise PartFailed(f"{child.name} ended with status {child.status}; see {child.log}")

    def stop(self) -> None:
        """End all that still run."""
        stop_all(self._running, 10.0)


class _Run:
    """One phase after the other, each judged by itself."""

    def __init__(self, chaos: Chaos, fleet: ProcessFleet, gateways: Gateways) -> None:
        self._chaos = chaos
        self._fleet = fleet
        self._gateways = gateways
        self._random = random.Random(chaos.seed)
        self._notes: list[str] = []

    def phase(self, name: str) -> list[str]:
        """Do one; what it violated, each line with the phase's name."""
        work: Callable[[], Limits] = getattr(self, f"_{name}")
        print(f"{name}: {self._chaos.rate:g} events/s ...", flush=True)
        before = self._settle()
        self._set_rate(self._chaos.rate)
        began = time.monotonic()
        limits = work()
        self._set_rate(0.0)
        seconds = time.monotonic() - began
        after = self._settle()
        wrong = self._notes + violations(before, after, limits)
        for key, value in [("load", f"for {seconds:.0f} s"), *lines(before, after)]:
            print(f"  {key:<14} {value}")
        for text in wrong:
            print(f"  VIOLATED       {text}", flush=True)
        return [f"{name}: {text}" for text in wrong]

    def _restarts(self) -> Limits:
        count = self._chaos.restarts
        numbers = [signal.SIGTERM] * (count - count // 2) + [signal.SIGKILL] * (count // 2)
        self._random.shuffle(numbers)
        for number in numbers:
            self._gateways.await_ready()
            time.sleep(self._random.uniform(0.2, 2.5))
            self._gateways.end(self._gateways.newest, number)
            self._gateways.start()
        self._gateways.await_ready()
        time.sleep(1.0)
        return Limits()

    def _outage(self) -> Limits:
        time.sleep(1.0)
        self._fleet.nats.stop()
        time.sleep(self._chaos.outage)
        self._fleet.nats.start()
        time.sleep(2.0)
        # Acknowledgements that were under way are gone: those events come again, as they must.
        return Limits(repeats_at_handlers=None, max_heartbeat_gap=HEARTBEAT * 1250)

    def _standby(self) -> Limits:
        first, second = self._gateways.newest, self._gateways.start()
        deadline = time.monotonic() + START_TIMEOUT
        while second.log is None or STANDING_BY not in second.log.read_text():
            second.fail_unless(second.is_running, deadline)
            time.sleep(POLL)
        time.sleep(self._random.uniform(0.5, 2.0))
        self._gateways.end(first, signal.SIGKILL)
        seconds = self._gateways.await_ready(second)
        print(f"  takeover       {seconds:.1f} s after SIGKILL")
        if seconds > TAKEOVER_WITHIN:
            self._notes.append(f"takeover after {seconds:.1f} s, above {TAKEOVER_WITHIN:g}")
        return Limits()

    def _set_rate(self, rate: float) -> None:
        call_json(self._fleet.simulator_url, "/sim/rate", {"rate": rate})

    def _settle(self) -> Book:
        """Wait until everything has ended, or long enough; the book of that moment."""
        deadline = time.monotonic() + SETTLE_TIMEOUT
        while True:
            self._fleet.check()
            book = self._look()
            if book.is_settled or time.monotonic() > deadline:
                return book
            time.sleep(0.25)

    def _look(self) -> Book:
        fleet = self._fleet
        ledger: dict[str, Any] = call_json(fleet.simulator_url, "/sim/ledger")
        topology = Topology(Subjects(fleet.plan.subject_prefix))
        names = {topology.events.name, topology.interactions.name}
        streams = _streams(call_json(fleet.nats.monitoring_url, "/jsz?streams=true"), names)
        ended = {"handled": 0, "dead": 0}
        for worker in fleet.workers:
            metrics = fleet.metrics(worker)
            for outcome in ended:
                for traffic in ("event", "interaction"):
                    labels = {"outcome": outcome, "traffic": traffic}
                    ended[outcome] += int(metrics.total("multipod_worker_events_total", **labels))
        stored = sum(state["last_seq"] for state in streams)
        backlog = sum(state["messages"] for state in streams)
        return Book(ledger, stored, ended["handled"], ended["dead"], backlog)


def _streams(jsz: Mapping[str, Any], names: set[str]) -> list[dict[str, int]]:
    """The states of these streams out of nats-server's ``/jsz``."""
    return [
        stream["state"]
        for account in jsz.get("account_details") or ()
        for stream in account.get("stream_detail") or ()
        if stream["name"] in names
    ]


def _answers_ok(url: str) -> bool:
    try:
        return call(url, "/readyz")[0] == 200
    except Unreachable:
        return False
