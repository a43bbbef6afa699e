"""Buckets: values by key, each with a revision, some of them for a limited time."""

import asyncio
import re
from collections.abc import AsyncGenerator

from runtime.bus.interface import Entry
from runtime.core.topology import Bucket
from runtime.errors import BusError, RevisionConflict

_KEY = re.compile(r"(?!\.)[-/_=.a-zA-Z0-9]+(?<!\.)")


class MemoryBucket:
    """See ``KeyValue``. A value that outlives the bucket's ``ttl`` is gone without a word, as in
    NATS, where nobody who watches is told."""

    def __init__(self, settings: Bucket, max_payload: int) -> None:
        self._settings = settings
        self._max_payload = max_payload
        self._loop = asyncio.get_running_loop()
        self._entries: dict[str, Entry] = {}
        self._revision = 0
        self._watchers: set[asyncio.Queue[Entry]] = set()

    async def get(self, key: str) -> Entry | None:
        """The newest value, or None."""
        return self._entries.get(key)

    async def put(self, key: str, value: bytes) -> int:
        """Write; returns the revision."""
        if not _KEY.fullmatch(key):
            raise BusError(f"{key!r} is no key: letters, digits and -/_=. only")
        if len(value) > self._max_payload:
            raise BusError(f"key {key}: {len(value)} bytes are above {self._max_payload}")
        entry = Entry(key, value, self._changed())
        self._entries[key] = entry
        self._tell(entry)
        if self._settings.ttl:
            self._loop.call_later(self._settings.ttl, self._forget, entry)
        return entry.revision

    async def create(self, key: str, value: bytes) -> int:
        """Write a key that must not exist."""
        self._require(key, 0)
        return await self.put(key, value)

    async def update(self, key: str, value: bytes, revision: int) -> int:
        """Write if the key still has ``revision``."""
        self._require(key, revision)
        return await self.put(key, value)

    async def delete(self, key: str, revision: int | None = None) -> None:
        """Remove."""
        if revision is not None:
            self._require(key, revision)
        if self._entries.pop(key, None) is not None:
            self._tell(Entry(key, None, self._changed()))

    async def keys(self) -> list[str]:
        """All keys with a value."""
        return list(self._entries)

    async def watch(self) -> AsyncGenerator[Entry, None]:
        """Every value now, then every change."""
        changes: asyncio.Queue[Entry] = asyncio.Queue()
        for entry in sorted(self._entries.values(), key=lambda one: one.revision):
            changes.put_nowait(entry)
        self._watchers.add(changes)
        try:
            while True:
                yield await changes.get()
        finally:
            self._watchers.discard(changes)

    def _changed(self) -> int:
        self._revision += 1
        return self._revision

    def _require(self, key: str, revision: int) -> None:
        entry = self._entries.get(key)
        if (entry.revision if entry else 0) != revision:
            raise RevisionConflict(f"key {key} has another revision")

    def _tell(self, entry: Entry) -> None:
        for changes in self._watchers:
            changes.put_nowait(entry)

    def _forget(self, entry: Entry) -> None:
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]
