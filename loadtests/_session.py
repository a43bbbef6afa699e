"""One Locust test from start to verdict, in a single process or over several.

Each process that runs users has a ``Generator``. When the test stops, the users' processes settle
and hand their tallies to whoever prints the statistics; that one asks the broker and judges.
"""

import json
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner
from locust.stats import CSV_STATS_INTERVAL_SEC

from loadtests._connection import Connection, NatsUnreachable
from loadtests._generator import Generator, Offer
from loadtests._locust import cannot_run
from loadtests._streams import NoStreams, read_streams
from loadtests._tally import Tally
from loadtests._verdict import Limits, Streams, Verdict, judge
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

GATHER_MARGIN = 5.0
CSV_ROUND = CSV_STATS_INTERVAL_SEC + 0.2
"""Locust writes its CSV every second and not at the end: the last events need another round."""


class Session:
    """The state of the running test; Locust's events call its methods."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._generator: Generator | None = None
        self._before: Streams | None = None
        self._gathered: list[Tally] = []
        self._stopped_at = 0.0
        self._starting = False
        self._expected = 1
        runner = environment.runner
        if isinstance(runner, MasterRunner):
            runner.register_message("settled", self._on_settled)
        elif isinstance(runner, WorkerRunner):
            runner.register_message("settle", self._on_settle, concurrent=True)

    @property
    def generator(self) -> Generator | None:
        """What this process's users offer through, while a test runs."""
        return self._generator

    @property
    def offer(self) -> Offer:
        """The options as given; a master's reach its workers by Locust's own ways."""
        options = vars(self._environment.parsed_options)
        return Offer(**{item.name: options[item.name] for item in fields(Offer)})

    def start(self) -> None:
        """Connect and look at the broker; a test that cannot run ends here with status 3.

        With the web UI it only stops, and shows the reason among its failures.
        """
        self._gathered = []
        self._starting = True
        runner = self._environment.runner
        self._expected = len(runner.clients.all) if isinstance(runner, MasterRunner) else 1
        try:
            if not isinstance(self._environment.runner, WorkerRunner):
                self._before = self._read_streams()
            if not isinstance(self._environment.runner, MasterRunner):
                self._generator = Generator(self.offer, self._report)
        except (NatsUnreachable, NoStreams) as wrong:
            self._cannot_run(str(wrong))
        finally:
            self._starting = False

    def _cannot_run(self, why: str) -> None:
        self._before = None
        cannot_run(self._environment, why)

    def _read_streams(self) -> Streams:
        connection = Connection(self.offer.nats_url)
        try:
            topology = Topology(Subjects(self.offer.subject_prefix))
            return read_streams(connection, topology, "_INBOX.loadtests")
        finally:
            connection.close()

    def _report(self, series: str, seconds: float, fault: str) -> None:
        """Into Locust's own statistics."""
        name = "intended to stored" if series == "publish" else "intended to handled"
        fire: Any = self._environment.events.request.fire
        fire(
            request_type=series,
            name=name,
            response_time=seconds * 1e3,
            response_length=0,
            exception=RuntimeError(fault) if fault else None,
            context={},
        )

    def finish(self) -> None:
        """Settle and judge; does nothing when no test runs, or in a worker process."""
        before, self._before = self._before, None
        if before is None:
            if self._starting:  # and does not get to it: the process ends
                self._starting = False
                self._cannot_run(f"the run ended before NATS at {self.offer.nats_url} answered")
            return
        self._stopped_at = time.time()
        tally = self._gather()
        if tally is None:
            return
        limits = Limits(vars(self._environment.parsed_options)["lateness_limit"])
        try:
            verdict = judge(tally, before, self._read_streams(), limits)
        except (NatsUnreachable, NoStreams) as wrong:
            verdict = Verdict((f"the broker does not answer at the end: {wrong}",), "")
        if tally.processes < self._expected:
            reason = f"{self._expected - tally.processes} of {self._expected} processes are silent"
            verdict = Verdict((reason, *verdict.reasons), verdict.balance)
        self._publish(tally, verdict)
        if vars(self._environment.parsed_options).get("csv_prefix"):
            gevent.sleep(CSV_ROUND)

    def _gather(self) -> Tally | None:
        if self._generator is not None:
            tally = self._generator.settle()
            self._generator = None
            return tally
        runner = self._environment.runner
        if not isinstance(runner, MasterRunner):
            return None
        runner.send_message("settle")
        with gevent.Timeout(self.offer.settle + GATHER_MARGIN, False):
            while len(self._gathered) < self._expected:
                gevent.sleep(0.02)
        tally = Tally(processes=0)
        for part in self._gathered:
            tally.add(part)
        return tally

    def _on_settled(self, msg: Any, **_: Any) -> None:
        self._gathered.append(Tally.from_json(msg.data))

    def _on_settle(self, **_: Any) -> None:
        runner = self._environment.runner
        if self._generator is not None and isinstance(runner, WorkerRunner):
            tally = self._generator.settle()
            self._generator = None
            # There is no public way to report what happened since the last round of 3 s.
            runner._send_stats()  # noqa: SLF001
            runner.send_message("settled", tally.to_json())

    def _publish(self, tally: Tally, verdict: Verdict) -> None:
        """Print the verdict, write it where asked, and let Locust exit by it."""
        if not verdict.valid:
            self._environment.process_exit_code = 1
        print(f"\n{describe(tally)}\nverdict: {verdict}", flush=True)
        path = vars(self._environment.parsed_options)["results"]
        if path:
            result = {
                "offer": asdict(self.offer),
                "stopped_at": self._stopped_at,
                "valid": verdict.valid,
                "reasons": verdict.reasons,
                "tally": tally.to_json(),
            }
            Path(path).write_text(json.dumps(result))


def describe(tally: Tally) -> str:
    """The distributions at full resolution, milliseconds."""
    lines = ["from the intended time, ms    p50      p90      p95      p99    p99.9      max"]
    series = {
        "sent": tally.lateness,
        "stored": tally.stored,
        "handled": tally.age,
    }
    for name, latency in series.items():
        values = [latency.percentile(percent) for percent in (50, 90, 95, 99, 99.9)]
        cells = "".join(f"{value * 1e3:9.1f}" for value in [*values, latency.max])
        lines.append(f"{name:<24}{cells}")
    return "\n".join(lines)
