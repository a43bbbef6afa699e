"""The watermark, against a model that recounts everything at each step."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.core.watermark import Watermark


def contiguous(start: int, received: list[int], stored: set[int]) -> int:
    """The highest received sequence below which everything received is stored."""
    value = start
    for sequence in received:
        if sequence not in stored:
            break
        value = sequence
    return value


def test_it_starts_where_the_checkpoint_was() -> None:
    assert Watermark(41).value == 41


def test_it_moves_with_acknowledgements_in_order() -> None:
    mark = Watermark()
    for sequence in (1, 2, 3):
        mark.received(sequence)
        assert mark.stored(sequence)
    assert (mark.value, mark.pending) == (3, 0)


def test_it_waits_for_a_gap_and_then_jumps() -> None:
    mark = Watermark()
    for sequence in (1, 2, 3):
        mark.received(sequence)
    assert not mark.stored(3)
    assert not mark.stored(2)
    assert (mark.value, mark.pending) == (0, 3)
    assert mark.stored(1)
    assert (mark.value, mark.pending) == (3, 0)


def test_sequences_that_discord_left_out_are_no_gap() -> None:
    mark = Watermark(10)
    for sequence in (12, 20):
        mark.received(sequence)
        mark.stored(sequence)
    assert mark.value == 20


@given(st.data())
def test_in_any_order_it_is_what_a_recount_says(data: st.DataObject) -> None:
    received = sorted(data.draw(st.sets(st.integers(1, 200), min_size=1, max_size=40)))
    mark, stored = Watermark(), set[int]()
    for sequence in received:
        mark.received(sequence)
    for sequence in data.draw(st.permutations(received)):
        before = mark.value
        stored.add(sequence)
        moved = mark.stored(sequence)
        assert mark.value == contiguous(0, received, stored)
        assert moved == (mark.value != before)
    assert mark.pending == 0


@given(st.data())
def test_it_may_be_told_while_events_still_come(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 40))
    mark, stored, waiting = Watermark(), set[int](), list[int]()
    for sequence in range(1, count + 1):
        mark.received(sequence)
        waiting.append(sequence)
        acknowledged: int = data.draw(st.integers(0, len(waiting)))
        for _ in range(acknowledged):
            one = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
            stored.add(one)
            mark.stored(one)
        assert mark.value == contiguous(0, list(range(1, sequence + 1)), stored)
