"""Who may do what: a channel's overwrites, and the permissions of commands, which nobody set.

Source: Discord Docs/Channel, "Edit Channel Permissions".
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier, invalid_form
from simulator.core.world import Json


def _others(found: Json, overwrite: str) -> list[Json]:
    identifier(overwrite, "overwrite")
    return [o for o in found.get("permission_overwrites", ()) if o["id"] != overwrite]


def _changed(api: Api, found: Json) -> Response:
    guild_id = api.world.guild_of(int(found["id"]))
    if guild_id is not None:
        api.scenes.forget(guild_id)
    api.hub.publish("CHANNEL_UPDATE", guild_id, found)
    return Response(204)


def put(api: Api, request: Request, channel: str, overwrite: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    given = request.json()
    kind = given.get("type")
    if kind not in {0, 1}:
        raise invalid_form("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")
    bits = {key: str(int(given.get(key) or 0)) for key in ("allow", "deny")}
    made = {"id": overwrite, "type": kind, **bits}
    found["permission_overwrites"] = [*_others(found, overwrite), made]
    return _changed(api, found)


def delete(api: Api, request: Request, channel: str, overwrite: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    found["permission_overwrites"] = _others(found, overwrite)
    return _changed(api, found)


def of_commands(api: Api, request: Request, application: str, guild: str) -> Response:
    identifier(application, "application")
    api.guild(identifier(guild, "guild"))
    return Response(200, [])


_ONE = "channels/{channel}/permissions/{overwrite}"
ROUTES = (
    Route("PUT", _ONE, put),
    Route("DELETE", _ONE, delete),
    Route("GET", "applications/{application}/guilds/{guild}/commands/permissions", of_commands),
)
