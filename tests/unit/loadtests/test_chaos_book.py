"""What a chaos run counts as lost, repeated or owed."""

from dataclasses import replace
from typing import Any

from loadtests._chaos_book import Book, Limits, lines, violations

LEDGER: dict[str, Any] = {
    "dispatched_by_type": {"READY": 1, "RESUMED": 3, "TYPING_START": 9, "MESSAGE_CREATE": 10},
    "pending": {"interactions": 0, "probes": 0},
    "probes": {"sent": 2, "answered": 2, "lost": 0, "duplicated": 0},
    "sessions": {"identify": 1, "resume": 3, "max_live_per_shard": 1},
    "resumes": {"replayed_events": 4},
    "heartbeats": {"max_gap_ms": 2001.0, "missed": 0},
}
EMPTY = Book({**LEDGER, "dispatched_by_type": {}}, 0, 0, 0, 0)
GOOD = Book(LEDGER, stored=10, handled=9, dead=1, backlog=0)


def with_ledger(**parts: dict[str, int]) -> Book:
    return replace(GOOD, ledger={**LEDGER, **{k: LEDGER[k] | v for k, v in parts.items()}})


def test_a_run_in_which_everything_ended_once_violates_nothing() -> None:
    assert GOOD.is_settled
    assert violations(EMPTY, GOOD, Limits()) == []
    assert ("lost", "0") in lines(EMPTY, GOOD)


def test_an_event_that_never_reached_the_broker_is_lost() -> None:
    (text,) = violations(EMPTY, replace(GOOD, stored=9, dead=0), Limits())
    assert text == "1 events never reached the broker"


def test_a_handler_that_ran_again_is_a_violation_unless_the_phase_allows_it() -> None:
    again = replace(GOOD, handled=11)
    assert violations(EMPTY, again, Limits()) == ["2 events handled twice"]
    assert violations(EMPTY, again, Limits(repeats_at_handlers=None)) == []


def test_what_waits_or_is_owed_is_not_settled() -> None:
    assert not replace(GOOD, backlog=1).is_settled
    assert not replace(GOOD, handled=8).is_settled
    assert not with_ledger(pending={"probes": 1}).is_settled


def test_a_second_identify_and_a_second_session_are_violations() -> None:
    seen = with_ledger(sessions={"identify": 2, "max_live_per_shard": 2})
    assert violations(EMPTY, seen, Limits()) == [
        "2 IDENTIFYs instead of 1",
        "two live sessions of one shard",
    ]


def test_a_probe_that_was_answered_twice_is_a_violation_in_every_phase() -> None:
    twice = with_ledger(probes={"duplicated": 1})
    said = violations(EMPTY, twice, Limits(repeats_at_handlers=None))
    assert said == ["1 probes were answered twice"]


def test_heartbeats_are_judged_where_the_phase_says_so() -> None:
    assert violations(EMPTY, GOOD, Limits(max_heartbeat_gap=2500)) == []
    (text,) = violations(EMPTY, GOOD, Limits(max_heartbeat_gap=2000))
    assert text == "2001 ms between heartbeats, above 2000"
