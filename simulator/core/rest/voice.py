"""Voice: regions, who is in which channel, a channel's status. Source: Discord Docs/Voice.

Nobody speaks here. A person is in a voice channel once the world was told so.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from datetime import datetime

from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, clearable, flag, moment, needed, snowflake, text
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json

VOICE, STAGE = 2, 13
_STATE = Form(channel_id=snowflake, suppress=flag, request_to_speak_timestamp=clearable(moment))
_STATUS = Form(status=clearable(text(0, 500)))
_SOUND = Form(sound_id=needed(snowflake), source_guild_id=clearable(snowflake))
_REGIONS = ("us-east", "rotterdam", "singapore")


def seconds(moment_: str) -> float:
    """Seconds since the Unix epoch of an ISO 8601 text."""
    return datetime.fromisoformat(moment_).timestamp()


def regions(api: Api, request: Request, guild: str = "") -> Response:
    if guild:
        api.guild(identifier(guild, "guild"))
    return Response(200, [
        {"id": name, "name": name.title(), "custom": False, "deprecated": False,
         "optimal": name == _REGIONS[0]}
        for name in _REGIONS
    ])  # fmt: skip


def _state(api: Api, guild: str, user: str) -> Json:
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    wanted = api.world.bot["id"] if user == "@me" else str(identifier(user, "user"))
    for state in api.listed(guild_id, "voice_states"):
        if state["user_id"] == wanted:
            return state
    raise unknown("voice state")


def join(api: Api, guild_id: int, member: Json, channel_id: str | None) -> None:
    """Somebody enters, changes or (None) leaves a voice channel."""
    states = api.listed(guild_id, "voice_states")
    user = member["user"]["id"]
    states[:] = [state for state in states if state["user_id"] != user]
    state: Json = {
        "channel_id": channel_id, "guild_id": str(guild_id), "user_id": user, "deaf": False,
        "mute": False, "self_deaf": False, "self_mute": False, "self_video": False,
        "self_stream": False, "suppress": False, "request_to_speak_timestamp": None,
        "session_id": f"{int(user):032x}", "member": member,
    }  # fmt: skip
    if channel_id is not None:
        states.append(state)
    api.tell("VOICE_STATE_UPDATE", guild_id, state)


def move(api: Api, guild_id: int, member: Json, channel_id: str | None) -> None:
    """A member is moved to another voice channel or cut off. Raises ApiError 40032, 10003."""
    states = api.listed(guild_id, "voice_states")
    if all(state["user_id"] != member["user"]["id"] for state in states):
        raise ApiError(400, 40032, "Target user is not connected to voice.")
    if channel_id is not None and api.channel(int(channel_id))["type"] not in {VOICE, STAGE}:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    join(api, guild_id, member, channel_id)


def state_of(api: Api, request: Request, guild: str, user: str) -> Response:
    return Response(200, _state(api, guild, user))


def change_state(api: Api, request: Request, guild: str, user: str) -> Response:
    found = _state(api, guild, user)
    given = _STATE.read(request.json())
    given.pop("channel_id", None)
    found.update(given)
    api.tell("VOICE_STATE_UPDATE", int(guild), found)
    return Response(204)


def set_status(api: Api, request: Request, channel: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    if found["type"] != VOICE:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    found["status"] = _STATUS.read(request.json()).get("status")
    event = {"id": found["id"], "guild_id": found["guild_id"], "status": found["status"]}
    api.tell("VOICE_CHANNEL_STATUS_UPDATE", int(found["guild_id"]), event)
    return Response(204)


def play_sound(api: Api, request: Request, channel: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    given = _SOUND.read(request.json())
    if found["type"] not in {VOICE, STAGE}:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    sounds = api.listed(int(found["guild_id"]), "soundboard_sounds")
    if all(s["sound_id"] != given["sound_id"] for s in sounds) and given["sound_id"] != "1":
        raise unknown("soundboard sound")
    event = {
        "channel_id": channel, "guild_id": found["guild_id"], "user_id": api.world.bot["id"],
        "sound_id": given["sound_id"], "sound_volume": 1.0, "emoji": None, "animation_id": None,
    }  # fmt: skip
    api.hub.publish("VOICE_CHANNEL_EFFECT_SEND", int(found["guild_id"]), event)
    return Response(204)


_STATES = "guilds/{guild}/voice-states/{user}"
ROUTES = (
    Route("GET", "voice/regions", regions),
    Route("GET", "guilds/{guild}/regions", regions),
    Route("GET", _STATES, state_of),
    Route("PATCH", _STATES, change_state),
    Route("PUT", "channels/{channel}/voice-status", set_status, needs=Permission.MANAGE_CHANNELS),
    Route("POST", "channels/{channel}/send-soundboard-sound", play_sound),
)
