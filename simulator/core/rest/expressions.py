"""Emojis, stickers and soundboard sounds: what clients look up at their start. Guilds have none.

Source: Discord Docs/Emoji, Sticker and Soundboard.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from collections.abc import Callable

from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier, unknown


def _of_guild(key: str) -> Callable[[Api, Request, str], Response]:
    def listed(api: Api, request: Request, guild: str) -> Response:
        return Response(200, api.guild(identifier(guild, "guild"))[key])

    return listed


def _one_of_guild(key: str, what: str) -> Callable[[Api, Request, str, str], Response]:
    def one(api: Api, request: Request, guild: str, wanted: str) -> Response:
        found = api.guild(identifier(guild, "guild"))[key]
        known = next((item for item in found if item["id"] == wanted), None)
        if known is None:
            raise unknown(what)
        return Response(200, known)

    return one


def sounds(api: Api, request: Request, guild: str) -> Response:
    api.guild(identifier(guild, "guild"))
    return Response(200, {"items": []})


def default_sounds(api: Api, request: Request) -> Response:
    return Response(200, [{
        "name": "quack", "sound_id": "1", "volume": 1.0, "emoji_id": None, "emoji_name": "🦆",
        "available": True,
    }])  # fmt: skip


def packs(api: Api, request: Request) -> Response:
    return Response(200, {"sticker_packs": []})


def of_application(api: Api, request: Request, application: str) -> Response:
    identifier(application, "application")
    return Response(200, {"items": []})


ROUTES = (
    Route("GET", "guilds/{guild}/emojis", _of_guild("emojis")),
    Route("GET", "guilds/{guild}/emojis/{emoji}", _one_of_guild("emojis", "emoji")),
    Route("GET", "guilds/{guild}/stickers", _of_guild("stickers")),
    Route("GET", "guilds/{guild}/stickers/{sticker}", _one_of_guild("stickers", "sticker")),
    Route("GET", "guilds/{guild}/soundboard-sounds", sounds),
    Route("GET", "soundboard-default-sounds", default_sounds),
    Route("GET", "sticker-packs", packs),
    Route("GET", "applications/{application}/emojis", of_application),
)
