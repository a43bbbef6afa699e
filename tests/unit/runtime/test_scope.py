"""Which tasks belong to an event."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from runtime.worker import scope
from runtime.worker.scope import Scope


@pytest.fixture
async def scoped() -> AsyncIterator[Scope]:
    asyncio.get_running_loop().set_task_factory(scope.task_factory)
    made = Scope("s:1")
    token = scope.current.set(made)
    yield made
    scope.current.reset(token)
    asyncio.get_running_loop().set_task_factory(None)


async def nothing() -> None:
    return


async def test_a_handler_is_waited_for(scoped: Scope) -> None:
    handler = asyncio.create_task(nothing(), name="discord.py: on_message")
    await scoped.finished()
    assert handler.done()


async def test_a_handler_that_a_handler_caused_is_waited_for(scoped: Scope) -> None:
    inner: list[asyncio.Task[None]] = []

    async def outer() -> None:
        inner.append(asyncio.create_task(nothing(), name="discord.py: on_command"))

    asyncio.create_task(outer(), name="CommandTree-invoker")
    await scoped.finished()
    assert inner[0].done()


async def test_the_bots_own_background_task_is_not_waited_for(scoped: Scope) -> None:
    background = asyncio.create_task(asyncio.Event().wait())
    await scoped.finished()
    assert not background.done()
    background.cancel()


async def test_what_a_handler_raises_is_kept(scoped: Scope) -> None:
    async def fail() -> None:
        raise RuntimeError("no")

    asyncio.create_task(fail(), name="CommandTree-invoker")
    await scoped.finished()
    assert [str(error) for error in scoped.errors] == ["no"]


async def test_an_error_is_noted_against_the_event_in_hand(scoped: Scope) -> None:
    scope.note_error(RuntimeError("no"))
    assert len(scoped.errors) == 1


async def test_without_an_event_nothing_is_noted() -> None:
    scope.note_error(RuntimeError("no"))
    assert scope.current.get() is None


async def test_when_all_that_is_left_may_go_the_event_is_not_waited_for(scoped: Scope) -> None:
    patient = asyncio.create_task(asyncio.Event().wait(), name="discord.py: on_message")
    assert await scoped.finished(lambda task: task is patient) == [patient]
    assert scoped.running() == [patient]
    await scoped.cancel()
    assert patient.cancelled()


async def test_whoever_says_that_it_waits_is_looked_at_again(scoped: Scope) -> None:
    waits: list[asyncio.Task[object]] = []

    async def patient() -> None:
        await asyncio.sleep(0)
        waits.append(asyncio.current_task())  # type: ignore[arg-type]
        scope.note_wait()
        await asyncio.Event().wait()

    asyncio.create_task(patient(), name="CommandTree-invoker")
    assert await scoped.finished(lambda task: task in waits) == waits
    await scoped.cancel()


async def test_who_gives_up_waiting_ends_the_handlers(scoped: Scope) -> None:
    handler = asyncio.create_task(asyncio.Event().wait(), name="discord.py: on_message")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(scoped.finished(), 0.01)
    assert handler.cancelled()
