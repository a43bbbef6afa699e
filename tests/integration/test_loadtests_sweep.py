"""A sweep measures real workers once each, and says what it cannot use.

How fast this machine is, and so whether a run is valid, is nobody's promise here.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from loadtests._cli import main
from loadtests._dataset import read_rows, write_rows
from loadtests._fleet import ROOT
from notebooks.measurements import COLUMNS, lane_shares, read_sheet


def sweep(out: Path) -> int:
    flags = "--workers 1 --rates 60,100 --handler block:2ms --duration 2 --warm-up 0.5"
    where = ["--out", str(out), "--directory", str(out.parent / "run")]
    return main(["sweep", *flags.split(), "--lateness-limit", "10", *where])


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sweep") / "set.parquet"
    status = sweep(out)
    assert status == (0 if all(row["valid"] for row in read_rows(out)) else 1)
    return out


def test_each_point_is_a_row_with_what_the_notebooks_need(measured: Path) -> None:
    rows = read_rows(measured)
    assert sorted(row["rate"] for row in rows) == [60.0, 100.0]
    for row in rows:
        assert set(row) >= COLUMNS
        assert row["service_mean"] >= 0.002
        assert row["age_p99"] >= row["age_p50"] >= 0.002
        assert row["valid"] == (not row["reasons"])


def test_the_sheet_names_machine_versions_and_settings(measured: Path) -> None:
    sheet = read_sheet(measured)
    assert sheet["machine"]["cores"] >= 1
    assert {"python", "locust", "nats-py"} <= set(sheet["versions"])
    assert lane_shares(sheet, 1.1).sum() == pytest.approx(1.0)
    assert str(ROOT) not in json.dumps(sheet)


def test_what_was_measured_is_not_measured_again(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set.parquet"
    write_rows(out, [{**row, "valid": True} for row in read_rows(measured)])
    before = out.read_bytes()
    assert sweep(out) == 0
    assert "2 runs, 2 of them done before" in capsys.readouterr().out
    assert out.read_bytes() == before


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


def test_a_worker_that_is_killed_costs_no_event(tmp_path: Path) -> None:
    out = tmp_path / "set.parquet"
    flags = "--workers 2 --rates 100 --handler block:2ms --duration 5 --warm-up 0.5 --kill"
    where = ["--out", str(out), "--directory", str(tmp_path / "run")]
    main(["sweep", *flags.split(), "--lateness-limit", "10", *where])
    (row,) = read_rows(out)
    assert row["killed"] in ("worker-1", "")  # nothing, where the machine stood still meanwhile
    assert 0 < row["stored"] == row["handled"]
