"""What is kept of messages, so that a later event can say what they were. No I/O and no clock.

discord.py keeps the last messages of its process and calls ``on_message_edit(before, after)`` and
its like only for those. On several workers the message was seen by another one, as often as not.
Payloads: Discord Docs/Gateway Events.
"""

from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
Kept = dict[str, Any]

SLOTS = 1 << 17
"""Places for messages: a new one takes the place of the one that it falls upon. After a thousand
other messages, as many as discord.py keeps, 99 of 100 are still there."""

_SPREAD = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: neighbours fall far apart

HANDLERS = frozenset(
    f"on_{name}"
    for name in (
        "message_edit", "message_delete", "bulk_message_delete", "reaction_add", "reaction_remove",
        "reaction_clear", "reaction_clear_emoji", "poll_vote_add", "poll_vote_remove",
        "raw_message_edit", "raw_message_delete", "raw_bulk_message_delete",
    )
)  # fmt: skip
"""Handlers that discord.py calls with a message it has kept; the raw ones as ``cached_message``."""

CREATE = "MESSAGE_CREATE"


def slot(message_id: int) -> str:
    """Where a message is kept."""
    return str((message_id * _SPREAD & (1 << 64) - 1) % (1 << 64) * SLOTS >> 64)


def about(event_type: str, data: Data) -> tuple[int, ...]:
    """The messages that an event changes or deletes; none for any other event."""
    if event_type == "MESSAGE_DELETE_BULK":
        return tuple(map(int, data["ids"]))
    if event_type not in _CHANGE:
        return ()
    return (int(data.get("message_id") or data["id"]),)


def changed(kept: Kept, event_type: str, data: Data, self_id: int) -> Kept | None:
    """A message after an event about it; None when it is gone."""
    return _CHANGE[event_type](kept, data, self_id)


def _same(emoji: Data, other: Data) -> bool:
    if emoji.get("id") or other.get("id"):
        return emoji.get("id") == other.get("id")
    return bool(emoji["name"] == other["name"])


def _edited(kept: Kept, data: Data, _self_id: int) -> Kept:
    return {**kept, **data}


def _deleted(_kept: Kept, _data: Data, _self_id: int) -> None:
    return None


def _reacted(kept: Kept, data: Data, self_id: int, step: int = 1) -> Kept:
    reactions = list(kept.get("reactions") or ())
    emoji, mine = data["emoji"], int(data["user_id"]) == self_id
    before = next((one for one in reactions if _same(one["emoji"], emoji)), None)
    others = [one for one in reactions if one is not before]
    count = (before["count"] if before else 0) + step
    me = step > 0 if mine else bool(before and before["me"])
    after = {**(before or {"emoji": emoji}), "count": count, "me": me}
    place = reactions.index(before) if before else len(others)
    if count > 0:
        others.insert(place, after)
    return {**kept, "reactions": others}


def _unreacted(kept: Kept, data: Data, self_id: int) -> Kept:
    known = any(_same(one["emoji"], data["emoji"]) for one in kept.get("reactions") or ())
    return _reacted(kept, data, self_id, -1) if known else kept


def _cleared(kept: Kept, _data: Data, _self_id: int) -> Kept:
    return {**kept, "reactions": []}


def _emoji_cleared(kept: Kept, data: Data, _self_id: int) -> Kept:
    left = [one for one in kept.get("reactions") or () if not _same(one["emoji"], data["emoji"])]
    return {**kept, "reactions": left}


def _unchanged(kept: Kept, _data: Data, _self_id: int) -> Kept:
    return kept


_CHANGE: Mapping[str, Callable[[Kept, Data, int], Kept | None]] = {
    "MESSAGE_UPDATE": _edited,
    "MESSAGE_DELETE": _deleted,
    "MESSAGE_DELETE_BULK": _deleted,
    "MESSAGE_REACTION_ADD": _reacted,
    "MESSAGE_REACTION_REMOVE": _unreacted,
    "MESSAGE_REACTION_REMOVE_ALL": _cleared,
    "MESSAGE_REACTION_REMOVE_EMOJI": _emoji_cleared,
    "MESSAGE_POLL_VOTE_ADD": _unchanged,
    "MESSAGE_POLL_VOTE_REMOVE": _unchanged,
}
EVENT_TYPES = frozenset(_CHANGE) | {CREATE}
