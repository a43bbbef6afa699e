"""``make demo`` in short: the whole path on real parts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.test_loadtests_children import wait_until
from tests.integration.test_loadtests_fleet import processes_of


def demo(directory: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "loadtests", "demo", "--directory", str(directory)]
    return subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_every_event_arrives_once_and_every_interaction_is_answered(tmp_path: Path) -> None:
    with demo(tmp_path, "--duration", "6", "--rate", "100") as run:
        out, err = run.communicate(timeout=90)
    assert run.returncode == 0, out + err
    assert "OK: all events arrived once and in time" in out
    assert not processes_of(tmp_path)


def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    with demo(tmp_path, "--duration", "60") as run:
        wait_until(lambda: len(processes_of(tmp_path)) >= 4, within=60)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (130, "stopped by SIGINT\n"), out
    assert not processes_of(tmp_path)


@pytest.mark.parametrize("binary", ["/no/such/nats-server", "/bin/false"])
def test_without_a_nats_server_it_says_so(
    tmp_path: Path, binary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_SERVER_BIN", binary)
    with demo(tmp_path) as run:
        _, err = run.communicate(timeout=30)
    assert run.returncode == 3
    assert len(err.splitlines()) == 1
    assert "nats-server" in err
    assert os.environ["NATS_SERVER_BIN"] in err or "ends with" in err
