"""No client under test contacts anything but this machine, whatever its gateway does to it."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulator import FakeDiscord
from tests.conftest import missing
from tests.eventually import eventually
from tests.matrix import clients, guard

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def watched(client: str, fake: FakeDiscord, log: Path) -> AsyncIterator[None]:
    """The client runs, and writes whom it contacts into `log`."""
    command = clients.commands(fake.url, fake.gateway_url, guarded=True).get(client)
    if command is None:
        missing(f"{client} is not installed; .ci/run says how it is")
    environment = {**clients.environment(), "GUARD_LOG": str(log)}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=ROOT, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def back(fake: FakeDiscord, after: str, **details: object) -> None:
    """Inflict a fault; return when the client is there again, by RESUME or by IDENTIFY.

    Which of them is its own business: op 7 may come before it has noted its session.
    """
    sessions = fake.ledger()["sessions"]
    before = sessions["identify"] + sessions["resume"]
    fake.faults.add(after, **details)

    def returned() -> bool:
        now = fake.ledger()["sessions"]
        return bool(now["live"] == 1 and now["identify"] + now["resume"] > before)

    await eventually(returned, within=30)


@pytest.mark.parametrize("client", clients.NAMES)
async def test_a_client_contacts_only_this_machine(client: str, tmp_path: Path) -> None:
    log = tmp_path / "contacts"
    async with FakeDiscord(guilds=1, identify_window=0.5) as fake, watched(client, fake, log):
        await eventually(lambda: fake.ledger()["sessions"]["live"] == 1, within=30)
        await back(fake, "op7")
        await back(fake, "op9", resumable=False)
    assert "127.0.0.1" in log.read_text()
    assert guard.strangers(log) == set()


def test_the_guard_sees_a_stranger(tmp_path: Path) -> None:
    log, script = tmp_path / "contacts", tmp_path / "script.py"
    script.write_text(
        "import socket\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\n"
    )
    command = [sys.executable, *clients.PYTHON_GUARD, str(script)]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "GUARD_LOG": str(log)})
    assert guard.strangers(log) == {"192.0.2.1"}


def test_the_guard_of_node_sees_a_stranger(tmp_path: Path) -> None:
    log, node = tmp_path / "contacts", shutil.which("node")
    if node is None:
        missing("there is no Node.js")
    code = "require('net').connect(9, '192.0.2.1').on('error', () => 0).destroy()"
    command = [node, *clients.NODE_GUARD, "-e", code]
    subprocess.run(command, check=True, env={**os.environ, "GUARD_LOG": str(log)})
    assert guard.strangers(log) == {"192.0.2.1"}


async def test_the_simulator_listens_on_loopback_unless_told_otherwise() -> None:
    async with FakeDiscord() as fake:
        assert fake.settings.host == "127.0.0.1"
        with pytest.raises(OSError, match="refused"), socket.socket() as probe:
            probe.connect(("127.0.0.2", fake.port))
