"""The simulation against queues whose answer is known."""

import numpy as np
import pytest

from notebooks.capacity import Demand, mean_wait
from notebooks.simulation import bursts, lognormal, play, poisson

NO_LANES = np.array([])
EVEN = np.full(64, 1 / 64)


def random() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("utilisation", [0.3, 0.7, 0.85])
def test_one_worker_is_the_queue_of_the_textbook(utilisation: float) -> None:
    demand, rate = Demand(0.01, 0.01, variation=1.0), utilisation / 0.01
    played = play(demand, 1, poisson(rate, 100_000, random()), NO_LANES, random())
    expected = mean_wait(rate, 1, 0.01, 1.0)
    assert played.ages.mean() - 0.01 == pytest.approx(expected, rel=0.12)


def test_a_lane_handles_one_event_at_a_time_whatever_the_fleet() -> None:
    demand = Demand(occupancy=0.001, service=0.01)
    arrivals = poisson(500, 5_000, random())
    played = play(demand, 50, arrivals, np.array([1.0]), random())
    assert played.throughput == pytest.approx(100, rel=0.02)


def test_more_workers_wait_less() -> None:
    demand, arrivals = Demand(0.01, 0.01, 0.5), poisson(150, 20_000, random())
    p99 = [play(demand, n, arrivals, EVEN, random()).percentile(99) for n in (2, 3, 6)]
    assert p99 == sorted(p99, reverse=True)


def test_nothing_is_faster_than_its_service_and_its_way() -> None:
    demand = Demand(0.002, 0.005, path=0.003)
    played = play(demand, 4, poisson(100, 2_000, random()), EVEN, random())
    assert played.ages.min() == pytest.approx(0.005 + 0.003)


def test_saturated_workers_work_at_their_ceiling() -> None:
    demand = Demand(0.01, 0.01)
    played = play(demand, 3, poisson(600, 10_000, random()), EVEN, random())
    assert played.throughput == pytest.approx(300, rel=0.06)


def test_lognormal_times_have_the_mean_and_variation_asked_for() -> None:
    times = lognormal(0.01, 0.8, 200_000, random())
    assert times.mean() == pytest.approx(0.01, rel=0.02)
    assert times.std() / times.mean() == pytest.approx(0.8, rel=0.05)


def test_bursts_keep_the_mean_rate_and_reach_the_peak() -> None:
    times = bursts(100, 300, period=10, share=0.2, events=50_000, random=random())
    assert (np.diff(times) >= 0).all()
    assert len(times) / times[-1] == pytest.approx(100, rel=0.05)
    in_peak = times % 10 < 2
    assert in_peak.mean() == pytest.approx(0.6, abs=0.02)
