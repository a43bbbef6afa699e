"""``python -m notebooks predict|score``: predictions before the measurement, the score after it."""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from notebooks.measurements import ForeignData, lane_shares, read, read_sheet
from notebooks.prediction import Made, predict, score, to_json
from notebooks.protocol import HELD_OUT, Planned
from notebooks.recommendation import judge, recommend
from notebooks.report import markdown

DATA = Path(__file__).parent / "data"
WRONG_DATA = 2


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_predictions(
    calibration: Path, out: Path, made: Made, points: Sequence[Planned] = HELD_OUT
) -> None:
    """Predict these points, recommend replicas, and write both down with the data's hash.

    Raises:
        ForeignData: the calibration runs cannot be used.
    """
    frame, sheet = read(calibration), read_sheet(calibration)
    shares = {each.zipf: lane_shares(sheet, each.zipf) for each in points}
    found = {
        "calibration_sha256": digest(calibration),
        "predictions": to_json(predict(frame, points, shares, made)),
        "recommendations": recommend(frame, shares, made),
    }
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(f"{out}: {len(points)} points predicted, sha256 {digest(out)}", flush=True)


def _predict(options: argparse.Namespace) -> None:
    made = Made(window=options.window, repetitions=options.repetitions)
    write_predictions(options.calibration, options.out, made)


def scored(
    predictions: Path, calibration: Path, holdout: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions and recommendations beside what was measured.

    Raises:
        ForeignData: the predictions were made from other data, or nothing belongs to them.
    """
    try:
        found: dict[str, Any] = json.loads(predictions.read_text())
        same = found["calibration_sha256"] == digest(calibration)
    except (ValueError, KeyError, TypeError):
        raise ForeignData(f"{predictions} holds no predictions") from None
    if not same:
        raise ForeignData(f"{predictions} was made from other data than {calibration}")
    measured = read(holdout)
    return (
        score(found["predictions"], measured, read(calibration)),
        judge(found["recommendations"], measured),
    )


def _score(options: argparse.Namespace) -> None:
    print(markdown(*scored(options.predictions, options.calibration, options.holdout)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m notebooks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("predict", help="before the hold-outs are measured")
    making.add_argument("--out", type=Path, default=DATA / "predictions.json")
    making.add_argument("--window", type=float, default=8.0, help="seconds counted of a run (8)")
    making.add_argument("--repetitions", type=int, default=3, help="runs of a point (3)")
    making.set_defaults(run=_predict)
    scoring = commands.add_parser("score", help="after it")
    scoring.add_argument("--predictions", type=Path, default=DATA / "predictions.json")
    scoring.add_argument("--holdout", type=Path, default=DATA / "holdout.parquet")
    scoring.set_defaults(run=_score)
    for command in (making, scoring):
        command.add_argument("--calibration", type=Path, default=DATA / "calibration.parquet")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ForeignData, OSError) as wrong:
        print(f"python -m notebooks: {wrong}", file=sys.stderr)
        return WRONG_DATA
    return 0


if __name__ == "__main__":
    sys.exit(main())
