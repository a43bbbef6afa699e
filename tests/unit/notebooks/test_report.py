"""The table of the README shows points, sums, recommendations, and marks every miss."""

import pandas as pd

from notebooks.protocol import HANDLER, UNEVEN_HANDLER
from notebooks.report import markdown


def row(measure: str, predicted: float, measured: float, **changes: object) -> dict[str, object]:
    return {
        "workers": 3, "rate": 246.0, "handler": HANDLER, "variation": 0.0, "zipf": 0.5,
        "kill": False, "measure": measure, "predicted": predicted, "measured": measured,
        "error": predicted / measured - 1, "inside": abs(predicted / measured - 1) < 0.1,
        "naive": measured * 2, **changes,
    }  # fmt: skip


SCORED = pd.DataFrame(
    [
        row("throughput", 245.0, 246.0),
        row("age_p50", 0.0151, 0.0149),
        row("age_p95", 0.08, 0.1),
        row("throughput", 150.0, 150.0, kill=True),
        row("throughput", 160.0, 150.0, handler=UNEVEN_HANDLER),
    ]
)
JUDGED = pd.DataFrame(
    [
        {"rate": 328.0, "latency": 0.05, "replicas": 5.0, "too_few": 4, "enough": 5.0, "off": 0.0},
        {"rate": 328.0, "latency": 0.02, "replicas": 5.0, "too_few": 6, "enough": float("inf"),
         "off": -2.0},
    ]
)  # fmt: skip
LINES = markdown(SCORED, JUDGED).splitlines()


def test_a_point_shows_predicted_and_measured_and_marks_a_miss() -> None:
    assert "| 3 | 246 | 245, 246 | 15.1, 14.9 | 80, 100 ✗ |  |" in LINES


def test_a_point_of_another_kind_says_so() -> None:
    assert any(line.startswith("| 3, one killed | 246 | 150, 150 |") for line in LINES)
    assert any(line.startswith("| 3, uneven handler | 246 | 160, 150 |") for line in LINES)


def test_the_sums_show_bars_and_the_skill() -> None:
    assert "| age p95 | 20.0% | 20% | 25% | 0% | 0.80 |" in LINES


def test_a_recommendation_stands_beside_what_was_measured() -> None:
    assert "| 328 | 50 | 5 | 4 | 5 |" in LINES
    assert "| 328 | 20 | 5 ✗ | 6 | more |" in LINES
