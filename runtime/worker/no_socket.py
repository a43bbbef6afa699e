"""What stands where discord.py keeps its gateway connection: a worker has none.

What a bot asks of it either goes another way (members by name or id are asked for over REST), or
fails with an error that says so instead of an AttributeError on None.
"""

from typing import Any, NoReturn

import discord
from discord.http import Route

_WHY = {
    "change_presence": "the presence belongs to the gateway",
    "voice_state": "voice needs a gateway connection and a voice connection in one process",
    "request_chunks": "there is no full list of members; use fetch_member or query_members",
    "latency": "measure a request of your own instead",
}
_MOST = 100


class NoGatewayConnection(discord.ClientException):
    """A worker was asked for what only a process with a gateway connection can do."""


class NoSocket:
    """In the place of a ``DiscordWebSocket``."""

    open = False
    shard_id = None

    def is_ratelimited(self) -> bool:
        """Always: discord.py's converters then fetch a member over REST."""
        return True

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        why = _WHY.get(name, "")
        raise NoGatewayConnection(f"{name}: a worker has no gateway connection; {why}".rstrip("; "))


def install(client: discord.Client) -> None:
    """Give a hosted client what it needs to do without a connection."""
    bot: Any = client
    state: Any = bot._connection  # noqa: SLF001
    bot.ws = socket = NoSocket()
    bot._get_websocket = state._get_websocket = lambda *_a, **_k: socket  # noqa: SLF001
    state.query_members = _QueryMembers(state)
    if not hasattr(discord.abc.Connectable.connect, "needs_socket"):
        _guard_voice()


class _QueryMembers:
    """``ConnectionState.query_members`` over REST."""

    def __init__(self, state: Any) -> None:
        self._state = state

    async def __call__(
        self,
        guild: discord.Guild,
        query: str | None,
        limit: int,
        user_ids: list[int] | None,
        cache: bool,  # noqa: ARG002 - a member that is kept would grow old here
        presences: bool,
    ) -> list[discord.Member]:
        if presences:
            raise NoGatewayConnection("query_members: presences come over a gateway connection")
        if user_ids:
            found = [await self._fetched(guild, user_id) for user_id in user_ids[:_MOST]]
            return [member for member in found if member is not None]
        path = "/guilds/{guild_id}/members/search"
        wanted = {"query": query or "", "limit": max(1, min(limit or _MOST, _MOST))}
        route = Route("GET", path, guild_id=guild.id)
        found_here = await self._state.http.request(route, params=wanted)
        return [discord.Member(data=one, guild=guild, state=self._state) for one in found_here]

    async def _fetched(self, guild: discord.Guild, user_id: int) -> discord.Member | None:
        try:
            return await guild.fetch_member(user_id)
        except discord.NotFound:
            return None


def _guard_voice() -> None:
    connectable: Any = discord.abc.Connectable
    connect = connectable.connect

    async def connect_or_say(self: Any, **options: Any) -> Any:
        """``Connectable.connect``, which would complain of a missing library first."""
        socket = self._state._get_websocket(None)  # noqa: SLF001
        if isinstance(socket, NoSocket):
            _ = socket.voice_state
        return await connect(self, **options)

    connect_or_say.needs_socket = True  # type: ignore[attr-defined]
    connectable.connect = connect_or_say
