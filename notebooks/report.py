"""The score of a protocol as the table that stands in the README. Pure."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from notebooks.prediction import skill
from notebooks.protocol import HANDLER

SHOWN = ("throughput", "age_p50", "age_p95", "age_p99")
BARS = {"throughput": 0.10, "age_p95": 0.25}
"""The errors that are allowed, in the median."""


def markdown(scored: pd.DataFrame, judged: pd.DataFrame) -> str:
    """Points with what was predicted and measured, then the sums, then the recommendations."""
    return "\n\n".join([_points(scored), _sums(scored), _replicas(judged)])


def _points(scored: pd.DataFrame) -> str:
    lines = [
        "| workers | events/s | events/s handled | age p50, ms | p95, ms | p99, ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    keys = ["workers", "rate", "handler", "zipf", "kill"]
    for _, rows in scored.groupby(keys, sort=False):
        by_measure = rows.set_index("measure").to_dict("index")
        first = rows.iloc[0]
        cells = [_cell(by_measure.get(measure), measure) for measure in SHOWN]
        name = f"{first['workers']}{_remark(first)}"
        lines.append(f"| {name} | {first['rate']:.0f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _remark(row: "pd.Series[Any]") -> str:
    if row["kill"]:
        return ", one killed"
    return "" if row["handler"] == HANDLER else ", uneven handler"


def _cell(row: Mapping[Any, Any] | None, measure: str) -> str:
    """Predicted, measured; a miss of the interval is marked."""
    if row is None:
        return ""
    scale, digits = (1, 0) if measure == "throughput" else (1e3, 0 if row["measured"] > 0.02 else 1)
    mark = "" if row["inside"] else " ✗"
    return f"{row['predicted'] * scale:.{digits}f}, {row['measured'] * scale:.{digits}f}{mark}"


def _sums(scored: pd.DataFrame) -> str:
    lines = [
        "| | error, median | worst | bar | inside the 90 % interval | skill against naive |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    skills = skill(scored)
    for measure in SHOWN:
        rows = scored[scored["measure"] == measure]
        error = rows["error"].abs()
        bar = f"{BARS[measure]:.0%}" if measure in BARS else ""
        better = skills.get(measure, math.nan)
        cells = [f"{error.median():.1%}", f"{error.max():.0%}", bar, f"{rows['inside'].mean():.0%}"]
        name = measure.replace("age_", "age ")
        lines.append(f"| {name} | {' | '.join(cells)} | {better:.2f} |")
    return "\n".join(lines)


def _replicas(judged: pd.DataFrame) -> str:
    lines = [
        "| events/s | p95 at most, ms | recommended | measured: too few | measured: enough |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in judged.to_dict("records"):
        counts = [row["replicas"], row["too_few"] or "", row["enough"]]
        shown = ["more" if value == math.inf else _count(value) for value in counts]
        if row["off"]:
            shown[0] += " ✗"
        lines.append(f"| {row['rate']:.0f} | {row['latency'] * 1e3:.0f} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _count(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, (int, float)) else str(value)
