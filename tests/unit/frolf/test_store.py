"""Rounds in a database, with two stores on one file as two workers have them."""

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from runtime.bots.frolf.rounds import RuleBroken
from runtime.bots.frolf.store import ABANDONED_AFTER, Store

HERE, ELSEWHERE = 2**62, 2**62 + 1
ANN, BEN = 2**63 - 1, 2**63 - 2
NOON = 1_785_000_000.0

OPEN_AND_JOIN = """
import asyncio, sys
from runtime.bots.frolf.store import Store
async def main():
    store = Store(sys.argv[1])
    await store.open()
    for user in sys.argv[2:]:
        await store.join(1, int(user), user)
    await store.close()
asyncio.run(main())
"""


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """One worker's store."""
    made = Store(url)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def other(url: str, store: Store) -> AsyncIterator[Store]:
    """Another worker's store on the same file."""
    made = Store(url)
    await made.open()
    yield made
    await made.close()


async def test_a_round_is_seen_by_the_other_worker(store: Store, other: Store) -> None:
    created = await store.create(HERE, "Maple Hill", 3, NOON)
    assert await other.open_round(HERE) == created


async def test_what_one_worker_writes_the_other_goes_on_with(store: Store, other: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    await other.join(HERE, ANN, "Ann")
    await store.join(HERE, BEN, "Ben")
    scored = await other.score(HERE, BEN, 2, 4, NOON)
    assert [player.name for player in scored.players] == ["Ann", "Ben"]
    assert scored.players[1].strokes == (None, 4, None)
    assert await store.open_round(HERE) == scored


async def test_a_round_survives_a_restart(url: str, store: Store) -> None:
    created = await store.create(HERE, "Maple Hill", 3, NOON)
    await store.close()
    again = Store(url)
    await again.open()
    assert await again.open_round(HERE) == created
    await again.close()


async def test_each_channel_has_a_round_of_its_own(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    await store.create(ELSEWHERE, "Blue Lake", 9, NOON)
    assert (await store.open_round(ELSEWHERE)).course == "Blue Lake"


async def test_a_channel_has_one_open_round(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    with pytest.raises(RuleBroken, match="Maple Hill"):
        await store.create(HERE, "Blue Lake", 9, NOON + 60)


async def test_of_many_rounds_opened_at_once_one_is(store: Store, other: Store) -> None:
    outcomes = await asyncio.gather(
        *(one.create(HERE, f"course {n}", 3, NOON) for n in range(5) for one in (store, other)),
        return_exceptions=True,
    )
    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert {type(one) for one in refused} == {RuleBroken}
    assert len(refused) == 9


async def test_an_abandoned_round_gives_way_to_a_new_one(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    await store.create(HERE, "Blue Lake", 9, NOON + ABANDONED_AFTER)
    assert (await store.open_round(HERE)).course == "Blue Lake"


async def test_a_round_that_is_played_is_not_abandoned(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    await store.join(HERE, ANN, "Ann")
    await store.score(HERE, ANN, 1, 3, NOON + ABANDONED_AFTER)
    with pytest.raises(RuleBroken):
        await store.create(HERE, "Blue Lake", 9, NOON + ABANDONED_AFTER + 60)


async def test_the_last_score_closes_the_round_and_keeps_its_leaderboard(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 1, NOON)
    await store.join(HERE, ANN, "Ann")
    finished = await store.score(HERE, ANN, 1, 2, NOON)
    assert finished.is_finished
    with pytest.raises(RuleBroken, match="No open round"):
        await store.open_round(HERE)
    assert await store.latest_round(HERE) == finished
    await store.create(HERE, "Blue Lake", 9, NOON + 60)


async def test_a_correction_replaces_the_score(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    await store.join(HERE, ANN, "Ann")
    await store.score(HERE, ANN, 1, 9, NOON)
    assert (await store.score(HERE, ANN, 1, 3, NOON)).players[0].strokes == (3, None, None)
    assert (await store.open_round(HERE)).players[0].strokes == (3, None, None)


async def test_without_a_round_every_command_says_so(store: Store) -> None:
    for asked in (
        store.join(HERE, ANN, "Ann"),
        store.score(HERE, ANN, 1, 3, NOON),
        store.open_round(HERE),
        store.latest_round(HERE),
    ):
        with pytest.raises(RuleBroken, match="/round create"):
            await asked


async def test_what_the_rules_forbid_changes_nothing(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    joined = await store.join(HERE, ANN, "Ann")
    for asked in (store.join(HERE, ANN, "Ann"), store.score(HERE, ANN, 4, 3, NOON)):
        with pytest.raises(RuleBroken):
            await asked
    assert await store.open_round(HERE) == joined


async def test_changes_at_once_from_two_workers_are_all_kept(store: Store, other: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    await asyncio.gather(
        *((store, other)[n % 2].join(HERE, n, f"player {n}") for n in range(1, 13))
    )
    await asyncio.gather(
        *(
            (store, other)[hole % 2].score(HERE, n, hole, 3, NOON)
            for n in range(1, 13)
            for hole in (1, 2)
        )
    )
    players = (await store.open_round(HERE)).players
    assert {player.user_id for player in players} == set(range(1, 13))
    assert {player.strokes for player in players} == {(3, 3, None)}


async def test_stores_that_open_a_new_database_at_once_agree_on_it(url: str) -> None:
    stores = [Store(url) for _ in range(6)]
    await asyncio.gather(*(one.open() for one in stores))
    await stores[0].create(HERE, "Maple Hill", 3, NOON)
    assert (await stores[5].open_round(HERE)).course == "Maple Hill"
    for one in stores:
        await one.close()


async def test_processes_share_a_database(url: str, store: Store) -> None:
    await store.create(1, "Maple Hill", 3, NOON)
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", OPEN_AND_JOIN, url, *(str(n * 10 + k) for k in range(4))
        )
        for n in range(1, 4)
    ]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    assert len((await store.open_round(1)).players) == 12
