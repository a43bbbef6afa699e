"""How many replicas: the smallest number that meets every demand, or why there is none."""

from typing import Any

import numpy as np
import pytest

from notebooks.advice import Need, advise, predicted_latency
from notebooks.capacity import Demand, NoAnswer

DEMAND = Demand(0.005, 0.005, entry=0.001, hand_over=0.001, hot_share=0.03)
SHARES = np.full(64, 1 / 64)


def need(**changes: Any) -> Need:
    return Need(**{"rate": 500.0, "slo": 0.1, **changes})


def test_throughput_with_headroom_sets_the_number_of_a_calm_fleet() -> None:
    advice = advise(DEMAND, need(), SHARES)
    assert (advice.replicas, advice.because) == (4, "throughput with headroom")
    assert advice.utilisation == pytest.approx(500 / 800)
    assert advice.latency < 0.1


def test_a_tight_slo_asks_for_more() -> None:
    advice = advise(DEMAND, need(slo=0.014, percent=95), SHARES)
    assert advice.replicas > 4
    assert advice.because == "latency"


def test_an_outage_to_make_up_for_asks_for_more() -> None:
    advice = advise(DEMAND, need(outage=120, recovery=60), SHARES)
    assert (advice.replicas, advice.because) == (8, "making up for the outage")
    assert advice.drain <= 60


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"slo": 0.004}, "an event alone takes 7.0 ms"),
        ({"rate": 1e6}, "above .* where the hottest lane is full even with 512 workers"),
        ({"hottest_guild": 200.0}, "one guild has 200 events/s, in order at most 167/s"),
        ({"rate": 0.0}, "rate and SLO must be above 0"),
        ({"headroom": 1.0}, "headroom a share below 1"),
    ],
)
def test_what_no_fleet_can_do_is_said(changes: dict[str, float], why: str) -> None:
    with pytest.raises(NoAnswer, match=why):
        advise(DEMAND, need(**changes), SHARES)


def test_a_hot_lane_cannot_be_bought_off() -> None:
    hot = np.array([0.5, *[0.5 / 63] * 63])
    demand = Demand(0.005, 0.005, hand_over=0.002, hot_share=0.5)
    with pytest.raises(NoAnswer, match="however many workers there are: the hottest lane"):
        advise(demand, need(rate=270.0, slo=0.05), hot)


def test_an_overloaded_fleet_has_no_latency() -> None:
    assert predicted_latency(DEMAND, 1, 300, 99, SHARES) == float("inf")
