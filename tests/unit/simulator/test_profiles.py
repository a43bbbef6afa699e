import pytest

from simulator.core.profiles import PROFILES


def test_presence_has_the_shares_that_were_counted() -> None:
    weights, total = PROFILES["presence"], sum(PROFILES["presence"].values())
    assert weights["PRESENCE_UPDATE"] / total == pytest.approx(0.93, abs=0.005)
    assert weights["MESSAGE_CREATE"] / total == pytest.approx(0.03, abs=0.005)


def test_in_classic_updates_are_the_second_most_common() -> None:
    ordered = sorted(PROFILES["classic"].items(), key=lambda item: -item[1])
    assert [name for name, _ in ordered[:2]] == ["MESSAGE_CREATE", "MESSAGE_UPDATE"]
    assert ordered[0][1] / sum(PROFILES["classic"].values()) == pytest.approx(0.4)


def test_only_modern_has_what_came_since_2022() -> None:
    new = {"THREAD_CREATE", "MESSAGE_POLL_VOTE_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE"}
    assert new <= PROFILES["modern"].keys()
    assert not new & (PROFILES["classic"].keys() | PROFILES["presence"].keys())


def test_modern_answers_one_event_in_five() -> None:
    weights = PROFILES["modern"]
    assert weights["INTERACTION_CREATE"] / sum(weights.values()) == pytest.approx(0.2, abs=0.01)
