"""The checkpoints of all shards in the key-value bucket: read at the start, written as they move.

Writes are compare-and-set on the revision that this process knows, so that a process which lost
its lease without noticing cannot set a checkpoint back.
"""

import logging

import msgspec

from runtime.bus.interface import KeyValue
from runtime.core.session import Checkpoint
from runtime.errors import BusUnavailable, RevisionConflict
from runtime.gateway.forwarder import Progress

log = logging.getLogger(__name__)


class Checkpoints:
    """The keys ``checkpoint.<shard>`` of one bucket."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket
        self._revisions: dict[int, int] = {}
        self._written: dict[int, Checkpoint] = {}
        self._unsure: dict[int, set[bytes]] = {}

    async def load(self, shard: int) -> Checkpoint | None:
        """The last checkpoint of a shard."""
        entry = await self._bucket.get(f"checkpoint.{shard}")
        if entry is None or entry.value is None:
            return None
        self._revisions[shard] = entry.revision
        try:
            return msgspec.json.decode(entry.value, type=Checkpoint)
        except msgspec.DecodeError as error:
            log.warning("checkpoint of shard %d cannot be read: %s", shard, error)
            return None

    async def save(self, progress: Progress) -> None:
        """Write where a shard is safe, if that moved.

        Raises:
            RevisionConflict: another gateway writes this checkpoint.
        """
        checkpoint = progress.safe
        shard = checkpoint.shard
        if self._written.get(shard) == checkpoint:
            return
        key, value = f"checkpoint.{shard}", msgspec.json.encode(checkpoint)
        unsure = self._unsure.setdefault(shard, set())
        unsure.add(value)
        try:
            revision = await self._write(key, value, self._revisions.get(shard))
        except BusUnavailable:
            return
        except RevisionConflict:
            entry = await self._bucket.get(key)
            if entry is None or entry.value not in unsure:
                raise
            # One of our writes arrived, only its answer was lost or not waited for.
            revision = await self._write(key, value, entry.revision)
        self._revisions[shard] = revision
        self._written[shard] = checkpoint
        unsure.clear()

    async def _write(self, key: str, value: bytes, revision: int | None) -> int:
        if revision is None:
            return await self._bucket.create(key, value)
        return await self._bucket.update(key, value, revision)
