import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadtests._bench_simulator import FrameCounter
from loadtests._child import PartFailed
from simulator.core.wire import TEXT, close_frame, frame

SIZES = st.sampled_from([0, 1, 125, 126, 127, 1000, 65_535, 65_536, 70_000])


@given(st.lists(SIZES, max_size=6), st.integers(1_000, 70_000))
@settings(deadline=None)
def test_frames_are_counted_however_they_are_cut(sizes: list[int], cut: int) -> None:
    text = b"".join(frame(TEXT, bytes(size)) for size in sizes)
    counter = FrameCounter()
    for start in range(0, len(text), cut):
        counter.feed(text[start : start + cut])
    assert counter.count == len(sizes)


def test_a_head_may_come_octet_by_octet() -> None:
    text = b"".join(frame(TEXT, bytes(size)) for size in (0, 125, 126, 2000))
    counter = FrameCounter()
    for octet in text:
        counter.feed(bytes((octet,)))
    assert counter.count == 4


def test_a_close_frame_ends_the_counting() -> None:
    with pytest.raises(PartFailed, match="closed"):
        FrameCounter().feed(close_frame(4000))
