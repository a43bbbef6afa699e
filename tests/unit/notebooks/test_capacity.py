"""The arithmetic of capacity against textbook values and its own limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.capacity import (
    Demand,
    ceiling,
    drain_time,
    erlang_c,
    largest_guild,
    mean_wait,
    scalability,
    scaler_threshold,
    wait_beyond,
)


@pytest.mark.parametrize(
    ("servers", "load", "waiting"),
    # M/M/1: the utilisation; the others by the sum formula of Erlang C.
    [(1, 0.7, 0.7), (2, 1.0, 1 / 3), (3, 2.0, 4 / 9), (10, 8.0, 0.4092)],
)
def test_erlang_c_agrees_with_the_sum_formula(servers: int, load: float, waiting: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(waiting, abs=1e-4)


@given(st.integers(1, 200), st.floats(0, 0.999))
def test_erlang_c_is_a_probability_below_its_load(servers: int, utilisation: float) -> None:
    waiting = erlang_c(servers, servers * utilisation)
    assert 0 <= waiting <= utilisation + 1e-9


def test_mean_wait_is_pollaczek_khinchine_for_one_server() -> None:
    rate, service, variation = 60.0, 0.01, 1.5
    expected = rate * service**2 * (1 + variation**2) / (2 * (1 - rate * service))
    assert mean_wait(rate, 1, service, variation) == pytest.approx(expected)


def test_an_overloaded_queue_waits_for_ever() -> None:
    assert math.isinf(mean_wait(201, 2, 0.01))
    assert wait_beyond(1.0, 201, 2, 0.01) == 1.0


def test_the_tail_falls_with_time_and_starts_at_erlang_c() -> None:
    tail = [wait_beyond(seconds, 80, 1, 0.01) for seconds in (0.0, 0.05, 0.1)]
    assert tail == sorted(tail, reverse=True)
    assert tail[0] == pytest.approx(0.8)


def test_scalability_is_linear_without_losses_and_peaks_with_coherence() -> None:
    assert scalability(8, 100, 0, 0) == 800
    assert scalability(20, 100, 0.02, 0.01) < scalability(10, 100, 0.02, 0.01)


def test_a_replica_is_bound_by_its_thread_or_by_its_slots() -> None:
    assert Demand(occupancy=0.005, service=0.005).per_replica == pytest.approx(200)
    waiting = Demand(occupancy=0.0001, service=0.1, concurrency=64)
    assert waiting.per_replica == pytest.approx(640)


@pytest.mark.parametrize(
    ("replicas", "bound", "rate"),
    [(1, "workers", 100.0), (40, "hottest lane", 500.0)],
)
def test_the_ceiling_names_what_binds(replicas: int, bound: str, rate: float) -> None:
    top = ceiling(Demand(occupancy=0.01, service=0.01, hot_share=0.2), replicas)
    assert top.bound == bound
    assert top.rate == pytest.approx(rate)


def test_a_measured_broker_is_a_ceiling_too() -> None:
    assert ceiling(Demand(0.001, 0.001, broker=3000.0), 10).bound == "broker"


def test_a_backlog_drains_with_what_is_left_over() -> None:
    assert drain_time(outage=30, rate=100, capacity=200) == pytest.approx(30)
    assert math.isinf(drain_time(30, 100, 100))


def test_the_scaler_threshold_is_littles_law() -> None:
    assert scaler_threshold(per_replica=200, target=0.5) == 100
    assert scaler_threshold(0.1, 0.1) == 1


def test_the_scaler_threshold_is_above_what_is_held_without_being_behind() -> None:
    assert scaler_threshold(per_replica=200, target=0.1, held=64) == 65


def test_a_guild_is_bound_whatever_the_fleet() -> None:
    assert largest_guild(Demand(0.001, 0.009, hand_over=0.001), 0.7) == pytest.approx(70)


@pytest.mark.parametrize(
    "wrong", [{"occupancy": 0}, {"hot_share": 1.5}, {"concurrency": 0}, {"variation": -1}]
)
def test_a_demand_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    values = {"occupancy": 0.001, "service": 0.001, **wrong}
    with pytest.raises(ValueError, match=r"must be above 0|is a share"):
        Demand(**values)  # type: ignore[arg-type]
