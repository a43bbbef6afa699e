"""A sweep measures real workers once each, and says what it cannot use."""

import json
from pathlib import Path

import pandas as pd
import pytest

from loadtests._cli import main
from loadtests._fleet import ROOT
from notebooks.measurements import lane_shares, read, read_sheet


def sweep(out: Path) -> int:
    flags = "--workers 1 --rates 60,100 --handler block:2ms --duration 2 --warm-up 0.5"
    flags += " --lateness-limit 1"  # a busy machine is not what is tested
    where = ["--out", str(out), "--directory", str(out.parent / "run")]
    return main(["sweep", *flags.split(), *where])


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sweep") / "set.parquet"
    assert sweep(out) == 0
    return out


def test_each_point_is_a_row_with_what_the_notebooks_need(measured: Path) -> None:
    frame = read(measured)
    assert sorted(frame["rate"]) == [60.0, 100.0]
    assert (frame["service_mean"] > 0.002).all()
    assert (frame["age_p50"] > frame["service_mean"]).all()
    assert frame["worker_cores"].notna().all()


def test_the_sheet_names_machine_versions_and_settings(measured: Path) -> None:
    sheet = read_sheet(measured)
    assert sheet["machine"]["cores"] >= 1
    assert {"python", "locust", "nats-py"} <= set(sheet["versions"])
    assert lane_shares(sheet, 1.1).sum() == pytest.approx(1.0)
    assert str(ROOT) not in json.dumps(sheet)


def test_what_was_measured_is_not_measured_again(
    measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep(measured)
    assert "2 runs, 2 of them done before" in capsys.readouterr().out


def test_a_plan_comes_out_of_it(measured: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    need = ["--rate", "200", "--slo-p99", "1", "--outage", "20"]
    assert main(["plan", *need, "--data", str(measured), "--out", str(out)]) == 0
    plan = json.loads(out.read_text())
    assert plan["replicas"] >= 1
    assert plan["resources"]["requests"]["memory"].endswith("Mi")


@pytest.mark.parametrize("content", [b"", b"PAR1 no more", b"parquet of others"])
def test_a_file_that_is_not_a_sweeps_is_left_alone(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set.parquet"
    if content == b"parquet of others":
        pd.DataFrame({"a": [1]}).to_parquet(out)
        content = out.read_bytes()
    out.write_bytes(content)
    assert sweep(out) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert out.read_bytes() == content


@pytest.mark.parametrize(
    ("need", "why"),
    [
        (["--rate", "1e6", "--slo-p99", "1"], "are above"),
        (["--rate", "10", "--slo-p99", "0.001"], "an event alone takes"),
    ],
)
def test_a_need_that_nothing_meets_is_one_line(
    measured: Path, need: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", *need, "--data", str(measured)]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert why in said
