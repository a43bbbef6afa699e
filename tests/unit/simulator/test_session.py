import pytest

from simulator.core.replay import Bounds
from simulator.core.session import (
    REFUSALS,
    TRANSITIONS,
    Close,
    Refused,
    Session,
    Signal,
    State,
    step,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("signal", Signal)
def test_what_the_table_does_not_list_is_refused_with_the_states_code(
    state: State, signal: Signal
) -> None:
    if (state, signal) in TRANSITIONS:
        assert step(state, signal) is TRANSITIONS[state, signal]
    else:
        with pytest.raises(Refused) as refusal:
            step(state, signal)
        assert refusal.value.code is REFUSALS[state]


def test_nothing_leads_out_of_the_end() -> None:
    assert not [state for state, _ in TRANSITIONS if state is State.ENDED]


def test_every_state_can_be_reached() -> None:
    assert {State.GREETED, *TRANSITIONS.values()} == set(State)


def test_sequences_count_from_one_per_session() -> None:
    session = Session("s", "t", (0, 1), 0, Bounds())
    session.dispatch(b"A", b"{}")
    session.dispatch(b"B", b"{}")
    assert (session.log.last, session.log[2].name) == (2, b"B")


def test_a_resumed_session_continues_after_what_the_client_saw() -> None:
    session = Session("s", "t", (0, 1), 0, Bounds())
    for _ in range(5):
        session.dispatch(b"A", b"{}")
    session.signal(Signal.SOCKET_LOST)
    assert session.attach(2) == 3
    assert (session.state, session.cursor) == (State.LIVE, 2)


def test_close_codes_are_discords() -> None:
    assert sorted(Close) == [*range(4000, 4006), *range(4007, 4015)]
