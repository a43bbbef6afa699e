"""Predictions made before the measurement, and the score after it.

The protocol: fit on calibration runs, write predictions with their intervals to a file that names
the data by its hash, commit it, only then measure the hold-outs, then score, misses included.
Pure arithmetic; ``__main__`` reads and writes. Seconds and events/s.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from notebooks.capacity import Demand, ceiling, erlang_c, mean_wait
from notebooks.fitting import Interval
from notebooks.measurements import ForeignData, demand_of
from notebooks.simulation import play, poisson

Floats = npt.NDArray[np.float64]
MEASURES = ("throughput", "age_p50", "age_p95", "age_p99")
EVENTS = 6_000
RESAMPLES = 30
WINDOW = 8.0
"""Seconds that a hold-out run is measured for."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run with so many workers at that rate will show."""

    workers: int
    rate: float
    expected: dict[str, Interval]


def predict(
    frame: pd.DataFrame, points: Iterable[tuple[int, float]], shares: Floats, seed: int = 1
) -> list[Prediction]:
    """Predict runs by (workers, rate) from calibration runs.

    The interval covers what resampling the runs and playing anew with another seed change.
    """
    random = np.random.default_rng(seed)
    demands = [demand_of(frame), *_resampled(frame, random)]
    found = []
    for workers, rate in points:
        drawn = [_outcome(demand, workers, rate, shares, random) for demand in demands]
        expected = {
            measure: _interval([outcome[measure] for outcome in drawn]) for measure in MEASURES
        }
        found.append(Prediction(workers, rate, expected))
    return found


def _resampled(frame: pd.DataFrame, random: np.random.Generator) -> list[Demand]:
    demands: list[Demand] = []
    for _ in range(RESAMPLES * 3):
        rows = frame.iloc[random.integers(0, len(frame), len(frame))]
        try:
            demands.append(demand_of(rows))
        except ForeignData:  # a draw without variety says nothing
            continue
        if len(demands) == RESAMPLES:
            break
    return demands


def _outcome(
    demand: Demand, workers: int, rate: float, shares: Floats, random: np.random.Generator
) -> dict[str, float]:
    top = ceiling(demand, workers).rate
    if rate >= top:
        return {"throughput": top} | dict.fromkeys(MEASURES[1:], math.inf)
    played = play(demand, workers, poisson(rate, EVENTS, random), shares, random)
    ages = {f"age_p{percent}": played.percentile(percent) for percent in (50, 95, 99)}
    # Arrivals are random: so many seconds see more or fewer of them.
    arrived = rate + random.normal(0, math.sqrt(rate / WINDOW))
    return {"throughput": min(arrived, top), **ages}


def _interval(values: Sequence[float]) -> Interval:
    if any(math.isinf(value) for value in values):
        return Interval(math.inf, math.inf, math.inf)
    low, middle, high = np.percentile(values, [5, 50, 95])
    return Interval(float(middle), float(low), float(high))


def to_json(predictions: Iterable[Prediction]) -> list[dict[str, Any]]:
    """Plain values; an infinite age (overload) is null."""
    rows = [asdict(prediction) for prediction in predictions]
    for row in rows:
        for measure, interval in row["expected"].items():
            finite = all(math.isfinite(value) for value in interval.values())
            row["expected"][measure] = interval if finite else None
    return rows


def erlang_percentile(demand: Demand, workers: int, rate: float, percent: float) -> float:
    """What the naive model says: M/M/c with one queue for all workers."""
    load = rate * demand.occupancy
    waiting, mean = erlang_c(workers, load), mean_wait(rate, workers, demand.occupancy)
    beyond = 1 - percent / 100
    wait = mean / waiting * math.log(waiting / beyond) if waiting > beyond else 0.0
    return demand.path + demand.service + max(0.0, wait)


def score(
    predictions: Sequence[dict[str, Any]], holdout: pd.DataFrame, demand: Demand
) -> pd.DataFrame:
    """Predicted against measured, one row for each point and measure.

    Columns: workers, rate, measure, predicted, low, high, measured (median of the repetitions),
    error (relative), inside (of the interval), naive (Erlang C; for throughput N times one worker).
    """
    rows = []
    for prediction in predictions:
        workers, rate = int(prediction["workers"]), float(prediction["rate"])
        runs = holdout[(holdout["workers"] == workers) & np.isclose(holdout["rate"], rate)]
        for measure, interval in prediction["expected"].items():
            if interval is None or runs.empty:
                continue
            measured = float(runs[measure].median())
            predicted = interval["value"]
            rows.append(
                {
                    "workers": workers,
                    "rate": rate,
                    "measure": measure,
                    "predicted": predicted,
                    "low": interval["low"],
                    "high": interval["high"],
                    "measured": measured,
                    "error": predicted / measured - 1,
                    "inside": interval["low"] <= measured <= interval["high"],
                    "naive": _naive(demand, workers, rate, measure),
                }
            )
    if not rows:
        raise ForeignData("no hold-out run belongs to a prediction")
    return pd.DataFrame(rows)


def _naive(demand: Demand, workers: int, rate: float, measure: str) -> float:
    if measure == "throughput":
        return min(rate, workers / demand.occupancy)
    return erlang_percentile(demand, workers, rate, float(measure.removeprefix("age_p")))


def skill(scored: pd.DataFrame) -> "pd.Series[float]":
    """By measure: the part of the naive model's error that ours does not make; 1 is perfect."""
    ours = (scored["predicted"] - scored["measured"]).abs().groupby(scored["measure"]).mean()
    naive = (scored["naive"] - scored["measured"]).abs().groupby(scored["measure"]).mean()
    return 1 - ours / naive
