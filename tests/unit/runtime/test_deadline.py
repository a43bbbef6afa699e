"""The age of an interaction, from its id."""

import pytest

from runtime.core.deadline import (
    DEFERRALS,
    DISCORD_EPOCH,
    GUARD_AT,
    RESPONSE_DEADLINE,
    DeadlineGuard,
    Interaction,
    interaction_age,
    is_expired,
    snowflake_time,
)

# The example of Discord Docs/Reference, Snowflakes: made at 2016-04-30 11:18:25.796 UTC.
EXAMPLE = 175928847299117063
MADE = 1462015105.796


@pytest.mark.parametrize("snowflake", [EXAMPLE, str(EXAMPLE)])
def test_an_id_carries_the_time_at_which_it_was_made(snowflake: int | str) -> None:
    assert snowflake_time(snowflake) == pytest.approx(MADE, abs=1e-6)


def test_the_first_id_is_of_2015() -> None:
    assert snowflake_time(0) == DISCORD_EPOCH


def test_the_age_is_counted_from_the_id() -> None:
    assert interaction_age(EXAMPLE, MADE + 1.5) == pytest.approx(1.5)


def test_clocks_that_disagree_make_a_negative_age_and_no_expiry() -> None:
    assert interaction_age(EXAMPLE, MADE - 1) < 0
    assert not is_expired(EXAMPLE, MADE - 1)


@pytest.mark.parametrize(("age", "expired"), [(0.0, False), (2.9, False), (3.1, True)])
def test_a_first_response_is_due_within_three_seconds(age: float, expired: bool) -> None:
    assert is_expired(EXAMPLE, MADE + age) is expired


def test_the_guard_acts_before_the_deadline() -> None:
    assert GUARD_AT < RESPONSE_DEADLINE


def guarded(age: float, kind: int = 2) -> Interaction:
    """An interaction that is so old at ``MADE``."""
    milliseconds = round((MADE - age - DISCORD_EPOCH) * 1000)
    return Interaction(str(milliseconds << 22), "token", kind)


def test_an_unanswered_interaction_is_deferred_once_when_it_is_due() -> None:
    guard = DeadlineGuard()
    fresh = guarded(0.0)
    assert guard.seen(fresh, MADE)
    assert guard.next_due(MADE) == pytest.approx(GUARD_AT, abs=0.01)
    assert guard.due(MADE + 1.9) == []
    assert guard.due(MADE + 2.1) == [fresh]
    assert guard.due(MADE + 2.2) == []
    assert guard.next_due(MADE) is None


def test_an_answered_interaction_is_left_alone() -> None:
    guard = DeadlineGuard()
    guard.seen(guarded(0.0), MADE)
    guard.answered(guarded(0.0).id)
    guard.answered("unknown")
    assert guard.due(MADE + 2.1) == []


@pytest.mark.parametrize("kind", [1, 4, 99])
def test_pings_and_autocomplete_cannot_be_deferred(kind: int) -> None:
    assert not DeadlineGuard().seen(guarded(0.0, kind), MADE)


def test_what_is_replayed_too_late_is_not_deferred_and_what_is_late_is_at_once() -> None:
    guard = DeadlineGuard()
    assert not guard.seen(guarded(3.5), MADE)
    assert guard.seen(guarded(2.5), MADE)
    assert guard.next_due(MADE) == 0.0
    assert len(guard.due(MADE)) == 1


def test_a_guard_that_slept_too_long_forgets_instead_of_asking_in_vain() -> None:
    guard = DeadlineGuard()
    guard.seen(guarded(0.0), MADE)
    assert guard.due(MADE + 3.5) == []
    assert guard.next_due(MADE) is None


def test_commands_and_modals_show_thinking_components_stay_as_they_are() -> None:
    assert DEFERRALS == {2: 5, 3: 6, 5: 5}
