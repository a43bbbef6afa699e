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
