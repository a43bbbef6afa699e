"""From a data set to what an event asks, and clear words for data that cannot be used."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebooks.measurements import (
    ForeignData,
    cpu_per_event,
    demand_of,
    is_saturated,
    lane_shares,
    read,
    read_sheet,
    saturated_rates,
)


def run(workers: int = 1, rate: float = 60.0, **changes: Any) -> dict[str, Any]:
    """A run of a 5 ms blocking handler whose CPU is 0.3 ms an event and 10 ms/s when idle."""
    done = min(rate, 180.0 * workers)
    return {
        "handler": "block:5ms", "kind": "block", "workers": workers, "rate": rate, "zipf": 0.5,
        "repetition": 0, "throughput": done, "offered_rate": rate, "service_mean": 0.005,
        "service_deviation": 0.001, "age_mean": 0.009, "age_p50": 0.008, "age_p95": 0.02,
        "age_p99": 0.03, "stored_p50": 0.001, "stored_p99": 0.004,
        "worker_cores": 0.01 * workers + 0.0003 * done, "hot_share": 0.025,
        "kill": False, "valid": True, **changes,
    }  # fmt: skip


RUNS = pd.DataFrame([run(n, r * n) for n in (1, 2, 4) for r in (60.0, 120.0, 240.0)])


def test_low_load_says_what_an_event_asks() -> None:
    demand = demand_of(RUNS)
    assert demand.service == pytest.approx(0.005)
    assert demand.variation == pytest.approx(0.2)
    assert (demand.entry, demand.hand_over) == pytest.approx((0.001, 0.002))
    assert demand.jitter == pytest.approx(math.log(4) / 2.326)
    assert demand.alone == pytest.approx(0.008 + (1 / 180 - 0.005))


def test_a_ceiling_that_was_seen_says_how_long_an_event_occupies_its_worker() -> None:
    assert demand_of(RUNS).occupancy == pytest.approx(1 / 180)


def test_without_one_it_is_the_blocking_time_and_the_cpu() -> None:
    assert demand_of(RUNS[~is_saturated(RUNS)]).occupancy == pytest.approx(0.0053)


def test_of_a_handler_that_waits_only_the_cpu_counts() -> None:
    assert demand_of(RUNS.assign(kind="io")).occupancy == pytest.approx(0.0003)


def test_the_ceiling_of_the_smallest_fleet_is_believed() -> None:
    losing = RUNS.assign(throughput=RUNS["throughput"] * (1.1 - 0.1 * RUNS["workers"]))
    assert demand_of(losing).occupancy == pytest.approx(1 / 180)


def test_the_idle_cost_is_not_an_events() -> None:
    assert cpu_per_event(RUNS) == pytest.approx(0.0003)


def test_saturated_runs_are_the_ceilings() -> None:
    assert list(is_saturated(RUNS)) == [False, False, True] * 3
    assert list(saturated_rates(RUNS)["throughput"]) == [180, 360, 720]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (RUNS.assign(handler=[*["a"] * 5, *["b"] * 4]), "one handler at a time"),
        (RUNS[is_saturated(RUNS)], "every run is saturated"),
        (RUNS[:1], "needs runs at two rates"),
    ],
)
def test_runs_that_do_not_suffice_are_refused(frame: pd.DataFrame, why: str) -> None:
    with pytest.raises(ForeignData, match=why):
        demand_of(frame)


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ForeignData, match="loadtests sweep --out"):
        read(tmp_path / "none.parquet")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.parquet"
    path.write_text("hello")
    with pytest.raises(ForeignData, match="is no Parquet file"):
        read(path)


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (pd.DataFrame({"a": [1]}), "not a sweep's data set: no column age_mean, "),
        (RUNS[:0], "no valid run among 0"),
        (RUNS.assign(valid=False), "no valid run among 9"),
    ],
)
def test_empty_and_foreign_data_sets_are_refused(
    frame: pd.DataFrame, why: str, tmp_path: Path
) -> None:
    frame.to_parquet(tmp_path / "set.parquet")
    with pytest.raises(ForeignData, match=why):
        read(tmp_path / "set.parquet")


def test_lane_shares_are_read_from_the_sheet() -> None:
    sheet = json.loads('{"settings": {"lane_shares": {"0.5": [1, 3]}}}')
    assert np.allclose(lane_shares(sheet, 0.5), [0.25, 0.75])


@pytest.mark.parametrize(
    "sheet",
    [{}, {"settings": {}}, {"settings": {"lane_shares": {"1.1": [1]}}}, {"settings": None}],
)
def test_a_sheet_without_shares_is_foreign(sheet: dict[str, Any]) -> None:
    with pytest.raises(ForeignData, match=r"no lane_shares of zipf 0\.5"):
        lane_shares(sheet, 0.5)


@pytest.mark.parametrize("text", [None, "no JSON"])
def test_a_sheet_that_cannot_be_read_is_foreign(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "set.json").write_text(text)
    with pytest.raises(ForeignData, match=r"has no readable sheet set\.json"):
        read_sheet(tmp_path / "set.parquet")
