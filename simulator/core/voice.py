"""The bot in voice channels, as far as the gateway shows it; there is no voice server here.

Source: Discord Docs/Gateway Events, "Update Voice State", and Docs/Voice Resource.
"""

from simulator.core.session import Close, Refused
from simulator.core.world import Json, World

_VOICE = frozenset({2, 13})


def change(world: World, d: object, session_id: str) -> Json | None:
    """The new voice state, kept; None when there is no such place. Raises Refused 4002."""
    if not isinstance(d, dict) or "channel_id" not in d:
        raise Refused(Close.DECODE_ERROR)
    guild_id = _id(d.get("guild_id"))
    channel_id = None if d["channel_id"] is None else str(_id(d["channel_id"]))
    found = world.guild(guild_id)
    places = {c["id"] for c in (found or {}).get("channels", ()) if c["type"] in _VOICE}
    if found is None or (channel_id is not None and channel_id not in places):
        return None
    state = _state(world, guild_id, channel_id, session_id)
    flags = {key: d[key] for key in ("self_mute", "self_deaf") if isinstance(d.get(key), bool)}
    state.update(flags)
    _remove(world, guild_id)
    if channel_id is not None:
        found.setdefault("voice_states", []).append(state)
        world.voices[guild_id] = session_id
    return state


def leave(world: World, session_id: str) -> None:
    """The session is over, and with it what it had to do with voice."""
    for guild_id in [guild for guild, session in world.voices.items() if session == session_id]:
        _remove(world, guild_id)


def _remove(world: World, guild_id: int) -> None:
    """The bot is in no voice channel of that guild."""
    world.voices.pop(guild_id, None)
    states = (world.kept(guild_id) or {}).get("voice_states", [])
    states[:] = [state for state in states if state["user_id"] != world.bot["id"]]


def _id(given: object) -> int:
    """A snowflake; clients send numbers as well as texts. Raises Refused 4002."""
    if not isinstance(given, str | int) or not str(given).isdecimal():
        raise Refused(Close.DECODE_ERROR)
    return int(given)


def _state(world: World, guild_id: int, channel_id: str | None, session_id: str) -> Json:
    return {
        "guild_id": str(guild_id), "channel_id": channel_id, "user_id": world.bot["id"],
        "member": world.member(guild_id, int(world.bot["id"])), "session_id": session_id,
        "deaf": False, "mute": False, "self_deaf": False, "self_mute": False, "self_video": False,
        "suppress": False, "request_to_speak_timestamp": None,
    }  # fmt: skip


def server(guild_id: int) -> Json:
    """No endpoint: Discord says so while it looks for a server, and clients wait."""
    return {"token": "fake", "guild_id": str(guild_id), "endpoint": None}
