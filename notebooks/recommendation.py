"""How many replicas were recommended for a latency, and how many were found to suffice.

The recommendation of a protocol's file is made before anything is measured; afterwards the fleets
of several sizes at that rate say where the truth lies: above the largest that missed the latency,
at most the smallest that kept it. Rates are events/s, times seconds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from notebooks.measurements import ForeignData
from notebooks.prediction import Floats, Made, Prediction, predict, runs_of
from notebooks.protocol import LATENCIES, STEPS, Planned

PERCENTILE = "age_p95"
MOST = 10
"""Fleets up to this size are asked."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The smallest fleet whose 95th percentile keeps ``latency``; None: none up to ``MOST``."""

    rate: float
    latency: float
    replicas: int | None


def recommend(
    frame: pd.DataFrame, shares: Mapping[float, Floats], made: Made, seed: int = 1
) -> list[dict[str, Any]]:
    """For each rate of the protocol's steps and each of its latencies; plain values."""
    found = []
    for rate, measured in STEPS.items():
        most = max(MOST, *measured)
        least = max(1, min(measured) - 1)
        points = [Planned(workers, rate) for workers in range(least, most + 1)]
        predicted = predict(frame, points, shares, made, seed)
        found += [
            asdict(Recommendation(rate, latency, _smallest(predicted, latency)))
            for latency in LATENCIES
        ]
    return found


def _smallest(predicted: Sequence[Prediction], latency: float) -> int | None:
    """Overloaded fleets have no age, and keep no latency."""
    for prediction in predicted:
        age = prediction.expected.get(PERCENTILE)
        if age is not None and age.value <= latency:
            return prediction.planned.workers
    return None


def measured_by_replicas(holdout: pd.DataFrame, rate: float) -> "pd.Series[float]":
    """The median 95th percentile by workers, ascending, of all runs of the steps at that rate."""
    point = Planned(0, rate)
    ages = {
        workers: runs_of(holdout, {**asdict(point), "workers": workers})[PERCENTILE].median()
        for workers in sorted(set(holdout["workers"]))
    }
    return pd.Series(ages, dtype=float).dropna()


def judge(recommendations: Sequence[Mapping[str, Any]], holdout: pd.DataFrame) -> pd.DataFrame:
    """Each recommendation beside what was measured.

    Columns: rate, latency, replicas (recommended; NaN for none), too_few (the largest fleet that
    missed the latency, 0 for none), enough (the smallest that kept it, infinite for none), off (by
    how many replicas the recommendation is outside of what these two allow).

    Raises:
        ForeignData: no fleet was measured at these rates.
    """
    rows = []
    for each in recommendations:
        ages = measured_by_replicas(holdout, float(each["rate"]))
        if ages.empty:
            continue
        kept = ages.index[ages <= each["latency"]]
        enough = float(min(kept)) if len(kept) else math.inf
        missed = [int(size) for size in ages.index if size < enough]
        too_few = max(missed, default=0)
        replicas = float(each["replicas"] or math.inf)
        rows.append({**each, "replicas": replicas, "too_few": too_few, "enough": enough})
    if not rows:
        raise ForeignData("no hold-out run is at the rate of a recommendation")
    judged = pd.DataFrame(rows)
    judged["off"] = [_off(row) for row in judged.to_dict("records")]
    return judged


def _off(row: Mapping[Any, Any]) -> float:
    """Replicas below the least or above the most that the measurement allows; 0 inside."""
    replicas, too_few, enough = row["replicas"], row["too_few"], row["enough"]
    if np.isinf(replicas) and np.isinf(enough):
        return 0.0
    if replicas <= too_few:
        return float(replicas - too_few - 1)
    return float(max(0.0, replicas - enough))
