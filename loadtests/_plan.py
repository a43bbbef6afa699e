"""``python -m loadtests plan``: from a data set and a need to what a deployment is told."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from notebooks.advice import Advice, Need, advise
from notebooks.capacity import NoAnswer
from notebooks.measurements import (
    ForeignData,
    cpu_per_event,
    demand_of,
    is_saturated,
    lane_shares,
    read,
    read_sheet,
)

NEEDS = ("rate", "slo_p99", "headroom", "outage", "recovery", "hottest_guild")
CANNOT = (NoAnswer, ForeignData, OSError)
"""What ``run`` raises when there is no plan; each says why."""
SPARE = 1.5
"""Memory is requested above what was seen: a limit that is met kills the worker."""
MIB = 1 << 20


def run(data: Path, need: Mapping[str, float], out: Path | None) -> None:
    """Write the plan to ``out``, or print it.

    Raises:
        NoAnswer: no number of replicas does it.
        ForeignData: the data set cannot be used.
    """
    frame = read(data)
    wanted = {name: value for name, value in need.items() if name != "slo_p99"}
    asked = Need(slo=need["slo_p99"], **wanted)
    shares = lane_shares(read_sheet(data), float(frame["zipf"].iloc[0]))
    advice = advise(demand_of(frame), asked, shares)
    text = json.dumps(plan_of(frame, asked, advice), indent=2) + "\n"
    if out is None:
        print(text, end="")
    else:
        out.write_text(text)
        print(f"{out}: {advice.replicas} replicas, because of {advice.because}")


def plan_of(frame: pd.DataFrame, need: Need, advice: Advice) -> dict[str, Any]:
    """Replicas, resource requests of one of them, and the autoscaler's threshold."""
    calm = frame[~is_saturated(frame)]
    idle = float((calm["worker_cores"] / calm["workers"]).min())
    cores = idle + cpu_per_event(calm) * need.rate / advice.replicas
    memory = float(calm["worker_rss"].max()) * SPARE / MIB
    return {
        "replicas": advice.replicas,
        "because": advice.because,
        "resources": {
            "requests": {
                "cpu": f"{max(10, math.ceil(cores * 100) * 10)}m",
                "memory": f"{math.ceil(memory / 16) * 16}Mi",
            }
        },
        "scaler": {"lagThreshold": str(advice.backlog_per_replica)},
        "expected": {
            "rate": need.rate,
            "utilisation": round(advice.utilisation, 3),
            "p99_seconds": round(advice.latency, 4),
            "ceiling": round(advice.ceiling, 1),
            "drain_seconds": round(advice.drain, 1),
        },
    }
