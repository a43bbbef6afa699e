"""When an IDENTIFY may be sent."""

import pytest

from runtime.core.identify import (
    WINDOW,
    GatewayBot,
    SessionStartLimit,
    identify_delay,
    spent_one,
)


def limit(remaining: int) -> SessionStartLimit:
    return SessionStartLimit(total=1000, remaining=remaining, reset_after=3_600_000)


def test_the_first_half_of_the_budget_may_be_spent_freely() -> None:
    assert identify_delay(limit(1000)) == 0.0
    assert identify_delay(limit(501)) == 0.0


@pytest.mark.parametrize("remaining", [500, 100, 1])
def test_the_second_half_is_spread_over_the_time_until_the_reset(remaining: int) -> None:
    assert identify_delay(limit(remaining)) == 3600.0 / remaining


def test_a_spent_budget_waits_for_the_reset() -> None:
    assert identify_delay(limit(0)) == 3600.0
    assert identify_delay(SessionStartLimit(remaining=0, reset_after=0)) == WINDOW


def test_what_is_known_to_be_spent_counts_before_discord_is_asked_again() -> None:
    answer = GatewayBot("ws://x", 1, limit(1))
    assert spent_one(answer).session_start_limit.remaining == 0
    assert spent_one(spent_one(answer)).session_start_limit.remaining == 0


def test_a_crash_loop_cannot_burn_the_whole_budget() -> None:
    left, seconds = 1000, 0.0
    while seconds < 3600.0 and left:
        seconds += max(1.0, identify_delay(limit(left)))
        left -= 1
    assert left > 100
