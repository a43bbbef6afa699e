"""A plan comes out of a data set; what cannot be planned is one line."""

import json
from pathlib import Path

import numpy as np
import pytest

from loadtests._cli import main
from loadtests._dataset import write_rows, write_sheet
from tests.unit.notebooks.test_measurements import run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Runs that nobody measured, of one worker's 5 ms."""
    path = tmp_path / "set.parquet"
    write_rows(path, [run(n, rate * n, worker_rss=6e7) for n in (1, 2) for rate in (60.0, 120.0)])
    write_sheet(path, {"lane_shares": {"0.5": list(np.full(64, 1 / 64))}})
    return path


def test_a_plan_says_what_deployment_needs(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    need = ["--rate", "200", "--slo-p99", "1", "--outage", "20"]
    assert main(["plan", *need, "--data", str(data), "--out", str(out)]) == 0
    plan = json.loads(out.read_text())
    assert plan["replicas"] == 2
    assert plan["resources"]["requests"] == {"cpu": "60m", "memory": "96Mi"}
    assert int(plan["scaler"]["lagThreshold"]) == pytest.approx(189, abs=2)


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (["--rate", "1e6", "--slo-p99", "1"], "are above"),
        (["--rate", "10", "--slo-p99", "0.001"], "an event alone takes"),
    ],
)
def test_a_need_that_nothing_meets_is_one_line(
    data: Path, need: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", *need, "--data", str(data)]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert why in said


@pytest.mark.parametrize("content", [b"", b"PAR1 no more"])
def test_a_foreign_data_set_is_one_line(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set.parquet"
    path.write_bytes(content)
    assert main(["plan", "--rate", "10", "--slo-p99", "1", "--data", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
