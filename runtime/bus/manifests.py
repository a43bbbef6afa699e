"""The workers' manifests in a key-value bucket whose values live as long as their workers."""

import logging

import msgspec

from runtime.bus.interface import KeyValue
from runtime.core.manifest import Manifest

log = logging.getLogger(__name__)


class Manifests:
    """What the gateway knows of the workers; also how a worker tells."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket

    async def publish(self, manifest: Manifest) -> None:
        """Say it (again); a worker repeats this well within the bucket's time to live."""
        await self._bucket.put(f"worker.{manifest.worker}", msgspec.json.encode(manifest))

    async def withdraw(self, worker: str) -> None:
        """This worker is leaving."""
        await self._bucket.delete(f"worker.{worker}")

    async def read(self) -> list[Manifest]:
        """Of all live workers whose word can be read."""
        found = []
        for key in await self._bucket.keys():
            entry = await self._bucket.get(key)
            if entry is not None and entry.value:
                try:
                    found.append(msgspec.json.decode(entry.value, type=Manifest))
                except msgspec.DecodeError as error:
                    log.warning("what worker %s says of itself cannot be read: %s", key, error)
        return found
