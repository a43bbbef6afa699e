"""Threads and forum posts: begun, changed, joined, archived. Source: Discord Docs/Threads."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from simulator.core.rest import audit, messages
from simulator.core.rest.authority import THREADS, Permission
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    anything,
    choice,
    clearable,
    flag,
    integer,
    many,
    needed,
    snowflake,
    text,
)
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json, channel_json

NEWS_THREAD, PUBLIC, PRIVATE = 10, 11, 12
_POSTS = frozenset({15, 16})
_NEWS = 5
DURATIONS = (60, 1440, 4320, 10_080)  # minutes
_HAS_THREAD = 1 << 5
_FORM = Form(
    name=needed(text(1, 100)), auto_archive_duration=clearable(choice(*DURATIONS)),
    rate_limit_per_user=clearable(integer(0, 21_600)), type=choice(NEWS_THREAD, PUBLIC, PRIVATE),
    invitable=flag, applied_tags=many(snowflake, 0, 5), message=anything,
)  # fmt: skip
_CHANGES = Form(
    name=text(1, 100), archived=flag, locked=flag, invitable=flag, flags=integer(0),
    auto_archive_duration=choice(*DURATIONS), rate_limit_per_user=integer(0, 21_600),
    applied_tags=many(snowflake, 0, 5),
)  # fmt: skip
_METADATA = ("archived", "locked", "invitable", "auto_archive_duration")


def _begin(api: Api, request: Request, parent: Json, given: Json, ident: int, kind: int) -> Json:
    """Make the thread, with the bot in it, and publish it."""
    guild_id = int(parent["guild_id"])
    made = channel_json(ident, guild_id, kind, given["name"], 0)
    for key in ("position", "permission_overwrites", "topic", "nsfw"):
        del made[key]
    at = messages.timestamp(request.now)
    made.update({
        "parent_id": parent["id"], "owner_id": api.world.bot["id"], "message_count": 0,
        "member_count": 1, "total_message_sent": 0,
        "rate_limit_per_user": given.get("rate_limit_per_user") or 0,
        "thread_metadata": {
            "archived": False, "auto_archive_duration": given.get("auto_archive_duration") or 1440,
            "archive_timestamp": at, "locked": False, "create_timestamp": at,
        },
    })  # fmt: skip
    if kind == PRIVATE:
        made["thread_metadata"]["invitable"] = given.get("invitable", True)
    if parent["type"] in _POSTS:
        made["applied_tags"] = given.get("applied_tags", [])
    api.world.add_channel(guild_id, made)
    me = _member(api, made, api.world.bot["id"], request.now)
    event = {**made, "newly_created": True, "member": me}
    api.tell("THREAD_CREATE", guild_id, event)
    audit.note(api, request, guild_id, audit.Action.THREAD_CREATE, made["id"])
    return made


def _key(thread: Json) -> str:
    return f"thread members {thread['id']}"


def _members(api: Api, thread: Json) -> list[Json]:
    return api.listed(int(thread["guild_id"]), _key(thread))


def _member(api: Api, thread: Json, user: str, now: float) -> Json:
    made = {"id": thread["id"], "user_id": user, "flags": 0,
            "join_timestamp": messages.timestamp(now)}  # fmt: skip
    _members(api, thread).append(made)
    return made


def begin(api: Api, request: Request, channel: str) -> Response:
    parent = api.channel(identifier(channel, "channel"))
    given = _FORM.read(request.json())
    if "guild_id" not in parent or parent["type"] in THREADS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    ident = api.ids.next(request.now)
    if parent["type"] in _POSTS:
        return _post(api, request, parent, given, ident)
    usual = NEWS_THREAD if parent["type"] == _NEWS else PRIVATE
    return Response(201, _begin(api, request, parent, given, ident, given.get("type", usual)))


def _post(api: Api, request: Request, forum: Json, given: Json, ident: int) -> Response:
    """A thread of a forum begins with its first message, which has the same id."""
    body = given.get("message")
    content = messages.checked(body if isinstance(body, dict) else {}, request.files, at="message")
    made = _begin(api, request, forum, given, ident, PUBLIC)
    first = messages.build(api, ident, content, request.files, request.now, api.world.bot)
    first["id"] = str(ident)
    messages.post(api, first, request.now)
    return Response(201, {**made, "message": first})


def from_webhook(api: Api, request: Request, forum_id: int, given: Json) -> int:
    """The thread that a webhook's message begins in a forum. Raises ApiError 220001."""
    if not given.get("thread_name"):
        what = "Webhooks posted to forum channels must have a thread_name or thread_id"
        raise ApiError(400, 220001, what)
    wanted = {"name": given["thread_name"], "applied_tags": given.get("applied_tags", [])}
    ident = api.ids.next(request.now)
    return int(_begin(api, request, api.channel(forum_id), wanted, ident, PUBLIC)["id"])


def begin_at(api: Api, request: Request, channel: str, message: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    given = _FORM.read(request.json())
    if api.world.channel(int(message)) is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    parent = api.channel(int(channel))
    if "guild_id" not in parent or parent["type"] in THREADS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    kind = NEWS_THREAD if parent["type"] == _NEWS else PUBLIC
    made = _begin(api, request, parent, given, int(message), kind)
    found["flags"] |= _HAS_THREAD
    found["thread"] = made
    messages.publish(api, "MESSAGE_UPDATE", found)
    return Response(201, made)


def change(api: Api, request: Request, found: Json) -> Response:
    """`PATCH channels/{channel}` of a thread."""
    given = _CHANGES.read(request.json())
    meta = found["thread_metadata"]
    if meta["archived"] and given.get("archived", True):
        raise ApiError(400, 50083, "Thread is archived")
    before = {**found, **meta}
    meta.update({key: given.pop(key) for key in _METADATA if key in given})
    if meta["archived"] != before["archived"]:
        meta["archive_timestamp"] = messages.timestamp(request.now)
    found.update(given)
    api.tell("THREAD_UPDATE", int(found["guild_id"]), found)
    changes = audit.differences(before, {**found, **meta})
    action, guild_id = audit.Action.THREAD_UPDATE, int(found["guild_id"])
    audit.note(api, request, guild_id, action, found["id"], changes)
    return Response(200, found)


def delete(api: Api, request: Request, found: Json) -> Response:
    """`DELETE channels/{channel}` of a thread."""
    guild_id = int(found["guild_id"])
    api.guild(guild_id)["threads"].remove(found)
    api.records.pop((guild_id, _key(found)), None)
    gone = {key: found[key] for key in ("id", "guild_id", "parent_id", "type")}
    api.tell("THREAD_DELETE", guild_id, gone)
    audit.note(api, request, guild_id, audit.Action.THREAD_DELETE, found["id"])
    return Response(200, found)


def _thread(api: Api, channel: str) -> Json:
    found = api.channel(identifier(channel, "channel"))
    if found["type"] not in THREADS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return found


def _who(api: Api, user: str) -> str:
    return str(api.world.bot["id"]) if user == "@me" else str(identifier(user, "user"))


def join(api: Api, request: Request, channel: str, user: str) -> Response:
    found, who = _thread(api, channel), _who(api, user)
    guild_id = int(found["guild_id"])
    person = api.world.member(guild_id, int(who))
    if person is None:
        raise unknown("member")
    if found["thread_metadata"]["archived"]:
        raise ApiError(400, 50083, "Thread is archived")
    if all(m["user_id"] != who for m in _members(api, found)):
        made = _member(api, found, who, request.now)
        _counted(api, found, {"added_members": [{**made, "member": person, "presence": None}]})
    return Response(204)


def _counted(api: Api, thread: Json, what: Json) -> None:
    thread["member_count"] = len(_members(api, thread))
    event = {"id": thread["id"], "guild_id": thread["guild_id"],
             "member_count": thread["member_count"], **what}  # fmt: skip
    api.tell("THREAD_MEMBERS_UPDATE", int(thread["guild_id"]), event)


def leave(api: Api, request: Request, channel: str, user: str) -> Response:
    found, who = _thread(api, channel), _who(api, user)
    known = _members(api, found)
    if any(m["user_id"] == who for m in known):
        known[:] = [m for m in known if m["user_id"] != who]
        _counted(api, found, {"removed_member_ids": [who]})
    return Response(204)


def _with_person(api: Api, request: Request, thread: Json, known: Json) -> Json:
    if not request.truth("with_member"):
        return known
    person = api.world.member(int(thread["guild_id"]), int(known["user_id"]))
    return {**known, "member": person}


def members(api: Api, request: Request, channel: str) -> Response:
    found = _thread(api, channel)
    limit, after = request.number("limit", 100, 1, 100), request.number("after", 0)
    known = sorted(_members(api, found), key=lambda m: int(m["user_id"]))
    page = [m for m in known if int(m["user_id"]) > after][:limit]
    return Response(200, [_with_person(api, request, found, m) for m in page])


def member(api: Api, request: Request, channel: str, user: str) -> Response:
    found, who = _thread(api, channel), _who(api, user)
    for known in _members(api, found):
        if known["user_id"] == who:
            return Response(200, _with_person(api, request, found, known))
    raise unknown("thread member")


def _page(api: Api, threads: list[Json], more: bool) -> Response:
    me = api.world.bot["id"]
    mine = [m for t in threads for m in _members(api, t) if m["user_id"] == me]
    return Response(200, {"threads": threads, "members": mine, "has_more": more})


def active(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))["threads"]
    live = [t for t in found if not t["thread_metadata"]["archived"]]
    page = _page(api, live, more=False).body
    return Response(200, page)


def _archived(api: Api, request: Request, channel: str, kinds: set[int]) -> Response:
    parent = api.channel(identifier(channel, "channel"))
    limit, before = request.number("limit", 50, 2, 100), request.query.get("before", "~")
    found = [
        t for t in api.listed(int(parent.get("guild_id") or 0), "threads")
        if t["parent_id"] == parent["id"] and t["type"] in kinds
        and t["thread_metadata"]["archived"] and t["thread_metadata"]["archive_timestamp"] < before
    ]  # fmt: skip
    found.sort(key=lambda t: str(t["thread_metadata"]["archive_timestamp"]), reverse=True)
    return _page(api, found[:limit], len(found) > limit)


def archived_public(api: Api, request: Request, channel: str) -> Response:
    return _archived(api, request, channel, {NEWS_THREAD, PUBLIC})


def archived_private(api: Api, request: Request, channel: str) -> Response:
    return _archived(api, request, channel, {PRIVATE})


_AT, _MANAGE = "channels/{channel}", Permission.MANAGE_THREADS
_MEMBERS = _AT + "/thread-members"
ROUTES = (
    Route("POST", _AT + "/threads", begin),
    Route("POST", _AT + "/messages/{message}/threads", begin_at,
          needs=Permission.CREATE_PUBLIC_THREADS),
    Route("GET", "guilds/{guild}/threads/active", active),
    Route("GET", _AT + "/threads/archived/public", archived_public),
    Route("GET", _AT + "/threads/archived/private", archived_private, needs=_MANAGE),
    Route("GET", _AT + "/users/@me/threads/archived/private", archived_private),
    Route("GET", _MEMBERS, members),
    Route("GET", _MEMBERS + "/{user}", member),
    Route("PUT", _MEMBERS + "/{user}", join),
    Route("DELETE", _MEMBERS + "/{user}", leave),
)  # fmt: skip
