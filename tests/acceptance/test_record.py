"""``python -m runtime record`` beside a live bot, and the fake Discord that plays what it wrote."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from loadtests._fleet import ROOT, Plan, ProcessFleet
from simulator.core.recording import read
from tests.acceptance.conftest import StartFleet, ledger
from tests.acceptance.test_bad_input import complaint, run
from tests.eventually import eventually

ENOUGH = 150_000  # octets of a recording
Recording = subprocess.Popen[str]


@contextmanager
def recording(fleet: ProcessFleet, file: Path, *flags: str) -> Iterator[Recording]:
    """A recording under way; the environment names another bot, the arguments win."""
    arguments = ("--nats-url", fleet.nats_url, "--subject-prefix", fleet.plan.subject_prefix)
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime", "record", str(file), *arguments, *flags],
        env={"PATH": os.environ["PATH"], "SUBJECT_PREFIX": "another"},
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: Recording) -> str:
    """What it has logged by its end, which is a good one."""
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    return log


async def test_a_live_bot_is_recorded_and_its_recording_played(
    start_fleet: StartFleet, tmp_path: Path, subject_prefix: str
) -> None:
    plain, redacted = tmp_path / "plain.jsonl", tmp_path / "redacted.jsonl"
    load = ("--rate", "200", "--probes", "0.05")
    fleet = start_fleet(gateway=True, workers=1, simulator=load, subject_prefix=subject_prefix)
    with ExitStack() as both:
        processes = {
            signal.SIGINT: both.enter_context(recording(fleet, plain)),
            signal.SIGTERM: both.enter_context(recording(fleet, redacted, "--redact")),
        }
        for file in (plain, redacted):
            await eventually(lambda file=file: _size(file) > ENOUGH, within=60)
        for number, process in processes.items():
            process.send_signal(number)
            assert f"{number.name}: the recording ends" in ended(process)
    taped = plain.read_bytes()
    assert taped.endswith(b"}\n")
    assert b"!probe" in taped
    assert b"!probe" not in redacted.read_bytes()
    for text in (taped, redacted.read_bytes()):
        assert text.count(b'"token":') == text.count(b'"token":"hidden"') > 0
    await _plays(plain, tmp_path / "replay", f"{subject_prefix}again")


async def _plays(file: Path, directory: Path, prefix: str) -> None:
    """The same bot, on another NATS, answers the recorded users."""
    events = len(read(file.read_bytes()).entries)  # noqa: ASYNC240 - a few lines
    simulator = ("--replay", str(file), "--speed", "10")
    plan = Plan(directory, 1, gateway=True, simulator=simulator, subject_prefix=prefix)
    with ProcessFleet(plan, os.environ) as fleet:
        await eventually(lambda: ledger(fleet)["emitted"] == events, within=60)
        await eventually(lambda: not any(ledger(fleet)["pending"].values()), within=20)
        seen = ledger(fleet)
    probes = seen["probes"]
    assert probes["answered"] == probes["sent"] > 0
    assert (probes["lost"], probes["duplicated"]) == (0, 0)
    assert seen["interactions"]["sent"] > 0
    assert seen["interactions"]["unanswered"] == 0


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


async def test_a_recording_of_limited_duration_ends_by_itself(
    start_fleet: StartFleet, tmp_path: Path, subject_prefix: str
) -> None:
    fleet = start_fleet(gateway=True, workers=1, simulator=(), subject_prefix=subject_prefix)
    with recording(fleet, tmp_path / "tape", "--duration", "1") as process:
        assert "events in" in ended(process)
    assert (tmp_path / "tape").read_bytes().startswith(b'{"recording":1,"content":true}\n')


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "FILE"),
        (("tape", "--duration", "0"), "--duration: '0' is no number of seconds"),
        (("tape", "--nats-url", "localhost"), "NATS_URL"),
        (("tape", "--subject-prefix", "a.b"), "SUBJECT_PREFIX"),
        (("tape", "--colour"), "--colour"),
    ],
)
def test_a_wrong_argument_is_one_line_and_status_2(arguments: tuple[str, ...], told: str) -> None:
    assert told in complaint(run("record", *arguments), 2)


def test_what_cannot_be_recorded_is_one_line_and_status_3(tmp_path: Path) -> None:
    nowhere = ("--nats-url", "nats://127.0.0.1:9")
    assert "127.0.0.1:9" in complaint(run("record", str(tmp_path / "tape"), *nowhere), 3)
