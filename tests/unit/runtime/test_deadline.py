"""The age of an interaction, from its id."""

import pytest

from runtime.core.deadline import (
    DISCORD_EPOCH,
    GUARD_AT,
    RESPONSE_DEADLINE,
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
