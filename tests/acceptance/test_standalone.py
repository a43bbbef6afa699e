"""``python -m runtime`` with nothing else: one process, no NATS."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests._child import Child
from tests.acceptance.conftest import ask
from tests.eventually import eventually

ROOT = Path(__file__).parents[2]
LISTENING = re.compile(r"listening on (http://\S+)")


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--rate", "100", "--probes", "0.1"]
    child = Child("simulator", command, tmp_path / "simulator.log")
    child.start(os.environ, ROOT)
    yield child.find(LISTENING, time.monotonic() + 20)[1]
    child.send(signal.SIGTERM)
    child.wait(10)


async def test_standalone_answers_as_a_gateway_and_workers_do(
    simulator: str, tmp_path: Path
) -> None:
    settings = {
        "DISCORD_TOKEN": "any",
        "DISCORD_API_URL": f"{simulator}/api",
        "DATABASE_URL": f"sqlite:///{tmp_path}/frolf.db",
        "NATS_URL": "nats://127.0.0.1:1",
    }
    child = Child("standalone", [sys.executable, "-m", "runtime"], tmp_path / "standalone.log")
    child.start({"PATH": os.environ["PATH"], **settings}, ROOT)
    try:
        await eventually(lambda: ask(f"{simulator}/sim/ledger")["emitted"] >= 500, within=40.0)
        ask(f"{simulator}/sim/rate", {"rate": 0})
        await eventually(
            lambda: not any(ask(f"{simulator}/sim/ledger")["pending"].values()), within=30.0
        )
    finally:
        child.send(signal.SIGTERM)
        assert child.wait(20)
    seen = ask(f"{simulator}/sim/ledger")
    assert child.status == 0
    assert seen["interactions"]["answered"] == seen["interactions"]["sent"] > 0
    assert seen["probes"]["answered"] == seen["probes"]["sent"] > 0
    assert seen["probes"]["duplicated"] == 0
