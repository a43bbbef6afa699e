"""``python -m notebooks predict|score``: predictions before the measurement, the score after it."""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from notebooks.measurements import ForeignData, demand_of, lane_shares, read, read_sheet
from notebooks.prediction import predict, score, skill, to_json

DATA = Path(__file__).parent / "data"
WRONG_DATA = 2


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _points(text: str) -> list[tuple[int, float]]:
    """``3x155,6x172``: workers x events/s of each."""
    try:
        pairs = (part.split("x") for part in text.split(","))
        return [(int(workers), int(workers) * float(rate)) for workers, rate in pairs]
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be like 3x155,6x172, not {text}") from None


def _predict(options: argparse.Namespace) -> None:
    frame = read(options.calibration)
    zipf = float(frame["zipf"].iloc[0])
    shares = lane_shares(read_sheet(options.calibration), zipf)
    found = {
        "calibration_sha256": _digest(options.calibration),
        "predictions": to_json(predict(frame, options.points, shares)),
    }
    options.out.write_text(json.dumps(found, indent=2) + "\n")
    print(f"{options.out}: {len(found['predictions'])} predictions, sha256 {_digest(options.out)}")


def _score(options: argparse.Namespace) -> None:
    found = json.loads(options.predictions.read_text())
    if found["calibration_sha256"] != _digest(options.calibration):
        raise ForeignData(f"{options.predictions} was made from other data")
    demand = demand_of(read(options.calibration))
    scored = score(found["predictions"], read(options.holdout), demand)
    with pd.option_context("display.width", 140, "display.precision", 4):
        print(scored.to_string(index=False))
        print(f"\nmedian error\n{scored['error'].abs().groupby(scored['measure']).median()}")
        print(f"\nskill against the naive model\n{skill(scored)}")
        print(f"\ninside the interval: {scored['inside'].mean():.0%}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m notebooks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("predict", help="before the hold-outs are measured")
    making.add_argument("--points", type=_points, required=True, help="like 3x155,6x172")
    making.add_argument("--out", type=Path, default=DATA / "predictions.json")
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
