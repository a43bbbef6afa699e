"""Whether everything fails at the moment."""

from runtime.core.delivery import Expired, Failed, Handled, TimedOut, Undecodable
from runtime.core.streak import ENOUGH, FRESH, Streak


def failed(times: int) -> Streak:
    streak = Streak()
    for n in range(times):
        streak.ended(TimedOut(60) if n % 2 else Failed("no"), now=100.0)
    return streak


def test_some_failures_are_a_part_of_life_and_many_in_a_row_are_not() -> None:
    assert not failed(ENOUGH - 1).is_failing(now=100.0)
    assert failed(ENOUGH).is_failing(now=100.0)


def test_one_success_shows_that_it_works() -> None:
    streak = failed(ENOUGH)
    streak.ended(Handled(), now=101.0)
    assert not streak.is_failing(now=101.0)


def test_failures_of_long_ago_say_nothing() -> None:
    assert not failed(ENOUGH).is_failing(now=100.0 + FRESH)


def test_events_that_were_never_given_to_a_handler_do_not_count() -> None:
    streak = failed(ENOUGH - 1)
    for outcome in (Expired(4.0), Undecodable("no JSON")):
        streak.ended(outcome, now=100.0)
    assert not streak.is_failing(now=100.0)
