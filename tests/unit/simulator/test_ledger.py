from simulator.core.ledger import Ledger
from simulator.core.pace import Pace


def running(rate: float, seconds: float) -> Pace:
    pace = Pace(rate)
    pace.start(0)
    assert pace.due(seconds)
    return pace


def test_the_achieved_rate_is_what_was_emitted_in_the_active_time() -> None:
    ledger, pace = Ledger(), running(100, 10)
    ledger.emitted = 900
    book = ledger.as_json(pace, 10)
    assert (book["offered_rate"], book["achieved_rate"], book["offered"]) == (100.0, 90.0, 1000)


def test_catching_up_after_the_end_lowers_the_achieved_rate() -> None:
    ledger, pace = Ledger(), Pace(100, duration=10)
    pace.start(0)
    ledger.emitted, ledger.last_emitted_at = 1000, 20.0
    assert ledger.as_json(pace, 20)["achieved_rate"] == 50.0


def test_two_live_sessions_of_a_shard_show_for_ever() -> None:
    ledger = Ledger()
    for act in (ledger.session_lives, ledger.session_lives, ledger.session_rests):
        act((0, 1))
    sessions = ledger.as_json(Pace(0), 0)["sessions"]
    assert isinstance(sessions, dict)
    assert (sessions["live"], sessions["max_live_per_shard"]) == (1, 2)


def test_a_reset_keeps_the_live_sessions() -> None:
    ledger = Ledger()
    ledger.session_lives((0, 1))
    ledger.identify = 5
    ledger.reset()
    assert (ledger.identify, ledger.live[0, 1], ledger.max_live_per_shard) == (0, 1, 1)
