"""Handlers that block share the event loop with acknowledgements, timers and heartbeats."""

import asyncio

from runtime.worker.turns import TURN, Turns

SLOW = 2 * TURN


class Loop:
    """Handlers that take time by a clock of their own, and in which turn of the loop each ran."""

    def __init__(self) -> None:
        self.now = 0.0
        self.turns = Turns(clock=lambda: self.now)
        self.turn = 0
        self.ran: list[tuple[str, int]] = []

    async def handle(self, name: str, seconds: float, *, first: bool = False) -> None:
        if not self.turns.is_free():
            await self.turns.wait(first=first)
        self.now += seconds
        self.ran.append((name, self.turn))

    async def count_turns(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)

    async def run(self, *handlers: asyncio.Task[None]) -> None:
        counting = asyncio.create_task(self.count_turns())
        await asyncio.wait_for(asyncio.gather(*handlers, return_exceptions=True), 10)
        counting.cancel()

    def start(self, name: str, seconds: float, *, first: bool = False) -> asyncio.Task[None]:
        return asyncio.create_task(self.handle(name, seconds, first=first))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.ran]

    @property
    def used(self) -> set[int]:
        return {turn for _, turn in self.ran}


async def test_quick_handlers_all_run_in_one_turn() -> None:
    loop = Loop()
    await loop.run(*(loop.start(str(n), TURN / 200) for n in range(100)))
    assert len(loop.used) == 1


async def test_handlers_that_block_run_in_a_turn_each_and_in_their_order() -> None:
    loop = Loop()
    await loop.run(*(loop.start(str(n), SLOW) for n in range(20)))
    assert loop.names == [str(n) for n in range(20)]
    assert len(loop.used) == 20


async def test_what_a_handler_has_to_send_leaves_before_the_next_handler() -> None:
    loop = Loop()

    async def handle_and_send(name: str) -> None:
        await loop.handle(name, SLOW)
        asyncio.get_running_loop().call_soon(loop.ran.append, ("sent", 0))

    await loop.run(*(asyncio.create_task(handle_and_send(name)) for name in "abc"))
    assert loop.names[:5] == ["a", "sent", "b", "sent", "c"]


async def test_nobody_overtakes_what_is_to_be_sent_in_whatever_moment_they_come() -> None:
    loop = Loop()

    async def handle_and_send(name: str) -> None:
        await loop.handle(name, SLOW)
        asyncio.get_running_loop().call_soon(loop.ran.append, ("sent", 0))

    async def come(pause: int) -> None:
        async with asyncio.TaskGroup() as coming:
            for number in range(30):
                coming.create_task(handle_and_send(f"{pause}.{number}"))
                for _ in range(number % pause):
                    await asyncio.sleep(0)

    await loop.run(*(asyncio.create_task(come(pause)) for pause in (2, 3, 5)))
    await asyncio.sleep(0)
    assert set(loop.names[1::2]) == {"sent"}
    assert "sent" not in loop.names[0::2]


async def test_after_a_slow_handler_the_quick_ones_are_soon_together_again() -> None:
    loop = Loop()
    quick = (loop.start("quick", TURN / 1000) for _ in range(100))
    await loop.run(loop.start("slow", SLOW), *quick)
    assert len(loop.used) <= 8


async def test_an_interaction_goes_before_events_that_wait() -> None:
    loop = Loop()
    events = [loop.start(name, SLOW) for name in "abc"]
    await loop.run(*events, loop.start("interaction", SLOW, first=True))
    assert loop.names == ["a", "interaction", "b", "c"]


async def test_one_that_gave_up_waiting_holds_up_nobody() -> None:
    loop = Loop()
    a, b, c = (loop.start(name, SLOW) for name in "abc")
    asyncio.get_running_loop().call_soon(b.cancel)
    await loop.run(a, b, c)
    assert loop.names == ["a", "c"]


async def test_a_turn_that_is_long_before_its_first_handler_still_admits_it() -> None:
    loop = Loop()

    async def hog() -> None:
        while len(loop.ran) < 5:
            loop.now += SLOW
            await asyncio.sleep(0)

    hogging = asyncio.create_task(hog())
    await loop.run(*(loop.start(str(n), SLOW) for n in range(5)))
    await hogging
    assert loop.names == [str(n) for n in range(5)]


async def test_when_closed_nobody_is_admitted() -> None:
    loop = Loop()
    handlers = [loop.start(name, SLOW) for name in "abc"]
    asyncio.get_running_loop().call_soon(loop.turns.close)
    _, waiting = await asyncio.wait(handlers, timeout=0.1)
    assert loop.names == ["a"]
    assert not loop.turns.is_free()
    for handler in waiting:
        handler.cancel()
    assert len(waiting) == 2
