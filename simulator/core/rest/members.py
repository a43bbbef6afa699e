"""Members of a guild: nicks, timeouts, roles, kicks. Source: Discord Docs/Guild."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit, authority, roles, voice
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    clearable,
    flag,
    image,
    integer,
    many,
    moment,
    needed,
    snowflake,
    text,
)
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json

_LONGEST_TIMEOUT = 28 * 86_400  # seconds
_FORM = Form(
    nick=clearable(text(0, 32)), roles=clearable(many(snowflake)), mute=flag, deaf=flag,
    communication_disabled_until=clearable(moment), flags=integer(0),
    channel_id=clearable(snowflake),
)  # fmt: skip
_OWN = Form(
    nick=clearable(text(0, 32)), avatar=clearable(image), banner=clearable(image),
    bio=clearable(text(0, 190)),
)  # fmt: skip
_ADDED = Form(
    access_token=needed(text(1)), nick=text(0, 32), roles=many(snowflake), mute=flag, deaf=flag
)
_NEEDS = {
    "nick": Permission.MANAGE_NICKNAMES, "roles": Permission.MANAGE_ROLES,
    "communication_disabled_until": Permission.MODERATE_MEMBERS,
}  # fmt: skip


def find(api: Api, guild: str, user: str) -> Json:
    """Raises ApiError 10004, 10007."""
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    user_id = int(api.world.bot["id"]) if user == "@me" else identifier(user, "user")
    found = api.world.member(guild_id, user_id)
    if found is None:
        raise unknown("member")
    return found


def listed(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    limit, after = request.number("limit", 1, 1, 1000), request.number("after", 0)
    ordered = sorted(found["members"], key=lambda m: int(m["user"]["id"]))
    return Response(200, [m for m in ordered if int(m["user"]["id"]) > after][:limit])


def search(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    start, limit = request.query.get("query", "").lower(), request.number("limit", 1, 1, 1000)
    same = [
        member for member in found["members"]
        if member["user"]["username"].lower().startswith(start)
        or (member["nick"] or "").lower().startswith(start or "\0")
    ]  # fmt: skip
    return Response(200, same[:limit])


def one(api: Api, request: Request, guild: str, user: str) -> Response:
    return Response(200, find(api, guild, user))


def mine(api: Api, request: Request, guild: str) -> Response:
    return Response(200, find(api, guild, "@me"))


def _changed(api: Api, guild: str, found: Json) -> None:
    api.tell("GUILD_MEMBER_UPDATE", int(guild), {**found, "guild_id": guild})


def change(api: Api, request: Request, guild: str, user: str) -> Response:
    found = find(api, guild, user)
    given = (_OWN if user == "@me" else _FORM).read(request.json())
    if user != "@me":
        _allowed(api, guild, request, given)
    given["nick"] = given.get("nick", found["nick"]) or None
    if given.get("roles", 0) is None:
        given["roles"] = []
    if "channel_id" in given:
        voice.move(api, int(guild), found, given.pop("channel_id"))
    given.pop("bio", None)
    before = {key: found.get(key) for key in given}
    found.update(given)
    _changed(api, guild, found)
    _note(api, request, guild, found, before)
    return Response(200, found)


def _allowed(api: Api, guild: str, request: Request, given: Json) -> None:
    """Raises ApiError 50013, 10011, or 50035 for a timeout that is too long."""
    for key, permission in _NEEDS.items():
        if key in given:
            authority.in_guild(api, api.guild(int(guild)), permission)
    for role in given.get("roles") or ():
        roles.find(api, guild, role)
    until = given.get("communication_disabled_until")
    if until is not None and voice.seconds(until) > request.now + _LONGEST_TIMEOUT:
        raise ApiError(400, 50035, "Invalid Form Body", {"communication_disabled_until": {
            "_errors": [{"code": "ILLEGAL_DURATION", "message": "Must be within 28 days"}],
        }})  # fmt: skip


def _note(api: Api, request: Request, guild: str, found: Json, before: Json) -> None:
    after = {key: found[key] for key in before}
    user = found["user"]["id"]
    if before.pop("roles", after.get("roles")) != after.pop("roles", None):
        audit.note(api, request, int(guild), audit.Action.MEMBER_ROLE_UPDATE, user)
    changes = audit.differences(before, after)
    if changes:
        audit.note(api, request, int(guild), audit.Action.MEMBER_UPDATE, user, changes)


def change_nick(api: Api, request: Request, guild: str) -> Response:
    """The older form of a bot's own nick."""
    change(api, request, guild, "@me")
    return Response(200, {"nick": find(api, guild, "@me")["nick"]})


def add(api: Api, request: Request, guild: str, user: str) -> Response:
    given = _ADDED.read(request.json())
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    person = api.world.user_by_id(identifier(user, "user"))
    if person is None:
        raise unknown("user")
    if api.world.member(guild_id, int(user)) is not None:
        return Response(204)
    del given["access_token"]
    made = api.world.add_member(guild_id, person)
    made.update(given)
    api.tell("GUILD_MEMBER_ADD", guild_id, {**made, "guild_id": guild})
    return Response(201, made)


def kick(api: Api, request: Request, guild: str, user: str) -> Response:
    found = find(api, guild, user)
    api.world.drop_member(int(guild), found["user"])
    gone = {"guild_id": guild, "user": found["user"]}
    api.tell("GUILD_MEMBER_REMOVE", int(guild), gone)
    audit.note(api, request, int(guild), audit.Action.MEMBER_KICK, found["user"]["id"])
    return Response(204)


def _set_role(api: Api, request: Request, guild: str, user: str, role: str, held: bool) -> Response:
    found, known = find(api, guild, user), roles.find(api, guild, role)
    if (known["id"] in found["roles"]) is held:
        return Response(204)
    (found["roles"].append if held else found["roles"].remove)(known["id"])
    _changed(api, guild, found)
    told = [{"id": known["id"], "name": known["name"]}]
    changes = [{"key": "$add" if held else "$remove", "new_value": told}]
    action = audit.Action.MEMBER_ROLE_UPDATE
    audit.note(api, request, int(guild), action, found["user"]["id"], changes)
    return Response(204)


def give_role(api: Api, request: Request, guild: str, user: str, role: str) -> Response:
    return _set_role(api, request, guild, user, role, held=True)


def take_role(api: Api, request: Request, guild: str, user: str, role: str) -> Response:
    return _set_role(api, request, guild, user, role, held=False)


_AT = "guilds/{guild}/members"
ROUTES = (
    Route("GET", _AT, listed),
    Route("GET", _AT + "/search", search),
    Route("GET", _AT + "/{user}", one),
    Route("PUT", _AT + "/{user}", add),
    Route("PATCH", _AT + "/{user}", change),
    Route("PATCH", _AT + "/@me/nick", change_nick),
    Route("DELETE", _AT + "/{user}", kick, needs=Permission.KICK_MEMBERS),
    Route("PUT", _AT + "/{user}/roles/{role}", give_role, needs=Permission.MANAGE_ROLES),
    Route("DELETE", _AT + "/{user}/roles/{role}", take_role, needs=Permission.MANAGE_ROLES),
    Route("GET", "users/@me/guilds/{guild}/member", mine),
)
