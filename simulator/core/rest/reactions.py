"""Reactions. Source: Discord Docs/Message, "Create Reaction"."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json

_MOST = 20  # different emojis on one message


def _emoji(text: str) -> Json:
    """The emoji of a path: itself, or `name:id`. Raises ApiError 10014."""
    name, colon, ident = text.partition(":")
    if not name or (colon and not ident.isdecimal()) or (not colon and _is_word(name)):
        raise ApiError(400, 10014, "Unknown Emoji")
    return {"id": ident or None, "name": name}


def _is_word(name: str) -> bool:
    """Emojis are not made of letters, and keycaps are more than a digit."""
    return name.isascii() and len(name) > 1 and name.replace("_", "").isalnum()


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
        if len(message["reactions"]) >= _MOST:
            raise ApiError(400, 30010, f"Maximum number of reactions reached ({_MOST})")
        entry = {"emoji": emoji, "count": 0, "me": False, "me_burst": False, "burst_colors": [],
                 "count_details": {"burst": 0, "normal": 0}}  # fmt: skip
        message["reactions"].append(entry)
    if not api.reacts(message["id"], text, user_id):
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
    if entry is None or not api.reacts_no_more(message["id"], text, user_id):
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
    for entry in found.get("reactions", ()):
        name, ident = entry["emoji"]["name"], entry["emoji"]["id"]
        api.reactors.pop((message, f"{name}:{ident}" if ident else name), None)
    found["reactions"] = []
    guild_id = api.world.guild_of(int(channel))
    event = {"channel_id": channel, "message_id": message}
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
    api.hub.publish("MESSAGE_REACTION_REMOVE_ALL", guild_id, event)
    return Response(204)


def clear_emoji(api: Api, request: Request, channel: str, message: str, emoji: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    entry = _entry(found, _emoji(emoji))
    if entry is None:
        raise unknown("emoji")
    found["reactions"].remove(entry)
    api.reactors.pop((message, emoji), None)
    guild_id = api.world.guild_of(int(channel))
    event = {"channel_id": channel, "message_id": message, "emoji": _emoji(emoji)}
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
    api.hub.publish("MESSAGE_REACTION_REMOVE_EMOJI", guild_id, event)
    return Response(204)


def users(api: Api, request: Request, channel: str, message: str, emoji: str) -> Response:
    api.message(identifier(channel, "channel"), identifier(message, "message"))
    limit, after = request.number("limit", 25, 1, 100), request.number("after", 0)
    ids = sorted(int(user) for user in api.reactors.get((message, emoji), ()))
    found = (api.world.user_by_id(ident) for ident in ids if ident > after)
    return Response(200, [user for user in found if user is not None][:limit])


_MANAGE = Permission.MANAGE_MESSAGES
_AT = "channels/{channel}/messages/{message}/reactions"
ROUTES = (
    Route("PUT", _AT + "/{emoji}/@me", add, needs=Permission.ADD_REACTIONS),
    Route("DELETE", _AT + "/{emoji}/@me", remove_own),
    Route("DELETE", _AT + "/{emoji}/{user}", remove_other, needs=_MANAGE),
    Route("GET", _AT + "/{emoji}", users),
    Route("DELETE", _AT + "/{emoji}", clear_emoji, needs=_MANAGE),
    Route("DELETE", _AT, clear, needs=_MANAGE),
)
