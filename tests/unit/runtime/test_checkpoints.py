"""Checkpoints: compare-and-set, and what becomes of writes whose answer is lost."""

import pytest

from runtime.bus.memory.buckets import MemoryBucket
from runtime.core.session import Checkpoint
from runtime.core.topology import Bucket
from runtime.errors import BusUnavailable, RevisionConflict
from runtime.gateway.checkpoints import Checkpoints
from runtime.gateway.forwarder import Progress


class Lossy(MemoryBucket):
    """A bucket that can lose a write, or only the answer to one."""

    lost = unanswered = False

    async def update(self, key: str, value: bytes, revision: int) -> int:
        if self.lost:
            raise BusUnavailable("lost")
        written = await super().update(key, value, revision)
        if self.unanswered:
            raise BusUnavailable("unanswered")
        return written


@pytest.fixture
async def bucket() -> Lossy:
    return Lossy(Bucket("state"), 1 << 20)


def at(sequence: int) -> Progress:
    return Progress(Checkpoint("session", "ws://x", sequence, shard=0))


async def loaded(bucket: Lossy) -> int:
    found = await Checkpoints(bucket).load(0)
    assert found is not None
    return found.seq


async def test_the_next_process_reads_what_this_one_wrote(bucket: Lossy) -> None:
    checkpoints = Checkpoints(bucket)
    for sequence in (1, 5, 9):
        await checkpoints.save(at(sequence))
    assert await loaded(bucket) == 9


async def test_what_has_not_moved_is_not_written(bucket: Lossy) -> None:
    checkpoints = Checkpoints(bucket)
    await checkpoints.save(at(1))
    entry = await bucket.get("checkpoint.0")
    await checkpoints.save(at(1))
    assert await bucket.get("checkpoint.0") == entry


async def test_a_process_that_was_followed_cannot_set_a_checkpoint_back(bucket: Lossy) -> None:
    old, new = Checkpoints(bucket), Checkpoints(bucket)
    await old.save(at(1))
    await new.load(0)
    await new.save(at(5))
    with pytest.raises(RevisionConflict):
        await old.save(at(2))
    assert await loaded(bucket) == 5


async def test_writes_whose_answers_are_lost_are_recognised_whichever_arrived(
    bucket: Lossy,
) -> None:
    checkpoints = Checkpoints(bucket)
    await checkpoints.save(at(1))
    bucket.unanswered = True
    await checkpoints.save(at(2))
    bucket.lost = True
    for sequence in (3, 4):
        await checkpoints.save(at(sequence))
    bucket.lost = bucket.unanswered = False
    await checkpoints.save(at(5))
    await checkpoints.save(at(6))
    assert await loaded(bucket) == 6


async def test_a_checkpoint_that_cannot_be_read_is_none(bucket: Lossy) -> None:
    await bucket.put("checkpoint.0", b"{}")
    checkpoints = Checkpoints(bucket)
    assert await checkpoints.load(0) is None
    await checkpoints.save(at(1))
    assert await loaded(bucket) == 1
