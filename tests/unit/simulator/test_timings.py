import pytest

from simulator.core.timings import Timings


def test_nothing_recorded_is_all_zeros() -> None:
    assert Timings().milliseconds() == {"p50": 0.0, "p99": 0.0, "max": 0.0}


def test_percentiles_are_of_the_recorded_values() -> None:
    timings = Timings()
    timings.extend([n / 1000 for n in range(1, 101)])
    assert timings.milliseconds() == {"p50": 50.0, "p99": 99.0, "max": 100.0}


@pytest.mark.parametrize("size", [1, 7, 128, 300_000])
def test_of_very_many_an_even_sample_is_kept(size: int) -> None:
    timings, count = Timings(), 600_000
    for start in range(0, count, size):
        timings.extend([n / 1e6 for n in range(start, min(count, start + size))])
    assert 100_000 < len(timings) <= 1 << 18
    found = timings.milliseconds()
    assert (found["p50"], found["p99"]) == pytest.approx((300, 594), abs=0.02)
    assert found["max"] == 599.999


def test_what_comes_after_a_look_counts_in_the_next() -> None:
    timings = Timings()
    timings.extend([0.003, 0.001])
    assert timings.milliseconds()["p50"] == 1.0
    timings.extend([0.002, 0.002, 0.002])
    assert timings.milliseconds() == {"p50": 2.0, "p99": 3.0, "max": 3.0}


def test_one_value_is_every_percentile() -> None:
    timings = Timings()
    timings.add(0.004)
    assert timings.milliseconds() == {"p50": 4.0, "p99": 4.0, "max": 4.0}
