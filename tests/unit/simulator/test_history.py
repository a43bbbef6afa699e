from simulator.core.history import History


def test_a_message_of_the_mix_is_decoded_when_asked_for() -> None:
    history = History()
    history.remember(1, 7, b'{"id":"1"}')
    found = history.get(7, 1)
    assert found == {"id": "1"}
    assert history.get(7, 1) is found


def test_the_oldest_are_forgotten() -> None:
    history = History(kept=2)
    for number in range(3):
        history.remember(number, 7, b"{}")
    assert [history.get(7, number) is None for number in range(3)] == [True, False, False]


def test_messages_stay_in_their_channel() -> None:
    history = History()
    history.remember(1, 7, {})
    assert history.get(8, 1) is None


def test_a_nonce_is_remembered_for_five_minutes() -> None:
    history = History()
    history.remember(1, 7, {"id": "1"})
    history.keep_nonce(7, "n", 1, now=100.0)
    assert history.same_nonce(7, "n", 399.0) == {"id": "1"}
    assert history.same_nonce(8, "n", 399.0) is None
    assert history.same_nonce(7, "n", 401.0) is None


def test_many_at_once_are_remembered_and_the_oldest_of_them_forgotten() -> None:
    history = History(kept=3)
    history.remember(1, 7, {"id": "1"})
    history.remember_all((number, 7, b'{"id":"%d"}' % number) for number in range(2, 6))
    assert [m["id"] for m in history.newest_first(7)] == ["5", "4", "3"]
    assert history.forget(7, 4)
    assert history.get(7, 4) is None
