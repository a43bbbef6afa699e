"""A fleet: nats-server, simulator, gateway and workers, whatever the parts are made of.

Blocking calls throughout. Whoever leaves the ``with`` block, by an error or a signal too, leaves
no part behind. The broker is always a process of this machine, on 127.0.0.1.
"""

import re
import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from loadtests._child import usage_of
from loadtests._metrics import Metrics, Unreachable, call, scrape
from loadtests._nats_server import NatsServer
from loadtests._part import POLL, Part, Usage, stop_all

START_TIMEOUT = 60.0
PROBES = re.compile(r"^probes on (http://\S+)$", re.MULTILINE)
LISTENING = re.compile(r"^listening on (http://\S+)$", re.MULTILINE)
NOWHERE = "http://127.0.0.1:9/api"
"""Where workers without a simulator believe Discord to be: nobody listens, nothing leaks."""
ROOT = Path(__file__).resolve().parent.parent
# The server reserves the full size of every stream, and by default grants no more than the disk has
# free now. A load test fills little of it, so a small disk is no reason to refuse.
NATS_CONFIG = "jetstream { max_file_store: 100GB }\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a fleet consists of."""

    directory: Path
    """Logs, streams and databases go here."""
    workers: int = 2
    bot_app: str = "runtime.bots.frolf:bot"
    simulator: tuple[str, ...] | None = None
    """Arguments of the simulator; None runs none."""
    gateway: bool = False
    subject_prefix: str = "discord"
    grace: float = 10.0
    """Seconds that each part has to end by itself."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings of the runtime, by name."""


class Fleet(ABC):
    """What a load test may do to a fleet; ``_begin`` is what its kinds differ in."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._config = plan.directory / "nats" / "nats.conf"
        self.nats = NatsServer(plan.directory / "nats", config=self._config)
        self._parts: dict[str, Part] = {}
        self._urls: dict[str, str] = {}
        self._started = 0

    @abstractmethod
    def _begin(self, name: str, arguments: Sequence[str], settings: Mapping[str, str]) -> Part:
        """Start ``python`` with these arguments and this environment as a part of that name."""

    @abstractmethod
    def _database_url(self) -> str:
        """Where the parts keep the example bot's database."""

    @property
    def nats_url(self) -> str:
        """Where load generators connect."""
        return self.nats.url

    @property
    def monitoring_url(self) -> str:
        """Where the broker's own HTTP endpoints are."""
        return self.nats.monitoring_url

    @property
    def workers(self) -> tuple[str, ...]:
        """Names of the workers that are meant to run."""
        return tuple(name for name in self._parts if name.startswith("worker-"))

    @property
    def simulator_url(self) -> str:
        """Where the simulator listens."""
        return self._urls["simulator"]

    def start(self) -> None:
        """Start every part and wait until each is ready; streams of an earlier fleet are dropped.

        Raises:
            NatsServerMissing: there is no nats-server.
            PartFailed: a part does not come up.
        """
        shutil.rmtree(self.nats.directory / "store", ignore_errors=True)
        self._config.parent.mkdir(parents=True, exist_ok=True)
        self._config.write_text(NATS_CONFIG)
        self.nats.start()
        if self.plan.simulator is not None:
            self._start_simulator(self.plan.simulator)
        if self.plan.gateway:
            token = {"DISCORD_TOKEN": "the-simulator-takes-any"}
            self._spawn("gateway", ["-m", "runtime", "gateway"], token)
        self.scale(self.plan.workers)

    def _start_simulator(self, arguments: tuple[str, ...]) -> None:
        part = self._spawn("simulator", ["-m", "simulator", "--port", "0", *arguments], {})
        found = part.find(LISTENING, time.monotonic() + START_TIMEOUT)
        self._urls["simulator"] = found[1]

    def _spawn(self, name: str, arguments: list[str], settings: Mapping[str, str]) -> Part:
        part = self._begin(name, arguments, {**self._settings(), **settings})
        self._parts[name] = part
        return part

    def _settings(self) -> dict[str, str]:
        """The runtime's settings that all parts share."""
        simulator = self._urls.get("simulator")
        return {
            "PYTHONUNBUFFERED": "1",
            "BOT_APP": self.plan.bot_app,
            "DISCORD_API_URL": f"{simulator}/api" if simulator else NOWHERE,
            "NATS_URL": self.nats.url,
            "SUBJECT_PREFIX": self.plan.subject_prefix,
            "DATABASE_URL": self._database_url(),
            "HTTP_PORT": "auto",
            "GRACE_PERIOD": f"{self.plan.grace * 0.8:g}",
            **self.plan.settings,
        }

    def scale(self, workers: int) -> None:
        """Start or drain workers until there are so many; returns when the new are ready.

        Raises:
            PartFailed: a worker does not come up.
        """
        surplus = [self._parts.pop(name) for name in self.workers[workers:]]
        while len(self.workers) < workers:
            self._started += 1
            name = f"worker-{self._started}"
            self._spawn(name, ["-m", "runtime", "worker"], {"WORKER_NAME": name})
        stop_all(surplus, self.plan.grace)
        for name in self._parts:
            if name != "simulator":
                self._await_ready(name)

    def _await_ready(self, name: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        part = self._parts[name]
        url = self._urls.get(name) or part.find(PROBES, deadline)[1]
        self._urls[name] = url
        while not _is_ready(url):
            part.fail_unless(part.is_running, deadline)
            time.sleep(POLL)

    def kill(self, worker: str) -> None:
        """End a worker without warning (SIGKILL); it is not replaced."""
        part = self._parts.pop(worker)
        part.send(signal.SIGKILL)
        part.wait(5.0)

    def metrics(self, part: str) -> Metrics:
        """A scrape of one part by its name.

        Raises:
            Unreachable: it does not answer.
        """
        return scrape(self._urls[part])

    def usage(self) -> dict[str, Usage]:
        """CPU and memory of each part that runs."""
        found = {name: part.usage() for name, part in self._parts.items()}
        found["nats"] = usage_of(self.nats.pid)
        return {name: usage for name, usage in found.items() if usage is not None}

    def check(self) -> None:
        """Raise PartFailed when a part has ended on its own."""
        for part in self._parts.values():
            part.fail_unless(part.is_running, time.monotonic() + 1.0)

    def stop(self) -> None:
        """End everything: first who needs the broker and Discord, then those two."""
        discord = self._parts.pop("simulator", None)
        stop_all(self._parts.values(), self.plan.grace)
        self._parts.clear()
        if discord is not None:
            stop_all([discord], self.plan.grace)
        self.nats.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _is_ready(url: str) -> bool:
    try:
        return call(url, "/readyz")[0] == 200
    except Unreachable:
        return False
