"""``python -m loadtests capacity``: the protocol of the notebooks on this machine.

Calibrate at low load, predict fleets that were not measured, write the predictions down, measure
those fleets, score. Which runs these are stands in ``notebooks/protocol.py``.
"""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadtests._points import Point, shuffled
from loadtests._sweep import Sweep, measure
from loadtests._verdict import LATENESS_LIMIT
from notebooks.__main__ import main as notebooks
from notebooks.__main__ import write_predictions
from notebooks.prediction import Made
from notebooks.protocol import CALIBRATION, HELD_OUT, Planned

PASSES = 3
"""A run that something else on the machine made invalid is measured again, so often at most."""
CALIBRATION_REPETITIONS = 2


@dataclass(frozen=True, slots=True)
class Protocol:
    """Where the data sets go, and how thoroughly each point is measured (seconds)."""

    data: Path
    directory: Path
    duration: float
    repetitions: int
    calibration: Sequence[Planned] = CALIBRATION
    held_out: Sequence[Planned] = HELD_OUT
    lateness_limit: float = LATENESS_LIMIT


def run(protocol: Protocol, environ: Mapping[str, str]) -> int:
    """Measure anew, replacing the data sets, and print the score; 0 when it could be done.

    Raises:
        PartFailed, NatsServerMissing: as for a sweep.
        ForeignData: so little was measured that nothing can be predicted.
    """
    began = time.monotonic()
    fresh = protocol.directory / "data"
    calibration, holdout = fresh / "calibration.parquet", fresh / "holdout.parquet"
    predictions = fresh / "predictions.json"
    base = Sweep(
        out=calibration,
        directory=protocol.directory,
        handlers=tuple(dict.fromkeys(each.handler for each in protocol.held_out)),
        workers=(),
        rates=(),
        duration=protocol.duration,
        repetitions=protocol.repetitions,
        lateness_limit=protocol.lateness_limit,
        guilds=5000,
        zipf=tuple(dict.fromkeys(each.zipf for each in protocol.held_out)),
    )
    repetitions = min(CALIBRATION_REPETITIONS, protocol.repetitions)
    _measure(base, protocol.calibration, repetitions, environ)
    made = Made(base.warm_up, base.duration, protocol.repetitions)
    write_predictions(calibration, predictions, made, protocol.held_out)
    _measure(replace(base, out=holdout), protocol.held_out, protocol.repetitions, environ)
    shutil.copytree(fresh, protocol.data, dirs_exist_ok=True)
    print(f"measured and predicted in {(time.monotonic() - began) / 60:.1f} minutes")
    data = [f"--{name}={protocol.data / name}.parquet" for name in ("calibration", "holdout")]
    return notebooks(["score", f"--predictions={protocol.data / 'predictions.json'}", *data])


def _measure(
    sweep: Sweep, planned: Sequence[Planned], repetitions: int, environ: Mapping[str, str]
) -> None:
    points = [
        Point(each.handler, each.workers, each.rate, each.zipf, repetition, each.kill)
        for each in planned
        for repetition in range(repetitions)
    ]
    for _ in range(PASSES):
        if measure(sweep, shuffled(points, sweep.seed), environ) == 0:
            return
