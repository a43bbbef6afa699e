"""Tasks end, whatever a library does with their cancellation."""

import asyncio
from contextlib import suppress

import pytest

from runtime.bus.ending import cancellable, end


async def swallow(seconds: float) -> str:
    """A library's call that takes a cancellation for the end of a wait."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(seconds)
    return "done"


async def mistake(seconds: float) -> None:
    """A library's call that takes it for an error of its own."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        raise TimeoutError from None


@pytest.mark.parametrize("call", [swallow, mistake])
async def test_a_cancellation_that_a_library_swallows_arrives_nevertheless(call: object) -> None:
    assert callable(call)
    task = asyncio.create_task(cancellable(call(60.0)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_without_a_cancellation_results_and_timeouts_pass() -> None:
    assert await cancellable(swallow(0.0)) == "done"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.0):
            await cancellable(asyncio.sleep(60.0))


async def test_a_cancellation_of_before_is_not_taken_for_a_new_one() -> None:
    async def cleans_up() -> str:
        try:
            await asyncio.sleep(60.0)
        except asyncio.CancelledError:
            return await cancellable(swallow(0.0))
        return "not cancelled"

    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "done"


async def test_a_task_that_ignores_its_first_cancellation_gets_another() -> None:
    async def deaf() -> None:
        await swallow(60.0)
        await asyncio.sleep(60.0)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await end([task])
    assert task.cancelled()
