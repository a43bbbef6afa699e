"""A NATS key-value bucket behind the bus's interface."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import suppress
from typing import Any

import nats.js.errors
from nats.js import JetStreamContext
from nats.js.kv import KeyValue as NatsKeyValue

from runtime.bus.interface import Entry
from runtime.bus.jetstream.errors import TRANSPORT_ERRORS
from runtime.errors import BusError, BusUnavailable, RevisionConflict

WRONG_LAST_SEQUENCE = 10071


class JetStreamBucket:
    """A NATS key-value bucket."""

    def __init__(self, kv: NatsKeyValue, js: JetStreamContext, name: str) -> None:
        self._kv = kv
        self._js = js
        self._stream, self._prefix = f"KV_{name}", f"$KV.{name}."

    async def get(self, key: str) -> Entry | None:
        """The newest value, or None."""
        try:
            entry = await self._kv.get(key)
        except nats.js.errors.KeyNotFoundError:
            return None
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"key {key}: {error}") from error
        return Entry(key, entry.value or b"", entry.revision or 0)

    async def put(self, key: str, value: bytes) -> int:
        """Write."""
        return await self._write(key, self._kv.put(key, value))

    async def create(self, key: str, value: bytes) -> int:
        """Write a key that must not exist."""
        return await self._write(key, self._kv.create(key, value))

    async def update(self, key: str, value: bytes, revision: int) -> int:
        """Write if the key still has ``revision``."""
        return await self._write(key, self._kv.update(key, value, last=revision))

    async def delete(self, key: str, revision: int | None = None) -> None:
        """Remove."""
        await self._write(key, self._kv.delete(key, last=revision))

    async def _write(self, key: str, writing: Awaitable[Any]) -> int:
        try:
            return int(await writing)
        except nats.js.errors.KeyWrongLastSequenceError:
            raise RevisionConflict(f"key {key} has another revision") from None
        except nats.js.errors.BadRequestError as error:
            if error.err_code == WRONG_LAST_SEQUENCE:
                raise RevisionConflict(f"key {key} has another revision") from None
            raise BusError(f"key {key}: {error.description}") from None
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"key {key}: {error}") from error

    async def keys(self) -> list[str]:
        """All keys with a value.

        The stream's subjects tell them, deleted ones included; nats-py's own way makes a consumer
        for each call, which the server keeps for a while.
        """
        try:
            info = await self._js.stream_info(self._stream, subjects_filter=f"{self._prefix}>")
        except TRANSPORT_ERRORS as error:
            raise BusUnavailable(f"keys: {error}") from error
        known = [subject.removeprefix(self._prefix) for subject in info.state.subjects or ()]
        entries = await asyncio.gather(*map(self.get, known))
        return [entry.key for entry in entries if entry is not None]

    async def watch(self) -> AsyncGenerator[Entry, None]:
        """Every value now, then every change."""
        watcher = await self._kv.watchall()
        try:
            while True:
                try:
                    entry = await watcher.updates(timeout=3600.0)
                except TimeoutError:
                    continue
                if entry is None:
                    continue  # marks the end of the values at the start
                gone = entry.operation in {"DEL", "PURGE"}
                yield Entry(entry.key, None if gone else entry.value or b"", entry.revision or 0)
        finally:
            with suppress(*TRANSPORT_ERRORS):
                await watcher.stop()
