"""Which runs a sweep makes, and what a run becomes in the data set."""

from collections import Counter

import pytest

from loadtests._child import Usage
from loadtests._handlers import HandlerSpec
from loadtests._points import (
    Sample,
    Used,
    check_little,
    left_to_do,
    points_of,
    row_of,
    used_between,
)
from loadtests._tally import Tally


@pytest.mark.parametrize(
    ("text", "app", "kind", "seconds"),
    [
        ("io:20ms", "loadtests._handlers:io_20ms", "io", 0.02),
        ("block:500us:cv50", "loadtests._handlers:block_500us_cv50", "block", 0.0005),
        ("noop", "loadtests._handlers:noop", "noop", 0.0),
        ("frolf", "runtime.bots.frolf:bot", "frolf", 0.0),
    ],
)
def test_a_handler_is_an_app_of_the_worker(text: str, app: str, kind: str, seconds: float) -> None:
    spec = HandlerSpec(text)
    assert (spec.bot_app, spec.kind, spec.seconds) == (app, kind, seconds)


@pytest.mark.parametrize("text", ["", "io", "io:0ms", "io:20", "io:20ms:cv", "disk:5ms"])
def test_another_handler_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="handler must be"):
        HandlerSpec(text)


POINTS = points_of(["noop"], [1, 2, 4], [10.0, 20.0], [1.1], 3, per_worker=True, seed=1)


def test_every_combination_is_run_as_often_as_asked() -> None:
    runs = Counter((point.workers, point.rate) for point in POINTS)
    assert runs == dict.fromkeys([(n, rate * n) for n in (1, 2, 4) for rate in (10.0, 20.0)], 3)


def test_the_order_is_random_and_repeats_with_its_seed() -> None:
    again = points_of(["noop"], [1, 2, 4], [10.0, 20.0], [1.1], 3, per_worker=True, seed=1)
    assert again == POINTS
    assert [point.workers for point in POINTS] != sorted(point.workers for point in POINTS)


def test_what_was_measured_is_not_measured_again() -> None:
    rows = [row_of(point, Tally(), used_between([], 0, 1), []) for point in POINTS[:7]]
    assert left_to_do(POINTS, rows) == POINTS[7:]


def test_usage_is_that_of_the_window_by_the_workers_and_the_broker() -> None:
    samples = [
        Sample(
            at=float(second),
            usage={
                "worker-1": Usage(second * 0.5, 1000),
                "worker-2": Usage(second * 0.25, 3000),
                "nats": Usage(second * 0.1, 1),
            },
            backlog=second * 10,
        )
        for second in range(10)
    ]
    used = used_between(samples, 2.0, 6.0)
    assert used.worker_cores == pytest.approx(0.75)
    assert used.nats_cores == pytest.approx(0.1)
    assert (used.worker_rss, used.backlog, used.backlog_slope) == (3000, 40, 10)


def test_a_row_has_rates_of_the_window_and_the_reasons() -> None:
    tally = Tally(offered=100, acked=100, handled=100, done_in_window=50, window=5.0)
    row = row_of(POINTS[0], tally, used_between([], 0, 1), ["too late", "too slow"])
    assert (row["throughput"], row["valid"], row["reasons"]) == (10.0, False, "too late; too slow")


def settled(age: float, events: int = 1000) -> Tally:
    """100 events/s of that age, 1 ms of which was the way into the broker."""
    tally = Tally(offered=events, acked=events, handled=events, window=events / 100)
    for _ in range(events):
        tally.lateness.record(0.0)
        tally.stored.record(0.001)
        tally.age.record(age)
    return tally


@pytest.mark.parametrize(("backlog", "agrees"), [(9.9, True), (11.2, True), (5.0, False)])
def test_what_the_broker_counts_must_be_rate_times_age(backlog: float, agrees: bool) -> None:
    note = check_little(Used(backlog=backlog, backlog_error=0.2), 100.0, settled(0.101))
    assert note == (
        "" if agrees else "Little's law: 5.0 events were in hand, rate times age is 10.0"
    )


def test_an_overloaded_fleet_is_in_no_steady_state() -> None:
    assert check_little(Used(backlog=500.0, backlog_error=1.0), 60.0, settled(0.101)) == ""


def test_a_backlog_that_nobody_saw_is_not_counted_as_none() -> None:
    samples = [Sample(float(at), {}, None if at == 1 else 8) for at in range(4)]
    assert used_between(samples, 0.0, 3.0).backlog == 8
