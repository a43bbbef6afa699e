"""Emojis, stickers and soundboard sounds of guilds and of the application.

Source: Discord Docs/Emoji, Sticker and Soundboard.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.audit import Action
from simulator.core.rest.authority import Permission
from simulator.core.rest.collection import Collection
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    clearable,
    image,
    many,
    needed,
    number,
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
from simulator.core.world import APPLICATION_ID, Json

_NEEDS = Permission.MANAGE_GUILD_EXPRESSIONS
_NAME = text(2, 32)
_FORMATS = {"image/png": 1, "image/apng": 2, "application/json": 3, "image/gif": 4}
_OWN = "emojis of the application"
_DEFAULT_SOUND: Json = {
    "name": "quack", "sound_id": "1", "volume": 1.0, "emoji_id": None, "emoji_name": "🦆",
    "available": True,
}  # fmt: skip


def _emoji(api: Api, request: Request, guild_id: int, given: Json) -> Json:
    animated = str(request.json().get("image", "")).startswith("data:image/gif")
    return {
        "id": str(api.ids.next(request.now)), "name": given["name"],
        "roles": given.get("roles") or [], "user": api.world.bot, "require_colons": True,
        "managed": False, "animated": animated, "available": True,
    }  # fmt: skip


def _emojis_changed(api: Api, guild_id: int, verb: str, item: Json) -> None:
    event = {"guild_id": str(guild_id), "emojis": api.listed(guild_id, "emojis")}
    api.tell("GUILD_EMOJIS_UPDATE", guild_id, event)


def _stickers_changed(api: Api, guild_id: int, verb: str, item: Json) -> None:
    event = {"guild_id": str(guild_id), "stickers": api.listed(guild_id, "stickers")}
    api.tell("GUILD_STICKERS_UPDATE", guild_id, event)


_EMOJI_FORM = Form(name=needed(_NAME), image=needed(image), roles=clearable(many(snowflake)))
_EMOJIS = Collection(
    "emoji", "emojis", "emojis", _EMOJI_FORM, _emoji, _emojis_changed, Action.EMOJI_CREATE, _NEEDS,
    most=(50, 30008), fixed=frozenset({"image"}),
)  # fmt: skip


def _sticker(api: Api, request: Request, guild_id: int, given: Json) -> Json:
    if not request.files:
        raise invalid_form("file", "BASE_TYPE_REQUIRED", "This field is required")
    kind = _FORMATS.get(request.files[0].content_type)
    if kind is None:
        raise ApiError(400, 50046, "Invalid file uploaded")
    return {
        "id": str(api.ids.next(request.now)), "name": given["name"], "tags": given["tags"],
        "type": 2, "format_type": kind, "description": given.get("description") or None,
        "available": True, "guild_id": str(guild_id), "user": api.world.bot,
    }  # fmt: skip


_STICKERS = Collection(
    "sticker", "stickers", "stickers",
    Form(name=needed(text(2, 30)), tags=needed(text(1, 200)), description=clearable(text(0, 100))),
    _sticker, _stickers_changed, Action.STICKER_CREATE, _NEEDS, most=(5, 30039),
)  # fmt: skip


def _sound(api: Api, request: Request, guild_id: int, given: Json) -> Json:
    return {
        "sound_id": str(api.ids.next(request.now)), "name": given["name"],
        "volume": given.get("volume", 1.0), "emoji_id": given.get("emoji_id"),
        "emoji_name": given.get("emoji_name"), "guild_id": str(guild_id), "available": True,
        "user": api.world.bot,
    }  # fmt: skip


def _sound_changed(api: Api, guild_id: int, verb: str, item: Json) -> None:
    told = item
    if verb == "DELETE":
        told = {"sound_id": item["sound_id"], "guild_id": str(guild_id)}
    api.tell(f"GUILD_SOUNDBOARD_SOUND_{verb}", guild_id, told)


def _data(value: object) -> str:
    """A data URI of a sound, not kept."""
    return str(text(1)(value))[:20]


_SOUNDS = Collection(
    "soundboard sound", "soundboard_sounds", "soundboard-sounds",
    Form(name=needed(_NAME), sound=needed(_data), volume=clearable(number(0, 1)),
         emoji_id=clearable(snowflake), emoji_name=clearable(text(0, 32))),
    _sound, _sound_changed, Action.SOUND_CREATE, _NEEDS, ident="sound_id", most=(8, 30045),
    wrapped=True, fixed=frozenset({"sound"}),
)  # fmt: skip


def default_sounds(api: Api, request: Request) -> Response:
    return Response(200, [_DEFAULT_SOUND])


def packs(api: Api, request: Request) -> Response:
    return Response(200, {"sticker_packs": []})


def pack(api: Api, request: Request, wanted: str) -> Response:
    identifier(wanted, "pack")
    raise unknown("sticker pack")


def any_sticker(api: Api, request: Request, wanted: str) -> Response:
    ident = str(identifier(wanted, "sticker"))
    for guild_id in api.world.guild_ids():
        guild = api.world.kept(guild_id) or {"stickers": []}
        for sticker in guild["stickers"]:
            if sticker["id"] == ident:
                return Response(200, sticker)
    raise unknown("sticker")


def _own(api: Api, application: str) -> list[Json]:
    if identifier(application, "application") != APPLICATION_ID:
        raise ApiError(403, 20012, "You are not authorized to perform this action")
    return api.listed(0, _OWN)


def _own_one(api: Api, application: str, emoji: str) -> Json:
    for found in _own(api, application):
        if found["id"] == emoji:
            return found
    raise unknown("emoji")


def own_listed(api: Api, request: Request, application: str) -> Response:
    return Response(200, {"items": _own(api, application)})


def own_read(api: Api, request: Request, application: str, emoji: str) -> Response:
    return Response(200, _own_one(api, application, emoji))


def own_create(api: Api, request: Request, application: str) -> Response:
    kept = _own(api, application)
    made = _emoji(api, request, 0, _EMOJI_FORM.read(request.json()))
    kept.append(made)
    return Response(201, made)


def own_change(api: Api, request: Request, application: str, emoji: str) -> Response:
    found = _own_one(api, application, emoji)
    found.update(Form(name=needed(_NAME)).read(request.json()))
    return Response(200, found)


def own_delete(api: Api, request: Request, application: str, emoji: str) -> Response:
    _own(api, application).remove(_own_one(api, application, emoji))
    return Response(204)


_MINE = "applications/{application}/emojis"
ROUTES = (
    *_EMOJIS.routes(), *_STICKERS.routes(), *_SOUNDS.routes(),
    Route("GET", "soundboard-default-sounds", default_sounds),
    Route("GET", "sticker-packs", packs),
    Route("GET", "sticker-packs/{pack}", pack),
    Route("GET", "stickers/{sticker}", any_sticker),
    Route("GET", _MINE, own_listed),
    Route("POST", _MINE, own_create),
    Route("GET", _MINE + "/{emoji}", own_read),
    Route("PATCH", _MINE + "/{emoji}", own_change),
    Route("DELETE", _MINE + "/{emoji}", own_delete),
)  # fmt: skip
