"""A guild as of its last event: which events change it, and how. No I/O.

A snapshot is a GUILD_CREATE without what is large or fleeting: of the members only the bot itself,
no presences, no voice states. Applying the same event twice changes nothing more.
Payloads: Discord Docs/Gateway Events.
"""

from collections.abc import Callable, Mapping
from typing import Any

Snapshot = dict[str, Any]
Data = Mapping[str, Any]

_LEFT_OUT = ("presences", "voice_states")


def guild_of(event_type: str, data: Data) -> int | None:
    """The guild that an event belongs to, or None."""
    guild_id = data.get("id") if event_type.startswith("GUILD_") else None
    if event_type not in {"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"}:
        guild_id = data.get("guild_id")
    return int(guild_id) if guild_id else None


def changes(event_type: str, data: Data, self_id: int) -> bool:
    """Whether an event changes the snapshot of its guild."""
    if event_type == "GUILD_MEMBER_UPDATE":
        return _user_id(data) == self_id
    return event_type in _APPLY


def apply(snapshot: Snapshot | None, event_type: str, data: Data, self_id: int) -> Snapshot | None:
    """The snapshot after an event for which ``changes`` holds; None when the guild is gone.

    An event of a guild without a snapshot leaves none, unless it is a GUILD_CREATE.
    """
    if event_type == "GUILD_CREATE":
        return _created(data, self_id)
    if snapshot is None:
        return None
    if event_type == "GUILD_DELETE":
        return {**snapshot, "unavailable": True} if data.get("unavailable") else None
    if event_type == "GUILD_MEMBER_UPDATE":
        return {**snapshot, "members": [dict(data)]}
    return _APPLY[event_type](snapshot, data)


def _user_id(data: Data) -> int:
    return int(data.get("user", {}).get("id", 0))


def _created(data: Data, self_id: int) -> Snapshot:
    kept = {key: value for key, value in data.items() if key not in _LEFT_OUT}
    kept["members"] = [one for one in data.get("members", ()) if _user_id(one) == self_id]
    return kept


def _updated(snapshot: Snapshot, data: Data) -> Snapshot:
    return {**snapshot, **data}


def _put(field: str, key: str | None = None) -> Callable[[Snapshot, Data], Snapshot]:
    """Insert or replace in a list of objects; ``key`` holds the object, else it is the event."""

    def apply_put(snapshot: Snapshot, data: Data) -> Snapshot:
        item = dict(data if key is None else data[key])
        others = [one for one in snapshot.get(field, ()) if one["id"] != item["id"]]
        return {**snapshot, field: [*others, item]}

    return apply_put


def _remove(field: str, key: str = "id") -> Callable[[Snapshot, Data], Snapshot]:
    """Remove from a list of objects; ``key`` of the event names it."""

    def apply_remove(snapshot: Snapshot, data: Data) -> Snapshot:
        kept = [one for one in snapshot.get(field, ()) if one["id"] != data[key]]
        return {**snapshot, field: kept}

    return apply_remove


def _replace(field: str) -> Callable[[Snapshot, Data], Snapshot]:
    return lambda snapshot, data: {**snapshot, field: list(data[field])}


def _threads_synced(snapshot: Snapshot, data: Data) -> Snapshot:
    """THREAD_LIST_SYNC: the active threads of some channels, or of all when none is named."""
    parents = data.get("channel_ids")
    active = {thread["id"] for thread in data["threads"]}
    kept = [
        thread
        for thread in snapshot.get("threads", ())
        if parents is not None
        and thread.get("parent_id") not in parents
        and thread["id"] not in active
    ]
    return {**snapshot, "threads": [*kept, *data["threads"]]}


def _unchanged(snapshot: Snapshot, _data: Data) -> Snapshot:
    return snapshot


_APPLY: Mapping[str, Callable[[Snapshot, Data], Snapshot]] = {
    "GUILD_CREATE": _unchanged,
    "GUILD_DELETE": _unchanged,
    "GUILD_UPDATE": _updated,
    "CHANNEL_CREATE": _put("channels"),
    "CHANNEL_UPDATE": _put("channels"),
    "CHANNEL_DELETE": _remove("channels"),
    "THREAD_CREATE": _put("threads"),
    "THREAD_UPDATE": _put("threads"),
    "THREAD_DELETE": _remove("threads"),
    "THREAD_LIST_SYNC": _threads_synced,
    "GUILD_ROLE_CREATE": _put("roles", "role"),
    "GUILD_ROLE_UPDATE": _put("roles", "role"),
    "GUILD_ROLE_DELETE": _remove("roles", "role_id"),
    "GUILD_EMOJIS_UPDATE": _replace("emojis"),
    "GUILD_STICKERS_UPDATE": _replace("stickers"),
    "STAGE_INSTANCE_CREATE": _put("stage_instances"),
    "STAGE_INSTANCE_UPDATE": _put("stage_instances"),
    "STAGE_INSTANCE_DELETE": _remove("stage_instances"),
    "GUILD_SCHEDULED_EVENT_CREATE": _put("guild_scheduled_events"),
    "GUILD_SCHEDULED_EVENT_UPDATE": _put("guild_scheduled_events"),
    "GUILD_SCHEDULED_EVENT_DELETE": _remove("guild_scheduled_events"),
}
