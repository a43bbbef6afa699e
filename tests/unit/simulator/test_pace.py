import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.pace import Pace


def test_nothing_is_due_before_the_start() -> None:
    assert Pace(500).due(1e9) == 0


@given(st.integers(1, 100_000), st.integers(1, 30), st.floats(0, 2e9))
def test_a_run_offers_exactly_rate_times_duration(rate: int, seconds: int, start: float) -> None:
    pace = Pace(rate, seconds)
    pace.start(start)
    assert pace.offered(start + seconds + 100) == rate * seconds


def test_intended_times_do_not_depend_on_when_events_are_taken() -> None:
    late, early = Pace(10), Pace(10)
    late.start(0)
    early.start(0)
    early.due(0.35)
    assert late.take(5) == [time for _ in range(5) for time in early.take(1)]


def test_intended_times_are_evenly_spaced() -> None:
    pace = Pace(4)
    pace.start(100)
    assert pace.take(4) == [0.25, 0.5, 0.75, 1.0]


def test_a_new_rate_leaves_the_intended_times_of_due_events_alone() -> None:
    pace = Pace(10)
    pace.start(0)
    pace.change(1, 0.5)
    assert pace.due(0.5) == 5
    assert [round(time, 6) for time in pace.take(6)] == [0.1, 0.2, 0.3, 0.4, 0.5, 1.5]


def test_rate_zero_offers_nothing_more() -> None:
    pace = Pace(10)
    pace.start(0)
    pace.change(0, 1)
    assert pace.offered(1000) == 10
    assert pace.next_at() is None
    assert pace.active(1000) == pytest.approx(1)


def test_the_run_is_over_only_when_every_offered_event_was_taken() -> None:
    pace = Pace(2, duration=1)
    pace.start(0)
    assert not pace.over(5)
    pace.take(2)
    assert pace.over(5)


def test_a_restart_counts_from_zero_at_the_same_rate() -> None:
    pace = Pace(10)
    pace.start(0)
    pace.restart(100)
    assert pace.due(101) == 10
