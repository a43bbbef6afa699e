"""Bans: one by one and many at once. Source: Discord Docs/Guild, "Create Guild Ban"."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from urllib.parse import unquote

from simulator.core.rest import audit, deletion
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form, integer, many, needed, snowflake
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.snowflake import made_at
from simulator.core.world import Json

_WEEK = 604_800
_FORM = Form(delete_message_seconds=integer(0, _WEEK), delete_message_days=integer(0, 7))
_BULK = _FORM.extended(user_ids=needed(many(snowflake, 1, 200)))


def _of(api: Api, guild: str) -> list[Json]:
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    return api.listed(guild_id, "bans")


def _find(api: Api, guild: str, user: str) -> Json:
    wanted = str(identifier(user, "user"))
    for found in _of(api, guild):
        if found["user"]["id"] == wanted:
            return found
    raise unknown("ban")


def listed(api: Api, request: Request, guild: str) -> Response:
    limit = request.number("limit", 1000, 0, 1000)
    before, after = request.number("before", 1 << 64), request.number("after", 0)
    ordered = sorted(_of(api, guild), key=lambda ban: int(ban["user"]["id"]))
    found = [ban for ban in ordered if after < int(ban["user"]["id"]) < before]
    return Response(200, found[-limit:] if "before" in request.query else found[:limit])


def one(api: Api, request: Request, guild: str, user: str) -> Response:
    return Response(200, _find(api, guild, user))


def _ban(api: Api, request: Request, guild: str, person: Json, seconds: int) -> None:
    """Ban one person, who need not be a member; their late messages go with them."""
    found, guild_id = api.guild(int(guild)), int(guild)
    reason = unquote(request.reason) if request.reason else None
    bans = _of(api, guild)
    bans[:] = [ban for ban in bans if ban["user"]["id"] != person["id"]]
    bans.append({"user": person, "reason": reason})
    gone = {"guild_id": guild, "user": person}
    if api.world.drop_member(guild_id, person):
        api.tell("GUILD_MEMBER_REMOVE", guild_id, gone)
    api.tell("GUILD_BAN_ADD", guild_id, gone)
    audit.note(api, request, guild_id, audit.Action.MEMBER_BAN_ADD, person["id"])
    if seconds:
        _forget(api, found, person["id"], request.now - seconds)


def _forget(api: Api, guild: Json, author: str, since: float) -> None:
    for channel in (*guild["channels"], *guild["threads"]):
        late = [
            int(m["id"]) for m in api.history.newest_first(int(channel["id"]))
            if m["author"]["id"] == author and made_at(int(m["id"])) >= since
        ]  # fmt: skip
        deletion.remove_all(api, int(channel["id"]), late)


def _seconds(given: Json) -> int:
    days: int = given.get("delete_message_days", 0)
    return int(given.get("delete_message_seconds", days * 86_400))


def put(api: Api, request: Request, guild: str, user: str) -> Response:
    _of(api, guild)
    given = _FORM.read(request.json())
    person = api.world.user_by_id(identifier(user, "user"))
    if person is None:
        raise unknown("user")
    _ban(api, request, guild, person, _seconds(given))
    return Response(204)


def bulk(api: Api, request: Request, guild: str) -> Response:
    banned = {ban["user"]["id"] for ban in _of(api, guild)}
    given = _BULK.read(request.json())
    done, failed = [], []
    for user in dict.fromkeys(given["user_ids"]):
        person = api.world.user_by_id(int(user))
        if person is None or user in banned:
            failed.append(user)
            continue
        _ban(api, request, guild, person, _seconds(given))
        done.append(user)
    if not done:
        raise ApiError(400, 500000, "Failed to ban users")
    return Response(200, {"banned_users": done, "failed_users": failed})


def delete(api: Api, request: Request, guild: str, user: str) -> Response:
    found = _find(api, guild, user)
    _of(api, guild).remove(found)
    api.tell("GUILD_BAN_REMOVE", int(guild), {"guild_id": guild, "user": found["user"]})
    action = audit.Action.MEMBER_BAN_REMOVE
    audit.note(api, request, int(guild), action, found["user"]["id"])
    return Response(204)


_AT, _NEEDS = "guilds/{guild}/bans", Permission.BAN_MEMBERS
ROUTES = (
    Route("GET", _AT, listed, needs=_NEEDS),
    Route("GET", _AT + "/{user}", one, needs=_NEEDS),
    Route("PUT", _AT + "/{user}", put, needs=_NEEDS),
    Route("DELETE", _AT + "/{user}", delete, needs=_NEEDS),
    Route("POST", "guilds/{guild}/bulk-ban", bulk, needs=_NEEDS),
)
