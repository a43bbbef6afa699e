"""How the offered load moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._shapes import SHAPES, users_at


@given(st.sampled_from(sorted(SHAPES)), st.floats(0, 59.9), st.integers(1, 500))
def test_there_is_always_somebody_and_never_more_than_the_peak(
    shape: str, seconds: float, peak: int
) -> None:
    users = users_at(shape, seconds, 60.0, peak)
    assert users is not None
    assert 1 <= users <= peak


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_comes_near_its_peak_and_ends(shape: str) -> None:
    users = [users_at(shape, second / 10, 60.0, 100) or 0 for second in range(600)]
    assert max(users) >= 99
    assert users_at(shape, 60.0, 60.0, 100) is None


def test_steps_are_four() -> None:
    seen = [users_at("step", second, 40.0, 100) for second in range(40)]
    assert seen == [25] * 10 + [50] * 10 + [75] * 10 + [100] * 10


def test_a_storm_comes_at_once_and_fades() -> None:
    before, at, after = (users_at("storm", second, 100.0, 100) for second in (29.9, 30.0, 80.0))
    assert (before, at, after) == (25, 100, 26) or (before, at, after) == (25, 100, 25)
