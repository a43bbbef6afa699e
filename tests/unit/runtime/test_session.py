"""What a shard does after a connection ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core.session import (
    TRANSITIONS,
    Action,
    Attempts,
    Checkpoint,
    Ending,
    Patience,
    ending_of_close,
    next_step,
)

PATIENCE = Patience()
NONE = Attempts()


def after(
    ending: Ending,
    attempts: Attempts = NONE,
    *,
    has_session: bool = True,
    jitter: float = 0.5,
) -> tuple[Action, float, bool]:
    step = next_step(ending, attempts, has_session=has_session, now=0.0, jitter=jitter)
    return step.action, step.delay, step.gap


def test_every_ending_has_a_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Ending)


@pytest.mark.parametrize("code", [4000, 4001, 4002, 4003, 4005, 4008, 1000, 1001, 4999])
def test_codes_that_keep_the_session_are_resumed(code: int) -> None:
    assert after(ending_of_close(code)) == (Action.RESUME, 0.0, False)


@pytest.mark.parametrize("code", [4007, 4009])
def test_codes_that_end_the_session_are_followed_by_a_new_one_and_a_gap(code: int) -> None:
    assert after(ending_of_close(code)) == (Action.IDENTIFY, 0.0, True)


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
def test_codes_that_refuse_for_good_stop_the_shard(code: int) -> None:
    ending = ending_of_close(code)
    assert after(ending)[0] is Action.STOP
    assert str(code) in ending.value


@pytest.mark.parametrize("code", [None, 1006])
def test_a_broken_connection_is_resumed(code: int | None) -> None:
    assert ending_of_close(code) is Ending.ABORTED
    assert after(Ending.ABORTED)[0] is Action.RESUME


def test_after_op_9_false_the_next_identify_waits_1_to_5_s() -> None:
    assert after(Ending.INVALID, jitter=0.0) == (Action.IDENTIFY, 1.0, True)
    assert after(Ending.INVALID, jitter=1.0) == (Action.IDENTIFY, 5.0, True)


def test_without_a_session_there_is_nothing_to_resume_and_no_gap() -> None:
    assert after(Ending.RECONNECT, has_session=False) == (Action.IDENTIFY, 0.0, False)


def test_a_session_is_given_up_after_so_many_attempts_or_so_long() -> None:
    attempts = Attempts()
    for _ in range(PATIENCE.tries - 1):
        attempts = attempts.failed(now=0.0)
    assert after(Ending.NO_HANDSHAKE, attempts)[0] is Action.RESUME
    assert after(Ending.NO_HANDSHAKE, attempts.failed(0.0))[0] is Action.IDENTIFY
    assert Attempts().failed(0.0).exhausted(90.0, PATIENCE)
    assert not Attempts().failed(0.0).exhausted(89.0, PATIENCE)


def test_connections_that_end_soon_are_spread_and_a_steady_one_forgives_them() -> None:
    attempts = Attempts().lived(1.0, PATIENCE)
    assert after(Ending.RECONNECT, attempts)[1] == 0.0
    attempts = attempts.lived(1.0, PATIENCE)
    assert after(Ending.RECONNECT, attempts)[1] > 0.0
    assert attempts.lived(60.0, PATIENCE).short == 0


@given(st.sampled_from(list(Ending)), st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_delays_are_bounded_and_a_gap_is_told_exactly_when_a_session_is_given_up(
    ending: Ending, failures: int, jitter: float
) -> None:
    attempts = Attempts(failures=failures)
    for has_session in (True, False):
        action, delay, gap = after(ending, attempts, has_session=has_session, jitter=jitter)
        assert 0.0 <= delay <= PATIENCE.backoff_cap
        assert gap == (has_session and action is Action.IDENTIFY)


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=40))
def test_only_failures_in_a_row_count(lives: list[float | None]) -> None:
    attempts = Attempts()
    for life in lives:
        attempts = attempts.failed(0.0) if life is None else attempts.lived(life, PATIENCE)
    in_a_row = next((i for i, life in enumerate(reversed(lives)) if life is not None), len(lives))
    assert attempts.failures == in_a_row


def test_a_checkpoint_of_another_shard_count_or_other_intents_is_not_resumed() -> None:
    checkpoint = Checkpoint("s", "ws://x", 1, 0, shard_count=2, intents=5)
    assert checkpoint.differs(2, 5) == ""
    assert "3 shards now" in checkpoint.differs(3, 5)
    assert "other intents" in checkpoint.differs(2, 6)
