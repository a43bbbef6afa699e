"""A counting client: whatever happens to its socket, it must see each event exactly once."""

import asyncio

from simulator import FakeDiscord
from simulator.core.replay import Bounds
from simulator.core.world import Json
from tests.endurance.counting import CountingClient, Counts
from tests.eventually import eventually


async def counted(fake: FakeDiscord) -> tuple[Counts, Json]:
    """What a client saw until the offer was over and everything was read, and the ledger."""
    client = CountingClient(fake.gateway_url)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(client.run())
        await fake.finished()
        fake.faults.clear()
        await eventually(lambda: client.sequence == newest(fake), within=30)
        running.cancel()
    return client.counts, fake.ledger()


def newest(fake: FakeDiscord) -> int:
    """The last number of the one session; -1 while there is none."""
    sessions = list(fake.api.hub.sessions.values())
    return sessions[-1].log.last if sessions else -1


async def test_forced_resumes_under_load_lose_repeat_and_reorder_nothing() -> None:
    async with FakeDiscord(
        guilds=20, rate=2000, duration=3, grace=0, profile="modern", probes=0
    ) as fake:
        fake.faults.add("tcp_reset", every=0.4)
        fake.faults.add("close", every=0.35)
        seen, book = await counted(fake)
    assert (seen.lost, seen.duplicated, seen.reordered) == (0, 0, 0)
    assert (seen.identifies, seen.dispatches) == (1, book["dispatched"])
    assert seen.resumed == book["sessions"]["resume"] > 0


async def test_a_gap_that_no_longer_fits_is_said_with_op_9_never_skipped() -> None:
    async with FakeDiscord(guilds=2, rate=2000, grace=0, bounds=Bounds(events=3000)) as fake:
        client = CountingClient(fake.gateway_url)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(client.run())
            await eventually(lambda: client.counts.messages > 0)
            fake.faults.add("refuse_upgrade")
            fake.faults.add("tcp_reset")
            await eventually(lambda: fake.ledger()["sessions"]["live"] == 0)
            missed = fake.api.ledger.emitted + 3100
            await eventually(lambda: fake.api.ledger.emitted > missed)
            fake.faults.clear()
            await eventually(lambda: fake.ledger()["resumes"]["refused"] >= 1)
            running.cancel()
    assert (client.counts.lost, client.counts.duplicated) == (0, 0)
