"""Predictions with intervals, and a score that shows the misses."""

import math

import numpy as np
import pandas as pd
import pytest

from notebooks.capacity import Demand
from notebooks.measurements import ForeignData
from notebooks.prediction import erlang_percentile, predict, score, skill, to_json
from tests.unit.notebooks.test_measurements import RUNS, run

SHARES = np.full(64, 1 / 64)
DEMAND = Demand(occupancy=0.0053, service=0.005, path=0.003)
FOUND = predict(RUNS, [(3, 300.0), (3, 900.0)], SHARES)


def test_below_the_ceiling_the_rate_is_handled_with_a_finite_age() -> None:
    expected = FOUND[0].expected
    assert expected["throughput"].value == pytest.approx(300, rel=0.02)
    assert expected["throughput"].low < 300 < expected["throughput"].high
    assert 0.008 < expected["age_p50"].low <= expected["age_p50"].high < 0.03


def test_above_the_ceiling_there_is_a_ceiling_and_no_age() -> None:
    row = to_json(FOUND)[1]
    assert row["expected"]["throughput"]["value"] == pytest.approx(3 / 0.0053, rel=0.01)
    assert row["expected"]["age_p99"] is None


def test_predictions_repeat() -> None:
    assert predict(RUNS, [(3, 300.0)], SHARES) == FOUND[:1]


def test_the_score_has_a_line_for_each_measure() -> None:
    holdout = pd.DataFrame([run(3, 300.0, age_p50=0.02), run(3, 300.0, age_p50=0.03)])
    scored = score(to_json(FOUND), holdout, DEMAND).set_index("measure")
    assert scored.loc["age_p50", "measured"] == pytest.approx(0.025)
    assert scored.loc["throughput", "error"] == pytest.approx(0, abs=0.02)
    assert scored.loc["throughput", "inside"]
    assert skill(scored.reset_index())["age_p50"] <= 1


def test_holdouts_that_nobody_predicted_are_refused() -> None:
    with pytest.raises(ForeignData, match="no hold-out run belongs to a prediction"):
        score(to_json(FOUND), pd.DataFrame([run(5, 10.0)]), DEMAND)


def test_the_naive_percentile_of_one_server_is_exact() -> None:
    demand = Demand(occupancy=0.01, service=0.01)
    # M/M/1: the wait is beyond t with probability rho exp(-(mu - lambda) t).
    expected = 0.01 + math.log(0.8 / 0.01) / (100 - 80)
    assert erlang_percentile(demand, 1, 80.0, 99) == pytest.approx(expected)
