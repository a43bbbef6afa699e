"""Channels: made, changed, moved, followed, deleted. Source: Discord Docs/Channel and Guild."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit, permissions, threads
from simulator.core.rest.authority import THREADS, Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    choice,
    clearable,
    flag,
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
from simulator.core.world import APPLICATION_ID, Json, channel_json

TEXT, VOICE, CATEGORY, NEWS, STAGE, FORUM, MEDIA = 0, 2, 4, 5, 13, 15, 16
_MOST = 500
_TAG = Form(
    id=clearable(snowflake), name=needed(text(0, 50)), moderated=flag,
    emoji_id=clearable(snowflake), emoji_name=clearable(text(0, 100)),
)  # fmt: skip
_FORM = Form(
    name=text(1, 100), topic=clearable(text(0, 4096)), nsfw=flag, position=clearable(integer(0)),
    rate_limit_per_user=integer(0, 21_600), bitrate=clearable(integer(8000, 384_000)),
    user_limit=clearable(integer(0, 10_000)), permission_overwrites=many(permissions.overwrite_of),
    parent_id=clearable(snowflake), rtc_region=clearable(text()), video_quality_mode=choice(1, 2),
    default_auto_archive_duration=choice(*threads.DURATIONS), flags=integer(0),
    available_tags=many(_TAG, 0, 20), default_sort_order=clearable(choice(0, 1)),
    default_reaction_emoji=clearable(
        Form(emoji_id=clearable(snowflake), emoji_name=clearable(text(0, 100)))
    ),
    default_thread_rate_limit_per_user=integer(0, 21_600),
    default_forum_layout=choice(0, 1, 2), type=choice(TEXT, VOICE, CATEGORY, NEWS, STAGE, FORUM,
                                                       MEDIA),
)  # fmt: skip
_MOVES = many(
    Form(id=needed(snowflake), position=integer(0), parent_id=clearable(snowflake),
         lock_permissions=flag), 1,
)  # fmt: skip
_FOLLOW = Form(webhook_channel_id=needed(snowflake))
_DIRECT = Form(name=clearable(text(0, 100)))


def get(api: Api, request: Request, channel: str) -> Response:
    return Response(200, api.channel(identifier(channel, "channel")))


def listed(api: Api, request: Request, guild: str) -> Response:
    return Response(200, api.guild(identifier(guild, "guild"))["channels"])


def _settled(api: Api, request: Request, given: Json) -> Json:
    """Tags get ids, and a parent must be a category. Raises ApiError."""
    for tag in given.get("available_tags", ()):
        nothing = {"moderated": False, "emoji_id": None, "emoji_name": None}
        ident = tag.get("id") or str(api.ids.next(request.now))
        tag.update({**nothing, **tag, "id": ident})
    parent = given.get("parent_id")
    if parent is not None and (api.world.channel(int(parent)) or {}).get("type") != CATEGORY:
        raise invalid_form("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
    return given


def _most(api: Api, channels: list[Json]) -> None:
    if len(channels) >= _MOST:
        raise ApiError(400, 30013, f"Maximum number of guild channels reached ({_MOST})")


def create(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    given = _settled(api, request, _FORM.extended(name=needed(text(1, 100))).read(request.json()))
    _most(api, found["channels"])
    kind = given.get("type", TEXT)
    position = len(found["channels"])
    made = channel_json(api.ids.next(request.now), int(guild), kind, given["name"], position)
    if kind in {FORUM, MEDIA}:
        made.update(available_tags=[], default_reaction_emoji=None, default_sort_order=None,
                    default_forum_layout=0)  # fmt: skip
    if kind == STAGE:
        made.update(bitrate=64000, user_limit=0, rtc_region=None)
    made.update({key: value for key, value in given.items() if value is not None})
    api.world.add_channel(int(guild), made)
    api.tell("CHANNEL_CREATE", int(guild), made)
    _note(api, request, made, audit.Action.CHANNEL_CREATE, audit.differences({}, made))
    return Response(201, made)


def _note(
    api: Api, request: Request, channel: Json, action: audit.Action, changes: list[Json]
) -> None:
    audit.note(api, request, int(channel["guild_id"]), action, channel["id"], changes)


def change(api: Api, request: Request, channel: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    if found["type"] in THREADS:
        return threads.change(api, request, found)
    if "guild_id" not in found:
        found.update(_DIRECT.read(request.json()))
        api.hub.publish("CHANNEL_UPDATE", None, found)
        return Response(200, found)
    given = _settled(api, request, _FORM.read(request.json()))
    if given.get("type", found["type"]) != found["type"] and not {
        given["type"], found["type"],
    } <= {TEXT, NEWS}:  # fmt: skip
        raise invalid_form("type", "BASE_TYPE_CHOICES", "Only text and news channels may convert")
    before = dict(found)
    found.update({k: v for k, v in given.items() if v is not None or k in found})
    if found["position"] is None:
        found["position"] = before["position"]
    api.tell("CHANNEL_UPDATE", int(found["guild_id"]), found)
    changes = audit.differences(before, found)
    _note(api, request, found, audit.Action.CHANNEL_UPDATE, changes)
    return Response(200, found)


def move(api: Api, request: Request, guild: str) -> Response:
    guild_id = identifier(guild, "guild")
    known = {c["id"]: c for c in api.guild(guild_id)["channels"]}
    moves = read(_MOVES, request.body)
    if any(wanted["id"] not in known for wanted in moves):
        raise unknown("channel")
    for wanted in moves:
        _settled(api, request, wanted)
    for wanted in moves:
        channel = known[wanted["id"]]
        channel["position"] = wanted.get("position", channel["position"])
        if "parent_id" in wanted:
            channel["parent_id"] = wanted["parent_id"]
            if wanted.get("lock_permissions") and wanted["parent_id"]:
                parent = known[wanted["parent_id"]]
                channel["permission_overwrites"] = list(parent["permission_overwrites"])
        api.tell("CHANNEL_UPDATE", guild_id, channel)
    return Response(204)


def delete(api: Api, request: Request, channel: str) -> Response:
    found = api.channel(identifier(channel, "channel"))
    guild_id = api.world.guild_of(int(channel))
    if guild_id is None:
        api.hub.publish("CHANNEL_DELETE", None, found)
        return Response(200, found)
    if found["type"] in THREADS:
        return threads.delete(api, request, found)
    guild = api.guild(guild_id)
    guild["channels"].remove(found)
    for child in guild["channels"]:
        if child["parent_id"] == found["id"]:
            child["parent_id"] = None
    for thread in [t for t in guild["threads"] if t["parent_id"] == found["id"]]:
        guild["threads"].remove(thread)
    api.tell("CHANNEL_DELETE", guild_id, found)
    _note(api, request, found, audit.Action.CHANNEL_DELETE, audit.differences(found, {}))
    return Response(200, found)


def follow(api: Api, request: Request, channel: str) -> Response:
    source = api.channel(identifier(channel, "channel"))
    if source["type"] != NEWS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    target = api.channel(int(_FOLLOW.read(request.json())["webhook_channel_id"]))
    ident = str(api.ids.next(request.now))
    where = {"guild_id": target["guild_id"], "channel_id": target["id"]}
    guild = api.guild(int(source["guild_id"]))
    api.webhooks[ident] = {
        "id": ident, "type": 2, **where, "name": f"{guild['name']} #{source['name']}",
        "avatar": None, "application_id": None, "user": api.world.bot,
        "source_guild": {"id": guild["id"], "name": guild["name"], "icon": None},
        "source_channel": {"id": source["id"], "name": source["name"]},
    }  # fmt: skip
    api.tell("WEBHOOKS_UPDATE", int(target["guild_id"]), where)
    return Response(200, {"channel_id": source["id"], "webhook_id": ident})


def typing_by(api: Api, channel_id: int, user_id: int, now: float) -> None:
    """Somebody is typing. Raises ApiError 10003."""
    found, guild_id = api.channel(channel_id), api.world.guild_of(channel_id)
    event: Json = {"channel_id": found["id"], "user_id": str(user_id), "timestamp": int(now)}
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
        event["member"] = api.world.member(guild_id, user_id)
    api.hub.publish("TYPING_START", guild_id, event)


def typing(api: Api, request: Request, channel: str) -> Response:
    typing_by(api, identifier(channel, "channel"), APPLICATION_ID, request.now)
    return Response(204)


_ONE, _NEEDS = "channels/{channel}", Permission.MANAGE_CHANNELS
ROUTES = (
    Route("GET", _ONE, get),
    Route("PATCH", _ONE, change, needs=_NEEDS),
    Route("DELETE", _ONE, delete, needs=_NEEDS),
    Route("GET", "guilds/{guild}/channels", listed),
    Route("POST", "guilds/{guild}/channels", create, needs=_NEEDS),
    Route("PATCH", "guilds/{guild}/channels", move, needs=_NEEDS),
    Route("POST", _ONE + "/followers", follow, needs=Permission.MANAGE_WEBHOOKS),
    Route("POST", _ONE + "/typing", typing, needs=Permission.SEND_MESSAGES),
)
