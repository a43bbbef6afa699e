"""Guilds, their members and roles. Source: Discord Docs/Guild."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier, invalid_form, unknown
from simulator.core.world import Json, role_json

_FIXED = frozenset({"id", "roles", "emojis", "stickers", "features"})
_MEMBER_KEYS = ("nick", "roles", "mute", "deaf", "communication_disabled_until", "flags")


def _shown(guild: Json) -> Json:
    return {k: v for k, v in guild.items() if k not in {"channels", "members", "threads"}}


def get(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    shown = _shown(found)
    if request.truth("with_counts"):
        shown["approximate_member_count"] = len(found["members"])
        shown["approximate_presence_count"] = 1
    return Response(200, shown)


def change(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    changes = set(request.json()) & set(_shown(found)) - _FIXED
    found.update({key: request.json()[key] for key in changes})
    api.scenes.forget(int(found["id"]))
    api.hub.publish("GUILD_UPDATE", int(found["id"]), _shown(found))
    return Response(200, _shown(found))


def members(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    limit, after = int(request.query.get("limit", "1")), int(request.query.get("after", "0"))
    ordered = sorted(found["members"], key=lambda m: int(m["user"]["id"]))
    return Response(200, [m for m in ordered if int(m["user"]["id"]) > after][:limit])


def search(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    start, limit = request.query.get("query", "").lower(), int(request.query.get("limit", "1"))
    same = [m for m in found["members"] if m["user"]["username"].lower().startswith(start)]
    return Response(200, same[:limit])


def _member(api: Api, guild: str, user: str) -> Json:
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    user_id = int(api.world.bot["id"]) if user == "@me" else identifier(user, "user")
    found = api.world.member(guild_id, user_id)
    if found is None:
        raise unknown("member")
    return found


def member(api: Api, request: Request, guild: str, user: str) -> Response:
    return Response(200, _member(api, guild, user))


def _member_changed(api: Api, guild: str, found: Json) -> None:
    api.hub.publish("GUILD_MEMBER_UPDATE", int(guild), {**found, "guild_id": guild})


def change_member(api: Api, request: Request, guild: str, user: str) -> Response:
    found = _member(api, guild, user)
    given = request.json()
    found.update({key: given[key] for key in _MEMBER_KEYS if key in given})
    _member_changed(api, guild, found)
    return Response(200, found)


def kick(api: Api, request: Request, guild: str, user: str) -> Response:
    found = _member(api, guild, user)
    api.guild(int(guild))["members"].remove(found)
    api.scenes.forget(int(guild))
    gone = {"guild_id": guild, "user": found["user"]}
    api.hub.publish("GUILD_MEMBER_REMOVE", int(guild), gone)
    return Response(204)


def _role(api: Api, guild: str, role: str) -> Json:
    found = api.guild(identifier(guild, "guild"))
    wanted = str(identifier(role, "role"))
    known: Json | None = next((r for r in found["roles"] if r["id"] == wanted), None)
    if known is None:
        raise unknown("role")
    return known


def give_role(api: Api, request: Request, guild: str, user: str, role: str) -> Response:
    found, known = _member(api, guild, user), _role(api, guild, role)
    if known["id"] not in found["roles"]:
        found["roles"].append(known["id"])
        _member_changed(api, guild, found)
    return Response(204)


def take_role(api: Api, request: Request, guild: str, user: str, role: str) -> Response:
    found, known = _member(api, guild, user), _role(api, guild, role)
    if known["id"] in found["roles"]:
        found["roles"].remove(known["id"])
        _member_changed(api, guild, found)
    return Response(204)


def roles(api: Api, request: Request, guild: str) -> Response:
    return Response(200, api.guild(identifier(guild, "guild"))["roles"])


def role(api: Api, request: Request, guild: str, role_id: str) -> Response:
    return Response(200, _role(api, guild, role_id))


def create_role(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    given = request.json()
    if len(str(given.get("name") or "")) > 100:
        raise invalid_form("name", "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
    made = role_json(api.ids.next(request.now), "new role", len(found["roles"]))
    made.update({k: v for k, v in given.items() if k in made and k != "id" and v is not None})
    found["roles"].append(made)
    api.hub.publish("GUILD_ROLE_CREATE", int(guild), {"guild_id": guild, "role": made})
    return Response(200, made)


def change_role(api: Api, request: Request, guild: str, role: str) -> Response:
    known = _role(api, guild, role)
    known.update({k: v for k, v in request.json().items() if k in known and k != "id"})
    api.scenes.forget(int(guild))
    api.hub.publish("GUILD_ROLE_UPDATE", int(guild), {"guild_id": guild, "role": known})
    return Response(200, known)


def delete_role(api: Api, request: Request, guild: str, role: str) -> Response:
    known = _role(api, guild, role)
    found = api.guild(int(guild))
    found["roles"].remove(known)
    for holder in found["members"]:
        if known["id"] in holder["roles"]:
            holder["roles"].remove(known["id"])
    api.hub.publish("GUILD_ROLE_DELETE", int(guild), {"guild_id": guild, "role_id": known["id"]})
    return Response(204)


_AT = "guilds/{guild}"
ROUTES = (
    Route("GET", _AT, get),
    Route("PATCH", _AT, change),
    Route("GET", _AT + "/members", members),
    Route("GET", _AT + "/members/search", search),
    Route("GET", _AT + "/members/{user}", member),
    Route("PATCH", _AT + "/members/{user}", change_member),
    Route("DELETE", _AT + "/members/{user}", kick),
    Route("PUT", _AT + "/members/{user}/roles/{role}", give_role),
    Route("DELETE", _AT + "/members/{user}/roles/{role}", take_role),
    Route("GET", _AT + "/roles", roles),
    Route("POST", _AT + "/roles", create_role),
    Route("GET", _AT + "/roles/{role}", role),
    Route("PATCH", _AT + "/roles/{role}", change_role),
    Route("DELETE", _AT + "/roles/{role}", delete_role),
)
