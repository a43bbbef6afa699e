import pytest

from simulator.core.admission import check
from simulator.core.intents import KNOWN, PRIVILEGED
from simulator.core.payload import Identity
from simulator.core.session import Refused


def refusal(shard: tuple[int, int] = (0, 1), wanted: int = 0, guilds: int = 1) -> int | None:
    try:
        check(Identity("t", wanted, shard, False), guilds, KNOWN & ~PRIVILEGED)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize("shard", [(1, 1), (-1, 1), (0, 0)])
def test_a_shard_that_cannot_be_is_4010(shard: tuple[int, int]) -> None:
    assert refusal(shard) == 4010


def test_a_shard_holds_2500_guilds() -> None:
    assert [refusal(guilds=2500), refusal(guilds=2501), refusal((0, 2), guilds=5000)] == [
        None, 4011, None,
    ]  # fmt: skip


def test_intents_are_known_and_allowed() -> None:
    assert [refusal(wanted=n) for n in (1 << 17, -1, 1 << 40, 1 << 15)] == [None, 4013, 4013, 4014]
