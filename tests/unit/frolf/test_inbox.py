"""Effects that happen once: an event that comes again changes nothing and is answered the same."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from runtime.bots.frolf.inbox import KEPT
from runtime.bots.frolf.rounds import RuleBroken
from runtime.bots.frolf.store import Store
from runtime.bots.frolf.tables import InboxRow

HERE, ANN, BEN = 1, 2, 3
NOON = 1_785_000_000.0


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url)
    await made.open()
    yield made
    await made.close()


async def test_an_event_that_comes_again_is_answered_as_before(store: Store) -> None:
    opened = await store.create(HERE, "Maple Hill", 3, NOON, "s:1")
    joined = await store.join(HERE, ANN, "Ann", "s:2")
    await store.join(HERE, BEN, "Ben", "s:3")
    assert await store.create(HERE, "Maple Hill", 3, NOON, "s:1") == opened
    assert await store.join(HERE, ANN, "Ann", "s:2") == joined
    assert len(joined.players) == 1


async def test_an_old_event_does_not_undo_a_later_one(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON, "s:1")
    await store.join(HERE, ANN, "Ann", "s:2")
    await store.score(HERE, ANN, 1, 9, NOON, "s:3")
    await store.score(HERE, ANN, 1, 3, NOON, "s:4")
    again = await store.score(HERE, ANN, 1, 9, NOON, "s:3")
    assert again.players[0].strokes[0] == 9
    assert (await store.open_round(HERE)).players[0].strokes[0] == 3


async def test_what_the_rules_forbid_leaves_no_note(store: Store) -> None:
    with pytest.raises(RuleBroken):
        await store.join(HERE, ANN, "Ann", "s:1")
    await store.create(HERE, "Maple Hill", 3, NOON, "s:2")
    assert len((await store.join(HERE, ANN, "Ann", "s:1")).players) == 1


async def test_one_event_in_the_hands_of_two_workers_has_one_effect(url: str, store: Store) -> None:
    other = Store(url)
    await other.open()
    await store.create(HERE, "Maple Hill", 3, NOON)
    answers = await asyncio.gather(
        *(one.join(HERE, ANN, "Ann", "s:1") for one in (store, other) for _ in range(3))
    )
    await other.close()
    assert [len(one.players) for one in answers] == [1] * 6
    assert len((await store.open_round(HERE)).players) == 1


async def test_without_an_event_nothing_is_noted(store: Store) -> None:
    await store.create(HERE, "Maple Hill", 3, NOON)
    with pytest.raises(RuleBroken, match="already open"):
        await store.create(HERE, "Maple Hill", 3, NOON)


async def test_notes_are_forgotten_when_nobody_can_ask_any_more(store: Store) -> None:
    def notes(session: Session) -> int | None:
        return session.scalar(select(func.count()).select_from(InboxRow))

    def grow_old(session: Session) -> None:
        session.execute(update(InboxRow).values(noted_at=time.time() - KEPT - 1))

    await store.create(HERE, "Maple Hill", 3, NOON, "s:1")
    await store._database.change(grow_old)
    await store.create(HERE + 1, "Blue Lake", 3, time.time(), "s:2")
    assert await store._database.read(notes) == 1
