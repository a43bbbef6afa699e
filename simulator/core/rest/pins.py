"""Pinned messages. Source: Discord Docs/Message, "Get Channel Pins"."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier
from simulator.core.world import Json


def _pin(api: Api, channel: str, message: str, pinned: bool) -> Response:
    channel_id = identifier(channel, "channel")
    api.message(channel_id, identifier(message, "message"))["pinned"] = pinned
    guild_id = api.world.guild_of(channel_id)
    event = {"channel_id": channel, "last_pin_timestamp": None}
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
    api.hub.publish("CHANNEL_PINS_UPDATE", guild_id, event)
    return Response(204)


def pin(api: Api, request: Request, channel: str, message: str) -> Response:
    return _pin(api, channel, message, pinned=True)


def unpin(api: Api, request: Request, channel: str, message: str) -> Response:
    return _pin(api, channel, message, pinned=False)


def _pinned(api: Api, channel: str) -> list[Json]:
    channel_id = identifier(channel, "channel")
    api.channel(channel_id)
    return [m for m in api.history.newest_first(channel_id) if m.get("pinned")]


def listed(api: Api, request: Request, channel: str) -> Response:
    items = [{"pinned_at": m["timestamp"], "message": m} for m in _pinned(api, channel)]
    return Response(200, {"items": items, "has_more": False})


def listed_before(api: Api, request: Request, channel: str) -> Response:
    """The older form, which is deprecated and still used."""
    return Response(200, _pinned(api, channel))


ROUTES = (
    Route("GET", "channels/{channel}/messages/pins", listed),
    Route("PUT", "channels/{channel}/messages/pins/{message}", pin),
    Route("DELETE", "channels/{channel}/messages/pins/{message}", unpin),
    Route("GET", "channels/{channel}/pins", listed_before),
    Route("PUT", "channels/{channel}/pins/{message}", pin),
    Route("DELETE", "channels/{channel}/pins/{message}", unpin),
)
