"""Fleets of real processes, and Locust against them."""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from loadtests._child import PartFailed
from loadtests._fleet import ROOT, Plan, ProcessFleet
from loadtests._metrics import call_json
from tests.integration.test_loadtests_children import wait_until

RAW = "loadtests._handlers:io_2ms"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessFleet]:
    plan = Plan(tmp_path_factory.mktemp("fleet"), workers=2, bot_app=RAW)
    with ProcessFleet(plan, os.environ) as fleet:
        yield fleet


def locust(fleet: ProcessFleet, directory: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The command of the README, for two seconds."""
    command = [sys.executable, "-m", "locust", "-f", "loadtests", "--headless", "-u", "20"]
    command += ["-r", "20", "-t", "2s", "--csv", str(directory / "out"), "--only-summary"]
    command += ["--nats-url", fleet.nats_url, "--event-rate", "20"]
    command += ["--lateness-limit", "10", *more]  # a busy machine is not what is tested
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )


@pytest.mark.parametrize(
    "more",
    [["--settle", "30"], ["--settle", "30", "--processes", "2"]],
    ids=["one process", "two processes"],
)
def test_locust_offers_what_it_says_and_every_event_is_handled(
    fleet: ProcessFleet, tmp_path: Path, more: list[str]
) -> None:
    results = tmp_path / "results.json"
    run = locust(fleet, tmp_path, "--results", str(results), *more)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "verdict: VALID" in run.stdout
    tally = json.loads(results.read_text())["tally"]
    assert 0 < tally["offered"] == tally["acked"] == tally["handled"]
    with (tmp_path / "out_stats.csv").open() as file:
        series = {row["Name"]: int(row["Request Count"]) for row in csv.DictReader(file)}
    assert series["intended to handled"] == series["intended to stored"] == tally["offered"]


def test_without_workers_events_are_pending_and_spoil_the_next_run(tmp_path: Path) -> None:
    with ProcessFleet(Plan(tmp_path, workers=1, bot_app=RAW), os.environ) as fleet:
        fleet.scale(0)
        first, second = (locust(fleet, tmp_path, "-t", "1s", "--settle", "1") for _ in range(2))
    assert first.returncode == 1
    assert "no event was handled: no worker runs" in first.stdout
    assert re.search(r"handled 0 \+ dead 0 \+ pending [1-9]", first.stdout)
    assert second.returncode == 1
    assert "events waited before the run began" in second.stdout


def test_locust_without_a_fleet_says_so_in_a_line(fleet: ProcessFleet, tmp_path: Path) -> None:
    run = locust(fleet, tmp_path, "--subject-prefix", "nobody")
    assert run.returncode == 3
    assert "no stream NOBODY_EVENTS" in run.stderr
    assert "Traceback" not in run.stderr


def test_locust_without_an_answer_from_nats_does_not_look_like_a_run_that_went_well(
    fleet: ProcessFleet, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        run = locust(
            fleet, tmp_path, "-t", "1s", "--nats-url", f"nats://127.0.0.1:{mute.getsockname()[1]}"
        )
    assert run.returncode == 3
    assert "loadtests: the run ended before NATS" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1", "loadtests: no fake Discord at http://127.0.0.1:1: "),
        ("", "loadtests: CommandUser needs --simulator-url"),
    ],
)
def test_commands_without_a_fake_discord_are_one_clear_line(
    fleet: ProcessFleet, tmp_path: Path, url: str, said: str
) -> None:
    run = locust(fleet, tmp_path, "--simulator-url", url, "CommandUser")
    assert run.returncode in (1, 3)
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_people_use_commands_in_steps_and_feel_the_answer(tmp_path: Path) -> None:
    plan = Plan(tmp_path, workers=1, gateway=True, simulator=("--rate", "0"))
    with ProcessFleet(plan, os.environ) as fleet:
        wait_until(lambda: is_online(fleet), within=60)
        shape = ["--shape", "step", "--simulator-url", fleet.simulator_url, "CommandUser"]
        run = locust(fleet, tmp_path, "-t", "4s", "--command-rate", "2", *shape)
    assert "verdict" not in run.stdout
    with (tmp_path / "out_stats.csv").open() as file:
        commands = next(row for row in csv.DictReader(file) if row["Type"] == "command")
    assert int(commands["Request Count"]) > int(commands["Failure Count"]), run.stdout + run.stderr


def is_online(fleet: ProcessFleet) -> bool:
    ledger = call_json(fleet.simulator_url, "/sim/ledger")
    return bool(ledger["commands_registered"] and ledger["sessions"]["live"])


def test_a_fleet_grows_shrinks_and_loses_workers(tmp_path: Path) -> None:
    with ProcessFleet(Plan(tmp_path, workers=1, bot_app=RAW), os.environ) as fleet:
        fleet.scale(3)
        assert len(fleet.workers) == 3
        fleet.kill(fleet.workers[0])
        fleet.scale(1)
        assert list(fleet.workers) == ["worker-2"]
        assert set(fleet.usage()) == {"worker-2", "nats"}
        assert fleet.metrics("worker-2").total("process_cpu_seconds_total") > 0


def test_a_bot_that_cannot_be_imported_is_one_clear_line_and_nothing_stays(tmp_path: Path) -> None:
    plan = Plan(tmp_path, workers=1, bot_app="no.such:bot")
    with pytest.raises(PartFailed, match=r"worker-1 ended with status \d; .*worker-1\.log ends"):
        ProcessFleet(plan, os.environ).__enter__()
    assert not processes_of(tmp_path)


def processes_of(directory: Path) -> list[int]:
    """Who has anything to do with this directory."""
    needle = str(directory)
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = [*(process.info["cmdline"] or ()), *(process.info["environ"] or {}).values()]
        if any(needle in word for word in words) and process.pid != os.getpid():
            found.append(process.pid)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_load_test_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "loadtests", "load", "--directory", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--duration", "60"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        wait_until(lambda: len(processes_of(tmp_path)) >= 4, within=60)
        run.send_signal(number)
        status = run.wait(60)
    assert status == (-number if number is signal.SIGKILL else 128 + number)
    wait_until(lambda: not processes_of(tmp_path))
