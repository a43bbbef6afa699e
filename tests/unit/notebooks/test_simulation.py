"""The simulation against queues whose answer is known."""

import numpy as np
import pytest

from notebooks.capacity import Demand, mean_wait
from notebooks.simulation import ACK_WAIT, OPEN_FOR, Floats, lognormal, play, poisson, stepped
from runtime.bus.pull import EXPIRES
from runtime.core.routing import Subjects
from runtime.core.topology import Topology

NO_LANES = np.array([])
EVEN = np.full(64, 1 / 64)


def random() -> np.random.Generator:
    return np.random.default_rng(3)


def arrivals(rate: float, seconds: float = 100.0) -> Floats:
    return poisson(rate, seconds, random())


@pytest.mark.parametrize("utilisation", [0.3, 0.7, 0.85])
def test_one_worker_is_the_queue_of_the_textbook(utilisation: float) -> None:
    demand, rate = Demand(0.01, 0.01, variation=1.0), utilisation / 0.01
    played = play(demand, 1, arrivals(rate, 1000), NO_LANES, random())
    expected = mean_wait(rate, 1, 0.01, 1.0)
    assert played.ages.mean() - 0.01 == pytest.approx(expected, rel=0.12)


def test_a_lane_handles_one_event_at_a_time_whatever_the_fleet() -> None:
    demand = Demand(occupancy=0.001, service=0.01)
    played = play(demand, 50, arrivals(500, 10), np.array([1.0]), random())
    assert played.throughput(0, 10) == pytest.approx(100, rel=0.02)


def test_more_workers_wait_less() -> None:
    demand = Demand(0.01, 0.01, 0.5)
    p99 = [play(demand, n, arrivals(150), EVEN, random()).percentile(99) for n in (2, 3, 6)]
    assert p99 == sorted(p99, reverse=True)


def test_nothing_is_faster_than_its_service_and_its_way() -> None:
    demand = Demand(0.002, 0.005, entry=0.001, hand_over=0.002)
    played = play(demand, 4, arrivals(100, 20), EVEN, random())
    assert played.ages.min() == pytest.approx(demand.alone)


def test_the_way_spreads_around_its_median() -> None:
    demand = Demand(1e-6, 0.0, entry=0.002, jitter=0.5)
    ages = play(demand, 1, arrivals(100), EVEN, random()).ages
    assert np.median(ages) == pytest.approx(0.002, rel=0.05)
    assert np.log(ages).std() == pytest.approx(0.5, rel=0.05)


def test_one_saturated_worker_works_at_its_ceiling() -> None:
    played = play(Demand(0.01, 0.01), 1, arrivals(200, 15), EVEN, random())
    assert played.throughput(5, 15) == pytest.approx(100, rel=0.02)


def test_a_lanes_events_go_to_the_workers_in_turn() -> None:
    demand, due = Demand(1.0, 1.0), np.array([0.0, 0.1, 0.2, 0.3])
    # One lane: an event a second, whoever handles it; four lanes of two workers: two at a time.
    one = play(demand, 2, due, np.array([1.0]), random())
    assert (one.arrivals + one.ages).tolist() == pytest.approx([1, 2, 3, 4])


def test_a_dead_workers_events_come_again_after_the_brokers_patience() -> None:
    demand = Demand(0.01, 0.01)
    due = arrivals(500, 20)  # of 600: whoever dies has something in hand
    calm = play(demand, 6, due, EVEN, random())
    lost = play(demand, 6, due[due < 11], EVEN, random(), killed_at=10.0)
    assert calm.ages.max() < 1
    assert ACK_WAIT < lost.ages.max() < 2 * ACK_WAIT
    assert lost.ages.min() > 0


def test_nobody_is_left_to_take_over_from_a_single_worker() -> None:
    due = arrivals(20, 5)
    alone = play(Demand(0.01, 0.01), 1, due, EVEN, random(), killed_at=2.0)
    assert alone.ages.max() < 1


@pytest.mark.parametrize("up_for", [0.1, 100.0])
def test_a_fleet_whose_lanes_gather_at_one_worker_does_less_than_its_workers(up_for: float) -> None:
    played = play(Demand(0.01, 0.01), 6, arrivals(900, 15), EVEN, random(), up_for=up_for)
    assert 0.85 * 600 < played.throughput(5, 15) < 0.96 * 600


def test_requests_are_open_as_long_as_the_workers_have_it() -> None:
    assert OPEN_FOR == EXPIRES


def test_the_broker_waits_as_long_as_the_simulation_thinks() -> None:
    lanes = Topology(Subjects("discord")).lane_consumers
    assert {lane.ack_wait for lane in lanes} == {ACK_WAIT}


def test_the_warm_up_is_left_out() -> None:
    played = play(Demand(0.01, 0.01), 1, np.array([0.0, 1.0, 2.0]), EVEN, random())
    assert played.since(0.5).arrivals.tolist() == [1.0, 2.0]


def test_lognormal_times_have_the_mean_and_variation_asked_for() -> None:
    times = lognormal(0.01, 0.8, 200_000, random())
    assert times.mean() == pytest.approx(0.01, rel=0.02)
    assert times.std() / times.mean() == pytest.approx(0.8, rel=0.05)


def test_poisson_arrivals_have_their_rate_and_are_in_order() -> None:
    due = arrivals(200, 50)
    assert len(due) == pytest.approx(10_000, rel=0.05)
    assert (np.diff(due) >= 0).all()


def test_a_burst_has_its_rate_and_its_place() -> None:
    due = stepped([(10.0, 100.0), (5.0, 400.0), (10.0, 100.0)], random())
    assert (np.diff(due) >= 0).all()
    assert np.count_nonzero((due >= 10) & (due < 15)) == pytest.approx(2000, rel=0.1)
    assert np.count_nonzero(due >= 15) == pytest.approx(1000, rel=0.1)
    assert due[-1] < 25
