"""The whole path on real processes, each with no more rights on NATS than ``deploy`` gives it."""

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadtests._child import Child, stop_all
from loadtests._fleet import LISTENING, PROBES, ROOT, START_TIMEOUT
from loadtests._metrics import call, call_json
from runtime.bus.jetstream import Address, JetStreamBus
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from tests.eventually import eventually
from tests.unit.deploy.secured import SecuredNats

WAITING = re.compile("waiting for the gateway")


class Parts:
    """Processes by name; all end with the block."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        self._directory = directory
        self._environ = {
            "PATH": os.environ["PATH"],
            "HTTP_PORT": "auto",
            "GRACE_PERIOD": "5",
        } | settings
        self._children: list[Child] = []

    def start(self, name: str, *arguments: str, **settings: str) -> Child:
        """Start ``python -m <arguments>`` with settings of its own."""
        command = [sys.executable, "-m", *arguments]
        child = Child(name, command, self._directory / f"{name}.log")
        child.start({**self._environ, **settings}, ROOT)
        self._children.append(child)
        return child

    def stop(self) -> None:
        """End all, who was started last first."""
        while self._children:
            stop_all([self._children.pop()], 10.0)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """Nothing started yet."""
    made = Parts(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/frolf.db"})
    yield made
    made.stop()


async def readiness(child: Child) -> None:
    """Wait until it is ready; fail as soon as it ends."""
    deadline = time.monotonic() + START_TIMEOUT
    url = child.find(PROBES, deadline)[1]

    def ready() -> bool:
        child.fail_unless(child.is_running, deadline)
        return call(url, "/readyz")[0] == 200

    await eventually(ready, START_TIMEOUT)


async def test_everything_arrives_though_workers_come_first_and_nobody_may_more_than_it_needs(
    secured: SecuredNats, parts: Parts
) -> None:
    simulator = parts.start("simulator", "simulator", "--port", "0", "--rate", "0", "--probes=0.2")
    discord = simulator.find(LISTENING, time.monotonic() + START_TIMEOUT)[1]
    at = {"DISCORD_API_URL": f"{discord}/api"}
    own = secured.settings_of("worker") | at
    workers = [parts.start(name, "runtime", "worker", **own) for name in ("worker-1", "worker-2")]
    for child in workers:
        child.find(WAITING, time.monotonic() + START_TIMEOUT)
    own = secured.settings_of("gateway") | at
    gateway = parts.start("gateway", "runtime", "gateway", DISCORD_TOKEN="any", **own)
    for child in (gateway, *workers):
        await readiness(child)
    call_json(discord, "/sim/rate", {"rate": 200})
    await eventually(lambda: ledger(discord)["emitted"] >= 600, within=20.0)
    call_json(discord, "/sim/rate", {"rate": 0})
    await eventually(lambda: not any(ledger(discord)["pending"].values()), within=30.0)
    assert ledger(discord)["probes"]["lost"] == ledger(discord)["probes"]["duplicated"] == 0
    assert ledger(discord)["interactions"]["unanswered"] == 0


async def test_the_simulator_may_publish_events_into_the_gateways_streams(
    secured: SecuredNats, parts: Parts
) -> None:
    async with JetStreamBus(secured.address_of("gateway")) as gateway:
        await gateway.ensure(Topology(Subjects()))
    discord = start_direct(parts, secured.address_of("simulator"))
    await eventually(lambda: ledger(discord)["direct"].get("stored", 0) >= 100, within=30.0)
    assert not ledger(discord)["direct"].get("rejected")


async def test_with_the_gateways_key_the_simulator_takes_its_place_for_the_workers(
    secured: SecuredNats, parts: Parts
) -> None:
    discord = start_direct(parts, secured.address_of("gateway"))
    at = {"DISCORD_API_URL": f"{discord}/api"}
    await readiness(
        parts.start("worker", "runtime", "worker", **secured.settings_of("worker"), **at)
    )
    await eventually(lambda: ledger(discord)["probes"]["answered"] >= 20, within=30.0)


def start_direct(parts: Parts, own: Address) -> str:
    """A simulator that publishes by itself; where it listens."""
    asked = ("--direct", own.url, "--creds", own.creds, "--ca", own.ca, "--probes", "0.2")
    simulator = parts.start("simulator", "simulator", "--port", "0", "--rate", "100", *asked)
    return simulator.find(LISTENING, time.monotonic() + START_TIMEOUT)[1]


def ledger(discord: str) -> dict[str, Any]:
    """What the fake Discord has seen."""
    found: dict[str, Any] = call_json(discord, "/sim/ledger")
    return found
