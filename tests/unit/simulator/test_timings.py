from simulator.core.timings import Timings


def test_nothing_recorded_is_all_zeros() -> None:
    assert Timings().milliseconds() == {"p50": 0.0, "p99": 0.0, "max": 0.0}


def test_percentiles_are_of_the_recorded_values() -> None:
    timings = Timings()
    timings.extend([n / 1000 for n in range(1, 101)])
    assert timings.milliseconds() == {"p50": 50.0, "p99": 99.0, "max": 100.0}


def test_beyond_a_million_the_oldest_are_written_over() -> None:
    timings = Timings()
    for start in (0, 700_000, 1_400_000, 2_100_000):
        timings.extend([(start + n) / 1e9 for n in range(700_000)])
    assert len(timings) == 1_000_000
    assert timings.milliseconds() == {"p50": 2.3, "p99": 2.79, "max": 2.8}


def test_one_value_is_every_percentile() -> None:
    timings = Timings()
    timings.add(0.004)
    assert timings.milliseconds() == {"p50": 4.0, "p99": 4.0, "max": 4.0}
