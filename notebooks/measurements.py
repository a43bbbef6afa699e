"""Reads a sweep's data set and turns its runs into what the capacity model needs.

Units as in the data set: seconds, events/s, cores, bytes. Only valid runs count.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from notebooks.capacity import Demand

COLUMNS = {
    *("handler", "kind", "workers", "rate", "zipf", "repetition", "valid", "hot_share"),
    *("throughput", "offered_rate", "service_mean", "service_deviation", "worker_cores"),
    *("age_mean", "age_p50", "age_p95", "age_p99", "stored_p50", "stored_p99"),
}
SATURATED = 0.97
"""A fleet that handles a smaller part of what comes than this is at its ceiling."""
HOLDS_ITS_THREAD = ("block", "cpu")
P99 = 2.326
"""Standard deviations above the median of a normal distribution at which 99 % are below."""


class ForeignData(Exception):  # noqa: N818
    """There is nothing to work with; the text says why and what to do."""


def read(path: Path) -> pd.DataFrame:
    """The valid runs of a data set.

    Raises:
        ForeignData: no file, not a sweep's, or no valid run in it.
    """
    if not path.exists():
        raise ForeignData(f"there is no {path}: python -m loadtests sweep --out {path}")
    try:
        frame = pd.read_parquet(path)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise ForeignData(f"{path} is no Parquet file: {wrong}") from None
    missing = sorted(COLUMNS - set(frame.columns))
    if missing:
        raise ForeignData(f"{path} is not a sweep's data set: no column {', '.join(missing)}")
    valid = frame[frame["valid"].astype(bool)].reset_index(drop=True)
    if valid.empty:
        raise ForeignData(f"{path} has no valid run among {len(frame)}: measure again")
    return valid


def read_sheet(path: Path) -> dict[str, Any]:
    """The machine, versions and settings that stand beside a data set.

    Raises:
        ForeignData: there is no sheet, or it is no JSON.
    """
    sheet_path = path.with_suffix(".json")
    try:
        sheet: dict[str, Any] = json.loads(sheet_path.read_text())
    except (OSError, ValueError) as wrong:
        raise ForeignData(f"{path} has no readable sheet {sheet_path.name}: {wrong}") from None
    return sheet


def lane_shares(sheet: dict[str, Any], zipf: float) -> npt.NDArray[np.float64]:
    """The share of the events that each lane had, summing to 1.

    Raises:
        ForeignData: the sheet does not have them.
    """
    try:
        shares = np.array(sheet["settings"]["lane_shares"][f"{zipf:g}"], dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        raise ForeignData(f"the sheet names no lane_shares of zipf {zipf:g}") from None
    return np.asarray(shares / shares.sum())


def is_saturated(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which runs were offered more than the fleet could do."""
    return frame["throughput"] < SATURATED * frame["offered_rate"]


def cpu_per_event(frame: pd.DataFrame) -> float:
    """CPU seconds of a worker for one event, without what it uses when idle.

    The slope of cores over events/s, both by worker: the intercept is the price of being there.
    """
    events = frame["throughput"] / frame["workers"]
    cores = frame["worker_cores"] / frame["workers"]
    known = cores.notna() & events.notna()
    if known.sum() < 2 or np.ptp(events[known]) == 0:
        raise ForeignData("the CPU per event needs runs at two rates or more")
    slope, _ = np.polyfit(events[known], cores[known], 1)
    return float(max(slope, 1e-6))


def demand_of(frame: pd.DataFrame) -> Demand:
    """What one event asks, from the runs of one handler.

    What a ceiling showed is believed before what is computed from parts: a worker that always has
    something to do shows how long an event occupies it. One worker alone does; of several, some
    may wait for others.

    Raises:
        ForeignData: several handlers, or no run below saturation.
    """
    calm = _calm(frame)
    service = float(calm["service_mean"].median())
    entry = float(calm["stored_p50"].median())
    per_worker = calm["rate"] / calm["workers"]
    quietest = calm[per_worker <= per_worker.min() * 1.01]
    path = float(quietest["age_p50"].median()) - service
    return Demand(
        occupancy=_occupancy(frame, calm, service),
        service=service,
        variation=float((calm["service_deviation"] / calm["service_mean"]).median()),
        entry=min(entry, max(0.0, path)),
        hand_over=max(0.0, path - entry),
        jitter=_jitter(calm),
        hot_share=float(calm["hot_share"].max()),
    )


def _calm(frame: pd.DataFrame) -> pd.DataFrame:
    if frame["handler"].nunique() != 1:
        raise ForeignData(f"one handler at a time, not {sorted(frame['handler'].unique())}")
    calm = frame[~is_saturated(frame)]
    if calm.empty:
        raise ForeignData("every run is saturated: measure at lower rates too")
    return calm


def _occupancy(frame: pd.DataFrame, calm: pd.DataFrame, service: float) -> float:
    """Seconds of a worker's thread.

    A handler that computes or blocks holds the thread for all of its time; of one that waits, only
    the CPU counts, and its ceiling may be that of the lanes.
    """
    holds = str(frame["kind"].iloc[0]) in HOLDS_ITS_THREAD
    full = saturated_rates(frame)
    if holds and not full.empty:
        fewest = full[full["workers"] == full["workers"].min()]
        return float((fewest["workers"] / fewest["throughput"]).median())
    # The CPU of a computing handler is in the slope already.
    held = service if str(frame["kind"].iloc[0]) == "block" else 0.0
    return held + cpu_per_event(calm)


def _jitter(calm: pd.DataFrame) -> float:
    """How the way into the broker spreads, as a log-normal distribution."""
    ratio = float((calm["stored_p99"] / calm["stored_p50"]).median())
    return math.log(ratio) / P99 if ratio > 1 else 0.0


def saturated_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """The throughput of the runs at the ceiling: columns ``workers`` and ``throughput``."""
    return frame.loc[is_saturated(frame), ["workers", "throughput"]].reset_index(drop=True)
