"""Messages and reactions. Source: Discord Docs/Message."""

# ruff: noqa: ARG001 - every handler takes the API, the request and the ids in its path

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

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

MAX_CONTENT = 2000
MAX_NONCE = 25
_PAGE = 50
_EDITABLE = ("content", "embeds", "components", "allowed_mentions", "flags", "attachments")


def timestamp(now: float) -> str:
    """ISO 8601 with microseconds, UTC."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds")


def checked(given: Json, files: Iterable[File], partial: bool = False) -> Json:
    """A message body, checked. Raises ApiError 50035 or 50006."""
    content = given.get("content")
    if content is not None and not isinstance(content, str):
        raise invalid_form("content", "STRING_TYPE_CONVERT", "Only strings may be used here.")
    if content is not None and len(content) > MAX_CONTENT:
        message = f"Must be {MAX_CONTENT} or fewer in length."
        raise invalid_form("content", "BASE_TYPE_MAX_LENGTH", message)
    if len(str(given.get("nonce") or "")) > MAX_NONCE:
        raise invalid_form("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for key, most in (("embeds", 10), ("components", 40)):
        if len(given.get(key) or ()) > most:
            message = f"Must be {most} or fewer in length."
            raise invalid_form(key, "BASE_TYPE_MAX_LENGTH", message)
    shown = ("content", "embeds", "components", "sticker_ids", "poll")
    if not partial and not any(given.get(key) for key in shown) and not list(files):
        raise ApiError(400, 50006, "Cannot send an empty message")
    return given


def attachments(api: Api, given: Json, files: Iterable[File], now: float) -> list[Json]:
    """Attachment objects for the uploaded files."""
    described = {str(a.get("id")): a for a in given.get("attachments") or []}
    made = []
    for index, file in enumerate(files):
        ident = str(api.ids.next(now))
        url = f"http://127.0.0.1/attachments/{ident}/{file.filename}"
        about = described.get(str(index), {})
        made.append({
            "id": ident, "filename": file.filename, "size": file.size, "url": url,
            "proxy_url": url, "content_type": file.content_type,
            "description": about.get("description"),
        })  # fmt: skip
    return made


def with_component_ids(components: Any) -> list[Any]:
    """Every component gets an `id` when the bot gave none, counted from 1 as Discord does."""
    count = 0

    def number(item: Json) -> Json:
        nonlocal count
        count += 1
        own = count
        nested = {
            key: [number(child) for child in item[key]] for key in ("components",) if key in item
        }
        return {**item, "id": item.get("id", own), **nested}

    return [number(item) for item in components or []]


def build(
    api: Api, channel_id: int, given: Json, files: Iterable[File], now: float, author: Json
) -> Json:
    """A message object; nothing is kept or published."""
    ident = api.ids.next(now)
    message: Json = {
        "id": str(ident), "channel_id": str(channel_id), "type": 0, "author": author,
        "content": given.get("content") or "", "timestamp": timestamp(now),
        "edited_timestamp": None, "tts": bool(given.get("tts")), "mention_everyone": False,
        "mentions": _mentioned(api, given.get("content") or ""), "mention_roles": [],
        "attachments": attachments(api, given, files, now), "embeds": _embeds(given),
        "components": with_component_ids(given.get("components")), "pinned": False,
        "flags": int(given.get("flags") or 0),
    }  # fmt: skip
    if given.get("nonce") is not None:
        message["nonce"] = given["nonce"]
    reference = given.get("message_reference")
    if reference:
        message["type"] = 19
        replied = int(reference["message_id"])
        message["message_reference"] = {"type": 0, "channel_id": str(channel_id), **reference}
        message["referenced_message"] = api.history.get(channel_id, replied)
    return message


def _embeds(given: Json) -> list[Json]:
    return [{"type": "rich", **embed} for embed in given.get("embeds") or []]


def _mentioned(api: Api, content: str) -> list[Json]:
    ids = [part.split(">")[0].lstrip("!") for part in content.split("<@")[1:]]
    users = (api.world.user_by_id(int(i)) for i in ids if i.isdecimal())
    return [user for user in users if user is not None]


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


def post(api: Api, message: Json, now: float) -> None:
    """Keep a new message of the bot's, publish it, and count it when it answers a probe."""
    channel_id = int(message["channel_id"])
    api.history.remember(int(message["id"]), channel_id, message)
    channel = api.world.channel(channel_id)
    if channel is not None:
        channel["last_message_id"] = message["id"]
    publish(api, "MESSAGE_CREATE", message)
    if message["author"]["id"] == api.world.bot["id"]:
        api.ledger.probes.message(message["content"], channel_id, now)
        api.replies.shown_in(channel_id, "message", message)


def create(api: Api, request: Request, channel: str) -> Response:
    channel_id = identifier(channel, "channel")
    api.channel(channel_id)
    given = checked(request.json(), request.files)
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
    limit = int(request.query.get("limit", _PAGE))
    found = api.history.newest_first(channel_id)
    if "before" in request.query:
        found = [m for m in found if int(m["id"]) < int(request.query["before"])]
    if "after" in request.query:
        found = [m for m in found if int(m["id"]) > int(request.query["after"])][-limit:]
    return Response(200, found[:limit])


def get(api: Api, request: Request, channel: str, message: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    return Response(200, found)


def apply_edit(api: Api, message: Json, given: Json, files: Iterable[File], now: float) -> None:
    """Change a message in place."""
    for key in _EDITABLE:
        if key in given and key not in {"allowed_mentions", "attachments"}:
            message[key] = given[key]
    message["content"] = message["content"] or ""
    message["flags"] = int(message["flags"] or 0)
    message["embeds"] = _embeds(message)
    message["components"] = with_component_ids(message["components"])
    message["attachments"] += attachments(api, given, files, now)
    message["edited_timestamp"] = timestamp(now)


def edit(api: Api, request: Request, channel: str, message: str) -> Response:
    channel_id = identifier(channel, "channel")
    found = api.message(channel_id, identifier(message, "message"))
    given = checked(request.json(), request.files, partial=True)
    if found["author"]["id"] != api.world.bot["id"] and set(given) - {"flags"}:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    apply_edit(api, found, given, request.files, request.now)
    publish(api, "MESSAGE_UPDATE", found)
    api.replies.shown_in(channel_id, "edit", found)
    return Response(200, found)


def remove(api: Api, channel_id: int, message_id: int) -> None:
    """Delete one message and publish it. Raises ApiError 10008."""
    if not api.history.forget(channel_id, message_id):
        raise unknown("message")
    guild_id = api.world.guild_of(channel_id)
    gone: Json = {"id": str(message_id), "channel_id": str(channel_id)}
    if guild_id is not None:
        gone["guild_id"] = str(guild_id)
    api.hub.publish("MESSAGE_DELETE", guild_id, gone)
    api.replies.shown_in(channel_id, "deletion", gone)


def delete(api: Api, request: Request, channel: str, message: str) -> Response:
    remove(api, identifier(channel, "channel"), identifier(message, "message"))
    return Response(204)


def bulk_delete(api: Api, request: Request, channel: str) -> Response:
    channel_id = identifier(channel, "channel")
    ids = [str(i) for i in request.json().get("messages", [])]
    if not 2 <= len(ids) <= 100:
        message = "Must be between 2 and 100 in length."
        raise invalid_form("messages", "BASE_TYPE_BAD_LENGTH", message)
    for ident in ids:
        api.history.forget(channel_id, identifier(ident, "message"))
    guild_id = api.world.guild_of(channel_id)
    gone = {"ids": ids, "channel_id": str(channel_id), "guild_id": str(guild_id)}
    api.hub.publish("MESSAGE_DELETE_BULK", guild_id, gone)
    return Response(204)


def typing(api: Api, request: Request, channel: str) -> Response:
    api.channel(identifier(channel, "channel"))
    return Response(204)


_ONE = "channels/{channel}/messages/{message}"
ROUTES = (
    Route("GET", "channels/{channel}/messages", listed),
    Route("POST", "channels/{channel}/messages", create),
    Route("POST", "channels/{channel}/messages/bulk-delete", bulk_delete),
    Route("GET", _ONE, get),
    Route("PATCH", _ONE, edit),
    Route("DELETE", _ONE, delete),
    Route("POST", "channels/{channel}/typing", typing),
)
