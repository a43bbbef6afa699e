"""`python -m simulator` from outside: its lines, its exit status, its report."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

Process = asyncio.subprocess.Process
PATIENCE = 60.0


@asynccontextmanager
async def simulator(*flags: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *flags, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def base_url(process: Process) -> str:
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode().strip()
    assert line.startswith("listening on http://127.0.0.1:"), line
    return line.removeprefix("listening on ")


async def failure(*flags: str) -> tuple[int | None, str]:
    async with simulator(*flags) as process:
        _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
        return process.returncode, errors.decode()


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--port", "x"), "--port: 'x' is not a number from 0 to 65535"),
        (("--rate", "-1"), "--rate"),
        (("--probes", "2"), "--probes: '2' is not a number from 0 to 1"),
        (("--profile", "no"), "--profile"),
        (("--faults", "/nowhere"), "--faults /nowhere: No such file"),
        (("--fault", "close:cod=1"), "--fault: a fault has no key 'cod'"),
        (("--unknown",), "--unknown"),
    ],
)
async def test_a_wrong_value_is_one_line_and_status_2(flags: tuple[str, ...], told: str) -> None:
    status, errors = await failure(*flags)
    assert status == 2
    assert told in errors
    assert errors.count("\n") == 1


async def test_a_faults_file_with_a_typo_is_status_2(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"kind": "clsoe"}]')
    status, errors = await failure("--faults", str(file))
    assert (status, "'clsoe' is no kind of fault" in errors) == (2, True)


async def test_a_port_in_use_is_one_line_and_status_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, errors = await failure("--port", str(port))
    assert status == 3
    assert errors == f"simulator: cannot listen on 127.0.0.1:{port}: address already in use\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_with_status_0_and_a_report(
    number: signal.Signals, tmp_path: Path
) -> None:
    report = tmp_path / "out.json"
    async with simulator("--port", "0", "--report", str(report)) as process:
        await base_url(process)
        process.send_signal(number)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    assert json.loads(report.read_text())["dispatched"] == 0


async def test_a_duration_offers_exactly_its_events_and_ends(tmp_path: Path) -> None:
    report = tmp_path / "out.json"
    flags = ("--port", "0", "--rate", "500", "--duration", "1", "--probes", "0")
    async with (
        simulator(*flags, "--report", str(report)) as process,
        aiohttp.ClientSession() as http,
    ):
        url = await base_url(process) + "/gateway?v=10&encoding=json"
        async with http.ws_connect(url) as socket_:
            await socket_.send_json({"op": 2, "d": {"token": "t", "properties": {}, "intents": 1}})
            async for _ in socket_:
                pass
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    book = json.loads(report.read_text())
    assert (book["offered"], book["emitted"], book["offered_rate"]) == (500, 500, 500.0)
