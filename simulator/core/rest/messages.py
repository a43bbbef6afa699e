"""Messages: sent, listed, changed, deleted, crossposted. Source: Discord Docs/Message."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from simulator.core.media import upload
from simulator.core.rest import layout, mentions, message_form
from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.route import (
    ApiError,
    File,
    Request,
    Response,
    Route,
    identifier,
    invalid_form,
    unknown,
)
from simulator.core.world import Json

_PAGE = 50
_EDITABLE = ("content", "embeds", "components", "flags")
_REPLY, _FORWARD = 19, 1
_ORDINARY = frozenset({0, _REPLY, 20, 23})  # written by people, commands and context menus
_NEWS = 5
_NO_TEXT = frozenset({4, 15, 16})  # categories, forums and media channels


def timestamp(now: float) -> str:
    """ISO 8601 with microseconds, UTC."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds")


def checked(
    given: Any, files: Iterable[File], partial: bool = False, flags: int = 0, at: str = ""
) -> Json:
    """A message body, checked; see `message_form.read`. Raises ApiError 50035 or 50006."""
    kept = message_form.read(given, partial, flags, at)
    if not partial:
        message_form.demand_something(kept, bool(list(files)))
    return kept


def attachments(api: Api, given: Json, files: Iterable[File], now: float) -> list[Json]:
    """Attachment objects for the uploaded files."""
    described = {str(a.get("id")): a for a in given.get("attachments") or []}
    return [
        upload(api, file, now, described.get(str(index), {}).get("description"))
        for index, file in enumerate(files)
    ]


def build(
    api: Api, channel_id: int, given: Json, files: Iterable[File], now: float, author: Json
) -> Json:
    """A message object; nothing is kept or published. Raises ApiError 50035, 10060."""
    content, ident = given.get("content") or "", api.ids.next(now)
    message: Json = {
        "id": str(ident), "channel_id": str(channel_id), "type": 0, "author": author,
        "content": content, "timestamp": timestamp(now), "edited_timestamp": None,
        "tts": bool(given.get("tts")), "attachments": attachments(api, given, files, now),
        "embeds": _embeds(given), "components": layout.shown(given.get("components")),
        "pinned": False, "flags": int(given.get("flags") or 0),
        **mentions.of(api, content, given.get("allowed_mentions")),
    }  # fmt: skip
    if given.get("nonce") is not None:
        message["nonce"] = given["nonce"]
    if given.get("sticker_ids"):
        message["sticker_items"] = _stickers(api, channel_id, given["sticker_ids"])
    if given.get("poll"):
        message["poll"] = _poll(given["poll"], now)
    if given.get("message_reference"):
        _refer(api, message, given)
    return message


def _refer(api: Api, message: Json, given: Json) -> None:
    """A reply, or a message passed on. Raises ApiError 50035."""
    reference = {k: v for k, v in given["message_reference"].items() if v is not None}
    lenient = not reference.pop("fail_if_not_exists", True)
    channel_id = int(reference.setdefault("channel_id", message["channel_id"]) or 0)
    found = api.history.get(channel_id, int(reference["message_id"]))
    if found is None and not lenient and not api.history.forgot:
        message_ = "Unknown message"
        raise invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", message_)
    message["message_reference"] = {"type": 0, **reference}
    if reference.get("type") == _FORWARD:
        kept = ("type", "content", "mentions", "mention_roles", "attachments", "embeds",
                "timestamp", "edited_timestamp", "flags", "components")  # fmt: skip
        snapshot = {key: found[key] for key in kept if key in found} if found else {}
        message["message_snapshots"] = [{"message": snapshot}]
        return
    message["type"] = _REPLY
    message["referenced_message"] = None
    if found is not None:
        whole = {k: v for k, v in found.items() if k != "referenced_message"}
        message["referenced_message"] = whole
        mentions.add_replied(message, found["author"], given.get("allowed_mentions"))


def _stickers(api: Api, channel_id: int, wanted: list[str]) -> list[Json]:
    guild = api.world.guild(api.world.guild_of(channel_id) or 0) or {"stickers": []}
    known = {sticker["id"]: sticker for sticker in guild["stickers"]}
    if not all(sticker in known for sticker in wanted):
        raise unknown("sticker")
    keys = ("id", "name", "format_type")
    return [{key: known[sticker][key] for key in keys} for sticker in wanted]


def _poll(given: Json, now: float) -> Json:
    answers = [{"answer_id": n, **answer} for n, answer in enumerate(given["answers"], start=1)]
    return {
        "question": given["question"], "answers": answers, "layout_type": 1,
        "expiry": timestamp(now + 3600 * given.get("duration", 24)),
        "allow_multiselect": given.get("allow_multiselect", False),
        "results": {"answer_counts": [], "is_finalized": False},
    }  # fmt: skip


def _embeds(given: Json) -> list[Json]:
    found = []
    for embed in given.get("embeds") or []:
        whole = {"type": "rich", **{k: v for k, v in embed.items() if v is not None}}
        if "fields" in whole:
            whole["fields"] = [{"inline": False, **field} for field in whole["fields"]]
        found.append(whole)
    return found


def publish(api: Api, event: str, message: Json) -> None:
    """Tell the sessions; in a guild the event carries the guild and the author's member."""
    channel_id = int(message["channel_id"])
    guild_id = api.world.guild_of(channel_id)
    extra: Json = {"channel_type": (api.world.channel(channel_id) or {}).get("type", 0)}
    if guild_id is not None:
        extra["guild_id"] = str(guild_id)
        member = api.world.member(guild_id, int(message["author"]["id"]))
        if member is not None:
            extra["member"] = {k: v for k, v in member.items() if k != "user"}
    api.hub.publish(event, guild_id, {**message, **extra})


def _wake(api: Api, thread: Json, now: float) -> None:
    """A message opens an archived thread again."""
    thread["message_count"] += 1
    thread["total_message_sent"] += 1
    if thread["thread_metadata"]["archived"]:
        thread["thread_metadata"].update(archived=False, archive_timestamp=timestamp(now))
        api.tell("THREAD_UPDATE", int(thread["guild_id"]), thread)


def post(api: Api, message: Json, now: float) -> None:
    """Keep a new message of the bot's, publish it, and count it when it answers a probe."""
    channel_id = int(message["channel_id"])
    api.history.remember(int(message["id"]), channel_id, message)
    channel = api.world.channel(channel_id)
    if channel is not None:
        channel["last_message_id"] = message["id"]
        if "thread_metadata" in channel:
            _wake(api, channel, now)
    publish(api, "MESSAGE_CREATE", message)
    if message["author"]["id"] == api.world.bot["id"]:
        api.ledger.probes.message(message["content"], channel_id, now)
        api.replies.shown_in(channel_id, "message", message)


def create(api: Api, request: Request, channel: str) -> Response:
    channel_id = identifier(channel, "channel")
    place = api.channel(channel_id)
    given = checked(request.json(), request.files)
    if place["type"] in _NO_TEXT:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    given["flags"] = (given.get("flags") or 0) & ~message_form.EPHEMERAL
    if place.get("thread_metadata", {}).get("locked") and place["thread_metadata"]["archived"]:
        raise ApiError(400, 50083, "Thread is archived")
    nonce = str(given.get("nonce") or "")
    if nonce and given.get("enforce_nonce"):
        same = api.history.same_nonce(channel_id, nonce, request.now)
        if same is not None:
            return Response(200, same)
    message = build(api, channel_id, given, request.files, request.now, api.world.bot)
    if nonce:
        api.history.keep_nonce(channel_id, nonce, int(message["id"]), request.now)
    post(api, message, request.now)
    return Response(200, message)


def listed(api: Api, request: Request, channel: str) -> Response:
    channel_id = identifier(channel, "channel")
    api.channel(channel_id)
    limit, after = request.number("limit", _PAGE, 1, 100), request.number("after", 0)
    around, before = request.number("around", 0), request.number("before", 1 << 64)
    found = api.history.newest_first(channel_id)
    if around:
        newer = [m for m in found if int(m["id"]) > around][-(limit // 2) :] if limit > 1 else []
        older = [m for m in found if int(m["id"]) <= around]
        return Response(200, [*newer, *older[: limit - len(newer)]])
    page = [m for m in found if after < int(m["id"]) < before]
    return Response(200, page[-limit:] if after else page[:limit])


def get(api: Api, request: Request, channel: str, message: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    return Response(200, found)


def apply_edit(api: Api, message: Json, given: Json, files: Iterable[File], now: float) -> None:
    """Change a message in place; what is not given stays. Raises ApiError 50006."""
    kept = message["attachments"]
    if "attachments" in given:
        wanted = {a["id"] for a in given["attachments"] or ()}
        kept = [a for a in kept if a["id"] in wanted]
    after = {**message, **{key: given[key] for key in _EDITABLE if key in given},
             "attachments": [*kept, *attachments(api, given, files, now)]}  # fmt: skip
    if not any(after.get(key) for key in (*message_form.SHOWN, "attachments", "sticker_items")):
        raise ApiError(400, 50006, "Cannot send an empty message")
    after["content"] = after["content"] or ""
    own = message["flags"] & ~message_form.SUPPRESS_EMBEDS
    after["flags"] = own | int(given.get("flags") or 0) if "flags" in given else message["flags"]
    after["embeds"] = _embeds(after)
    after["components"] = layout.shown(after["components"])
    after["edited_timestamp"] = timestamp(now)
    if "content" in given:
        after.update(mentions.of(api, after["content"], given.get("allowed_mentions")))
    message.update(after)


def demand_ordinary(message: Json) -> None:
    """Raises ApiError 50021 for a message that Discord wrote."""
    if message.get("type", 0) not in _ORDINARY:
        raise ApiError(403, 50021, "Cannot execute action on a system message")


def edit(api: Api, request: Request, channel: str, message: str) -> Response:
    channel_id = identifier(channel, "channel")
    found = api.message(channel_id, identifier(message, "message"))
    given = checked(request.json(), request.files, partial=True, flags=found.get("flags", 0))
    if found["author"]["id"] != api.world.bot["id"] and set(given) - {"flags"}:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    demand_ordinary(found)
    apply_edit(api, found, given, request.files, request.now)
    publish(api, "MESSAGE_UPDATE", found)
    api.replies.shown_in(channel_id, "edit", found)
    return Response(200, found)


def crosspost(api: Api, request: Request, channel: str, message: str) -> Response:
    place = api.channel(identifier(channel, "channel"))
    found = api.message(int(channel), identifier(message, "message"))
    if place["type"] != _NEWS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if found["flags"] & message_form.CROSSPOSTED:
        raise ApiError(400, 40033, "This message has already been crossposted")
    found["flags"] |= message_form.CROSSPOSTED
    publish(api, "MESSAGE_UPDATE", found)
    return Response(200, found)


_AT, _ONE = "channels/{channel}/messages", "channels/{channel}/messages/{message}"
ROUTES = (
    Route("GET", _AT, listed, needs=Permission.READ_MESSAGE_HISTORY),
    Route("POST", _AT, create, needs=Permission.SEND_MESSAGES),
    Route("GET", _ONE, get, needs=Permission.READ_MESSAGE_HISTORY),
    Route("PATCH", _ONE, edit),
    Route("POST", _ONE + "/crosspost", crosspost, needs=Permission.SEND_MESSAGES),
)
