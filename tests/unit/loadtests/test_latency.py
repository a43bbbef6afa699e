"""Distributions that keep their tails."""

import pytest

from loadtests._latency import Latency


def recorded(*seconds: float) -> Latency:
    latency = Latency()
    for each in seconds:
        latency.record(each)
    return latency


def test_percentiles_keep_three_digits() -> None:
    latency = recorded(*(number / 1000 for number in range(1, 2001)))
    assert latency.percentile(99) == pytest.approx(1.98, rel=0.001)
    assert latency.mean == pytest.approx(1.0005, rel=0.001)


def test_it_survives_being_text() -> None:
    copy = Latency(recorded(0.001, 2.5).encode())
    assert copy.count == 2
    assert copy.max == pytest.approx(2.5, rel=0.001)


def test_distributions_add_up() -> None:
    latency = recorded(0.1)
    latency.add(recorded(0.2, 0.3))
    assert latency.count == 3


def test_none_recorded_reads_zero() -> None:
    empty = Latency()
    assert (empty.mean, empty.deviation, empty.max, empty.percentile(99)) == (0, 0, 0, 0)


def test_what_is_out_of_range_counts_at_its_edge() -> None:
    assert recorded(-1.0, 10_000.0).count == 2
