"""A recommendation is right when it lies between what missed the latency and what kept it."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebooks.measurements import ForeignData
from notebooks.prediction import Made
from notebooks.protocol import HANDLER, LATENCIES, STEPS
from notebooks.recommendation import judge, measured_by_replicas, recommend
from tests.unit.notebooks.test_measurements import RUNS, run

RATE = max(STEPS)
MEASURED = pd.DataFrame(
    [run(n, RATE, handler=HANDLER, age_p95=age) for n, age in ((4, 0.2), (5, 0.1), (6, 0.04))]
)


def recommended(replicas: int | None, latency: float = 0.15) -> list[dict[str, Any]]:
    return [{"rate": RATE, "latency": latency, "replicas": replicas}]


@pytest.mark.parametrize(
    ("latency", "replicas", "off"),
    [
        (0.15, 5, 0),
        (0.15, 4, -1),
        (0.15, 6, 1),
        (0.3, 2, 0),  # nobody measured fewer than 4
        (0.01, 7, 0),  # six were not enough
        (0.01, 5, -2),
        (0.01, None, 0),
        (0.15, None, math.inf),
    ],
)
def test_it_is_off_by_what_the_measured_fleets_do_not_allow(
    latency: float, replicas: int | None, off: float
) -> None:
    judged = judge(recommended(replicas, latency), MEASURED)
    assert judged["off"].tolist() == [off]


def test_the_fleets_of_a_rate_are_told_apart_from_others() -> None:
    others = pd.DataFrame([run(5, RATE, handler=HANDLER, kill=True, age_p95=9.0), run(2, 1.0)])
    ages = measured_by_replicas(pd.concat([MEASURED, others]), RATE)
    assert ages.to_dict() == {4: 0.2, 5: 0.1, 6: 0.04}


def test_recommendations_ask_for_more_where_less_may_be_waited() -> None:
    calm = RUNS.assign(service_mean=0.01, throughput=lambda rows: rows["throughput"] / 2)
    calm["rate"] = calm["offered_rate"] = calm["rate"] / 2
    found = recommend(calm, {0.5: np.full(64, 1 / 64)}, Made(0.5, 1.0, 1))
    assert [each["latency"] for each in found] == [*LATENCIES] * len(STEPS)
    sizes = [each["replicas"] or 99 for each in found if each["rate"] == RATE]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0]


def test_without_a_run_at_its_rate_nothing_can_be_judged() -> None:
    with pytest.raises(ForeignData, match="at the rate of a recommendation"):
        judge(recommended(3), pd.DataFrame([run(1, 1.0)]))
