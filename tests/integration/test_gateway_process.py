"""The gateway as a process: how it ends, and what it leaves."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from loadtests._nats_server import NatsServer
from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.probes import Probes
from runtime.telemetry import Telemetry
from simulator import FakeDiscord
from tests.eventually import eventually
from tests.integration.gateways import gateway_bus

KEPT = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")


@asynccontextmanager
async def process(
    fake: FakeDiscord, url: str, prefix: str, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m runtime gateway``; killed at the end if it still runs."""
    environ = {name: os.environ[name] for name in KEPT if name in os.environ}
    environ |= {"DISCORD_TOKEN": "any", "DISCORD_API_URL": fake.url, "NATS_URL": url}
    environ |= {"SUBJECT_PREFIX": prefix, "LOG_FORMAT": "json", "GRACE_PERIOD": "5"}
    async with gateway_bus(url, Topology(Subjects(prefix))):
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "runtime", "gateway",
            env=environ | settings, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            yield running
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()


async def ended(running: asyncio.subprocess.Process) -> tuple[int | None, list[str]]:
    """Exit status and the lines on stderr that are no log lines."""
    assert running.stderr is not None
    text = (await asyncio.wait_for(running.stderr.read(), 20)).decode()
    await asyncio.wait_for(running.wait(), 5)
    return running.returncode, [line for line in text.splitlines() if not line.startswith("{")]


def live(fake: FakeDiscord) -> bool:
    return bool(fake.ledger()["sessions"]["live"])


@pytest.mark.parametrize(
    ("code", "says"),
    [(4004, "the token is wrong"), (4014, "an intent is not enabled in the Developer Portal")],
)
async def test_a_refusal_for_good_is_status_3_and_one_line(
    code: int, says: str, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with (
        FakeDiscord(guilds=1) as fake,
        process(fake, nats_server.url, subject_prefix) as running,
    ):
        await eventually(lambda: live(fake), within=20)
        fake.faults.add("close", code=code)
        status, lines = await ended(running)
        assert (status, len(lines)) == (3, 1)
        assert lines[0].startswith(f"multipod: Discord refuses the connection: close {code}")
        assert says in lines[0]


async def test_a_wrong_token_is_status_3_and_says_what_to_do(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    async with (
        FakeDiscord(guilds=1, token="another") as fake,
        process(fake, nats_server.url, subject_prefix) as running,
    ):
        assert await ended(running) == (
            3,
            ["multipod: Discord refuses DISCORD_TOKEN: copy it again"],
        )


async def test_an_ordinal_without_shards_is_status_2(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    async with (
        FakeDiscord(guilds=1) as fake,
        process(fake, nats_server.url, subject_prefix, SHARDS="2/4", SHARD_ORDINAL="9") as running,
    ):
        status, lines = await ended(running)
        assert status == 2
        assert lines == ["multipod: SHARD_ORDINAL 9 has no shards: 2 a process, 4 in all"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_hangs_up_with_4000_and_the_session_waits_for_the_next(
    number: signal.Signals, nats_server: NatsServer, subject_prefix: str
) -> None:
    async with FakeDiscord(guilds=1) as fake:
        for _ in range(2):
            async with process(fake, nats_server.url, subject_prefix) as running:
                await eventually(lambda: live(fake), within=20)
                running.send_signal(number)
                assert (await ended(running))[0] == 0
                assert not live(fake)
        sessions = fake.ledger()["sessions"]
        assert (sessions["identify"], sessions["resume"]) == (1, 1)


async def test_a_signal_ends_a_gateway_that_waits_for_its_identify_budget(
    nats_server: NatsServer, subject_prefix: str
) -> None:
    async with FakeDiscord(guilds=1, identifies=2) as fake:
        async with process(fake, nats_server.url, subject_prefix) as running:
            await eventually(lambda: live(fake), within=20)
            fake.faults.add("close", code=4007)
            await eventually(lambda: not live(fake))
            running.send_signal(signal.SIGTERM)
            assert (await ended(running))[0] == 0
        assert fake.ledger()["sessions"]["identify"] == 1


async def test_a_stalled_event_loop_and_a_failed_part_fail_the_probes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    probes = Probes(Telemetry())
    runner = await probes.serve("127.0.0.1", -1)
    assert runner is not None
    url = capsys.readouterr().out.split()[-1]

    async def ask(http: aiohttp.ClientSession, path: str) -> tuple[int, Any]:
        async with http.get(url + path) as answer:
            return answer.status, (await answer.text()).strip()

    async with aiohttp.ClientSession() as http:
        assert await ask(http, "/readyz") == (503, "not ok: starting")
        probes.ready("gateway", lambda: True)
        assert await ask(http, "/readyz") == (200, "ok")
        assert await ask(http, "/livez") == (200, "ok")
        probes.live("gateway", lambda: False)
        monkeypatch.setattr("runtime.probes.STALL", -1.0)
        assert await ask(http, "/livez") == (503, "not ok: gateway, event loop")
    await runner.cleanup()
