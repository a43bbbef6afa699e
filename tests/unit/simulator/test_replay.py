from hypothesis import given
from hypothesis import strategies as st

from simulator.core.replay import Bounds, Log
from simulator.core.wire import Dispatch


def entry(d: bytes) -> Dispatch:
    return Dispatch(b"X", d, 0.0)


def test_entries_are_numbered_from_one() -> None:
    log = Log(Bounds())
    assert [log.append(entry(b"a")), log.append(entry(b"b"))] == [1, 2]
    assert log[2].d == b"b"


def test_everything_after_a_kept_number_is_covered() -> None:
    log = Log(Bounds())
    log.append(entry(b"a"))
    assert log.covers(0)
    assert log.covers(1)
    assert not log.covers(2)
    assert not log.covers(-1)


def test_the_oldest_are_forgotten_by_count() -> None:
    log = Log(Bounds(events=2))
    for _ in range(5):
        log.append(entry(b"x"))
    assert (log.first, log.last) == (4, 5)
    assert not log.covers(2)
    assert log.covers(3)


BATCHES = st.lists(st.lists(st.binary(min_size=1, max_size=30), max_size=60), max_size=5)


@given(BATCHES)
def test_octets_stay_within_bounds(batches: list[list[bytes]]) -> None:
    log = Log(Bounds(octets=100))
    for batch in batches:
        log.extend([entry(d) for d in batch])
    assert log.octets == sum(len(log[n].d) for n in range(log.first, log.last + 1)) <= 100


@given(BATCHES)
def test_in_batches_the_same_is_kept_as_one_by_one(batches: list[list[bytes]]) -> None:
    whole, single = Log(Bounds(events=7, octets=100)), Log(Bounds(events=7, octets=100))
    for batch in batches:
        whole.extend([entry(d) for d in batch])
        for d in batch:
            single.append(entry(d))
    assert (whole.first, whole.last) == (single.first, single.last)
    assert whole.after(whole.first - 1, 99) == single.after(single.first - 1, 99)


def test_a_long_run_keeps_the_numbers_of_what_is_kept() -> None:
    log = Log(Bounds(events=10))
    for n in range(100):
        log.extend([entry(b"%d" % (100 * n + i)) for i in range(100)])
    assert (log.first, log.last) == (9991, 10_000)
    assert [e.d for e in log.after(9990, 3)] == [b"9990", b"9991", b"9992"]
