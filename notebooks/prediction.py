"""Predictions made before the measurement, and the score after it.

The protocol: fit on calibration runs, write predictions with their intervals to a file that names
the data by its hash, only then measure the hold-outs, then score, misses included. What is
predicted is the run as it will be made: so many seconds from an empty broker on, the first ones not
counted, and of the repetitions the median. Pure arithmetic; ``__main__`` reads and writes. Seconds
and events/s.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from notebooks.capacity import Demand, erlang_c, mean_wait
from notebooks.fitting import Interval
from notebooks.measurements import (
    ForeignData,
    demand_of,
    is_saturated,
    saturated_rates,
)
from notebooks.protocol import Planned
from notebooks.simulation import play, poisson

Floats = npt.NDArray[np.float64]
MEASURES = ("throughput", "age_p50", "age_p95", "age_p99")
RESAMPLES = 24


@dataclass(frozen=True, slots=True)
class Made:
    """How a run is made: ``window`` seconds are counted after ``warm_up``, so many times over."""

    warm_up: float = 2.0
    window: float = 8.0
    repetitions: int = 3

    @property
    def seconds(self) -> float:
        """From the first event to the last."""
        return self.warm_up + self.window


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the runs of a point will show; no ages where the fleet is overloaded."""

    planned: Planned
    expected: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One draw of the calibration runs: what an event asks, and how single runs differ from it.

    ``moods`` has a row for each run below saturation: its service time and its way into the broker
    as multiples of the median's. A machine is quicker in one minute than in the next.
    """

    demand: Demand
    moods: Floats

    def of(self, planned: Planned, random: np.random.Generator) -> Demand:
        """The demand of one run of that point."""
        slower, farther = self.moods[random.integers(len(self.moods))]
        return replace(
            self.demand,
            occupancy=self.demand.occupancy * slower,
            service=self.demand.service * slower,
            entry=self.demand.entry * farther,
            hand_over=self.demand.hand_over * farther,
            variation=math.hypot(self.demand.variation, planned.variation),
        )


def predict(
    frame: pd.DataFrame,
    points: Sequence[Planned],
    shares: Mapping[float, Floats],
    made: Made,
    seed: int = 1,
) -> list[Prediction]:
    """Predict points from calibration runs.

    The interval covers what resampling the calibration runs, other arrivals and the machine's moods
    change.

    Args:
        frame: the calibration runs.
        points: what will be measured.
        shares: the lanes' parts of the events, by ``zipf``.
        made: how the runs will be made.
        seed: of everything random.
    """
    random = np.random.default_rng(seed)
    draws = [_calibrated(rows) for rows in _resampled(frame, random)]
    found = []
    for planned in points:
        drawn = [_median(each, planned, shares[planned.zipf], made, random) for each in draws]
        measures = MEASURES[:1] if planned.is_overload else MEASURES
        expected = {name: _interval([one[name] for one in drawn]) for name in measures}
        found.append(Prediction(planned, expected))
    return found


def _calibrated(frame: pd.DataFrame) -> Calibrated:
    calm = frame[~is_saturated(frame)]
    factors = [calm[name] / calm[name].median() for name in ("service_mean", "stored_p50")]
    return Calibrated(demand_of(frame), np.column_stack(factors))


def _resampled(frame: pd.DataFrame, random: np.random.Generator) -> list[pd.DataFrame]:
    """The runs, drawn anew within each point: each point stays in the picture."""
    points = [rows for _, rows in frame.groupby(["workers", "rate"])]
    return [
        pd.concat([rows.iloc[random.integers(0, len(rows), len(rows))] for rows in points])
        for _ in range(RESAMPLES)
    ]


def _median(
    calibrated: Calibrated,
    planned: Planned,
    shares: Floats,
    made: Made,
    random: np.random.Generator,
) -> dict[str, float]:
    """The median of as many plays as there will be runs."""
    plays = [
        outcome(calibrated.of(planned, random), planned, shares, made, random)
        for _ in range(made.repetitions)
    ]
    return {name: float(np.median([each[name] for each in plays])) for name in MEASURES}


def outcome(
    demand: Demand, planned: Planned, shares: Floats, made: Made, random: np.random.Generator
) -> dict[str, float]:
    """What one run will show, by measure."""
    arrivals = poisson(planned.rate, made.seconds, random)
    killed_at = made.warm_up + made.window / 2 if planned.kill else math.inf
    played = play(demand, planned.workers, arrivals, shares, random, killed_at)
    counted = played.since(made.warm_up)
    ages = {f"age_p{percent}": counted.percentile(percent) for percent in (50, 95, 99)}
    return {"throughput": played.throughput(made.warm_up, made.seconds), **ages}


def _interval(values: Sequence[float]) -> Interval:
    low, middle, high = np.percentile(values, [5, 50, 95])
    return Interval(float(middle), float(low), float(high))


def to_json(predictions: Iterable[Prediction]) -> list[dict[str, Any]]:
    """Plain values."""
    return [
        {**asdict(prediction.planned), "expected": asdict(prediction)["expected"]}
        for prediction in predictions
    ]


def erlang_percentile(demand: Demand, workers: int, rate: float, percent: float) -> float:
    """What the naive model says: M/M/c with one queue for all workers; infinite when overloaded."""
    load = rate * demand.occupancy
    waiting, mean = erlang_c(workers, load), mean_wait(rate, workers, demand.occupancy)
    beyond = 1 - percent / 100
    wait = mean / waiting * math.log(waiting / beyond) if waiting > beyond else 0.0
    return demand.entry + demand.hand_over + demand.service + max(0.0, wait)


def runs_of(frame: pd.DataFrame, point: Mapping[str, Any]) -> pd.DataFrame:
    """The runs that were made of a point."""
    same: pd.Series[bool] = (
        (frame["workers"] == int(point["workers"]))
        & np.isclose(frame["rate"], float(point["rate"]))
        & (frame["handler"] == point["handler"])
        & np.isclose(frame["zipf"], float(point["zipf"]))
        & (frame["kill"].astype(bool) == bool(point["kill"]))
    )
    return frame.loc[same]


def score(
    predictions: Sequence[dict[str, Any]], holdout: pd.DataFrame, calibration: pd.DataFrame
) -> pd.DataFrame:
    """Predicted against measured, one row for each point and measure.

    Columns: workers, rate, handler, zipf, kill, measure, predicted, low, high, measured (median of
    the repetitions), least and most (of them), error (relative), inside (of the interval), naive
    (Erlang C; for throughput N times one worker).

    Raises:
        ForeignData: nothing was measured that had been predicted.
    """
    demand, single = demand_of(calibration), _single(calibration)
    rows = []
    for prediction in predictions:
        point = {name: value for name, value in prediction.items() if name != "expected"}
        runs = runs_of(holdout, point)
        for measure, interval in prediction["expected"].items() if len(runs) else ():
            measured = float(runs[measure].median())
            rows.append(
                {
                    **point,
                    "measure": measure,
                    "predicted": interval["value"],
                    "low": interval["low"],
                    "high": interval["high"],
                    "measured": measured,
                    "least": float(runs[measure].min()),
                    "most": float(runs[measure].max()),
                    "error": interval["value"] / measured - 1,
                    "inside": interval["low"] <= measured <= interval["high"],
                    "naive": _naive(demand, single, point, measure),
                }
            )
    if not rows:
        raise ForeignData("no hold-out run belongs to a prediction")
    return pd.DataFrame(rows)


def _single(calibration: pd.DataFrame) -> float:
    """Events/s of one worker at its ceiling, as measured; infinite when nobody looked."""
    full = saturated_rates(calibration)
    alone = full.loc[full["workers"] == 1, "throughput"]
    return float(alone.median()) if len(alone) else math.inf


def _naive(demand: Demand, single: float, point: Mapping[str, Any], measure: str) -> float:
    workers, rate = int(point["workers"]), float(point["rate"])
    if measure == "throughput":
        return min(rate, workers * single)
    return erlang_percentile(demand, workers, rate, float(measure.removeprefix("age_p")))


def skill(scored: pd.DataFrame) -> "pd.Series[float]":
    """By measure: the part of the naive model's error that ours does not make; 1 is perfect.

    Points for which the naive model has no finite answer are left out.
    """
    known = scored[np.isfinite(scored["naive"])]

    def miss(column: str) -> "pd.Series[float]":
        found: pd.Series[float] = (known[column] - known["measured"]).abs()
        return found.groupby(known["measure"]).mean()

    return 1 - miss("predicted") / miss("naive")
