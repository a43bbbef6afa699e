"""Guilds that every worker knows: a snapshot of each in a bucket, loaded when it is needed.

A guild's events come one at a time, so whoever handles a change writes the snapshot before it
acknowledges the event, and tells the other workers in between. The note reaches them before the
broker can give them the guild's next event, so they load the snapshot first: what a handler sees
is the guild as of its event. Interactions come in no order and see the newest snapshot.
"""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import msgspec
import zstandard

from runtime.bus.interface import Bus, KeyValue, Message, Subscription
from runtime.core import guild_state
from runtime.core.guild_state import Snapshot
from runtime.core.topology import Topology
from runtime.errors import BusError, StoreRejected

log = logging.getLogger(__name__)

PRELOADED = 1000
"""Guilds that a starting worker loads at once, so that ``bot.guilds`` is full for most bots."""

_MAX_SNAPSHOT = 256 << 20


class GuildState:
    """What one worker's library knows of guilds, kept in step with the bucket."""

    def __init__(self, bus: Bus, topology: Topology, state: Any, worker: str) -> None:
        self._bus = bus
        self._topology = topology
        self._state = state
        self._worker = worker
        self._subject = f"{topology.subjects.root}.guild-changed"
        self._known: dict[int, Snapshot | None] = {}
        self._connections = bus.connections
        self._bucket: KeyValue | None = None
        self._listening: Subscription | None = None
        self._changed = asyncio.Event()

    async def open(self) -> bool:
        """Listen for changes, then load what there is; whether there was anything.

        Raises:
            BusUnavailable: the bucket cannot be read.
        """
        self._bucket = await self._bus.bucket(self._topology.guilds)
        self._listening = await self._bus.subscribe(self._subject, self._on_changed)
        keys = await self._bucket.keys()
        for key in keys[:PRELOADED]:
            await self._load(int(key))
        return bool(keys)

    async def complete(self, guild_ids: Collection[int], within: float) -> None:
        """Wait until these guilds have come, by whichever worker; load them.

        Returns after ``within`` seconds all the same, as discord.py does after its own patience.

        Raises:
            BusUnavailable: the bucket cannot be read.
        """
        assert self._bucket is not None  # noqa: S101 - open() has set it
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not {str(one) for one in guild_ids} <= set(await self._bucket.keys()):
                    await self._changed.wait()
                    self._changed.clear()
        for guild_id in guild_ids:
            if self._known.get(guild_id) is None:
                await self._load(guild_id)

    async def close(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            await self._listening.stop()

    async def before(self, event_type: str, data: Any) -> None:
        """Bring the library's guild up to the moment before this event.

        Raises:
            BusUnavailable: the snapshot cannot be read.
        """
        if self._bus.connections != self._connections:
            self._connections = self._bus.connections
            self._known.clear()  # changes may have gone unheard
        guild_id = guild_state.guild_of(event_type, data)
        if guild_id is not None and guild_id not in self._known and event_type != "GUILD_CREATE":
            await self._load(guild_id)

    async def after(self, event_type: str, data: Any) -> None:
        """Keep what this event changed; the library has parsed it already.

        Raises:
            BusUnavailable: the snapshot cannot be written.
        """
        self_id = int(self._state.self_id or 0)
        guild_id = guild_state.guild_of(event_type, data)
        if guild_id is None or not guild_state.changes(event_type, data, self_id):
            return
        snapshot = guild_state.apply(self._known.get(guild_id), event_type, data, self_id)
        if snapshot is None and self._known.get(guild_id) is None:
            return
        self._known[guild_id] = snapshot
        await self._save(guild_id, snapshot)
        self._changed.set()
        body = msgspec.json.encode([self._worker, guild_id])
        await self._bus.publish(Message(self._subject, body))

    async def _on_changed(self, message: Message) -> None:
        worker, guild_id = msgspec.json.decode(message.body, type=tuple[str, int])
        if worker != self._worker:
            self._known.pop(guild_id, None)
            self._changed.set()

    async def _load(self, guild_id: int) -> None:
        assert self._bucket is not None  # noqa: S101 - open() has set it
        entry = await self._bucket.get(str(guild_id))
        snapshot = _unpack(entry.value) if entry is not None and entry.value else None
        self._known[guild_id] = snapshot
        if snapshot is not None:
            self._state._add_guild_from_data(snapshot)  # noqa: SLF001
        else:
            nothing_but_id = {"id": str(guild_id), "unavailable": True}
            self._state._add_guild_from_data(nothing_but_id)  # noqa: SLF001

    async def _save(self, guild_id: int, snapshot: Snapshot | None) -> None:
        assert self._bucket is not None  # noqa: S101 - open() has set it
        if snapshot is None:
            await self._bucket.delete(str(guild_id))
            return
        try:
            await self._bucket.put(str(guild_id), _pack(snapshot))
        except StoreRejected as error:
            log.error("the state of guild %d is too large to share: %s", guild_id, error)  # noqa: TRY400
        except BusError:
            self._known.pop(guild_id, None)
            raise


def _pack(snapshot: Snapshot) -> bytes:
    return zstandard.compress(msgspec.json.encode(snapshot), 3)


def _unpack(value: bytes) -> Snapshot:
    data = zstandard.decompress(value, max_output_size=_MAX_SNAPSHOT)
    return msgspec.json.decode(data, type=dict[str, Any])
