"""The protocol from calibration to score, in its shortest form, on real workers."""

import json
import os
from pathlib import Path

import pytest

from loadtests._capacity import Protocol, run
from notebooks.__main__ import digest
from notebooks.protocol import BEYOND, HIGH, QUIET, Planned

STEP = 2 * HIGH
CALIBRATION = [Planned(n, n * rate) for n in (1, 2) for rate in (QUIET, BEYOND)]


@pytest.mark.timeout(300)
def test_predictions_are_written_before_the_hold_outs_are_measured_and_scored_after(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "results"
    held_out = (Planned(3, STEP), Planned(2, STEP, kill=True))
    slow_machines_too = Protocol(data, tmp_path, 1.0, 1, CALIBRATION, held_out, lateness_limit=10)
    assert run(slow_machines_too, os.environ) == 0
    made = json.loads((data / "predictions.json").read_text())
    assert made["calibration_sha256"] == digest(data / "calibration.parquet")
    said = capsys.readouterr().out
    assert said.index("2 points predicted") < said.index("N=3 rate=164/s")
    assert f"| 3 | {STEP:.0f} |" in said
    assert f"| 2, one killed | {STEP:.0f} |" in said
