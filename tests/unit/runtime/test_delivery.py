"""What becomes of an event after its handler ran."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.delivery import (
    POLICIES,
    Ack,
    Dead,
    Expired,
    Failed,
    Handled,
    Policy,
    Retry,
    TimedOut,
    Undecodable,
    decide,
    exhausted,
)
from runtime.core.routing import TrafficClass

POLICY = Policy(max_tries=5, base=0.5, cap=3.0)

jitters = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 100), jitters)
def test_a_handled_event_is_acknowledged(tries: int, jitter: float) -> None:
    assert decide(Handled(), tries, POLICY, jitter) == Ack()


@given(st.integers(1, 100), jitters)
def test_what_cannot_be_read_is_dead_at_once(tries: int, jitter: float) -> None:
    assert decide(Undecodable("no id"), tries, POLICY, jitter) == Dead("undecodable", "no id")


def test_an_expired_interaction_is_dead_and_tells_its_age() -> None:
    decision = decide(Expired(3.21), 1, POLICY, 0.5)
    assert decision == Dead("expired", "received at the age of 3.2 s")


@pytest.mark.parametrize(("tries", "delay"), [(1, 0.25), (2, 0.5), (3, 1.0), (4, 1.5)])
def test_a_failure_is_tried_again_after_a_growing_capped_delay(tries: int, delay: float) -> None:
    assert decide(Failed("boom"), tries, POLICY, jitter=0.5) == Retry(delay)


@given(st.integers(1, 4), jitters)
def test_the_delay_is_anywhere_below_its_bound(tries: int, jitter: float) -> None:
    decision = decide(Failed("boom"), tries, POLICY, jitter)
    assert isinstance(decision, Retry)
    assert 0 <= decision.delay < min(POLICY.cap, POLICY.base * 2 ** (tries - 1))


@given(st.integers(5, 100))
def test_the_last_try_is_followed_by_a_dead_letter(tries: int) -> None:
    assert decide(Failed("boom"), tries, POLICY, 0.0) == Dead("failed", "boom")


def test_a_handler_that_does_not_end_is_tried_again_and_dies_of_it_in_the_end() -> None:
    assert decide(TimedOut(60.0), 1, POLICY, jitter=0.5) == Retry(0.25)
    dead = decide(TimedOut(60.0), 5, POLICY, jitter=0.5)
    assert dead == Dead("timeout", "the handler did not end within 60 s")


def test_what_is_too_late_after_a_timeout_is_not_tried_again() -> None:
    dead = decide(TimedOut(60.0, too_late=True), 1, POLICY, jitter=0.5)
    assert isinstance(dead, Dead)
    assert dead.reason == "timeout"


def test_used_up_deliveries_are_a_death_of_their_own() -> None:
    assert exhausted(8).reason == "max-deliveries"
    assert exhausted(8).error.startswith("8 deliveries")


def test_all_tries_of_an_interaction_fit_into_its_deadline() -> None:
    policy = POLICIES[TrafficClass.INTERACTION]
    waits = [decide(Failed(""), n, policy, 0.999) for n in range(1, policy.max_tries)]
    assert sum(one.delay for one in waits if isinstance(one, Retry)) < 1.0
    assert len(waits) == 2


def test_ambient_events_have_no_policy_because_they_are_never_retried() -> None:
    assert set(POLICIES) == {TrafficClass.EVENT, TrafficClass.INTERACTION}
