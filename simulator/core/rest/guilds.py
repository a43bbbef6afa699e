"""Guilds themselves: read, changed, left, counted and pruned. Source: Discord Docs/Guild."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    choice,
    clearable,
    flag,
    image,
    integer,
    many,
    moment,
    snowflake,
    text,
)
from simulator.core.rest.route import Request, Response, Route, identifier, unknown
from simulator.core.world import Json

_APART = frozenset({
    "channels", "members", "threads", "voice_states", "stage_instances", "guild_scheduled_events",
    "soundboard_sounds",
})  # fmt: skip
CHANGES = Form(
    name=text(2, 100), verification_level=choice(0, 1, 2, 3, 4), region=clearable(text()),
    default_message_notifications=choice(0, 1), explicit_content_filter=choice(0, 1, 2),
    afk_channel_id=clearable(snowflake), afk_timeout=choice(60, 300, 900, 1800, 3600),
    icon=clearable(image), splash=clearable(image), discovery_splash=clearable(image),
    banner=clearable(image), system_channel_id=clearable(snowflake),
    system_channel_flags=integer(0), rules_channel_id=clearable(snowflake),
    public_updates_channel_id=clearable(snowflake), preferred_locale=text(2, 10),
    features=many(text(1, 100)), description=clearable(text(0, 300)),
    premium_progress_bar_enabled=flag, safety_alerts_channel_id=clearable(snowflake),
)  # fmt: skip
_PRUNE = Form(days=integer(1, 30), compute_prune_count=flag, include_roles=many(snowflake))
_INCIDENTS = Form(invites_disabled_until=clearable(moment), dms_disabled_until=clearable(moment))


def shown(guild: Json) -> Json:
    """A guild as REST and GUILD_UPDATE show it: without what has lists of its own."""
    return {key: value for key, value in guild.items() if key not in _APART}


def get(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    whole = shown(found)
    if request.truth("with_counts"):
        whole["approximate_member_count"] = len(found["members"])
        whole["approximate_presence_count"] = 1
    return Response(200, whole)


def preview(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    keys = ("id", "name", "icon", "description", "home_header", "splash", "discovery_splash",
            "features", "emojis", "stickers")  # fmt: skip
    counts = {"approximate_member_count": len(found["members"]), "approximate_presence_count": 1}
    return Response(200, {**{key: found[key] for key in keys}, **counts})


def change(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    given = CHANGES.read(request.json())
    for key in given:
        if key.endswith("_channel_id") and given[key] is not None:
            api.channel(int(given[key]))
    changes = audit.differences({k: found.get(k) for k in given}, given)
    found.update(given)
    api.tell("GUILD_UPDATE", int(guild), shown(found))
    audit.note(api, request, int(guild), audit.Action.GUILD_UPDATE, guild, changes)
    return Response(200, shown(found))


def leave(api: Api, request: Request, guild: str) -> Response:
    guild_id = identifier(guild, "guild")
    found = api.guild(guild_id)
    me = api.world.member(guild_id, int(api.world.bot["id"]))
    if me is None:
        raise unknown("guild")
    api.tell("GUILD_DELETE", guild_id, {"id": str(guild_id)})
    found["members"].remove(me)
    return Response(204)


def _inactive(api: Api, guild: str, roles: list[str]) -> list[Json]:
    """Those whom a prune would take: nobody was seen, and roles protect unless they are named."""
    found = api.guild(identifier(guild, "guild"))
    return [
        member for member in found["members"]
        if not member["user"]["bot"] and member["user"]["id"] != found["owner_id"]
        and set(member["roles"]) <= set(roles)
    ]  # fmt: skip


def prune_count(api: Api, request: Request, guild: str) -> Response:
    request.number("days", 7, 1, 30)
    roles = [role for role in request.query.get("include_roles", "").split(",") if role]
    return Response(200, {"pruned": len(_inactive(api, guild, roles))})


def prune(api: Api, request: Request, guild: str) -> Response:
    given = _PRUNE.read(request.json())
    gone = _inactive(api, guild, given.get("include_roles", []))
    for member in gone:
        api.world.drop_member(int(guild), member["user"])
        event = {"guild_id": guild, "user": member["user"]}
        api.tell("GUILD_MEMBER_REMOVE", int(guild), event)
    told: Json = {
        "members_removed": str(len(gone)),
        "delete_member_days": str(given.get("days", 7)),
    }
    audit.note(api, request, int(guild), audit.Action.MEMBER_PRUNE, None, **told)
    counted = given.get("compute_prune_count", True)
    return Response(200, {"pruned": len(gone) if counted else None})


def incidents(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    nothing = {"invites_disabled_until": None, "dms_disabled_until": None}
    found["incidents_data"] = {
        **nothing, **(found.get("incidents_data") or {}), **_INCIDENTS.read(request.json()),
    }  # fmt: skip
    api.tell("GUILD_UPDATE", int(guild), shown(found))
    return Response(200, found["incidents_data"])


_AT = "guilds/{guild}"
ROUTES = (
    Route("GET", _AT, get),
    Route("PATCH", _AT, change, needs=Permission.MANAGE_GUILD),
    Route("GET", _AT + "/preview", preview),
    Route("GET", _AT + "/prune", prune_count, needs=Permission.KICK_MEMBERS),
    Route("POST", _AT + "/prune", prune, needs=Permission.KICK_MEMBERS),
    Route("PUT", _AT + "/incident-actions", incidents, needs=Permission.MANAGE_GUILD),
    Route("DELETE", "users/@me/guilds/{guild}", leave),
)
