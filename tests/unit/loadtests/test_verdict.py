"""A run counts only when it measured the system and not itself."""

import pytest

from loadtests._tally import Tally
from loadtests._verdict import Streams, judge

EMPTY = Streams(pending=0, dead=0)


def good(**changes: int) -> Tally:
    tally = Tally(offered=1000, acked=1000, handled=1000, wall_seconds=10.0, cpu_seconds=1.0)
    for _ in range(1000):
        tally.lateness.record(0.001)
    for name, value in changes.items():
        setattr(tally, name, value)
    return tally


def test_a_balanced_and_punctual_run_is_valid() -> None:
    verdict = judge(good(), EMPTY, EMPTY)
    assert verdict.valid
    assert str(verdict).startswith("VALID\noffered 1000 = acked 1000")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"acked": 998, "skipped": 2, "handled": 998}, "0.20% of the events were skipped"),
        ({"acked": 999, "duplicate": 1, "handled": 999}, "1 ids were used before"),
        ({"acked": 999, "rejected": 1, "handled": 999}, "1 events were rejected"),
        ({"acked": 999, "timed_out": 1, "handled": 999}, "1 events were never acknowledged"),
        ({"acked": 999, "handled": 999}, "1 offered events have no outcome"),
        ({"handled": 990}, "10 stored events are neither handled nor dead"),
        ({"handled": 1001}, "1 more events were handled than stored"),
        ({"reordered": 3}, "3 events overtook an earlier one of their guild"),
        ({"cpu_seconds": 9}, "the generator used 90% of its core"),
    ],
)
def test_each_fault_is_named(changes: dict[str, int], reason: str) -> None:
    assert reason in judge(good(**changes), EMPTY, EMPTY).reasons


def test_a_late_generator_measures_itself() -> None:
    tally = good()
    for _ in range(20):
        tally.lateness.record(1.5)
    assert len(judge(tally, EMPTY, EMPTY).reasons) == 2


def test_pending_and_dead_events_are_accounted_for() -> None:
    before, after = Streams(0, 5), Streams(pending=8, dead=7)
    assert judge(good(handled=990), before, after).valid


def test_events_from_before_would_distort_the_ages() -> None:
    assert judge(good(), Streams(4, 0), EMPTY).reasons == ("4 events waited before the run began",)


def test_nothing_offered_proves_nothing() -> None:
    assert judge(Tally(), EMPTY, EMPTY).reasons == ("nothing was offered",)
