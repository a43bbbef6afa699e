"""Predictions with intervals, and a score that shows the misses."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from notebooks.capacity import Demand
from notebooks.measurements import ForeignData, demand_of
from notebooks.prediction import Made, erlang_percentile, outcome, predict, score, skill, to_json
from notebooks.protocol import Planned
from tests.unit.notebooks.test_measurements import RUNS, run

HANDLER = "block:5ms"
SHARES = {0.5: np.full(64, 1 / 64)}
MADE = Made(warm_up=1.0, window=4.0, repetitions=3)
CALM, OVER = Planned(3, 300.0, HANDLER), Planned(3, 900.0, HANDLER)
FOUND = predict(RUNS, [CALM, OVER], SHARES, MADE)


def test_below_the_ceiling_the_rate_is_handled_with_a_finite_age() -> None:
    expected = FOUND[0].expected
    assert expected["throughput"].value == pytest.approx(300, rel=0.04)
    assert expected["throughput"].low < 300 < expected["throughput"].high
    assert 0.008 < expected["age_p50"].low <= expected["age_p50"].high < 0.03


def test_above_the_ceiling_there_is_a_ceiling_and_no_age() -> None:
    expected = to_json(FOUND)[1]["expected"]
    assert list(expected) == ["throughput"]
    assert expected["throughput"]["value"] == pytest.approx(3 * 180, rel=0.02)


def test_predictions_repeat() -> None:
    assert predict(RUNS, [CALM], SHARES, MADE) == FOUND[:1]


def test_a_run_with_a_death_in_it_has_ages_of_the_brokers_patience() -> None:
    demand, random = demand_of(RUNS), np.random.default_rng(1)
    made, killing = Made(1.0, 12.0), replace(CALM, kill=True)
    calm = outcome(demand, CALM, SHARES[0.5], made, random)
    lost = [outcome(demand, killing, SHARES[0.5], made, random) for _ in range(10)]
    assert max(each["age_p99"] for each in lost) > 10 * calm["age_p99"]


def test_an_uneven_handler_waits_longer() -> None:
    uneven = predict(RUNS, [replace(CALM, variation=1.5)], SHARES, MADE)[0].expected
    assert uneven["age_p95"].value > 1.3 * FOUND[0].expected["age_p95"].value


def test_the_score_has_a_line_for_each_measure() -> None:
    holdout = pd.DataFrame([run(3, 300.0, age_p50=0.02), run(3, 300.0, age_p50=0.03)])
    scored = score(to_json(FOUND), holdout, RUNS).set_index("measure")
    assert scored.loc["age_p50", "measured"] == pytest.approx(0.025)
    assert (scored.loc["age_p50", "least"], scored.loc["age_p50", "most"]) == (0.02, 0.03)
    assert scored.loc["throughput", "error"] == pytest.approx(0, abs=0.04)
    assert scored.loc["throughput", "inside"]
    assert skill(scored.reset_index())["age_p50"] <= 1


@pytest.mark.parametrize(
    "other", [run(5, 300.0), run(3, 310.0), run(3, 300.0, kill=True), run(3, 300.0, zipf=1.1)]
)
def test_holdouts_that_nobody_predicted_are_refused(other: dict[str, object]) -> None:
    with pytest.raises(ForeignData, match="no hold-out run belongs to a prediction"):
        score(to_json(FOUND), pd.DataFrame([other]), RUNS)


def test_the_naive_percentile_of_one_server_is_exact() -> None:
    demand = Demand(occupancy=0.01, service=0.01)
    # M/M/1: the wait is beyond t with probability rho exp(-(mu - lambda) t).
    expected = 0.01 + math.log(0.8 / 0.01) / (100 - 80)
    assert erlang_percentile(demand, 1, 80.0, 99) == pytest.approx(expected)


def test_the_naive_throughput_is_that_of_one_worker_times_their_number() -> None:
    scored = score(to_json(FOUND), pd.DataFrame([run(3, 900.0)]), RUNS)
    assert scored["naive"].tolist() == [3 * 180]
