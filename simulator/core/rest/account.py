"""Who the bot is: its user, its guilds, its direct messages, and other users.

Source: Discord Docs/User.
"""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, clearable, image, needed, snowflake, text
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import ALL_PERMISSIONS, Json

_ME = Form(
    username=text(2, 32), avatar=clearable(image), banner=clearable(image),
    bio=clearable(text(0, 400)),
)  # fmt: skip
_DIRECT = Form(recipient_id=needed(snowflake))
_CANNOT_MESSAGE = ApiError(400, 50007, "Cannot send messages to this user")


def me(api: Api, request: Request) -> Response:
    return Response(200, {
        **api.world.bot, "mfa_enabled": True, "verified": True, "email": None, "locale": "en-US",
        "premium_type": 0, "bio": "",
    })  # fmt: skip


def change_me(api: Api, request: Request) -> Response:
    given = _ME.read(request.json())
    given.pop("bio", None)
    api.world.bot.update(given)
    if given:
        answer = me(api, request)
        body = answer.body if isinstance(answer.body, dict) else {}
        api.hub.publish("USER_UPDATE", None, body)
    return me(api, request)


def user(api: Api, request: Request, user_id: str) -> Response:
    found = api.world.user_by_id(identifier(user_id, "user"))
    if found is None:
        raise unknown("user")
    return Response(200, found)


def _mine(api: Api, guild_id: int) -> bool:
    kept = api.world.kept(guild_id)
    return kept is None or any(m["user"]["id"] == api.world.bot["id"] for m in kept["members"])


def _brief(api: Api, guild_id: int, counts: bool) -> Json:
    guild = api.guild(guild_id)
    shown: Json = {key: guild[key] for key in ("id", "name", "icon", "banner", "features")}
    shown.update(owner=guild["owner_id"] == api.world.bot["id"], permissions=ALL_PERMISSIONS)
    if counts:
        shown["approximate_member_count"] = len(guild["members"])
        shown["approximate_presence_count"] = 1
    return shown


def my_guilds(api: Api, request: Request) -> Response:
    limit = request.number("limit", 200, 1, 200)
    before, after = request.number("before", 1 << 64), request.number("after", 0)
    ids = [g for g in api.world.guild_ids() if after < g < before and _mine(api, g)]
    page = ids[-limit:] if "before" in request.query else ids[:limit]
    return Response(200, [_brief(api, g, request.truth("with_counts")) for g in page])


def open_direct(api: Api, request: Request) -> Response:
    given = _DIRECT.read(request.json())
    found = api.world.user_by_id(int(given["recipient_id"]))
    if found is None:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    if found["id"] == api.world.bot["id"]:
        raise _CANNOT_MESSAGE
    new = not api.world.has_direct(int(found["id"]))
    channel = api.world.direct_channel(found)
    if new:
        api.hub.publish("CHANNEL_CREATE", None, channel)
    return Response(200, channel)


def connections(api: Api, request: Request) -> Response:
    return Response(200, [])


def detectable(api: Api, request: Request) -> Response:
    """Games that Discord knows by their programs; Detritus asks. Undocumented."""
    return Response(200, [])


def log_out(api: Api, request: Request) -> Response:
    """Clients say so when they close."""
    return Response(204)


ROUTES = (
    Route("GET", "users/@me", me),
    Route("PATCH", "users/@me", change_me),
    Route("GET", "users/@me/guilds", my_guilds),
    Route("POST", "users/@me/channels", open_direct),
    Route("GET", "users/@me/connections", connections),
    Route("GET", "users/{user}", user),
    Route("GET", "applications/detectable", detectable, open=True),
    Route("POST", "auth/logout", log_out),
)
