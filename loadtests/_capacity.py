"""``python -m loadtests capacity``: the protocol of the notebooks on this machine.

Calibrate at low load, predict fleets that were not measured, write the predictions down, measure
those fleets, score. The handler blocks (``block:5ms``): it occupies a worker as computing would, so
that six workers can be measured where there are fewer cores.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from loadtests._sweep import Sweep
from loadtests._sweep import run as sweep
from notebooks.__main__ import main as notebooks

CALIBRATED, RATES = (1, 2, 4), (60.0, 100.0, 130.0, 240.0)
"""Workers, and events/s of each: a third to two thirds of the ceiling, and beyond it."""
HELD_OUT = (((3, 6), (100.0, 153.0)), ((2, 4), (171.0,)))
"""Other numbers of workers, and 85 % and 95 % of the ceiling."""


PASSES = 3
"""A run that something else on the machine made invalid is measured again, so often at most."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """Where the data sets go, and how thoroughly each point is measured (seconds)."""

    data: Path
    directory: Path
    duration: float
    repetitions: int


def run(protocol: Protocol, environ: Mapping[str, str]) -> int:
    """Measure anew, replacing the data sets, and print the score; 0 when it could be done.

    Raises:
        PartFailed, NatsServerMissing: as for a sweep.
    """
    fresh = protocol.directory / "data"
    calibration, holdout = fresh / "calibration.parquet", fresh / "holdout.parquet"
    predictions = fresh / "predictions.json"
    base = Sweep(
        out=calibration,
        directory=protocol.directory,
        handlers=("block:5ms",),
        workers=CALIBRATED,
        rates=RATES,
        per_worker=True,
        duration=protocol.duration,
        repetitions=protocol.repetitions,
        guilds=5000,
        zipf=(0.5,),
    )
    _measure(base, environ)
    points = ",".join(f"{n}x{rate:g}" for ns, rates in HELD_OUT for n in ns for rate in rates)
    files = ["--calibration", str(calibration)]
    status = notebooks(["predict", "--points", points, "--out", str(predictions), *files])
    if status:
        return status
    for workers, rates in HELD_OUT:
        _measure(replace(base, out=holdout, workers=workers, rates=rates), environ)
    shutil.copytree(fresh, protocol.data, dirs_exist_ok=True)
    data = [f"--{name}={protocol.data / name}.parquet" for name in ("calibration", "holdout")]
    return notebooks(["score", f"--predictions={protocol.data / 'predictions.json'}", *data])


def _measure(wanted: Sweep, environ: Mapping[str, str]) -> None:
    for _ in range(PASSES):
        if sweep(wanted, environ) == 0:
            return
