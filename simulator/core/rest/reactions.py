"""Reactions and pins. Source: Discord Docs/Message, "Create Reaction"."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier
from simulator.core.world import Json


def _emoji(text: str) -> Json:
    name, _, ident = text.partition(":")
    if not name:
        raise ApiError(400, 10014, "Unknown Emoji")
    return {"id": ident or None, "name": name}


def _event(api: Api, message: Json, emoji: Json, user_id: str) -> Json:
    channel_id = int(message["channel_id"])
    guild_id = api.world.guild_of(channel_id)
    event: Json = {
        "user_id": user_id, "channel_id": str(channel_id), "message_id": message["id"],
        "emoji": emoji, "burst": False, "type": 0,
    }  # fmt: skip
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
    return event


def _entry(message: Json, emoji: Json) -> Json | None:
    reactions: list[Json] = message.setdefault("reactions", [])
    return next((r for r in reactions if r["emoji"] == emoji), None)


def react(api: Api, message: Json, text: str, user_id: str) -> None:
    """Add one user's reaction to a kept message and publish it."""
    emoji = _emoji(text)
    mine = user_id == api.world.bot["id"]
    entry = _entry(message, emoji)
    if entry is None:
        entry = {"emoji": emoji, "count": 0, "me": False, "me_burst": False, "burst_colors": [],
                 "count_details": {"burst": 0, "normal": 0}}  # fmt: skip
        message["reactions"].append(entry)
    elif mine and entry["me"]:
        return
    entry["count"] += 1
    entry["count_details"]["normal"] += 1
    entry["me"] = entry["me"] or mine
    event = _event(api, message, emoji, user_id)
    guild_id = api.world.guild_of(int(message["channel_id"]))
    if guild_id is not None:
        event["member"] = api.world.member(guild_id, int(user_id))
    event["message_author_id"] = message["author"]["id"]
    api.hub.publish("MESSAGE_REACTION_ADD", guild_id, event)
    if mine:
        api.replies.shown_in(int(message["channel_id"]), "reaction", event)


def add(api: Api, request: Request, channel: str, message: str, emoji: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    react(api, found, emoji, api.world.bot["id"])
    return Response(204)


def unreact(api: Api, message: Json, text: str, user_id: str) -> None:
    """Take one user's reaction off a kept message and publish it; nothing if there is none."""
    emoji = _emoji(text)
    entry = _entry(message, emoji)
    if entry is None:
        return
    entry["count"] -= 1
    entry["me"] = entry["me"] and user_id != api.world.bot["id"]
    if entry["count"] <= 0:
        message["reactions"].remove(entry)
    guild_id = api.world.guild_of(int(message["channel_id"]))
    api.hub.publish("MESSAGE_REACTION_REMOVE", guild_id, _event(api, message, emoji, user_id))


def remove_own(api: Api, request: Request, channel: str, message: str, emoji: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    unreact(api, found, emoji, api.world.bot["id"])
    return Response(204)


def remove_other(
    api: Api, request: Request, channel: str, message: str, emoji: str, user: str
) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    unreact(api, found, emoji, str(identifier(user, "user")))
    return Response(204)


def clear(api: Api, request: Request, channel: str, message: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    found["reactions"] = []
    guild_id = api.world.guild_of(int(channel))
    event = {"channel_id": channel, "message_id": message}
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
    api.hub.publish("MESSAGE_REACTION_REMOVE_ALL", guild_id, event)
    return Response(204)


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


_AT = "channels/{channel}/messages/{message}/reactions"
ROUTES = (
    Route("PUT", _AT + "/{emoji}/@me", add),
    Route("DELETE", _AT + "/{emoji}/@me", remove_own),
    Route("DELETE", _AT + "/{emoji}/{user}", remove_other),
    Route("DELETE", _AT, clear),
    Route("PUT", "channels/{channel}/messages/pins/{message}", pin),
    Route("DELETE", "channels/{channel}/messages/pins/{message}", unpin),
    Route("PUT", "channels/{channel}/pins/{message}", pin),
    Route("DELETE", "channels/{channel}/pins/{message}", unpin),
)
