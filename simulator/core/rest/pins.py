"""Pinned messages. Source: Discord Docs/Message, "Get Channel Pins"."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit, messages
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier
from simulator.core.world import Json

_MOST = 250


def _pin(api: Api, request: Request, channel: str, message: str, pinned: bool) -> Response:
    channel_id = identifier(channel, "channel")
    api.channel(channel_id)
    found = api.message(channel_id, identifier(message, "message"))
    messages.demand_ordinary(found)
    if found.get("pinned", False) is pinned:
        return Response(204)
    if pinned and len(_pinned(api, channel)) >= _MOST:
        raise ApiError(400, 30003, f"Maximum number of pins reached ({_MOST})")
    found["pinned"] = pinned
    at = messages.timestamp(request.now)
    found.update(pinned_at=at) if pinned else found.pop("pinned_at", None)
    guild_id = api.world.guild_of(channel_id)
    latest = max((m["pinned_at"] for m in _pinned(api, channel)), default=None)
    event = {"channel_id": channel, "last_pin_timestamp": latest}
    messages.publish(api, "MESSAGE_UPDATE", _bare(found))
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
        action = audit.Action.MESSAGE_PIN if pinned else audit.Action.MESSAGE_UNPIN
        where: Json = {"channel_id": channel, "message_id": message}
        audit.note(api, request, guild_id, action, found["author"]["id"], **where)
    api.hub.publish("CHANNEL_PINS_UPDATE", guild_id, event)
    return Response(204)


def _bare(message: Json) -> Json:
    return {key: value for key, value in message.items() if key != "pinned_at"}


def pin(api: Api, request: Request, channel: str, message: str) -> Response:
    return _pin(api, request, channel, message, pinned=True)


def unpin(api: Api, request: Request, channel: str, message: str) -> Response:
    return _pin(api, request, channel, message, pinned=False)


def _pinned(api: Api, channel: str) -> list[Json]:
    channel_id = identifier(channel, "channel")
    api.channel(channel_id)
    return [m for m in api.history.newest_first(channel_id) if m.get("pinned")]


def listed(api: Api, request: Request, channel: str) -> Response:
    limit, before = request.number("limit", 50, 1, 50), request.query.get("before", "~")
    found = sorted(_pinned(api, channel), key=lambda m: str(m["pinned_at"]), reverse=True)
    page = [m for m in found if m["pinned_at"] < before]
    items = [{"pinned_at": m["pinned_at"], "message": _bare(m)} for m in page[:limit]]
    return Response(200, {"items": items, "has_more": len(page) > limit})


def listed_before(api: Api, request: Request, channel: str) -> Response:
    """The older form, which is deprecated and still used."""
    return Response(200, [_bare(message) for message in _pinned(api, channel)])


_NEEDS, _SEEN = Permission.PIN_MESSAGES, Permission.READ_MESSAGE_HISTORY
ROUTES = (
    Route("GET", "channels/{channel}/messages/pins", listed, needs=_SEEN),
    Route("PUT", "channels/{channel}/messages/pins/{message}", pin, needs=_NEEDS),
    Route("DELETE", "channels/{channel}/messages/pins/{message}", unpin, needs=_NEEDS),
    Route("GET", "channels/{channel}/pins", listed_before, needs=_SEEN),
    Route("PUT", "channels/{channel}/pins/{message}", pin, needs=_NEEDS),
    Route("DELETE", "channels/{channel}/pins/{message}", unpin, needs=_NEEDS),
)
