from hypothesis import given
from hypothesis import strategies as st

from simulator.core.snowflake import Snowflakes, made_at


def test_an_id_tells_when_it_was_made() -> None:
    assert made_at(Snowflakes().next(1_750_000_000.25)) == 1_750_000_000.25


def test_the_id_of_discords_documentation_is_of_april_2016() -> None:
    assert made_at(175_928_847_299_117_063) == 1_462_015_105.796


@given(st.lists(st.floats(1.5e9, 2e9), min_size=2, max_size=50))
def test_ids_never_repeat(moments: list[float]) -> None:
    ids = Snowflakes()
    made = [ids.next(moment) for moment in moments]
    assert len(set(made)) == len(made)
