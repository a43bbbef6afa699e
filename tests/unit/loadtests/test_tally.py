"""Counts that travel between processes and add up."""

from loadtests._tally import Tally


def test_a_tally_survives_being_json() -> None:
    tally = Tally(offered=3, acked=2, skipped=1, window=1.5)
    tally.age.record(0.25)
    copy = Tally.from_json(tally.to_json())
    assert (copy.offered, copy.sent, copy.window, copy.age.count) == (3, 2, 1.5, 1)


def test_two_processes_make_one_run() -> None:
    run = Tally(processes=0)
    for window in (10.0, 9.5):
        part = Tally(offered=100, acked=100, window=window, cpu_seconds=4.0, wall_seconds=10.0)
        part.lateness.record(0.001)
        run.add(part)
    assert (run.processes, run.offered, run.window, run.lateness.count) == (2, 200, 10.0, 2)
    assert run.cpu_share == 0.4


def test_an_event_without_an_outcome_is_unaccounted() -> None:
    assert Tally(offered=3, acked=1, timed_out=1).unaccounted == 1
