"""Roles of a guild. Source: Discord Docs/Permissions and Guild."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    bits,
    clearable,
    flag,
    image,
    integer,
    many,
    needed,
    read,
    snowflake,
    text,
)
from simulator.core.rest.route import (
    ApiError,
    Request,
    Response,
    Route,
    identifier,
    invalid_form,
    unknown,
)
from simulator.core.world import Json, role_json

_MOST = 250
_COLOR = integer(0, 0xFFFFFF)
_FORM = Form(
    name=text(0, 100), permissions=bits, color=_COLOR, hoist=flag, icon=clearable(image),
    unicode_emoji=clearable(text(0, 100)), mentionable=flag,
    colors=Form(primary_color=needed(_COLOR), secondary_color=clearable(_COLOR),
                tertiary_color=clearable(_COLOR)),
)  # fmt: skip
_MOVES = many(Form(id=needed(snowflake), position=integer(0, 1000)), 1, 250)


def find(api: Api, guild: str, role: str) -> Json:
    """Raises ApiError 10004, 10011."""
    found = api.guild(identifier(guild, "guild"))
    wanted = str(identifier(role, "role"))
    known: Json | None = next((r for r in found["roles"] if r["id"] == wanted), None)
    if known is None:
        raise unknown("role")
    return known


def _wanted(given: Json) -> Json:
    """The older `color` and the newer `colors` say the same."""
    if "colors" in given:
        nothing = {"secondary_color": None, "tertiary_color": None}
        given["colors"] = {**nothing, **given["colors"]}
        given["color"] = given["colors"]["primary_color"]
    elif "color" in given:
        plain = {"primary_color": given["color"], "secondary_color": None, "tertiary_color": None}
        given["colors"] = plain
    return given


def listed(api: Api, request: Request, guild: str) -> Response:
    return Response(200, api.guild(identifier(guild, "guild"))["roles"])


def one(api: Api, request: Request, guild: str, role: str) -> Response:
    return Response(200, find(api, guild, role))


def member_counts(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    held = [role for member in found["members"] for role in member["roles"]]
    others = (role["id"] for role in found["roles"] if role["id"] != found["id"])
    return Response(200, {role: held.count(role) for role in others})


def create(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    given = _wanted(_FORM.read(request.json()))
    if len(found["roles"]) >= _MOST:
        raise ApiError(400, 30005, f"Maximum number of guild roles reached ({_MOST})")
    made = role_json(api.ids.next(request.now), "new role", 1)
    made["permissions"] = found["roles"][0]["permissions"]
    made.update({**given, "name": given.get("name") or "new role"})
    for role in found["roles"]:
        if role["position"] > 0:
            role["position"] += 1
    found["roles"].append(made)
    api.tell("GUILD_ROLE_CREATE", int(guild), {"guild_id": guild, "role": made})
    _note(api, request, guild, audit.Action.ROLE_CREATE, made, audit.differences({}, given))
    return Response(200, made)


def _note(
    api: Api, request: Request, guild: str, action: audit.Action, role: Json, changes: list[Json]
) -> None:
    audit.note(api, request, int(guild), action, role["id"], changes)


def change(api: Api, request: Request, guild: str, role: str) -> Response:
    known = find(api, guild, role)
    given = _wanted(_FORM.read(request.json()))
    before = dict(known)
    known.update(given)
    api.tell("GUILD_ROLE_UPDATE", int(guild), {"guild_id": guild, "role": known})
    changes = audit.differences(before, known)
    _note(api, request, guild, audit.Action.ROLE_UPDATE, known, changes)
    return Response(200, known)


def move(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    moves = [(find(api, guild, m["id"]), m) for m in read(_MOVES, request.body)]
    if any(role["id"] == found["id"] and m.get("position") for role, m in moves):
        raise invalid_form("_", "ROLE_POSITION_INVALID", "@everyone stays below all others")
    for role, wanted in moves:
        role["position"] = wanted.get("position", role["position"])
    for role, _ in moves:
        api.tell("GUILD_ROLE_UPDATE", int(guild), {"guild_id": guild, "role": role})
    return Response(200, found["roles"])


def delete(api: Api, request: Request, guild: str, role: str) -> Response:
    known, found = find(api, guild, role), api.guild(int(guild))
    if known["id"] == found["id"]:
        raise ApiError(400, 50028, "Invalid Role")
    found["roles"].remove(known)
    for holder in found["members"]:
        if known["id"] in holder["roles"]:
            holder["roles"].remove(known["id"])
    api.tell("GUILD_ROLE_DELETE", int(guild), {"guild_id": guild, "role_id": known["id"]})
    changes = audit.differences(known, {})
    _note(api, request, guild, audit.Action.ROLE_DELETE, known, changes)
    return Response(204)


_AT = "guilds/{guild}/roles"
ROUTES = (
    Route("GET", _AT, listed),
    Route("POST", _AT, create, needs=Permission.MANAGE_ROLES),
    Route("PATCH", _AT, move, needs=Permission.MANAGE_ROLES),
    Route("GET", _AT + "/member-counts", member_counts),
    Route("GET", _AT + "/{role}", one),
    Route("PATCH", _AT + "/{role}", change, needs=Permission.MANAGE_ROLES),
    Route("DELETE", _AT + "/{role}", delete, needs=Permission.MANAGE_ROLES),
)
