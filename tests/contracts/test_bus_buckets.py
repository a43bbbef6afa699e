"""Every transport: buckets."""

import asyncio
from contextlib import aclosing

import pytest

from runtime.bus.interface import Entry, KeyValue
from runtime.errors import BusError, RevisionConflict
from tests.contracts.conftest import TTL, Connect, QuickTopology
from tests.eventually import eventually


async def test_a_key_without_a_value_is_none(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        assert await bucket.get("nothing") is None
        assert await bucket.keys() == []


async def test_every_connection_sees_the_newest_value(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        mine, theirs = await bus.bucket(topology.state), await other.bucket(topology.state)
        await mine.put("guild.1", b"old")
        revision = await mine.put("guild.1", b"new")
        assert await theirs.get("guild.1") == Entry("guild.1", b"new", revision)


async def test_revisions_grow_with_every_write(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        revisions = [await bucket.put(key, b"") for key in ("a", "b", "a")]
        assert revisions == sorted(set(revisions))


async def test_an_empty_value_is_a_value(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        revision = await bucket.put("empty", b"")
        assert await bucket.get("empty") == Entry("empty", b"", revision)


async def test_a_key_can_be_created_once(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        await bucket.create("lease", b"first")
        with pytest.raises(RevisionConflict):
            await bucket.create("lease", b"second")
        entry = await bucket.get("lease")
        assert entry is not None
        assert entry.value == b"first"


async def test_a_deleted_key_can_be_created_again(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        await bucket.create("lease", b"first")
        await bucket.delete("lease")
        assert await bucket.get("lease") is None
        revision = await bucket.create("lease", b"second")
        assert await bucket.get("lease") == Entry("lease", b"second", revision)


async def test_an_update_needs_the_newest_revision(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        first = await bucket.create("lease", b"1")
        second = await bucket.update("lease", b"2", first)
        with pytest.raises(RevisionConflict):
            await bucket.update("lease", b"3", first)
        assert await bucket.get("lease") == Entry("lease", b"2", second)


async def test_of_two_updates_at_once_one_wins(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        mine, theirs = await bus.bucket(topology.state), await other.bucket(topology.state)
        revision = await mine.create("lease", b"")
        outcomes = await asyncio.gather(
            mine.update("lease", b"mine", revision),
            theirs.update("lease", b"theirs", revision),
            return_exceptions=True,
        )
        lost = [one for one in outcomes if not isinstance(one, int)]
        assert [type(one) for one in lost] == [RevisionConflict]


async def test_a_delete_may_ask_for_a_revision(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        first = await bucket.put("lease", b"1")
        second = await bucket.put("lease", b"2")
        with pytest.raises(RevisionConflict):
            await bucket.delete("lease", first)
        await bucket.delete("lease", second)
        assert await bucket.get("lease") is None


async def test_keys_are_those_with_a_value(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        for key in ("a", "b", "c"):
            await bucket.put(key, b"1")
        await bucket.delete("b")
        assert sorted(await bucket.keys()) == ["a", "c"]


async def test_buckets_do_not_share_keys(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        await (await bus.bucket(topology.state)).put("key", b"1")
        assert await (await bus.bucket(topology.leases)).get("key") is None


async def test_a_value_is_gone_after_its_ttl_and_may_be_created_by_another(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.leases)
        old = await bucket.create("leader", b"old")
        await eventually(lambda: _has_no(bucket, "leader"), within=10 * TTL)
        with pytest.raises(RevisionConflict):
            await bucket.update("leader", b"too late", old)
        assert await bucket.create("leader", b"new") > old


async def test_a_write_starts_the_ttl_again(connect: Connect, topology: QuickTopology) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.leases)
        await bucket.put("other", b"")
        revision = await bucket.put("leader", b"")
        deadline = asyncio.get_running_loop().time() + 2 * TTL
        while asyncio.get_running_loop().time() < deadline:
            revision = await bucket.update("leader", b"", revision)
            await asyncio.sleep(TTL / 10)
        assert await bucket.get("other") is None
        assert await bucket.get("leader") == Entry("leader", b"", revision)


async def test_a_watch_tells_the_values_then_every_change(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus, connect() as other:
        await bus.ensure(topology)
        mine, theirs = await bus.bucket(topology.state), await other.bucket(topology.state)
        await theirs.put("a", b"1")
        async with aclosing(mine.watch()) as changes:
            assert (await anext(changes)).value == b"1"
            await theirs.put("b", b"2")
            await theirs.delete("a")
            seen = [await anext(changes) for _ in range(2)]
        assert [(one.key, one.value) for one in seen] == [("b", b"2"), ("a", None)]
        assert seen[1].revision > seen[0].revision


async def test_a_value_above_the_limit_and_a_key_with_a_space_are_refused(
    connect: Connect, topology: QuickTopology
) -> None:
    async with connect() as bus:
        await bus.ensure(topology)
        bucket = await bus.bucket(topology.state)
        with pytest.raises(BusError):
            await bucket.put("large", b"x" * (bus.max_payload + 1))
        with pytest.raises(BusError):
            await bucket.put("a key", b"")
        assert await bucket.keys() == []


async def _has_no(bucket: KeyValue, key: str) -> bool:
    return await bucket.get(key) is None
