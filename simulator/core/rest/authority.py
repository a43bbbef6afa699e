"""What the bot may do: permissions from roles and overwrites. By default it may do everything.

Source: Discord Docs/Permissions, "Permission Hierarchy" and "Permission Overwrites".
"""

from enum import IntFlag

from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError, unknown
from simulator.core.world import ALL_PERMISSIONS, Json


class Permission(IntFlag):
    """The permissions that some route asks for."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    READ_MESSAGE_HISTORY = 1 << 16
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


THREADS = frozenset({10, 11, 12})


MISSING_ACCESS = ApiError(403, 50001, "Missing Access")
MISSING_PERMISSIONS = ApiError(403, 50013, "Missing Permissions")
_ALL = int(ALL_PERMISSIONS)
_ADMINISTRATOR, _SEE = int(Permission.ADMINISTRATOR), int(Permission.VIEW_CHANNEL)
_SEND, _SEND_IN_THREADS = int(Permission.SEND_MESSAGES), int(Permission.SEND_MESSAGES_IN_THREADS)


def held(api: Api, guild: Json, channel: Json | None = None) -> int | None:
    """The bot's permissions in a guild, or in one channel of it; None when it is no member."""
    bot = api.world.bot["id"]
    me = next((m for m in reversed(guild["members"]) if m["user"]["id"] == bot), None)
    if me is None:
        return None
    mine = {guild["id"], *me["roles"]}
    base = 0
    for role in guild["roles"]:
        if role["id"] in mine:
            base |= int(role["permissions"])
    if base & _ADMINISTRATOR or guild["owner_id"] == bot:
        return _ALL
    if channel is not None:
        for overwrites in _layers(guild["id"], mine, bot, channel):
            deny = allow = 0
            for overwrite in overwrites:
                deny |= int(overwrite["deny"])
                allow |= int(overwrite["allow"])
            base = base & ~deny | allow
    return base


def _layers(guild: str, mine: set[str], me: str, channel: Json) -> list[list[Json]]:
    """Overwrites in the order in which they count: everyone, roles together, the member."""
    given = channel.get("permission_overwrites", [])
    roles = [o for o in given if o["type"] == 0 and o["id"] in mine and o["id"] != guild]
    return [
        [o for o in given if o["id"] == guild], roles,
        [o for o in given if o["type"] == 1 and o["id"] == me],
    ]  # fmt: skip


def demand(api: Api, pattern: str, values: list[str], needs: int) -> None:
    """Raises ApiError 10004, 50001 or 50013 when a route needs what the bot lacks.

    What does not exist is for the route's handler to tell.
    """
    if not values or not values[0].isdecimal() or len(values[0]) > 20:
        return
    if pattern.startswith("channels/{channel}"):
        in_channel(api, int(values[0]), needs)
    elif pattern.startswith("guilds/{guild}"):
        guild = api.world.guild(int(values[0]))
        if guild is not None:
            in_guild(api, guild, needs)


def in_guild(api: Api, guild: Json, needs: int) -> None:
    """Raises ApiError 10004 when the bot left, 50013 when it lacks something."""
    mine = held(api, guild)
    if mine is None:
        raise unknown("guild")
    if int(needs) & ~mine:
        raise MISSING_PERMISSIONS


def in_channel(api: Api, channel_id: int, needs: int) -> None:
    """Raises ApiError 50001 when the bot cannot see the channel, 50013 when it lacks something."""
    channel = place = api.world.channel(channel_id)
    if channel is None or "guild_id" not in channel:
        return
    needs = int(needs)
    if channel["type"] in THREADS:
        place = api.world.channel(int(channel["parent_id"])) or channel
        if needs & _SEND:
            needs = needs & ~_SEND | _SEND_IN_THREADS
    mine = held(api, api.guild(int(channel["guild_id"])), place)
    if mine is None or not mine & _SEE:
        raise MISSING_ACCESS
    if needs & ~mine:
        raise MISSING_PERMISSIONS
