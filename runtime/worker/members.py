"""Members for events that name only a user: discord.py looks them up in its cache.

A bot with the intent for members has all of them in one process. A worker has none: it asks Discord
for the one that an event needs, and forgets it when the event is handled, as it would grow old.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord

_NEEDED = {
    "MESSAGE_REACTION_REMOVE": ("on_reaction_remove", "on_raw_reaction_remove"),
    "MESSAGE_POLL_VOTE_ADD": ("on_poll_vote_add",),
    "MESSAGE_POLL_VOTE_REMOVE": ("on_poll_vote_remove",),
    "GUILD_MEMBER_REMOVE": ("on_member_remove", "on_raw_member_remove"),
}


class Members:
    """The members that one hosted bot's events need."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot
        self._state: Any = bot._connection  # noqa: SLF001
        self._listeners: dict[str, Any] = getattr(bot, "extra_events", {})

    def needs(self, event_type: str) -> bool:
        """Whether something is to be done for events of this type."""
        names = _NEEDED.get(event_type)
        if names is None or not self._bot.intents.members:
            return False
        return any(hasattr(self._bot, name) or name in self._listeners for name in names)

    @asynccontextmanager
    async def known(self, data: Any) -> AsyncIterator[None]:
        """The event's member is in the library's cache for as long as this lasts."""
        guild = self._state._get_guild(int(data.get("guild_id") or 0))  # noqa: SLF001
        member = None if guild is None else await self._member(guild, data)
        if member is None:
            yield
            return
        guild._add_member(member)  # noqa: SLF001
        try:
            yield
        finally:
            guild._remove_member(member)  # noqa: SLF001

    async def _member(self, guild: discord.Guild, data: Any) -> discord.Member | None:
        """None when it is known already, or nowhere."""
        if "user" in data:  # has left: Discord knows nothing more than this of it
            left: Any = {"user": data["user"], "roles": [], "flags": 0, "joined_at": None}
            member = discord.Member(data=left, guild=guild, state=self._state)
            return member if guild.get_member(member.id) is None else None
        user_id = int(data["user_id"])
        if guild.get_member(user_id) is not None:
            return None
        try:
            return await guild.fetch_member(user_id)
        except discord.NotFound:
            return None
