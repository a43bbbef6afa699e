"""Who may do what: a channel's overwrites, and the permissions of commands.

Source: Discord Docs/Channel, "Edit Channel Permissions"; Docs/Application Commands, "Permissions".
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit
from simulator.core.rest.authority import THREADS, Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, bits, choice, flag, many, needed, snowflake
from simulator.core.rest.route import (
    ApiError,
    Request,
    Response,
    Route,
    identifier,
    unknown,
)
from simulator.core.world import APPLICATION_ID, Json

_BITS = Form(type=needed(choice(0, 1)), allow=bits, deny=bits)
_ONE = _BITS.extended(id=needed(snowflake))
_OF_COMMAND = Form(permissions=needed(many(
    Form(id=needed(snowflake), type=needed(choice(1, 2, 3)), permission=needed(flag)), 0, 100
)))  # fmt: skip
_COMMANDS = "command permissions"


def overwrite_of(value: object) -> Json:
    """One overwrite of a channel's list."""
    given = _ONE(value)
    return {"id": given["id"], "type": given["type"], "allow": given.get("allow", "0"),
            "deny": given.get("deny", "0")}  # fmt: skip


def _place(api: Api, channel: str, overwrite: str) -> tuple[Json, Json | None]:
    """The channel and its overwrite for this id, if there is one."""
    wanted = str(identifier(overwrite, "overwrite"))
    found = api.channel(identifier(channel, "channel"))
    if found["type"] in THREADS or "guild_id" not in found:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    kept = (o for o in found["permission_overwrites"] if o["id"] == wanted)
    return found, next(kept, None)


def _changed(api: Api, request: Request, found: Json, action: audit.Action, what: Json) -> Response:
    guild_id = int(found["guild_id"])
    api.tell("CHANNEL_UPDATE", guild_id, found)
    audit.note(api, request, guild_id, action, found["id"], id=what["id"], type=str(what["type"]))
    return Response(204)


def put(api: Api, request: Request, channel: str, overwrite: str) -> Response:
    found, known = _place(api, channel, overwrite)
    made = overwrite_of({**_BITS.read(request.json()), "id": overwrite})
    kept = [o for o in found["permission_overwrites"] if o is not known]
    found["permission_overwrites"] = [*kept, made]
    actions = audit.Action.OVERWRITE_CREATE, audit.Action.OVERWRITE_UPDATE
    return _changed(api, request, found, actions[known is not None], made)


def delete(api: Api, request: Request, channel: str, overwrite: str) -> Response:
    found, known = _place(api, channel, overwrite)
    if known is None:
        raise unknown("permission overwrite")
    found["permission_overwrites"].remove(known)
    return _changed(api, request, found, audit.Action.OVERWRITE_DELETE, known)


def _commands(api: Api, application: str, guild: str) -> list[Json]:
    if identifier(application, "application") != APPLICATION_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action")
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    return api.listed(guild_id, _COMMANDS)


def of_commands(api: Api, request: Request, application: str, guild: str) -> Response:
    return Response(200, _commands(api, application, guild))


def of_command(api: Api, request: Request, application: str, guild: str, command: str) -> Response:
    for kept in _commands(api, application, guild):
        if kept["id"] == command:
            return Response(200, kept)
    raise unknown("application command permissions")


def put_of_command(
    api: Api, request: Request, application: str, guild: str, command: str
) -> Response:
    kept = _commands(api, application, guild)
    scopes = (int(guild), 0)
    known = command == application or any(api.commands.get(s, command) for s in scopes)
    if not known:
        raise unknown("application command")
    given = _OF_COMMAND.read(request.json())
    made = {"id": command, "application_id": application, "guild_id": guild, **given}
    kept[:] = [*(item for item in kept if item["id"] != command), made]
    api.hub.publish("APPLICATION_COMMAND_PERMISSIONS_UPDATE", int(guild), made)
    return Response(200, made)


_OVERWRITE = "channels/{channel}/permissions/{overwrite}"
_AT = "applications/{application}/guilds/{guild}/commands"
ROUTES = (
    Route("PUT", _OVERWRITE, put, needs=Permission.MANAGE_ROLES),
    Route("DELETE", _OVERWRITE, delete, needs=Permission.MANAGE_ROLES),
    Route("GET", _AT + "/permissions", of_commands),
    Route("GET", _AT + "/{command}/permissions", of_command),
    Route("PUT", _AT + "/{command}/permissions", put_of_command),
)
