"""Channels, threads and bans. Source: Discord Docs/Channel and Guild."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.messages import timestamp
from simulator.core.rest.route import Request, Response, Route, identifier, invalid_form, unknown
from simulator.core.world import Json, channel_json

_FIXED = {"id", "guild_id", "type"}


def get(api: Api, request: Request, channel: str) -> Response:
    return Response(200, api.channel(identifier(channel, "channel")))


def listed(api: Api, request: Request, guild: str) -> Response:
    return Response(200, api.guild(identifier(guild, "guild"))["channels"])


def _name(given: Json) -> str:
    name = given.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        message = "Must be between 1 and 100 in length."
        raise invalid_form("name", "BASE_TYPE_BAD_LENGTH", message)
    return name


def create(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    given = request.json()
    ident = api.ids.next(request.now)
    kind = int(given.get("type") or 0)
    made = channel_json(ident, int(guild), kind, _name(given), len(found["channels"]))
    made.update({k: v for k, v in given.items() if k in made and k not in _FIXED})
    api.world.add_channel(int(guild), made)
    api.hub.publish("CHANNEL_CREATE", int(guild), made)
    return Response(201, made)


def change(api: Api, request: Request, channel: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    found.update({k: v for k, v in request.json().items() if k not in _FIXED})
    guild_id = api.world.guild_of(int(channel))
    event = "THREAD_UPDATE" if "thread_metadata" in found else "CHANNEL_UPDATE"
    api.hub.publish(event, guild_id, found)
    return Response(200, found)


def delete(api: Api, request: Request, channel: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    guild_id = api.world.guild_of(int(channel))
    if guild_id is not None:
        guild = api.guild(guild_id)
        event = "THREAD_DELETE" if found in guild["threads"] else "CHANNEL_DELETE"
        guild["threads" if event == "THREAD_DELETE" else "channels"].remove(found)
        api.scenes.forget(guild_id)
        api.hub.publish(event, guild_id, found)
    return Response(200, found)


def _thread(api: Api, request: Request, channel: str, ident: int, kind: int) -> Response:
    parent = api.channel(identifier(channel, "channel"))
    given = request.json()
    guild_id = int(parent["guild_id"])
    made = channel_json(ident, guild_id, kind, _name(given), 0)
    made.update({
        "parent_id": parent["id"], "owner_id": api.world.bot["id"], "message_count": 0,
        "member_count": 1, "total_message_sent": 0, "thread_metadata": {
            "archived": False, "auto_archive_duration": given.get("auto_archive_duration") or 1440,
            "archive_timestamp": timestamp(request.now), "locked": False,
            "create_timestamp": timestamp(request.now),
        },
    })  # fmt: skip
    api.world.add_channel(guild_id, made)
    api.hub.publish("THREAD_CREATE", guild_id, {**made, "newly_created": True})
    return Response(201, made)


def thread(api: Api, request: Request, channel: str) -> Response:
    kind = int(request.json().get("type") or 11)
    return _thread(api, request, channel, api.ids.next(request.now), kind)


def thread_of_message(api: Api, request: Request, channel: str, message: str) -> Response:
    api.message(identifier(channel, "channel"), identifier(message, "message"))
    return _thread(api, request, channel, int(message), 11)


def active_threads(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))["threads"]
    return Response(200, {"threads": found, "members": [], "has_more": False})


def thread_member(api: Api, request: Request, channel: str, user: str) -> Response:
    api.channel(identifier(channel, "channel"))
    return Response(204)


def _bans(api: Api, guild: str) -> dict[str, Json]:
    found = api.guild(identifier(guild, "guild"))
    bans: dict[str, Json] = found.setdefault("bans", {})
    return bans


def bans(api: Api, request: Request, guild: str) -> Response:
    return Response(200, list(_bans(api, guild).values()))


def ban(api: Api, request: Request, guild: str, user: str) -> Response:
    found = api.world.user_by_id(identifier(user, "user"))
    if found is None:
        raise unknown("user")
    _bans(api, guild)[user] = {"user": found, "reason": None}
    document = api.guild(int(guild))
    document["members"] = [m for m in document["members"] if m["user"]["id"] != user]
    api.scenes.forget(int(guild))
    api.hub.publish("GUILD_BAN_ADD", int(guild), {"guild_id": guild, "user": found})
    return Response(204)


def get_ban(api: Api, request: Request, guild: str, user: str) -> Response:
    found = _bans(api, guild).get(user)
    if found is None:
        raise unknown("ban")
    return Response(200, found)


def unban(api: Api, request: Request, guild: str, user: str) -> Response:
    found = _bans(api, guild).pop(user, None)
    if found is None:
        raise unknown("ban")
    event = {"guild_id": guild, "user": found["user"]}
    api.hub.publish("GUILD_BAN_REMOVE", int(guild), event)
    return Response(204)


ROUTES = (
    Route("GET", "channels/{channel}", get),
    Route("PATCH", "channels/{channel}", change),
    Route("DELETE", "channels/{channel}", delete),
    Route("GET", "guilds/{guild}/channels", listed),
    Route("POST", "guilds/{guild}/channels", create),
    Route("POST", "channels/{channel}/threads", thread),
    Route("POST", "channels/{channel}/messages/{message}/threads", thread_of_message),
    Route("GET", "guilds/{guild}/threads/active", active_threads),
    Route("PUT", "channels/{channel}/thread-members/{user}", thread_member),
    Route("DELETE", "channels/{channel}/thread-members/{user}", thread_member),
    Route("GET", "guilds/{guild}/bans", bans),
    Route("GET", "guilds/{guild}/bans/{user}", get_ban),
    Route("PUT", "guilds/{guild}/bans/{user}", ban),
    Route("DELETE", "guilds/{guild}/bans/{user}", unban),
)
