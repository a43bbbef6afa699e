"""Templates of guilds. Source: Discord Docs/Guild Template."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, clearable, needed, text
from simulator.core.rest.invites import code_of
from simulator.core.rest.messages import timestamp
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json

_KEY = "templates"
_KINDS = frozenset({0, 2, 4, 15})  # of channels that a template takes
_FORM = Form(name=needed(text(1, 100)), description=clearable(text(0, 120)))
_GUILD_KEYS = ("name", "description", "region", "verification_level", "preferred_locale",
               "default_message_notifications", "explicit_content_filter", "afk_timeout",
               "system_channel_flags")  # fmt: skip
_ROLE_KEYS = ("name", "permissions", "color", "colors", "hoist", "mentionable", "icon",
              "unicode_emoji")  # fmt: skip
_CHANNEL_KEYS = ("type", "name", "position", "topic", "nsfw", "rate_limit_per_user")


def _snapshot(guild: Json) -> Json:
    """The guild as a template has it: ids are numbers from 0."""
    channels = [
        {**{key: channel[key] for key in _CHANNEL_KEYS}, "id": number, "parent_id": None,
         "bitrate": channel.get("bitrate", 64000), "user_limit": channel.get("user_limit", 0),
         "permission_overwrites": [], "default_auto_archive_duration": None,
         "available_tags": None, "template": "", "default_reaction_emoji": None,
         "default_thread_rate_limit_per_user": None, "default_sort_order": None,
         "default_forum_layout": None, "default_tag_setting": None, "icon_emoji": None,
         "theme_color": None}
        for number, channel in enumerate(c for c in guild["channels"] if c["type"] in _KINDS)
    ]  # fmt: skip
    roles = [
        {"id": number, **{key: role[key] for key in _ROLE_KEYS}}
        for number, role in enumerate(guild["roles"])
    ]
    return {**{key: guild[key] for key in _GUILD_KEYS}, "afk_channel_id": None,
            "system_channel_id": None, "roles": roles, "channels": channels}  # fmt: skip


def _of(api: Api, guild: str) -> list[Json]:
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    return api.listed(guild_id, _KEY)


def _find(api: Api, guild: str, code: str) -> Json:
    for found in _of(api, guild):
        if found["code"] == code:
            return found
    raise unknown("guild template")


def listed(api: Api, request: Request, guild: str) -> Response:
    return Response(200, _of(api, guild))


def create(api: Api, request: Request, guild: str) -> Response:
    kept, given = _of(api, guild), _FORM.read(request.json())
    if kept:
        raise ApiError(400, 30031, "A server can only have a single template.")
    now = timestamp(request.now)
    made = {
        "code": code_of(api.ids.next(request.now)), "name": given["name"], "usage_count": 0,
        "description": given.get("description"), "creator_id": api.world.bot["id"],
        "creator": api.world.bot, "created_at": now, "updated_at": now, "source_guild_id": guild,
        "serialized_source_guild": _snapshot(api.guild(int(guild))), "is_dirty": None,
    }  # fmt: skip
    kept.append(made)
    return Response(200, made)


def sync(api: Api, request: Request, guild: str, code: str) -> Response:
    found = _find(api, guild, code)
    found["serialized_source_guild"] = _snapshot(api.guild(int(guild)))
    found["updated_at"] = timestamp(request.now)
    return Response(200, found)


def change(api: Api, request: Request, guild: str, code: str) -> Response:
    found = _find(api, guild, code)
    found.update(_FORM.read(request.json(), partial=True))
    return Response(200, found)


def delete(api: Api, request: Request, guild: str, code: str) -> Response:
    found = _find(api, guild, code)
    _of(api, guild).remove(found)
    return Response(200, found)


def by_code(api: Api, request: Request, code: str) -> Response:
    for (_, key), kept in api.records.items():
        for found in kept if key == _KEY else ():
            if found["code"] == code:
                return Response(200, found)
    raise unknown("guild template")


_AT, _NEEDS = "guilds/{guild}/templates", Permission.MANAGE_GUILD
ROUTES = (
    Route("GET", _AT, listed, needs=_NEEDS),
    Route("POST", _AT, create, needs=_NEEDS),
    Route("PUT", _AT + "/{code}", sync, needs=_NEEDS),
    Route("PATCH", _AT + "/{code}", change, needs=_NEEDS),
    Route("DELETE", _AT + "/{code}", delete, needs=_NEEDS),
    Route("GET", "guilds/templates/{code}", by_code),
)
