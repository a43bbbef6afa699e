"""The processes of a measurement, and the CPU and memory that they used."""

import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from loadtests._child import Child, PartFailed, Usage, stop_all
from loadtests._fleet import INHERITED, LISTENING, NATS_CONFIG, ROOT
from loadtests._metrics import call, call_json
from loadtests._nats_server import NatsServer

START_TIMEOUT = 30.0
TURN_TIMEOUT = 60.0
SETTLE = 0.3


class Stage:
    """The processes of one measurement; ends them all."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory
        self._environ = {name: environ[name] for name in INHERITED if name in environ}
        self._children: list[Child] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        stop_all(reversed(self._children), 10.0)
        self._stack.close()

    def nats(self) -> NatsServer:
        """A nats-server of the measurement's own, without what an earlier one has left there."""
        shutil.rmtree(self.directory / "nats", ignore_errors=True)
        self.directory.mkdir(parents=True, exist_ok=True)
        config = self.directory / "nats.conf"
        config.write_text(NATS_CONFIG)
        return self._stack.enter_context(NatsServer(self.directory / "nats", config=config))

    def start(self, name: str, arguments: list[str], settings: Mapping[str, str]) -> Child:
        """A Python process that runs a module of ours."""
        child = Child(name, [sys.executable, "-m", *arguments], self.directory / f"{name}.log")
        child.start({**self._environ, "PYTHONUNBUFFERED": "1", **settings}, ROOT)
        self._children.append(child)
        return child

    def feeder(self, name: str) -> str:
        """A Discord that only feeds; its URL."""
        child = self.start(name, ["loadtests._bench_feeder"], {})
        return child.find(LISTENING, time.monotonic() + START_TIMEOUT)[1]


def call_feed(feeder: str, what: str, count: int, rate: float) -> None:
    """Have a feeder send; returns when everything has left it.

    Raises:
        Unreachable, PartFailed: it does not answer, or refuses.
    """
    body = {"what": what, "count": count, "rate": rate}
    status, text = call(feeder, "/feed", body, TURN_TIMEOUT)
    if status != 200:
        raise PartFailed(f"{feeder}/feed answers {status}: {text}")


def stream_state(nats: NatsServer, name: str) -> Mapping[str, int]:
    """``messages``, ``last_seq`` and so on of a stream; zeros while there is none."""
    found = call_json(nats.monitoring_url, "/jsz?streams=true")
    for account in found.get("account_details") or ():
        for stream in account.get("stream_detail") or ():
            if stream["name"] == name:
                state: Mapping[str, int] = stream["state"]
                return state
    return {"messages": 0, "last_seq": 0}


def usage(child: Child) -> Usage:
    """What a process has used so far.

    Raises:
        PartFailed: it has ended.
    """
    used = child.usage()
    if used is None:
        raise PartFailed(f"{child.name} ended with status {child.status}; see {child.log}")
    return used


def minus(after: Usage, before: Usage) -> Usage:
    """What was used in between."""
    return Usage(after.cpu_seconds - before.cpu_seconds, after.rss_bytes - before.rss_bytes)
