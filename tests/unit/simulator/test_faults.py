from collections import Counter

import pytest

from simulator.core.faults import Fault, Faults, from_flag, parse
from simulator.errors import WrongValue


def armed(*faults: Fault) -> Faults:
    box = Faults(Counter[str]().update)
    for fault in faults:
        box.add(fault, now=0.0)
    return box


def strikes(box: Faults, now: float, emitted: int = 0) -> list[str]:
    return [fault.kind for fault in box.due(now, emitted, live={0, 1})]


def test_a_timed_fault_strikes_once_at_once() -> None:
    box = armed(Fault("close"))
    assert strikes(box, 0.0) == ["close"]
    assert strikes(box, 1.0) == []


def test_it_waits_for_its_event_and_its_time() -> None:
    box = armed(Fault("op7", at_event=100), Fault("op9", after=5))
    assert strikes(box, 4.0, emitted=99) == []
    assert strikes(box, 5.0, emitted=100) == ["op7", "op9"]


def test_it_waits_until_its_shard_is_live() -> None:
    box = armed(Fault("close", shard=3))
    assert box.due(0.0, 0, live={0}) == []
    assert [f.kind for f in box.due(0.0, 0, live={3})] == ["close"]


def test_every_strikes_again_and_again_until_its_count() -> None:
    box = armed(Fault("tcp_reset", every=2, count=3))
    assert [len(strikes(box, float(now))) for now in range(10)] == [0, 0, 1, 0, 1, 0, 1, 0, 0, 0]


def test_a_waiting_fault_strikes_as_often_as_it_was_told() -> None:
    box = armed(Fault("refuse_upgrade", count=2))
    assert [box.take("refuse_upgrade") is not None for _ in range(3)] == [True, True, False]


def test_a_waiting_fault_without_count_never_ends() -> None:
    box = armed(Fault("no_ack"))
    assert all(box.take("no_ack") for _ in range(100))


def test_a_waiting_fault_waits_for_its_time_and_its_event() -> None:
    box = armed(Fault("no_ack", after=5), Fault("rest_status", at_event=100))
    box.due(4.9, 99, live={0})
    assert box.take("no_ack") is box.take_route("rest_status", "GET", "/") is None
    box.due(5.0, 100, live={0})
    assert None not in (box.take("no_ack"), box.take_route("rest_status", "GET", "/"))


def test_a_flag_says_a_whole_fault() -> None:
    told = "rest_429:scope=global,every=2,via=false"
    assert from_flag(told) == Fault("rest_429", scope="global", every=2, via=False)
    assert from_flag("op7") == Fault("op7")


def test_a_rest_fault_is_for_its_method_and_route() -> None:
    box = armed(Fault("rest_status", method="POST", route="/channels"))
    assert box.take_route("rest_status", "GET", "/channels/1") is None
    assert box.take_route("rest_status", "POST", "/guilds/1") is None
    assert box.take_route("rest_status", "POST", "/channels/1/messages") is not None


def test_the_same_seed_draws_the_same_lots() -> None:
    def draw() -> list[bool]:
        box = armed(Fault("no_ack", probability=0.5, seed=4))
        return [box.take("no_ack") is not None for _ in range(40)]

    assert draw() == draw()
    assert 5 < Counter(draw())[True] < 35


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind": "earthquake"}, "no kind of fault"),
        ({"kind": "close", "cod": 1}, "no key 'cod'"),
        ({"kind": "close", "code": "x"}, "'code' cannot be 'x'"),
        ({"kind": "close", "every": True}, "'every' cannot be True"),
        ({}, "no kind of fault"),
    ],
)
def test_a_wrong_fault_is_told_in_one_line(given: dict[str, object], told: str) -> None:
    with pytest.raises(WrongValue, match=told):
        parse(given)
