"""At most one holder, who knows when it no longer is. Buckets are real, in memory."""

import asyncio

import pytest

from runtime.bus.interface import Entry
from runtime.bus.lease import Lease
from runtime.bus.memory.buckets import MemoryBucket
from runtime.core.topology import Bucket
from runtime.errors import BusUnavailable, LeaseLost
from tests.eventually import eventually

TTL = 0.2


class Switch(MemoryBucket):
    """A bucket that can be out of reach; with ``deaf`` a write arrives and its answer does not."""

    away = deaf = False

    async def get(self, key: str) -> Entry | None:
        self._reach()
        return await super().get(key)

    async def update(self, key: str, value: bytes, revision: int) -> int:
        self._reach()
        written = await super().update(key, value, revision)
        if self.deaf:
            raise BusUnavailable("no answer")
        return written

    def _reach(self) -> None:
        if self.away:
            raise BusUnavailable("away")


def lease(bucket: MemoryBucket, holder: str) -> Lease:
    return Lease(bucket, "gateway", holder, TTL)


@pytest.fixture
async def bucket() -> Switch:
    return Switch(Bucket("leases", ttl=TTL), 1 << 20)


async def test_the_first_has_it_and_the_second_hears_who(bucket: Switch) -> None:
    first, second = lease(bucket, "a"), lease(bucket, "b")
    await first.acquire()
    assert first.is_sure
    assert not await second.try_acquire()
    heard: list[str] = []
    waiting = asyncio.ensure_future(second.acquire(heard.append))
    await eventually(lambda: heard == ["a"])
    waiting.cancel()


async def test_a_release_lets_the_next_in_at_once(bucket: Switch) -> None:
    first, second = lease(bucket, "a"), lease(bucket, "b")
    await first.acquire()
    await first.release()
    assert not first.is_sure
    assert await second.try_acquire()


async def test_who_vanished_is_followed_after_the_time_to_live(bucket: Switch) -> None:
    await lease(bucket, "a").acquire()
    second = lease(bucket, "b")
    await asyncio.wait_for(second.acquire(), 10 * TTL)
    assert second.is_sure


async def test_revisions_grow_with_every_holder(bucket: Switch) -> None:
    first, second = lease(bucket, "a"), lease(bucket, "b")
    await first.acquire()
    await first.release()
    await second.acquire()
    assert second.revision > first.revision


async def test_a_holder_that_was_followed_learns_that_it_lost(bucket: Switch) -> None:
    first, second = lease(bucket, "a"), lease(bucket, "b")
    await first.acquire()
    await second.acquire()
    with pytest.raises(LeaseLost, match="held by b"):
        await first.renew()


async def test_without_the_broker_a_holder_is_unsure_and_takes_up_again(bucket: Switch) -> None:
    holder = lease(bucket, "a")
    await holder.acquire()
    bucket.away = True
    await holder.renew()
    await eventually(lambda: not holder.is_sure)
    bucket.away = False
    await holder.renew()
    assert holder.is_sure


async def test_a_write_whose_answer_was_lost_is_recognised(bucket: Switch) -> None:
    holder = lease(bucket, "a")
    await holder.acquire()
    bucket.deaf = True
    await holder.renew()
    bucket.deaf = False
    await holder.renew()
    await holder.renew()
    assert holder.is_sure


async def test_of_many_who_ask_at_once_one_gets_it(bucket: Switch) -> None:
    asked = [lease(bucket, str(n)).try_acquire() for n in range(20)]
    assert sum(await asyncio.gather(*asked)) == 1
