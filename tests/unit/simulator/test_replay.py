from hypothesis import given
from hypothesis import strategies as st

from simulator.core.replay import Bounds, Log


def test_entries_are_numbered_from_one() -> None:
    log = Log(Bounds())
    assert [log.append(b"a"), log.append(b"b")] == [1, 2]
    assert log[2][0] == b"b"


def test_everything_after_a_kept_number_is_covered() -> None:
    log = Log(Bounds())
    log.append(b"a")
    assert log.covers(0)
    assert log.covers(1)
    assert not log.covers(2)
    assert not log.covers(-1)


def test_the_oldest_are_forgotten_by_count() -> None:
    log = Log(Bounds(events=2))
    for _ in range(5):
        log.append(b"x")
    assert (log.first, log.last) == (4, 5)
    assert not log.covers(2)
    assert log.covers(3)


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=60))
def test_octets_stay_within_bounds(payloads: list[bytes]) -> None:
    log = Log(Bounds(octets=100))
    for payload in payloads:
        log.append(payload)
    assert log.octets == sum(len(log[n][0]) for n in range(log.first, log.last + 1)) <= 100
