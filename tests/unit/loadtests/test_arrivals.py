"""An arrival process that nobody can slow down."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._arrivals import Arrivals


def test_events_come_at_the_rate() -> None:
    times = Arrivals(100.0, 0.0, Random(1)).due(100.0)
    assert len(times) == pytest.approx(10_000, rel=0.03)


@given(st.lists(st.floats(0, 10), max_size=20))
def test_when_one_looks_changes_nothing(looks: list[float]) -> None:
    watched, alone = Arrivals(20.0, 0.0, Random(7)), Arrivals(20.0, 0.0, Random(7))
    seen = [time for look in sorted(looks) for time in watched.due(look)]
    assert seen + watched.due(10.0) == alone.due(10.0)


def test_a_pause_is_made_up_for_with_the_intended_times() -> None:
    arrivals = Arrivals(10.0, 5.0, Random(3))
    arrivals.due(6.0)
    late = arrivals.due(60.0)
    assert late == sorted(late)
    assert 6.0 < late[0] < 8.0
    assert arrivals.next > 60.0


def test_a_rate_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Arrivals(0.0, 0.0, Random())
