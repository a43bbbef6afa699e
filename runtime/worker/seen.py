"""Recent messages that all workers know, if the bot has handlers that are called with them.

They are in a bucket, as they were before their next event: whoever handles an event of a message
writes what it is afterwards when the handlers have ended, so that a second try sees it as it was.
"""

import logging
from typing import Any

import discord
import msgspec

from runtime.bus.interface import Bus, KeyValue
from runtime.core import seen
from runtime.core.seen import Kept
from runtime.core.topology import Topology
from runtime.errors import BusError, BusUnavailable

log = logging.getLogger(__name__)


class Seen:
    """The messages of one hosted bot."""

    def __init__(self, bus: Bus, topology: Topology, bot: Any) -> None:
        self._bus = bus
        self._settings = topology.seen
        self._bot = bot
        self._state: Any = bot._connection  # noqa: SLF001
        self._bucket: KeyValue | None = None
        self._always = any(hasattr(bot, name) for name in seen.HANDLERS)
        self._listeners: dict[str, Any] = getattr(bot, "extra_events", {})
        self._remember_own()

    def needs(self, event_type: str) -> bool:
        """Whether something is to be done for events of this type; quick, asked for each."""
        if event_type not in seen.EVENT_TYPES or self._state._messages is None:  # noqa: SLF001
            return False
        return self._always or not seen.HANDLERS.isdisjoint(self._listeners)

    async def before(self, event_type: str, data: Any) -> dict[int, Kept]:
        """Let the library know the messages that an event is about; returns them.

        Raises:
            BusUnavailable: they cannot be read.
        """
        kept: dict[int, Kept] = {}
        for message_id in seen.about(event_type, data):
            entry = await (await self._open()).get(seen.slot(message_id))
            found = msgspec.json.decode(entry.value) if entry and entry.value else None
            if found is not None and int(found["id"]) == message_id:
                kept[message_id] = found
                self._show(message_id, found)
        return kept

    async def keep(self, event_type: str, data: Any, body: bytes) -> None:
        """Keep a new message; for any other event nothing.

        Raises:
            BusUnavailable: it cannot be written.
        """
        if event_type == seen.CREATE:
            await self._put(int(data["id"]), body)

    async def after(self, event_type: str, data: Any, kept: dict[int, Kept]) -> None:
        """Keep what an event has made of its messages, as ``before`` returned them.

        Raises:
            BusUnavailable: they cannot be written.
        """
        self_id = int(self._state.self_id or 0)
        for message_id, message in kept.items():
            now = seen.changed(message, event_type, data, self_id)
            if now is None:
                await (await self._open()).delete(seen.slot(message_id))
            elif now != message:
                await self._put(message_id, msgspec.json.encode(now))

    async def _open(self) -> KeyValue:
        if self._bucket is None:
            self._bucket = await self._bus.bucket(self._settings)
        return self._bucket

    async def _put(self, message_id: int, body: bytes) -> None:
        try:
            await (await self._open()).put(seen.slot(message_id), body)
        except BusUnavailable:
            raise
        except BusError as error:
            log.info("message %d is not kept: %s", message_id, error)

    def _show(self, message_id: int, kept: Kept) -> None:
        """Put a message into the library's own, in place of what it had seen of it."""
        own = self._state._messages  # noqa: SLF001
        for message in [one for one in own if one.id == message_id]:
            own.remove(message)
        channel, _ = self._state._get_guild_channel(kept)  # noqa: SLF001
        own.append(discord.Message(channel=channel, data=kept, state=self._state))  # type: ignore[arg-type]

    def _remember_own(self) -> None:
        """Know a message that a handler sends before its event comes, maybe to another worker:
        the handler may wait for reactions to it."""
        create = self._state.create_message

        def create_message(*, channel: Any, data: Any) -> discord.Message:
            message: discord.Message = create(channel=channel, data=data)
            own = self._state._messages  # noqa: SLF001
            mine = message.author.id == self._state.self_id
            if own is not None and mine and self._state._get_message(message.id) is None:  # noqa: SLF001
                own.append(message)
            return message

        self._state.create_message = create_message
