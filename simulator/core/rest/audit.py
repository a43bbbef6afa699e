"""The audit log: who did what to whom, with the reason that the request's header gives.

Source: Discord Docs/Audit Log; the event is GUILD_AUDIT_LOG_ENTRY_CREATE.
"""

from enum import IntEnum
from typing import Any
from urllib.parse import unquote

from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier
from simulator.core.world import Json

_KEPT = 1000  # entries of one guild


class Action(IntEnum):
    """Kinds of entries; those of one thing follow each other: create, update, delete."""

    GUILD_UPDATE = 1
    CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE = 10, 11, 12
    OVERWRITE_CREATE, OVERWRITE_UPDATE, OVERWRITE_DELETE = 13, 14, 15
    MEMBER_KICK, MEMBER_PRUNE, MEMBER_BAN_ADD, MEMBER_BAN_REMOVE = 20, 21, 22, 23
    MEMBER_UPDATE, MEMBER_ROLE_UPDATE, MEMBER_MOVE, MEMBER_DISCONNECT = 24, 25, 26, 27
    ROLE_CREATE, ROLE_UPDATE, ROLE_DELETE = 30, 31, 32
    INVITE_CREATE, INVITE_DELETE = 40, 42
    WEBHOOK_CREATE, WEBHOOK_UPDATE, WEBHOOK_DELETE = 50, 51, 52
    EMOJI_CREATE, EMOJI_UPDATE, EMOJI_DELETE = 60, 61, 62
    MESSAGE_DELETE, MESSAGE_BULK_DELETE, MESSAGE_PIN, MESSAGE_UNPIN = 72, 73, 74, 75
    INTEGRATION_DELETE = 82
    STAGE_INSTANCE_CREATE, STAGE_INSTANCE_UPDATE, STAGE_INSTANCE_DELETE = 83, 84, 85
    STICKER_CREATE, STICKER_UPDATE, STICKER_DELETE = 90, 91, 92
    EVENT_CREATE, EVENT_UPDATE, EVENT_DELETE = 100, 101, 102
    THREAD_CREATE, THREAD_UPDATE, THREAD_DELETE = 110, 111, 112
    SOUND_CREATE, SOUND_UPDATE, SOUND_DELETE = 130, 131, 132
    RULE_CREATE, RULE_UPDATE, RULE_DELETE = 140, 141, 142
    ONBOARDING_UPDATE = 167


def differences(before: Json, after: Json) -> list[Json]:
    """What changed between two versions of an object, as entries tell it."""
    return [
        {"key": key, **({"old_value": before[key]} if before.get(key) is not None else {}),
         **({"new_value": after[key]} if after.get(key) is not None else {})}
        for key in sorted({*before, *after} - {"id", "guild_id", "user"})
        if before.get(key) != after.get(key)
    ]  # fmt: skip


def note(
    api: Api, request: Request, guild_id: int, action: Action, target: object,
    changes: list[Json] | None = None, **options: Any,
) -> None:  # fmt: skip
    """Write one entry of the bot's and publish it."""
    entry: Json = {
        "id": str(api.ids.next(request.now)), "user_id": api.world.bot["id"],
        "target_id": None if target is None else str(target), "action_type": int(action),
    }  # fmt: skip
    if changes:
        entry["changes"] = changes
    if options:
        entry["options"] = options
    if request.reason:
        entry["reason"] = unquote(request.reason)[:512]
    entries = api.listed(guild_id, "audit log")
    entries.append(entry)
    del entries[:-_KEPT]
    event = {**entry, "guild_id": str(guild_id)}
    api.hub.publish("GUILD_AUDIT_LOG_ENTRY_CREATE", guild_id, event)


def shown(api: Api, request: Request, guild: str) -> Response:
    guild_id = identifier(guild, "guild")
    api.guild(guild_id)
    limit, kind = request.number("limit", 50, 1, 100), request.number("action_type", 0)
    before, after = request.number("before", 1 << 64), request.number("after", -1)
    who = request.query.get("user_id")
    found = [
        entry for entry in reversed(api.listed(guild_id, "audit log"))
        if after < int(entry["id"]) < before and kind in {0, entry["action_type"]}
        and who in {None, entry["user_id"]}
    ]  # fmt: skip
    page = found[-limit:][::-1] if after >= 0 else found[:limit]
    users = {e["user_id"] for e in page} | {e["target_id"] for e in page if e["target_id"]}
    known = (api.world.user_by_id(int(user)) for user in sorted(users) if user.isdecimal())
    empty: Json = {key: [] for key in (
        "application_commands", "auto_moderation_rules", "guild_scheduled_events", "integrations",
        "threads", "webhooks",
    )}  # fmt: skip
    return Response(200, {**empty, "audit_log_entries": page,
                          "users": [user for user in known if user is not None]})  # fmt: skip


ROUTES = (Route("GET", "guilds/{guild}/audit-logs", shown, needs=Permission.VIEW_AUDIT_LOG),)
