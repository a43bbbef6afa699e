"""What an operator can get wrong: one clear line, the right exit status, no traceback, no token."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loadtests._nats_server import NatsServer

ROOT = Path(__file__).parents[2]
TOKEN = "MTA.secret-token-of-the-bot"
DEAD = "127.0.0.1:9"


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "DISCORD_TOKEN": TOKEN, **settings}
    environ = {name: value for name, value in environ.items() if value}
    return subprocess.run(
        [sys.executable, "-m", "runtime", *arguments],
        env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def complaint(done: subprocess.CompletedProcess[str], status: int) -> str:
    """The one line that is the program's own word on what is wrong."""
    output = done.stdout + done.stderr
    assert done.returncode == status, output
    assert "Traceback" not in output
    assert TOKEN not in output
    lines = [line for line in done.stderr.splitlines() if line.startswith("multipod: ")]
    assert len(lines) == 1, output
    return lines[0]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_an_unknown_mode_is_told_the_modes() -> None:
    for done in (run("gatewy"), run(BOT_MODE="gatewy")):
        assert "gateway, worker, standalone" in complaint(done, 2)


def test_a_gateway_without_a_token_says_what_is_missing() -> None:
    for mode in ("gateway", "standalone"):
        assert "DISCORD_TOKEN is missing" in complaint(run(mode, DISCORD_TOKEN=""), 2)


def test_wrong_values_name_their_setting() -> None:
    for name, value in {
        "NATS_URL": "localhost",
        "DISCORD_API_URL": "discord",
        "HTTP_PORT": "http",
        "SUBJECT_PREFIX": "a.b",
        "LOG_FORMAT": "xml",
        "GRACE_PERIOD": "-1",
    }.items():
        assert name in complaint(run("gateway", **{name: value}), 2)


def test_an_unreachable_nats_is_named() -> None:
    with ThreadPoolExecutor() as pool:  # each tries for five seconds
        modes = ("gateway", "worker")
        for done in pool.map(lambda mode: run(mode, NATS_URL=f"nats://{DEAD}"), modes):
            assert DEAD in complaint(done, 3)


def test_an_unreachable_discord_is_named(nats_server: NatsServer) -> None:
    settings = {"DISCORD_API_URL": f"http://{DEAD}/api", "NATS_URL": nats_server.url}
    assert DEAD in complaint(run("gateway", **settings), 3)


def test_a_port_in_use_is_named(taken_port: int) -> None:
    done = run("worker", HTTP_PORT=str(taken_port))
    assert f"HTTP_PORT {taken_port}" in complaint(done, 3)


def test_a_bot_that_cannot_be_imported_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("import discord\n1 / 0\n")
    nothing = tmp_path / "nothing.py"
    nothing.write_text("x = 1\n")
    for app, said in {
        "no.such.module:bot": "No module named",
        "runtime.bots.frolf:nobody": "nobody",
        "runtime.errors:BusError": "must be a discord.py Client",
        str(broken): "ZeroDivisionError",
        str(nothing): "0 bots found",
        str(tmp_path / "missing.py"): "not a file",
    }.items():
        assert said in complaint(run("worker", BOT_APP=app), 2)


def test_a_worker_says_that_it_needs_no_token(tmp_path: Path) -> None:
    bot = tmp_path / "curious.py"
    bot.write_text("import os, sys\nsys.exit(os.environ['DISCORD_TOKEN'])\n")
    done = run("worker", BOT_APP=str(bot))
    assert "a worker does not need it" in done.stderr
    complaint(done, 2)
