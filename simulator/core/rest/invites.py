"""Invites: made for channels, listed, looked up, taken back. Source: Discord Docs/Invite."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, choice, flag, integer, many, snowflake
from simulator.core.rest.messages import timestamp
from simulator.core.rest.route import Request, Response, Route, identifier, unknown
from simulator.core.world import Json

KEY = "invites"
_DAY = 86_400
_FORM = Form(
    max_age=integer(0, 7 * _DAY), max_uses=integer(0, 100), temporary=flag, unique=flag,
    target_type=choice(1, 2, 3), target_user_id=snowflake, target_application_id=snowflake,
    role_ids=many(snowflake), flags=integer(0),
)  # fmt: skip
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GUILD_KEYS = ("id", "name", "splash", "banner", "description", "icon", "features",
               "verification_level", "vanity_url_code", "nsfw_level", "nsfw",
               "premium_subscription_count", "premium_tier")  # fmt: skip


def code_of(number: int) -> str:
    """A short code of letters and digits that is a number's own."""
    made = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        made += _DIGITS[digit]
    return made


def _build(api: Api, request: Request, channel: Json, given: Json) -> Json:
    guild, age = api.guild(int(channel["guild_id"])), given.get("max_age", _DAY)
    invite: Json = {
        "type": 0, "code": code_of(api.ids.next(request.now)), "flags": given.get("flags", 0),
        "guild_id": guild["id"], "guild": {key: guild[key] for key in _GUILD_KEYS},
        "channel": {"id": channel["id"], "name": channel["name"], "type": channel["type"]},
        "inviter": api.world.bot, "uses": 0, "max_uses": given.get("max_uses", 0), "max_age": age,
        "temporary": given.get("temporary", False), "created_at": timestamp(request.now),
        "expires_at": timestamp(request.now + age) if age else None,
    }  # fmt: skip
    if given.get("target_type") == 1:
        user = api.world.user_by_id(int(given.get("target_user_id", 0)))
        if user is None:
            raise unknown("user")
        invite.update(target_type=1, target_user=user)
    return invite


def create(api: Api, request: Request, channel: str) -> Response:
    place = api.channel(identifier(channel, "channel"))
    given = _FORM.read(request.json())
    guild_id = int(place.get("guild_id") or 0)
    if not guild_id:
        raise unknown("channel")
    made = _build(api, request, place, given)
    api.listed(guild_id, KEY).append(made)
    kept = ("code", "created_at", "expires_at", "inviter", "max_age", "max_uses", "temporary",
            "guild_id", "type", "flags", "target_type", "target_user")  # fmt: skip
    event = {key: made[key] for key in kept if key in made}
    api.tell("INVITE_CREATE", guild_id, {**event, "uses": 0, "channel_id": channel})
    audit.note(api, request, guild_id, audit.Action.INVITE_CREATE, None)
    return Response(200, made)


def of_channel(api: Api, request: Request, channel: str) -> Response:
    place = api.channel(identifier(channel, "channel"))
    found = api.listed(int(place.get("guild_id") or 0), KEY)
    return Response(200, [i for i in found if i["channel"]["id"] == place["id"]])


def of_guild(api: Api, request: Request, guild: str) -> Response:
    api.guild(identifier(guild, "guild"))
    return Response(200, api.listed(int(guild), KEY))


def _find(api: Api, code: str, now: float) -> tuple[int, Json]:
    for (guild_id, key), kept in api.records.items():
        for invite in kept if key == KEY else ():
            fresh = invite["expires_at"] is None or invite["expires_at"] > timestamp(now)
            if invite["code"] == code and fresh:
                return guild_id, invite
    raise unknown("invite")


def get(api: Api, request: Request, code: str) -> Response:
    guild_id, found = _find(api, code, request.now)
    shown = dict(found)
    if request.truth("with_counts"):
        shown["approximate_member_count"] = len(api.guild(guild_id)["members"])
        shown["approximate_presence_count"] = 1
    return Response(200, shown)


def delete(api: Api, request: Request, code: str) -> Response:
    guild_id, found = _find(api, code, request.now)
    api.listed(guild_id, KEY).remove(found)
    where = {"channel_id": found["channel"]["id"], "guild_id": str(guild_id), "code": code}
    api.tell("INVITE_DELETE", guild_id, where)
    audit.note(api, request, guild_id, audit.Action.INVITE_DELETE, None)
    return Response(200, found)


ROUTES = (
    Route("GET", "channels/{channel}/invites", of_channel, needs=Permission.MANAGE_CHANNELS),
    Route("POST", "channels/{channel}/invites", create, needs=Permission.CREATE_INSTANT_INVITE),
    Route("GET", "guilds/{guild}/invites", of_guild, needs=Permission.MANAGE_GUILD),
    Route("GET", "invites/{code}", get),
    Route("DELETE", "invites/{code}", delete),
)
